"""A number of bytes as people write it: a number and a unit."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from oimg.faces.gui.options.fields import NumberBox, introduce, line
from oimg.faces.messages import _
from oimg.words.i18n import N_
from oimg.words.recipe import facts_of

UNITS: Final = MappingProxyType({N_("kB"): 1000, N_("MB"): 1_000_000})
_DIGITS: Final = 3


class ByteSize(QWidget):
    """Shows bytes in the unit that suits them; another unit means another size, as the number stays."""

    changed = Signal(int)

    def __init__(self, kind: type, name: str, title: str) -> None:
        super().__init__()
        self._most = int(facts_of(kind, name).high or 0)
        self._bytes = 0
        self.number = NumberBox(kind, name, title, decimals=_DIGITS)
        self.number.setSingleStep(10)
        self.unit = QComboBox()
        for each in UNITS:
            self.unit.addItem(_(each))
        introduce(self.unit, kind, name, _("Unit of: {field}").format(field=title))
        self.setLayout(self._row())
        self.setFocusProxy(self.number)
        self.number.valueChanged.connect(self._tell)
        self.unit.activated.connect(self._tell)
        self._take_unit(0)

    def _row(self) -> QHBoxLayout:
        return line(self.number, self.unit, grow=self.number)

    def show_value(self, count: int) -> None:
        """Show a size without emitting it; one that is being typed is not overwritten."""
        if count == self._bytes:
            return
        self._bytes = count
        self.unit.setCurrentIndex(int(count >= UNITS["MB"]))
        self._take_unit(self.unit.currentIndex())
        self.number.show_value(count / self._factor())

    def _take_unit(self, index: int) -> None:
        blocked = self.number.blockSignals(True)
        self.number.setMaximum(self._most / self._factor())
        self.number.setSingleStep((10, 0.1)[index])
        self.number.blockSignals(blocked)

    def _factor(self) -> int:
        return tuple(UNITS.values())[self.unit.currentIndex()]

    def _tell(self) -> None:
        self._take_unit(self.unit.currentIndex())
        self._bytes = min(self._most, round(self.number.value() * self._factor()))
        self.changed.emit(self._bytes)
