"""Receives what later starts of the program ask for, since this one already has the window."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from oimg.work.spool import Spool

_LOOK: Final = 500  # ms; where the system cannot tell that something came


class Receiving(QObject):
    """Watches the folder in which other starts leave their requests, until it is closed.

    While it is not `ready`, requests stay there: their starts wait, and one of them becomes the next window.
    """

    asked = Signal(object)
    """A `Request`."""

    def __init__(self, spool: Spool, ready: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spool = spool
        self._ready = ready
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._take)
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._take)
        if not self._watcher.addPath(str(spool.folder)):
            self._timer.start()
        QTimer.singleShot(0, self, self._take)  # what came before

    def close(self) -> None:
        """Stop receiving: another start can take over."""
        self._timer.stop()
        if watched := self._watcher.directories():
            self._watcher.removePaths(watched)
        self._spool.close()

    def _take(self) -> None:
        if self._spool.held and self._ready():
            for request in self._spool.take():
                self.asked.emit(request)


def bring_to_front(window: QWidget, token: str = "") -> None:
    """Show a window above the others. Desktops that guard the front want the token of who asked for it."""
    if token and QGuiApplication.platformName().startswith("wayland"):
        os.environ["XDG_ACTIVATION_TOKEN"] = token  # Qt uses and removes it when it raises the window
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
