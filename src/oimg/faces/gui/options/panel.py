"""The right pane: preset, format, and the visual target; ranges come from the recipe's own facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from oimg.faces.gui import theme
from oimg.faces.gui.options import words
from oimg.faces.messages import _
from oimg.words.recipe import Mode, Recipe, Target, facts_of


class OptionsPanel(QFrame):
    """Shows a recipe and tells which one the user wants instead."""

    recipe_changed = Signal(object)
    """The `Recipe` that the user made."""
    preset_chosen = Signal(str)

    def __init__(self, presets: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "pane")
        self._recipe = Recipe()
        self._preset = QComboBox(self)
        for name in presets:
            self._preset.addItem(words.preset(name), name)
        self._format = QComboBox(self)
        for each in Target:
            self._format.addItem(words.target(each), each)
        facts = facts_of(Recipe, "target")
        low, high = round(facts.low or 0), round(facts.high or 100)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setRange(low, high)
        self._target = QSpinBox(self)
        self._target.setRange(low, high)
        self._target.lineEdit().setTextMargins(6, 0, 0, 0)
        self._quality = QWidget(self)
        self._lay_out()
        self._preset.activated.connect(lambda: self.preset_chosen.emit(self._preset.currentData()))
        self._format.activated.connect(lambda: self._change(format=Target(self._format.currentData())))
        self._slider.valueChanged.connect(self._change_target)
        self._target.valueChanged.connect(self._change_target)

    def _lay_out(self) -> None:
        title = QLabel(_("Options"), self)
        title.setFont(theme.font(theme.TITLE, bold=True))
        row = QHBoxLayout(self._quality)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._slider, 1)
        row.addWidget(self._target)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(6)
        for text, field in (
            (_("&Preset"), self._preset),
            (_(facts_of(Recipe, "format").doc), self._format),
            (_(facts_of(Recipe, "target").doc), self._quality),
        ):
            form.addRow(text, field)
        self._preset.setAccessibleName(_("Preset"))
        self._format.setAccessibleName(_(facts_of(Recipe, "format").doc))
        for each in (self._slider, self._target):
            each.setAccessibleName(_(facts_of(Recipe, "target").doc))
        self._form = form
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(title)
        layout.addLayout(form)
        layout.addStretch()

    def show_recipe(self, preset: str, recipe: Recipe) -> None:
        """Show a recipe, and the preset that it is or came from."""
        self._recipe = recipe
        blocked = [QSignalBlocker(each) for each in (self._preset, self._format, self._slider, self._target)]
        self._preset.setCurrentIndex(self._preset.findData(preset))
        self._format.setCurrentIndex(self._format.findData(recipe.format))
        self._slider.setValue(round(recipe.target))
        self._target.setValue(round(recipe.target))
        self._form.setRowVisible(self._quality, recipe.mode is Mode.VISUAL)
        del blocked

    def _change_target(self, value: int) -> None:
        with QSignalBlocker(self._slider), QSignalBlocker(self._target):
            self._slider.setValue(value)
            self._target.setValue(value)
        self._change(target=float(value))

    def _change(self, **values: object) -> None:
        self._recipe = replace(self._recipe, **values)  # type: ignore[arg-type]
        self.recipe_changed.emit(self._recipe)
