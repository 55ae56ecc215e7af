"""What a picture reveals: found, worded, shown with what becomes of it, and kept or removed from there."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import piexif
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QPushButton, QScrollBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui.actions import Act
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.privacy.field_names import title
from oimg.faces.gui.privacy.finding_row import FindingRow, spoken
from oimg.faces.gui.privacy.inspector import Inspector
from oimg.faces.gui.privacy.picture_pair import PicturePair
from oimg.faces.gui.privacy.topic_card import TopicCard
from oimg.faces.verdicts import Topic
from oimg.words import privacy
from oimg.words.privacy import Fate, MetadataGroup, MetadataPolicy, Prospect
from oimg.words.recipe import Mode, Output, Place, Recipe, Target

G = MetadataGroup
PLACE = "52°\u00a031′\u00a012.0″\u00a0N, 13°\u00a024′\u00a018.0″\u00a0E"
PATIENCE = 60_000  # ms: another program on the machine must not fail a test


def small(color: str) -> bytes:
    stream = BytesIO()
    picture = Image.new("RGB", (96, 64), color)
    picture.paste("white", (10, 10, 40, 30))
    picture.save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A picture that tells much and whose thumbnail shows something else, one that tells nothing, and no picture."""
    made = tmp_path / "in"
    made.mkdir()
    tables = {
        "0th": {
            piexif.ImageIFD.Make: b"Apple",
            piexif.ImageIFD.Model: b"iPhone 12",
            piexif.ImageIFD.Copyright: b"(c) Ann",
            piexif.ImageIFD.Artist: "<b>Ann</b> \u202egnol".encode(),
        },
        "Exif": {
            piexif.ExifIFD.BodySerialNumber: b"C39X" * 20,
            piexif.ExifIFD.DateTimeOriginal: b"2024:05:30 08:09:10",
        },
        "GPS": {1: b"N", 2: ((52, 1), (31, 1), (12, 1)), 3: b"E", 4: ((13, 1), (24, 1), (18, 1))},
        "1st": {piexif.ImageIFD.Compression: 6},
        "thumbnail": small("blue"),
    }
    Image.effect_noise((96, 64), 90).convert("RGB").save(made / "a.jpg", exif=piexif.dump(tables))
    Image.effect_noise((64, 48), 90).convert("RGB").save(made / "b.png")
    (made / "c.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return made


@pytest.fixture
def looking(window: MainWindow, folder: Path, qtbot: QtBot) -> MainWindow:
    """The window with the inspector open on the first picture."""
    with qtbot.waitSignal(window.importing.finished, timeout=PATIENCE):
        window.add([folder])
    window.actions_[Act.PRIVACY].trigger()
    wait_for(window, "a.jpg", qtbot)
    return window


def inspector(window: MainWindow) -> Inspector:
    return window.privacy.inspector


def wait_for(window: MainWindow, name: str, qtbot: QtBot) -> None:
    def shown() -> bool:
        found = inspector(window)._shown
        return found is not None and found.path.name == name

    qtbot.waitUntil(shown, timeout=PATIENCE)


def card(window: MainWindow, topic: Topic) -> TopicCard:
    return inspector(window)._cards[topic]


def told(widget: QWidget) -> list[str]:
    """Every text that is seen in a widget, from top to bottom."""
    labels = [each for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)]
    labels.sort(key=lambda each: each.mapTo(widget, QPoint()).y())
    return [each.text().replace("\u200b", "") for each in labels if each.text()]


def fates(window: MainWindow, topic: Topic) -> set[str]:
    return {fate for fate in ("will be removed", "stays", "depends") if fate in told(card(window, topic))}


def select(window: MainWindow, name: str) -> None:
    window.queue.view.select(next(row.id for row in window.model.rows() if row.path.name == name))


def test_tells_what_a_picture_reveals_the_most_telling_first(looking: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: told(inspector(looking))[0].startswith("What"), timeout=PATIENCE)  # laid out
    texts = told(inspector(looking))
    assert texts[:2] == ["What this picture reveals", "a.jpg"]
    headings = [text for text in texts if text in {"Place", "Embedded preview", "Device", "Owner and names", "Time"}]
    assert headings == ["Place", "Embedded preview", "Device", "Owner and names", "Time"]
    assert PLACE in texts
    assert {"Maker", "Apple", "Serial number of the camera", "C39X" * 20, "Taken"} <= set(texts)
    assert not card(looking, Topic.PEOPLE).isVisible()
    assert card(looking, Topic.PLACE).y() < card(looking, Topic.DEVICE).y()


def test_says_what_becomes_of_each(looking: MainWindow) -> None:
    assert fates(looking, Topic.PLACE) == fates(looking, Topic.DEVICE) == {"will be removed"}
    assert fates(looking, Topic.RIGHTS) == {"stays"}


def test_texts_of_files_are_never_markup_and_turn_nothing(looking: MainWindow) -> None:
    assert "<b>Ann</b> \\u202egnol" in told(card(looking, Topic.OWNER))
    labels = inspector(looking).findChildren(QLabel)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_long_words_break_and_nothing_is_wider_than_the_pane(looking: MainWindow, qtbot: QtBot) -> None:
    looking.resize(900, 600)
    qtbot.wait(50)
    pane = inspector(looking)
    assert looking.width() == 900
    assert pane._scroll.widget().width() <= pane.width()
    for row in pane.findChildren(FindingRow):
        assert row.width() <= pane.width() - 32


def test_headings_and_boxes_are_stacked_where_there_is_no_room(looking: MainWindow, qtbot: QtBot) -> None:
    card = next(each for each in inspector(looking).findChildren(TopicCard) if each.topic is Topic.PLACE)
    heading = next(each for each in card.findChildren(QLabel) if each.text() == "Place")
    box = card.findChild(QCheckBox)
    assert box is not None
    assert box.x() > heading.geometry().right()
    box.setText("Let all of it stay, " * 3)  # as long as another language or a larger text makes it
    looking.resize(looking.width(), looking.height() - 1)
    qtbot.waitUntil(lambda: box.y() > heading.geometry().bottom())
    box.setText("Stay")
    looking.resize(looking.width(), looking.height() + 1)
    qtbot.waitUntil(lambda: box.x() > heading.geometry().right())


def test_the_thumbnail_is_shown_beside_the_picture_with_a_warning(looking: MainWindow) -> None:
    (pair,) = card(looking, Topic.PREVIEW).findChildren(PicturePair)
    assert "Inside it (96 × 64)" in told(pair)
    assert any("something else than the picture" in text for text in told(pair))
    image = pair.grab().toImage()
    seen = {image.pixelColor(x, 40).name() for x in range(image.width())}
    assert any(int(color[5:], 16) > 200 and int(color[1:3], 16) < 60 for color in seen)  # the blue of the thumbnail


def test_a_topic_can_be_let_stay_from_here(looking: MainWindow, qtbot: QtBot) -> None:
    before = looking.recipe
    box = card(looking, Topic.DEVICE).findChild(QCheckBox)
    assert not box.isChecked()
    box.click()
    assert looking.recipe == replace(before, keep=frozenset({G.DEVICE, G.MAKER_NOTES}))
    qtbot.waitUntil(lambda: fates(looking, Topic.DEVICE) == {"stays"}, timeout=PATIENCE)
    assert box.isChecked()
    assert fates(looking, Topic.PLACE) == {"will be removed"}
    box.click()
    assert looking.recipe == before
    qtbot.waitUntil(lambda: fates(looking, Topic.DEVICE) == {"will be removed"}, timeout=PATIENCE)


def test_a_recipe_of_the_files_own_is_the_one_that_counts(looking: MainWindow, qtbot: QtBot) -> None:
    common = looking.recipe
    row = looking.queue.view.current_row()
    assert row is not None
    looking.model.change([row.id], lambda each: replace(each, recipe=Recipe(metadata=MetadataPolicy.STRIP)))
    qtbot.waitUntil(lambda: fates(looking, Topic.RIGHTS) == {"will be removed"}, timeout=PATIENCE)
    card(looking, Topic.RIGHTS).findChild(QCheckBox).click()
    own = looking.queue.view.current_row()
    assert own is not None
    assert own.recipe == Recipe(metadata=MetadataPolicy.STRIP, keep=frozenset({G.COPYRIGHT, G.CREDIT}))
    assert looking.recipe == common


def test_where_all_is_kept_that_is_said_and_can_be_changed(looking: MainWindow, qtbot: QtBot) -> None:
    looking.use_recipe(replace(looking.recipe, metadata=MetadataPolicy.KEEP))
    qtbot.waitUntil(lambda: fates(looking, Topic.PLACE) == {"stays"}, timeout=PATIENCE)
    assert not card(looking, Topic.PLACE).findChild(QCheckBox).isEnabled()
    private = next(
        each for each in inspector(looking).findChildren(QPushButton) if each.text().startswith("Remove what")
    )
    assert private.isVisible()
    private.click()
    assert looking.recipe.metadata is MetadataPolicy.PRIVATE
    qtbot.waitUntil(lambda: fates(looking, Topic.PLACE) == {"will be removed"}, timeout=PATIENCE)
    assert not private.isVisible()


def test_nothing_private_is_said_plainly(looking: MainWindow, qtbot: QtBot) -> None:
    select(looking, "b.png")
    wait_for(looking, "b.png", qtbot)
    assert "Nothing private found" in told(inspector(looking))
    assert not inspector(looking)._copy.isEnabled()


def test_a_file_that_cannot_be_read_says_why(looking: MainWindow, qtbot: QtBot) -> None:
    select(looking, "c.png")
    qtbot.waitUntil(lambda: any("cannot be looked into" in text for text in told(inspector(looking))), timeout=PATIENCE)
    assert PLACE not in told(inspector(looking))


def test_a_file_that_would_be_kept_keeps_all(looking: MainWindow, folder: Path, qtbot: QtBot) -> None:
    frames = [Image.effect_noise((40, 30), 90) for _ in range(2)]
    frames[0].save(folder / "d.gif", save_all=True, append_images=frames[1:], comment=b"my diary")
    looking.use_recipe(replace(looking.recipe, format=Target.JPEG, mode=Mode.VISUAL))
    with qtbot.waitSignal(looking.importing.finished, timeout=PATIENCE):
        looking.add([folder / "d.gif"])
    select(looking, "d.gif")
    wait_for(looking, "d.gif", qtbot)
    texts = told(inspector(looking))
    assert "my diary" in texts
    assert any(
        text.startswith("This file stays as it is, and so does all of it. The reason: animated") for text in texts
    )
    assert fates(looking, Topic.TEXTS) == {"stays"}


def test_another_picture_never_shows_what_the_one_before_reveals(looking: MainWindow, qtbot: QtBot) -> None:
    select(looking, "b.png")
    assert PLACE not in told(inspector(looking))
    select(looking, "a.jpg")
    wait_for(looking, "a.jpg", qtbot)
    assert PLACE in told(inspector(looking))


def test_after_the_work_the_inspector_looks_again(looking: MainWindow, folder: Path, qtbot: QtBot) -> None:
    looking.use_recipe(Recipe(output=Output(place=Place.IN_PLACE)))
    with qtbot.waitSignal(looking.running.ended, timeout=60_000):
        looking.optimize()
    qtbot.waitUntil(lambda: not card(looking, Topic.PLACE).isVisible(), timeout=PATIENCE)
    assert "(c) Ann" in told(card(looking, Topic.RIGHTS))
    assert folder.joinpath("a.jpg").is_file()


def test_everything_and_the_position_can_be_copied(looking: MainWindow) -> None:
    position = card(looking, Topic.PLACE).findChild(QToolButton)
    assert position.accessibleName() == "Copy Position"
    position.click()
    assert QGuiApplication.clipboard().text() == "52.520000, 13.405000"
    inspector(looking)._copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("a.jpg\n\nPlace\n  Position: 52° 31′ 12.0″ N, 13° 24′ 18.0″ E (will be removed)\n")
    assert "  Maker: Apple (will be removed)\n" in text
    assert "\u200b" not in text
    assert "  Copyright: (c) Ann (stays)\n" in text


def test_the_rest_of_a_topic_is_shown_on_demand(looking: MainWindow) -> None:
    place = card(looking, Topic.PLACE)
    before = len(place.findChildren(FindingRow))
    more = next(each for each in place.findChildren(QPushButton) if each.text().startswith("Show "))
    more.click()
    assert more.text() == "Show less"
    rows = [row for row in place.findChildren(FindingRow) if row.isVisible()]
    assert len(rows) > before
    more.click()
    assert len([row for row in place.findChildren(FindingRow) if row.isVisible()]) == before


def test_options_give_way_and_come_back(looking: MainWindow) -> None:
    assert not looking.options.isVisible()  # the window of the tests is narrow
    inspector(looking)._close.click()
    assert looking.options.isVisible()
    assert not inspector(looking).isVisible()
    looking.actions_[Act.PRIVACY].trigger()
    looking.actions_[Act.OPTIONS].trigger()
    assert looking.options.isVisible()
    assert not inspector(looking).isVisible()
    assert not looking.actions_[Act.PRIVACY].isChecked()


def test_in_a_wide_window_both_have_room(looking: MainWindow, qtbot: QtBot) -> None:
    inspector(looking)._close.click()
    looking.resize(1600, 900)
    qtbot.wait(20)
    looking.actions_[Act.PRIVACY].trigger()
    assert looking.options.isVisible()
    assert inspector(looking).width() >= inspector(looking).minimumWidth()


def test_a_queue_that_is_emptied_leaves_nothing_shown(looking: MainWindow, qtbot: QtBot) -> None:
    looking.actions_[Act.CLEAR].trigger()
    qtbot.waitUntil(lambda: inspector(looking)._shown is None, timeout=PATIENCE)
    assert not looking.actions_[Act.PRIVACY].isEnabled()


def test_every_control_is_named_and_takes_the_keyboard(looking: MainWindow) -> None:
    controls = [
        each
        for each in inspector(looking).findChildren(QAbstractButton)
        if each.isVisible() and not isinstance(each.parent(), QScrollBar)
    ]
    assert controls
    assert [each for each in controls if not (each.accessibleName() or each.text())] == []
    assert {bool(each.focusPolicy() & Qt.FocusPolicy.TabFocus) for each in controls} == {True}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("GPSLatitude", "Latitude"), ("dc:creator", "Creator"), ("Canon:SerialNumber", "Serial number"), ("Odd", "Odd")],
)
def test_fields_are_called_as_people_call_them(name: str, expected: str) -> None:
    assert title(name) == expected


def test_what_stays_in_another_form_is_told() -> None:
    before, after = (
        privacy.told(G.CAPTURE_DATE, "DateTimeOriginal", text) for text in ("2024-05-30T08:09+02:00", "2024-05-30")
    )
    prospect = Prospect(before, Fate.STAYS, (after,))
    assert spoken(prospect) == "Taken: 30 May 2024, 08:09 (UTC+02:00) (stays as: 30 May 2024) (stays)"
