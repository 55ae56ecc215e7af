"""SSIMULACRA2 v2.1: how much a candidate picture differs from its original for a human eye.

The formula and its constants are those of https://github.com/cloudinary/ssimulacra2 (BSD-3-Clause); see
`ssimulacra2_constants`. Scores: 100 identical, about 90 no difference seen side by side, 70 high quality,
50 medium, 30 low; there is no lower bound. This module is within 0.01 of the formula in exact arithmetic.
The reference tool blurs with a recursive float32 filter whose rounding moves its scores by a few tenths,
mostly down, and below 113 pixels it mixes up the weights of scales; here every scale keeps its own.

Pixels are sRGB, uint8, of shape (height, width, channels): 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
Alpha is straight. Large pictures are worked through in parts, so memory beyond the pixels stays flat. The sums behind
a score come from a small C kernel where it was built, else from numpy (`back_end`).
Everything runs in the calling thread, and one Reference may serve several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from oimg.engine.metrics import back_end
from oimg.engine.metrics.ssimulacra2_constants import BACKGROUNDS, SMALLEST_SIDE
from oimg.engine.metrics.sums import Sink, Totals
from oimg.engine.metrics.xyb import Pixels8, has_alpha

S = TypeVar("S", bound=Sink)

# Equal pictures are recognised by comparing bytes; unequal ones nearly always differ in the first block.
_COMPARED_ROWS = 64


class Reference:
    """An original, ready to be compared with many candidates of its size."""

    def __init__(self, pixels: Pixels8) -> None:
        self._size = pixels.shape[:2]
        self._pixels = _normalized(pixels)
        self._original = back_end.prepare(self._pixels)

    def score(self, candidate: Pixels8) -> float:
        """How close a candidate looks: 100.0 for equal pixels, else lower, without a lower bound.

        Heights and widths must be equal, else ValueError; channels may differ: gray counts as R = G = B and a
        missing alpha as opaque. If either has transparent pixels, both are laid over a dark and over a bright
        gray and the worse score counts. A side below 8 pixels, which the formula does not cover, is first
        extended to 8 by repeating its last row or column.
        """
        if _are_equal(self._pixels, self._checked(candidate)):
            return 100.0
        return min(totals.score() for totals in self.measure(candidate, Totals))

    def measure(self, candidate: Pixels8, new_sink: Callable[[int, int], S]) -> list[S]:
        """Feed all errors of a candidate to sinks: one, or one per background where pixels are transparent.

        `new_sink` makes a sink for the height and width that are compared (never below 8).
        """
        pixels = self._checked(candidate)
        height, width = pixels.shape[:2]
        transparent = has_alpha(self._pixels) or has_alpha(pixels)
        sinks = []
        for background in BACKGROUNDS if transparent else (None,):
            sink = new_sink(height, width)
            self._original.measure(pixels, background, sink)
            sinks.append(sink)
        return sinks

    def _checked(self, candidate: Pixels8) -> Pixels8:
        """The candidate's pixels as they are compared, or ValueError."""
        if candidate.shape[:2] != self._size:
            message = f"sizes differ: original {self._size}, candidate {candidate.shape[:2]}"
            raise ValueError(message)
        return _normalized(candidate)


def score(reference: Pixels8, candidate: Pixels8) -> float:
    """Compare one candidate with its original; see `Reference.score`."""
    return Reference(reference).score(candidate)


def _are_equal(one: Pixels8, other: Pixels8) -> bool:
    if one.shape != other.shape:
        return False
    tops = range(0, one.shape[0], _COMPARED_ROWS)
    return all(np.array_equal(one[top : top + _COMPARED_ROWS], other[top : top + _COMPARED_ROWS]) for top in tops)


def _normalized(pixels: Pixels8) -> Pixels8:
    """Drop an alpha channel that hides nothing, and extend sides below 8 pixels."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or not 1 <= pixels.shape[2] <= 4 or 0 in pixels.shape:
        message = f"not 8-bit pixels of shape (h, w, 1 to 4): {pixels.dtype} {pixels.shape}"
        raise ValueError(message)
    if has_alpha(pixels) and bool((pixels[..., -1] == 255).all()):
        pixels = pixels[..., :-1]
    missing = [max(0, SMALLEST_SIDE - side) for side in pixels.shape[:2]]
    if any(missing):
        pixels = np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
    return pixels
