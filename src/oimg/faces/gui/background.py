"""Runs slow calls on threads, so that the window stays responsive: the newest first, since its result is on view."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from oimg.faces.gui.bridge import Bridge
from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.task import CancelToken

log = logging.getLogger(__name__)
Call: TypeAlias = Callable[[CancelToken], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a call: a value, or the error that it ended with."""

    key: Hashable
    value: Any = None
    error: OimgError | None = None


class Background(QObject):
    """Takes calls by key. What was not begun when `keep` newer ones came is dropped; `forget` gives all up.

    After `forget` no answer to an older call arrives, not even one that was on its way.
    """

    arrived = Signal(object)
    """An `Answer`."""

    def __init__(self, name: str, *, threads: int = 1, keep: int = 64, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name, self._most, self._keep = name, threads, keep
        self._calls: OrderedDict[Hashable, Call] = OrderedDict()
        self._token = CancelToken()
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._closed = False
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._tell)

    def ask(self, key: Hashable, call: Call) -> None:
        """Queue a call, which may raise OimgError or Cancelled; a later one with the same key replaces it."""
        with self._changed:
            if self._closed:
                return
            self._calls.pop(key, None)
            self._calls[key] = call
            while len(self._calls) > self._keep:
                self._calls.popitem(last=False)
            self._changed.notify()
            if len(self._threads) < self._most:
                thread = threading.Thread(target=self._work, name=f"oimg-{self._name}")
                self._threads.append(thread)
                thread.start()

    def forget(self) -> None:
        """Drop the calls that have not begun, and cancel those that have."""
        with self._changed:
            self._calls.clear()
            self._token.cancel()
            self._token = CancelToken()

    def close(self) -> None:
        """Drop everything and wait for the threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.forget()
        for thread in self._threads:
            thread.join()
        self._bridge.close()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._calls and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                key, call = self._calls.popitem(last=True)
                token = self._token
            try:
                answer = Answer(key, call(token))
            except Cancelled:
                continue
            except OimgError as error:
                answer = Answer(key, error=error)
            except Exception as error:  # one picture never ends the thread
                log.exception("unexpected failure in the background")
                answer = Answer(key, error=OimgError(ErrorCode.INTERNAL, f"{type(error).__name__}: {error}"))
            self._bridge.put((token, answer))

    def _tell(self, answers: list[tuple[CancelToken, Answer]]) -> None:
        for token, answer in answers:
            if not token.cancelled:
                self.arrived.emit(answer)
