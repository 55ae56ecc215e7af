"""Options of a file's own: given to the selected files, shown as such, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QLabel

from oimg.faces.gui.main_window import MainWindow
from oimg.words.recipe import Mode, Output, Place, Recipe, Target
from oimg.work.settings import BUILT_IN, WindowState, load_window


def own(window: MainWindow) -> list[Recipe | None]:
    return [row.recipe for row in window.model.rows()]


def select(window: MainWindow, *rows: int) -> None:
    view, model = window.queue.view, window.queue.proxy
    flags = QItemSelectionModel.SelectionFlag
    view.selectionModel().setCurrentIndex(model.index(rows[0], 0), flags.ClearAndSelect | flags.Rows)
    for row in rows[1:]:
        view.selectionModel().select(model.index(row, 0), flags.Select | flags.Rows)


def notes(window: MainWindow) -> Sequence[str]:
    return [each.text() for each in window.options.scope.findChildren(QLabel) if each.isVisible()]


def test_options_are_for_all_until_said_otherwise(filled: MainWindow) -> None:
    options = filled.options
    assert options.scope.isVisible()
    assert options.scope.everyone.isChecked()
    assert options.scope.selected.whole == "Only this file"
    options.quality.mode.button(Mode.VISUAL).click()
    assert filled.recipe.mode is Mode.VISUAL
    assert own(filled) == [None, None, None]


def test_the_selected_files_get_a_recipe_of_their_own(filled: MainWindow) -> None:
    options, common = filled.options, filled.recipe
    select(filled, 0, 1)
    assert options.scope.selected.whole == "Only the 2 selected"
    options.scope.selected.click()
    assert own(filled) == [None, None, None]  # nothing was changed yet
    options.quality.mode.button(Mode.QUALITY).click()
    options.flush()
    mine = replace(common, mode=Mode.QUALITY)
    assert own(filled) == [mine, mine, None]
    assert filled.recipe == common
    assert notes(filled) == ["These files have options of their own."]
    select(filled, 2)
    assert options.scope.everyone.isChecked()
    assert options.quality.quality.isVisible() is False
    select(filled, 1, 2)
    assert options.scope.everyone.isChecked()
    assert notes(filled) == ["1 of the selected files has options of its own."]
    select(filled, 0)
    assert options.scope.selected.isChecked()  # what is seen is what this file gets
    assert options.quality.quality.isVisible()
    options.scope.back.click()
    assert own(filled) == [None, mine, None]
    assert options.scope.everyone.isChecked()
    assert not options.quality.quality.isVisible()


def test_what_was_not_sent_yet_goes_to_those_it_was_meant_for(filled: MainWindow) -> None:
    options = filled.options
    select(filled, 0)
    options.scope.selected.click()
    options.advanced.effort.slider.setValue(7)
    options.advanced.effort.slider.setValue(8)  # within the pause
    select(filled, 1)
    assert [each and each.effort for each in own(filled)] == [8, None, None]


def test_a_change_for_all_leaves_a_files_own_recipe(filled: MainWindow) -> None:
    options, mine = filled.options, Recipe(target=33)
    filled.model.change([0], lambda row: replace(row, recipe=mine))
    select(filled, 0)
    assert options.quality.target.number.value() == 33
    options.scope.everyone.click()
    options.quality.mode.button(Mode.QUALITY).click()
    options.flush()
    assert filled.recipe.mode is Mode.QUALITY
    assert own(filled) == [mine, None, None]


def test_a_preset_can_be_for_the_selected_only(filled: MainWindow, tmp_path: Path) -> None:
    output = Output(place=Place.FOLDER, path=str(tmp_path / "out"))
    filled.use_recipe(replace(filled.recipe, output=output))
    common = filled.recipe
    select(filled, 1)
    filled.options.scope.selected.click()
    box = filled.options.presets.box
    box.setCurrentIndex(box.findText("Web"))
    box.activated.emit(box.currentIndex())
    assert own(filled) == [None, replace(BUILT_IN["web"], output=output), None]
    assert (filled.recipe, filled.preset) == (common, "balanced")
    assert box.currentText() == "Web"


def test_both_recipes_are_worked_by(filled: MainWindow, pictures: Path, optimize: Callable[[MainWindow], None]) -> None:
    select(filled, 1)
    filled.options.scope.selected.click()
    filled.options.output.suffix.setText("-web")
    filled.options.output.suffix.textEdited.emit("-web")
    filled.options.flush()
    optimize(filled)
    assert (pictures / "a_optimized.png").is_file()
    assert (pictures / "b-web.jpg").is_file()


def test_says_what_comes_out_for_the_file_looked_at(filled: MainWindow) -> None:
    filled.choose_preset("web")
    select(filled, 1)
    filled.options.restore("resize", "")
    seen = [each.text() for each in filled.options.resize_.findChildren(QLabel) if each.isVisible()]
    assert "This picture stays at 64\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}48." in seen


@pytest.mark.usefixtures("qapp")
def test_folds_and_folders_are_remembered(tmp_path: Path) -> None:
    window = MainWindow(WindowState(theme="light"))
    window.options.restore("output", "")
    window.options.output.folder.take(str(tmp_path))
    window.close()
    state = load_window()
    assert (state.folds, state.folders) == ("output", str(tmp_path))
    again = MainWindow(state)
    assert again.options.folds[2].is_open
    assert again.options.output.folder.recent == (str(tmp_path),)
    again.close()


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_preset_can_be_chosen(window: MainWindow, name: str) -> None:
    window.choose_preset(name)
    window.options.flush()
    assert window.recipe == replace(BUILT_IN[name], output=window.recipe.output)
    assert isinstance(window.recipe.format, Target)
