"""Qt's application: forwards files that the system asks it to open, and closes when the system asks for that."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

_TOGETHER: Final = 100  # ms; Finder sends an event for each file of a selection, one after the other
_TURN: Final = 200  # ms; how often Python gets to look at signals where nothing wakes it


class Application(QApplication):
    """Qt's application, which alone is told of files that Finder and the Dock open (macOS).

    A filter of events would see those of every widget, each by a call into Python; here only its own come by.
    """

    files_opened = Signal(list)

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self._opened: list[Path] = []
        self._gathering = QTimer(self, singleShot=True, interval=_TOGETHER)
        self._gathering.timeout.connect(self._hand_on)

    def event(self, event: QEvent) -> bool:
        """Gather the files that are opened together."""
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            if name := event.file():  # else it is an address of the web, and none of ours
                self._opened.append(Path(name))
                self._gathering.start()
            return True
        return super().event(event)

    def _hand_on(self) -> None:
        paths, self._opened = self._opened, []
        self.files_opened.emit(paths)


def leave_on_signals(parent: QObject, leave: Callable[[], None]) -> Callable[[], None]:
    """Let Ctrl-C and SIGTERM close the window without a question; returns a function that ends this."""
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: asked.append(number))

    def look() -> None:
        if asked:
            asked.clear()
            leave()

    return _on_time(parent, look) if sys.platform == "win32" else _when_woken(parent, look)


def _when_woken(parent: QObject, look: Callable[[], None]) -> Callable[[], None]:
    """Wake Qt at a signal: Python writes a byte to a descriptor that Qt watches."""
    reading, writing = os.pipe()
    for end in (reading, writing):
        if sys.platform != "win32":  # where this is never called, as type checkers do not know
            os.set_blocking(end, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, parent)

    def woken() -> None:
        os.read(reading, 64)
        look()

    notifier.activated.connect(woken)
    return lambda: notifier.setEnabled(False)


def _on_time(parent: QObject, look: Callable[[], None]) -> Callable[[], None]:
    """Run Python now and then, so that it calls signal handlers: on Windows Qt can only watch sockets."""
    timer = QTimer(parent, interval=_TURN)
    timer.timeout.connect(look)
    timer.start()
    return timer.stop
