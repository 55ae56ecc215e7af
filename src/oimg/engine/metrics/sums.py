"""The sums of error powers that a score is made of, over a whole picture; either back end fills them."""

from __future__ import annotations

from typing import Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics.ssimulacra2_constants import WEIGHTS, ErrorMap, FloatArray, Plane, to_score
from oimg.engine.metrics.strips import sizes

Key: TypeAlias = tuple[Plane, ErrorMap, int]  # plane, error, and the power (1 or 4) that is summed

# The order of the totals, and of the maps within cells: by scale, channel, error and power.
KEYS: Final[tuple[Key, ...]] = tuple(
    (plane, error, power) for plane, errors in WEIGHTS.items() for error, powers in errors.items() for power in powers
)
_INDEX: Final = {key: index for index, key in enumerate(KEYS)}


class Sink(Protocol):
    """Gathers the errors of a whole picture.

    The native back end fills `totals`, and `cells` unless that is None. The numpy back end calls `add` for each tile.
    """

    @property
    def totals(self) -> npt.NDArray[np.float64]:
        """One sum for each of KEYS."""

    @property
    def cells(self) -> FloatArray | None:
        """Maps of sums, one after the other in the order of KEYS, each of ceil(h / side) by ceil(w / side) cells.

        `side` is 8 pixels of the picture, but at least 1 of the map's scale.
        """

    def add(self, plane: Plane, error: ErrorMap, top: int, left: int, values: FloatArray) -> None:
        """Take the errors of a tile at (top, left) of a plane; `values` may be overwritten, not kept."""


class Totals:
    """Sums of error powers over a whole picture, and the score they make."""

    def __init__(self, height: int, width: int) -> None:
        self._sizes = sizes(height, width)
        self.totals: npt.NDArray[np.float64] = np.zeros(len(KEYS))
        self.cells: None = None

    def add(self, plane: Plane, error: ErrorMap, top: int, left: int, values: FloatArray) -> None:  # noqa: ARG002
        """Add the errors of a tile; where the tile lies does not matter here."""
        powers = WEIGHTS[plane][error]
        if 1 in powers:
            self.totals[_INDEX[plane, error, 1]] += float(values.sum())
        if 4 in powers:
            squares = np.multiply(values, values, out=values).ravel()
            self.totals[_INDEX[plane, error, 4]] += float(np.dot(squares, squares))

    def score(self) -> float:
        """The score of all that was added."""
        weighted = 0.0
        for (plane, error, power), total in zip(KEYS, self.totals.tolist(), strict=True):
            if plane[0] < len(self._sizes):
                height, width = self._sizes[plane[0]]
                weighted += WEIGHTS[plane][error][power] * (total / (height * width)) ** (1 / power)
        return float(to_score(np.array(weighted)))
