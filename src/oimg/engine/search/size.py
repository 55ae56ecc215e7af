"""The best looking encoding that has at most so many bytes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from oimg.engine.search.surprise import between, farther, is_surprising
from oimg.engine.search.trial import MAX_ENCODES, Candidate, Found, Trial

# A file that leaves less than this share of its bytes unused is close enough to stop.
UNUSED: Final = 0.03
# If fitting at all is less likely than this, the lowest quality is tried at once.
_DOUBTFUL: Final = 0.5
# When none has fitted, the last try but one and the last are made where they fit as likely as this.
_SAFE: Final = {2: 0.9, 1: 0.98}
# Probabilities below this are rounding errors.
_FAINT: Final = 1e-6


def for_bytes(
    trial: Trial, ceiling: int, finish: Callable[[bytes], bytes], *, floor: float, budget: int = MAX_ENCODES
) -> Found:
    """Find the highest quality, not under `floor`, that fits into `ceiling` bytes after finishing.

    Each try is made where the bytes most likely fall into the last `UNUSED` share under the ceiling. What finishing
    takes off is learned from the try before.
    """
    low, high, step = trial.qualities
    trial = replace(trial, qualities=(max(low, math.ceil(floor / step) * step), high, step))
    search = _Search(trial, ceiling)
    while len(search.sizes) < budget and (quality := search.next_quality(left=budget - len(search.sizes))) is not None:
        made = trial.make(quality)
        size = search.add(quality, made, finish(made.data))
        if (1 - UNUSED) * ceiling <= size <= ceiling:
            break
    fewest, encodes = min(search.sizes.values(), default=0), len(search.sizes)
    if search.best is None:
        return Found(None, 0.0, encodes, fewest)
    decoded = trial.decode(search.best.data)
    scored = replace(search.best, decoded=decoded, score=trial.judge.score(decoded))
    return Found(scored, scored.score or 0.0, encodes, fewest)


class _Search:
    """The state of a search for one ceiling: what was tried, and the belief so far. Densities are before finishing."""

    def __init__(self, trial: Trial, ceiling: int) -> None:
        self.trial, self.ceiling, self.belief = trial, ceiling, trial.belief()
        self.sizes: dict[float, int] = {}
        self.best: Candidate | None = None
        self._points: list[tuple[float, float]] = []
        self._expected = self.belief.expected()
        self._left_by_finishing = 1.0
        self._is_surprised = False

    @property
    def limit(self) -> float:
        """The highest density that should fit."""
        return self.trial.density(max(1, round(self.ceiling / self._left_by_finishing)))

    def add(self, quality: float, made: Candidate, finished: bytes) -> int:
        """Learn from a try; returns the bytes of the finished file."""
        density, size = self.trial.density(len(made.data)), len(finished)
        at = int(np.abs(self._expected.qualities - quality).argmin())
        self._is_surprised = is_surprising(density, self._expected.density[at], self._expected.density_sd[at])
        self._left_by_finishing = size / max(1, len(made.data))
        self.sizes[quality] = size
        self._points.append((quality, density))
        self.belief.add(quality, density)
        self._expected = self.belief.expected()
        if size <= self.ceiling and (self.best is None or quality > (self.best.options.quality or 0.0)):
            self.best = replace(made, data=finished)
        return size

    def next_quality(self, left: int) -> float | None:
        """Choose between the highest quality that fits and the lowest that does not."""
        grid, limit = self._expected.qualities, self.limit
        fits = [quality for quality, size in self.sizes.items() if size <= self.ceiling]
        over = [quality for quality, size in self.sizes.items() if size > self.ceiling]
        possible = (grid > max(fits, default=-1.0)) & (grid < min(over, default=1e9))
        if not possible.any():
            return None
        below = self._expected.densities_between(-np.inf, limit)
        if not fits and below[0] < _DOUBTFUL:
            return float(grid[0])
        hits = np.where(possible, self._expected.densities_between(limit + math.log(1 - UNUSED), limit), -1.0)
        off = np.where(possible, np.abs(self._expected.density - limit), np.inf)
        guess = float(grid[hits.argmax() if hits.max() > _FAINT else off.argmin()])
        if not fits and left in _SAFE:
            safe = grid[possible & (below >= _SAFE[left])]
            guess = min(guess, float(safe[-1] if safe.size else grid[0]))
        if self._is_surprised:
            middle, densities = limit + math.log(1 - UNUSED / 2), dict(self._points)
            guess = farther(guess, self._points, middle)
            if fits and over:
                low, high = max(fits), min(over)
                guess = between(guess, (low, densities[low]), (high, densities[high]), middle)
        inside = grid[possible]
        return float(inside[np.abs(inside - guess).argmin()])
