"""GIF: 256 colours a frame, animation kept exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Final, cast

import numpy as np
import numpy.typing as npt
from PIL import Image

from oimg.engine.codecs.base import (
    Capabilities,
    Encoder,
    Recompressor,
    decode_pillow,
    open_pillow,
    save_pillow,
)
from oimg.engine.codecs.palette import quantize
from oimg.engine.containers import gif as container
from oimg.words.errors import OimgError
from oimg.words.images import Block, DecodedImage, EncodeOptions, Format, Header, Limits, Metadata, Part

_CAPABILITIES: Final = Capabilities(
    lossy=True,
    alpha=True,
    animation=True,
    max_side=65535,
    qualities=(100, 100, 1),
    blocks=frozenset({Block.XMP, Block.COMMENTS}),
    partial_alpha=False,
)


@dataclass(frozen=True, slots=True)
class GifCodec:
    """Pillow reads and writes; our own walker drops what is not picture."""

    format: Format = Format.GIF
    capabilities: Capabilities = _CAPABILITIES

    def sniff(self, head: bytes) -> bool:
        """GIF87a or GIF89a."""
        return head.startswith((b"GIF87a", b"GIF89a"))

    def probe(self, stream: BinaryIO) -> Header:
        """Walk the blocks without decoding."""
        return container.header(stream)

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and profile without decoding a pixel."""
        return container.read_metadata(untrusted)

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode all frames as whole canvases, disposal applied."""
        from dataclasses import replace  # noqa: PLC0415

        image = decode_pillow(untrusted, "GIF", limits, metadata=container.read_metadata(untrusted)[0], icc=b"")
        loop = container.blocks(untrusted).loop
        return replace(image, loop=1 if loop is None else loop)

    def encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Write one picture in 256 colours; a pixel is either opaque or not there."""
        indices, palette = quantize(cast("npt.NDArray[np.uint8]", image.pixels), round(options.quality or 100))
        clear = np.flatnonzero(palette[:, 3] < 128)
        if clear.size:  # one index stands for all transparent colours
            indices = np.where(np.isin(indices, clear), clear[0], indices).astype(np.uint8)
        picture = Image.fromarray(indices, "P")
        picture.putpalette(palette[:, :3].tobytes())
        extra = {"transparency": int(clear[0])} if clear.size else {}
        return container.rewrite(save_pillow(picture, "GIF", optimize=True, **extra), image.metadata)

    def carries(self, part: Part) -> bool:
        """Ask the container."""
        return container.carries(part)

    def finish(self, encoded: bytes, effort: int) -> bytes:
        """Nothing left to gain."""
        del effort
        return encoded

    def recompress(self, untrusted: bytes, metadata: Metadata, icc: bytes, effort: int) -> bytes:
        """Drop what is not picture; let Pillow crop frames to what changes. The caller compares the pictures."""
        del icc  # stays in the file
        lean = container.rewrite(untrusted, metadata)
        if effort == 0:
            return lean
        try:
            with open_pillow(untrusted, "GIF") as image:
                again = save_pillow(image, "GIF", save_all=True, optimize=True, comment=b"")
            again = container.rewrite(again, metadata)
        except OimgError:
            return lean
        return again if len(again) < len(lean) and _same_timing(again, lean) else lean

    def library(self) -> str:
        """Pillow itself."""
        from PIL import __version__  # noqa: PLC0415

        return f"Pillow {__version__}"


def _same_timing(one: bytes, other: bytes) -> bool:
    """Whether frames, delays, disposal and loop are the same."""
    first, second = container.blocks(one), container.blocks(other)
    facts = [[(frame.delay, frame.disposal) for frame in file.frames] for file in (first, second)]
    return facts[0] == facts[1] and first.loop == second.loop


_GIF: Final = GifCodec()
CODEC: Final[Encoder] = _GIF
RECOMPRESSOR: Final[Recompressor] = _GIF
