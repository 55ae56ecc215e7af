"""What a recipe asks of a picture, told by its header: the formats to try, and whether its pixels change."""

from __future__ import annotations

from typing import Final

from oimg.engine.codecs import ENCODERS
from oimg.engine.steps import sizes
from oimg.words.images import ColorModel, Format, Header
from oimg.words.recipe import ColorPolicy, Fitting, Recipe, Target

# Formats that `auto` may choose: what every current browser shows.
AUTO_FORMATS: Final = (Format.WEBP, Format.AVIF, Format.JPEG, Format.PNG)


def target_formats(header: Header, recipe: Recipe) -> tuple[Format, ...]:
    """The formats to try; empty when the picture's own is only read and no other was asked for."""
    if recipe.format is Target.KEEP:
        return (header.format,) if header.format in ENCODERS else ()
    if recipe.format is Target.AUTO:
        if header.frames > 1 or header.bit_depth > 8:
            return (header.format,) if header.format in ENCODERS else AUTO_FORMATS
        own = (header.format,) if header.format in ENCODERS else ()
        wanted = [each for each in AUTO_FORMATS if not (each is Format.JPEG and header.has_alpha)]
        return tuple(dict.fromkeys((*wanted, *own)))
    return (Format(recipe.format.value),)


def moves_pixels(header: Header, recipe: Recipe) -> bool:
    """Whether the recipe itself (not the coding) changes pixels."""
    upright = header.upright_size
    resized = recipe.resize.fitting is not Fitting.NONE and sizes.plan_size(upright, recipe.resize)[1] != upright
    converted = recipe.color is ColorPolicy.SRGB and (header.has_icc or header.color is ColorModel.CMYK)
    return resized or converted
