"""A quick look at how a part of a picture will come out: what is seen of it, coded and decoded at once.

Works from pixels as the screen shows them (8-bit sRGB). The format and the quality are predicted: from the kind of the
picture, and from tries on a sample of it. Encoders spend little effort, at a quality where their pictures then look
as good as was asked.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from PIL import Image

from oimg.engine import forecast
from oimg.engine.candidates import takes_full_chroma
from oimg.engine.codecs import ENCODERS
from oimg.engine.codecs.base import to_pillow
from oimg.engine.content import kind_of
from oimg.engine.prepared import Prepared, least_score
from oimg.engine.search import SLACK
from oimg.engine.search.belief import Belief, Expected
from oimg.engine.search.prior import distance
from oimg.engine.steps import color
from oimg.engine.targets import target_formats
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Format, Frame, Header, Limits
from oimg.words.preview import Region
from oimg.words.recipe import Mode, Recipe, Target, background_rgb

Screen: TypeAlias = npt.NDArray[np.uint8]

# Formats in which photos lose something, and how many pixels of them are coded in the time of a glimpse: 0.1 s of one
# core for JPEG and WebP, four times that for the others (benchmarks/gui/preview.py).
_BUDGETS: Final = MappingProxyType(
    {Format.JPEG: 4_000_000, Format.WEBP: 1_000_000, Format.AVIF: 2_000_000, Format.JXL: 2_000_000}
)
# The most effort of a glimpse; the time of WebP and AVIF falls by a factor of five against the usual effort.
_EFFORTS: Final = MappingProxyType({Format.JPEG: 5, Format.WEBP: 0, Format.AVIF: 0, Format.JXL: 1})
PREDICTED_FORMATS: Final = (Format.JPEG, Format.WEBP, Format.JXL, Format.AVIF)
"""Formats of which an `Insight` can be had, the quick ones first."""
# What is left of the distance of a score to 100 where a picture is seen smaller: scales, and the share that is left.
_SCALES: Final = (0.125, 0.25, 0.5, 1.0)
_LEFT: Final = (0.26, 0.36, 0.58, 1.0)
# Blocks of coders, and filters that reach over them, end within so many pixels.
_BLOCK: Final = 16
# The sample: so many tiles a side, of so many pixels.
_TILES: Final = 4
# ... and where bytes are to be told, which differ more from place to place than looks.
_MORE_TILES: Final = 8
_TILE: Final = 128
_TRIES: Final = 2
# What is predicted is not tried where the score will be as near as this to what is asked, as likely as that; nor where
# the bytes are known as well as this (a standard deviation of their logarithm).
_NEAR: Final = 2.0
_SURE: Final = 0.8
_KNOWN_BYTES: Final = 0.05
# Formats that are coded in two halves at a time, where there is so much to code: the others are quick enough.
_HALVED: Final = frozenset({Format.WEBP})
_WORTH_HALVING: Final = 200_000
# Where the target is less likely to be reached than this, the highest quality is taken.
_DOUBTFUL: Final = 0.5
_FAINT: Final = 1e-6


def likely_format(pixels: Screen, header: Header, recipe: Recipe) -> Format | None:
    """The format that will probably be written; None where there is none."""
    targets = target_formats(header, recipe)
    if recipe.format is not Target.AUTO or recipe.mode is not Mode.VISUAL or len(targets) < 2:
        return targets[0] if targets else None
    image = DecodedImage((Frame(pixels),))
    predicted = forecast.expected(kind_of(image), recipe.target, math.prod(image.size), {})
    return min((each for each in targets if each in predicted), key=lambda each: predicted[each].usual)


def loses(target: Format, recipe: Recipe) -> bool:
    """Whether a photo written in this format by this recipe will differ, by more than a palette."""
    return target in _BUDGETS and recipe.mode is not Mode.LOSSLESS


@dataclass(frozen=True, slots=True)
class Coding:
    """How a picture is coded for a glimpse."""

    target: Format
    options: EncodeOptions
    background: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Choice:
    """How a quality is chosen by what is expected, and whether that need not be tried."""

    choose: Callable[[Expected], float]
    is_sure: Callable[[Expected, float], bool]


class Insight:
    """How a picture codes in one format, learned from tries on a sample of it. For any number of threads."""

    def __init__(self, pixels: Screen, target: Format, recipe: Recipe, limits: Limits, *, quickly: bool = True) -> None:
        self._size = pixels.shape[1], pixels.shape[0]
        sample = _sample(pixels, _TILES if quickly or min(self._size) < _MORE_TILES * _TILE else _MORE_TILES)
        self._is_part = sample is not pixels
        effort = min(recipe.effort, _EFFORTS[target]) if quickly else recipe.effort
        self._work = ready(sample, target, replace(recipe, effort=effort), limits)
        self._beliefs: dict[bool, Belief] = {}
        self._tried: set[tuple[bool, float]] = set()
        self._last = b""
        self._lock = threading.Lock()

    def coding(self, recipe: Recipe) -> Coding:
        """How to code the picture by a recipe of the same format and effort."""
        full = takes_full_chroma(replace(self._work, recipe=recipe))
        return self._coding(self._quality(recipe, full=full), full=full)

    def coding_for(self, score: float) -> Coding:
        """How to code the picture for a score."""
        full = takes_full_chroma(replace(self._work, recipe=Recipe(target=max(10.0, score))))
        return self._coding(self._settled(_for_score(score), full=full), full=full)

    def score_of(self, coding: Coding) -> float:
        """The score that the picture will probably have."""
        return self._outlook(coding, _knows_score)[0]

    def outlook_of(self, coding: Coding) -> tuple[float, int]:
        """The score, and the bytes without metadata, that the picture will probably have."""
        return self._outlook(coding, lambda *at: _knows_score(*at) and _knows_bytes(*at))

    def predicted(self, recipe: Recipe) -> tuple[Coding, float, int]:
        """How a recipe will probably code the picture, with the score and the bytes of that."""
        self.outlook_of(self.coding(recipe))  # which may teach that another quality fits better
        coding = self.coding(recipe)
        return coding, *self.outlook_of(coding)

    def _outlook(self, coding: Coding, is_known: Callable[[Expected, float], bool]) -> tuple[float, int]:
        quality = coding.options.quality or 100.0
        self._settled(_Choice(lambda _: quality, is_known), full=coding.options.full_chroma)
        with self._lock:
            expected = self._beliefs[coding.options.full_chroma].expected()
        far, density = (
            float(np.interp(quality, expected.qualities, values)) for values in (expected.distance, expected.density)
        )
        packed = len(self._work.finish(self._last)) / max(1, len(self._last))
        return 100 - math.exp(far), round(packed * math.prod(self._size) * math.exp(density))

    def _coding(self, quality: float, *, full: bool) -> Coding:
        options = EncodeOptions(quality, self._work.recipe.effort, full)
        return Coding(self._work.target, options, self._work.recipe.background, self._work.limits)

    def _quality(self, recipe: Recipe, *, full: bool) -> float:
        if recipe.mode is Mode.QUALITY:
            return float(recipe.quality)
        if recipe.mode is Mode.SIZE:
            density = math.log(max(1, recipe.max_bytes) / math.prod(self._size))
            return self._settled(_Choice(lambda expected: _densest(expected, density), _knows_bytes), full=full)
        return self._settled(_for_score(least_score(self._size, recipe.target)), full=full)

    def _settled(self, choice: _Choice, *, full: bool) -> float:
        """Choose a quality; while it is not sure, try it on the sample, and choose again."""
        with self._lock:
            trial = self._work.trial(full_chroma=full)
            belief = self._beliefs.setdefault(full, trial.belief())
            expected = belief.expected()
            quality = choice.choose(expected)
            for _ in range(_TRIES):
                learned = any(tried is full for tried, _quality in self._tried)
                if (full, quality) in self._tried or (learned and choice.is_sure(expected, quality)):
                    break
                tried = trial.run(quality)
                belief.add(quality, trial.density(len(tried.data)), tried.score, of_part=self._is_part)
                self._tried.add((full, quality))
                self._last = tried.data
                expected = belief.expected()
                quality = choice.choose(expected)
            return quality


def ready(
    pixels: Screen, target: Format, recipe: Recipe, limits: Limits, check: Callable[[], None] = lambda: None
) -> Prepared:
    """Make pixels of the screen ready to be encoded."""
    image = _fitted(pixels, target, recipe.background)
    return Prepared(image, target, recipe, limits.without_ratio(), check, lambda _: None)


def is_small_enough(region: Region, target: Format) -> bool:
    """Whether a region can be coded as it is in the time of a glimpse."""
    return region.width * region.height <= _BUDGETS[target]


def coded(pixels: Screen, region: Region, coding: Coding) -> DecodedImage:
    """Code a region that lies in the picture, with some pixels around it, and give it decoded."""
    small = region.width * region.height < _WORTH_HALVING
    if small or coding.target not in _HALVED or pixels.shape[2] > 3:  # an opaque half would lose its alpha
        return _coded(pixels, region, coding)
    upper = region.height // 2
    halves = (
        replace(region, height=upper),
        replace(region, top=region.top + upper, height=region.height - upper),
    )
    with ThreadPoolExecutor(len(halves), thread_name_prefix="oimg-glimpse") as pool:  # their codec holds no GIL
        one, other = pool.map(lambda half: _coded(pixels, half, coding), halves)
    return replace(one, frames=(Frame(np.concatenate([one.pixels, other.pixels])),))


def _coded(pixels: Screen, region: Region, coding: Coding) -> DecodedImage:
    outer = _with_blocks_around(region).within((pixels.shape[1], pixels.shape[0]))
    encoder = ENCODERS[coding.target]
    data = encoder.encode(_fitted(_cut(pixels, outer), coding.target, coding.background), coding.options)
    decoded = encoder.decode(data, coding.limits.without_ratio())
    inner = Region(region.left - outer.left, region.top - outer.top, region.width, region.height)
    seen = cast("Screen", np.ascontiguousarray(_cut(cast("Screen", decoded.pixels), inner)))
    return replace(decoded, frames=(Frame(seen),))


def at_scale(pixels: Screen, region: Region, scale: float) -> Screen:
    """Make a region so small as it is seen, by the mean of the area of each pixel, as Qt does."""
    part = _cut(pixels, region)
    size = max(1, round(region.width * scale)), max(1, round(region.height * scale))
    if size == (region.width, region.height):
        return part
    return np.asarray(to_pillow(part, ColorModel.RGB).resize(size, Image.Resampling.BOX))


def score_as_seen(score: float, scale: float) -> float:
    """The score that a picture has where it is seen smaller: what is lost is mostly fine, and goes with the detail."""
    return 100 - (100 - score) * float(np.interp(scale, _SCALES, _LEFT))


def _cut(pixels: Screen, region: Region) -> Screen:
    return pixels[region.top : region.top + region.height, region.left : region.left + region.width]


def _with_blocks_around(region: Region) -> Region:
    """A region grown by a block on all sides, and then to whole blocks."""
    left, top = ((at - _BLOCK) // _BLOCK * _BLOCK for at in (region.left, region.top))
    ends = region.left + region.width, region.top + region.height
    right, bottom = (-(-at // _BLOCK) * _BLOCK + _BLOCK for at in ends)
    return Region(left, top, right - left, bottom - top)


def _fitted(pixels: Screen, target: Format, background: str) -> DecodedImage:
    image = DecodedImage((Frame(np.ascontiguousarray(pixels)),))
    fitted = color.fit_to(image, ENCODERS[target].capabilities, background_rgb(background)).image
    return color.drop_empty_chroma(fitted) if target is Format.JPEG else fitted


def _sample(pixels: Screen, tiles: int) -> Screen:
    """So many tiles a side, spread evenly, one below the other; the picture itself where it is no larger."""
    height, width = pixels.shape[:2]
    if min(height, width) < _TILES * _TILE:
        return pixels if height * width <= (_TILES * _TILE) ** 2 else _middle(pixels)
    rows, columns = (np.linspace(0, side - _TILE, tiles).astype(int) // _BLOCK * _BLOCK for side in (height, width))
    return np.concatenate([pixels[top : top + _TILE, left : left + _TILE] for top in rows for left in columns])


def _middle(pixels: Screen) -> Screen:
    """The middle of a long and narrow picture."""
    height, width = pixels.shape[:2]
    longest = (_TILES * _TILE) ** 2 // min(height, width)
    top, left = max(0, (height - longest) // 2), max(0, (width - longest) // 2)
    return pixels[top : top + longest, left : left + longest]


def _likeliest(expected: Expected, target: float) -> float:
    """The quality at which the score most likely is as high as asked, and hardly higher."""
    if expected.scores_from(target)[-1] < _DOUBTFUL:
        return float(expected.qualities[-1])
    chances = expected.scores_between(target, target + SLACK)
    if chances.max() > _FAINT:
        return float(expected.qualities[chances.argmax()])
    off = np.abs(expected.distance - float(distance(target + SLACK / 2)))
    return float(expected.qualities[off.argmin()])


def _for_score(target: float) -> _Choice:
    """The quality that will have a score, and hardly a higher one."""

    def is_sure(expected: Expected, quality: float) -> bool:
        near = expected.scores_between(target - _NEAR, target + SLACK + _NEAR)
        return bool(near[_at(expected, quality)] >= _SURE)

    return _Choice(lambda expected: _likeliest(expected, target), is_sure)


def _knows_score(expected: Expected, quality: float) -> bool:
    """Whether the score at a quality is known well enough."""
    at = _at(expected, quality)
    score = 100 - math.exp(float(expected.distance[at]))
    return bool(expected.scores_between(score - _NEAR, score + _NEAR)[at] >= _SURE)


def _knows_bytes(expected: Expected, quality: float) -> bool:
    """Whether the bytes at a quality are known well enough."""
    return bool(expected.density_sd[_at(expected, quality)] <= _KNOWN_BYTES)


def _at(expected: Expected, quality: float) -> int:
    return int(np.abs(expected.qualities - quality).argmin())


def _densest(expected: Expected, density: float) -> float:
    """The highest quality that is expected to take no more bytes a pixel."""
    fitting = expected.qualities[expected.density <= density]
    return float(fitting[-1] if fitting.size else expected.qualities[0])
