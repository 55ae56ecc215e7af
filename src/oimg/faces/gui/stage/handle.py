"""The line between original and result in the split view: moved by pointer, or by keys like a slider."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSlider, QWidget

from oimg.faces.gui.tokens import now
from oimg.faces.messages import _

WIDTH: Final = 33
"""The width of what can be taken hold of; the line is in its middle."""
_ALL: Final = 1000
_STEP: Final = 10
_BIG_STEP: Final = 100
_GRIP: Final = 13.0
_GRIP_COLOR: Final = "#ffffff"
_ARROWS: Final = "#1a1d21"
_SIDEWAYS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class SplitHandle(QSlider):
    """A slider over the whole height. Its value is the share of the width that the original has."""

    dragged = Signal(float)
    """Where the pointer has it, in pixels of the parent."""
    share_changed = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, _ALL)
        self.setSingleStep(_STEP)
        self.setPageStep(_BIG_STEP)
        self.setValue(_ALL // 2)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Line between original and result"))
        self.setToolTip(_("Drag, or use the arrow keys"))
        self.valueChanged.connect(lambda value: self.share_changed.emit(value / _ALL))

    @property
    def share(self) -> float:
        """The share of the width that the original has."""
        return self.value() / _ALL

    def take(self, share: float) -> None:
        """Give the original another share."""
        self.setValue(round(_ALL * min(max(share, 0.0), 1.0)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() is Qt.MouseButton.LeftButton:
            event.accept()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(self.mapToParent(event.position()).x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to the middle."""
        self.take(0.5)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """With Shift, arrows take big steps."""
        if event.key() in _SIDEWAYS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            back = Qt.Key.Key_Right if self.isRightToLeft() else Qt.Key.Key_Left
            less = event.key() in (back, Qt.Key.Key_Down)
            self.setValue(self.value() + (-_BIG_STEP if less else _BIG_STEP))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line and its grip: white with a dark edge, which is seen on every picture in either theme."""
        tokens, middle = now(), QRectF(self.rect()).center()
        painter = QPainter(self)
        painter.fillRect(QRectF(middle.x() - 1.5, 0, 3, self.height()), QColor(0, 0, 0, 70))
        painter.fillRect(QRectF(middle.x() - 0.5, 0, 1, self.height()), QColor(255, 255, 255))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setPen(QColor(0, 0, 0, 110))
        painter.setBrush(QColor(tokens.accent if focused else _GRIP_COLOR))
        painter.drawEllipse(middle, _GRIP, _GRIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.on_accent if focused else _ARROWS))
        for way in (-1, 1):
            x, y = middle.x() + 4 * way, middle.y()
            painter.drawPolygon(QPolygonF([QPointF(x, y - 4), QPointF(x + 4.5 * way, y), QPointF(x, y + 4)]))
        painter.end()
