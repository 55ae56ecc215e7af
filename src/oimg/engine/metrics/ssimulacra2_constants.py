"""The published numbers of SSIMULACRA2 v2.1.

Source: Jon Sneyers, Cloudinary, https://github.com/cloudinary/ssimulacra2 (BSD-3-Clause), version 2.1.
The weights and the curve come from its training on subjective scores; the opsin matrix is the one of
JPEG XL (libjxl, BSD-3-Clause); the blur is Charalampidis (2016), "Recursive implementation of the Gaussian
filter using truncated cosine functions". All are published facts; no code is taken over.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float32]


class Channel(IntEnum):
    """A channel of XYB, the opponent color space of JPEG XL."""

    X = 0
    Y = 1
    B = 2


class ErrorMap(Enum):
    """A way in which a candidate may differ locally."""

    STRUCTURE = "structure"  # 1 - SSIM, without the spurious gamma term of SSIM's luminance part
    ARTIFACT = "artifact"  # an edge where the original is smooth: ringing, blocks, banding
    DETAIL_LOSS = "detail loss"  # smooth where the original has an edge: blur


Plane: TypeAlias = tuple[int, Channel]  # scale (0 is 1:1, 4 is 1:16), channel
Norms: TypeAlias = dict[int, float]  # which norm (1 or 4) of an error map counts, and its weight

# Of the 108 published weights these 25 exceed 0.01. All others together move a score by less than 0.001,
# and leaving them out spares 7 of 18 planes, among them two of the three at full size.
WEIGHTS: Final[dict[Plane, dict[ErrorMap, Norms]]] = {
    (0, Channel.Y): {
        ErrorMap.STRUCTURE: {4: 7.466890328078848},
        ErrorMap.DETAIL_LOSS: {4: 17.445833984131262},
    },
    (1, Channel.X): {ErrorMap.STRUCTURE: {4: 1.1041726426657346}},
    (1, Channel.Y): {
        ErrorMap.STRUCTURE: {4: 6.683678146179332},
        ErrorMap.DETAIL_LOSS: {4: 1.027889937768264},
    },
    (2, Channel.X): {
        ErrorMap.STRUCTURE: {4: 1.8422455520539298},
        ErrorMap.ARTIFACT: {4: 11.441172603757666},
    },
    (2, Channel.Y): {ErrorMap.STRUCTURE: {1: 225.20515300849274, 4: 19.213238186143016}},
    (3, Channel.X): {
        ErrorMap.STRUCTURE: {4: 1.8787594979546387},
        ErrorMap.ARTIFACT: {4: 10.94906990605142},
    },
    (3, Channel.Y): {
        ErrorMap.STRUCTURE: {1: 176.39317598450694, 4: 24.43300999870476},
        ErrorMap.ARTIFACT: {4: 0.28520802612117757},
    },
    (3, Channel.B): {
        ErrorMap.STRUCTURE: {4: 8.826982764996862},
        ErrorMap.ARTIFACT: {4: 23.19243343998926},
    },
    (4, Channel.X): {ErrorMap.ARTIFACT: {1: 0.9677937080626833, 4: 0.9981766977854967}},
    (4, Channel.Y): {
        ErrorMap.STRUCTURE: {4: 34.77906344483772},
        ErrorMap.ARTIFACT: {4: 44.835625328877896},
    },
    (4, Channel.B): {
        ErrorMap.STRUCTURE: {1: 95.1080498811086},
        ErrorMap.ARTIFACT: {1: 0.9863978034400682, 4: 171.2667255897307},
        ErrorMap.DETAIL_LOSS: {1: 0.9834382792465353, 4: 0.9807858872435379},
    },
}

SCALES: Final = 5  # the sixth published scale, 1:32, carries no weight above 0.002
SMALLEST_SIDE: Final = 8  # a scale is the last one when its shorter side is below this

# Linear sRGB to the responses of long, medium and short cones; each row sums to 1.
OPSIN: Final = (
    (0.30, 0.622, 0.078),
    (0.23, 0.692, 0.078),
    (0.24342268924547819, 0.20476744424496821, 0.55180986650955360),
)
OPSIN_BIAS: Final = 0.0037930732552754493
# XYB is shifted and stretched to be about 0..1: X * 14 + 0.42, Y + 0.01, B - Y + 0.55.
X_GAIN: Final = 14.0
OFFSETS: Final = {Channel.X: 0.42, Channel.Y: 0.01, Channel.B: 0.55}

# Keeps the structure error finite on flat areas (C2 of SSIM).
STABILIZER: Final = 0.0009

# The recursive Gaussian of the reference tool (sigma 1.5, three truncated cosines) rings out after 5 samples,
# so it equals this symmetric kernel: center, then distance 1 to 4. Outside the picture there are zeros.
TAPS: Final = (0.2646211054882, 0.2129285920104, 0.1093353727775, 0.0360111146584, 0.0094143678097)
REACH: Final = len(TAPS) - 1

# Transparent pictures are compared over these two grays (gamma encoded, 0..1); the worse score counts.
BACKGROUNDS: Final = (0.1, 0.9)


def to_score(weighted: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Turn weighted sums of error norms (0 is no error) into scores (100 is no error, no lower bound)."""
    error = np.maximum(weighted, 0.0) * 0.9562382616834844
    error = ((6.248496625763138e-05 * error - 0.020884521182843837) * error + 2.326765642916932) * error
    return np.asarray(100.0 - 10.0 * error**0.6276336467831387)
