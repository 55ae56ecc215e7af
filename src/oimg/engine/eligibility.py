"""What must not be lost without a word, told by the header of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from oimg.engine.containers import jxl, png
from oimg.engine.flatten import DROPPED
from oimg.engine.targets import moves_pixels
from oimg.words.images import Feature, Format, Header
from oimg.words.recipe import Recipe
from oimg.words.report import KeptCode

# What a file may hold beside its picture that no rewritten file would carry on.
_NOT_CARRIED: Final = (
    (Feature.MOTION_PHOTO, KeptCode.MOTION_PHOTO),
    (Feature.GAIN_MAP, KeptCode.GAIN_MAP),
    (Feature.DEPTH_MAP, KeptCode.DEPTH_MAP),
    (Feature.C2PA, KeptCode.C2PA),
    (Feature.MULTI_PICTURE, KeptCode.MULTI_PICTURE),
    (Feature.MULTI_PAGE, KeptCode.MULTI_PAGE),
)
# Formats whose animations are read and written whole.
_ANIMATED: Final = (Format.GIF, Format.PNG, Format.WEBP, Format.AVIF)
# A code and its detail.
Reason: TypeAlias = tuple[KeptCode, str]


def refusal(
    untrusted: Callable[[], bytes], header: Header, recipe: Recipe, targets: tuple[Format, ...]
) -> Reason | None:
    """Refuse what would be lost without a word.

    Mostly the header tells; `untrusted` is called where it does not, and gives of a PNG all that stands before its
    picture at least, of a JPEG XL the whole file. Raises OimgError where a JPEG XL cannot be read, and what it raises.
    """
    same = targets == (header.format,)
    moved = moves_pixels(header, recipe)
    keeps_pages = same and not moved and header.format is Format.TIFF
    for feature, code in _NOT_CARRIED:
        left_out = recipe.flatten_special and feature in DROPPED
        if feature in header.features and not left_out and not (feature is Feature.MULTI_PAGE and keeps_pages):
            return code, ""
    if Feature.MULTI_PAGE in header.features:
        return None  # its pages are packed as they are, whatever they hold
    if Feature.HDR in header.features and not (same and not moved and header.format is Format.PNG):
        return KeptCode.HDR, ""
    animated = header.frames > 1 or Feature.ANIMATION in header.features
    if animated and (not same or moved or header.format not in _ANIMATED):
        return (KeptCode.ANIMATION, f"{header.frames} frames" if header.frames > 1 else "")
    if header.format is Format.PNG and (not same or moved) and not png.is_plain_srgb(untrusted()):
        return KeptCode.GAMMA, ""
    if header.format is Format.JXL and jxl.loses_profile(untrusted()):
        return KeptCode.COLOR, ""
    deep = header.bit_depth > 8 and header.format in (Format.AVIF, Format.JXL, Format.TIFF, Format.PPM)
    return (KeptCode.BIT_DEPTH, f"{header.bit_depth} bits") if deep else None
