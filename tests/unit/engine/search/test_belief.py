"""Belief against plain conditioning of the whole Gaussian, and what the shipped priors say."""

from __future__ import annotations

import hashlib
import json
import math
from importlib.resources import files
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from oimg.engine.codecs import ENCODERS
from oimg.engine.search import usual_quality
from oimg.engine.search.appearance import STATISTICS
from oimg.engine.search.belief import Belief
from oimg.engine.search.prior import Group, Prior, distance, prior
from oimg.engine.search.surprise import between, farther, is_surprising
from oimg.words.images import Format

CODINGS = ["jpeg", "jpeg-444", "webp", "avif", "jxl"]
NODES, FACTORS = 6, 3


def made_up(seed: int) -> Prior:
    """A prior with numbers at qualities 10, 11, …: no value lies between those of the grid."""
    random = np.random.default_rng(seed)

    def group(count: int) -> Group:
        rest = random.uniform(0.05, 0.3, count)
        return Group(random.normal(2, 1, count), random.normal(0, 0.4, (count, FACTORS)), rest)

    return Prior(np.arange(10.0, 10 + NODES), group(4), group(NODES), group(NODES), 1.7, (0.03, 0.02))


def conditioned(known: Prior, statistics: np.ndarray, tries: list[tuple[int, float, float | None]]) -> tuple:
    """All numbers of a picture as one Gaussian vector, given some of them: means and deviations of the rest."""
    groups = (known.statistics, known.distance, known.density)
    loadings, mean = np.vstack([g.loadings for g in groups]), np.concatenate([g.mean for g in groups])
    covariance = loadings @ loadings.T
    apart = np.abs(np.subtract.outer(np.arange(NODES), np.arange(NODES)))
    covariance[:4, :4] += np.diag(known.statistics.rest**2)
    for start, each in ((4, known.distance), (4 + NODES, known.density)):
        part = slice(start, start + NODES)
        covariance[part, part] += np.outer(each.rest, each.rest) * np.exp(-apart / known.reach)
    seen, values, noise = list(range(4)), list(statistics), [0.0] * 4
    for node, dense, score in tries:
        seen.append(4 + NODES + node)
        values.append(dense)
        noise.append(known.jitter[1])
        if score is not None:
            seen.append(4 + node)
            values.append(math.log(100 - score))
            noise.append(known.jitter[0])
    inner = np.linalg.inv(covariance[np.ix_(seen, seen)] + np.diag(np.square(noise)))
    gain = covariance[:, seen] @ inner
    means = mean + gain @ (np.array(values) - mean[seen])
    variances = np.diag(covariance - gain @ covariance[seen, :])
    return means[4:], variances[4:]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [0, 1, 3])
def test_belief_is_the_gaussian_given_what_was_seen(seed: int, count: int) -> None:
    known, random = made_up(seed), np.random.default_rng(seed + 100)
    statistics = random.normal(2, 1, 4)
    tries = [(node, float(random.normal(1, 1)), score) for node, score in ((2, 81.5), (5, 93.0), (0, None))][:count]
    belief = Belief(known, (10, 15, 1), statistics)
    for node, dense, score in tries:
        belief.add(10.0 + node, dense, score)
    expected = belief.expected()
    means, variances = conditioned(known, statistics, tries)
    assert expected.distance == pytest.approx(means[:NODES])
    assert expected.density == pytest.approx(means[NODES:])
    # A value that is measured again has its jitter again.
    assert expected.distance_sd**2 == pytest.approx(variances[:NODES] + known.jitter[0] ** 2)
    assert expected.density_sd**2 == pytest.approx(variances[NODES:] + known.jitter[1] ** 2)


def test_chances_are_those_of_the_normal_distribution() -> None:
    expected = Belief(made_up(1), (10, 15, 1)).expected()
    for index in range(NODES):
        normal = NormalDist(expected.distance[index], expected.distance_sd[index])
        low, high = normal.cdf(math.log(100 - 80)), normal.cdf(math.log(100 - 81.5))
        assert expected.scores_from(80)[index] == pytest.approx(low)
        assert expected.scores_between(80, 81.5)[index] == pytest.approx(low - high)
        dense = NormalDist(expected.density[index], expected.density_sd[index])
        assert expected.densities_between(-1, 0.5)[index] == pytest.approx(dense.cdf(0.5) - dense.cdf(-1))


def test_without_statistics_nothing_is_known_but_the_mean() -> None:
    known = made_up(2)
    expected = Belief(known, (10, 15, 1)).expected()
    assert expected.distance == pytest.approx(known.distance.mean)
    variance = (known.distance.loadings**2).sum(axis=1) + known.distance.rest**2 + known.jitter[0] ** 2
    assert expected.distance_sd**2 == pytest.approx(variance)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("effort", range(11))
def test_shipped_priors_rise_with_quality(coding: str, effort: int) -> None:
    known = prior(coding, effort)
    assert (np.diff(known.qualities) > 0).all()
    assert (np.diff(known.distance.mean) < 0).all()
    assert (np.diff(known.density.mean) > 0).all()
    assert known.statistics.mean.shape == (len(STATISTICS),)
    for group in (known.statistics, known.distance, known.density):
        assert group.loadings.shape[0] == group.mean.size == group.rest.size
        assert (group.rest > 0).all()
    low, high, _ = ENCODERS[Format(coding.partition("-")[0])].capabilities.qualities
    assert low <= known.qualities[0]
    assert known.qualities[-1] <= high


def test_shipped_priors_are_small_and_name_their_origin() -> None:
    text = files("oimg.engine.search").joinpath("priors.json").read_bytes()
    assert len(text) < 50_000
    about = json.loads(text)["about"]
    root = Path(__file__).parents[4]
    listed = (root / "benchmarks" / "search" / "training.tsv").read_bytes()
    assert (root / about["script"]).is_file()
    assert about["list_sha256"] == hashlib.sha256(listed).hexdigest()


def test_usual_quality_rises_with_the_score() -> None:
    for target in (Format.JPEG, Format.WEBP, Format.AVIF, Format.JXL):
        found = [usual_quality(target, score) for score in (50, 60, 70, 80, 90)]
        assert found == sorted(found)
        assert len(set(found)) == len(found)


def test_distance() -> None:
    assert distance(90) == pytest.approx(math.log(10))
    assert distance(0) == pytest.approx(math.log(100))
    assert distance(100) == distance(99.8) == pytest.approx(math.log(0.5))


def test_going_farther() -> None:
    # 10 a quality from 0 to 1: 2 are wanted at 30, and no more than two steps may be gone at once.
    assert farther(22, [(10, 0.0), (20, 1.0)], 2.0) == pytest.approx(30)
    assert farther(22, [(10, 0.0), (20, 1.0)], 9.0) == pytest.approx(40)
    assert farther(35, [(10, 0.0), (20, 1.0)], 2.0) == 35
    # Downwards, and where nothing was gained.
    assert farther(18, [(30, 0.0), (20, 1.0)], 2.0) == pytest.approx(10)
    assert farther(18, [(30, 1.0), (20, 1.0)], 2.0) == pytest.approx(0)
    # On both sides, one point, or turning back: the guess.
    assert farther(15, [(10, 0.0), (20, 3.0)], 2.0) == 15
    assert farther(15, [(10, 0.0)], 2.0) == 15
    assert farther(15, [(10, 0.0), (20, 1.0)], 2.0) == 15


def test_surprise() -> None:
    assert is_surprising(3.0, 1.0, 1.0)
    assert not is_surprising(1.5, 1.0, 1.0)


def test_between_two_tries() -> None:
    # The line from 60 at 10 to 90 at 30 meets 75 at 20: half way from 12 to there is 16.
    assert between(12, (10, 60.0), (30, 90.0), 75.0) == pytest.approx(16)
    assert between(29, (10, 60.0), (30, 90.0), 75.0) == pytest.approx(24.5)
    # A line ends with its tries, and where it does not rise its middle is taken.
    assert between(12, (10, 60.0), (30, 90.0), 99.0) == pytest.approx(21)
    assert between(12, (10, 60.0), (30, 60.0), 75.0) == pytest.approx(16)
