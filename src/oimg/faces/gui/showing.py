"""Showing files in the system's file manager, selected where it can do that."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QProcess
from PySide6.QtGui import QDesktopServices

from oimg.faces.gui.urls import url_of

_SERVICE: Final = "org.freedesktop.FileManager1"
_PATIENCE: Final = 300  # ms for the bus itself, which answers at once or is not there


def show_in_folder(paths: Sequence[Path]) -> None:
    """Show files; of many folders only the first one's."""
    there = [path for path in paths if path.exists()]
    near = [path for path in there if path.parent == there[0].parent]
    if near and sys.platform == "win32":
        QProcess.startDetached("explorer.exe", ["/select,", str(near[0])])
    elif near and sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", *map(str, near)])
    elif near and _asked_over_the_bus(near):
        return
    elif paths:  # the file manager cannot select, or the file was deleted
        QDesktopServices.openUrl(url_of(paths[0].parent))


def _asked_over_the_bus(paths: Sequence[Path]) -> bool:
    """Ask the desktop's file manager (D-Bus interface FileManager1); it runs on its own, not as our child."""
    from PySide6.QtDBus import QDBus, QDBusMessage  # noqa: PLC0415 - rarely needed

    from oimg.faces.gui.desktop_bus import session_bus  # noqa: PLC0415

    bus = session_bus()
    if bus is None:
        return False
    names: list[str] = []
    for question in ("ListNames", "ListActivatableNames"):
        asked = QDBusMessage.createMethodCall(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", question
        )
        answer = bus.call(asked, QDBus.CallMode.Block, _PATIENCE).arguments()
        names += answer[0] if answer and isinstance(answer[0], list) else []
    if _SERVICE not in names:
        return False
    show = QDBusMessage.createMethodCall(_SERVICE, "/org/freedesktop/FileManager1", _SERVICE, "ShowItems")
    show.setArguments([[bytes(url_of(path).toEncoded().data()).decode() for path in paths], ""])
    return bus.send(show)
