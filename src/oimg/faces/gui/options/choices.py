"""A few plain choices beside one another: as many in a row as there is room for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QSizePolicy, QWidget

from oimg.faces.gui.options.fields import introduce
from oimg.faces.messages import _

_GAP = 6


class Choices(QWidget):
    """One of several values; the arrow keys go from one to the next."""

    chosen = Signal(object)

    def __init__(self, kind: type, name: str, title: str, options: Mapping[Any, str]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[Any, QPushButton] = {}
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        introduce(self, kind, name, title)
        for value, text in options.items():
            button = QPushButton(_(text), self)
            button.setCheckable(True)
            button.setProperty("look", "segment")
            button.setAccessibleDescription(title)
            button.setToolTip(self.toolTip())
            button.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
            self._group.addButton(button)
            self._buttons[value] = button
        self._arrange(1)

    def show_value(self, value: object) -> None:
        """Show a value without telling of it."""
        self._buttons[value].setChecked(True)

    def button(self, value: object) -> QPushButton:
        """Give the button of a value."""
        return self._buttons[value]

    def minimumSizeHint(self) -> QSize:
        """Ask for no more than one column needs."""
        return QSize(self._widest(), self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room that there is."""
        super().resizeEvent(event)
        count, room = len(self._buttons), event.size().width() + _GAP
        fitting = [each for each in (count, 2, 1) if count % each == 0 and each * (self._widest() + _GAP) <= room]
        self._arrange(fitting[0] if fitting else 1)

    def _widest(self) -> int:
        return max(each.sizeHint().width() for each in self._buttons.values())

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, each in enumerate(self._buttons.values()):
            self._grid.addWidget(each, number // columns, number % columns)
        for column in range(len(self._buttons)):
            self._grid.setColumnStretch(column, int(column < columns))
        self.updateGeometry()
