"""Windows that other starts come to: raised, appended, one small window for what is chosen within a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from oimg.faces.gui import app, quick_window
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.opening import Opening
from oimg.faces.gui.quick_window import QuickWindow
from oimg.faces.gui.receiving import Receiving
from oimg.faces.gui.windows import Windows
from oimg.words.recipe import Mode, Output, Place, Recipe
from oimg.work import spool as spools
from oimg.work.session import Session
from oimg.work.settings import PresetStore
from oimg.work.spool import Request, Spool
from work_help import flat, state

PATIENCE = 60_000  # ms; a busy machine is no failure
LOSSLESS = Recipe(mode=Mode.LOSSLESS)
IN_PLACE = Recipe(mode=Mode.LOSSLESS, output=Output(place=Place.IN_PLACE))
pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where starts of both kinds meet, each in a folder."""

    def opened(kind: str) -> Spool:
        (tmp_path / "spool" / kind).mkdir(parents=True, exist_ok=True)
        return Spool(tmp_path / "spool" / kind)

    monkeypatch.setattr(spools, "opened", opened)
    return tmp_path / "spool"


@pytest.fixture
def windows(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Windows]:
    monkeypatch.setattr(PresetStore, "get", lambda _self, _name: LOSSLESS)
    opening = Opening()
    opening.session = session
    made = Windows(opening)
    yield made
    made.leave()
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in made._shown), timeout=PATIENCE)
    made.close()
    for each in made._shown:
        each.deleteLater()


def held(kind: str) -> Spool:
    spool = spools.opened(kind)
    assert spool is not None
    assert spool.claim()
    return spool


def start(kind: str, *paths: Path) -> Callable[[], bool | None]:
    """Start the program once more, on a thread; what comes back tells whether another window took its paths."""
    answers: list[bool] = []
    spool = spools.opened(kind)
    assert spool is not None
    thread = threading.Thread(target=lambda: answers.append(spool.hand_over(Request(paths), 60)))
    thread.start()

    def ended() -> bool | None:
        thread.join(60)
        spool.close()
        return answers[0] if answers else None

    return ended


def large(windows: Windows, session: Session) -> MainWindow:
    windows.open_main((), held("window"))
    window = windows._shown[-1]
    assert isinstance(window, MainWindow)
    window.use(session)
    return window


def small(windows: Windows, session: Session, *paths: Path) -> QuickWindow:
    windows.open_quick(paths, held("quick"))
    window = windows._shown[-1]
    assert isinstance(window, QuickWindow)
    window.use(session)
    return window


def names(window: MainWindow | QuickWindow) -> set[str]:
    return {row.path.name for row in window.model.rows()}


def test_a_second_start_adds_to_the_window_and_raises_it(
    windows: Windows, session: Session, pictures: Path, qtbot: QtBot
) -> None:
    window = large(windows, session)
    window.showMinimized()
    first, second = start("window", pictures / "a.png"), start("window", pictures / "b.jpg")
    qtbot.waitUntil(lambda: names(window) == {"a.png", "b.jpg"}, timeout=PATIENCE)
    assert (first(), second()) == (True, True)
    qtbot.waitUntil(lambda: not window.isMinimized(), timeout=PATIENCE)
    assert [each for each in pictures.iterdir() if "optimized" in each.name] == []  # opening starts no work
    assert not window.running.active


def test_requests_that_came_before_the_window_are_not_forgotten(
    windows: Windows, folder: Path, session: Session, pictures: Path, qtbot: QtBot
) -> None:
    held("window").close()
    spool = held("window")
    ended = start("window", pictures / "a.png")
    qtbot.waitUntil(lambda: bool(list(folder.rglob("*.request"))), timeout=PATIENCE)
    windows.open_main((), spool)
    window = windows._shown[-1]
    window.use(session)
    qtbot.waitUntil(lambda: names(window) == {"a.png"}, timeout=PATIENCE)
    assert ended() is True


def test_a_window_that_is_closed_leaves_requests_to_the_next(
    windows: Windows, folder: Path, session: Session, pictures: Path, qtbot: QtBot
) -> None:
    window = large(windows, session)
    window.close()
    ended = start("window", pictures / "a.png")
    qtbot.waitUntil(lambda: bool(list(folder.rglob("*.request"))), timeout=PATIENCE)
    qtbot.wait(200)
    assert names(window) == set()
    windows.close()
    assert ended() is False  # it is on its own, and has the lock


def test_without_a_watch_the_folder_is_looked_into_now_and_then(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oimg.faces.gui.receiving.QFileSystemWatcher.addPath", lambda _self, _path: False)
    spool = held("window")
    receiving = Receiving(spool, lambda: True)
    came: list[Request] = []
    receiving.asked.connect(came.append)
    qtbot.wait(50)
    ended = start("window", Path("/p/a.png"))
    qtbot.waitUntil(lambda: came == [Request((Path("/p/a.png"),))], timeout=PATIENCE)
    assert ended() is True
    receiving.close()
    assert not spool.held


def test_what_is_chosen_within_a_moment_is_one_batch(
    windows: Windows, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    given = [flat(tmp_path / "in" / f"{number}.png") for number in range(6)]
    window = small(windows, session, given[0])
    began: list[tuple[int, ...]] = []
    window.running.ended.connect(lambda _report: began.append(window.running.ids))
    ends = [start("quick", path, given[0]) for path in given[1:]]
    qtbot.waitUntil(lambda: window.summary is not None, timeout=PATIENCE)
    assert [end() for end in ends] == [True] * 5
    assert [len(ids) for ids in began] == [6]
    assert window.summary is not None
    assert len(window.summary.report.records) == 6
    assert len(list((tmp_path / "in").glob("*_optimized.png"))) == 6


def test_what_comes_while_it_works_is_worked_on_next_and_told_together(
    windows: Windows, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PresetStore, "get", lambda _self, _name: IN_PLACE)
    given = [flat(tmp_path / "in" / f"{number}.png") for number in range(3)]
    (tmp_path / "in" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    before = state(tmp_path / "in")
    window = small(windows, session, given[0], tmp_path / "in" / "broken.png")
    with qtbot.waitSignal(window.running.began, timeout=PATIENCE):
        pass
    window.add(given[1:])
    qtbot.waitUntil(lambda: window.summary is not None and window.view.undo.isVisible(), timeout=PATIENCE)
    assert window.summary is not None
    assert window.summary.sentence.startswith("3 files optimized, ")
    assert len(window.summary.report.records) == 4
    assert len(session.past_batches()) == 2
    with qtbot.waitSignal(window.undoing.ended, timeout=PATIENCE):
        window.view.undo.click()
    assert state(tmp_path / "in") == before


def test_it_says_how_many_come_next(
    windows: Windows, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begin = threading.Event(), session.start
    monkeypatch.setattr(session, "start", lambda *given: begin(*given) if gate.wait(60) else None)
    given = [flat(tmp_path / "in" / f"{number}.png") for number in range(3)]
    window = small(windows, session, given[0])
    qtbot.waitUntil(lambda: window.running.active, timeout=PATIENCE)
    window.add(given[1:])
    qtbot.waitUntil(lambda: window.view._facts.text() == "0 of 1 · then 2 more", timeout=PATIENCE)
    gate.set()
    qtbot.waitUntil(lambda: window.summary is not None and len(window.summary.report.records) == 3, timeout=PATIENCE)
    assert window.summary is not None
    assert window.summary.sentence.startswith("3 files optimized, ")


def test_late_ones_join_in_and_later_ones_have_a_window_of_their_own(
    windows: Windows, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_window, "_LATE", 5000)
    given = [flat(tmp_path / "in" / f"{number}.png") for number in range(3)]
    window = small(windows, session, given[0])
    qtbot.waitUntil(lambda: window.summary is not None, timeout=PATIENCE)
    late = start("quick", given[1])
    qtbot.waitUntil(lambda: window.summary is not None and len(window.summary.report.records) == 2, timeout=PATIENCE)
    assert late() is True
    with qtbot.waitSignal(window.settled, timeout=PATIENCE):
        pass
    assert start("quick", given[2])() is False
    assert len(window.model.rows()) == 2


def test_undo_is_for_what_is_seen(
    windows: Windows, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PresetStore, "get", lambda _self, _name: IN_PLACE)
    window = small(windows, session, flat(tmp_path / "in" / "a.png"))
    qtbot.waitUntil(lambda: window.summary is not None, timeout=PATIENCE)
    with qtbot.waitSignals([window.settled, window.undoing.ended], timeout=PATIENCE):
        qtbot.mouseClick(window.view.undo, Qt.MouseButton.LeftButton)
    assert start("quick", tmp_path / "in" / "a.png")() is False


def test_the_small_window_hands_over_to_the_large_one_that_is_open(
    windows: Windows, session: Session, pictures: Path, qtbot: QtBot
) -> None:
    other = held("window")
    window = small(windows, session, pictures / "a.png")
    qtbot.waitUntil(lambda: window.summary is not None, timeout=PATIENCE)
    taken: list[Request] = []

    def take() -> None:
        deadline = time.monotonic() + 60
        while not taken and time.monotonic() < deadline:
            taken.extend(other.take())
            time.sleep(0.005)

    thread = threading.Thread(target=take)
    thread.start()
    window.view.open.click()
    thread.join()
    other.close()
    assert taken == [Request((pictures / "a.png",))]
    assert not window.isVisible()
    assert windows._shown == [window]


def test_the_small_window_becomes_the_large_one_where_there_is_none(
    windows: Windows, session: Session, pictures: Path, qtbot: QtBot
) -> None:
    small_one = small(windows, session, pictures / "a.png")
    qtbot.waitUntil(lambda: small_one.summary is not None, timeout=PATIENCE)
    small_one.view.open.click()
    window = windows._shown[-1]
    assert isinstance(window, MainWindow)
    assert window.after_run.sheet.isVisible()
    ended = start("window", pictures / "b.jpg")
    qtbot.waitUntil(lambda: names(window) == {"a.png", "b.jpg"}, timeout=PATIENCE)
    assert ended() is True
    windows.open_paths([pictures / "broken.png"])  # what the system asks for comes to the same window
    qtbot.waitUntil(lambda: "broken.png" in names(window), timeout=PATIENCE)
    assert len(windows._shown) == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], ([], False)),
        (["/p/a.png", "", "/p/b.png"], (["/p/a.png", "/p/b.png"], False)),
        (["--quick", "/p/a.png"], (["/p/a.png"], True)),
        (["--quick", "--", "-a.png"], ([str(Path.cwd() / "-a.png")], True)),
        (["--", "--version"], ([str(Path.cwd() / "--version")], False)),
        (["--version"], None),
        (["--quick"], None),
        (["--quick", ""], None),
        (["/p/a.png", "--quick"], None),
        (["-h"], None),
    ],
)
def test_plain_arguments_need_no_grammar(given: list[str], told: tuple[list[str], bool] | None) -> None:
    expected = None if told is None else ([Path(each) for each in told[0]], told[1])
    assert app._plainly_asked(given) == expected
    if told is not None:
        assert app._asked(given, "oimg-gui") == expected
