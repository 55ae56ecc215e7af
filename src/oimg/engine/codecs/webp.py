"""WebP: lossy or lossless, 8 bits a channel, RGB with alpha, animation."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, Final

from oimg.engine.codecs.base import Capabilities, Encoder, decode_pillow, foreign, save_pillow, to_pillow
from oimg.engine.containers import riff as container
from oimg.words.errors import ErrorCode
from oimg.words.images import Block, ColorModel, DecodedImage, EncodeOptions, Format, Header, Limits, Metadata, Part

# libwebp's method by effort: 6 takes 2 to 5 % off photos and 6 % off line art against 4, at 2.5 times the CPU time
# (docs/dependencies.md, "Pillow"). Below 2 it fails on large detailed pictures (partition 0 overflows: 21 megapixels
# at quality 90) and hardly is any faster.
_METHODS: Final = (2, 2, 2, 3, 4, 6, 6, 6, 6, 6, 6)
# ... and for lossy pictures with transparency, whose mask method 6 codes in ten times the CPU time and more.
_MASKED_METHODS: Final = (2, 2, 2, 3, 4, 4, 4, 6, 6, 6, 6)
_CAPABILITIES: Final = Capabilities(
    lossy=True,
    lossless=True,
    alpha=True,
    animation=True,
    icc=True,
    colors=frozenset({ColorModel.RGB}),
    max_side=16383,
    qualities=(1, 100, 0.5),
    blocks=frozenset({Block.EXIF, Block.THUMBNAIL, Block.XMP}),
)


@dataclass(frozen=True, slots=True)
class WebpCodec:
    """libwebp through Pillow, which takes fractional quality."""

    format: Format = Format.WEBP
    capabilities: Capabilities = _CAPABILITIES

    def sniff(self, head: bytes) -> bool:
        """RIFF with the form type WEBP."""
        return head[:4] == b"RIFF" and head[8:12] == b"WEBP"

    def probe(self, stream: BinaryIO) -> Header:
        """Walk the chunk headers."""
        return container.header(stream)

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and profile without decoding a pixel."""
        return container.read_metadata(untrusted)

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode all frames as whole canvases."""
        header = container.header(BytesIO(untrusted))
        metadata, icc = container.read_metadata(untrusted)
        return decode_pillow(untrusted, "WEBP", limits, metadata=metadata, orientation=header.orientation, icc=icc)

    def encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Write VP8 at a quality, or VP8L that keeps hidden colours too."""
        methods = _MASKED_METHODS if image.has_alpha and options.quality is not None else _METHODS
        coding: dict[str, Any] = {"method": methods[options.effort]}
        if options.quality is None:
            coding |= {"lossless": True, "exact": True, "quality": min(100, 15 * options.effort)}
        else:
            coding |= {"quality": options.quality, "alpha_quality": 100}
        pictures = [to_pillow(frame.pixels, image.color) for frame in image.frames]
        if len(pictures) > 1:
            coding |= {
                "save_all": True,
                "append_images": pictures[1:],
                "loop": image.loop,
                "duration": [frame.duration for frame in image.frames],
            }
        return container.rewrite(save_pillow(pictures[0], "WEBP", **coding), image.metadata, image.icc)

    def carries(self, part: Part) -> bool:
        """Ask the container."""
        return container.carries(part)

    def finish(self, encoded: bytes, effort: int) -> bytes:
        """Nothing left to gain."""
        del effort
        return encoded

    def library(self) -> str:
        """Version of libwebp inside Pillow."""
        from PIL import features  # noqa: PLC0415

        with foreign(ErrorCode.CODEC_MISSING):
            if not features.check("webp"):
                raise ImportError("Pillow was built without libwebp")
            return f"libwebp {features.version('webp')}"
        raise AssertionError  # pragma: no cover


CODEC: Final[Encoder] = WebpCodec()
