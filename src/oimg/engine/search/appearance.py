"""Cheap statistics of a picture that predict how well it can be encoded."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

# Statistics of so many tiles, spread evenly, are close to those of the whole picture at a bounded price.
_TILE: Final = 96
_TILES: Final = 6  # a side
_BLOCK: Final = 8
# Luma of gray pixels is a whole number but for rounding, which differs between matrix kernels: no limit is one.
_FLAT: Final = 2 + 1 / 64  # 8-bit steps within a block
_EDGE: Final = 32 + 1 / 64  # 8-bit steps between neighbours
_CELL: Final = 4  # pixels a side, of which the coarse gradient takes the mean
_BAND: Final = 64  # pairs of rows
# Of larger pictures so many pixels are looked at, in pairs of rows at equal distances.
_LOOKED_AT: Final = 1_000_000
STATISTICS: Final = ("gradient", "detail", "flat", "edges", "chroma", "spread", "coarse", "typical", "brightness")


def statistics(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Give the `STATISTICS` of a picture of shape (h, w, 1 to 4), uint8: gray, gray and alpha, RGB, RGB and alpha.

    Logarithms of the mean luma gradient and of the mean second difference, the share of flat blocks, the share of
    strong edges, the logarithm of the mean chroma gradient, the standard deviation of the block means over 64, the
    logarithm of the mean luma gradient at a quarter of the size, the mean of the logarithm of the luma steps (few high
    ones hardly count in it), and the mean luma over 255.
    """
    parts = [_of_tile(tile) for tile in _tiles(pixels)]
    gradient, detail, flat, edges, chroma, luma, spread, coarse, typical = np.mean(parts, axis=0)
    spread += float(np.std([part[5] for part in parts])) / 64
    means = np.log(np.array([gradient, detail, chroma, coarse]) + 0.25)
    return np.array([*means[:2], flat, np.sqrt(edges), means[2], spread, means[3], typical, luma / 255], float)


def _tiles(pixels: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.float32]]:
    rows, columns = (_starts(side) for side in pixels.shape[:2])
    return [pixels[top : top + _TILE, left : left + _TILE].astype(np.float32) for top in rows for left in columns]


def _starts(side: int) -> list[int]:
    if side <= _TILE:
        return [0]
    count = min(_TILES, -(-side // _TILE))
    return sorted({round(start) for start in np.linspace(0, side - _TILE, count)})


def _of_tile(tile: npt.NDArray[np.float32]) -> tuple[float, ...]:
    colors = tile[..., :3] if tile.shape[2] >= 3 else tile[..., :1].repeat(3, axis=2)
    luma = colors @ np.array([0.299, 0.587, 0.114], np.float32)
    red, blue = (_edged(colors[..., each] - luma) for each in (0, 2))
    mean = float(luma.mean())
    flat, spread = _blocks(luma)
    coarse = sum(float(step.mean()) for step in _steps(_edged(_cells(luma, _CELL).mean(axis=(1, 3)))))
    luma = _edged(luma)
    across, down = _steps(luma)
    second = np.abs(luma[:-1, :-1] - luma[1:, :-1] - luma[:-1, 1:] + luma[1:, 1:])
    chroma = sum(float(np.abs(np.diff(plane, axis=1)).mean()) for plane in (red, blue))
    edges = (float((across > _EDGE).mean()) + float((down > _EDGE).mean())) / 2
    gradient = float(across.mean()) + float(down.mean())
    typical = float(np.log(across + 0.5).mean()) + float(np.log(down + 0.5).mean())
    return gradient, float(second.mean()), flat, edges, chroma, mean, spread, coarse, typical


def _edged(plane: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """With a row and a column repeated: the smallest picture has differences, too."""
    return np.pad(plane, ((0, 1), (0, 1)), mode="edge")


def _steps(plane: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """How far neighbours differ, across and down."""
    return np.abs(np.diff(plane, axis=1)), np.abs(np.diff(plane, axis=0))


def _cells(luma: npt.NDArray[np.float32], side: int) -> npt.NDArray[np.float32]:
    """All whole cells of so many pixels a side, of shape (rows, side, columns, side); one where none is whole."""
    rows, columns = (max(1, length // side) for length in luma.shape)
    missing = [(0, max(0, side - length)) for length in luma.shape]
    whole = np.pad(luma, missing, mode="edge")[: rows * side, : columns * side]
    return whole.reshape(rows, side, columns, side)


def _blocks(luma: npt.NDArray[np.float32]) -> tuple[float, float]:
    """The share of flat blocks, and how far the means of blocks spread, over 64."""
    cells = _cells(luma, _BLOCK)
    ranges = cells.max(axis=(1, 3)) - cells.min(axis=(1, 3))
    return float((ranges <= _FLAT).mean()), float(cells.mean(axis=(1, 3)).std()) / 64


# Chroma that is far apart in pixels that 4:2:0 gives one colour, in 8-bit steps; such pairs as a share of all, and of
# those that differ at all. Measured by benchmarks/search/chroma.py: lettering and lines in colour on the one hand,
# photos of the most saturated flowers on the other.
_APART: Final = 80
_DIFFERENT: Final = 24
_APART_SHARE: Final = 0.001
_SHARP_SHARE: Final = 0.12


def has_sharp_colors(pixels: npt.NDArray[np.uint8]) -> bool:
    """Whether colour changes within two pixels as it does in drawings: at half resolution it would bleed visibly.

    SSIMULACRA2 looks at chroma from half resolution on and does not see that. Pixels are 8-bit sRGB (h, w, 1 to 4).
    """
    if pixels.shape[2] < 3 or min(pixels.shape[:2]) < 2:
        return False
    height, width = (side // 2 * 2 for side in pixels.shape[:2])
    pairs = pixels[:height, :width, :3].reshape(height // 2, 2, width, 3)
    pairs = pairs[:: max(1, height * width // _LOOKED_AT)]
    cells = different = apart = 0
    for top in range(0, len(pairs), _BAND):
        ranges = _chroma_ranges(pairs[top : top + _BAND])
        cells += ranges.size
        different += int(np.count_nonzero(ranges > _DIFFERENT))
        apart += int(np.count_nonzero(ranges > _APART))
    return apart >= _APART_SHARE * cells and apart >= _SHARP_SHARE * different


def _chroma_ranges(pairs: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    """How far apart red - green, or blue - green, is within each 2 by 2 pixels of pairs of rows (n, 2, w, 3)."""
    green = pairs[..., 1].astype(np.int16)
    ranges = []
    for channel in (0, 2):
        chroma = pairs[..., channel] - green
        high, low = np.maximum(chroma[:, 0], chroma[:, 1]), np.minimum(chroma[:, 0], chroma[:, 1])
        ranges.append(np.maximum(high[:, ::2], high[:, 1::2]) - np.minimum(low[:, ::2], low[:, 1::2]))
    widest: npt.NDArray[np.int16] = np.maximum(*ranges)
    return widest
