"""The posterior of one picture's curves: the prior, conditioned on its statistics and on what was measured.

Everything is Gaussian: a belief is a mean and a covariance, and a measurement is conditioning (Rasmussen and Williams,
"Gaussian Processes for Machine Learning", equations 2.22 to 2.24; for the factors, Bishop, "Pattern Recognition and
Machine Learning", section 12.2). Distances and densities are those of `prior`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from oimg.engine.search.prior import Floats, Group, Prior, distance

_LEAST_SD: Final = 1e-3
# By how much distance and density of a part of a picture differ from those of the whole: the mean over pictures, and
# the standard deviation of what all tries on one part have in common. Beside that, each differs by as much as _WOBBLE
# (benchmarks/search/parts.py).
PART_OFF: Final = (-0.030, -0.048)
_PART_SD: Final = (0.023, 0.070)
_PART_WOBBLE: Final = (0.017, 0.009)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Means and standard deviations of distance and density at each quality, all of shape (n,)."""

    qualities: Floats
    distance: Floats
    distance_sd: Floats
    density: Floats
    density_sd: Floats

    def scores_between(self, low: float, high: float) -> Floats:
        """How likely a score from `low` to `high` is, at each quality."""
        return _between(self.distance, self.distance_sd, float(distance(high)), float(distance(low)))

    def scores_from(self, low: float) -> Floats:
        """How likely a score of `low` or more is, at each quality."""
        return _below(float(distance(low)), self.distance, self.distance_sd)

    def densities_between(self, low: float, high: float) -> Floats:
        """How likely a density from `low` to `high` is, at each quality."""
        return _between(self.density, self.density_sd, low, high)

    def density_at(self, score: float) -> float:
        """The expected density where the expected score first reaches `score`; infinite where it never does."""
        reached = np.flatnonzero(self.distance <= float(distance(score)))
        return float(self.density[reached[0]]) if reached.size else math.inf


@dataclass(frozen=True, slots=True)
class _Point:
    """One number that was measured, as the difference to its mean: kind 0 is a distance, 1 a density."""

    kind: int
    quality: float
    value: float
    is_part: bool


_POINT: Final = ("kind", "quality", "value", "is_part")


class Belief:
    """Curves of one picture in one coding, over the qualities from lowest to highest in steps."""

    def __init__(self, prior: Prior, span: tuple[float, float, float], statistics: Floats | None = None) -> None:
        low, high, step = span
        self._prior = prior
        self._grid = np.asarray(low + step * np.arange(round((high - low) / step) + 1), np.float64)
        self._mean, self._spread = _factors(prior.statistics, statistics)
        self._seen: list[_Point] = []

    def add(self, quality: float, density: float, score: float | None = None, *, of_part: bool = False) -> None:
        """Add the result of one encoding: its density (ln of bytes per pixel), and its score if it has one.

        `of_part` means that only a part of the picture was encoded (`part`).
        """
        values = (None if score is None else float(distance(score)), density)
        groups = (self._prior.distance, self._prior.density)
        for kind, (group, value) in enumerate(zip(groups, values, strict=True)):
            if value is not None:
                mean = float(np.interp(quality, self._prior.qualities, group.mean))
                far = value - mean - (PART_OFF[kind] if of_part else 0.0)
                self._seen.append(_Point(kind, quality, far, of_part))

    def expected(self) -> Expected:
        """The present expectation at every quality that may be tried."""
        groups = (self._prior.distance, self._prior.density)
        here = [self._at(group, self._grid) for group in groups]
        means = [at.mean + at.loadings @ self._mean for at in here]
        variances = [((at.loadings @ self._spread) * at.loadings).sum(axis=1) + at.rest**2 for at in here]
        if self._seen:
            means, variances = self._conditioned(here, means, variances)
        deviations: list[Floats] = [
            np.sqrt(np.maximum(variance, 0) + max(jitter, _LEAST_SD) ** 2)
            for variance, jitter in zip(variances, self._prior.jitter, strict=True)
        ]
        return Expected(self._grid, means[0], deviations[0], means[1], deviations[1])

    def _conditioned(
        self, here: list[Group], means: list[Floats], variances: list[Floats]
    ) -> tuple[list[Floats], list[Floats]]:
        """Condition means and variances on the measurements."""
        kinds, qualities, values, parts = (
            np.array([getattr(each, name) for each in self._seen], float) for name in _POINT
        )
        groups = [self._at(group, qualities) for group in (self._prior.distance, self._prior.density)]
        chosen = kinds[:, np.newaxis] == np.arange(len(groups))
        loadings = np.where(chosen[:, :1], groups[0].loadings, groups[1].loadings)
        noise = chosen @ np.array(self._prior.jitter)
        apart = chosen * parts[:, np.newaxis]
        noise = np.hypot(noise, apart @ np.array(_PART_WOBBLE))
        common = apart * np.array(_PART_SD)
        covariance = loadings @ self._spread @ loadings.T + np.diag(noise**2) + common @ common.T
        surprise = values - loadings @ self._mean
        crosses = []
        for kind, at in enumerate(here):
            own = chosen[:, kind]
            covariance += self._rest(groups[kind], qualities, groups[kind], qualities) * np.outer(own, own)
            cross = at.loadings @ self._spread @ loadings.T
            crosses.append(cross + self._rest(at, self._grid, groups[kind], qualities) * own)
        gains = [np.linalg.solve(covariance, cross.T).T for cross in crosses]
        after = zip(means, variances, gains, crosses, strict=True)
        moved = [(mean + gain @ surprise, spread - (gain * cross).sum(axis=1)) for mean, spread, gain, cross in after]
        return [mean for mean, _ in moved], [spread for _, spread in moved]

    def _at(self, group: Group, qualities: Floats) -> Group:
        """A group's numbers at these qualities, interpolated."""
        grid = self._prior.qualities
        loadings = [np.interp(qualities, grid, column) for column in group.loadings.T]
        mean, rest = (np.interp(qualities, grid, values) for values in (group.mean, group.rest))
        return Group(mean, np.array(loadings).T, rest)

    def _rest(self, one: Group, first: Floats, other: Group, second: Floats) -> Floats:
        """Covariance of the residuals at two sets of qualities: exponential in their distance on the grid."""
        steps = np.arange(self._prior.qualities.size, dtype=float)
        here, there = (np.interp(each, self._prior.qualities, steps) for each in (first, second))
        apart = np.abs(here[:, np.newaxis] - there) / self._prior.reach
        result: Floats = one.rest[:, np.newaxis] * other.rest * np.exp(-apart)
        return result


def _factors(group: Group, statistics: Floats | None) -> tuple[Floats, Floats]:
    """Mean and covariance of the common factors once a picture's statistics are known."""
    count = group.loadings.shape[1]
    if statistics is None:
        return np.zeros(count), np.eye(count)
    weighted = group.loadings / group.rest[:, np.newaxis] ** 2
    spread = np.asarray(np.linalg.inv(np.eye(count) + group.loadings.T @ weighted), np.float64)
    return spread @ (weighted.T @ (statistics - group.mean)), spread


def _below(limit: float, mean: Floats, deviation: Floats) -> Floats:
    return np.array([0.5 * math.erfc(-each / math.sqrt(2)) for each in (limit - mean) / deviation])


def _between(mean: Floats, deviation: Floats, low: float, high: float) -> Floats:
    return _below(high, mean, deviation) - _below(low, mean, deviation)
