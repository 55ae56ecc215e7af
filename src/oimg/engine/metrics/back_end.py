"""Which back end computes the error sums: the C kernel where it was built, else numpy. Their numbers are the same."""

from __future__ import annotations

import os
from functools import cache
from typing import Protocol

from oimg.engine.metrics import numpy_back_end
from oimg.engine.metrics.sums import Sink
from oimg.engine.metrics.xyb import Pixels8

# For tests and benchmarks: "numpy" or "native" asks for one back end and no other.
VARIABLE = "OIMG_METRIC"


class Original(Protocol):
    """An original, ready to be compared by several threads at once."""

    def measure(self, candidate: Pixels8, background: float | None, sink: Sink) -> None:
        """Feed all errors of a candidate of the same size to a sink.

        Both pictures are as `ssimulacra2` compares them: sides of at least 8, transparency only where it shows. It
        is laid over `background`, a gamma encoded gray 0..1; None stands for no transparency.
        """


def chosen() -> str:
    """The back end that is used now: "native" or "numpy".

    ImportError if OIMG_METRIC asks for the native one and it is not there, ValueError if it asks for another.
    """
    asked = os.environ.get(VARIABLE, "")
    if asked not in {"", "native", "numpy"}:
        message = f"{VARIABLE} is neither native nor numpy: {asked}"
        raise ValueError(message)
    if asked == "native" and not is_native_there():
        raise ImportError("the kernel is missing, or not of this version")
    return asked or ("native" if is_native_there() else "numpy")


@cache
def is_native_there() -> bool:
    """Whether the C kernel was built, and from the same numbers."""
    try:
        from oimg.engine.metrics import native_back_end  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


def prepare(pixels: Pixels8) -> Original:
    """Prepare an original for comparisons with the back end that is chosen now."""
    if chosen() == "numpy":
        return numpy_back_end.Original(pixels)
    from oimg.engine.metrics import native_back_end  # noqa: PLC0415

    return native_back_end.Original(pixels)
