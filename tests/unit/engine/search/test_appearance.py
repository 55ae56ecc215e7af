"""Statistics of pictures made by hand, and where colour is too sharp to be halved."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from engine_pictures import drawing, photo
from oimg.engine.search.appearance import STATISTICS, has_sharp_colors, statistics


def named(pixels: np.ndarray) -> dict[str, float]:
    return dict(zip(STATISTICS, statistics(pixels), strict=True))


def test_a_flat_picture_has_nothing_but_flatness() -> None:
    facts = named(np.full((200, 300, 3), 90, np.uint8))
    assert facts["flat"] == 1
    assert facts["edges"] == facts["spread"] == 0
    for name in ("gradient", "detail", "chroma", "coarse"):
        assert facts[name] == pytest.approx(np.log(0.25), abs=1e-3)
    # Half a step is added to each of the two directions, which are none.
    assert facts["typical"] == pytest.approx(2 * np.log(0.5))
    assert facts["brightness"] == pytest.approx(90 / 255)


def test_stripes() -> None:
    """Columns of 0 and 100 by turns: every step across is 100, none down; no mixed difference, no colour."""
    stripes = np.zeros((96, 96, 1), np.uint8)
    stripes[:, ::2] = 100
    facts = named(stripes)
    # Of 96 columns of differences the last one is that to a repeated column.
    assert facts["gradient"] == pytest.approx(np.log(100 * 95 / 96 + 0.25), abs=1e-3)
    assert facts["edges"] == pytest.approx(np.sqrt(95 / 96 / 2), abs=1e-3)
    assert facts["detail"] == facts["chroma"] == pytest.approx(np.log(0.25), abs=1e-3)
    assert facts["flat"] == facts["spread"] == 0
    # Four columns together are 50 everywhere; of the logarithms, those down are of no step.
    assert facts["coarse"] == pytest.approx(np.log(0.25), abs=1e-3)
    assert facts["typical"] == pytest.approx((95 * np.log(100.5) + np.log(0.5)) / 96 + np.log(0.5), abs=1e-3)
    assert facts["brightness"] == pytest.approx(50 / 255)


def test_steps_of_four_pixels_are_coarse() -> None:
    """A stair of 16 rows a step: none of its five steps is lost in cells of four pixels, of a quarter as many rows."""
    stair = np.zeros((96, 96, 1), np.uint8) + (np.arange(96) // 16 * 30).astype(np.uint8)[:, np.newaxis]
    facts = named(stair)
    assert facts["gradient"] == pytest.approx(np.log(5 * 30 / 96 + 0.25), abs=1e-3)
    assert facts["coarse"] == pytest.approx(np.log(5 * 30 / 24 + 0.25), abs=1e-3)
    assert facts["brightness"] == pytest.approx(75 / 255)


def test_gray_counts_as_equal_colors_and_alpha_does_not_count() -> None:
    gray = photo()[..., :1]
    alpha = np.full_like(gray, 7)
    expected = pytest.approx(statistics(gray), abs=1e-4)
    assert statistics(gray.repeat(3, axis=2)) == expected
    assert statistics(np.dstack([gray, alpha])) == expected
    assert statistics(np.dstack([gray.repeat(3, axis=2), alpha])) == expected


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (7, 3), (8, 8), (97, 95), (130, 2000)])
def test_any_size(size: tuple[int, int]) -> None:
    random = np.random.default_rng(3).integers(0, 256, (*size, 3)).astype(np.uint8)
    assert np.isfinite(statistics(random)).all()
    assert has_sharp_colors(random) in {True, False}


def lettering(ink: str, paper: str) -> np.ndarray:
    page = Image.new("RGB", (400, 120), paper)
    pen = ImageDraw.Draw(page)
    for row in range(5):
        pen.text((6, 4 + row * 22), "Sphinx of black quartz, judge my vow", fill=ink, font=ImageFont.load_default(15))
    return np.asarray(page)


def test_sharp_colors() -> None:
    assert has_sharp_colors(lettering("red", "white"))
    assert has_sharp_colors(lettering("#ffd000", "#2030a0"))
    assert not has_sharp_colors(lettering("black", "white"))
    assert not has_sharp_colors(photo())
    assert not has_sharp_colors(drawing()[..., :1])
    ramp = np.linspace(0, 255, 256).astype(np.uint8)
    smooth = np.dstack([np.tile(ramp, (64, 1)), np.tile(ramp[::-1], (64, 1)), np.full((64, 256), 128, np.uint8)])
    assert not has_sharp_colors(smooth)


def test_one_colored_word_on_a_large_page_is_not_enough() -> None:
    page = np.full((1600, 1200, 3), 255, np.uint8)
    page[100:104, 100:104] = (255, 0, 0)
    assert not has_sharp_colors(page)
