"""Quick looks at the visible part of a picture: predicted, encoded and decoded while a slider still moves."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from oimg.engine import glimpse
from oimg.words.images import Format, Limits
from oimg.words.preview import Glimpse, Region, Shown
from oimg.words.recipe import Mode, Recipe
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken
from oimg.work.previews import pixels
from oimg.work.previews.shared_cache import SharedCache

# Bytes of an `Insight` in the cache: the pixels of its sample, and the metric's data about them.
_INSIGHT: Final = 4 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is looked at: a region of the base of a picture, at a scale of at most 1."""

    source: SourceFile
    recipe: Recipe
    base: Shown
    region: Region
    scale: float
    token: CancelToken

    @property
    def about(self) -> tuple[Hashable, ...]:
        """The part of a cache key that says which base it is."""
        return self.source.path, self.source.identity, self.recipe.resize


class Glimpses:
    """Quick looks at pictures that are already decoded, using what was learned about them before."""

    def __init__(self, cache: SharedCache, limits: Limits) -> None:
        self._cache = cache
        self._limits = limits

    def look(self, look: Look) -> Glimpse:
        """A region as the recipe will probably make it."""
        region, scale, recipe = look.region, look.scale, look.recipe
        before = self._before(look)
        target = glimpse.likely_format(look.base.pixels, look.source.header, recipe)
        if target is None or not glimpse.loses(target, recipe):
            is_exact = target is None or recipe.mode is Mode.LOSSLESS
            return Glimpse(before, region, scale, None, not is_exact, before)
        insight = self._insight(look, look.base, 1.0, target)
        coding = insight.coding(recipe)
        look.token.check()
        if scale == 1 or glimpse.is_small_enough(region, target):
            made = pixels.of_image(glimpse.coded(look.base.pixels, region, coding)).pixels
            shown = pixels.sealed(glimpse.at_scale(made, Region(0, 0, region.width, region.height), scale))
        else:
            score = glimpse.score_as_seen(insight.score_of(coding), scale)
            shown = self._small(look, before, target, score)
        look.token.check()
        return Glimpse(shown, region, scale, coding.options.quality, approximate=True, before=before)

    def _small(self, look: Look, before: Shown, target: Format, score: float) -> Shown:
        """Encode the visible part at its small scale, for the score that the whole has at that scale."""
        coding = self._insight(look, before, look.scale, target).coding_for(score)
        look.token.check()
        return pixels.of_image(glimpse.coded(before.pixels, Region(0, 0, *before.size), coding))

    def _before(self, look: Look) -> Shown:
        """The visible part of the base."""
        make = lambda: pixels.sealed(glimpse.at_scale(look.base.pixels, look.region, look.scale))  # noqa: E731
        key = "seen", *look.about, look.region, look.scale
        return self._cache.get(key, make, lambda shown: shown.pixels.nbytes, look.token)

    def _insight(self, look: Look, seen: Shown, scale: float, target: Format) -> glimpse.Insight:
        """What is known about a picture at a scale, in a format, at an effort."""
        look.token.check()
        key = "insight", *look.about, scale, target, look.recipe.effort, look.recipe.background
        make = lambda: glimpse.Insight(seen.pixels, target, look.recipe, self._limits)  # noqa: E731
        return self._cache.get(key, make, lambda _: _INSIGHT, look.token)


def of_known(shown: Shown, region: Region, scale: float, quality: float | None) -> Glimpse:
    """A region of a picture that is already made."""
    region, scale = region.within(shown.size), min(1.0, scale)
    small = pixels.sealed(glimpse.at_scale(shown.pixels, region, scale))
    return Glimpse(small, region, scale, quality, approximate=False)
