"""Using the options as a person does, and what they say then."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui.options.fields import Picker
from oimg.faces.gui.options.panel import OptionsPanel
from oimg.words.recipe import Recipe


class Told:
    """Takes what the panel sends."""

    def __init__(self, panel: OptionsPanel) -> None:
        self.panel = panel
        self.recipes: list[Recipe] = []
        panel.recipe_changed.connect(self._take)

    def _take(self, recipe: Recipe) -> None:
        self.recipes.append(recipe)
        self.panel.show_recipe("balanced", recipe)  # as the window does

    @property
    def last(self) -> Recipe:
        self.panel.flush()
        return self.recipes[-1]


def pick(picker: Picker, text: str) -> None:
    index = picker.findText(text)
    assert index >= 0
    picker.setCurrentIndex(index)
    picker.activated.emit(index)


def type_into(widget: QWidget, text: str, qtbot: QtBot) -> None:
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(widget, text)


def texts(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisible() and each.text()]


def wrongs(panel: OptionsPanel) -> list[str]:
    labels = [each for each in panel.findChildren(QLabel) if each.property("look") == "bad"]
    return [each.text() for each in labels if each.isVisible()]
