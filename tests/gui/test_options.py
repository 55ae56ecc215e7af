"""The options: every field of the recipe, what can be of it, said where it cannot be, sent as often as can be seen."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui.options import metadata, words
from oimg.faces.gui.options.fields import NumberBox
from oimg.faces.gui.options.panel import OptionsPanel
from oimg.faces.gui.options.scale import STOPS, meaning, nearest
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import (
    ColorPolicy,
    Conflict,
    Fitting,
    Mode,
    Originals,
    Output,
    Place,
    Recipe,
    Resize,
    Target,
    facts_of,
)
from oimg.work.settings import BUILT_IN
from options_help import Told, texts, type_into


def test_every_field_of_the_recipe_has_a_control(panel: OptionsPanel) -> None:
    controls = {name for each in panel.findChildren(QWidget) if (name := each.property("field"))}
    wanted = {
        f"{kind.__name__}.{each.name}"
        for kind in (Recipe, Resize, Output)
        for each in fields(kind)
        if "facts" in each.metadata
    }
    assert controls == wanted


def test_ranges_and_hints_are_those_of_the_recipe(panel: OptionsPanel) -> None:
    kinds = {"Recipe": Recipe, "Resize": Resize, "Output": Output}
    seen = 0
    for each in panel.findChildren(QWidget):
        if not each.property("field"):
            continue
        kind, name = each.property("field").split(".")
        facts = facts_of(kinds[kind], name)
        assert each.accessibleName(), name
        assert facts.doc in each.toolTip(), name
        if isinstance(each, NumberBox) and facts.unit != "bytes":
            assert (each.minimum(), each.maximum()) == (facts.low, facts.high), name
            seen += 1
    assert seen >= 10


def test_everything_has_a_name_for_people() -> None:
    assert set(words.PRESETS) == set(BUILT_IN)
    for titles, kind in (
        (words.FORMATS, Target),
        (words.MODES, Mode),
        (words.FITTINGS, Fitting),
        (words.COLORS, ColorPolicy),
        (words.CONFLICTS, Conflict),
        (words.ORIGINALS, Originals),
        (metadata.POLICIES, MetadataPolicy),
    ):
        assert set(titles) == set(kind)
    assert set(words.PLACES) == set(Place) - {Place.FILE}  # one file is named on the command line
    assert set(metadata.GROUPS) | set(metadata.WITHOUT) == set(MetadataGroup)


@pytest.mark.parametrize("name", BUILT_IN)
def test_shows_a_recipe_without_telling_of_it(panel: OptionsPanel, told: Told, name: str) -> None:
    panel.show_recipe(name, BUILT_IN[name])
    panel.flush()
    assert told.recipes == []
    assert panel.presets.box.currentText() == words.preset(name)
    assert panel.quality.target.slider.value() == panel.quality.target.number.value() == BUILT_IN[name].target


def test_only_what_applies_is_shown(panel: OptionsPanel, told: Told) -> None:
    quality = panel.quality
    shown = {
        Mode.VISUAL: quality.target.slider,
        Mode.QUALITY: quality.quality.slider,
        Mode.SIZE: quality.max_bytes.number,
        Mode.LOSSLESS: None,
    }
    for mode in Mode:
        quality.mode.button(mode).click()
        assert told.last.mode is mode
        for each, widget in shown.items():
            assert widget is None or widget.isVisible() is (each is mode)
    panel.show_recipe("", Recipe(format=Target.PNG))
    assert not panel.advanced.background.isVisible()
    panel.show_recipe("", Recipe(format=Target.JPEG))
    assert panel.advanced.background.isVisible()


def test_a_stop_is_a_score(panel: OptionsPanel, told: Told) -> None:
    for score, name, text in STOPS:
        next(each for each in panel.findChildren(QAbstractButton) if each.text() == name and not each.icon()).click()
        assert told.last.target == score
        assert text in texts(panel)
    assert [nearest(each) for each in (10, 54.9, 55, 69.5, 70, 89, 90, 100)] == [None, None, 60, 60, 70, 80, 90, 90]
    assert meaning(12) != meaning(60)


def test_the_scale_is_uneven_and_its_stops_are_apart(panel: OptionsPanel) -> None:
    slider = panel.quality.target.slider
    places = [slider.place_of(score) for score, *_ in STOPS]
    gaps = [after - before for before, after in pairwise(places)]
    assert max(gaps) == pytest.approx(min(gaps))
    assert min(gaps) > 40
    for value in range(10, 101):
        assert slider.value_at(slider.place_of(value)) == value
    slider.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert slider.place_of(90) < slider.place_of(60)
    assert slider.value_at(slider.place_of(90)) == 90
    assert not slider.grab().isNull()


def test_keys_move_by_one_whatever_the_scale(panel: OptionsPanel, told: Told, qtbot: QtBot) -> None:
    slider = panel.quality.target.slider
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert told.last.target == 81
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert told.last.target == 10


def test_while_a_slider_moves_twenty_recipes_a_second_are_sent_and_the_last_at_once(
    panel: OptionsPanel, told: Told, qtbot: QtBot
) -> None:
    slider = panel.quality.target.slider

    def at(score: int) -> QPoint:
        return QPoint(round(slider.place_of(score)), slider.height() // 2)

    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=at(60))
    for score in range(60, 86):
        qtbot.mouseMove(slider, at(score))
    assert len(told.recipes) == 1
    assert told.recipes[0].target == 60
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at(85))
    assert len(told.recipes) == 2
    assert told.recipes[-1].target == 85
    qtbot.wait(120)
    assert len(told.recipes) == 2
    assert panel.quality.target.number.value() == 85


def test_a_score_between_whole_numbers_is_kept(panel: OptionsPanel, told: Told, qtbot: QtBot) -> None:
    type_into(panel.quality.target.number, "72.5", qtbot)
    assert told.last.target == 72.5
    assert panel.quality.target.slider.value() == 72
    type_into(panel.quality.target.number, "66,5", qtbot)
    assert told.last.target == 66.5


@pytest.mark.parametrize(("language", "point"), [("de", ","), ("en", "."), ("fr", ",")])
def test_a_decimal_comma_is_understood_in_every_language(qtbot: QtBot, language: str, point: str) -> None:
    default = QLocale()
    QLocale.setDefault(QLocale(language))
    box = NumberBox(Recipe, "min_savings", "x", decimals=2, unit="%")
    QLocale.setDefault(default)
    qtbot.addWidget(box)
    for text in ("2.5", "2,5"):
        assert box.validate(text, 0)[0] is QValidator.State.Acceptable
        assert box.valueFromText(text) == 2.5
    assert box.textFromValue(2.5) == f"2{point}5"
    assert box.textFromValue(20.0) == "20"


def test_the_wheel_changes_nothing_that_has_not_the_focus(panel: OptionsPanel, told: Told) -> None:
    for each in (panel.quality.format, panel.quality.target.slider, panel.quality.target.number):
        each.clearFocus()
        turn = QWheelEvent(
            QPointF(5, 5),
            QPointF(each.mapToGlobal(QPoint(5, 5))),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(each, turn)
        assert not turn.isAccepted()  # so it goes on to what can be scrolled
    panel.flush()
    assert told.recipes == []


def test_folds_say_what_is_set_in_them(panel: OptionsPanel, qtbot: QtBot) -> None:
    panel.restore("", "")
    assert panel.remembered()["folds"] == ""
    panel.show_recipe("web", BUILT_IN["web"])
    heading = panel.folds[0].heading
    assert heading.accessibleDescription() == "Longer side 2560 px"
    assert heading.accessibleName() == "Size in pixels, folded"
    qtbot.keyClick(heading, Qt.Key.Key_Space)
    assert panel.remembered()["folds"] == "resize"
    assert panel.resize_.isVisible()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("recipe", [Recipe(), BUILT_IN["email"], Recipe(mode=Mode.QUALITY)], ids=["eye", "size", "q"])
def test_nothing_is_cut_where_it_is_narrow(
    panel: OptionsPanel, direction: Qt.LayoutDirection, recipe: Recipe, qtbot: QtBot
) -> None:
    panel.setLayoutDirection(direction)
    panel.show_recipe("", replace(recipe, resize=Resize(fitting=Fitting.FILL, width=99_999, height=9999)))
    panel.show_selected(3, 3, recipe)
    panel.resize(272, 640)
    qtbot.wait(20)
    content, room = panel.area.widget(), panel.area.viewport().width()
    assert room >= 260
    assert content.minimumSizeHint().width() <= room
    for each in content.findChildren(QWidget):
        if each.isVisible():
            left = each.mapTo(content, QPoint(0, 0)).x()
            assert left >= 0, each
            assert left + each.width() <= room, each
