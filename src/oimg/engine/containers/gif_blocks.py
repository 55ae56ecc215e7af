"""Blocks of GIF files (GIF89a specification), walked without decoding LZW."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO

from .stream import corrupt, length_of, too_large, truncated

TRAILER = 0x3B
_EXTENSION, _IMAGE = 0x21, 0x2C
_MAX_BLOCKS = 200_000
_MAX_STRAY = 1024
# Encoders fill sub-blocks to 255 bytes; a run of those is skipped at once, all others are counted.
_FULL = re.compile(rb"(?:\xff[\x00-\xff]{255})+")
_MAX_SHORT = 2_000_000
# Most extensions are short; looking far ahead for each would make many of them slow.
_FIRST_LOOK = 512
_WINDOW = 1 << 16


class Kind(Enum):
    """What a block is."""

    CONTROL = auto()
    COMMENT = auto()
    APPLICATION = auto()
    TEXT = auto()
    UNKNOWN = auto()
    IMAGE = auto()
    TRAILER = auto()


@dataclass(frozen=True, slots=True)
class Screen:
    """The logical screen: its size, and where the global palette ends and the blocks start."""

    width: int
    height: int
    background: int
    palette: bytes
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One block from `start` to `end`.

    `head` is what stands before the sub-blocks: the image descriptor, or the first sub-block of an
    extension. The sub-blocks lie between `data` and `end`, their final zero included.
    """

    kind: Kind
    start: int
    head: bytes
    palette: bytes
    data: int
    end: int
    # Whether the file goes on to the end of the block.
    whole: bool


def screen(stream: BinaryIO) -> Screen:
    """Read the logical screen descriptor."""
    stream.seek(0)
    head = stream.read(13)
    if head[:6] not in {b"GIF87a", b"GIF89a"}:
        (truncated if len(head) < 6 else corrupt)("no GIF signature")
    if len(head) < 13:
        truncated("short screen descriptor")
    size = _palette_size(head[10])
    palette = stream.read(size)
    if len(palette) < size:
        truncated("global palette cut short")
    width, height = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    return Screen(width, height, head[11], palette, 13 + size)


def blocks(stream: BinaryIO, start: int) -> Iterator[Block]:
    """Blocks up to the trailer; a byte that starts no block ends the walk, as decoders do."""
    at = start
    stray = 0
    chains = _Chains(stream)
    for _ in range(_MAX_BLOCKS):
        stream.seek(at)
        lead = stream.read(1)
        if lead == bytes((TRAILER,)):
            yield Block(Kind.TRAILER, at, b"", b"", at + 1, at + 1, whole=True)
            return
        if lead == bytes((_EXTENSION,)):
            block = _extension(stream, at, chains)
        elif lead == bytes((_IMAGE,)):
            block = _image(stream, at, chains)
        elif lead == b"\0" and stray < _MAX_STRAY:
            # Some writers end a block twice.
            at += 1
            stray += 1
            continue
        else:
            return
        if block is None:
            return
        yield block
        if not block.whole:
            return
        at = block.end
    too_large("too many GIF blocks")


class _Chains:
    """Skips chains of sub-blocks and knows how many short ones the file has already cost."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._short = 0

    def skip(self, at: int) -> tuple[int, bool]:
        """End of the chain at `at`, and whether its final zero is there."""
        size = _FIRST_LOOK
        while True:
            self._stream.seek(at)
            window = self._stream.read(size)
            size = _WINDOW
            if not window:
                return min(at, length_of(self._stream)), False
            place = 0
            while place < len(window):
                length = window[place]
                if length == 255 and (full := _FULL.match(window, place)):
                    place = full.end()
                    continue
                place += 1 + length
                if length == 0:
                    return at + place, True
                self._short += 1
            if self._short > _MAX_SHORT:
                too_large("too many GIF sub-blocks")
            at += place


def _extension(stream: BinaryIO, at: int, chains: _Chains) -> Block | None:
    label = stream.read(1)
    if not label:
        return None
    kinds = {0xF9: Kind.CONTROL, 0xFE: Kind.COMMENT, 0xFF: Kind.APPLICATION, 0x01: Kind.TEXT}
    kind = kinds.get(label[0], Kind.UNKNOWN)
    head, data = b"", at + 2
    if kind in {Kind.CONTROL, Kind.APPLICATION}:
        size = stream.read(1)
        head = stream.read(size[0]) if size else b""
        if not size or len(head) < size[0]:
            return Block(kind, at, head, b"", data, length_of(stream), whole=False)
        # A zero here is the end of an empty extension, not a first sub-block.
        data += 1 + size[0] if size[0] else 0
    end, whole = chains.skip(data)
    return Block(kind, at, head, b"", data, end, whole)


def _image(stream: BinaryIO, at: int, chains: _Chains) -> Block | None:
    head = stream.read(9)
    if len(head) < 9:
        return None
    size = _palette_size(head[8])
    palette = stream.read(size)
    lzw = stream.read(1)
    if len(palette) < size or not lzw:
        return None
    data = at + 11 + size
    end, whole = chains.skip(data)
    return Block(Kind.IMAGE, at, head + lzw, palette, data, end, whole)


def sub_blocks(untrusted: bytes, start: int, end: int) -> bytes:
    """The data of a chain of sub-blocks."""
    parts: list[bytes] = []
    while start < end and untrusted[start]:
        length = untrusted[start]
        parts.append(untrusted[start + 1 : min(start + 1 + length, end)])
        start += 1 + length
    return b"".join(parts)


def _palette_size(flags: int) -> int:
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0
