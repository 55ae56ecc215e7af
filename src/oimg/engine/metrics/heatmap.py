"""Where a candidate picture differs from its original: a local SSIMULACRA2 score for every 8 by 8 pixels.

The error maps of the whole score are summed per cell; then each cell gets the same norms, weights and curve,
taken over the cells around it instead of over the whole picture. So the map is in the units of the score, and
where a picture is no larger than the window, the map is the score. For larger ones the cells usually average
higher than the whole score, because a 4-norm weighs the worst places most: read the map as "where", and the
whole score as "how much".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.metrics.ssimulacra2_constants import WEIGHTS, ErrorMap, FloatArray, Plane, to_score
from oimg.engine.metrics.strips import sizes
from oimg.engine.metrics.sums import KEYS, Key

CELL = 8  # pixels
# Cells on each side that a cell's score takes in: 7 by 7 cells are 56 pixels, about what a glance takes in.
_RADIUS = 3

# Score, red, green, blue; linear between the stops. Absolute: a color means the same in every picture.
STOPS = (
    (0, 96, 0, 64),  # dark purple: ruined
    (30, 220, 0, 0),  # red: low quality
    (50, 255, 128, 0),  # orange: medium quality
    (70, 240, 220, 0),  # yellow: high quality
    (80, 0, 150, 120),  # teal: very high quality
    (90, 16, 48, 112),  # dark blue: no visible difference
    (100, 6, 12, 32),  # nearly black: equal
)
_SHADES_PER_POINT = 4
_PAINTED_ROWS = 128


def local_scores(reference: Reference, candidate: npt.NDArray[np.uint8]) -> FloatArray:
    """Scores 0 to 100 of the cells of a candidate, shape (ceil(h / 8), ceil(w / 8)).

    Sizes, channels and transparency are as in `Reference.score`; over two backgrounds the worse score counts.
    """
    maps = [cells.scores() for cells in reference.measure(candidate, Cells)]
    return np.asarray(np.minimum.reduce(maps))


class Cells:
    """Sums of error powers for each cell, and the local scores they make."""

    def __init__(self, height: int, width: int) -> None:
        self._sizes = sizes(height, width)
        self._shape = (-(-height // CELL), -(-width // CELL))
        self.totals = np.zeros(len(KEYS))
        shapes = {key: self._shape_of(key[0][0]) for key in KEYS if key[0][0] < len(self._sizes)}
        self.cells = np.zeros(sum(rows * columns for rows, columns in shapes.values()), np.float32)
        self._sums: dict[Key, FloatArray] = {}
        start = 0
        for key, (rows, columns) in shapes.items():
            self._sums[key] = self.cells[start : start + rows * columns].reshape(rows, columns)
            start += rows * columns

    def _shape_of(self, scale: int) -> tuple[int, int]:
        """Rows and columns of cells at a scale."""
        height, width = self._sizes[scale]
        return -(-height // _cell_at(scale)), -(-width // _cell_at(scale))

    def add(self, plane: Plane, error: ErrorMap, top: int, left: int, values: FloatArray) -> None:
        """Add the errors of a tile; tiles start at cell borders."""
        cell = _cell_at(plane[0])
        norms = WEIGHTS[plane][error]
        for norm in sorted(norms):
            if norm == 4:
                values *= values
                values *= values
            sums = _block_sums(values, cell)
            row, column = top // cell, left // cell
            self._sums[plane, error, norm][row : row + sums.shape[0], column : column + sums.shape[1]] = sums

    def scores(self) -> FloatArray:
        """The local scores of all that was added, 0 to 100."""
        area = _pixels_per_cell(*self._sizes[0], CELL)
        around = _window_sums(area)
        weighted = np.zeros(self._shape, np.float64)
        for (plane, error, norm), sums in self._sums.items():
            means = sums / _pixels_per_cell(*self._sizes[plane[0]], _cell_at(plane[0]))
            means = self._spread(means, plane[0])
            local = _window_sums(means * area) / around
            # Two square roots are ten times faster than a power.
            root = np.sqrt(np.sqrt(local)) if norm == 4 else local
            weighted += WEIGHTS[plane][error][norm] * root
        return np.clip(to_score(weighted), 0, 100).astype(np.float32)

    def _spread(self, means: FloatArray, scale: int) -> FloatArray:
        """Repeat values of a scale whose single pixels are larger than a cell."""
        factor = (_cell_at(scale) << scale) // CELL
        rows, columns = self._shape
        return means.repeat(factor, axis=0).repeat(factor, axis=1)[:rows, :columns]


def paint(scores: FloatArray, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """RGB picture (height, width, 3) of local scores, for a picture of `size` (width, height) pixels.

    Colors are those of STOPS; between the centers of cells the scores are interpolated.
    """
    width, height = size
    palette = _palette()
    # In shades, with the half that makes truncation round; blending cells cannot lead outside their range.
    shades = np.clip(scores, 0, 100).astype(np.float32) * np.float32(_SHADES_PER_POINT) + np.float32(0.5)
    left, right, across = _between(width, scores.shape[1])
    above, below, down = _between(height, scores.shape[0])
    wide = _blended(shades[:, left], shades[:, right], across)
    painted = np.empty((height, width, 3), np.uint8)
    for start in range(0, height, _PAINTED_ROWS):
        rows = slice(start, start + _PAINTED_ROWS)
        shade = _blended(wide[above[rows]], wide[below[rows]], down[rows, None])
        # take() copies whole colors; indexing would be five times slower.
        np.take(palette, shade.astype(np.intp), axis=0, out=painted[rows], mode="clip")
    return painted


def legend(size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """An RGB strip (height, width, 3) of all colors, from score 0 at the left to 100 at the right.

    `size` is (width, height) in pixels.
    """
    width, height = size
    shades = np.rint(np.linspace(0, 100, width) * _SHADES_PER_POINT).astype(np.intp)
    row = _palette()[shades]
    return np.repeat(row[None], height, axis=0)


def _palette() -> npt.NDArray[np.uint8]:
    stops = np.array(STOPS, np.float64)
    points = np.arange(100 * _SHADES_PER_POINT + 1) / _SHADES_PER_POINT
    channels = [np.interp(points, stops[:, 0], stops[:, channel]) for channel in (1, 2, 3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _blended(before: FloatArray, after: FloatArray, part: FloatArray) -> FloatArray:
    """Values between two, `part` (0..1) of the way from the one to the other."""
    blended: FloatArray = after - before
    blended *= part
    blended += before
    return blended


def _between(pixels: int, cells: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], FloatArray]:
    """For each pixel of a side: the cells before and after it, and how far it is on the way (0..1)."""
    place = np.clip((np.arange(pixels) + 0.5) / CELL - 0.5, 0, cells - 1)
    before = place.astype(np.intp)
    after = np.minimum(before + 1, cells - 1)
    return before, after, (place - before).astype(np.float32)


def _cell_at(scale: int) -> int:
    """Side of a cell in pixels of a scale."""
    return max(1, CELL >> scale)


def _pixels_per_cell(height: int, width: int, cell: int) -> FloatArray:
    """How many pixels each cell really holds; the last ones may be cut off."""
    rows = np.minimum(cell, height - np.arange(0, height, cell))
    columns = np.minimum(cell, width - np.arange(0, width, cell))
    return np.outer(rows, columns).astype(np.float32)


def _block_sums(values: FloatArray, cell: int) -> FloatArray:
    """Sums over cells of a tile."""
    if cell == 1:
        return values
    rows = np.add.reduceat(values, np.arange(0, values.shape[0], cell), axis=0)
    sums: FloatArray = np.add.reduceat(rows, np.arange(0, values.shape[1], cell), axis=1)
    return sums


def _window_sums(values: FloatArray) -> FloatArray:
    """Sums over the window around each cell, cut off at the picture's border; none can round to below zero."""
    rows, columns = values.shape
    padded = np.zeros((rows + 2 * _RADIUS, columns + 2 * _RADIUS), np.float32)
    padded[_RADIUS:-_RADIUS, _RADIUS:-_RADIUS] = values
    return _sums_of_seven(_sums_of_seven(padded).T).T


def _sums_of_seven(padded: FloatArray) -> FloatArray:
    """Sums of each row and the six below it: of four, two and one."""
    twos = padded[:-1] + padded[1:]
    sums: FloatArray = twos[:-5] + twos[2:-3]
    sums += twos[4:-1]
    sums += padded[6:]
    return sums
