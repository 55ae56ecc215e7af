"""Asks for what the stage shows, on threads; what is not wanted any more never arrives.

One thread makes what is quick: the original, and a quick look at what is seen. Another makes whole results, maps of
differences, and, when there is nothing else to do, what will be looked at next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from oimg.faces.gui.background import Answer, Background
from oimg.faces.gui.stage.picture import Picture, picture_of
from oimg.faces.gui.stage.scene import Glance
from oimg.words.preview import Region, Result
from oimg.words.recipe import Recipe
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Previews

# Milliseconds that the slider must rest before a whole result is begun.
_REST: Final = 120
Wanted: TypeAlias = tuple[SourceFile, Recipe]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A result, and its pixels ready to be drawn; None if the file is kept."""

    result: Result
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The visible part of the picture, and device pixels per picture pixel."""

    region: Region
    scale: float


class _Question(NamedTuple):
    """A request, and the number of the look that it belongs to."""

    kind: str
    look: int


class Loader(QObject):
    """Shows one file under one recipe. Every request has the number of that look; older answers are dropped."""

    base_made = Signal(object)
    glance_made = Signal(object, object)
    """A `Glance` and the quality that was tried; None where there cannot be one."""
    result_made = Signal(object)
    heat_made = Signal(object)
    base_failed = Signal(object)
    result_failed = Signal(object)
    heat_failed = Signal(object)
    """An `OimgError`."""
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._previews: Previews | None = None
        self._wanted: Wanted | None = None
        self._look = self._base_look = 0
        self._glancing: tuple[int, Seen] | None = None
        self._glanced: tuple[int, Seen] | None = None
        self._seen: Seen | None = None
        self._there: set[str] = set()
        self._gain: float | None = None
        self._comparable = False
        self._next: Callable[[], Wanted | None] = lambda: None
        self._quick = Background("stage", keep=2, parent=self)
        self._whole = Background("results", keep=2, parent=self)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._ask_result)
        self._quick.arrived.connect(self._take_quick)
        self._whole.arrived.connect(self._take_whole)

    @property
    def look(self) -> int:
        """The number of the present look: another file or another recipe is another look."""
        return self._look

    def use(self, previews: Previews) -> None:
        """Use this source of pictures from now on."""
        self._previews = previews
        if self._wanted is not None:
            self.look_at(*self._wanted)

    def close(self) -> None:
        """Stop all requests, and wait for the threads."""
        self._rest.stop()
        self._quick.close()
        self._whole.close()

    def foresee(self, what: Callable[[], Wanted | None]) -> None:
        """Prepare this when there is nothing else to do."""
        self._next = what

    def look_at(self, source: SourceFile, recipe: Recipe) -> None:
        """Show another file."""
        self._quick.forget()
        self._glancing = self._seen = None
        self._begin(source, recipe)
        self._ask_base()

    def look_away(self) -> None:
        """Show nothing."""
        self._wanted = None
        self._look += 1
        self._quick.forget()
        self._whole.forget()
        self._rest.stop()
        self.busy_changed.emit(False)

    def change(self, recipe: Recipe) -> None:
        """Use another recipe for the same file."""
        if self._wanted is None or recipe == self._wanted[1]:
            return
        source, before = self._wanted
        if _pixels(recipe) != _pixels(before) or "no base" in self._there:
            self.look_at(source, recipe)
        else:
            there = self._there & {"base"}
            self._begin(source, recipe)
            self._there |= there
            self._ask_glance()

    def show_part(self, seen: Seen) -> None:
        """Set the visible part; quick looks are taken there."""
        if seen != self._seen:
            self._seen = seen
            self._ask_glance()

    def show_heat(self, gain: float | None) -> None:
        """Request the map of differences as well; None to stop that."""
        if gain != self._gain:
            self._gain = gain
            if "result" in self._there and self._comparable:
                self._there.discard("heat")
                self._whole.forget()
                self._go_on()

    def _begin(self, source: SourceFile, recipe: Recipe) -> None:
        self._whole.forget()
        self._wanted = source, recipe
        self._look += 1
        self._there.clear()
        if self._previews is not None:
            self._rest.start()
            self.busy_changed.emit(True)

    def _ask_base(self) -> None:
        if self._previews is None or self._wanted is None:
            return
        previews, (source, recipe) = self._previews, self._wanted
        self._base_look = self._look
        self._quick.ask(
            _Question("base", self._look), lambda token: picture_of(previews.base(source, recipe, token), token)
        )

    def _ask_glance(self) -> None:
        """Run one quick look at a time: while a slider moves, each is slightly late, and the last one is exact."""
        if self._previews is None or self._wanted is None or self._seen is None or self._glancing is not None:
            return
        asked = self._look, self._seen
        if asked == self._glanced or "result" in self._there or "base" not in self._there:
            return
        previews, (source, recipe), seen = self._previews, self._wanted, self._seen

        def look(token: CancelToken) -> tuple[Glance, float | None]:
            made = previews.glimpse(source, recipe, seen.region, min(1.0, seen.scale), token)
            place = made.region
            where = float(place.left), float(place.top), float(place.width), float(place.height)
            return Glance(picture_of(made.shown, token), where), made.quality

        self._glancing = asked
        self._quick.ask(_Question("glance", self._look), look)

    def _ask_result(self) -> None:
        if self._previews is None or self._wanted is None:
            return
        previews, (source, recipe) = self._previews, self._wanted

        def make(token: CancelToken) -> Made:
            result = previews.result(source, recipe, token)
            return Made(result, None if result.shown is None else picture_of(result.shown, token))

        self._whole.ask(_Question("result", self._look), make)

    def _ask_heat(self, gain: float) -> None:
        if self._previews is None or self._wanted is None:
            return
        previews, (source, recipe) = self._previews, self._wanted
        self._whole.ask(
            _Question("heat", self._look),
            lambda token: picture_of(previews.heatmap(source, recipe, gain, token).shown, token),
        )

    def _ask_next(self) -> None:
        wanted = self._next()
        if self._previews is None or wanted is None:
            return
        previews, (source, recipe) = self._previews, wanted

        self._whole.ask(_Question("next", self._look), lambda token: previews.prepare(source, recipe, token))

    def _take_quick(self, answer: Answer) -> None:
        if not isinstance(answer.key, _Question):
            return
        kind, look = answer.key
        if kind == "glance":
            self._glanced, self._glancing = self._glancing, None
            if "result" not in self._there:
                self.glance_made.emit(*(answer.value or (None, None)))
            self._ask_glance()
        elif look == self._base_look and answer.error is not None:
            self._there.add("no base")
            self._whole.forget()
            self._rest.stop()
            self.busy_changed.emit(False)
            self.base_failed.emit(answer.error)
        elif look == self._base_look:
            self._there.add("base")
            self.base_made.emit(answer.value)
            self._ask_glance()

    def _take_whole(self, answer: Answer) -> None:
        if not isinstance(answer.key, _Question):
            return
        kind, look = answer.key
        if look != self._look or kind == "next":
            return
        self._there.add(kind)
        if answer.error is not None:
            self._comparable = False
            (self.result_failed if kind == "result" else self.heat_failed).emit(answer.error)
        elif kind == "result":
            self._comparable = answer.value.picture is not None
            self.result_made.emit(answer.value)
        else:
            self.heat_made.emit(answer.value)
        self._go_on()

    def _go_on(self) -> None:
        """Make what is still missing; then prepare what comes next."""
        if self._gain is not None and self._comparable and "heat" not in self._there:
            self.busy_changed.emit(True)
            self._ask_heat(self._gain)
        else:
            self.busy_changed.emit(False)
            self._ask_next()


def _pixels(recipe: Recipe) -> tuple[object, ...]:
    """The part of a recipe that decides on the pixels before encoding."""
    return recipe.resize, recipe.color, recipe.background, recipe.flatten_special, recipe.format
