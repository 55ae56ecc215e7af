"""The controls of the options: each knows its field of the recipe, and takes range, unit and help from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QEvent, QLocale, QObject, QSize, Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from oimg.faces.gui import theme
from oimg.faces.messages import _
from oimg.words.recipe import facts_of

Values: TypeAlias = Mapping[str, Any]
"""The fields of a recipe by their names, not validated: values being entered may be impossible for a while."""

_WIDEST: Final = 116


class Section(QWidget):
    """A section of the options: shows values, and emits those that the user enters."""

    changed = Signal(object)
    """Fields of the recipe, and their new values. As a dictionary of Qt's, its enumerations would become texts."""
    settled = Signal()
    """The user let go of a slider: what was told last is meant."""

    def show_values(self, values: Values) -> None:
        """Show the fields of this section."""
        raise NotImplementedError

    def summary(self, values: Values) -> str:
        """What is set, in a few words; shown while this section is folded."""
        raise NotImplementedError

    def complain(self, name: str, text: str) -> bool:
        """Show an error at the field `name`; returns whether that is a field of this section."""
        field = self.fields().get(name)
        if field is not None:
            field.complain(text)
        return field is not None

    def praise(self) -> None:
        """Remove all errors."""
        for each in self.fields().values():
            each.complain("")

    def fields(self) -> Mapping[str, Field]:
        """The fields that can have errors, by the names that a `RecipeError` uses."""
        return {}


class Field(QWidget):
    """A title, controls below it, and below those what they mean or what is wrong."""

    def __init__(self, title: str, *controls: QWidget, beside: QWidget | None = None) -> None:
        super().__init__()
        self._controls = (*controls, *([beside] if beside else []))
        self._note = quiet("")
        self._note.hide()
        self._wrong = QLabel()
        self._wrong.setProperty("look", "bad")
        self._wrong.setWordWrap(True)
        self._wrong.setFont(theme.font(theme.CAPTION))
        self._wrong.hide()
        layout = stack(self, 6)
        if title:
            label = QLabel(title)
            label.setBuddy(beside or controls[0])
            label.setWordWrap(True)
            layout.addLayout(line(label, *([beside] if beside else []), grow=label))
        for each in controls:
            layout.addWidget(each)
        layout.addWidget(self._note)
        layout.addWidget(self._wrong)

    def explain(self, text: str) -> None:
        """Say in a quiet line what is set."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def complain(self, text: str) -> None:
        """Say what is wrong; nothing takes it away."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        for each in self._controls:
            each.setAccessibleDescription(text)


class NumberBox(QDoubleSpinBox):
    """A number in the range of its field. A decimal point is understood as well as a comma, in every language."""

    def __init__(self, kind: type, name: str, title: str, *, decimals: int = 0, unit: str = "") -> None:
        super().__init__()
        facts = facts_of(kind, name)
        self.setDecimals(decimals)
        # Marks between thousands would look like decimal ones.
        locale = self.locale()
        locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator | QLocale.NumberOption.RejectGroupSeparator)
        self.setLocale(locale)
        self.setRange(facts.low or 0, 100 if facts.high is None else facts.high)
        self.setSuffix(f"\N{NO-BREAK SPACE}{unit}" if unit else "")
        self.setAlignment(Qt.AlignmentFlag.AlignTrailing)
        introduce(self, kind, name, title)

    def sizeHint(self) -> QSize:
        """Ask for what common numbers need, not for the largest one there can be."""
        return QSize(min(_WIDEST, super().sizeHint().width()), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Ask for the same."""
        return self.sizeHint()

    def textFromValue(self, value: float) -> str:
        """Write a number with no more digits than it needs."""
        text = self.locale().toString(value, "f", self.decimals())
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Look at what is typed, with the decimal mark of the language in place of the other one."""
        return super().validate(self._localized(text), position)

    def valueFromText(self, text: str) -> float:
        """Read a number."""
        return super().valueFromText(self._localized(text))

    def show_value(self, value: float) -> None:
        """Show a number without emitting it; one that is being typed is not overwritten."""
        if value != self.value():
            blocked = self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(blocked)

    def _localized(self, text: str) -> str:
        point = self.locale().decimalPoint()
        return text.replace("," if point == "." else ".", point)


class Picker(QComboBox):
    """One of several values, by their titles."""

    chosen = Signal(object)

    def __init__(self, kind: type, name: str, title: str, options: Mapping[Any, str]) -> None:
        super().__init__()
        self._values: Sequence[Any] = tuple(options)
        self.addItems([_(text) for text in options.values()])
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        introduce(self, kind, name, title)
        self.activated.connect(lambda index: self.chosen.emit(self._values[index]))

    def show_value(self, value: object) -> None:
        """Show a value without emitting it."""
        self.setCurrentIndex(self._values.index(value))


class Switch(QCheckBox):
    """Yes or no. A long text wraps, which Qt's own box does not: it is a label beside it."""

    def __init__(self, kind: type, name: str, title: str) -> None:
        super().__init__()
        introduce(self, kind, name, title)
        self._label = QLabel(title)
        self._label.setWordWrap(True)
        self._label.setBuddy(self)
        self._label.setToolTip(self.toolTip())
        self._label.installEventFilter(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def row(self) -> QLayout:
        """Give the box and its text, to be put into a layout."""
        made = line(self, self._label, grow=self._label, spacing=2)  # the box has some room of its own
        made.setAlignment(self, Qt.AlignmentFlag.AlignTop)
        return made

    def show_value(self, value: object) -> None:
        """Show it without emitting it."""
        blocked = self.blockSignals(True)
        self.setChecked(bool(value))
        self.blockSignals(blocked)

    def set_shown(self, *, shown: bool) -> None:
        """Show or hide the box with its text."""
        self.setVisible(shown)
        self._label.setVisible(shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let a click on the text be one on the box."""
        if watched is self._label and event.type() is QEvent.Type.MouseButtonRelease and self.isEnabled():
            self.click()
            return True
        return super().eventFilter(watched, event)


class _Calm(QObject):
    """Lets the wheel scroll the options instead of changing a control without focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def introduce(control: QWidget, kind: type, name: str, title: str) -> None:
    """Assign a field of the recipe to a control, which gets an accessible name and a hint from it."""
    control.setAccessibleName(title)
    control.setToolTip(hint(kind, name))
    control.setProperty("field", f"{kind.__name__}.{name}")
    if control.focusPolicy() is Qt.FocusPolicy.WheelFocus:
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    control.installEventFilter(_Calm(control))


def hint(kind: type, name: str) -> str:
    """The help text of a field with its range, as on the command line."""
    facts = facts_of(kind, name)
    if facts.high is None or facts.unit in ("bytes", "px"):
        return _(facts.doc)
    return _("{text}: {low} to {high}").format(text=_(facts.doc), low=f"{facts.low:g}", high=f"{facts.high:g}")


def quiet(text: str) -> QLabel:
    """Make a small line that steps back."""
    label = QLabel(text)
    label.setProperty("look", "quiet")
    label.setFont(theme.font(theme.CAPTION))
    label.setWordWrap(True)
    return label


def stack(owner: QWidget | None = None, spacing: int = 8) -> QVBoxLayout:
    """Lay things out below one another, without a margin."""
    layout = QVBoxLayout() if owner is None else QVBoxLayout(owner)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def line(*widgets: QWidget, grow: QWidget | None = None, spacing: int = 8) -> QHBoxLayout:
    """Lay things out beside one another; `grow` takes what is left."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for each in widgets:
        layout.addWidget(each, int(each is grow))
    return layout
