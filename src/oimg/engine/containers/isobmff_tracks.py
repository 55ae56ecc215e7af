"""Tracks of an image sequence (ISO/IEC 14496-12, 8.3 to 8.7; ISO/IEC 23008-12, clause 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from .boxes import Box, boxes

_PICTURES, _AUXILIARY = b"pict", b"auxv"
_MAX_TRACKS = 64
_MAX_CHILDREN = 256


@dataclass(frozen=True, slots=True)
class Sequence:
    """The picture track: its frames and size, and whether an alpha track goes with it."""

    frames: int = 0
    width: int = 0
    height: int = 0
    has_alpha: bool = False


def sequence(stream: BinaryIO, moov: Box) -> Sequence:
    """The longest picture track of a movie box."""
    best, alpha = Sequence(), False
    number = 0
    for box in boxes(stream, moov.data, moov.end):
        if box.kind != b"trak" or number >= _MAX_TRACKS:
            continue
        number += 1
        handler, found = _track(stream, box)
        if handler == _PICTURES and found.frames > best.frames:
            best = found
        alpha = alpha or handler == _AUXILIARY
    return Sequence(best.frames, best.width, best.height, alpha)


def _track(stream: BinaryIO, trak: Box) -> tuple[bytes, Sequence]:
    """Handler and facts of one track."""
    media = _child(stream, trak, b"mdia")
    handler = _head(stream, _child(stream, media, b"hdlr"), 12)[8:12]
    table = _child(stream, _child(stream, media, b"minf"), b"stbl")
    # Full box, common size, count.
    frames = int.from_bytes(_head(stream, _child(stream, table, b"stsz"), 12)[8:12], "big")
    # Full box, count, then a visual sample entry: its size and kind, 24 bytes, width, height.
    entry = _head(stream, _child(stream, table, b"stsd"), 44)
    width, height = int.from_bytes(entry[40:42], "big"), int.from_bytes(entry[42:44], "big")
    return handler, Sequence(frames, width, height)


def _child(stream: BinaryIO, parent: Box | None, kind: bytes) -> Box | None:
    if parent is None:
        return None
    return next((box for box in boxes(stream, parent.data, parent.end, _MAX_CHILDREN) if box.kind == kind), None)


def _head(stream: BinaryIO, box: Box | None, count: int) -> bytes:
    if box is None:
        return b""
    stream.seek(box.data)
    return stream.read(min(count, box.size))
