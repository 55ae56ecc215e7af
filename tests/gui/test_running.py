"""A batch in the window: every row hears of its end, a pause holds, a stop is soon, the time left is told."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui.actions import Act, Actions
from oimg.faces.gui.foot import Foot, sentence, standing_text
from oimg.faces.gui.running import Item, Progress, Running, Standing
from oimg.faces.gui.time_left import TimeLeft
from oimg.words.recipe import Mode, Originals, Output, Place, Recipe
from oimg.words.report import Failed, Optimized, Record, Report, Stopped
from oimg.words.task import Finished, JobEvent, Progressed, Started
from oimg.work import session as module
from oimg.work.session import Session
from work_help import flat, source

LOSSLESS = Recipe(mode=Mode.LOSSLESS)


def items(folder: Path, count: int) -> list[Item]:
    return [Item(100 + each, source(flat(folder / f"{each}.png")), LOSSLESS) for each in range(count)]


class Watched:
    """A runner, and all that it told."""

    def __init__(self) -> None:
        self.running = Running()
        self.events: list[tuple[int, JobEvent]] = []
        self.standings: list[Standing] = []
        self.running.happened.connect(self.events.extend)
        self.running.moved.connect(self.standings.append)

    def finished(self) -> dict[int, type]:
        return {id_: type(each.record.outcome) for id_, each in self.events if isinstance(each, Finished)}


@pytest.fixture
def watched(qtbot: QtBot) -> Iterator[Watched]:
    made = Watched()
    yield made
    made.running.cancel()
    qtbot.waitUntil(lambda: not made.running.active)
    made.running.close()


def test_every_row_hears_of_its_end(watched: Watched, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    given = items(tmp_path, 3)
    with qtbot.waitSignal(watched.running.ended, timeout=60_000) as end:
        watched.running.start(session, given)
        assert watched.running.active
        watched.running.start(session, given)  # one batch at a time
    assert watched.finished() == dict.fromkeys((100, 101, 102), Optimized)
    (report,) = end.args
    assert isinstance(report, Report)
    assert report.count(Optimized) == 3
    assert not watched.running.active
    assert (watched.standings[-1].done, watched.standings[-1].fraction) == (3, 1.0)


class Held:
    """Work that goes on only when it is let."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun: list[Path] = []

    def __call__(self, task: Any, control: Any, **_: Any) -> Failed:
        self.begun.append(task.source.path)
        while not self.go_on.wait(0.01):
            control.token.check()
        raise ValueError(task.source.path.name)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    made = Held()
    monkeypatch.setattr(module, "optimize_file", made)
    yield made
    made.go_on.set()


def test_a_pause_holds_and_goes_on(
    watched: Watched, held: Held, tmp_path: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    with Session(workers=1) as session:
        watched.running.start(session, items(tmp_path, 3))
        qtbot.waitUntil(lambda: len(held.begun) == 1 and watched.running._run is not None)
        watched.running.pause(paused=True)
        assert watched.running.paused
        held.go_on.set()
        qtbot.waitUntil(lambda: len(watched.finished()) == 1)
        qtbot.wait(100)
        assert len(held.begun) == 1
        assert watched.standings[-1].paused
        with qtbot.waitSignal(watched.running.ended):
            watched.running.pause(paused=False)
    assert len(watched.finished()) == 3


def test_a_stop_ends_a_paused_batch(watched: Watched, held: Held, tmp_path: Path, qtbot: QtBot) -> None:
    with Session(workers=1) as session:
        watched.running.start(session, items(tmp_path, 4))
        qtbot.waitUntil(lambda: len(held.begun) == 1)
        watched.running.pause(paused=True)
        with qtbot.waitSignal(watched.running.ended) as end:
            watched.running.cancel()
            assert watched.standings[-1].stopping
            watched.running.pause(paused=True)  # too late
            assert not watched.running.paused
    assert end.args[0].count(Stopped) == 4
    assert set(watched.finished().values()) == {Stopped}


def test_a_stop_before_the_start_is_heard(watched: Watched, held: Held, tmp_path: Path, qtbot: QtBot) -> None:
    with Session(workers=1) as session, qtbot.waitSignal(watched.running.ended) as end:
        watched.running.start(session, items(tmp_path, 2))
        watched.running.cancel()
    assert end.args[0].count(Stopped) == 2
    assert len(held.begun) <= 1


def test_a_batch_that_cannot_be_started_is_told(
    watched: Watched, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise OSError("no disk")

    monkeypatch.setattr(session, "plan", refuse)
    with qtbot.waitSignal(watched.running.ended) as end:
        watched.running.start(session, items(tmp_path, 1))
    assert end.args == [None]
    assert not watched.running.active


def test_nothing_to_do_is_no_batch(watched: Watched, session: Session) -> None:
    watched.running.start(session, [])
    assert not watched.running.active


def done(place: int) -> Finished:
    return Finished(place, Record(Stopped(Path("x")), 1.0))


def test_progress_is_by_pixels_and_time_by_progress() -> None:
    progress = Progress([300, 100, 0], began=100.0)
    assert progress.left(110.0) is None
    progress.take(Started(0))
    progress.take(Progressed(0, 0.5))
    assert progress.fraction == pytest.approx(150 / 401)
    progress.take(done(0))
    progress.take(done(1))
    assert (progress.done, progress.fraction) == (2, pytest.approx(400 / 401))
    half = Progress([50, 50], began=100.0)
    half.take(done(0))
    assert half.left(101.0) is None  # too early to say
    assert half.left(110.0) == pytest.approx(10.0)


def test_the_time_that_is_shown_runs_down_and_does_not_jump() -> None:
    clock, noise = TimeLeft(), random.Random(7)  # noqa: S311 - the same noise each time
    assert clock.follow(None, 0.0) is None
    shown = []
    for tick in range(900):
        now = tick / 10
        estimate = max(0.0, 90 - now) * noise.uniform(0.7, 1.3)
        shown.append(clock.follow(estimate, now))
    assert shown[0] in range(60, 120)
    assert shown[-1] == 5
    pairs = [(one, other) for one, other in itertools.pairwise(shown) if one is not None and other is not None]
    assert all(abs(one - other) <= 15 for one, other in pairs)
    assert sum(other > one for one, other in pairs) <= 3  # the estimates rise some 450 times
    assert all(value is not None and value % 5 == 0 for value in shown)


def test_the_time_that_is_shown_believes_what_lasts_and_stands_in_a_pause() -> None:
    clock = TimeLeft()
    assert clock.follow(20.0, 0.0) == 20
    for tick in range(1, 300):
        clock.follow(300.0, tick / 10)
    assert clock.follow(300.0, 30.0) in (285, 300)
    before = clock.follow(300.0, 30.1, held=True)
    assert clock.follow(300.0, 90.0, held=True) == before


def test_a_pause_does_not_count() -> None:
    progress = Progress([50, 50], began=100.0)
    progress.take(done(0))
    progress.pause(110.0)
    progress.pause(115.0)
    assert progress.left(140.0) == pytest.approx(10.0)
    progress.resume(140.0)
    progress.resume(141.0)
    assert progress.left(140.0) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("files", "output", "expected"),
    [
        (0, Output(), "Nothing is waiting."),
        (1, Output(), "1 file, 1.00 kB. The result goes beside the original as …_optimized; the original stays."),
        (12, Output(suffix="-s"), "12 files, 1.00 kB. Results go beside the originals as …-s; the originals stay."),
        (
            2,
            Output(place=Place.FOLDER, path="/home/ada/Small"),
            "2 files, 1.00 kB. Results go into Small; the originals stay.",
        ),
        (
            1,
            Output(place=Place.IN_PLACE),
            "1 file, 1.00 kB. It is replaced; the original is kept, and Undo brings it back.",
        ),
        (
            3,
            Output(place=Place.IN_PLACE, originals=Originals.TRASH),
            "3 files, 1.00 kB. They are replaced; the originals go to the trash, and Undo brings them back.",
        ),
    ],
)
def test_the_foot_says_what_will_happen(files: int, output: Output, expected: str) -> None:
    assert sentence(files, output, 1000) == expected


@pytest.mark.parametrize(
    ("left", "state", "expected"),
    [
        (None, "", "3 of 12"),
        (5, "", "3 of 12 · about 5 s left"),
        (60, "", "3 of 12 · about 1:00 left"),
        (4020, "", "3 of 12 · about 1:07:00 left"),
        (60, "paused", "Paused at 3 of 12"),
        (60, "stopping", "Stopping; finished files stay…"),
    ],
)
def test_the_foot_says_how_far_it_is(left: int | None, state: str, expected: str) -> None:
    standing = Standing(3, 12, 0.25, left, paused=state == "paused", stopping=state == "stopping")
    assert standing_text(standing) == expected


def test_the_foot_shows_a_plan_or_the_progress(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    actions = Actions(parent)
    foot = Foot(actions[Act.PAUSE], actions[Act.CANCEL], actions[Act.RESULTS], parent)
    parent.show()
    foot.show_plan(1234, 2, Output())
    buttons = {each.text(): each for each in foot.findChildren(QPushButton)}
    assert any(text.startswith("Optimize 1") and text.endswith("234 files") for text in buttons)
    assert buttons["Only the 2 selected"].isVisible()
    with qtbot.waitSignal(foot.optimize_selected):
        buttons["Only the 2 selected"].click()
    foot.show_plan(3, 0, Output(), again=True)
    assert "Try 3 files again" in [each.text() for each in foot.findChildren(QPushButton)]
    foot.show_plan(0, 0, Output(), again=True)
    assert "Optimize" in [each.text() for each in foot.findChildren(QPushButton)]
    foot.show_plan(0, 0, Output())
    assert not any(each.isVisible() and each.isEnabled() for each in buttons.values())
    foot.show_standing(Standing(1, 4, 0.25, None, paused=False, stopping=False))
    shown = [each.text() for each in foot.findChildren(QLabel) if each.isVisible()]
    assert shown == ["1 of 4"]
