"""How the chart is drawn: axes in quiet colours, the curve and what is set in the accent, nothing over anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from oimg.faces.gui import icons, theme
from oimg.faces.gui.comparing.line import ticks
from oimg.faces.gui.tokens import SMALL_RADIUS, Tokens, now
from oimg.faces.messages import _

if TYPE_CHECKING:
    from oimg.faces.gui.comparing.chart import Chart, Scale

_UNITS: Final = ((1_000_000, "MB"), (1000, "kB"), (1, "B"))
_LABEL_ROOM: Final = 72
_LINE_ROOM: Final = 26
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def paint_chart(painter: QPainter, chart: Chart, scale: Scale) -> None:
    """Draw a chart."""
    painter.setFont(theme.font(theme.CAPTION))
    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # numbers grow to the right in every language
    drawing = _Drawing(painter, chart, scale, now())
    if chart.possible:
        drawing.axes()
    else:
        middle = QRectF(chart.rect()).center()
        icons.paint(painter, "curve", QRectF(middle.x() - 24, middle.y() - 24, 48, 48), now().border)
    if chart.points:
        drawing.limits()
        drawing.curve()
        drawing.places()
    if chart.hasFocus():
        painter.setPen(QPen(QColor(now().accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(chart.rect()).adjusted(2, 2, -2, -2), SMALL_RADIUS, SMALL_RADIUS)


class _Drawing:
    """One chart while it is drawn."""

    def __init__(self, painter: QPainter, chart: Chart, scale: Scale, tokens: Tokens) -> None:
        self._painter, self._chart, self._scale, self._tokens = painter, chart, scale, tokens
        self._metrics = QFontMetricsF(painter.font())

    def axes(self) -> None:
        plot, most = self._scale.plot, self._scale.most_bytes
        high = self._metrics.height()
        self._text(_("Score"), QRectF(plot.left(), plot.top() - high - 6, plot.width() / 2, high), _LEFT)
        scores = ticks(self._scale.least_score, 100, max(2, round(plot.height() / _LINE_ROOM)))
        for score in scores:
            y = self._scale.at(0, score).y()
            self._line(QPointF(plot.left(), y), QPointF(plot.right(), y), self._tokens.border)
            self._text(f"{score:.0f}", QRectF(0, y - high / 2, plot.left() - 8, high), _RIGHT)
        if not self._chart.points:
            return
        divisor, unit = next(each for each in _UNITS if most >= each[0])
        self._text(
            _("Size in {unit}").format(unit=unit),
            QRectF(plot.center().x(), plot.top() - high - 6, plot.width() / 2, high),
            _RIGHT,
        )
        for size in ticks(0, most / divisor, max(2, round(plot.width() / _LABEL_ROOM))):
            x = self._scale.at(size * divisor, 0).x()
            self._line(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + 4), self._tokens.faint)
            self._text(f"{size:g}", QRectF(x - 40, plot.bottom() + 6, 80, high), Qt.AlignmentFlag.AlignCenter)

    def limits(self) -> None:
        """The original's size and what is set, as lines; their words are where the curve is not: at its lower right."""
        plot, setting, chart = self._scale.plot, self._chart.setting, self._chart
        if 0 < chart.original <= self._scale.most_bytes:
            self._upright(chart.original, _("Original"), self._tokens.quiet, plot.bottom())
        if setting.byte_size is not None and setting.byte_size <= self._scale.most_bytes:
            self._upright(setting.byte_size, _("At most"), self._tokens.accent, plot.bottom() - self._metrics.height())
        if setting.score is not None and setting.score >= self._scale.least_score:
            y = self._scale.at(0, setting.score).y()
            self._line(QPointF(plot.left(), y), QPointF(plot.right(), y), self._tokens.accent, dashed=True)
            reached = max(each.score for each in chart.points) >= setting.score
            top = y + 2 if reached else y - self._metrics.height() - 2
            text = _("Target {score}").format(score=f"{setting.score:g}")
            self._word(text, plot.right() - 6, top, self._tokens.accent)

    def curve(self) -> None:
        line, path = self._chart.line, QPainterPath()
        path.moveTo(self._scale.at(*line.points[0]))
        for one, other, end in line.controls():
            path.cubicTo(self._scale.at(*one), self._scale.at(*other), self._scale.at(*end))
        self._painter.setPen(QPen(QColor(self._tokens.accent), 2))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPath(path)

    def places(self) -> None:
        chart = self._chart
        for point in chart.points:
            self._dot(self._scale.at(point.byte_size, point.score), 3.5, self._tokens.surface, self._tokens.accent)
        if chart.setting.place is not None:
            self._dot(self._scale.at(*chart.setting.place), 7, self._tokens.surface, self._tokens.text)
            self._dot(self._scale.at(*chart.setting.place), 2.5, self._tokens.text, self._tokens.text)
        if chart.current is not None:
            place = self._scale.at(chart.current.byte_size, chart.current.score)
            plot = self._scale.plot
            self._line(place, QPointF(place.x(), plot.bottom()), self._tokens.accent)
            self._line(QPointF(plot.left(), place.y()), place, self._tokens.accent)
            self._dot(place, 6, self._tokens.accent, self._tokens.surface)

    def _upright(self, byte_size: int, text: str, color: str, bottom: float) -> None:
        """A line at a size. Its word stands to its left, unless that would leave the plot."""
        x, plot = self._scale.at(byte_size, 0).x(), self._scale.plot
        self._line(QPointF(x, plot.top()), QPointF(x, plot.bottom()), color, dashed=True)
        width = self._metrics.horizontalAdvance(text)
        right = x - 6 if x - 6 - width >= plot.left() else x + 6 + width
        self._word(text, right, bottom - self._metrics.height() - 2, color)

    def _word(self, text: str, right: float, top: float, color: str) -> None:
        width = self._metrics.horizontalAdvance(text)
        box = QRectF(right - width, top, width, self._metrics.height())
        self._painter.fillRect(box.adjusted(-3, 0, 3, 0), QColor(self._tokens.surface))
        self._text(text, box, _RIGHT, color)

    def _text(self, text: str, box: QRectF, alignment: Qt.AlignmentFlag, color: str = "") -> None:
        self._painter.setPen(QColor(color or self._tokens.quiet))
        self._painter.drawText(box, alignment | Qt.TextFlag.TextDontClip, text)

    def _line(self, start: QPointF, end: QPointF, color: str, *, dashed: bool = False) -> None:
        pen = QPen(QColor(color), 1)
        if dashed:
            pen.setDashPattern([4, 4])
        self._painter.setPen(pen)
        self._painter.drawLine(start, end)

    def _dot(self, where: QPointF, radius: float, fill: str, edge: str) -> None:
        self._painter.setPen(QPen(QColor(edge), 2))
        self._painter.setBrush(QColor(fill))
        self._painter.drawEllipse(where, radius, radius)
