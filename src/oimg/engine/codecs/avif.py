"""AVIF: lossy, 8 bits a channel as written here, gray or RGB with alpha, animation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO, Final

from PIL import Image

from oimg.engine.codecs.base import Capabilities, Encoder, check_limits, decode_pillow, foreign, save_pillow, to_pillow
from oimg.engine.containers import isobmff as container
from oimg.engine.content import Kind, kind_of
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Block, ColorModel, DecodedImage, EncodeOptions, Format, Header, Limits, Metadata, Part

# aom's speed by effort: 10 gives the bytes of 9, benchmarks/search/README.md says what the others are worth.
_SPEEDS: Final = (9, 9, 9, 8, 7, 6, 6, 6, 5, 5, 4)
_ANIMATION_SPEEDS: Final = (9, 9, 9, 8, 8, 8, 7, 6, 6, 5, 4)
# So few pixels take a tenth of a second at speed 4, and 3 to 8 % fewer bytes than at speed 6.
_SMALL: Final = 128 * 128
_SMALL_SPEED: Final = 4
_PATIENT: Final = 5  # the effort from which they get it
# libavif makes one of aom's 63 quantizers of a quality: finer steps give the same file twice.
_STEP: Final = 100 / 63
_CAPABILITIES: Final = Capabilities(
    lossy=True,
    alpha=True,
    animation=True,
    icc=True,
    max_side=32768,  # what libavif reads by default, in browsers too
    qualities=(_STEP, 62 * _STEP, _STEP),
    blocks=frozenset({Block.EXIF, Block.THUMBNAIL, Block.XMP}),
    gray_alpha=False,
)
# For photos, "ssimulacra2" takes about 1 % fewer bytes at scores of 70 to 85 than the default tuning "iq", 2 % more at
# 90; drawings it costs 2 to 10 % at 70 and 80. The sharpness of 7 that both set costs smooth photos some percent, and
# their quantizers for single blocks cost drawings 5 to 20 % (docs/dependencies.md).
_PHOTO: Final = {"tune": "ssimulacra2", "sharpness": "0"}
_DRAWN: Final = {"tune": "iq", "sharpness": "0", "deltaq-mode": "0"}
# With two threads or more aom codes rows of blocks side by side, in the same CPU time and to the same bytes whatever
# their number; with one thread the bytes differ. Of 3 megapixels four threads share the work 3 to 1 (speed 8).
_LEAST_THREADS: Final = 2
# A TIFF header and a directory without fields; behind it, enough bytes to be found by.
_EMPTY_EXIF: Final = b"II*\0\x08\0\0\0" + bytes(6)
_SHORTEST_EXIF: Final = 32


@dataclass(frozen=True, slots=True)
class AvifCodec:
    """aom through pillow-avif-plugin, tuned for still pictures, colour at full resolution."""

    format: Format = Format.AVIF
    capabilities: Capabilities = _CAPABILITIES

    def sniff(self, head: bytes) -> bool:
        """An ftyp box with AVIF brands."""
        return container.sniff(head) is Format.AVIF

    def probe(self, stream: BinaryIO) -> Header:
        """Read the boxes of the primary item."""
        return container.header(stream)

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and profile without decoding a pixel."""
        return container.read_metadata(untrusted)

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode to 8 bits per channel; deeper files are recognised by their header."""
        _load()
        header = container.header(BytesIO(untrusted))
        check_limits(header, len(untrusted), limits)  # libavif has limits of its own and another word for them
        metadata, profile = container.read_metadata(untrusted)
        image = decode_pillow(untrusted, "AVIF", limits, metadata=metadata, orientation=header.orientation)
        return replace(image, icc=image.icc or profile, loop=image.loop if header.frames > 1 else 1)

    def encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Write at a quality; 4:4:4 costs nothing at equal score and reaches higher ones."""
        _load()
        quality = 100 if options.quality is None else round(options.quality)
        gray = image.color is ColorModel.GRAY and not image.has_alpha
        exif, stand_in = _exif(image.metadata.exif)
        coding: dict[str, Any] = {
            "quality": quality,
            "speed": _speed(image, options.effort),
            "codec": "aom",
            "max_threads": max(_LEAST_THREADS, options.threads),
            "subsampling": "4:0:0" if gray else "4:4:4",
            "icc_profile": image.icc,
            "exif": stand_in,
            "xmp": image.metadata.xmp,
        }
        pictures = [_unbiased(to_pillow(frame.pixels, image.color)) for frame in image.frames]
        if len(pictures) > 1:
            durations = [frame.duration for frame in image.frames]
            coding |= {"save_all": True, "append_images": pictures[1:], "duration": durations}
        elif quality < 100:  # aom refuses a tuning where it codes without loss
            coding["advanced"] = _PHOTO if kind_of(image) is Kind.PHOTO else _DRAWN
        data = save_pillow(pictures[0], "AVIF", **coding)
        if exif and stand_in not in data:
            raise OimgError(ErrorCode.ENCODE, "the EXIF block is not where it was written")
        return data.replace(stand_in, exif) if exif else data

    def carries(self, part: Part) -> bool:
        """Our writer has no place for them."""
        del part
        return False

    def finish(self, encoded: bytes, effort: int) -> bytes:
        """Nothing left to gain."""
        del effort
        return encoded

    def library(self) -> str:
        """Versions of the plugin and of the codecs inside."""
        from importlib.metadata import version  # noqa: PLC0415

        with foreign(ErrorCode.CODEC_MISSING):
            _load()
            from pillow_avif import _avif  # noqa: PLC0415

            return f"pillow-avif-plugin {version('pillow-avif-plugin')}: {_avif.codec_versions()}"
        raise AssertionError  # pragma: no cover


def _speed(image: DecodedImage, effort: int) -> int:
    if len(image.frames) > 1:
        return _ANIMATION_SPEEDS[effort]
    width, height = image.size
    return _SMALL_SPEED if width * height <= _SMALL and effort >= _PATIENT else _SPEEDS[effort]


def _unbiased(picture: Image.Image) -> Image.Image:
    """Give RGB an opaque alpha, which libavif leaves out of the file.

    It converts RGB without alpha to YCbCr with a rounding that moves every picture by half a step to green
    (docs/dependencies.md, "pillow-avif-plugin").
    """
    return picture.convert("RGBA") if picture.mode == "RGB" else picture


@cache
def _load() -> None:
    """Write with the plugin, which tunes; read with Pillow's own libavif, which lets go of the GIL."""
    from PIL import AvifImagePlugin, Image, features  # noqa: PLC0415 - registers itself; the plugin after it

    with foreign(ErrorCode.CODEC_MISSING):
        import pillow_avif  # noqa: F401, PLC0415 - registers itself over Pillow's own
    if features.check("avif"):
        Image.register_open("AVIF", AvifImagePlugin.AvifImageFile, AvifImagePlugin._accept)  # noqa: SLF001


def _exif(block: bytes) -> tuple[bytes, bytes]:
    """Give the block, and an empty one of the same length to write first.

    The plugin writes a block with an orientation anew, without its thumbnail and with maker notes out of place, and
    fails on broken ones.
    """
    if not block:
        return b"", b""
    block = block.ljust(_SHORTEST_EXIF, b"\0")
    filler = hashlib.shake_128(block).digest(len(block) - len(_EMPTY_EXIF))
    return block, _EMPTY_EXIF + filler


CODEC: Final[Encoder] = AvifCodec()
