"""The small window: works at once, says what came of it, brings originals back, hands over to the large one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui import app, quick_window
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.opening import Opening
from oimg.faces.gui.queue.rows import State
from oimg.faces.gui.quick_view import QuickView
from oimg.faces.gui.quick_window import QuickWindow
from oimg.faces.gui.windows import Windows
from oimg.words.recipe import Mode, Output, Place, Recipe
from oimg.work.session import Session
from oimg.work.settings import SettingsError
from work_help import state

PATIENCE = 60_000  # ms; a busy machine is no failure
Open = Callable[[list[Path], Recipe], QuickWindow]
BESIDE = Recipe(mode=Mode.LOSSLESS)
IN_PLACE = Recipe(mode=Mode.LOSSLESS, output=Output(place=Place.IN_PLACE))


@pytest.fixture
def opened(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    made: list[QuickWindow] = []

    def begin(paths: list[Path], recipe: Recipe) -> QuickWindow:
        monkeypatch.setattr(session.presets, "get", lambda _name: recipe)
        window = QuickWindow(paths)
        made.append(window)
        window.show()
        window.use(session)
        qtbot.waitUntil(lambda: window.summary is not None, timeout=PATIENCE)
        return window

    yield begin
    for window in made:
        window.leave()
        qtbot.waitUntil(lambda window=window: not window.isVisible(), timeout=PATIENCE)
        window.deleteLater()


def texts(window: QuickWindow) -> str:
    return "\n".join(each.text() for each in window.findChildren(QLabel) if each.isVisible() and each.text())


def buttons(window: QuickWindow) -> list[str]:
    return [each.text() for each in window.findChildren(QPushButton) if each.isVisible()]


def test_works_at_once_and_says_what_came_of_it(opened: Open, pictures: Path) -> None:
    window = opened([pictures], BESIDE)
    assert (pictures / "a_optimized.png").is_file()
    told = texts(window)
    assert told.startswith("2 files optimized, ")
    assert "1 file failed" in told
    assert "1 other file is not a picture" in told
    assert buttons(window) == ["Open in OIMG", "Undo", "Show in folder", "Close"]


def test_originals_can_be_brought_back(opened: Open, pictures: Path, qtbot: QtBot) -> None:
    before = state(pictures)
    window = opened([pictures / "a.png", pictures / "b.jpg"], IN_PLACE)
    assert state(pictures) != before
    assert "Undo" in buttons(window)
    with qtbot.waitSignal(window.undoing.ended, timeout=PATIENCE):
        window.view.undo.click()
    assert state(pictures) == before
    assert texts(window) == "2 originals are back."
    assert buttons(window) == ["Open in OIMG", "Close"]


def test_results_beside_originals_are_removed(opened: Open, pictures: Path, qtbot: QtBot) -> None:
    before = state(pictures)
    window = opened([pictures / "a.png", pictures / "b.jpg"], BESIDE)
    assert state(pictures) != before
    with qtbot.waitSignal(window.undoing.ended, timeout=PATIENCE):
        window.view.undo.click()
    assert state(pictures) == before
    assert texts(window) == "2 results were removed; the originals were never touched."


def test_where_nothing_can_be_done_it_says_so(opened: Open, pictures: Path) -> None:
    (pictures / "only" / "deep").mkdir(parents=True)
    (pictures / "only" / "deep" / "a.txt").write_text("no picture")
    window = opened([pictures / "only"], BESIDE)
    assert texts(window).startswith("There are no pictures here that OIMG could make smaller.")
    assert "1 other file is not a picture" in texts(window)
    assert buttons(window) == ["Close"]
    named = opened([pictures / "notes.txt", pictures / "gone.png"], BESIDE)
    assert "2 files failed" in texts(named)


def test_it_closes_by_esc(opened: Open, pictures: Path, qtbot: QtBot) -> None:
    window = opened([pictures / "a.png"], BESIDE)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_the_large_window_goes_on_with_its_rows(opened: Open, pictures: Path, window: MainWindow) -> None:
    small = opened([pictures], IN_PLACE)
    small.hand_over(window)
    states = {row.path.name: row.state for row in window.model.rows()}
    assert states == {"a.png": State.OPTIMIZED, "b.jpg": State.OPTIMIZED, "broken.png": State.FAILED}
    assert window.recipe == IN_PLACE
    assert not any(row.is_open(window.recipe) for row in window.model.rows())
    assert window.after_run.sheet.isVisible()
    assert window.after_run.sentence.startswith("2 files optimized, ")


def test_a_preset_that_is_gone_is_no_obstacle(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> Recipe:
        raise SettingsError("unknown-preset", name)

    monkeypatch.setattr(session.presets, "get", refuse)
    assert quick_window._chosen(session) == ("balanced", Recipe())


def test_a_session_that_cannot_be_opened_is_told(qtbot: QtBot) -> None:
    window = QuickWindow([Path("/p/a.png")])
    qtbot.addWidget(window)
    window.show()
    window.show_unusable("no disk")
    assert texts(window) == "OIMG cannot work: no disk"
    assert buttons(window) == ["Close"]


def test_the_command_line_knows_it() -> None:
    assert app._asked(["--quick", "/p/a.png"], "oimg-gui") == ([Path("/p/a.png")], True)
    assert app._asked(["/p/a.png"], "oimg-gui") == ([Path("/p/a.png")], False)
    assert app._asked(["--quick"], "oimg-gui") == ([], True)


def test_without_pictures_it_asks_which(pictures: Path, qtbot: QtBot) -> None:
    windows = Windows(Opening())
    windows.open_quick([])
    dialog = windows._dialog
    assert dialog.isVisible()
    assert dialog.windowTitle() == "Pictures to optimize"
    dialog.filesSelected.emit([str(pictures / "a.png")])
    (window,) = windows._shown
    assert isinstance(window, QuickWindow)
    assert window.paths == (pictures / "a.png",)
    dialog.close()
    windows.leave()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    window.deleteLater()


def test_reasons_are_seen_whole_however_they_wrap(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    view = QuickView(window)
    window.show()
    area = window.findChild(QScrollArea)
    assert area is not None
    for length in range(30, 130):
        view.show_lines("reason\n" * 40)  # so long that it scrolls
        qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
        view.show_lines("1 file kept as it is\n• " + ("abcd fgh " * 20)[:length])
        view.show_end(can_undo=True, can_show=True, can_open=True)
        qtbot.wait(1)
        assert area.verticalScrollBar().maximum() == 0, f"{length} characters are cut"
