"""The three local error maps of SSIMULACRA2 between two planes, computed tile by tile.

A tile and its scratch arrays fit into a second-level cache; that, and a blur written as products with small
band matrices, is what makes plain numpy fast enough here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from oimg.engine.metrics.ssimulacra2_constants import REACH, STABILIZER, TAPS, ErrorMap, FloatArray

TILE_ROWS = 32
TILE_COLUMNS = 1024
_BLUR_COLUMNS = 32

# Told for each tile: which error, the tile's top row and left column in the picture's plane, and the errors.
# The errors (rows, columns) are scratch: the receiver may overwrite them and must not keep them.
Receiver: TypeAlias = Callable[[ErrorMap, int, int, FloatArray], None]


@dataclass(frozen=True, slots=True)
class PreparedPlane:
    """A plane of the original with what every comparison needs of it.

    `padded` is (h + 8, w + 8). `statistics` are local mean and variance, each (h, w), the variance with SSIM's C2
    added; None where they are not worth keeping, for one comparison alone. `first` is the plane's first row within
    the whole picture's plane.
    """

    padded: FloatArray
    statistics: tuple[FloatArray, FloatArray] | None
    first: int


def _band(size: int) -> FloatArray:
    """The matrix (size, size + 8) that blurs a column of size + 8 samples to its inner `size` ones."""
    band = np.zeros((size, size + 2 * REACH), np.float32)
    for offset in range(-REACH, REACH + 1):
        rows = np.arange(size)
        band[rows, rows + REACH + offset] = TAPS[abs(offset)]
    return band


def _tiles(height: int, width: int) -> Iterator[tuple[int, int, int, int]]:
    """Top, left, rows and columns of the tiles that cover a plane."""
    for top in range(0, height, TILE_ROWS):
        for left in range(0, width, TILE_COLUMNS):
            yield top, left, min(TILE_ROWS, height - top), min(TILE_COLUMNS, width - left)


class Comparison:
    """Scratch memory and blur for comparing planes; one per thread."""

    def __init__(self) -> None:
        padded = (TILE_ROWS + 2 * REACH) * (TILE_COLUMNS + 2 * REACH)
        half_blurred = TILE_ROWS * (TILE_COLUMNS + 2 * REACH)
        tile = TILE_ROWS * TILE_COLUMNS
        self._padded = np.empty((2, padded), np.float32)
        self._half_blurred = np.empty((1, half_blurred), np.float32)
        self._tile = np.empty((7, tile), np.float32)
        self._vertical = _band(TILE_ROWS)
        self._horizontal = np.ascontiguousarray(_band(_BLUR_COLUMNS).T)

    def prepare(self, padded: FloatArray, first: int) -> PreparedPlane:
        """Local mean and variance of a padded plane of the original."""
        height, width = padded.shape[0] - 2 * REACH, padded.shape[1] - 2 * REACH
        mean = np.empty((height, width), np.float32)
        variance = np.empty((height, width), np.float32)
        for top, left, rows, columns in _tiles(height, width):
            around = _around(padded, top, left, rows, columns)
            inside = (slice(top, top + rows), slice(left, left + columns))
            squares = np.multiply(around, around, out=_shaped(self._padded[0], *around.shape))
            tile_mean = self._blur(around, 0)
            tile_variance = self._blur(squares, 1)
            mean[inside] = tile_mean
            np.multiply(tile_mean, tile_mean, out=tile_mean)
            tile_variance -= tile_mean
            np.add(tile_variance, np.float32(STABILIZER), out=variance[inside])
        return PreparedPlane(padded, (mean, variance), first)

    def compare(
        self, original: PreparedPlane, padded: FloatArray, wanted: Collection[ErrorMap], receiver: Receiver
    ) -> None:
        """Hand the wanted error maps of a candidate's padded plane to `receiver`."""
        height, width = padded.shape[0] - 2 * REACH, padded.shape[1] - 2 * REACH
        for top, left, rows, columns in _tiles(height, width):
            inside = (slice(top, top + rows), slice(left, left + columns))
            row = original.first + top
            first = _around(original.padded, top, left, rows, columns)
            second = _around(padded, top, left, rows, columns)
            if original.statistics:
                first_mean, first_variance = (values[inside] for values in original.statistics)
            else:
                first_mean, first_variance = self._blur(first, 6), None
            second_mean = self._blur(second, 0)
            if ErrorMap.STRUCTURE in wanted:
                structure = self._structure(first, second, first_mean, second_mean, first_variance)
                receiver(ErrorMap.STRUCTURE, row, left, structure)
            if ErrorMap.ARTIFACT in wanted or ErrorMap.DETAIL_LOSS in wanted:
                gain = self._edge_gain(_inner(first), _inner(second), first_mean, second_mean)
                scratch = _shaped(self._tile[3], rows, columns)
                if ErrorMap.ARTIFACT in wanted:
                    receiver(ErrorMap.ARTIFACT, row, left, np.maximum(gain, 0, out=scratch))
                if ErrorMap.DETAIL_LOSS in wanted:
                    np.negative(gain, out=gain)
                    receiver(ErrorMap.DETAIL_LOSS, row, left, np.maximum(gain, 0, out=gain))

    def _structure(
        self,
        first: FloatArray,
        second: FloatArray,
        first_mean: FloatArray,
        second_mean: FloatArray,
        first_variance: FloatArray | None,
    ) -> FloatArray:
        """1 - (1 - m) * (2 * covariance + C2) / (both variances + C2), with m the squared gap of the means.

        Written with the variance v of the difference of both planes instead of their covariance,
        m + v / (both variances + C2) * (1 - m): the same value, without the cancellation near zero that
        would cost float32 its digits.
        """
        shape = second_mean.shape
        squares = np.multiply(second, second, out=_shaped(self._padded[0], *second.shape))
        gap = _shaped(self._padded[1], *second.shape)
        if first_variance is None:
            squares += np.multiply(first, first, out=gap)
        np.subtract(first, second, out=gap)
        gap *= gap
        spread = self._blur(squares, 1)
        error = self._blur(gap, 2)
        mean_gap = np.subtract(first_mean, second_mean, out=_shaped(self._tile[3], *shape))
        mean_gap *= mean_gap
        scratch = np.multiply(second_mean, second_mean, out=_shaped(self._tile[4], *shape))
        spread -= scratch
        if first_variance is None:
            spread -= np.multiply(first_mean, first_mean, out=scratch)
            spread += np.float32(STABILIZER)
        else:
            spread += first_variance
        error -= mean_gap
        error /= spread
        error *= np.subtract(np.float32(1), mean_gap, out=scratch)
        error += mean_gap
        return np.maximum(error, 0, out=error)

    def _edge_gain(
        self, first: FloatArray, second: FloatArray, first_mean: FloatArray, second_mean: FloatArray
    ) -> FloatArray:
        """(1 + candidate's edges) / (1 + original's edges) - 1; an edge is the distance from the mean."""
        shape = second_mean.shape
        gain = np.subtract(second, second_mean, out=_shaped(self._tile[4], *shape))
        np.abs(gain, out=gain)
        edges = np.subtract(first, first_mean, out=_shaped(self._tile[5], *shape))
        np.abs(edges, out=edges)
        gain -= edges
        edges += np.float32(1)
        gain /= edges
        return gain

    def _blur(self, around: FloatArray, slot: int) -> FloatArray:
        """The blurred inside of a padded tile, in the scratch tile `slot`."""
        rows, columns = around.shape[0] - 2 * REACH, around.shape[1] - 2 * REACH
        half = _shaped(self._half_blurred[0], rows, columns + 2 * REACH)
        blurred = _shaped(self._tile[slot], rows, columns)
        np.matmul(self._vertical[:rows, : rows + 2 * REACH], around, out=half)
        whole = columns // _BLUR_COLUMNS
        if whole:
            # One call for all column blocks; each block reads 8 columns into the next one.
            step = _BLUR_COLUMNS * half.itemsize
            blocks = as_strided(half, (whole, rows, _BLUR_COLUMNS + 2 * REACH), (step, *half.strides), writeable=False)
            outputs = as_strided(blurred, (whole, rows, _BLUR_COLUMNS), (step, *blurred.strides))
            np.matmul(blocks, self._horizontal, out=outputs)
        left = whole * _BLUR_COLUMNS
        band = self._horizontal[: columns - left + 2 * REACH, : columns - left]
        np.matmul(half[:, left:], band, out=blurred[:, left:])
        return blurred


def _shaped(scratch: FloatArray, rows: int, columns: int) -> FloatArray:
    """The beginning of flat scratch memory as a contiguous (rows, columns)."""
    return scratch[: rows * columns].reshape(rows, columns)


def _around(padded: FloatArray, top: int, left: int, rows: int, columns: int) -> FloatArray:
    """A tile of a padded plane with its border."""
    return padded[top : top + rows + 2 * REACH, left : left + columns + 2 * REACH]


def _inner(around: FloatArray) -> FloatArray:
    """A tile without its border."""
    return around[REACH:-REACH, REACH:-REACH]
