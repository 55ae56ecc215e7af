"""The size of a resized picture: plain arithmetic, shared by the engine and by the faces, which show it beforehand."""

from __future__ import annotations

import math

from oimg.words.recipe import Fitting, Resize


def plan_size(size: tuple[int, int], spec: Resize) -> tuple[tuple[int, int], tuple[int, int]]:
    """Compute the crop and the final size of an upright picture, both as (width, height) in pixels.

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
