"""Decodes untrusted bytes so that a library that crashes or hangs costs one file, not the program or the batch."""

from __future__ import annotations

from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Final

from oimg.engine import child
from oimg.engine.codecs import CODECS, jpeg
from oimg.engine.codecs.base import decode_pillow
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import DecodedImage, Format, Header, Limits

# Formats whose decoders are younger or larger than those of JPEG, PNG, WebP and GIF, which browsers and fuzzers have
# tested thoroughly. These files are decoded in a child process first, and here only if the child survived.
TRIED_FIRST: Final = frozenset(
    {Format.AVIF, Format.HEIC, Format.JXL, Format.TIFF, Format.BMP, Format.ICO, Format.PPM, Format.QOI}
)
# Animations that Pillow reads frame by frame, with the names of its plugins.
_STOPS_EARLY: Final = MappingProxyType({Format.GIF: "GIF", Format.PNG: "PNG", Format.WEBP: "WEBP"})
_SECONDS: Final = 12.0
_SECONDS_PER_MEGAPIXEL: Final = 0.5  # the slowest of them, HEIC, takes 0.03


def decode(untrusted: bytes, header: Header, limits: Limits, reduction: int = 1) -> DecodedImage:
    """Decode a file of the header's format. Raises OimgError, with CODEC_CRASHED if its library crashes or hangs.

    A JPEG can be decoded at a half, a quarter or an eighth of its sides (`reduction` 2, 4, 8).
    """
    if header.format is Format.JPEG:
        return jpeg.decode_reduced(untrusted, limits, reduction)
    if header.format in TRIED_FIRST:
        options = {"format": header.format.value, "limits": asdict(limits)}
        try:
            child.call("decode", options, untrusted, _seconds(header))
        except OimgError as error:
            if error.code is ErrorCode.CODEC_CRASHED:
                raise
            # The library refused the file: it will do so here as well, with an error of ours.
    return CODECS[header.format].decode(untrusted, limits)


def decode_first(untrusted: bytes, header: Header, limits: Limits, reduction: int = 1) -> DecodedImage:
    """Decode the first frame only, without metadata if the codec can stop there; otherwise the same as `decode`."""
    plugin = _STOPS_EARLY.get(header.format) if header.frames > 1 else None
    if plugin is None:
        image = decode(untrusted, header, limits, reduction)
        return replace(image, frames=image.frames[:1])
    return decode_pillow(untrusted, plugin, limits, orientation=header.orientation, first_only=True)


def damage(untrusted: bytes, header: Header) -> str:
    """What is wrong with the data of a JPEG that can still be shown; empty if nothing is, and for other formats."""
    if header.format is not Format.JPEG:
        return ""
    return child.call("damage", {}, untrusted, _seconds(header)).decode()


def _seconds(header: Header) -> float:
    return _SECONDS + _SECONDS_PER_MEGAPIXEL * header.pixels / 1e6
