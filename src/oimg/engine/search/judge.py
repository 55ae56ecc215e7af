"""Scoring decoded pictures against their original, the way both are shown."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.steps.color import as_srgb
from oimg.words.images import DecodedImage, Pixels

# Pixels of the shorter side from which the metric has all the scales it was fitted with.
SMALLEST_EXACT: Final = 113
_JUDGED_FRAMES: Final = 6
# The metric looks for structure: a plain gray JPEG of 137 that came out as 128 had 88.9. Where the colour of the whole
# picture moves by more steps than this, each costs points.
_BEARABLE_DRIFT: Final = 2.0
_DRIFT_COST: Final = 10.0
_BAND: Final = 64


class Judge:
    """Scores decoded pictures against one reference, both shown as sRGB."""

    def __init__(self, reference: DecodedImage) -> None:
        self._reference = reference
        count = len(reference.frames)
        # An animation is judged by its worst frame among some that are spread evenly.
        self._judged = sorted({round(i) for i in np.linspace(0, count - 1, min(count, _JUDGED_FRAMES))})
        still = shown(reference, reference.pixels) if count == 1 else None
        self._still = None if still is None else (Reference(still), _mean_color(still))

    @property
    def approximate(self) -> bool:
        """Whether the picture is so small that the metric has fewer scales than it was fitted with."""
        return min(self._reference.size) < SMALLEST_EXACT

    def score(self, decoded: DecodedImage) -> float:
        """The SSIMULACRA2 score, at most 100 (equal). Size and number of frames must be those of the reference."""
        if self._still is not None:
            reference, color = self._still
            pixels = shown(decoded, decoded.pixels)
            return min(reference.score(pixels), _best_at(color, _mean_color(pixels)))
        pairs = ((self._reference.frames[i].pixels, decoded.frames[i].pixels) for i in self._judged)
        return min(Reference(shown(self._reference, before)).score(shown(decoded, after)) for before, after in pairs)


def _mean_color(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Give the mean of each colour; what is transparent counts as little as it is seen, hidden colours do not."""
    height, width, channels = pixels.shape
    bands = (_seen(pixels[top : top + _BAND]) for top in range(0, height, _BAND))
    sums = np.sum([band.sum(axis=0, dtype=np.uint64).sum(axis=0) for band in bands], axis=0)
    means: npt.NDArray[np.float64] = sums[: 3 if channels > 2 else 1] / (height * width)
    return np.repeat(means, 3) if means.size == 1 else means


def _seen(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    if pixels.shape[2] in (1, 3):
        return pixels
    return pixels[..., :-1].astype(np.uint16) * pixels[..., -1:] // np.uint16(255)


def _best_at(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> float:
    """Give the highest score that a picture may have whose mean colour moved so far."""
    drift = float(np.abs(before - after).max())
    return 100.0 if drift <= _BEARABLE_DRIFT else max(0.0, 100.0 - _DRIFT_COST * drift)


def shown(image: DecodedImage, pixels: Pixels) -> npt.NDArray[np.uint8]:
    """Convert a frame to 8-bit sRGB, which is what is scored and compared."""
    narrow = (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels
    return as_srgb(narrow, image.color, image.icc)  # type: ignore[arg-type]
