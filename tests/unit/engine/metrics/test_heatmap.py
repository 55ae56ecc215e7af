"""The local scores agree with the whole score where they must, and point at the damage."""

from __future__ import annotations

import numpy as np
import pytest

import metric_pictures
import ssimulacra2_float64
from oimg.engine.metrics import numpy_back_end
from oimg.engine.metrics.heatmap import CELL, STOPS, legend, local_scores, paint
from oimg.engine.metrics.ssimulacra2 import Reference


def test_in_a_picture_as_small_as_the_window_every_cell_has_the_whole_score():
    """All cells then take in the whole picture, so the map must be the score, scale by scale."""
    for size in ((16, 32), (32, 32), (8, 8), (32, 16)):
        original = metric_pictures.texture(1, *size)
        candidate = metric_pictures.noise(original, 9)
        expected = ssimulacra2_float64.score(original, candidate)
        assert local_scores(Reference(original), candidate) == pytest.approx(
            np.full((size[0] // CELL, size[1] // CELL), expected), abs=0.01
        )


def score_around(original: np.ndarray, candidate: np.ndarray, row: int, column: int) -> float:
    """The score of the 7 by 7 cells around one, by the plain version's error maps and all its weights."""
    plain = ssimulacra2_float64
    light = [plain._linear(plain._encoded(picture, 0.0)) for picture in (original, candidate)]
    error = 0.0
    for scale in range(6):
        if scale:
            light = [plain._half(picture) for picture in light]
        first, second = (plain._positive_xyb(picture) for picture in light)
        for channel in range(3):
            for index, errors in enumerate(plain._error_maps(first[channel], second[channel])):
                pixels = errors.repeat(1 << scale, axis=0).repeat(1 << scale, axis=1)
                near = pixels[8 * max(0, row - 3) : 8 * (row + 4), 8 * max(0, column - 3) : 8 * (column + 4)]
                weights = plain.WEIGHTS[channel, scale, :, index]
                error += weights[0] * near.mean() + weights[1] * (near**4).mean() ** 0.25
    error *= 0.9562382616834844
    error = 2.326765642916932 * error - 0.020884521182843837 * error**2 + 6.248496625763138e-05 * error**3
    return 100 - 10 * error**0.6276336467831387


@pytest.mark.parametrize(("row", "column"), [(0, 0), (5, 6), (3, 15), (11, 2), (11, 15), (6, 9)])
def test_a_cell_has_the_score_of_the_cells_around_it(row, column):
    original = metric_pictures.texture(3, 96, 128)
    candidate = metric_pictures.blocks(original, 2)
    found = local_scores(Reference(original), candidate)
    assert found[row, column] == pytest.approx(score_around(original, candidate, row, column), abs=0.01)


@pytest.mark.parametrize("size", [(1, 1), (8, 9), (100, 131), (57, 1100)])
@pytest.mark.parametrize("maker", ["texture", "cutout", "boxes"])
def test_one_score_for_each_cell_from_0_to_100(maker, size):
    original = metric_pictures.ORIGINALS[maker](2, *size)
    scores = local_scores(Reference(original), metric_pictures.distort(original, "blocks", 6))
    assert scores.dtype == np.float32
    assert scores.shape == (-(-size[0] // CELL), -(-size[1] // CELL))
    assert np.isfinite(scores).all()
    assert scores.min() >= 0
    assert scores.max() <= 100


def test_equal_pictures_are_100_everywhere():
    original = metric_pictures.cutout(2, 90, 120)
    assert local_scores(Reference(original), original.copy()) == pytest.approx(100, abs=0.01)


def test_black_against_white_is_0_everywhere():
    black, white = np.zeros((80, 80, 3), np.uint8), np.full((80, 80, 3), 255, np.uint8)
    assert (local_scores(Reference(black), white) == 0).all()


def test_damage_shows_where_it_is_and_nowhere_else():
    original = metric_pictures.texture(3, 320, 480)
    candidate = original.copy()
    candidate[160:224, 320:400] = metric_pictures.blocks(original[160:224, 320:400], 7)
    scores = local_scores(Reference(original), candidate)
    row, column = np.unravel_index(scores.argmin(), scores.shape)
    assert 160 <= row * CELL < 224
    assert 320 <= column * CELL < 400
    assert scores.min() < 50
    # The window reaches 3 cells, the blur of the coarsest scale 64 pixels.
    assert scores[: (160 - 96) // CELL].min() > 99.9
    assert scores[:, : (320 - 96) // CELL].min() > 99.9


def test_a_worse_candidate_is_worse_in_every_part():
    original = metric_pictures.texture(4, 160, 160)
    reference = Reference(original)
    mild, strong = (local_scores(reference, metric_pictures.noise(original, n)) for n in (4, 16))
    assert (strong < mild).all()


@pytest.mark.parametrize("maker", ["texture", "cutout"])
def test_parts_give_the_map_of_the_whole(monkeypatch, in_use, maker):
    original = metric_pictures.ORIGINALS[maker](6, 333, 90)
    candidate = metric_pictures.distort(original, "blocks", 2)
    whole = local_scores(Reference(original), candidate)
    monkeypatch.setattr(numpy_back_end, "STRIP_PIXELS", 90 * 48)
    monkeypatch.setattr(f"oimg.engine.metrics.{in_use}_back_end.CACHE_PIXELS", 0)
    assert local_scores(Reference(original), candidate) == pytest.approx(whole, abs=0.001)


def test_the_worse_background_counts_in_each_cell():
    """Two lost spots, each visible over one of the backgrounds only, both show."""
    original = np.full((200, 400, 2), 128, np.uint8)
    original[60:140, 60:140, 0] = 25
    original[60:140, 260:340, 0] = 230
    original[..., 1] = 0
    original[60:140, 60:140, 1] = 200
    original[60:140, 260:340, 1] = 200
    candidate = original.copy()
    candidate[..., 1] = 0
    scores = local_scores(Reference(original), candidate)
    assert scores[100 // CELL, 64 // CELL] < 50
    assert scores[100 // CELL, 264 // CELL] < 50


def test_different_sizes_are_refused():
    with pytest.raises(ValueError, match="sizes differ"):
        local_scores(Reference(np.zeros((9, 9, 3), np.uint8)), np.zeros((9, 8, 3), np.uint8))


@pytest.mark.parametrize("stop", STOPS)
def test_each_stop_has_its_color(stop):
    points, *color = stop
    painted = paint(np.full((2, 3), points, np.float32), (20, 11))
    assert painted.shape == (11, 20, 3)
    assert painted.dtype == np.uint8
    assert (painted == color).all()


def test_colors_say_good_and_bad():
    """Good is blue and dark, fair is yellow, bad is red: whatever the exact stops are."""

    def color(points: float) -> list[int]:
        return paint(np.full((1, 1), points, np.float32), (1, 1))[0, 0].astype(int).tolist()

    red, green, blue = color(95)
    assert blue > max(red, green)
    assert red + green + blue < 200
    red, green, blue = color(70)
    assert min(red, green) > 4 * blue
    red, green, blue = color(50)
    assert red > green > blue
    red, green, blue = color(25)
    assert red > 4 * max(green, blue)


def test_scores_beyond_the_scale_are_painted_as_its_ends():
    painted = paint(np.array([[-5, 105]], np.float32), (16, 8))
    assert painted[0, 0].tolist() == list(STOPS[0][1:])
    assert painted[0, -1].tolist() == list(STOPS[-1][1:])


def test_painting_keeps_the_place_of_a_cell():
    scores = np.full((20, 30), 95, np.float32)
    scores[5, 12] = 10
    painted = paint(scores, (237, 155)).astype(int)
    rows, columns = np.nonzero(painted[..., 0] == painted[..., 0].max())
    assert abs(rows.mean() - 5.5 * CELL) < CELL
    assert abs(columns.mean() - 12.5 * CELL) < CELL


def test_painting_runs_over_many_rows():
    scores = np.linspace(0, 100, 60, dtype=np.float32)[:, None].repeat(2, axis=1)
    painted = paint(scores, (9, 480))
    assert painted.shape == (480, 9, 3)
    assert painted[0, 0].tolist() == list(STOPS[0][1:])
    assert painted[-1, -1].tolist() == list(STOPS[-1][1:])
    steps = np.abs(np.diff(painted.astype(int), axis=0)).max()
    assert steps < 20, "neighboring rows must not jump"


def test_the_legend_runs_from_0_to_100():
    strip = legend((201, 12))
    assert strip.shape == (12, 201, 3)
    assert strip[0, 0].tolist() == list(STOPS[0][1:])
    assert strip[-1, -1].tolist() == list(STOPS[-1][1:])
    assert strip[3, 140].tolist() == list(next(stop for stop in STOPS if stop[0] == 70)[1:])
