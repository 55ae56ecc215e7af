"""A small overview while only a part of the picture is visible; the part can be dragged."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from oimg.faces.gui.stage.picture import Picture
from oimg.faces.gui.tokens import now
from oimg.faces.messages import _

_LARGEST: Final = QSizeF(148, 112)
_PART: Final = 0.3
_BORDER: Final = 2


class Minimap(QWidget):
    """Shows where one is. The keys of the canvas do the same, so it takes no focus."""

    asked = Signal(float, float)
    """The point to bring into the middle, as shares of width and height."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._seen = QRectF(0, 0, 1, 1)
        self.setAccessibleName(_("Overview of the picture"))
        self.setToolTip(_("Drag to look at another part"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def show_part(self, picture: Picture, seen: QRectF, room: QSize) -> None:
        """Show a picture, and which part of it is seen, as shares of its size; small beside what is in the room."""
        self._picture, self._seen = picture, seen
        size = QSizeF(*picture.size).scaled(
            _LARGEST.boundedTo(QSizeF(room) * _PART), Qt.AspectRatioMode.KeepAspectRatio
        )
        self.resize(QSize(max(16, round(size.width())), max(16, round(size.height()))) + QSize(2, 2) * _BORDER)
        self.update()

    def show_nothing(self) -> None:
        """Go, and hold the picture no longer: it is large."""
        self._picture = None
        self.hide()

    @property
    def picture(self) -> Picture | None:
        """What it shows."""
        return self._picture

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go where the pointer goes."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            inner = self._inner()
            at = event.position() - inner.topLeft()
            self.asked.emit(at.x() / inner.width(), at.y() / inner.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, darker where it is not seen."""
        if self._picture is None:
            return
        tokens, inner = now(), self._inner()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.surface))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(inner, self._picture.smallest)
        seen = QRectF(
            inner.left() + self._seen.left() * inner.width(),
            inner.top() + self._seen.top() * inner.height(),
            max(4.0, self._seen.width() * inner.width()),
            max(4.0, self._seen.height() * inner.height()),
        )
        shade = QColor(0, 0, 0, 110)
        painter.fillRect(QRectF(inner.topLeft(), QPointF(inner.right(), seen.top())), shade)
        painter.fillRect(QRectF(QPointF(inner.left(), seen.bottom()), inner.bottomRight()), shade)
        painter.fillRect(QRectF(QPointF(inner.left(), seen.top()), seen.bottomLeft()), shade)
        painter.fillRect(QRectF(seen.topRight(), QPointF(inner.right(), seen.bottom())), shade)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawRect(seen)
        painter.setPen(QColor(tokens.border))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_BORDER, _BORDER, -_BORDER, -_BORDER)
