"""Cancelling: one token, asked from any thread; and the catalogue of sentences."""

from __future__ import annotations

import threading
import time

import pytest

from oimg.words.errors import Cancelled
from oimg.words.i18n import N_, catalogue
from oimg.words.task import CancelToken, Control


def test_a_fresh_token_lets_work_go_on() -> None:
    token = CancelToken()
    token.check()
    assert not token.cancelled
    assert not token.wait(0)


def test_a_cancelled_token_stays_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    token.cancel()
    assert token.cancelled
    assert token.wait(0)
    for _ in range(2):
        with pytest.raises(Cancelled):
            token.check()


def test_waiting_ends_when_another_thread_cancels() -> None:
    token = CancelToken()
    threading.Timer(0.05, token.cancel).start()
    began = time.monotonic()
    assert token.wait(30)
    assert time.monotonic() - began < 10


def test_controls_do_not_share_a_token() -> None:
    one, other = Control(), Control()
    one.token.cancel()
    other.token.check()
    one.progress(0.5)
    assert not other.token.cancelled


def test_marking_a_text_changes_nothing() -> None:
    assert N_("there is no such file") == "there is no such file"


def test_a_language_without_catalogue_speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "tlh_QO.UTF-8")
    assert catalogue().gettext("there is no such file") == "there is no such file"
