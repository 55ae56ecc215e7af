"""Passes values that a worker thread produces one by one to the window's thread as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from oimg.faces.gui.background import Answer, Background
from oimg.faces.gui.bridge import Bridge
from oimg.words.errors import OimgError
from oimg.words.task import CancelToken

Series: TypeAlias = Callable[[CancelToken], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a series."""

    error: OimgError | None


class Stream(QObject):
    """One series at a time: after `begin` or `stop`, nothing of an older one is emitted."""

    arrived = Signal(object)
    ended = Signal(object)
    """The `OimgError` that the series ended with, or None."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(name, keep=1, parent=self)
        self._background.arrived.connect(self._failed)
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._tell)

    def begin(self, series: Series) -> None:
        """Start another series in place of the previous one."""
        self._background.forget()
        self._background.ask("series", lambda token: self._run(series, token))

    def stop(self) -> None:
        """Cancel the present series."""
        self._background.forget()

    def close(self) -> None:
        """Cancel, and wait for the thread."""
        self._background.close()
        self._bridge.close()

    def _run(self, series: Series, token: CancelToken) -> None:
        end = _End(None)
        try:
            for value in series(token):
                self._bridge.put((token, value))
                token.check()
        except OimgError as error:
            end = _End(error)
        self._bridge.put((token, end))

    def _failed(self, answer: Answer) -> None:
        """Report a defect, the only kind of error that leaves `_run`."""
        if answer.error is not None:
            self.ended.emit(answer.error)

    def _tell(self, values: list[tuple[CancelToken, Any]]) -> None:
        for token, value in values:
            if token.cancelled:
                continue
            if isinstance(value, _End):
                self.ended.emit(value.error)
            else:
                self.arrived.emit(value)
