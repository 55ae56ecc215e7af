"""Which part of a picture stays when it is cropped: nine places to point at."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QWidget

from oimg.faces.gui.options.fields import introduce
from oimg.faces.gui.tokens import SMALL_RADIUS, now
from oimg.faces.messages import _
from oimg.words.i18n import N_
from oimg.words.recipe import Gravity, Resize

PLACES: Final[Mapping[Gravity, str]] = MappingProxyType(
    {
        Gravity.TOP_LEFT: N_("Top left"),
        Gravity.TOP: N_("Top"),
        Gravity.TOP_RIGHT: N_("Top right"),
        Gravity.LEFT: N_("Left"),
        Gravity.CENTER: N_("Middle"),
        Gravity.RIGHT: N_("Right"),
        Gravity.BOTTOM_LEFT: N_("Bottom left"),
        Gravity.BOTTOM: N_("Bottom"),
        Gravity.BOTTOM_RIGHT: N_("Bottom right"),
    }
)
_SIDE: Final = 26
_STEPS: Final = MappingProxyType(
    {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
)


class GravityPicker(QWidget):
    """Three by three positions; arrow keys move between them. Left is left, also in right-to-left languages."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setFixedSize(3 * _SIDE + 4, 3 * _SIDE + 4)
        introduce(self, Resize, "gravity", _("Part that stays"))
        self._group = QButtonGroup(self)
        self._places = tuple(PLACES)
        self._buttons = {each: _Place(each, self) for each in PLACES}
        grid = QGridLayout(self)
        grid.setContentsMargins(2, 2, 2, 2)
        grid.setSpacing(0)
        for number, (each, button) in enumerate(self._buttons.items()):
            grid.addWidget(button, number // 3, number % 3)
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, each=each: self.chosen.emit(each))

    def show_value(self, value: Gravity) -> None:
        """Show a position without emitting it; none for "smart"."""
        self._group.setExclusive(False)
        for each, button in self._buttons.items():
            button.setChecked(each is value)
            there = each is value or (value not in PLACES and each is Gravity.CENTER)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if there else Qt.FocusPolicy.ClickFocus)
        self._group.setExclusive(True)

    def button(self, value: Gravity) -> QAbstractButton:
        """Give the button of a place."""
        return self._buttons[value]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the place beside."""
        step = _STEPS.get(Qt.Key(event.key()))
        focused = next((number for number, each in enumerate(self._places) if self._buttons[each].hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        column = min(2, max(0, focused % 3 + step[0]))
        row = min(2, max(0, focused // 3 + step[1]))
        button = self._buttons[self._places[3 * row + column]]
        button.setFocus(Qt.FocusReason.TabFocusReason)
        button.click()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture that is cropped: a frame."""
        tokens, painter = now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), SMALL_RADIUS, SMALL_RADIUS)
        painter.end()


class _Place(QAbstractButton):
    def __init__(self, place: Gravity, parent: GravityPicker) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFixedSize(QSize(_SIDE, _SIDE))
        self.setAccessibleName(_(PLACES[place]))
        self.setToolTip(_(PLACES[place]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the arrows to the picker, for they go in two directions."""
        if Qt.Key(event.key()) in _STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a dot, or a block where the part stays."""
        tokens, painter = now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.text), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        inner = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        if self.isChecked():
            painter.setBrush(QColor(tokens.accent))
            painter.drawRoundedRect(inner, 4, 4)
        else:
            painter.setBrush(QColor(tokens.quiet if self.underMouse() else tokens.faint))
            painter.drawEllipse(inner.center(), 2.5, 2.5)
        painter.end()
