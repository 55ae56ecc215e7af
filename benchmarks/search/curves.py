"""Measured curves: score and bytes by quality of one picture in one coding, as OIMG's own codecs write it.

A coding is a format, and for JPEG whether colour is at full resolution. JPEG bytes are those of the plain scans that
the search works with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.engine.codecs import ENCODERS
from oimg.engine.search import Judge
from oimg.words.images import DecodedImage, EncodeOptions, Format, Frame, Limits

# Denser where targets lie and where an encoder's scale has a bend (WebP at 75, jpegli and libjxl near the top).
QUALITIES: Final = {
    "jpeg": (10, 20, 35, 50, 60, 68, 75, 80, 85, 89, 92, 94, 96, 98, 100),
    "jpeg-444": (10, 20, 35, 50, 60, 68, 75, 80, 85, 89, 92, 94, 96, 98, 100),
    "webp": (5, 15, 30, 45, 58, 67, 75, 80, 84, 88, 91, 94, 96, 98, 100),
    # aom's quantizers 60, 54, 47, ... on libavif's scale: those are all the steps that it has.
    "avif": tuple(100 / 63 * each for each in (3, 9, 16, 22, 28, 33, 37, 40, 44, 48, 52, 55, 59, 60, 62)),
    "jxl": (20, 24, 28, 42, 54, 63, 70, 76, 81, 85, 89, 92, 95, 97, 99),
}
# Every effort whose encoder setting differs from that of the effort before it.
EFFORTS: Final = {"webp": (0, 3, 4), "avif": (0, 3, 4, 8, 10), "jxl": (0, 1, 4, 7)}
USUAL_EFFORT: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Qualities, scores, and natural logarithms of bytes a pixel, each of shape (n,)."""

    qualities: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    densities: npt.NDArray[np.float64]


def still(pixels: npt.NDArray[np.uint8]) -> DecodedImage:
    return DecodedImage((Frame(np.ascontiguousarray(pixels)),), loop=1)


def options(coding: str, quality: float, effort: int = USUAL_EFFORT) -> EncodeOptions:
    return EncodeOptions(quality=quality, effort=effort, full_chroma=coding == "jpeg-444")


def measure(
    image: DecodedImage, judge: Judge, coding: str, qualities: tuple[float, ...], effort: int = USUAL_EFFORT
) -> Curve:
    codec = ENCODERS[Format(coding.partition("-")[0])]
    scores, densities = [], []
    for quality in qualities:
        data = codec.encode(image, options(coding, quality, effort))
        scores.append(judge.score(codec.decode(data, Limits())))
        densities.append(math.log(len(data) / (image.size[0] * image.size[1])))
    return Curve(np.array(qualities, float), np.array(scores), np.array(densities))
