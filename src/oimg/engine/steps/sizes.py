"""The reduced size at which a picture is decoded before it is resized: arithmetic only, without NumPy."""

from __future__ import annotations

from typing import Final

from oimg.words.recipe import Resize
from oimg.words.sizes import plan_size

__all__ = ["plan_size", "reduction"]
# The scales at which JPEG decoders make smaller pictures of the coefficients, the smallest first.
_REDUCTIONS: Final = (8, 4, 2)


def reduction(size: tuple[int, int], spec: Resize) -> int:
    """The factor (1, 2, 4 or 8) by which an upright picture's sides may be divided while decoding, before resizing.

    Only where nothing is cropped and no side is left with a part of a pixel, and not in linear light. What is
    decoded has at least twice the pixels a side that are needed, of a quarter four times, of an eighth eight times:
    then the result scores 94 or more against that of a full decoding (benchmarks/search/reduction.py).
    """
    crop, final = plan_size(size, spec)
    if crop != size or spec.linear:
        return 1
    for factor in _REDUCTIONS:
        whole = not any(side % factor for side in size)
        if whole and all(side >= factor * factor * wanted for side, wanted in zip(size, final, strict=True)):
            return factor
    return 1
