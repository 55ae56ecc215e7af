"""Colour shift of cells."""

from __future__ import annotations

import numpy as np
import pytest

from oimg.engine.metrics.color_shift import color_shift


def plain(height: int, width: int, color: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(np.array(color, np.uint8), (height, width, len(color))).copy()


def test_equal_pictures_do_not_shift() -> None:
    picture = plain(19, 23, (10, 200, 30))
    assert color_shift(picture, picture.copy()) == 0


def test_dithering_that_keeps_the_mean_does_not_shift() -> None:
    picture = plain(16, 16, (100, 100, 100))
    dithered = picture.copy()
    dithered[::2, ::2] += 20
    dithered[1::2, 1::2] -= 20
    assert color_shift(picture, dithered) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("top", "left"), [(0, 0), (16, 16), (8, 0)])
def test_a_small_icon_that_changes_its_colour_is_found(top: int, left: int) -> None:
    picture = plain(21, 21, (255, 255, 255))
    picture[top : top + 5, left : left + 5] = (20, 60, 200)
    changed = picture.copy()
    changed[top : top + 5, left : left + 5] = (60, 60, 200)
    cell = min(8, 21 - top) * min(8, 21 - left)
    assert color_shift(picture, changed) == pytest.approx(40 * 25 / cell)


def test_colour_under_full_transparency_does_not_count() -> None:
    one, other = plain(8, 8, (255, 0, 0, 0)), plain(8, 8, (0, 0, 255, 0))
    assert color_shift(one, other) == 0


def test_gray_is_compared_with_colour() -> None:
    assert color_shift(plain(8, 8, (90,)), plain(8, 8, (90, 90, 100))) == pytest.approx(10)
    assert color_shift(plain(8, 8, (90, 255)), plain(8, 8, (90, 90, 90, 255))) == 0
