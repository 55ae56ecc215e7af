"""The bus on which programs of one desktop talk to each other (D-Bus): a socket of this computer, no network."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtDBus import QDBusConnection


def session_bus() -> QDBusConnection | None:
    """Give the bus of the user's session, where it runs: asking for it elsewhere would have one started."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not (runtime and Path(runtime, "bus").exists()):
        return None
    bus = QDBusConnection.sessionBus()
    return bus if bus.isConnected() else None
