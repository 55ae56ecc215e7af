"""How far a coarse palette moves colours: what SSIMULACRA2 hardly weighs and an eye sees at once in icons."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

CELL: Final = 8


def color_shift(reference: npt.NDArray[np.uint8], candidate: npt.NDArray[np.uint8]) -> float:
    """Give the largest change of a cell's mean colour, in 8-bit steps of one channel.

    Both are of shape (h, w, c) and equal in size, 1 to 4 channels; transparency is laid on white. Cells are 8 by 8
    pixels (those at the right and bottom edges may be smaller), so that dithering, which keeps means, costs nothing.
    """
    before, after = _cell_means(reference), _cell_means(candidate)
    return float(np.abs(before - after).max())


def _cell_means(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    rows = np.arange(0, pixels.shape[0], CELL)
    columns = np.arange(0, pixels.shape[1], CELL)
    # One row of cells at a time stays in the cache, which is several times as fast as all at once.
    bands = [_on_white(pixels[top : top + CELL]).sum(axis=0, dtype=np.float64) for top in rows]
    sums = np.add.reduceat(np.stack(bands), columns, axis=1)
    heights = np.diff(np.append(rows, pixels.shape[0]))
    widths = np.diff(np.append(columns, pixels.shape[1]))
    means: npt.NDArray[np.float64] = sums / (heights[:, np.newaxis, np.newaxis] * widths[np.newaxis, :, np.newaxis])
    return means


def _on_white(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    channels = pixels.shape[2]
    colors = (pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, axis=2)).astype(np.float32)
    if channels in {2, 4}:
        alpha = pixels[..., -1:].astype(np.float32) / np.float32(255)
        colors *= alpha
        colors += np.float32(255) * (np.float32(1) - alpha)
    return colors
