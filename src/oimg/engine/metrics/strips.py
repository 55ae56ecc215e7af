"""Cuts a picture into horizontal strips and builds the planes of one strip at every scale.

A strip starts at a multiple of 16 rows, so at every scale its rows are whole rows. To blur its coarsest scale
exactly, 4 rows beyond it are needed there, which are 64 rows of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics.ssimulacra2_constants import (
    REACH,
    SCALES,
    SMALLEST_SIDE,
    WEIGHTS,
    FloatArray,
    Plane,
)
from oimg.engine.metrics.xyb import halve, linear_light, write_xyb

_ALIGNMENT = 1 << (SCALES - 1)
_HALO = REACH * _ALIGNMENT
# Pixels turned into light and XYB at once: few enough for their dozen scratch arrays to stay in the cache.
_BLOCK_PIXELS = 32_768

_CHANNELS = [[channel for scale, channel in WEIGHTS if scale == wanted] for wanted in range(SCALES)]


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows `first` to `last` (not included) of a picture of `height` rows."""

    first: int
    last: int
    height: int

    def rows(self, scale: int) -> tuple[int, int]:
        """The strip's first and last (not included) row at a scale."""
        return self.first >> scale, -(-self.last >> scale)

    @property
    def with_halo(self) -> tuple[int, int]:
        """First and last (not included) picture row that the strip's errors depend on."""
        return max(0, self.first - _HALO), min(self.height, self.last + _HALO)


def cut(height: int, width: int, pixels: int) -> list[Strip]:
    """Strips of about `pixels` pixels that cover a picture."""
    rows = max(_ALIGNMENT, pixels // width // _ALIGNMENT * _ALIGNMENT)
    return [Strip(first, min(height, first + rows), height) for first in range(0, height, rows)]


def sizes(height: int, width: int) -> list[tuple[int, int]]:
    """Height and width of a picture at each scale that is compared."""
    found = [(height, width)]
    while len(found) < SCALES and min(found[-1]) >= SMALLEST_SIDE:
        height, width = -(-height // 2), -(-width // 2)
        found.append((height, width))
    return found


def planes_of(pixels: npt.NDArray[np.uint8], strip: Strip, background: float | None) -> dict[Plane, FloatArray]:
    """The XYB planes of a strip of sRGB pixels (h, w, 1 to 4), each with a border of 4 on every side.

    The border holds the neighboring rows where the picture goes on, and zeros outside the picture.
    """
    height, width = pixels.shape[:2]
    scales = sizes(height, width)
    planes: dict[Plane, FloatArray] = {}
    for scale, (_, columns) in enumerate(scales):
        first, last = strip.rows(scale)
        shape = (last - first + 2 * REACH, columns + 2 * REACH)
        planes |= {(scale, channel): np.zeros(shape, np.float32) for channel in _CHANNELS[scale]}
    top, bottom = strip.with_halo
    half = np.empty((3, -(-(bottom - top) // 2), -(-width // 2)), np.float32)
    step = _block_rows(width)
    for row in range(top, bottom, step):
        light = linear_light(pixels[row : min(bottom, row + step)], background)
        _store(planes, 0, light, row, strip)
        if len(scales) > 1:
            start = (row - top) // 2
            half[:, start : start + -(-light.shape[1] // 2)] = halve(light)
    for scale in range(1, len(scales)):
        if scale > 1:
            half = halve(half)
        step = _block_rows(half.shape[2])
        for row in range(0, half.shape[1], step):
            _store(planes, scale, half[:, row : row + step], (top >> scale) + row, strip)
    return planes


def _block_rows(width: int) -> int:
    """Rows to handle at once; even, so that a block halves on its own."""
    return max(2, _BLOCK_PIXELS // width // 2 * 2)


def _store(planes: dict[Plane, FloatArray], scale: int, light: FloatArray, row: int, strip: Strip) -> None:
    """Write the XYB of light that starts at `row` of a scale, as far as it touches the strip's planes."""
    first, last = strip.rows(scale)
    start = max(row, first - REACH)
    end = min(row + light.shape[1], last + REACH)
    if start >= end:
        return
    target = slice(start - first + REACH, end - first + REACH)
    write_xyb(
        light[:, start - row : end - row],
        {channel: planes[scale, channel][target, REACH:-REACH] for channel in _CHANNELS[scale]},
    )
