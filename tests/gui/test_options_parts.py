"""The parts of the options: sizes, folders, names, new sizes, metadata, and what is said where one cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from oimg.faces.gui.options import words
from oimg.faces.gui.options.output import what_happens
from oimg.faces.gui.options.panel import OptionsPanel
from oimg.faces.gui.options.resize import outcome
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import (
    ColorPolicy,
    Conflict,
    Fitting,
    Gravity,
    Mode,
    Originals,
    Output,
    Place,
    Recipe,
    Resize,
)
from options_help import Told, pick, texts, type_into, wrongs


def test_a_largest_size_has_a_unit(panel: OptionsPanel, told: Told, qtbot: QtBot) -> None:
    field = panel.quality.max_bytes
    panel.quality.mode.button(Mode.SIZE).click()
    assert told.last.max_bytes == 500_000  # something that can be, to begin with
    assert (field.number.text(), field.unit.currentText()) == ("500", "kB")
    type_into(field.number, "1,5", qtbot)
    assert told.last.max_bytes == 1500
    field.unit.setCurrentText("MB")
    field.unit.activated.emit(1)
    assert told.last.max_bytes == 1_500_000
    assert field.number.text() == "1.5"


def test_what_cannot_be_is_said_at_the_field_and_not_sent(panel: OptionsPanel, told: Told, qtbot: QtBot) -> None:
    panel.quality.mode.button(Mode.SIZE).click()
    before = told.last
    type_into(panel.quality.max_bytes.number, "0", qtbot)
    assert told.last == before
    assert wrongs(panel) == ["How large may a file be? Give a size above 0."]
    assert panel.quality.max_bytes.number.text() == "0"
    type_into(panel.quality.max_bytes.number, "30", qtbot)
    assert told.last.max_bytes == 30_000
    assert wrongs(panel) == []


def test_a_folder_is_asked_for_before_anything_is_sent(panel: OptionsPanel, told: Told, tmp_path: Path) -> None:
    output = panel.output
    panel.restore("", "")
    output.place.button(Place.FOLDER).click()
    assert told.recipes == []
    assert panel.folds[2].is_open  # where something is wrong, it is seen
    assert wrongs(panel) == ["Choose the folder that results go to."]
    output.folder.take(str(tmp_path))
    assert told.last.output == Output(place=Place.FOLDER, path=str(tmp_path))
    assert wrongs(panel) == []
    assert output.folder.recent == (str(tmp_path),)
    output.folder.changed.emit("")
    assert len(wrongs(panel)) == 1
    panel.show_recipe("balanced", told.last)  # the recipe that is there already, chosen anew
    assert wrongs(panel) == []
    assert output.folder.text.text() == str(tmp_path)
    output.place.button(Place.BESIDE).click()
    assert told.last.output.place is Place.BESIDE


def test_a_folder_can_be_dropped_or_taken_from_the_last(panel: OptionsPanel, told: Told, tmp_path: Path) -> None:
    panel.restore("output", "/a\n/b")
    panel.output.place.button(Place.FOLDER).click()
    assert told.last.output.path == "/a"
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    panel.output.folder.dropEvent(QDropEvent(QPointF(3, 3), copy, data, left, none))
    assert told.last.output.path == str(tmp_path)
    assert panel.output.folder.recent == (str(tmp_path), "/a", "/b")
    menu = panel.output.folder.button.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    entries = [each for each in menu.actions() if not each.isSeparator()]
    assert [each.text() for each in entries[1:]] == [str(tmp_path), "/a", "/b"]
    entries[3].trigger()
    assert told.last.output.path == "/b"
    assert panel.remembered() == {"folds": "output", "folders": f"/b\n{tmp_path}\n/a"}


def test_a_suffix_that_leads_elsewhere_is_refused(panel: OptionsPanel, told: Told, qtbot: QtBot) -> None:
    type_into(panel.output.suffix, "-small", qtbot)
    assert told.last.output.suffix == "-small"
    type_into(panel.output.suffix, "a/b", qtbot)
    assert told.last.output.suffix == "a"
    assert len(wrongs(panel)) == 1
    assert panel.output.suffix.text() == "a/b"


def test_in_place_never_overwrites_others(panel: OptionsPanel, told: Told) -> None:
    pick(panel.output.conflict, "Replace what is there")
    assert told.last.output.conflict is Conflict.OVERWRITE
    assert "Files of that name are replaced, and not kept." in texts(panel)
    panel.output.place.button(Place.IN_PLACE).click()
    assert told.last.output == Output(place=Place.IN_PLACE)
    assert panel.output.conflict_in_place.findText("Replace what is there") < 0
    assert panel.output.originals.isVisible()


def test_says_what_will_happen() -> None:
    assert "photo_optimized.jpg" in what_happens(Output(), "photo.jpg", 30)
    in_place = Output(place=Place.IN_PLACE)
    assert "kept for 30 days" in what_happens(in_place, "a.jpg", 30)
    assert "kept for 1 day." in what_happens(in_place, "a.jpg", 1)
    assert "are kept." in what_happens(in_place, "a.jpg", 0)
    assert "trash" in what_happens(replace(in_place, originals=Originals.TRASH), "a.jpg", 30)
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in what_happens(Output(), "a\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", 30)


def test_a_new_size_begins_with_one_that_can_be(panel: OptionsPanel, told: Told) -> None:
    panel.show_picture((4032, 3024), "a.jpg")
    for fitting in Fitting:
        pick(panel.resize_.fitting, words.FITTINGS[fitting])
        assert told.last.resize.fitting is fitting
        assert wrongs(panel) == []
        seen = any("becomes" in each for each in texts(panel.resize_))
        assert seen is (fitting is not Fitting.NONE)
    assert (told.last.resize.width, told.last.resize.height) == (2048, 1536)


def test_says_what_comes_out_for_the_picture() -> None:
    box = Resize(fitting=Fitting.FIT, width=2048, height=2048)
    assert outcome((4032, 3024), box).replace("\N{NO-BREAK SPACE}", " ") == (
        "This picture: 4032 × 3024 becomes 2048 × 1536."
    )
    assert "stays" in outcome((400, 300), box)
    assert outcome(None, box) == outcome((4, 3), Resize()) == outcome((4, 3), replace(box, width=0)) == ""


def test_linked_sides_keep_the_proportions(panel: OptionsPanel, told: Told, qtbot: QtBot) -> None:
    resize = panel.resize_
    panel.show_picture((4000, 3000), "a.jpg")
    pick(resize.fitting, "Exactly this size")
    assert resize.linked.isChecked()
    type_into(resize.width_box, "1000", qtbot)
    assert (told.last.resize.width, told.last.resize.height) == (1000, 750)
    type_into(resize.height_box, "300", qtbot)
    assert (told.last.resize.width, told.last.resize.height) == (400, 300)
    resize.linked.click()
    type_into(resize.width_box, "500", qtbot)
    assert (told.last.resize.width, told.last.resize.height) == (500, 300)
    resize.linked.click()
    assert (told.last.resize.width, told.last.resize.height) == (500, 375)


def test_the_part_that_stays_is_pointed_at(panel: OptionsPanel, told: Told, qtbot: QtBot) -> None:
    pick(panel.resize_.fitting, "Fill a box, and crop")
    gravity = panel.resize_.gravity
    gravity.button(Gravity.TOP_RIGHT).click()
    assert told.last.resize.gravity is Gravity.TOP_RIGHT
    gravity.button(Gravity.TOP_RIGHT).setFocus()
    qtbot.keyClick(gravity.button(Gravity.TOP_RIGHT), Qt.Key.Key_Down)
    assert told.last.resize.gravity is Gravity.RIGHT
    panel.resize_.smart.click()
    assert told.last.resize.gravity is Gravity.SMART
    assert not any(gravity.button(each).isChecked() for each in Gravity if each is not Gravity.SMART)


def test_groups_stay_beyond_the_policy(panel: OptionsPanel, told: Told) -> None:
    section = panel.metadata
    assert section.groups[MetadataGroup.LOCATION].isVisible()
    assert not section.groups[MetadataGroup.COPYRIGHT].isVisible()  # stays anyway
    section.groups[MetadataGroup.LOCATION].click()
    section.groups[MetadataGroup.OWNER].click()
    assert told.last.keep == {MetadataGroup.LOCATION, MetadataGroup.OWNER}
    section.groups[MetadataGroup.OWNER].click()
    assert told.last.keep == {MetadataGroup.LOCATION}
    section.policy.button(MetadataPolicy.STRIP).click()
    assert told.last.metadata is MetadataPolicy.STRIP
    assert section.groups[MetadataGroup.COPYRIGHT].isVisible()
    section.policy.button(MetadataPolicy.KEEP).click()
    assert not section.groups[MetadataGroup.LOCATION].isVisible()


def test_the_advanced_part_changes_its_fields(panel: OptionsPanel, told: Told, qtbot: QtBot) -> None:
    advanced = panel.advanced
    advanced.effort.slider.setValue(9)
    assert told.last.effort == 9
    advanced.color.button(ColorPolicy.SRGB).click()
    advanced.flatten_special.click()
    type_into(advanced.min_savings, "5", qtbot)
    type_into(advanced.min_saved_bytes.number, "2", qtbot)
    assert told.last == Recipe(
        effort=9, color=ColorPolicy.SRGB, flatten_special=True, min_savings=5.0, min_saved_bytes=2000
    )
    type_into(advanced.background.text, "#00", qtbot)
    assert len(wrongs(panel)) == 1
    qtbot.keyClicks(advanced.background.text, "ff00")
    assert told.last.background == "#00ff00"
    dialog = advanced.background.ask()
    dialog.colorSelected.emit(dialog.currentColor().fromString("#123456"))
    assert told.last.background == "#123456"
    dialog.close()
