"""The peak memory of the work on one picture, estimated from its header and the recipe."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from oimg.engine.steps import sizes
from oimg.engine.targets import target_formats
from oimg.words.images import Format, Header
from oimg.words.recipe import Fitting, Recipe

# Decoded source, a candidate and its decoded pixels, the encoder's own planes, and the child's copy where there is
# one: measured peak for each pixel that is encoded (benchmarks/memory.py), rounded up. 16 bits take twice as much.
BYTES_PER_PIXEL: Final = MappingProxyType(
    {
        Format.JPEG: 32,
        Format.PNG: 88,
        Format.WEBP: 40,
        Format.AVIF: 72,
        Format.JXL: 84,
        Format.GIF: 32,
        Format.TIFF: 24,
    }
)
# All frames are decoded together, whatever format they are written in; not measured per format.
_PER_FRAME_PIXEL: Final = 88
# For a picture that is resized after decoding: Pillow's image, our copy of it, and that copy turned upright.
_DECODED: Final = 12


def peak_bytes(header: Header, recipe: Recipe) -> int:
    """The most bytes that the work takes, not counting interpreter and libraries."""
    wide = 2 if header.bit_depth > 8 else 1
    if header.frames > 1:
        return header.pixels * _PER_FRAME_PIXEL * wide
    each = max((BYTES_PER_PIXEL[name] for name in target_formats(header, recipe)), default=_DECODED)
    if recipe.resize.fitting is Fitting.NONE:
        return header.pixels * each * wide
    width, height = sizes.plan_size(header.upright_size, recipe.resize)[1]
    shorter = sizes.reduction(header.upright_size, recipe.resize) if header.format is Format.JPEG else 1
    return (header.pixels // shorter**2 * _DECODED + width * height * each) * wide
