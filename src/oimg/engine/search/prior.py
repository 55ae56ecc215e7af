"""What was learned of each encoder from public pictures: how score and bytes go with quality, and how much they vary.

The data are in `priors.json`, written by benchmarks/search/learn.py, which names the pictures. For every coding (a
format as OIMG sets it; JPEG with colour at half and at full resolution) they hold a factor analysis of three groups
of numbers a picture: its statistics (`appearance`), and at each quality of a grid the logarithm of 100 - score (the
distance) and the logarithm of the bytes a pixel (the density). Each group has a mean, loadings of common factors, and
what is left to itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from oimg.words.images import Format

Floats = npt.NDArray[np.float64]
_SCORE_CEILING: Final = 100.0
# The smallest distance that is distinguished: scores above 99.5 are as good as lossless.
NEAREST: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A factor model: means (n,), factor loadings (n, k), standard deviations of the residuals (`rest`) (n,)."""

    mean: Floats
    loadings: Floats
    rest: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is known of a coding before a picture is seen.

    `qualities` is the ascending grid (n,). `reach` is the correlation length of a curve's residuals, in grid steps;
    `jitter` are the standard deviations of distance and density from one quality to the next.
    """

    qualities: Floats
    statistics: Group
    distance: Group
    density: Group
    reach: float
    jitter: tuple[float, float]


def distance(score: float | Floats) -> Any:
    """The natural logarithm of 100 - score: in it, curves of pictures differ about equally at every score."""
    return np.log(np.maximum(_SCORE_CEILING - np.asarray(score, float), NEAREST))


def prior(coding: str, effort: int) -> Prior:
    """The prior of a coding at an effort from 0 to 10; `coding` is a format's value, or "jpeg-444"."""
    return _priors(coding, effort)


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("priors.json").read_text("ascii"))
    return found


@cache
def _priors(coding: str, effort: int) -> Prior:
    data = _data()["codings"][coding]
    moved = data["efforts"].get(str(effort), {"distance": 0.0, "density": 0.0})
    return Prior(
        np.array(data["qualities"], float),
        group(data["statistics"]),
        group(data["distance"], moved["distance"]),
        group(data["density"], moved["density"]),
        float(data["reach"]),
        (float(data["jitter"][0]), float(data["jitter"][1])),
    )


def group(data: dict[str, Any], moved: Any = 0.0) -> Group:
    """Read a group from the data file, with its means shifted."""
    mean, loadings, rest = (np.array(data[name], float) for name in ("mean", "loadings", "rest"))
    return Group(mean + np.array(moved, float), loadings, rest)


def usual_quality(format: Format, score: float) -> float:  # noqa: A002 - the field's own word
    """The quality at which pictures usually have a score, in whole steps."""
    known = prior(format.value, 5)
    return float(round(np.interp(-distance(score), -known.distance.mean, known.qualities)))
