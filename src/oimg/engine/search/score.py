"""The smallest encoding whose score is at least a target."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from oimg.engine.search.belief import Belief, Expected
from oimg.engine.search.prior import distance
from oimg.engine.search.surprise import between, farther, is_surprising
from oimg.engine.search.trial import MAX_ENCODES, Candidate, Found, Trial

# A score this far above the target is close enough to stop: the bytes it costs are within an encoder's own steps.
SLACK: Final = 1.5
# If the target is less likely to be reached at all than this, the highest quality is tried at once.
_DOUBTFUL: Final = 0.5
# When none has passed, the last try but one and the last are made where they pass as likely as this.
_SAFE: Final = {2: 0.9, 1: 0.98}
# Probabilities below this are rounding errors.
_FAINT: Final = 1e-6
# Stand-ins (quality, score) while nothing has failed or passed yet.
_LOWEST: Final = (-math.inf, -math.inf)
_HIGHEST: Final = (math.inf, math.inf)


def for_score(
    trial: Trial,
    target: float,
    *,
    budget: int = MAX_ENCODES,
    belief: Belief | None = None,
    least_chance: float = 0.0,
) -> Found:
    """Find the smallest encoding whose score is at least `target`, in at most `budget` encodes.

    Each try is made where the score most likely falls into the window from the target to `SLACK` above it. It ends
    with the first that does, or when no untried quality is left between the highest that failed and the lowest that
    passed, or when reaching the target is less likely than `least_chance`.
    """
    search = _Search(belief or trial.informed(target, SLACK), target)
    while len(search.tried) < budget:
        expected = search.belief.expected()
        if search.tried and not search.passing and expected.scores_from(target)[-1] < least_chance:
            break
        quality = search.next_quality(expected, left=budget - len(search.tried))
        if quality is None:
            break
        candidate = trial.run(quality)
        search.add(expected, candidate, trial.density(len(candidate.data)))
        if target <= (candidate.score or 0.0) <= target + SLACK:
            break
    tried = search.tried
    highest = max((c.score or 0.0 for c in tried), default=0.0)
    return Found(search.best, highest, len(tried), min((len(c.data) for c in tried), default=0))


@dataclass(slots=True)
class _Search:
    """The state of a search for one target: what was tried, and the belief so far."""

    belief: Belief
    target: float
    tried: list[Candidate]
    is_surprised: bool

    def __init__(self, belief: Belief, target: float) -> None:
        self.belief, self.target, self.tried, self.is_surprised = belief, target, [], False

    @property
    def passing(self) -> list[Candidate]:
        return [c for c in self.tried if (c.score or 0.0) >= self.target]

    @property
    def best(self) -> Candidate | None:
        return min(self.passing, key=lambda c: len(c.data), default=None)

    def add(self, expected: Expected, candidate: Candidate, density: float) -> None:
        """Learn from a try, and drop the decoded pixels of all but the best candidate to save memory."""
        quality, score = candidate.options.quality or 0.0, candidate.score or 0.0
        at = int(np.abs(expected.qualities - quality).argmin())
        self.is_surprised = is_surprising(float(distance(score)), expected.distance[at], expected.distance_sd[at])
        self.belief.add(quality, density, score)
        self.tried.append(candidate)
        best = self.best
        self.tried = [c if c is best else replace(c, decoded=None) for c in self.tried]

    def next_quality(self, expected: Expected, left: int) -> float | None:
        """Choose among the untried qualities between the highest that failed and the lowest that passed."""
        tried = [(c.options.quality or 0.0, c.score or 0.0) for c in self.tried]
        failed, passed = ([t for t in tried if (t[1] >= self.target) is passes] for passes in (False, True))
        grid = expected.qualities
        possible = (grid > max(failed, default=_LOWEST)[0]) & (grid < min(passed, default=_HIGHEST)[0])
        if not possible.any():
            return None
        reaches = expected.scores_from(self.target)
        if not passed and reaches[-1] < _DOUBTFUL:
            return float(grid[-1])
        guess = self._likeliest(expected, possible)
        if not passed and left in _SAFE:
            safe = grid[possible & (reaches >= _SAFE[left])]
            guess = max(guess, float(safe[0] if safe.size else grid[-1]))
        if self.is_surprised:
            middle = self.target + SLACK / 2
            guess = farther(guess, [(at, float(distance(score))) for at, score in tried], float(distance(middle)))
            if failed and passed:
                guess = between(guess, max(failed), min(passed), middle)
        inside = grid[possible]
        return float(inside[np.abs(inside - guess).argmin()])

    def _likeliest(self, expected: Expected, possible: np.ndarray) -> float:
        """Where the window is most likely hit, or the target next to expected where no hit is likely."""
        hits = np.where(possible, expected.scores_between(self.target, self.target + SLACK), -1.0)
        if hits.max() > _FAINT:
            return float(expected.qualities[hits.argmax()])
        off = np.abs(expected.distance - float(distance(self.target + SLACK / 2)))
        return float(expected.qualities[np.where(possible, off, np.inf).argmin()])
