"""A thin line that shows that something is being made; it does not move if the system asks for reduced motion."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QElapsedTimer, QRectF, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oimg.faces.gui.tokens import now
from oimg.faces.messages import _

# What is there sooner needs no line.
_DELAY: Final = 250
_FRAME: Final = 33
_ROUND: Final = 1400
_PART: Final = 0.28
_HEIGHT: Final = 2


class BusyLine(QWidget):
    """Takes its place even while there is nothing to say, so that the picture below stands still."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Progress of the preview"))
        self._running = False
        self._since = QElapsedTimer()
        self._delay = QTimer(self, singleShot=True, interval=_DELAY)
        self._frames = QTimer(self, interval=_FRAME)
        self._delay.timeout.connect(self._begin)
        self._frames.timeout.connect(self.update)

    @property
    def shows(self) -> bool:
        """Whether the line is to be seen."""
        return self._running

    def show_busy(self, *, busy: bool) -> None:
        """Say that something is being made, or that it is there."""
        if busy:
            if not self._running and not self._delay.isActive():
                self._delay.start()
        else:
            self._delay.stop()
            self._stop()
        self.setAccessibleDescription(_("A new preview is being made") if busy else "")

    def _begin(self) -> None:
        self._running = True
        self._since.start()
        if self.isVisible() and not _calm():
            self._frames.start()
        self.update()

    def _stop(self) -> None:
        self._running = False
        self._frames.stop()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing moves that is not seen."""
        self._frames.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a part of the line that goes along it; all of it where nothing moves."""
        if not self._running:
            return
        painter = QPainter(self)
        color = QColor(now().accent)
        if self._frames.isActive():
            done = self._since.elapsed() % _ROUND / _ROUND
            left = (1 + _PART) * done - _PART
            painter.fillRect(QRectF(left * self.width(), 0, _PART * self.width(), self.height()), color)
        else:
            painter.fillRect(self.rect(), color)
        painter.end()


def _calm() -> bool:
    """Whether the system asks for less motion; it can be asked from Qt 6.12 on."""
    hints: Any = QGuiApplication.styleHints()
    accessibility: Any = hints.accessibility() if hasattr(hints, "accessibility") else None
    asked = accessibility.motionPreference() if hasattr(accessibility, "motionPreference") else None
    return getattr(asked, "name", "") == "ReducedMotion"
