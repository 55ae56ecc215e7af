"""The options: every field of the recipe, what can be of it, said where it cannot be, sent as often as can be seen."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui.options import metadata, words
from oimg.faces.gui.options.fields import NumberBox, Picker
from oimg.faces.gui.options.output import what_happens
from oimg.faces.gui.options.panel import OptionsPanel
from oimg.faces.gui.options.resize import outcome
from oimg.faces.gui.options.scale import STOPS, meaning, nearest
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
    Target,
    facts_of,
)
from oimg.work.settings import BUILT_IN, PresetStore


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> OptionsPanel:
    made = OptionsPanel(PresetStore(tmp_path / "config"))
    qtbot.addWidget(made)
    made.resize(312, 640)
    made.restore("resize metadata output advanced", "")
    made.show()
    made.show_recipe("balanced", Recipe())
    return made


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


@pytest.fixture
def told(panel: OptionsPanel) -> Told:
    return Told(panel)


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
