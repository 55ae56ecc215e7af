"""What is shown of a picture on a screen: values between the work floor and the window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Pixels for the screen: upright, sRGB, uint8, (height, width, 3 or 4), C-contiguous, alpha straight.

    They are shared, so nobody writes to them (the array refuses it).
    """

    pixels: npt.NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])

    @property
    def has_alpha(self) -> bool:
        """Whether there is something to see through."""
        return int(self.pixels.shape[2]) == 4
