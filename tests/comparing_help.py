"""A stand-in for the previews where tests say what comes, and when; and what every test of the pages shares."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pytestqt.qtbot import QtBot

from oimg.faces.gui.comparing.page import Page
from oimg.words.errors import OimgError
from oimg.words.images import Format, Header
from oimg.words.preview import CurvePoint, FormatTrial, Result
from oimg.words.recipe import Recipe
from oimg.words.report import KeptCode, SourceFile
from oimg.words.task import CancelToken

P = TypeVar("P", bound=Page)
ORIGINAL = 100_000
TRIALS = (
    FormatTrial(Format.JPEG, Result(None, Format.JPEG, 43_000, 80.6, 78, 1.2)),
    FormatTrial(Format.WEBP, Result(None, Format.WEBP, 31_000, 80.3, 74, 1.9)),
    FormatTrial(Format.AVIF, Result(None, Format.AVIF, 24_000, 91.2, 60, 6.2)),
    FormatTrial(Format.PNG, Result(None, Format.PNG, 190_000, 100.0, None, 9.4, lossless=True)),
    FormatTrial(Format.JXL, Result(None, Format.JPEG, ORIGINAL, None, None, 3.0, (KeptCode.NOT_SMALLER, ""))),
    FormatTrial(Format.GIF, None, KeptCode.COLOR.value),
)
POINTS = (
    CurvePoint(50, 20_000, 68.0, format=Format.JPEG),
    CurvePoint(80, 40_000, 80.5, format=Format.JPEG),
    CurvePoint(95, 110_000, 92.0, format=Format.JPEG),
    CurvePoint(30, 12_000, 55.25, format=Format.JPEG),
    CurvePoint(65, 28_000, 75.0, approximate=True, format=Format.JPEG),
)


def picture(name: str = "a.jpg", format_: Format = Format.JPEG) -> SourceFile:
    """Invent a picture of which only the header is ever asked."""
    return SourceFile(Path("/pictures") / name, Path("/pictures"), ORIGINAL, (1, 2, 3, 4), Header(format_, 800, 600))


def on_screen(page: P, qtbot: QtBot, width: int) -> Iterator[P]:
    """Show a page of the drawer that looks at `picture()`, and end its threads afterwards."""
    qtbot.addWidget(page)
    page.resize(width, 320)
    page.look(picture(), Recipe())
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    yield page
    page.close_threads()


class ToldPreviews:
    """Gives what it was told to give, one by one: the first `hold_after`, and the rest after `go`."""

    def __init__(self, *, error: OimgError | None = None, hold_after: int = 99) -> None:
        self.error, self.hold_after = error, hold_after
        self.asked: list[tuple[str, SourceFile, Recipe]] = []
        self._tokens: list[CancelToken] = []
        self.go = threading.Event()

    @property
    def cancelled(self) -> int:
        """How many series were given up, wherever their thread was just then."""
        return sum(token.cancelled for token in self._tokens)

    def formats(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> Iterator[FormatTrial]:
        """Give each format."""
        self.asked.append(("formats", source, recipe))
        yield from self._held(TRIALS, token)

    def curve(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> Iterator[CurvePoint]:
        """Give each point."""
        self.asked.append(("curve", source, recipe))
        yield from self._held(POINTS, token)

    def _held(self, values: tuple[object, ...], token: CancelToken) -> Iterator[object]:  # type: ignore[misc]
        self._tokens.append(token)
        for number, value in enumerate(values):
            while number >= self.hold_after and not self.go.wait(0.005):
                token.check()
            yield value
        if self.error is not None:
            raise self.error
