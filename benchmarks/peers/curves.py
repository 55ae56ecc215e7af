"""Curves of bytes and score over quality, read between their points without ever turning back."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FLOOR_SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Point:
    """One encoding of one picture."""

    quality: float
    bytes: int
    score: float


def interpolate(x: Sequence[float], y: Sequence[float], at: float) -> float:
    """Read a piecewise cubic at a place within x, which rises; between rising values it rises too.

    Slopes as F. N. Fritsch and J. Butland choose them (A method for constructing local monotone piecewise cubic
    interpolants, SIAM J. Sci. Stat. Comput. 5, 1984): the weighted harmonic mean of the neighbouring differences,
    0 where they differ in sign.
    """
    if not x[0] <= at <= x[-1]:
        message = f"{at} is not within {x[0]} to {x[-1]}"
        raise ValueError(message)
    if len(x) == 1:
        return y[0]
    index = min(bisect_right(x, at) - 1, len(x) - 2)
    step = x[index + 1] - x[index]
    part = (at - x[index]) / step
    left, right = _slope(x, y, index), _slope(x, y, index + 1)
    return (
        (1 + 2 * part) * (1 - part) ** 2 * y[index]
        + part * (1 - part) ** 2 * step * left
        + part**2 * (3 - 2 * part) * y[index + 1]
        + part**2 * (part - 1) * step * right
    )


def _slope(x: Sequence[float], y: Sequence[float], index: int) -> float:
    """Of the curve at one of its points."""
    if index in (0, len(x) - 1):
        other = 1 if index == 0 else index - 1
        return (y[other] - y[index]) / (x[other] - x[index])
    before, after = x[index] - x[index - 1], x[index + 1] - x[index]
    low, high = (y[index] - y[index - 1]) / before, (y[index + 1] - y[index]) / after
    if low * high <= 0:
        return 0.0
    weight = (before + 2 * after) / (3 * (before + after))
    return low * high / (weight * high + (1 - weight) * low)


def useful(points: Sequence[Point]) -> list[Point]:
    """Points that somebody would choose: each scores higher than every smaller file. By bytes."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda each: (each.bytes, -each.score)):
        if not kept or point.score > kept[-1].score:
            kept.append(point)
    return kept


def bytes_at(points: Sequence[Point], score: float) -> float | None:
    """The bytes with which a curve reaches a score, or None where it never does.

    A score below the whole curve is reached by its smallest file, which looks better than was asked.
    """
    kept = useful(points)
    if not kept or score > kept[-1].score:
        return None
    score = max(score, kept[0].score)
    return math.exp(interpolate([point.score for point in kept], [math.log(point.bytes) for point in kept], score))


def quality_at(points: Sequence[Point], score: float) -> float | None:
    """The quality at which a curve reaches a score, or None where the score is outside of it."""
    kept = useful(points)
    if not kept or not kept[0].score <= score <= kept[-1].score:
        return None
    return interpolate([point.score for point in kept], [point.quality for point in kept], score)


@dataclass(frozen=True, slots=True)
class Floor:
    """The lowest fixed quality at which enough pictures reach a score, the bytes of all, and the worst score."""

    quality: float
    bytes: float
    worst: float


def floor_of(curves: Sequence[Sequence[Point]], target: float) -> Floor | None:
    """Find the lowest whole quality at which 95 % of the pictures score the target; None where there is none.

    Score and bytes of each picture are read off its own curve over quality.
    """
    ladders = [sorted(points, key=lambda point: point.quality) for points in curves]
    if not ladders or any(not ladder for ladder in ladders):
        return None
    low = max(ladder[0].quality for ladder in ladders)
    high = min(ladder[-1].quality for ladder in ladders)
    for quality in range(math.ceil(low), math.floor(high) + 1):
        scores = [_read(ladder, quality, by_bytes=False) for ladder in ladders]
        if sum(score >= target for score in scores) >= FLOOR_SHARE * len(scores):
            total = sum(math.exp(_read(ladder, quality, by_bytes=True)) for ladder in ladders)
            return Floor(quality, total, min(scores))
    return None


def _read(ladder: Sequence[Point], quality: float, *, by_bytes: bool) -> float:
    values = [math.log(point.bytes) if by_bytes else point.score for point in ladder]
    return interpolate([point.quality for point in ladder], values, quality)


def geometric_mean(values: Sequence[float]) -> float:
    """Of positive numbers; NaN of none."""
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan
