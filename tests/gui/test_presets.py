"""Presets: whether the options still are what one says, and all that can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.options.preset_dialogs import NameDialog
from oimg.faces.gui.options.presets import PresetBar
from oimg.words.recipe import Output, Place, Recipe, Target
from oimg.work.settings import BUILT_IN, PresetStore, SettingsError

AVIF = Recipe(format=Target.AVIF, target=75)


@pytest.fixture
def store(tmp_path: Path) -> PresetStore:
    made = PresetStore(tmp_path / "config")
    made.save("For Ada", AVIF)
    return made


@pytest.fixture
def bar(store: PresetStore, qtbot: QtBot) -> PresetBar:
    made = PresetBar(store)
    qtbot.addWidget(made)
    made.show()
    made.show_recipe("For Ada", AVIF)
    return made


def chosen(bar: PresetBar) -> list[str]:
    told: list[str] = []
    bar.chosen.connect(told.append)
    return told


def name(dialog: NameDialog, text: str) -> None:
    dialog.name.setText(text)
    dialog.done_button.click()


def only(kind: type, bar: PresetBar) -> QFileDialog | QMessageBox:
    (found,) = bar.findChildren(kind)
    assert isinstance(found, QFileDialog | QMessageBox)
    return found


def test_says_whether_the_options_are_the_preset(bar: PresetBar) -> None:
    assert (bar.box.currentText(), bar.back.isVisible()) == ("For Ada", False)
    bar.show_recipe("For Ada", replace(AVIF, output=Output(place=Place.IN_PLACE)))
    assert not bar.is_changed  # where results go is no part of a preset
    bar.show_recipe("For Ada", replace(AVIF, target=76))
    assert bar.box.currentText() == "For Ada, changed"
    assert bar.back.whole == "Back to For Ada"
    told = chosen(bar)
    bar.back.click()
    assert told == ["For Ada"]
    bar.show_recipe("web", BUILT_IN["web"])
    assert [bar.box.itemText(each) for each in range(bar.box.count())][-1] == "For Ada"
    assert bar.box.currentText() == "Web"
    bar.show_recipe("", AVIF)
    assert bar.box.currentIndex() == -1


def test_finds_the_preset_that_a_recipe_is(bar: PresetBar) -> None:
    assert bar.name_of(replace(AVIF, output=Output(suffix="x"))) == "For Ada"
    assert bar.name_of(BUILT_IN["web"]) == "web"
    assert bar.name_of(replace(AVIF, target=11)) == ""


def test_a_preset_is_asked_for_by_its_name(bar: PresetBar) -> None:
    told = chosen(bar)
    bar.box.setCurrentIndex(bar.box.findText("Social media"))
    bar.box.activated.emit(bar.box.currentIndex())
    assert told == ["social"]


def test_only_ones_own_can_be_changed(bar: PresetBar) -> None:
    changing = (bar.update_preset, bar.rename, bar.delete)
    assert [each.isEnabled() for each in changing] == [False, True, True]
    bar.show_recipe("For Ada", replace(AVIF, target=76))
    assert [each.isEnabled() for each in changing] == [True, True, True]
    bar.show_recipe("web", replace(BUILT_IN["web"], target=76))
    assert [each.isEnabled() for each in changing] == [False, False, False]
    assert bar.save.isEnabled()
    assert bar.export.isEnabled()


def test_options_are_saved_under_a_name(bar: PresetBar, store: PresetStore) -> None:
    told = chosen(bar)
    bar.show_recipe("web", replace(AVIF, target=33))
    dialog = bar.ask_to_save()
    assert not dialog.done_button.isEnabled()
    for wrong in ("Web", "for ada", "a/b", ".hidden", " "):
        dialog.name.setText(wrong)
        assert not dialog.done_button.isEnabled(), wrong
    name(dialog, "Mine 2")
    assert store.get("Mine 2").target == 33
    assert told == ["Mine 2"]
    assert bar.box.findText("Mine 2") > 0


def test_a_preset_is_updated(bar: PresetBar, store: PresetStore) -> None:
    bar.show_recipe("For Ada", replace(AVIF, target=33))
    assert bar.update_preset.text() == "Update For Ada"
    bar.update_preset.trigger()
    assert store.get("For Ada").target == 33
    assert not bar.is_changed


def test_a_preset_is_renamed(bar: PresetBar, store: PresetStore) -> None:
    told: list[tuple[str, str]] = []
    bar.renamed.connect(lambda old, new: told.append((old, new)))
    dialog = bar.ask_to_rename()
    assert dialog.name.text() == "For Ada"
    name(dialog, "For Bea")
    assert store.names() == (*BUILT_IN, "For Bea")
    assert store.get("For Bea") == AVIF
    assert told == [("For Ada", "For Bea")]


def test_a_preset_is_deleted_when_asked(bar: PresetBar, store: PresetStore) -> None:
    for button, left in ((1, True), (0, False)):
        bar.delete.trigger()
        box = only(QMessageBox, bar)
        assert isinstance(box, QMessageBox)
        box.buttons()[button].click()
        box.close()
        assert ("For Ada" in store.names()) is left
        box.setParent(None)
    assert bar.box.findText("For Ada") == -1


def test_a_preset_goes_out_and_comes_in_again(bar: PresetBar, store: PresetStore, tmp_path: Path) -> None:
    told = chosen(bar)
    bar.export.trigger()
    dialog = only(QFileDialog, bar)
    assert isinstance(dialog, QFileDialog)
    assert [Path(each).name for each in dialog.selectedFiles()] == ["For Ada.json"]
    dialog.fileSelected.emit(str(tmp_path / "For Ada.json"))
    dialog.close()
    bar.read_in(str(tmp_path / "For Ada.json"))
    assert told == ["For Ada 2"]  # the one that is there stays
    assert store.get("For Ada 2") == store.get("For Ada") == AVIF


def test_what_does_not_work_is_said(bar: PresetBar, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}")
    told = chosen(bar)
    bar.read_in(str(tmp_path / "bad.json"))
    box = only(QMessageBox, bar)
    assert isinstance(box, QMessageBox)
    assert box.text().startswith("The preset cannot be read")
    box.close()
    box.setParent(None)
    bar.write_out(tmp_path / "bad.json" / "x.json")
    assert told == []


def test_the_store_renames_only_to_free_names(store: PresetStore) -> None:
    store.save("Other", AVIF)
    for new, code in (("Other", "preset-exists"), ("web", "built-in-preset"), ("a/b", "bad-preset-name")):
        with pytest.raises(SettingsError) as error:
            store.rename("For Ada", new)
        assert error.value.reason == code
    with pytest.raises(SettingsError) as error:
        store.rename("web", "Mine")
    assert error.value.reason == "built-in-preset"
    assert store.names() == (*BUILT_IN, "For Ada", "Other")


def test_home_offers_what_was_saved(window: MainWindow, find_chips: Callable[[], list[str]]) -> None:
    before = find_chips()
    name(window.options.presets.ask_to_save(), "Mine")
    assert find_chips() == [*before, "Mine"]
    assert window.preset == "Mine"
    changed = replace(window.recipe, effort=9)
    window.use_recipe(changed)
    name(window.options.presets.ask_to_rename(), "Ours")
    assert (window.preset, window.recipe) == ("Ours", changed)
    assert window.options.presets.box.currentText() == "Ours, changed"
    assert find_chips() == [*before, "Ours"]


@pytest.fixture
def find_chips(window: MainWindow) -> Callable[[], list[str]]:
    return lambda: [each.text() for each in window.home._chips.buttons()]
