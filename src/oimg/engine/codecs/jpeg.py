"""JPEG: lossy, 8 bits a channel, gray, RGB or CMYK, no alpha."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import BinaryIO, Final

import numpy as np

from oimg.engine import child
from oimg.engine.codecs.base import (
    Capabilities,
    Encoder,
    Recompressor,
    decode_pillow,
    foreign,
    save_pillow,
    to_pillow,
)
from oimg.engine.containers import jpeg as container
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import (
    Block,
    ColorModel,
    DecodedImage,
    EncodeOptions,
    Format,
    Frame,
    Header,
    Limits,
    Metadata,
    Part,
)

# Steps grow evenly from the mean to the finest detail: for equal SSIMULACRA2 that needs 13 to 22 % fewer bytes than the
# table of Robidoux for both (docs/dependencies.md). The score looks at colour from half resolution on only. With steps
# as coarse as these, colour was never further off than in 4:2:0 of the same score (benchmarks/search/README.md).
_LUMA: Final = tuple(16 + 7 * (at // 8 + at % 8) for at in range(64))
_CHROMA: Final = tuple(29 + 18 * (at // 8 + at % 8) for at in range(64))
# CMYK has the quantization table of N. Robidoux (ImageMagick; table 3 of mozjpeg's jcparam.c).
_ROBIDOUX: Final = (
    16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75,
    16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31, 40, 53, 74, 106, 156,
    25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238,
    56, 53, 91, 106, 131, 169, 226, 311, 85, 75, 135, 156, 189, 238, 311, 418,
)  # fmt: skip
_CAPABILITIES: Final = Capabilities(
    lossy=True,
    icc=True,
    colors=frozenset(ColorModel),
    max_side=65500,
    blocks=frozenset(Block),
)


@dataclass(frozen=True, slots=True)
class JpegCodec:
    """jpegli for 4:2:0 colour, libjpeg-turbo for the rest, mozjpeg's scan search to finish."""

    format: Format = Format.JPEG
    capabilities: Capabilities = _CAPABILITIES

    def sniff(self, head: bytes) -> bool:
        """SOI and the first byte of the next marker."""
        return head.startswith(b"\xff\xd8\xff")

    def probe(self, stream: BinaryIO) -> Header:
        """Walk the segments up to the frame header."""
        return container.header(stream)

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and profile without decoding a pixel."""
        return container.read_metadata(untrusted)

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode the first picture in the file."""
        return self.decode_reduced(untrusted, limits, 1)

    def decode_reduced(self, untrusted: bytes, limits: Limits, reduction: int) -> DecodedImage:
        """Decode with sides 1, 2, 4 or 8 times shorter (rounded up), by smaller inverse transforms (libjpeg)."""
        header = container.header(BytesIO(untrusted))
        metadata, icc = container.read_metadata(untrusted)
        # Pillow gives an MPO's other pictures as frames; only the first one is the picture.
        return decode_pillow(
            untrusted,
            "JPEG",
            limits,
            metadata=metadata,
            orientation=header.orientation,
            icc=icc,
            first_only=True,
            reduction=reduction,
        )

    def encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Write plain baseline scans; `finish` packs them better without touching a coefficient."""
        if options.quality is None:
            raise OimgError(ErrorCode.ENCODE, "JPEG cannot be written without loss from pixels")
        quality = round(options.quality)
        if image.color is ColorModel.RGB and not options.full_chroma and (data := _jpegli(image, quality)):
            return container.rewrite(data, image.metadata, image.icc)
        is_cmyk = image.color is ColorModel.CMYK
        luma, chroma = (_ROBIDOUX, _ROBIDOUX) if is_cmyk else (_LUMA, _CHROMA if options.full_chroma else _LUMA)
        tables = [_scaled(table, quality) for table in (luma, chroma)]
        picture = to_pillow(image.pixels, image.color)
        subsampling = "4:4:4" if options.full_chroma or is_cmyk else "4:2:0"
        data = save_pillow(picture, "JPEG", quality=50, qtables=tables, subsampling=subsampling)
        return container.rewrite(data, image.metadata, image.icc)

    def carries(self, part: Part) -> bool:
        """Ask the container."""
        return container.carries(part)

    def finish(self, encoded: bytes, effort: int) -> bytes:
        """Search the smallest progressive scans and Huffman tables (jpegtran's transcoding in mozjpeg)."""
        if effort == 0:
            return encoded
        import mozjpeg_lossless_optimization as mozjpeg  # noqa: PLC0415 - imported on first use

        with foreign(ErrorCode.ENCODE):
            packed: bytes = mozjpeg.optimize(encoded, mozjpeg.COPY_MARKERS.ALL)
        return packed if len(packed) < len(encoded) else encoded

    def recompress(self, untrusted: bytes, metadata: Metadata, icc: bytes, effort: int) -> bytes:
        """Give the same coefficients in fewer bytes, with this metadata.

        In the child: mozjpeg calls exit() on coefficients that no encoder of ours writes.
        """
        plain = container.rewrite(untrusted, metadata, icc)
        packed = child.call("mozjpeg", {}, plain) if effort else plain
        return packed if len(packed) < len(plain) else plain

    def is_own(self, untrusted: bytes) -> bool:
        """Whether the quantization tables are the very ones that `encode` writes: a result of OIMG, or of jpegli."""
        return container.quantization(untrusted)[:1] in _own_tables()

    def library(self) -> str:
        """Versions of what encodes and decodes."""
        from importlib.metadata import version  # noqa: PLC0415

        with foreign(ErrorCode.CODEC_MISSING):
            names = ("Pillow", "pyjpegli", "mozjpeg-lossless-optimization")
            return ", ".join(f"{name} {version(name)}" for name in names)
        raise AssertionError  # pragma: no cover


def _jpegli(image: DecodedImage, quality: int) -> bytes:
    try:
        import pyjpegli  # noqa: PLC0415 - imported on first use
    except ImportError:  # no wheel for this machine
        return b""
    width, height = image.size
    with foreign(ErrorCode.ENCODE):
        data: bytes = pyjpegli.encode(np.ascontiguousarray(image.pixels), width, height, quality=quality)
        return data
    raise AssertionError  # pragma: no cover


@cache
def _own_tables() -> frozenset[tuple[tuple[int, ...], ...]]:
    """The luma tables of every quality but 100, where all tables are alike, read off tiny pictures.

    Those of Robidoux are among them: versions before wrote 4:4:4 and gray with them.
    """
    picture = DecodedImage((Frame(np.zeros((8, 8, 3), np.uint8)),))
    options = [EncodeOptions(quality=q, full_chroma=full) for q in range(1, 100) for full in (False, True)]
    now = {container.quantization(_JPEG.encode(picture, each))[:1] for each in options}
    return frozenset(now | {(tuple(_scaled(_ROBIDOUX, quality)),) for quality in range(1, 100)})


def _scaled(table: tuple[int, ...], quality: int) -> list[int]:
    """A table at a quality, as libjpeg scales it (jcparam.c, jpeg_quality_scaling and jpeg_add_quant_table)."""
    percent = 5000 // max(1, quality) if quality < 50 else 200 - 2 * quality
    return [min(255, max(1, (value * percent + 50) // 100)) for value in table]


_JPEG: Final = JpegCodec()
CODEC: Final[Encoder] = _JPEG
RECOMPRESSOR: Final[Recompressor] = _JPEG
is_own = _JPEG.is_own
decode_reduced = _JPEG.decode_reduced
