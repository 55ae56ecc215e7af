"""The store behind previews: bounded, and nothing in it is made twice at the same time."""

from __future__ import annotations

import threading

import pytest

from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.task import CancelToken
from oimg.work.previews.shared_cache import SharedCache

TOKEN = CancelToken()


def test_what_was_not_asked_for_the_longest_gives_way() -> None:
    given_up: list[int] = []
    shelf = SharedCache(10, given_up.append)
    for name in ("abcd", "efg", "hij", "abcd", "kl"):
        assert shelf.get(name, lambda name=name: name, len, TOKEN) == name
    assert shelf.known("efg") is None
    assert shelf.known("abcd") == "abcd"
    assert shelf.used == 9
    assert given_up == [3]


def test_what_is_larger_than_the_shelf_is_given_but_not_kept() -> None:
    shelf = SharedCache(3)
    assert shelf.get("a", lambda: "long", len, TOKEN) == "long"
    assert shelf.known("a") is None
    assert shelf.used == 0


def test_what_is_held_never_gives_way() -> None:
    shelf = SharedCache(6)
    shelf.hold("a")
    for name in ("a", "b", "c", "d"):
        shelf.get(name, lambda name=name: 3 * name, len, TOKEN)
    assert [shelf.known(name) for name in "abcd"] == ["aaa", None, None, "ddd"]
    shelf.hold("b")
    shelf.get("b", lambda: 7 * "b", len, TOKEN)
    assert [shelf.known(name) for name in "abd"] == [None, 7 * "b", None]
    assert shelf.used == 7


class Meeting:
    """One thread makes, another waits for it."""

    def __init__(self, outcome: BaseException | str) -> None:
        self.shelf, self.begun, self.go_on = SharedCache(100), threading.Event(), threading.Event()
        self.outcome, self.errors = outcome, list[BaseException]()
        self.maker = threading.Thread(target=self._make)
        self.maker.start()
        assert self.begun.wait(60)

    def _make(self) -> None:
        try:
            self.shelf.get("a", self._made, len, CancelToken())
        except BaseException as error:  # noqa: BLE001
            self.errors.append(error)

    def _made(self) -> str:
        self.begun.set()
        assert self.go_on.wait(60)
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    def wait(self, make: object = lambda: "mine", token: CancelToken = TOKEN) -> str:
        threading.Timer(0.1, self.go_on.set).start()
        try:
            return self.shelf.get("a", make, len, token)  # type: ignore[arg-type]
        finally:
            self.go_on.set()
            self.maker.join(60)


def test_who_comes_second_waits_for_the_first() -> None:
    assert Meeting("theirs").wait() == "theirs"


def test_an_error_is_the_same_for_all() -> None:
    meeting = Meeting(OimgError(ErrorCode.CORRUPT))
    with pytest.raises(OimgError) as caught:
        meeting.wait()
    assert caught.value is meeting.errors[0]
    assert meeting.shelf.get("a", lambda: "again", len, TOKEN) == "again"


def test_who_waits_for_one_who_gives_up_makes_it() -> None:
    assert Meeting(Cancelled()).wait() == "mine"


def test_who_waits_can_give_up() -> None:
    meeting, token = Meeting("theirs"), CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        meeting.wait(token=token)
