"""Where worker threads meet Qt: they put values in, the window's thread gets them in lists, at most 30 times a second.

A signal for every event would make a loop of thousands of small steps; between two frames nobody sees a difference.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

PER_SECOND: Final = 30
# More values at once would take longer than a frame; the rest is delivered with the next one.
_AT_ONCE: Final = 600


class Bridge(QObject):
    """Carries values from any thread to the one that it lives on, in order, none lost until `close`."""

    arrived = Signal(list)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values: deque[Any] = deque()
        self._lock = threading.Lock()
        self._awake = False
        self._closed = False
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._deliver)
        self._woken.connect(self._wait_for_turn, Qt.ConnectionType.QueuedConnection)

    def put(self, value: Any) -> None:
        """Send a value. May be called on any thread, and returns at once."""
        with self._lock:
            if self._closed:
                return
            self._values.append(value)
            first, self._awake = not self._awake, True
        if first:
            self._woken.emit()

    def close(self) -> None:
        """Accept and deliver no more values."""
        with self._lock:
            self._closed = True
            self._values.clear()
        self._timer.stop()

    @Slot()
    def _wait_for_turn(self) -> None:
        passed = self._since.elapsed() if self._since.isValid() else 1000
        self._timer.start(max(0, 1000 // PER_SECOND - passed))

    def _deliver(self) -> None:
        with self._lock:
            values = [self._values.popleft() for _ in range(min(_AT_ONCE, len(self._values)))]
            self._awake = bool(self._values)
            more = self._awake
        self._since.start()
        if more:
            self._timer.start(1000 // PER_SECOND)
        if values:
            self.arrived.emit(values)
