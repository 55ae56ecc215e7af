"""Finding the smallest encoding that is good enough: for a score, or for a number of bytes. Bounded and pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.steps.color import as_srgb
from oimg.words.images import DecodedImage, EncodeOptions, Format, Pixels

MAX_ENCODES: Final = 6
# A score this far above the target is close enough to stop: the bytes it costs are within an encoder's own steps.
SLACK: Final = 1.5
# Pixels of the shorter side from which the metric has all the scales it was fitted with.
SMALLEST_EXACT: Final = 113
_AIM: Final = 0.6
_JUDGED_FRAMES: Final = 6

# Mean score by quality, for the encoders as we set them. Measured by benchmarks/search/priors.py; only a first
# guess, corrected by the first encoding of every picture.
PRIORS: Final[dict[Format, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    Format.JPEG: ((5, 20, 40, 60, 75, 85, 93, 100), (13.0, 46.2, 59.0, 67.0, 74.1, 79.9, 86.8, 92.5)),
    Format.WEBP: ((5, 20, 40, 60, 75, 85, 92, 100), (16.2, 39.8, 55.7, 65.4, 70.7, 79.8, 86.0, 90.0)),
    Format.AVIF: ((10, 25, 40, 50, 60, 70, 80, 90, 99), (4.1, 38.5, 59.9, 71.1, 78.4, 82.5, 86.3, 91.0, 94.5)),
    Format.JXL: ((5, 30, 45, 60, 70, 80, 90, 99), (2.8, 44.2, 52.3, 63.5, 70.4, 78.0, 86.4, 95.5)),
}


class Judge:
    """Scores decoded pictures against one reference, both shown as sRGB."""

    def __init__(self, reference: DecodedImage) -> None:
        self._reference = reference
        count = len(reference.frames)
        # An animation is judged by its worst frame among some that are spread evenly.
        self._judged = sorted({round(i) for i in np.linspace(0, count - 1, min(count, _JUDGED_FRAMES))})
        self._still = Reference(shown(reference, reference.pixels)) if count == 1 else None

    @property
    def approximate(self) -> bool:
        """Below 113 pixels the metric has fewer scales than it was fitted with (research: SSIMULACRA 2 v2.1)."""
        return min(self._reference.size) < SMALLEST_EXACT

    def score(self, decoded: DecodedImage) -> float:
        """Give the SSIMULACRA2 score, 100 for equal, at most 100; the sizes and frames are equal."""
        if self._still is not None:
            return self._still.score(shown(decoded, decoded.pixels))
        pairs = ((self._reference.frames[i].pixels, decoded.frames[i].pixels) for i in self._judged)
        return min(Reference(shown(self._reference, before)).score(shown(decoded, after)) for before, after in pairs)


def shown(image: DecodedImage, pixels: Pixels) -> npt.NDArray[np.uint8]:
    """Give a frame of a picture as 8-bit sRGB, the way it is judged and compared."""
    narrow = (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels
    return as_srgb(narrow, image.color, image.icc)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One encoding that was tried. `score` is None where nothing was measured."""

    data: bytes
    options: EncodeOptions
    decoded: DecodedImage | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """How to make and judge candidates of one format for one picture.

    `options` are what all candidates share; `qualities` is lowest, highest and step of what may be tried.
    """

    format: Format
    options: EncodeOptions
    qualities: tuple[float, float, float]
    encode: Callable[[EncodeOptions], bytes]
    decode: Callable[[bytes], DecodedImage]
    judge: Judge
    check: Callable[[], None]

    def run(self, quality: float) -> Candidate:
        """Encode, decode and score; asks before and after whether to stop."""
        self.check()
        options = replace(self.options, quality=quality)
        data = self.encode(options)
        self.check()
        decoded = self.decode(data)
        return Candidate(data, options, decoded, self.judge.score(decoded))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The smallest candidate that passes, or None; and the best score that was reached."""

    best: Candidate | None
    highest: float
    encodes: int


def usual_quality(format: Format, score: float) -> float:  # noqa: A002 - the field's own word
    """The quality at which pictures usually have a score, in whole steps."""
    qualities, scores = PRIORS[format]
    return float(round(np.interp(score, scores, qualities)))


class _Curve:
    """What is known of one picture's score by quality: the prior, bent through what was measured."""

    def __init__(self, prior: tuple[tuple[float, ...], tuple[float, ...]], span: tuple[float, float, float]) -> None:
        self._qualities, self._scores = (np.array(values, float) for values in prior)
        self._low, self._high, self._step = span
        self._seen: dict[float, float] = {}

    def add(self, quality: float, score: float) -> None:
        self._seen[quality] = score

    def next_quality(self, target: float) -> float | None:
        """The untried quality whose expected score comes next to the target, inside what is still possible."""
        below = [q for q, s in self._seen.items() if s < target]
        above = [q for q, s in self._seen.items() if s >= target]
        low = max(below) + self._step if below else self._low
        high = min(above) - self._step if above else self._high
        if low > high:
            return None
        guess = self._snap(self._solve(target + _AIM))
        guess = min(max(guess, low), high)
        return guess if guess not in self._seen else None

    def _snap(self, quality: float) -> float:
        return math.ceil(quality / self._step - 1e-9) * self._step

    def _expected(self, quality: float) -> float:
        return float(np.interp(quality, self._qualities, self._scores))

    def _solve(self, target: float) -> float:
        """Find the quality for a score: measured points correct the prior by interpolation between them."""
        grid = np.arange(self._low, self._high + self._step / 2, self._step)
        prior = np.interp(grid, self._qualities, self._scores)
        if self._seen:
            tried = sorted(self._seen)
            errors = [self._seen[q] - self._expected(q) for q in tried]
            # Pictures differ most far from lossless: an error fades towards the top of the scale, where every
            # curve meets 100.
            fade = np.clip((100 - prior) / max(1.0, 100 - self._expected(tried[-1])), 0.0, 1.0)
            prior = prior + np.interp(grid, tried, errors) * np.where(grid > tried[-1], fade, 1.0)
        reached = np.flatnonzero(prior >= target)
        return float(grid[reached[0]]) if reached.size else self._high


def for_score(trial: Trial, target: float, *, budget: int = MAX_ENCODES) -> Found:
    """Find the smallest encoding whose score is at least `target`, in at most `budget` encodes."""
    curve = _Curve(PRIORS[trial.format], trial.qualities)
    tried: list[Candidate] = []
    while len(tried) < budget and (quality := curve.next_quality(target)) is not None:
        candidate = trial.run(quality)
        score = candidate.score or 0.0
        curve.add(quality, score)
        tried.append(candidate)
        if target <= score <= target + SLACK:
            break
        tried = _only_useful(tried, target)
    highest = max((c.score or 0.0 for c in tried), default=0.0)
    passing = [c for c in tried if (c.score or 0.0) >= target]
    return Found(min(passing, key=lambda c: len(c.data), default=None), highest, len(tried))


def _only_useful(tried: list[Candidate], target: float) -> list[Candidate]:
    """Let go of the pixels of candidates that have lost: an encoding is small, a decoded picture is not."""
    passing = [c for c in tried if (c.score or 0.0) >= target]
    best = min(passing, key=lambda c: len(c.data), default=None)
    return [c if c is best else replace(c, decoded=None) for c in tried]


def for_bytes(
    trial: Trial, ceiling: int, finish: Callable[[bytes], bytes], *, floor: float, budget: int = MAX_ENCODES
) -> Found:
    """Find the highest quality, not under `floor`, that fits into `ceiling` bytes after finishing.

    Bytes grow about exponentially with quality, so the next guess is by interpolation of their logarithm.
    """
    low, high, step = max(trial.qualities[0], floor), trial.qualities[1], trial.qualities[2]
    sizes: dict[float, float] = {}
    best: Candidate | None = None
    quality = round((low + high) / 2 / step) * step
    while len(sizes) < budget and low <= high:
        trial.check()
        options = replace(trial.options, quality=quality)
        data = finish(trial.encode(options))
        sizes[quality] = math.log(len(data))
        if len(data) <= ceiling:
            best, low = Candidate(data, options), quality + step
            if len(data) >= 0.97 * ceiling:
                break
        else:
            high = quality - step
        quality = _guess_quality(sizes, math.log(ceiling * 0.985), (low, high, step))
    if best is None:
        return Found(None, 0.0, len(sizes))
    decoded = trial.decode(best.data)
    scored = replace(best, decoded=decoded, score=trial.judge.score(decoded))
    return Found(scored, scored.score or 0.0, len(sizes))


def _guess_quality(sizes: dict[float, float], wanted: float, span: tuple[float, float, float]) -> float:
    low, high, step = span
    points = sorted(sizes.items())
    if len(points) == 1:
        quality, size = points[0]
        guess = quality + (wanted - size) / 0.03  # about 3 % more bytes a step, the mean of all our encoders
    else:
        near = sorted(points, key=lambda point: abs(point[1] - wanted))[:2]
        (first, small), (second, large) = sorted(near)
        slope = max(1e-3, (large - small) / (second - first))
        guess = first + (wanted - small) / slope
    return min(max(math.floor(guess / step) * step, low), max(low, high))
