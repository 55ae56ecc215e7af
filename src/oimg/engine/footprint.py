"""How much memory the work on one picture takes at its peak, told by its header and the recipe."""

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
# Frames are decoded all together, whatever they are written as; not measured one by one.
_PER_FRAME_PIXEL: Final = 88
# What is decoded and then made smaller: Pillow's picture, our copy of it, and that copy turned upright.
_DECODED: Final = 12


def peak_bytes(header: Header, recipe: Recipe) -> int:
    """Bytes that the work takes at most, beside interpreter and libraries."""
    wide = 2 if header.bit_depth > 8 else 1
    if header.frames > 1:
        return header.pixels * _PER_FRAME_PIXEL * wide
    each = max((BYTES_PER_PIXEL[name] for name in target_formats(header, recipe)), default=_DECODED)
    if recipe.resize.fitting is Fitting.NONE:
        return header.pixels * each * wide
    width, height = sizes.plan_size(header.upright_size, recipe.resize)[1]
    shorter = sizes.reduction(header.upright_size, recipe.resize) if header.format is Format.JPEG else 1
    return (header.pixels // shorter**2 * _DECODED + width * height * each) * wide
