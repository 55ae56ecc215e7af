"""D-Bus, on which the programs of a desktop talk to each other: a local socket, not a network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from PySide6.QtDBus import QDBusConnection

_ADDRESS: Final = "DBUS_SESSION_BUS_ADDRESS"
_NONE: Final = "disabled:"  # an address of no kind, so that nobody connects


def start_none() -> None:
    """Keep Qt from starting a bus where the session has none.

    Qt asks for it on its own, and then the D-Bus library starts one: as our child, so without a network for all that
    is ever started over it, and it outlives us.
    """
    if not _is_there():
        os.environ[_ADDRESS] = _NONE


def session_bus() -> QDBusConnection | None:
    """The bus of the user's session, if there is one."""
    if not _is_there():
        return None
    bus = QDBusConnection.sessionBus()
    return bus if bus.isConnected() else None


def _is_there() -> bool:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return os.environ.get(_ADDRESS, _NONE) not in ("", _NONE) or bool(runtime and Path(runtime, "bus").exists())
