"""PNG chunks (W3C PNG, third edition, clause 5): length, type, data, CRC."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .stream import corrupt, length_of, too_large

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 200_000
_MAX_LENGTH = 0x7FFFFFFF
# Text and profiles of real files stay far below; a bomb does not.
MAX_INFLATED = 32 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chunk lies: its length field at `start`, its data at `data` to `data + length`."""

    name: str
    start: int
    length: int

    @property
    def data(self) -> int:
        """Offset of the data."""
        return self.start + 8

    @property
    def end(self) -> int:
        """Offset behind the CRC."""
        return self.start + self.length + 12


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk as it stands in the file."""

    name: str
    data: bytes
    crc: int

    @property
    def intact(self) -> bool:
        """Whether the CRC agrees with type and data."""
        return zlib.crc32(self.data, zlib.crc32(self.name.encode("latin-1"))) == self.crc


def places(stream: BinaryIO) -> Iterator[Place]:
    """Chunks from IHDR to IEND; the walk ends early where the file does. Only their heads are read."""
    stream.seek(0)
    if stream.read(8) != SIGNATURE:
        corrupt("no PNG signature")
    size = length_of(stream)
    at = 8
    for _ in range(_MAX_CHUNKS):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        name = head[4:]
        place = Place(name.decode("latin-1"), at, int.from_bytes(head[:4], "big"))
        if place.length > _MAX_LENGTH or not (name.isalpha() and name.isascii()):
            # Nothing after a broken head can be found; a decoder would stop here as well.
            return
        yield place
        at = place.end
        if place.name == "IEND" or at > size:
            return
    too_large("too many PNG chunks")


def load(stream: BinaryIO, place: Place, limit: int) -> bytes:
    """The data of a chunk; empty if it is longer than `limit` or cut short."""
    if place.length > limit:
        return b""
    stream.seek(place.data)
    data = stream.read(place.length)
    return data if len(data) == place.length else b""


def chunk(name: str, data: bytes) -> bytes:
    """The bytes of a new chunk."""
    kind = name.encode("ascii")
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")


def inflate(untrusted: bytes, limit: int) -> bytes | None:
    """Deflated data opened; None if it is damaged or would grow beyond the limit."""
    try:
        unpacked = zlib.decompressobj()
        data = unpacked.decompress(untrusted, limit)
    except zlib.error:
        return None
    return data if unpacked.eof else None
