"""A slider that draws itself: its scale may be uneven, and it works in right-to-left windows as well."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider

from oimg.faces.gui.tokens import now

Marks: TypeAlias = Sequence[tuple[float, float]]
"""Values and where they are, as shares of the length; both rise. Between two of them the scale is even."""

RADIUS: Final = 8
_HEIGHT: Final = 24


class Slider(QSlider):
    """Whole numbers from low to high. Keys go in steps of the value, whatever the scale."""

    def __init__(self, low: float, high: float, marks: Marks = (), stops: Sequence[float] = ()) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._marks = tuple(marks) or ((low, 0.0), (high, 1.0))
        self._stops = tuple(stops)
        self.setRange(round(low), round(high))
        self.setPageStep(max(1, round((high - low) / 10)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Ask for little."""
        return QSize(120, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Be usable where it is narrow."""
        return QSize(80, _HEIGHT)

    def place_of(self, value: float) -> float:
        """The position of a value on the widget, in pixels from its left."""
        share = _between(value, self._marks)
        room = self.width() - 2 * RADIUS
        return RADIUS + room * (1 - share if self.isRightToLeft() else share)

    def value_at(self, place: float) -> int:
        """The value at a position, in pixels from the left."""
        share = (place - RADIUS) / max(1, self.width() - 2 * RADIUS)
        share = min(1.0, max(0.0, 1 - share if self.isRightToLeft() else share))
        return round(_between(share, [(where, value) for value, where in self._marks]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the pointer is, and follow it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self.value_at(event.position().x()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self.setSliderPosition(self.value_at(event.position().x()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay."""
        if event.button() is Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the groove, the stops on it, and the handle."""
        tokens, painter, middle = now(), QPainter(self), self.height() / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        here = self.place_of(self.sliderPosition())
        begin = self.width() - RADIUS if self.isRightToLeft() else RADIUS
        filled = QColor(tokens.accent if self.isEnabled() else tokens.faint)
        for color, left, right in (
            (QColor(tokens.border), RADIUS, self.width() - RADIUS),
            (filled, min(begin, here), max(begin, here)),
        ):
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(left, middle - 2, right - left, 4), 2, 2)
        for stop in self._stops:
            reached = stop <= self.sliderPosition()
            painter.setBrush(filled if reached else QColor(tokens.faint))
            painter.drawEllipse(QPointF(self.place_of(stop), middle), 3, 3)
        wide = 2.5 if self.hasFocus() else 1.5
        painter.setPen(QPen(filled if self.hasFocus() else QColor(tokens.quiet), wide))
        painter.setBrush(QColor(tokens.surface))
        painter.drawEllipse(QPointF(here, middle), RADIUS - wide / 2, RADIUS - wide / 2)
        painter.end()


def _between(at: float, points: Sequence[tuple[float, float]]) -> float:
    """Interpolate linearly between points."""
    right = min(max(1, bisect_left([x for x, _ in points], at)), len(points) - 1)
    (x0, y0), (x1, y1) = points[right - 1], points[right]
    return y0 + (min(max(at, x0), x1) - x0) * (y1 - y0) / (x1 - x0)
