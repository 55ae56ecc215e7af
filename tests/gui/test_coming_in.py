"""Pictures come in: dropped, pasted, chosen; looked for in the background, in order, until somebody stops it."""

from __future__ import annotations

import gc
import os
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6 import __version_info__
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui import cycles
from oimg.faces.gui.dropping import Dropping
from oimg.faces.gui.importing import Importing
from oimg.faces.gui.urls import dragged, paths_in
from oimg.words.errors import ErrorCode
from oimg.words.file_types import SUFFIXES
from oimg.words.report import Failed, SourceFile
from oimg.work.session import Session
from work_help import flat

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def urls(*names: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(name) for name in names])
    return data


# Qt 6.12 takes points of another kind.
WHERE = QPointF(5, 5) if __version_info__ >= (6, 12) else QPoint(5, 5)


class Target:
    """A window with a field of text in it, and what was dropped there."""

    def __init__(self) -> None:
        self.widget = QWidget()
        self.field = QLineEdit(self.widget)
        QVBoxLayout(self.widget).addWidget(self.field)
        self.dropping = Dropping(self.widget)
        self.dropping.let_through()
        self.paths: list[list[Path]] = []
        self.images: list[QImage] = []
        self.dropping.paths.connect(self.paths.append)
        self.dropping.image.connect(self.images.append)

    def enter(self, data: QMimeData) -> QDragEnterEvent:
        event = QDragEnterEvent(WHERE, Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
        QCoreApplication.sendEvent(self.widget, event)
        return event

    def drop(self, data: QMimeData) -> QDropEvent:
        event = QDropEvent(QPointF(5, 5), Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
        QCoreApplication.sendEvent(self.widget, event)
        return event


@pytest.fixture
def target(qtbot: QtBot) -> Target:
    made = Target()
    qtbot.addWidget(made.widget)
    made.widget.show()
    return made


def test_takes_what_is_on_a_disk_here_and_nothing_else(tmp_path: Path) -> None:
    strange = tmp_path / "é and 100%.png"
    data = urls(QUrl.fromLocalFile(str(strange)).toString(), "https://example.org/a.png", str(QUrl()))
    assert paths_in(data) == [strange]


@pytest.mark.skipif(os.name != "posix", reason="names are text there")
def test_every_byte_of_a_name_survives() -> None:
    names = [b"/p/caf\xe9.png", "/p/é.png".encode(), b"/p/100%20 #?.png", b"/p/two\nlines.png", b"/p/it's"]
    paths = [Path(os.fsdecode(name)) for name in names]
    assert paths_in(dragged(paths)) == paths
    told = QMimeData()
    told.setData("text/uri-list", b"file:///p/caf%E9.png\r\nfile:///p/%C3%A9.png\r\n")
    assert paths_in(told) == paths[:2]


def test_files_are_dropped_as_a_copy(target: Target, tmp_path: Path) -> None:
    data = urls(*(QUrl.fromLocalFile(str(tmp_path / name)).toString() for name in "ab"))
    entering = target.enter(data)
    assert entering.isAccepted()
    assert entering.dropAction() is Qt.DropAction.CopyAction
    assert target.dropping.overlay.isVisible()
    assert target.dropping.overlay.size() == target.widget.size()
    moving = QDragMoveEvent(WHERE, Qt.DropAction.MoveAction, data, LEFT, NO_KEYS)
    QCoreApplication.sendEvent(target.widget, moving)
    assert target.dropping.overlay.isVisible()
    dropped = target.drop(data)
    assert dropped.isAccepted()
    assert dropped.dropAction() is Qt.DropAction.CopyAction
    assert target.paths == [[tmp_path / "a", tmp_path / "b"]]
    assert not target.dropping.overlay.isVisible()


def test_the_overlay_goes_when_nothing_is_dropped(target: Target, tmp_path: Path) -> None:
    target.enter(urls(QUrl.fromLocalFile(str(tmp_path)).toString()))
    assert not target.dropping.overlay.grab().toImage().isNull()
    QCoreApplication.sendEvent(target.widget, QDragLeaveEvent())
    assert not target.dropping.overlay.isVisible()
    assert target.paths == []


def test_the_overlay_goes_when_nothing_is_left_of_what_was_dropped(target: Target, tmp_path: Path) -> None:
    target.enter(urls(QUrl.fromLocalFile(str(tmp_path)).toString()))
    assert target.dropping.overlay.isVisible()
    target.drop(QMimeData())
    assert not target.dropping.overlay.isVisible()
    assert target.paths == []


def test_a_text_is_not_taken(target: Target) -> None:
    data = QMimeData()
    data.setText("some words")
    assert not target.enter(data).isAccepted()
    assert not target.dropping.overlay.isVisible()
    target.drop(data)
    assert (target.paths, target.images) == ([], [])


def test_fields_of_text_hand_drops_on(target: Target) -> None:
    assert not target.field.acceptDrops()
    assert target.widget.acceptDrops()


def test_a_picture_from_a_browser_is_taken_as_it_is(target: Target) -> None:
    data = urls("https://example.org/a.png")
    data.setImageData(QImage(3, 2, QImage.Format.Format_RGB32))
    assert target.enter(data).isAccepted()
    target.drop(data)
    assert target.paths == []
    assert [(each.width(), each.height()) for each in target.images] == [(3, 2)]


def test_pastes_files_or_else_a_picture(target: Target, tmp_path: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(urls(QUrl.fromLocalFile(str(tmp_path)).toString()))
    assert target.dropping.paste()
    assert target.paths == [[tmp_path]]
    clipboard.setImage(QImage(4, 4, QImage.Format.Format_RGB32))
    assert target.dropping.paste()
    assert len(target.images) == 1
    clipboard.setText("words")
    assert not target.dropping.paste()
    clipboard.clear()


@pytest.mark.parametrize("folder", [False, True])
def test_what_is_chosen_in_a_dialog_comes_in(target: Target, tmp_path: Path, qtbot: QtBot, *, folder: bool) -> None:
    dialog = target.dropping.ask_for_folder() if folder else target.dropping.ask_for_files()
    wanted = QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFiles
    assert dialog.fileMode() is wanted
    with qtbot.waitSignal(target.dropping.paths):
        dialog.filesSelected.emit([str(tmp_path / "a.png")])
    assert target.paths == [[tmp_path / "a.png"]]
    dialog.close()


def test_the_dialog_shows_every_picture_first_and_all_files_if_asked(target: Target) -> None:
    dialog = target.dropping.ask_for_files()
    pictures, everything = dialog.nameFilters()
    patterns = set(pictures.partition("(")[2].rstrip(")").split())
    assert patterns == {f"*{each}" for suffix in SUFFIXES for each in (suffix, suffix.upper())}
    assert "*.JPG" in patterns
    assert everything.endswith("(*)")
    dialog.close()
    folders = target.dropping.ask_for_folder()
    assert "*.jpg" not in " ".join(folders.nameFilters())
    folders.close()


@pytest.fixture
def importing() -> Iterator[Importing]:
    made = Importing()
    yield made
    made.close()


def names(lists: list[list[SourceFile | Failed]]) -> list[str]:
    return [each.path.name for chunk in lists for each in chunk]


def test_finds_pictures_in_order_and_counts_the_rest(
    importing: Importing, session: Session, pictures: Path, qtbot: QtBot
) -> None:
    found, looked = list[list[SourceFile | Failed]](), list[int]()
    importing.found.connect(found.append)
    importing.progressed.connect(looked.append)
    importing.use(session)
    with qtbot.waitSignal(importing.finished) as end:
        importing.add([pictures, pictures / "gone.png"])
        assert importing.running
    assert names(found) == ["a.png", "b.jpg", "broken.png", "gone.png"]
    assert end.args == [1]
    assert looked[-1] == 5
    assert not importing.running


def test_what_is_given_before_there_is_a_session_waits_for_it(
    importing: Importing, session: Session, pictures: Path, qtbot: QtBot
) -> None:
    found = list[list[SourceFile | Failed]]()
    importing.found.connect(found.append)
    importing.add([pictures / "b.jpg"])
    importing.add([pictures / "a.png"])
    assert not importing.running
    with qtbot.waitSignal(importing.finished):
        importing.use(session)
    assert names(found) == ["b.jpg", "a.png"]


def test_a_folder_of_results_is_skipped(importing: Importing, session: Session, pictures: Path, qtbot: QtBot) -> None:
    found = list[list[SourceFile | Failed]]()
    importing.found.connect(found.append)
    flat(pictures / "out" / "c.png")
    importing.use(session)
    with qtbot.waitSignal(importing.finished):
        importing.add([pictures], (pictures / "out",))
    assert "c.png" not in names(found)


def test_stops_when_asked_and_keeps_what_was_found(
    importing: Importing, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    for number in range(400):
        flat(tmp_path / "many" / f"{number:03}.png", (2, 2))
    found = list[list[SourceFile | Failed]]()
    importing.found.connect(found.append)
    importing.found.connect(lambda _: importing.cancel())
    importing.use(session)
    with qtbot.waitSignal(importing.finished):
        importing.add([tmp_path / "many"])
        importing.add([tmp_path / "many"])
    assert len(names(found)) > 0
    assert not importing.running
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("oimg-")]


def test_a_pasted_picture_is_written_and_found(
    importing: Importing, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path / "Pictures"))
    found = list[list[SourceFile | Failed]]()
    importing.found.connect(found.append)
    importing.use(session)
    image = QImage(7, 5, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    with qtbot.waitSignal(importing.finished):
        importing.add_image(image)
        importing.add_image(image)
    written = sorted((tmp_path / "Pictures").iterdir())
    assert len(written) == 2
    assert {each.path for chunk in found for each in chunk} == set(written)
    with Image.open(written[0]) as seen:
        assert (seen.size, seen.convert("RGB").getpixel((0, 0))) == ((7, 5), (0x33, 0x66, 0x99))


def test_a_pasted_picture_that_cannot_be_written_says_why(
    importing: Importing, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pictures").write_text("no folder")
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path / "Pictures"))
    importing.use(session)
    with qtbot.waitSignal(importing.found) as told:
        importing.add_image(QImage(7, 5, QImage.Format.Format_RGB32))
    ((failed,),) = told.args
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.WRITE
    qtbot.waitUntil(lambda: not importing.running)


def test_an_event_of_another_kind_is_not_touched(target: Target) -> None:
    assert not target.dropping.eventFilter(target.widget, QEvent(QEvent.Type.User))


class Value:
    """Something that lives until nobody holds it."""


def test_what_lives_is_not_searched_for_garbage_again_and_goes_all_the_same() -> None:
    gc.collect()
    value = Value()
    held = weakref.ref(value)
    try:
        cycles.set_apart()
        assert not any(each is value for each in gc.get_objects())
        del value
        assert held() is None
    finally:
        gc.unfreeze()


def test_rows_that_came_are_set_apart(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    flat(tmp_path / "a.png")
    found: list[SourceFile] = []
    importing = Importing()
    importing.found.connect(found.extend)
    importing.use(session)
    try:
        with qtbot.waitSignal(importing.finished):
            importing.add([tmp_path])
        assert not any(each is found[0] for each in gc.get_objects())
    finally:
        importing.close()
        gc.unfreeze()
