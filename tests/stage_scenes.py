"""What tests of the stage share: a stand-in for the previews that answers when it is told to."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from oimg.faces.gui.queue.rows import Row, row_of
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format
from oimg.words.preview import Glimpse, HeatMap, Region, Result, Shown
from oimg.words.recipe import Recipe
from oimg.words.report import KeptCode, SourceFile
from oimg.words.task import CancelToken
from work_help import flat, source


def plain(color: tuple[int, ...], size: tuple[int, int] = (400, 300)) -> Shown:
    """Pixels of one colour."""
    return Shown(np.full((size[1], size[0], len(color)), color, np.uint8))


def row(path: Path, id_: int = 1, size: tuple[int, int] = (400, 300)) -> Row:
    return row_of(id_, source(flat(path, size)))


class StandIn:
    """Answers like the previews. The red of a result is the target of its recipe, so that one sees whose it is.

    With `slow` results wait until they are let go, and do not listen to the token: as the worst encoder would.
    """

    def __init__(self, *, slow: bool = False, size: tuple[int, int] = (400, 300)) -> None:
        self.size = size
        self.kept: tuple[KeptCode, str] | None = None
        self.error: OimgError | None = None
        self.base_error: OimgError | None = None
        self.asked: list[tuple[str, object]] = []
        self.regions: list[tuple[Region, float]] = []
        self._slow = slow
        self._free = threading.Condition()
        self._let_go: set[float] = set()

    def let_go(self, *targets: float) -> None:
        """Answer what was asked for with these targets."""
        with self._free:
            self._let_go |= set(targets)
            self._free.notify_all()

    def _wait(self, recipe: Recipe) -> None:
        with self._free:
            self._free.wait_for(lambda: not self._slow or recipe.target in self._let_go, timeout=20)

    def base(self, source: SourceFile, _recipe: Recipe, _token: CancelToken) -> Shown:
        self.asked.append(("base", source.path.name))
        if self.base_error is not None:
            raise self.base_error
        return plain((0, 0, 200), self.size)

    def glimpse(
        self, _source: SourceFile, recipe: Recipe, region: Region, scale: float, _token: CancelToken
    ) -> Glimpse:
        self.asked.append(("glimpse", recipe.target))
        part = region.within(self.size)
        self.regions.append((part, scale))
        size = max(1, round(part.width * scale)), max(1, round(part.height * scale))
        return Glimpse(plain((round(recipe.target), 255, 0), size), part, scale, 71)

    def result(self, source: SourceFile, recipe: Recipe, _token: CancelToken) -> Result:
        self.asked.append(("result", recipe.target))
        self._wait(recipe)
        if self.error is not None:
            raise self.error
        if self.kept is not None:
            return Result(None, Format.PNG, source.byte_size, None, None, 0.1, self.kept)
        shown = plain((round(recipe.target), 0, 0), self.size)
        return Result(shown, Format.JPEG, 1234, recipe.target, 78, 0.25)

    def prepare(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> None:
        self.base(source, recipe, token)
        self.result(source, recipe, token)

    def heatmap(self, _source: SourceFile, recipe: Recipe, gain: float, _token: CancelToken) -> HeatMap:
        self.asked.append(("heat", gain))
        return HeatMap(plain((6, 12, round(gain)), self.size), 40, recipe.target)


BROKEN = OimgError(ErrorCode.CORRUPT, "")
