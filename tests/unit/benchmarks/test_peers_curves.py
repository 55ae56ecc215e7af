"""The arithmetic of the peer benchmark, on curves whose equations are known."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from benchmarks.peers.compare import at_equal_floor, at_equal_score, curve_error, hits
from benchmarks.peers.curves import (
    Point,
    bytes_at,
    floor_of,
    geometric_mean,
    interpolate,
    quality_at,
    useful,
)
from benchmarks.peers.measure import Aimed, Encoded
from hypothesis import given
from hypothesis import strategies as st


def exponential(score: float) -> float:
    """Bytes of an encoder that doubles them every ten points."""
    return 1000 * 2 ** (score / 10)


LADDER = [Point(quality, round(exponential(quality)), quality) for quality in (20.0, 40.0, 60.0, 80.0, 95.0)]


def test_a_straight_line_is_read_exactly() -> None:
    x = [0.0, 1.0, 4.0, 9.0]
    for at in np.linspace(0, 9, 37):
        assert interpolate(x, [3 + 2 * value for value in x], float(at)) == pytest.approx(3 + 2 * at)


def test_a_parabola_is_read_nearly() -> None:
    x = [float(value) for value in range(11)]
    y = [value**2 for value in x]
    assert interpolate(x, y, 5.5) == pytest.approx(5.5**2, abs=0.1)


@given(st.lists(st.tuples(st.floats(0.1, 9), st.floats(0, 9)), min_size=2, max_size=9))
def test_rising_values_are_never_read_as_falling(steps: list[tuple[float, float]]) -> None:
    x, y = (list(np.cumsum([step[axis] for step in steps])) for axis in (0, 1))
    read = [interpolate(x, y, float(at)) for at in np.linspace(x[0], x[-1], 60)[1:-1]]
    assert all(b >= a - 1e-9 for a, b in pairwise(read))
    assert min(y) - 1e-9 <= min(read) <= max(read) <= max(y) + 1e-9


def test_nothing_is_guessed_outside_of_a_curve() -> None:
    assert bytes_at(LADDER, 12.0) == pytest.approx(exponential(20))  # its smallest file scores more than enough
    assert bytes_at(LADDER, 95.1) is None
    assert bytes_at([], 50) is None
    with pytest.raises(ValueError, match="not within"):
        interpolate([1.0, 2.0], [1.0, 2.0], 3.0)


@pytest.mark.parametrize("score", [20.0, 33.0, 50.0, 71.5, 95.0])
def test_bytes_between_steps_follow_the_equation(score: float) -> None:
    assert bytes_at(LADDER, score) == pytest.approx(exponential(score), rel=0.002)


def test_a_step_that_another_one_beats_is_left_out() -> None:
    worse = Point(70, 90_000, 55.0)  # more bytes than at 60, and a lower score
    assert worse not in useful([*LADDER, worse])
    assert bytes_at([*LADDER, worse], 71.5) == pytest.approx(exponential(71.5), rel=0.002)


def test_the_quality_of_a_score_is_read_off_too() -> None:
    assert quality_at(LADDER, 71.5) == pytest.approx(71.5)
    assert quality_at(LADDER, 96) is None


def test_points_made_nearer_tell_the_error_of_a_curve() -> None:
    off = replace(rows("peer", 1.0)[2], quality=50.0, score=50.0, bytes=round(2 * exponential(50)), refined=True)
    median, high, count = curve_error([*rows("peer", 1.0), off])
    assert median == pytest.approx(-0.5, abs=0.01)  # the ladder promised half of the bytes
    assert high == pytest.approx(0.5, abs=0.01)
    assert count == 1
    assert curve_error(rows("peer", 1.0)) == (0, 0, 0)


def test_the_floor_is_the_lowest_quality_that_lifts_nineteen_of_twenty() -> None:
    def ladder(offset: float) -> list[Point]:
        return [Point(each.quality, each.bytes, each.score - offset) for each in LADDER]

    easy, harder, hardest = ladder(0), ladder(5), ladder(30)
    floor = floor_of([easy] * 18 + [harder, hardest], 60)
    assert floor is not None
    assert floor.quality == 65  # 19 of 20 pictures score 60 there; the hardest one scores 35
    assert floor.worst == pytest.approx(35)
    assert floor.bytes == pytest.approx(20 * exponential(65), rel=0.01)
    assert floor_of([easy] * 17 + [harder, hardest], 90) is None  # 18 of 19 are fewer than 95 %
    assert floor_of([], 50) is None


def test_geometric_mean() -> None:
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert math.isnan(geometric_mean([]))


def rows(tool: str, factor: float) -> list[Encoded]:
    return [
        Encoded(tool, "jpeg", "photo", name, point.quality, round(factor * point.bytes), point.score)
        for name in ("a", "b")
        for point in LADDER
    ]


def aim(picture: str, score: float | None, size: int, told: float | None = None) -> Aimed:
    outcome = "kept" if score is None else "optimized"
    return Aimed("jpeg", "photo", picture, 70.0, outcome, None, size, told, score, 50.0)


def test_a_peer_is_held_against_the_score_of_the_file() -> None:
    aims = [aim("a", 70.5, round(0.8 * exponential(70.5))), aim("b", 80.0, round(0.8 * exponential(80)))]
    (ratio,) = at_equal_score(rows("peer", 2.0), aims)
    assert ratio.ratio == pytest.approx(0.4, rel=0.005)
    assert (ratio.pictures, ratio.beyond) == (2, 0)


def test_a_file_without_loss_is_held_against_the_target() -> None:
    (ratio,) = at_equal_score(rows("peer", 1.0), [aim("a", 100.0, 2 * round(exponential(70)))])
    assert ratio.ratio == pytest.approx(2.0, rel=0.005)


def test_scores_that_a_peer_cannot_reach_are_counted_and_not_guessed() -> None:
    (ratio,) = at_equal_score(rows("peer", 1.0), [aim("a", 97.0, 9), aim("b", 70.0, round(exponential(70)))])
    assert (ratio.pictures, ratio.beyond) == (1, 1)
    assert ratio.ratio == pytest.approx(1.0, rel=0.005)


def test_the_floor_leaves_out_what_oimg_cannot_make() -> None:
    (row,) = at_equal_floor(rows("peer", 1.0), [aim("a", 70.2, 64_000), aim("b", None, 0)])
    assert row.pictures == 1
    assert row.floor is not None
    assert row.floor.quality == 70
    assert row.ratio == pytest.approx(64_000 / exponential(70), rel=0.005)


def test_hits_count_what_is_near_and_what_is_below() -> None:
    aims = [aim("a", 70.5, 1, 70.4), aim("b", 72.0, 1, 72.0), aim("c", 69.0, 1, 70.0), aim("d", None, 0)]
    palette = replace(aim("f", 93.0, 1, 93.0), quality=None)
    (hit,) = hits([*aims, aim("e", 100.0, 1, 100.0), palette])
    assert (hit.pictures, hit.made, hit.lossy, hit.within, hit.below) == (6, 5, 3, 1, 1)
    assert hit.told_wrong == pytest.approx(1.0)
    assert hit.overshoot == pytest.approx(0.5)
