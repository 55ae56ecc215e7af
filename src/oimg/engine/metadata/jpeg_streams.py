"""JPEG streams inside other bytes (ITU-T T.81, annex B): finding them, and taking out what they say.

Previews lie in maker notes, in private data of raw converters and where an editor forgot them. Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterator

from oimg.engine.containers import jpeg
from oimg.words.errors import OimgError
from oimg.words.images import Metadata

_START, _END = b"\xff\xd8\xff", b"\xff\xd9"
_SOS = 0xDA
# Segments before the first scan, of all streams in a block together: a preview has about ten.
_MAX_SEGMENTS = 10_000


def jpeg_streams(block: bytes) -> Iterator[tuple[int, int]]:
    """Yield first byte and first byte behind of every JPEG stream; one without an end reaches to that of the block."""
    budget = _MAX_SEGMENTS
    at = block.find(_START)
    while at >= 0 and budget > 0:
        scan, spent = _first_scan(block, at, budget)
        budget -= spent
        if scan < 0:
            at = block.find(_START, at + 2)
            continue
        # A pair FF D9 cannot occur in coded data, where FF is followed by a zero or a restart marker.
        end = block.find(_END, scan)
        end = len(block) if end < 0 else end + 2
        yield at, end
        at = block.find(_START, end)


def _first_scan(block: bytes, start: int, budget: int) -> tuple[int, int]:
    """Return where the first scan of the stream at `start` begins (-1: it is none), and the segments looked at."""
    at = start + 2
    for spent in range(1, budget + 1):
        if at + 4 > len(block) or block[at] != 0xFF or not 0xC0 <= block[at + 1] <= 0xFE:
            return -1, spent
        length = int.from_bytes(block[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(block):
            return -1, spent
        if block[at + 1] == _SOS:
            return at + 2 + length, spent
        at += 2 + length
    return -1, budget


def bare(stream: bytes) -> bytes:
    """Return a thumbnail without anything beside the picture; a raw one as it is, a broken JPEG stream as nothing."""
    if not stream.startswith(_START[:2]):
        return stream
    try:
        return jpeg.rewrite(stream, Metadata(), b"")
    except OimgError:
        return b""


def told_by(stream: bytes) -> Metadata:
    """Return what a thumbnail says about itself."""
    if not stream.startswith(_START[:2]):
        return Metadata()
    try:
        return jpeg.read_metadata(stream)[0]
    except OimgError:
        return Metadata()
