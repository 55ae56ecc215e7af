"""ICO; the largest entry is the picture: read only."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from oimg.engine.codecs.base import Codec, PillowReader, check_limits
from oimg.words.images import DecodedImage, Format, Header, Limits

_PNG: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class IcoReader(PillowReader):
    """Pillow, which believes the pictures inside: they may be larger than the 256 pixels an entry can tell."""

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode the largest entry, after asking every entry how large it really is."""
        for width, height in _sizes(untrusted):
            check_limits(Header(self.format, max(1, width), max(1, height)), len(untrusted), limits)
        return PillowReader.decode(self, untrusted, limits)


def _sizes(untrusted: bytes) -> Iterator[tuple[int, int]]:
    """Width and height by the IHDR chunk or the BITMAPINFOHEADER of every entry."""
    count = int.from_bytes(untrusted[4:6], "little")
    for at in range(6, min(6 + 16 * count, len(untrusted) - 15), 16):
        start = int.from_bytes(untrusted[at + 12 : at + 16], "little")
        head = untrusted[start : start + 24]
        if head.startswith(_PNG) and len(head) == 24:
            width, height = struct.unpack(">II", head[16:24])
            yield width, height
        elif len(head) >= 12:
            width, height = struct.unpack("<ii", head[4:12])
            yield abs(width), abs(height) // 2  # the mask lies below the colours


CODEC: Final[Codec] = IcoReader(Format.ICO, "ICO", (b"\x00\x00\x01\x00",))
