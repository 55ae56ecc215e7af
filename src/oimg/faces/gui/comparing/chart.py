"""The chart: size across, score upwards, the points as they were measured, and what is set now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oimg.faces.gui import theme
from oimg.faces.gui.comparing.chart_painting import paint_chart
from oimg.faces.gui.comparing.line import Line
from oimg.faces.messages import _

if TYPE_CHECKING:
    from oimg.words.preview import CurvePoint

_BEYOND: Final = 1.5
_FLOOR: Final = 50.0


@dataclass(frozen=True, slots=True)
class Setting:
    """The present setting: a horizontal line at a score or a vertical one at a size; and its point, if known."""

    score: float | None = None
    byte_size: int | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to positions: bytes to the right, scores upwards."""

    plot: QRectF
    most_bytes: float
    least_score: float

    def at(self, byte_size: float, score: float) -> QPointF:
        """Give the place of a value."""
        across = byte_size / self.most_bytes
        up = (score - self.least_score) / (100 - self.least_score)
        return QPointF(self.plot.left() + across * self.plot.width(), self.plot.bottom() - up * self.plot.height())


class Chart(QWidget):
    """Draws points and emits which one is marked: the nearest to the pointer, or the next one by the arrow keys."""

    pointed = Signal(object)
    """Emitted with the marked `CurvePoint`, or None."""
    taken = Signal(object)
    """Emitted with the `CurvePoint` that the user chooses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points: list[CurvePoint] = []
        """The points by size."""
        self.line = Line.through(())
        self.original = 0
        """Bytes of the original."""
        self.setting = Setting()
        self.possible = True
        """Whether there is a curve at all."""
        self.current: CurvePoint | None = None
        self._by_pointer = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 96)
        self.setAccessibleName(_("Curve of size against score"))

    def sizeHint(self) -> QSize:
        """As large as there is room for; this is a good shape."""
        return QSize(480, 200)

    def show_points(self, points: Sequence[CurvePoint], original: int, *, possible: bool = True) -> None:
        """Show points, in any order; or that there will be none."""
        self.possible = possible
        self.points = sorted(points, key=lambda each: (each.byte_size, each.score))
        self.line = Line.through([(each.byte_size, each.score) for each in self.points])
        self.original = original
        if self.current not in self.points:
            self._point(None)
        self.update()

    def show_setting(self, setting: Setting) -> None:
        """Show what is set now."""
        self.setting = setting
        self.update()

    def scale(self) -> Scale:
        """The area of the plot and its ranges: from 0 to the largest file, and from a round score to 100."""
        metrics = QFontMetricsF(theme.font(theme.CAPTION))
        left = metrics.horizontalAdvance("100") + 18
        plot = QRectF(self.rect()).adjusted(left, metrics.height() + 14, -18, -metrics.height() - 14)
        largest = max((each.byte_size for each in self.points), default=1)
        if largest < self.original <= _BEYOND * largest:
            largest = self.original
        lowest = min((each.score for each in self.points), default=_FLOOR)
        return Scale(plot, largest * 1.04, min(_FLOOR, lowest // 10 * 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_chart(painter, self, self.scale())
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the nearest point."""
        self._by_pointer = True
        self._point(self._nearest(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearest point."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._point(self._nearest(event.position()))
            self._take()

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the mark, unless it was set by the keyboard."""
        super().leaveEvent(event)
        if self._by_pointer:
            self._point(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove the mark."""
        super().focusOutEvent(event)
        self._point(None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step from point to point; take one at Enter."""
        last = len(self.points) - 1
        now = self.points.index(self.current) if self.current is not None else None
        steps = {
            Qt.Key.Key_Right: self._start() if now is None else min(now + 1, last),
            Qt.Key.Key_Left: self._start() if now is None else max(now - 1, 0),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self._take()
        elif event.key() in steps and self.points:
            self._by_pointer = False
            self._point(self.points[steps[Qt.Key(event.key())]])
        else:
            super().keyPressEvent(event)

    def _start(self) -> int:
        """The point to begin with: the nearest to what is set."""
        if self.setting.place is None:
            return 0
        size = self.setting.place[0]
        return min(range(len(self.points)), key=lambda each: abs(self.points[each].byte_size - size), default=0)

    def _nearest(self, where: QPointF) -> CurvePoint | None:
        scale = self.scale()

        def far(point: CurvePoint) -> float:
            away = scale.at(point.byte_size, point.score) - where
            return away.x() ** 2 + away.y() ** 2

        return min(self.points, key=far, default=None)

    def _point(self, point: CurvePoint | None) -> None:
        if point != self.current:
            self.current = point
            self.update()
            self.pointed.emit(point)

    def _take(self) -> None:
        if self.current is not None:
            self.taken.emit(self.current)
