"""A few choices as buttons: as many in a row as fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QSizePolicy, QWidget

from oimg.faces.gui.options.fields import introduce
from oimg.faces.messages import _

_GAP: Final = 6
_NARROWEST: Final = 72


class CutButton(QPushButton):
    """A button that asks for less room than its text takes: what does not fit is cut with a sign, and in the hint."""

    def __init__(self, text: str = "", icon: QIcon | None = None) -> None:
        super().__init__()
        self._whole = text
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if icon is not None:
            self.setIcon(icon)
        self.write(text)

    def write(self, text: str) -> None:
        """Take another text."""
        self._whole = text
        self.setAccessibleName(text)
        self._cut()
        self.updateGeometry()

    @property
    def whole(self) -> str:
        """Give the text, whatever of it is seen."""
        return self._whole

    def room_wanted(self) -> int:
        """Give the width at which nothing is cut, also when it is bold, as what is chosen is."""
        font = QFont(self.font())
        if self.isCheckable():
            font.setWeight(QFont.Weight.DemiBold)
        return self._around() + QFontMetrics(font).horizontalAdvance(self._whole)

    def sizeHint(self) -> QSize:
        """Ask for the whole text."""
        return QSize(self.room_wanted(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Allow a smaller size."""
        return QSize(min(_NARROWEST, self.room_wanted()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room that there is."""
        super().resizeEvent(event)
        self._cut()

    def changeEvent(self, event: QEvent) -> None:
        """Take another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._cut()

    def _around(self) -> int:
        padding = 10 if self.property("look") == "link" else 20
        return padding + (0 if self.icon().isNull() else self.iconSize().width() + 4)

    def _cut(self) -> None:
        room = self.width() - self._around()
        text = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(0, room))
        fits = self.width() >= self.room_wanted()
        self.setText((self._whole if fits else text).replace("&", "&&"))


class ButtonRow(QWidget):
    """Buttons of which one is on, in as many columns as fit."""

    def __init__(self, buttons: Mapping[Any, CutButton]) -> None:
        super().__init__()
        self._buttons = tuple(buttons.values())
        self._group = QButtonGroup(self)
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for each in self._buttons:
            each.setCheckable(True)
            each.setProperty("look", "segment")
            self._group.addButton(each)
        self._arrange(1)

    def minimumSizeHint(self) -> QSize:
        """Ask for no more than one column needs."""
        return QSize(_NARROWEST, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room that there is."""
        super().resizeEvent(event)
        self.use_room()

    def use_room(self) -> None:
        """Put as many buttons beside one another as fit."""
        count, room = len(self._buttons), self.width() + _GAP
        widest = max(each.room_wanted() for each in self._buttons)
        fitting = [each for each in (count, 2, 1) if count % each == 0 and each * (widest + _GAP) <= room]
        self._arrange(fitting[0] if fitting else 1)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, each in enumerate(self._buttons):
            self._grid.addWidget(each, number // columns, number % columns)
        for column in range(len(self._buttons)):
            self._grid.setColumnStretch(column, int(column < columns))
        self.updateGeometry()


class Choices(ButtonRow):
    """One of several values; the arrow keys go from one to the next."""

    chosen = Signal(object)

    def __init__(self, kind: type, name: str, title: str, options: Mapping[Any, str]) -> None:
        self._values = {value: CutButton(_(text)) for value, text in options.items()}
        super().__init__(self._values)
        introduce(self, kind, name, title)
        for value, button in self._values.items():
            button.setAccessibleDescription(title)
            button.setToolTip(f"{button.whole}\n{self.toolTip()}")
            button.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))

    def show_value(self, value: object) -> None:
        """Show a value without emitting it."""
        self._values[value].setChecked(True)

    def button(self, value: object) -> CutButton:
        """The button of a value."""
        return self._values[value]
