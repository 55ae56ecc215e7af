"""The line through measured points: it rises where they rise and never overshoots; and round numbers for axes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
# Bisection steps when a height is searched for: to 2^-30 of the distance between two points.
_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A monotone cubic through points whose first coordinate grows (Fritsch and Carlson, harmonic slopes)."""

    points: tuple[Point, ...]
    slopes: tuple[float, ...]

    @classmethod
    def through(cls, points: Sequence[Point]) -> Line:
        """Fit it to points in any order; of several with the same first coordinate, the highest counts."""
        highest: dict[float, float] = {}
        for x, y in points:
            highest[x] = max(y, highest.get(x, y))
        ordered = tuple(sorted(highest.items()))
        return cls(ordered, _slopes(ordered))

    def at(self, x: float) -> float | None:
        """The height at a position; None beyond the ends."""
        if not self.points or not self.points[0][0] <= x <= self.points[-1][0]:
            return None
        if len(self.points) == 1:
            return self.points[0][1]
        place = min(bisect_right(self.points, (x, float("inf"))), len(self.points) - 1) - 1
        return self._within(place, x)

    def where(self, y: float) -> float | None:
        """The first position at which the line has at least this height; None if there is none."""
        if not self.points or max(each[1] for each in self.points) < y:
            return None
        place = next(number for number, each in enumerate(self.points) if each[1] >= y)
        if place == 0:
            return self.points[0][0] if self.points[0][1] == y else None
        low, high = self.points[place - 1][0], self.points[place][0]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self._within(place - 1, middle) >= y else (middle, high)
        return high

    def controls(self) -> list[tuple[Point, Point, Point]]:
        """Each segment as a Bézier curve: two control points and the end."""
        return [
            ((x + (u - x) / 3, y + m * (u - x) / 3), (u - (u - x) / 3, v - n * (u - x) / 3), (u, v))
            for ((x, y), m), ((u, v), n) in pairwise(zip(self.points, self.slopes, strict=True))
        ]

    def _within(self, place: int, x: float) -> float:
        (left, low), (right, high) = self.points[place], self.points[place + 1]
        width = right - left
        t = (x - left) / width
        rise = low * (1 + 2 * t) * (1 - t) ** 2 + high * t * t * (3 - 2 * t)
        return rise + width * t * (1 - t) * (self.slopes[place] * (1 - t) - self.slopes[place + 1] * t)


def _slopes(points: Sequence[Point]) -> tuple[float, ...]:
    chords = [(v - y) / (u - x) for (x, y), (u, v) in pairwise(points)]
    if not chords:
        return (0.0,) * len(points)
    inner = [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in pairwise(chords)]
    return (chords[0], *inner, chords[-1])


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from `low` to `high`, at most as many as fit."""
    if high <= low or most < 2:
        return [low]
    rough = (high - low) / (most - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(power * each for each in (1, 2, 2.5, 5, 10, 20) if power * each >= rough * 0.999)
    first = -floor(-low / step + 1e-9)
    return [number * step for number in range(first, floor(high / step + 1e-9) + 1)]
