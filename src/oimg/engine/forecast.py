"""Predicts the bytes of a format from the kind of picture and from formats that were already tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.engine.content import Kind
from oimg.words.images import Format

Floats = npt.NDArray[np.float64]

FORMATS: Final = (Format.JPEG, Format.WEBP, Format.AVIF, Format.PNG)
TARGETS: Final = (60.0, 80.0, 90.0)
# The first decile of a normal distribution, in standard deviations below the mean.
_LUCK: Final = 1.28
# The format that is tried first: even if it is not the smallest, it is fast and informs about the others.
_SCOUTS: Final = {
    Kind.PHOTO: Format.JPEG,
    Kind.SCREENSHOT: Format.WEBP,
    Kind.LINE_ART: Format.WEBP,
    Kind.ICON: Format.WEBP,
}


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """Bytes of many pictures of one kind: logarithms of bytes a pixel, normally distributed over `FORMATS`.

    `means` has a row for each of `TARGETS`, `covariance` is that around these means.
    """

    means: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True)
class Expected:
    """A forecast in bytes: the median (`usual`) and the first decile (`lucky`)."""

    usual: float
    lucky: float


def _usual(*rows: tuple[float, ...]) -> Usual:
    table = np.array(rows)
    return Usual(table[: len(TARGETS)], table[len(TARGETS) :])


# Printed by benchmarks/search/auto.py: 78 pictures of public test sets at three targets, effort 5. Rows: means at the
# targets of 60, 80 and 90, then the covariance.
USUAL: Final[Mapping[Kind, Usual]] = {
    Kind.PHOTO: _usual(
        (-2.470, -2.530, -2.882, 0.230),
        (-1.735, -1.749, -2.055, 0.230),
        (-1.080, -0.591, -1.273, 0.254),
        (0.319, 0.360, 0.431, 0.228),
        (0.360, 0.585, 0.531, 0.276),
        (0.431, 0.531, 0.627, 0.333),
        (0.228, 0.276, 0.333, 0.254),
    ),
    Kind.SCREENSHOT: _usual(
        (-2.814, -3.124, -3.563, -2.109),
        (-2.354, -2.754, -3.101, -2.109),
        (-1.997, -2.392, -2.646, -2.026),
        (0.832, 0.972, 1.214, 0.687),
        (0.972, 1.318, 1.436, 0.960),
        (1.214, 1.436, 1.906, 1.066),
        (0.687, 0.960, 1.066, 1.149),
    ),
    Kind.LINE_ART: _usual(
        (-2.884, -4.173, -4.029, -3.579),
        (-2.375, -4.006, -3.722, -3.579),
        (-2.037, -3.857, -3.492, -3.556),
        (0.981, 1.223, 1.040, 1.068),
        (1.223, 2.815, 1.819, 2.700),
        (1.040, 1.819, 1.426, 1.731),
        (1.068, 2.700, 1.731, 2.747),
    ),
    Kind.ICON: _usual(
        (0.000, 0.172, 1.501, 0.401),
        (0.000, 0.172, 1.501, 0.401),
        (0.000, 0.172, 1.501, 0.401),
        (1.080, 0.000, 0.000, 0.000),
        (0.000, 0.519, 0.896, 0.550),
        (0.000, 0.896, 1.609, 0.956),
        (0.000, 0.550, 0.956, 0.586),
    ),
}


def next_format(
    kind: Kind,
    target: float,
    pixels: int,
    known: Mapping[Format, int],
    most: Mapping[Format, float],
    usual: Mapping[Kind, Usual] = USUAL,
) -> Format | None:
    """The format to try next, or None if none is likely to be smaller.

    `known` are the bytes of formats that were searched for the target, `most` the formats that were not tried yet,
    each with the bytes that its file has to stay under to be of use.
    """
    scout = _SCOUTS[kind]
    if not known and scout in most:
        return scout
    forecast = expected(kind, target, pixels, known, usual)
    promising = [name for name in most if name not in forecast or forecast[name].lucky < most[name]]
    return min(promising, key=lambda name: forecast[name].usual if name in forecast else 0.0, default=None)


def expected(
    kind: Kind, target: float, pixels: int, known: Mapping[Format, int], usual: Mapping[Kind, Usual] = USUAL
) -> dict[Format, Expected]:
    """Predict the bytes of the formats that are not `known`, for a picture of so many pixels and a target score.

    The normal distribution given what is known: C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine
    Learning", equation A.6.
    """
    table = usual[kind]
    mean = np.array([np.interp(target, TARGETS, column) for column in table.means.T])
    have = [each for each, name in enumerate(FORMATS) if name in known]
    want = [each for each, name in enumerate(FORMATS) if name not in known]
    among, across = table.covariance[np.ix_(have, have)], table.covariance[np.ix_(want, have)]
    seen = np.log([known[FORMATS[each]] / pixels for each in have]) - mean[have]
    center = mean[want] + across @ np.linalg.solve(among, seen)
    left = table.covariance[np.ix_(want, want)] - across @ np.linalg.solve(among, across.T)
    spread = np.sqrt(np.maximum(np.diagonal(left), 0.0))
    return {
        FORMATS[each]: Expected(pixels * float(np.exp(middle)), pixels * float(np.exp(middle - _LUCK * sd)))
        for each, middle, sd in zip(want, center, spread, strict=True)
    }
