"""How many bytes a format will take, foretold from the kind of picture and from formats that were tried already."""

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
# Standard deviations below the mean that one of ten is under.
_LUCK: Final = 1.28
# The format that is tried first: where it is not the smallest itself, it is quick and tells of the others.
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
    """A forecast in bytes: the median, and what one picture in ten stays under."""

    usual: float
    lucky: float


def _usual(*rows: tuple[float, ...]) -> Usual:
    table = np.array(rows)
    return Usual(table[: len(TARGETS)], table[len(TARGETS) :])


# Printed by benchmarks/search/auto.py: 78 pictures of public test sets at three targets, effort 5. Rows: means at the
# targets of 60, 80 and 90, then the covariance.
USUAL: Final[Mapping[Kind, Usual]] = {
    Kind.PHOTO: _usual(
        (-2.467, -2.480, -2.777, 0.228),
        (-1.717, -1.730, -1.983, 0.228),
        (-0.975, -0.558, -1.225, 0.252),
        (0.364, 0.399, 0.412, 0.240),
        (0.399, 0.576, 0.473, 0.276),
        (0.412, 0.473, 0.503, 0.299),
        (0.240, 0.276, 0.299, 0.253),
    ),
    Kind.SCREENSHOT: _usual(
        (-2.773, -3.088, -3.379, -2.006),
        (-2.264, -2.693, -2.864, -2.006),
        (-1.915, -2.357, -2.389, -1.944),
        (1.014, 1.119, 1.321, 0.806),
        (1.119, 1.440, 1.418, 1.052),
        (1.321, 1.418, 1.857, 1.057),
        (0.806, 1.052, 1.057, 1.223),
    ),
    Kind.LINE_ART: _usual(
        (-2.969, -4.147, -3.839, -3.632),
        (-2.385, -4.019, -3.513, -3.632),
        (-1.934, -3.932, -3.241, -3.632),
        (1.273, 1.460, 1.181, 1.272),
        (1.460, 2.584, 1.636, 2.429),
        (1.181, 1.636, 1.312, 1.512),
        (1.272, 2.429, 1.512, 2.392),
    ),
    Kind.ICON: _usual(
        (2.612, 0.216, 1.612, 0.432),
        (2.612, 0.216, 1.612, 0.432),
        (2.612, 0.216, 1.612, 0.432),
        (1.080, 0.000, 0.000, 0.000),
        (0.000, 0.442, 0.781, 0.480),
        (0.000, 0.781, 1.537, 0.865),
        (0.000, 0.480, 0.865, 0.524),
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
    """Name the format to try next, or None where no more can win.

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
    """Foretell the bytes of the formats that are not `known`, for a picture of so many pixels and a target score.

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
