"""The native back end: the same sums by the C kernel (kernel/), which works without the GIL.

Importing this raises ImportError where the kernel was not built, or was built from other numbers than ours.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from oimg.engine.metrics import _kernel
from oimg.engine.metrics.ssimulacra2_constants import (
    BACKGROUNDS,
    OFFSETS,
    OPSIN,
    OPSIN_BIAS,
    SCALES,
    STABILIZER,
    TAPS,
    WEIGHTS,
    X_GAIN,
    Channel,
    ErrorMap,
    FloatArray,
)
from oimg.engine.metrics.sums import Sink
from oimg.engine.metrics.xyb import BIAS_ROOT, Pixels8, has_alpha, light_table

# The kept planes of an original take 6.8 bytes per pixel; larger ones are processed again for each candidate.
CACHE_PIXELS = 30_000_000


def formula() -> tuple[object, ...]:
    """Our numbers in the form in which the kernel tells its own (kernel/module.c), rounded to float32 as there."""

    def rounded(*numbers: float) -> tuple[float, ...]:
        return tuple(float(np.float32(number)) for number in numbers)

    def wanted(scale: int, channel: Channel) -> int:
        errors = WEIGHTS.get((scale, channel), {})
        bits = [
            (2 if power == 4 else 1) << 2 * list(ErrorMap).index(error) for error in errors for power in errors[error]
        ]
        return sum(bits)

    return (
        tuple(wanted(scale, channel) for scale in range(SCALES) for channel in Channel),
        rounded(*(weight for row in OPSIN for weight in row)),
        rounded(OPSIN_BIAS, BIAS_ROOT, X_GAIN),
        rounded(*(OFFSETS[channel] for channel in Channel)),
        rounded(*TAPS),
        *rounded(STABILIZER),
    )


if formula() != _kernel.FORMULA:
    raise ImportError("the kernel was built from other numbers")

_OPAQUE: Final = (None,)


class Original:
    """An original whose XYB planes are kept where they are small enough."""

    def __init__(self, pixels: Pixels8) -> None:
        self._pixels = pixels
        self._planes: dict[float | None, FloatArray] = {}
        height, width = pixels.shape[:2]
        backgrounds = BACKGROUNDS if has_alpha(pixels) else _OPAQUE
        if height * width * len(backgrounds) <= CACHE_PIXELS:
            for background in backgrounds:
                planes = np.zeros(_kernel.plane_floats(height, width), np.float32)
                _kernel.prepare(pixels, light_table(pixels, background), planes)
                self._planes[background] = planes

    def measure(self, candidate: Pixels8, background: float | None, sink: Sink) -> None:
        """Fill a sink with all errors of a candidate; transparency is laid over `background`."""
        light = light_table(candidate, background)
        planes = self._planes.get(background if has_alpha(self._pixels) else None)
        if planes is not None:
            _kernel.compare(planes, candidate, light, sink.totals, sink.cells)
        else:
            own_light = light_table(self._pixels, background)
            _kernel.compare_pixels(self._pixels, own_light, candidate, light, sink.totals, sink.cells)
