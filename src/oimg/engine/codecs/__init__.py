"""The registry: which codec reads these bytes, which writes this format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format

if TYPE_CHECKING:
    from oimg.engine.codecs.base import Codec, Encoder, Recompressor

T = TypeVar("T")


class _Registry(Mapping[Format, T]):
    """What serves each of some formats; its modules are imported on the first look at one of them.

    They load NumPy and Pillow, which takes longer than all else in a run where every picture was done before. Which
    formats there are is known without.
    """

    def __init__(self, formats: tuple[Format, ...], load: Callable[[], Mapping[Format, T]]) -> None:
        self._formats = formats
        self._load = load

    def __getitem__(self, format_: Format) -> T:
        return self._load()[format_]

    def __contains__(self, format_: object) -> bool:
        return format_ in self._formats

    def __iter__(self) -> Iterator[Format]:
        return iter(self._formats)

    def __len__(self) -> int:
        return len(self._formats)


@cache
def _encoders() -> Mapping[Format, Encoder]:
    from oimg.engine.codecs import avif, gif, jpeg, jxl, png, tiff, webp  # noqa: PLC0415 - see _Registry

    codecs = (jpeg.CODEC, png.CODEC, webp.CODEC, avif.CODEC, jxl.CODEC, gif.CODEC, tiff.CODEC)
    return {codec.format: codec for codec in codecs}


@cache
def _codecs() -> Mapping[Format, Codec]:
    from oimg.engine.codecs import bmp, heic, ico, ppm, qoi  # noqa: PLC0415

    readers = (heic.CODEC, bmp.CODEC, ico.CODEC, ppm.CODEC, qoi.CODEC)
    return {**_encoders(), **{codec.format: codec for codec in readers}}


@cache
def _recompressors() -> Mapping[Format, Recompressor]:
    from oimg.engine.codecs import gif, jpeg, png  # noqa: PLC0415

    return {Format.JPEG: jpeg.RECOMPRESSOR, Format.PNG: png.RECOMPRESSOR, Format.GIF: gif.RECOMPRESSOR}


ENCODERS: Final = _Registry(
    (Format.JPEG, Format.PNG, Format.WEBP, Format.AVIF, Format.JXL, Format.GIF, Format.TIFF), _encoders
)
CODECS: Final = _Registry((*ENCODERS, Format.HEIC, Format.BMP, Format.ICO, Format.PPM, Format.QOI), _codecs)
RECOMPRESSORS: Final = _Registry((Format.JPEG, Format.PNG, Format.GIF), _recompressors)


def detect(head: bytes) -> Codec:
    """Find the codec for a file by its first bytes; OimgError(NOT_AN_IMAGE) where none knows them."""
    for codec in CODECS.values():
        if codec.sniff(head):
            return codec
    raise OimgError(ErrorCode.NOT_AN_IMAGE)
