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


class Judge:
    """Scores decoded pictures against one reference, both shown as sRGB."""

    def __init__(self, reference: DecodedImage) -> None:
        self._reference = reference
        count = len(reference.frames)
        # An animation is judged by its worst frame among some that are spread evenly.
        self._judged = sorted({round(i) for i in np.linspace(0, count - 1, min(count, _JUDGED_FRAMES))})
        self._still = Reference(shown(reference, reference.pixels)) if count == 1 else None

    @property
    def approximate(self) -> bool:
        """Whether the picture is so small that the metric has fewer scales than it was fitted with."""
        return min(self._reference.size) < SMALLEST_EXACT

    def score(self, decoded: DecodedImage) -> float:
        """The SSIMULACRA2 score, at most 100 (equal). Size and number of frames must be those of the reference."""
        if self._still is not None:
            return self._still.score(shown(decoded, decoded.pixels))
        pairs = ((self._reference.frames[i].pixels, decoded.frames[i].pixels) for i in self._judged)
        return min(Reference(shown(self._reference, before)).score(shown(decoded, after)) for before, after in pairs)


def shown(image: DecodedImage, pixels: Pixels) -> npt.NDArray[np.uint8]:
    """Convert a frame to 8-bit sRGB, which is what is scored and compared."""
    narrow = (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels
    return as_srgb(narrow, image.color, image.icc)  # type: ignore[arg-type]
