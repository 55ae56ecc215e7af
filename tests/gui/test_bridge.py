"""From worker threads to the window: in order, all, and not too often; calls in the background, newest first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from oimg.faces.gui.background import Answer, Background
from oimg.faces.gui.bridge import Bridge
from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.task import CancelToken


def test_values_come_in_order_in_few_lists(qtbot: QtBot) -> None:
    bridge, lists = Bridge(), list[list[int]]()
    bridge.arrived.connect(lists.append)

    def put() -> None:
        for number in range(5000):
            bridge.put(number)

    thread = threading.Thread(target=put)
    thread.start()
    qtbot.waitUntil(lambda: sum(map(len, lists)) == 5000)
    thread.join()
    assert [number for each in lists for number in each] == list(range(5000))
    assert max(map(len, lists)) <= 600
    assert len(lists) < 60


def test_lists_come_no_more_than_thirty_times_a_second(qtbot: QtBot) -> None:
    bridge, lists = Bridge(), list[list[int]]()
    bridge.arrived.connect(lists.append)
    stop = threading.Event()

    def put() -> None:
        while not stop.wait(0.001):
            bridge.put(1)

    thread = threading.Thread(target=put)
    thread.start()
    qtbot.wait(500)
    stop.set()
    thread.join()
    qtbot.wait(100)
    assert 1 <= len(lists) <= 20


def test_nothing_comes_after_the_end(qtbot: QtBot) -> None:
    bridge, lists = Bridge(), list[list[int]]()
    bridge.arrived.connect(lists.append)
    bridge.put(1)
    bridge.close()
    bridge.put(2)
    qtbot.wait(80)
    assert lists == []


class Desk:
    """Calls that wait until they are let go, and what came of them."""

    def __init__(self, **options: Any) -> None:
        self.background = Background("test", **options)
        self.answers: list[Answer] = []
        self.background.arrived.connect(self.answers.append)
        self.begun: list[str] = []
        self.go_on = threading.Event()

    def ask(self, key: str) -> None:
        self.background.ask(key, lambda token: self._do(key, token))

    def _do(self, key: str, token: CancelToken) -> str:
        self.begun.append(key)
        assert self.go_on.wait(10)
        token.check()
        return key.upper()

    def keys(self) -> list[object]:
        return [answer.key for answer in self.answers]


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(keep=3)
    yield made
    made.go_on.set()
    made.background.close()


def test_the_newest_is_done_first_and_too_old_ones_are_not(desk: Desk, qtbot: QtBot) -> None:
    desk.ask("first")
    qtbot.waitUntil(lambda: desk.begun == ["first"])
    for key in "abcde":
        desk.ask(key)
    desk.ask("c")  # again: it is the newest now
    desk.go_on.set()
    qtbot.waitUntil(lambda: len(desk.answers) == 4)
    assert desk.keys() == ["first", "c", "e", "d"]
    assert desk.answers[0].value == "FIRST"


def test_what_is_forgotten_never_arrives(desk: Desk, qtbot: QtBot) -> None:
    desk.ask("old")
    qtbot.waitUntil(lambda: desk.begun == ["old"])
    desk.ask("waiting")
    desk.background.forget()
    desk.ask("new")
    desk.go_on.set()
    qtbot.waitUntil(lambda: desk.answers != [])
    qtbot.wait(80)
    assert desk.keys() == ["new"]


def test_an_answer_on_its_way_is_forgotten_too(qtbot: QtBot) -> None:
    desk = Desk()
    desk.go_on.set()
    with qtbot.waitSignal(desk.background.arrived):
        desk.ask("shown")
    done = threading.Event()
    desk.background.ask("stale", lambda _: done.set())
    assert done.wait(10)
    desk.background.forget()
    qtbot.wait(100)
    desk.background.close()
    assert desk.keys() == ["shown"]


def test_errors_are_answers_and_a_stop_is_none(desk: Desk, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def fail(error: Exception) -> Any:
        raise error

    for key, error in (
        ("stopped", Cancelled()),
        ("ours", OimgError(ErrorCode.CORRUPT, "row 7")),
        ("other", ValueError("nobody thought of it")),
    ):
        desk.background.ask(key, lambda _, error=error: fail(error))
    qtbot.waitUntil(lambda: len(desk.answers) == 2)
    found = {answer.key: answer.error for answer in desk.answers}
    assert found["ours"] is not None
    assert found["ours"].code is ErrorCode.CORRUPT
    assert found["other"] is not None
    assert found["other"].code is ErrorCode.INTERNAL
    assert "unexpected failure" in caplog.text


def test_closing_waits_for_the_threads() -> None:
    desk = Desk()
    desk.go_on.set()
    desk.ask("a")
    desk.background.close()
    desk.ask("b")
    assert not [thread for thread in threading.enumerate() if thread.name == "oimg-test"]
    assert "b" not in desk.begun
