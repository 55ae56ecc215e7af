"""What a recipe makes of a picture's size: arithmetic, done before a pixel is decoded, and without NumPy."""

from __future__ import annotations

import math
from typing import Final

from oimg.words.recipe import Fitting, Resize

# The scales at which JPEG decoders make smaller pictures of the coefficients, the smallest first.
_REDUCTIONS: Final = (8, 4, 2)


def plan_size(size: tuple[int, int], spec: Resize) -> tuple[tuple[int, int], tuple[int, int]]:
    """Reckon the crop and the final size for an upright picture, both as (width, height).

    The crop is smaller than the picture only for FILL. Without `enlarge` no side ever grows: a box that is too
    large shrinks in its own proportions. Sides are at least 1 pixel.
    """
    width, height = size
    crop, factor = size, 1.0
    match spec.fitting:
        case Fitting.NONE:
            return size, size
        case Fitting.FIT:
            factor = min(spec.width / width, spec.height / height)
        case Fitting.LONG_EDGE:
            factor = spec.amount / max(size)
        case Fitting.SHORT_EDGE:
            factor = spec.amount / min(size)
        case Fitting.SCALE:
            factor = spec.amount / 100
        case Fitting.MEGAPIXELS:
            factor = math.sqrt(spec.amount * 1e6 / (width * height))
        case Fitting.FILL | Fitting.EXACT:
            if spec.fitting is Fitting.FILL:
                scale = min(width / spec.width, height / spec.height)
                crop = (_side(spec.width * scale, width), _side(spec.height * scale, height))
            shrink = 1.0 if spec.enlarge else min(1.0, crop[0] / spec.width, crop[1] / spec.height)
            return crop, (max(1, round(spec.width * shrink)), max(1, round(spec.height * shrink)))
    if not spec.enlarge:
        factor = min(1.0, factor)
    return crop, (max(1, round(width * factor)), max(1, round(height * factor)))


def _side(wanted: float, available: int) -> int:
    return max(1, min(available, round(wanted)))


def reduction(size: tuple[int, int], spec: Resize) -> int:
    """By how much an upright picture of this width and height may be decoded smaller before it is resized: 1 to 8.

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
