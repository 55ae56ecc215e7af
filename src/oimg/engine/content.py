"""The kind of a picture, from cheap statistics: photos are encoded with loss, drawings often without."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.words.images import DecodedImage, Pixels

# Pixels in the sample, in pairs of neighbouring rows spread over the picture: 1 to 5 ms, however large it is.
_SAMPLE: Final = 32768
# Neighbours in a row that are equal: of 33 photos of the corpus one has more, a nearly empty one; of 40 screenshots
# and drawings six have fewer, which are tiny or mostly gradients and photos (benchmarks/search/auto.py).
_DRAWN: Final = 0.55
# So few colours in the sample are no photo, whatever its neighbours do.
_PALETTE: Final = 256
# Where pixels change in a drawing, the share that jumps by _JUMP steps of 255 or more: line art has hard edges, a
# screenshot has smoothed letters, shadows and pictures.
_HARD: Final = 0.4
_JUMP: Final = 40
_FEW: Final = 64
# Pixels of the longer side up to which a picture is an icon.
_ICON_SIDE: Final = 64


class Kind(StrEnum):
    """Kinds of pictures that are encoded differently."""

    PHOTO = "photo"
    SCREENSHOT = "screenshot"
    LINE_ART = "line-art"
    ICON = "icon"


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics of a sample of the first frame.

    `colors` are distinct ones in the sample, `repeated` is the share (0 to 1) of pixels that equal their left
    neighbour, `hard` the share of the other pixels whose mean over the colours jumps there.
    """

    colors: int
    repeated: float
    hard: float


def measure(pixels: Pixels) -> Statistics:
    """Measure a sample of a picture of shape (height, width, 1 to 4), uint8 or uint16."""
    rows = _rows(pixels)
    words = np.zeros(rows.shape[:2], np.uint32)
    for channel in range(rows.shape[2]):
        words = words << np.uint32(8) | rows[..., channel]
    same = words[:, 1:] == words[:, :-1]
    if not same.size:
        return Statistics(int(np.unique(words).size), 1.0, 0.0)
    colors = rows[..., :3] if rows.shape[2] >= 3 else rows[..., :1]
    shade = colors.sum(axis=2, dtype=np.int32) // colors.shape[2]
    jumps = np.abs(np.diff(shade, axis=1))[~same] >= _JUMP
    hard = float(jumps.mean()) if jumps.size else 0.0
    return Statistics(int(np.unique(words).size), float(same.mean()), hard)


def kind_of(image: DecodedImage) -> Kind:
    """Tell photo, screenshot, line art and icon apart."""
    if max(image.size) <= _ICON_SIDE:
        return Kind.ICON
    seen = measure(image.pixels)
    if seen.repeated < _DRAWN and seen.colors > _PALETTE:
        return Kind.PHOTO
    return Kind.LINE_ART if seen.hard >= _HARD or seen.colors <= _FEW else Kind.SCREENSHOT


def _rows(pixels: Pixels) -> npt.NDArray[np.uint8]:
    """The sample: rows of 8 bits a channel, parts of them where they are long."""
    height, width = pixels.shape[:2]
    pairs = max(1, min(height // 2, _SAMPLE // (2 * width)))
    tops = np.linspace(0, max(0, height - 2), pairs).astype(int)
    picked = np.unique(np.concatenate([tops, np.minimum(tops + 1, height - 1)]))
    rows = pixels[picked, :_SAMPLE]
    return (rows >> 8).astype(np.uint8) if rows.dtype == np.uint16 else rows.astype(np.uint8, copy=False)
