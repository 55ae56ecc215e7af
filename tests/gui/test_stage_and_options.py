"""Pixels become images; and the options, whose ranges are the recipe's."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox
from pytestqt.qtbot import QtBot

from oimg.faces.gui.images import image_of
from oimg.faces.gui.options import words
from oimg.faces.gui.options.panel import OptionsPanel
from oimg.words.recipe import Mode, Recipe, Target, facts_of
from oimg.words.task import CancelToken
from oimg.work.session import Previews
from oimg.work.settings import BUILT_IN
from work_help import source


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_images_are_the_pixels(tmp_path: Path, mode: str) -> None:
    from PIL import Image

    Image.new(mode, (3, 2), (10, 20, 30, 40)[: len(mode)]).save(tmp_path / "a.png")
    image = image_of(Previews().original(source(tmp_path / "a.png"), CancelToken()))
    assert (image.width(), image.height(), image.hasAlphaChannel()) == (3, 2, mode == "RGBA")
    color = image.convertToFormat(QImage.Format.Format_ARGB32).pixelColor(2, 1)
    assert (color.red(), color.green(), color.blue(), color.alpha()) == (10, 20, 30, 40 if mode == "RGBA" else 255)


@pytest.fixture
def panel(qtbot: QtBot) -> OptionsPanel:
    made = OptionsPanel([*BUILT_IN, "my own"])
    qtbot.addWidget(made)
    made.show()
    made.show_recipe("web", BUILT_IN["web"])
    return made


def test_shows_a_recipe_without_telling_of_it(panel: OptionsPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.recipe_changed):
        panel.show_recipe("smallest", BUILT_IN["smallest"])
    assert [each.currentText() for each in panel.findChildren(QComboBox)] == ["Smallest", "Best for each picture"]
    assert panel.findChild(QSlider).value() == panel.findChild(QSpinBox).value() == 60


def test_ranges_are_those_of_the_recipe(panel: OptionsPanel) -> None:
    facts, slider = facts_of(Recipe, "target"), panel.findChild(QSlider)
    assert (slider.minimum(), slider.maximum()) == (facts.low, facts.high)


def test_a_change_makes_a_recipe_of_the_one_before(panel: OptionsPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.recipe_changed) as told:
        panel.findChild(QSlider).setValue(91)
    (recipe,) = told.args
    assert (recipe.target, recipe.resize) == (91.0, BUILT_IN["web"].resize)
    assert panel.findChild(QSpinBox).value() == 91
    formats = panel.findChildren(QComboBox)[1]
    with qtbot.waitSignal(panel.recipe_changed) as told:
        formats.setCurrentIndex(formats.findData(Target.AVIF))
        formats.activated.emit(formats.currentIndex())
    assert (told.args[0].format, told.args[0].target) == (Target.AVIF, 91.0)


def test_a_preset_is_asked_for_by_its_name(panel: OptionsPanel, qtbot: QtBot) -> None:
    presets = panel.findChildren(QComboBox)[0]
    with qtbot.waitSignal(panel.preset_chosen) as told:
        presets.setCurrentIndex(presets.findText("my own"))
        presets.activated.emit(presets.currentIndex())
    assert told.args == ["my own"]


def test_only_what_applies_is_shown(panel: OptionsPanel) -> None:
    panel.show_recipe("lossless", Recipe(mode=Mode.LOSSLESS))
    assert not panel.findChild(QSlider).isVisible()
    panel.show_recipe("balanced", Recipe())
    assert panel.findChild(QSlider).isVisible()


def test_everything_has_a_name_for_people() -> None:
    assert set(words.PRESETS) == set(BUILT_IN)
    assert set(words.FORMATS) == set(Target)
