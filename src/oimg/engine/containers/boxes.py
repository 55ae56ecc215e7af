"""Boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2), which JPEG XL containers use as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .stream import corrupt, too_large

MAX_BOXES = 20_000


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, its first byte at `start`, its content from `data` to `end`.

    `whole` is False when the file ends inside it; `end` is then the end of the file.
    """

    kind: bytes
    start: int
    data: int
    end: int
    whole: bool

    @property
    def size(self) -> int:
        """Length of the content."""
        return self.end - self.data


def boxes(stream: BinaryIO, start: int, stop: int, most: int = MAX_BOXES) -> Iterator[Box]:
    """Boxes between two offsets, in file order; the walk ends at the first one that is cut short."""
    at = start
    for _ in range(most):
        if at + 8 > stop:
            return
        stream.seek(at)
        head = stream.read(16)
        if len(head) < 8:
            return
        size, data = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, data = int.from_bytes(head[8:16], "big"), at + 16
        elif size == 0:
            # Zero means "to the end", which makes it the last one.
            size = stop - at
        if size < data - at:
            corrupt("box smaller than its own header")
        end = at + size
        yield Box(head[4:8], at, data, min(end, stop), end <= stop)
        if end > stop:
            return
        at = end
    too_large("too many boxes")


def build(kind: bytes, *parts: bytes) -> bytes:
    """The bytes of a new box."""
    size = sum(map(len, parts)) + 8
    if size <= 0xFFFFFFFF:
        return b"".join((size.to_bytes(4, "big"), kind, *parts))
    return b"".join((b"\0\0\0\1", kind, (size + 8).to_bytes(8, "big"), *parts))
