"""Fields of the preferences: numbers in the units of people, choices with their values."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QWidget

from oimg.work.settings import highest


class NumberField(QDoubleSpinBox):
    """A numeric setting, shown in a larger unit; 0 is shown in words."""

    given = Signal(object)  # an int of Qt has 32 bits, too few for bytes
    """The value that the user gave, as the settings keep it."""

    def __init__(
        self, setting: str, nothing: str, suffix: str, unit: int = 1, step: float = 1, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._unit = unit
        self.setDecimals(0)
        self.setRange(0, highest(setting) // unit)
        self.setSingleStep(step)
        self.setSpecialValueText(nothing)
        self.setSuffix(f" {suffix}" if suffix else "")
        self.setKeyboardTracking(False)  # told when it is whole, not at every figure
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        self.valueChanged.connect(lambda value: self.given.emit(round(value) * unit))

    def show_value(self, value: int) -> None:
        """Show what is set; a little is never shown as nothing."""
        with QSignalBlocker(self):
            self.setValue(max(1, round(value / self._unit)) if value else 0)


class ChoiceField(QComboBox):
    """A choice among values with names."""

    given = Signal(str)
    """The value that the user chose."""

    def __init__(self, choices: Iterable[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_choices(choices)
        self.activated.connect(lambda: self.given.emit(self.currentData()))

    def show_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these values, with these names."""
        self.clear()
        for value, name in choices:
            self.addItem(name, value)

    def show_value(self, value: str, name: Callable[[str], str] = str) -> None:
        """Show what is set, also where it is not offered any more."""
        if self.findData(value) < 0:
            self.addItem(name(value), value)
        self.setCurrentIndex(self.findData(value))
