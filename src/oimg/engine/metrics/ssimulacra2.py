"""SSIMULACRA2 v2.1: how much a candidate picture differs from its original for a human eye.

The formula and its constants are those of https://github.com/cloudinary/ssimulacra2 (BSD-3-Clause); see
`ssimulacra2_constants`. Scores: 100 identical, about 90 no difference seen side by side, 70 high quality,
50 medium, 30 low; there is no lower bound. This module is within 0.01 of the formula in exact arithmetic.
The reference tool blurs with a recursive float32 filter whose rounding moves its scores by a few tenths,
mostly down, and below 113 pixels it mixes up the weights of scales; here every scale keeps its own.

Pixels are sRGB, uint8, of shape (height, width, channels): 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
Alpha is straight. Large pictures are worked through in strips, so memory beyond the pixels stays flat.
Everything runs in the calling thread, and one Reference may serve several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics.error_maps import Comparison, PreparedPlane
from oimg.engine.metrics.ssimulacra2_constants import (
    BACKGROUNDS,
    SMALLEST_SIDE,
    WEIGHTS,
    ErrorMap,
    FloatArray,
    Plane,
    to_score,
)
from oimg.engine.metrics.strips import Strip, cut, planes_of, sizes

Pixels8: TypeAlias = npt.NDArray[np.uint8]

# A strip's scratch is about 10 bytes a pixel for a candidate and 20 for the original.
STRIP_PIXELS = 3_000_000
# A prepared original takes 20 bytes a pixel; larger ones are prepared anew for each candidate.
CACHE_PIXELS = 8_000_000


class Sink(Protocol):
    """Gathers the errors of a whole picture."""

    def add(self, plane: Plane, error: ErrorMap, top: int, left: int, values: FloatArray) -> None:
        """Take the errors of a tile at (top, left) of a plane; `values` may be overwritten, not kept."""


S = TypeVar("S", bound=Sink)


class Reference:
    """An original, ready to be compared with many candidates of its size."""

    def __init__(self, pixels: Pixels8) -> None:
        self._size = pixels.shape[:2]
        self._pixels = _normalized(pixels)
        height, width = self._pixels.shape[:2]
        self._strips = cut(height, width, STRIP_PIXELS)
        self._prepared: dict[float | None, list[dict[Plane, PreparedPlane]]] = {}
        backgrounds = BACKGROUNDS if _has_alpha(self._pixels) else (None,)
        if height * width * len(backgrounds) <= CACHE_PIXELS:
            comparison = Comparison()
            for background in backgrounds:
                prepare = partial(self._prepare, background=background, comparison=comparison)
                self._prepared[background] = [prepare(strip) for strip in self._strips]

    def score(self, candidate: Pixels8) -> float:
        """How close a candidate looks: 100.0 for equal pixels, else lower, without a lower bound.

        Heights and widths must be equal, else ValueError; channels may differ: gray counts as R = G = B and a
        missing alpha as opaque. If either has transparent pixels, both are laid over a dark and over a bright
        gray and the worse score counts. A side below 8 pixels, which the formula does not cover, is first
        extended to 8 by repeating its last row or column.
        """
        if np.array_equal(self._pixels, self._checked(candidate)):
            return 100.0
        return min(totals.score() for totals in self.measure(candidate, Totals))

    def measure(self, candidate: Pixels8, new_sink: Callable[[int, int], S]) -> list[S]:
        """Feed all errors of a candidate to sinks: one, or one per background where pixels are transparent.

        `new_sink` makes a sink for the height and width that are compared (never below 8).
        """
        pixels = self._checked(candidate)
        height, width = pixels.shape[:2]
        transparent = _has_alpha(self._pixels) or _has_alpha(pixels)
        comparison = Comparison()
        sinks = []
        for background in BACKGROUNDS if transparent else (None,):
            sink = new_sink(height, width)
            for strip, originals in self._originals(background, comparison):
                planes = planes_of(pixels, strip, background)
                for plane, original in originals.items():
                    receiver = partial(sink.add, plane)
                    comparison.compare(original, planes.pop(plane), WEIGHTS[plane], receiver)
            sinks.append(sink)
        return sinks

    def _checked(self, candidate: Pixels8) -> Pixels8:
        """The candidate's pixels as they are compared, or ValueError."""
        if candidate.shape[:2] != self._size:
            message = f"sizes differ: original {self._size}, candidate {candidate.shape[:2]}"
            raise ValueError(message)
        return _normalized(candidate)

    def _originals(
        self, background: float | None, comparison: Comparison
    ) -> Iterator[tuple[Strip, dict[Plane, PreparedPlane]]]:
        """Each strip with the original's planes, from memory or made now."""
        if not _has_alpha(self._pixels):
            background = None
        ready = self._prepared.get(background)
        for index, strip in enumerate(self._strips):
            yield strip, ready[index] if ready else self._prepare(strip, background, comparison)

    def _prepare(self, strip: Strip, background: float | None, comparison: Comparison) -> dict[Plane, PreparedPlane]:
        planes = planes_of(self._pixels, strip, background)
        return {plane: comparison.prepare(padded, strip.rows(plane[0])[0]) for plane, padded in planes.items()}


def score(reference: Pixels8, candidate: Pixels8) -> float:
    """Compare one candidate with its original; see `Reference.score`."""
    return Reference(reference).score(candidate)


class Totals:
    """Sums of error powers over a whole picture, and the score they make."""

    def __init__(self, height: int, width: int) -> None:
        self._sizes = sizes(height, width)
        self._sums = {
            (plane, error, norm): 0.0
            for plane, errors in WEIGHTS.items()
            for error, norms in errors.items()
            for norm in norms
        }

    def add(self, plane: Plane, error: ErrorMap, top: int, left: int, values: FloatArray) -> None:  # noqa: ARG002
        """Add the errors of a tile; where the tile lies does not matter here."""
        norms = WEIGHTS[plane][error]
        if 1 in norms:
            self._sums[plane, error, 1] += float(values.sum())
        if 4 in norms:
            squares = np.multiply(values, values, out=values).ravel()
            self._sums[plane, error, 4] += float(np.dot(squares, squares))

    def score(self) -> float:
        """The score of all that was added."""
        weighted = 0.0
        for (plane, error, norm), total in self._sums.items():
            if plane[0] < len(self._sizes):
                height, width = self._sizes[plane[0]]
                weighted += WEIGHTS[plane][error][norm] * (total / (height * width)) ** (1 / norm)
        return float(to_score(np.array(weighted)))


def _has_alpha(pixels: Pixels8) -> bool:
    return pixels.shape[2] in (2, 4)


def _normalized(pixels: Pixels8) -> Pixels8:
    """Drop an alpha channel that hides nothing, and extend sides below 8 pixels."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or not 1 <= pixels.shape[2] <= 4 or 0 in pixels.shape:
        message = f"not 8-bit pixels of shape (h, w, 1 to 4): {pixels.dtype} {pixels.shape}"
        raise ValueError(message)
    if _has_alpha(pixels) and bool((pixels[..., -1] == 255).all()):
        pixels = pixels[..., :-1]
    missing = [max(0, SMALLEST_SIDE - side) for side in pixels.shape[:2]]
    if any(missing):
        pixels = np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
    return pixels
