"""The registry: which codec reads these bytes, which writes this format."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from oimg.engine.codecs import avif, bmp, gif, heic, ico, jpeg, jxl, png, ppm, qoi, tiff, webp
from oimg.engine.codecs.base import Codec, Recompressor
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format

ENCODERS: Final = MappingProxyType(
    {codec.format: codec for codec in (jpeg.CODEC, png.CODEC, webp.CODEC, avif.CODEC, jxl.CODEC, gif.CODEC, tiff.CODEC)}
)
CODECS: Final = MappingProxyType[Format, Codec](
    {
        **ENCODERS,
        **{codec.format: codec for codec in (heic.CODEC, bmp.CODEC, ico.CODEC, ppm.CODEC, qoi.CODEC)},
    }
)
RECOMPRESSORS: Final = MappingProxyType[Format, Recompressor](
    {
        Format.JPEG: jpeg.RECOMPRESSOR,
        Format.PNG: png.RECOMPRESSOR,
        Format.GIF: gif.RECOMPRESSOR,
    }
)
# Every suffix that stands for a format, for naming and for telling a wrong one.
SUFFIXES: Final = MappingProxyType(
    {suffix: codec.format for codec in CODECS.values() for suffix in codec.capabilities.suffixes}
)


def detect(head: bytes) -> Codec:
    """Find the codec for a file by its first bytes; OimgError(NOT_AN_IMAGE) where none knows them."""
    for codec in CODECS.values():
        if codec.sniff(head):
            return codec
    raise OimgError(ErrorCode.NOT_AN_IMAGE)
