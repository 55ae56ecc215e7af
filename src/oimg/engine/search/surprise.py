"""Continues a search for a picture that is unlike all that the priors were learned from."""

from __future__ import annotations

from typing import Final

# A value this many standard deviations from what was expected is a surprise. From 1 to 2.5 the figures of
# benchmarks/search/learn.py hardly change; what it helps are pictures unlike the training set.
_SURPRISING: Final = 1.0
# A line through two tries is followed so many times their distance at most.
_FARTHEST: Final = 2.0


def is_surprising(value: float, mean: float, deviation: float) -> bool:
    """Whether a measured value contradicts its expectation."""
    return abs(value - mean) > _SURPRISING * deviation


def farther(guess: float, points: list[tuple[float, float]], wanted: float) -> float:
    """Go from the last of the points (quality, value) at least to where the line through the last two meets `wanted`.

    Belief falls back to the mean of all pictures away from what was measured: for an unusual picture its steps are
    too small, one after the other on the same side of the target. `guess` is where it would try next. For points on
    both sides of `wanted`, and for fewer than two, that is the answer.
    """
    if len(points) < 2:
        return guess
    (before, early), (last, late) = points[-2:]
    step, missing, gained = last - before, wanted - late, late - early
    if (wanted - early) * missing <= 0 or step * (guess - last) <= 0:
        return guess
    times = missing / gained if missing * gained > 0 else _FARTHEST
    line = last + step * min(times, _FARTHEST)
    return max(guess, line) if step > 0 else min(guess, line)


def between(guess: float, low: tuple[float, float], high: tuple[float, float], wanted: float) -> float:
    """Go half of the way from a guess to where the line between two tries (quality, value) meets `wanted`.

    The two are the nearest on both sides, `high` with the higher value. What belief makes of their distance rests on
    the curves of other pictures; the line does not, but takes no bend into account.
    """
    (start, under), (end, above) = low, high
    share = (wanted - under) / (above - under) if above > under else 0.5
    return (guess + start + min(max(share, 0.0), 1.0) * (end - start)) / 2
