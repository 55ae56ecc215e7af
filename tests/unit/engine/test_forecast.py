"""Forecasts are those of a normal distribution, and the order of trials follows from them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from oimg.engine.content import Kind
from oimg.engine.forecast import FORMATS, TARGETS, USUAL, Usual, expected, next_format
from oimg.words.images import Format

PIXELS = 1000
OPEN = dict.fromkeys(FORMATS, math.inf)
# One picture in ten is further below the mean of a normal distribution (its table: 1.28).
TENTH = 1.28


def table(means: tuple[float, ...], spread: float, together: float) -> Mapping[Kind, Usual]:
    """Bytes a pixel of these means at every target, all formats alike in spread and in correlation."""
    matrix = np.full((4, 4), together * spread**2)
    np.fill_diagonal(matrix, spread**2)
    return dict.fromkeys(Kind, Usual(np.tile(np.log(means), (3, 1)), matrix))


def test_nothing_known_gives_the_means() -> None:
    forecast = expected(Kind.PHOTO, 80, PIXELS, {}, table((0.4, 0.3, 0.2, 2.0), 0.5, 0.9))
    assert [forecast[each].usual for each in FORMATS] == pytest.approx([400, 300, 200, 2000])
    assert forecast[Format.AVIF].lucky == pytest.approx(200 * math.exp(-TENTH * 0.5))


def test_one_known_format_moves_the_others_as_their_correlation_says() -> None:
    # Of two normal variables of equal spread s and correlation r, knowing that one is d above its mean leaves the
    # other with mean + r d and a spread of s sqrt(1 - r^2).
    forecast = expected(Kind.PHOTO, 80, PIXELS, {Format.JPEG: 800}, table((0.4, 0.3, 0.2, 2.0), 0.5, 0.9))
    assert Format.JPEG not in forecast
    assert forecast[Format.AVIF].usual == pytest.approx(200 * 2**0.9)
    assert forecast[Format.AVIF].lucky == pytest.approx(200 * 2**0.9 * math.exp(-TENTH * 0.5 * math.sqrt(1 - 0.81)))


def test_targets_between_and_beyond_are_read_off_the_lines_between_the_measured_ones() -> None:
    rows = np.log([[0.1] * 4, [0.4] * 4, [1.6] * 4])
    usual = dict.fromkeys(Kind, Usual(rows, np.eye(4)))
    found = [expected(Kind.ICON, target, PIXELS, {}, usual)[Format.PNG].usual for target in (30, 60, 70, 80, 90, 99)]
    assert found == pytest.approx([100, 100, 200, 400, 1600, 1600])


def test_the_quick_one_comes_first_and_then_the_most_promising() -> None:
    usual = table((0.4, 0.3, 0.2, 2.0), 0.5, 0.99)
    assert next_format(Kind.PHOTO, 80, PIXELS, {}, OPEN, usual) is Format.JPEG
    assert next_format(Kind.LINE_ART, 80, PIXELS, {}, OPEN, usual) is Format.WEBP
    clear = {each: math.inf for each in FORMATS if each is not Format.JPEG}
    assert next_format(Kind.PHOTO, 80, PIXELS, {}, clear, usual) is Format.AVIF  # no JPEG where there is alpha
    left = dict.fromkeys(clear, 400.0)
    assert next_format(Kind.PHOTO, 80, PIXELS, {Format.JPEG: 400}, left, usual) is Format.AVIF
    both = {Format.JPEG: 400, Format.AVIF: 200}
    assert next_format(Kind.PHOTO, 80, PIXELS, both, {Format.WEBP: 200.0, Format.PNG: 200.0}, usual) is None
    open_again = {Format.WEBP: 320.0, Format.PNG: 320.0}  # nothing that was made is of use: WebP can still win
    assert next_format(Kind.PHOTO, 80, PIXELS, both, open_again, usual) is Format.WEBP


def test_a_format_without_a_forecast_is_always_tried() -> None:
    usual = table((0.4, 0.3, 0.2, 2.0), 0.5, 0.99)
    left = {Format.JXL: 10.0, Format.PNG: 10.0}
    assert next_format(Kind.PHOTO, 80, PIXELS, {Format.WEBP: 10}, left, usual) is Format.JXL


@pytest.mark.parametrize("kind", Kind)
def test_the_learned_tables_are_distributions(kind: Kind) -> None:
    usual = USUAL[kind]
    assert usual.means.shape == (len(TARGETS), len(FORMATS))
    assert np.allclose(usual.covariance, usual.covariance.T)
    assert np.linalg.eigvalsh(usual.covariance).min() > 0
    assert (np.diff(usual.means, axis=0) >= -0.01).all()  # a higher score never costs fewer bytes
