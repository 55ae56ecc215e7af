"""Walk the marker segments of JPEG streams (ITU-T T.81, annex B) without decoding anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .stream import PIECE, corrupt, too_large, truncated

SOI, EOI, SOS, DQT, DRI, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xFE
APP0, APP1, APP2, APP11, APP13, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE, 0xEF
_TEM = 0x01
# Frame headers; C4, C8 and CC in that range are DHT, JPG and DAC.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# In coded data FF00 is a stuffed byte, FFD0 to FFD7 restart it, FFFF is fill; anything else ends it.
# Reserved markers are left inside: a decoder skips them, and cutting there would lose the rest.
_END_OF_SCAN = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
_MARKER = re.compile(rb"\xff[\x01-\xfe]")
_MAX_SEGMENTS = 100_000
# Most markers follow at once; reading far ahead for each would make many small segments slow.
_FIRST_LOOK = 1 << 12


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker segment: FF at `start`, the parameters in `payload`, the next marker at or after `end`.

    For SOS the entropy-coded data that follows lies between `data` and `end`.
    """

    marker: int
    start: int
    payload: bytes
    data: int
    end: int


def segments(stream: BinaryIO, start: int = 0) -> Iterator[Segment]:
    """Segments of the JPEG stream at `start`, from SOI to EOI; without EOI the file is cut short there.

    A second SOI ends the walk too: it belongs to the next picture, this one lost its end.
    """
    stream.seek(start)
    if stream.read(2) != b"\xff\xd8":
        corrupt("no SOI marker")
    yield Segment(SOI, start, b"", start + 2, start + 2)
    at = start + 2
    for _ in range(_MAX_SEGMENTS):
        at = _find(stream, at, _MARKER)
        if at < 0:
            return
        stream.seek(at + 1)
        marker = stream.read(1)[0]
        if marker == SOI:
            return
        segment = _segment(stream, marker, at)
        if segment is None:
            return
        yield segment
        if marker == EOI:
            return
        at = segment.end
    too_large("too many JPEG segments")


def _segment(stream: BinaryIO, marker: int, at: int) -> Segment | None:
    """The segment whose marker code has just been read; None if the file ends inside it."""
    if marker in {EOI, _TEM} or 0xD0 <= marker <= 0xD7:
        return Segment(marker, at, b"", at + 2, at + 2)
    raw = stream.read(2)
    if len(raw) < 2:
        return None
    length = int.from_bytes(raw, "big")
    if length < 2:
        corrupt("JPEG segment length below 2")
    payload = stream.read(length - 2)
    if len(payload) < length - 2:
        return None
    data = at + 2 + length
    end = data
    if marker == SOS:
        end = _find(stream, data, _END_OF_SCAN)
        if end < 0:
            end = stream.seek(0, 2)
    return Segment(marker, at, payload, data, end)


def _find(stream: BinaryIO, start: int, pattern: re.Pattern[bytes]) -> int:
    """Offset of the first two-byte match at or after `start`; -1 if there is none."""
    stream.seek(start)
    kept = stream.read(2)
    if pattern.fullmatch(kept):
        return start
    base, size = start, _FIRST_LOOK
    while piece := stream.read(size):
        window = kept + piece
        match = pattern.search(window)
        if match:
            return base + match.start()
        # A marker may lie across two pieces.
        kept = window[-1:]
        base += len(window) - 1
        size = min(2 * size, PIECE)
    return -1


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """SOF: how the picture is coded and how large it is."""

    marker: int
    precision: int
    width: int
    height: int
    components: tuple[int, ...]

    @property
    def lossless(self) -> bool:
        """Processes 3, 7, 11 and 15 are lossless; all others quantize."""
        return self.marker & 3 == 3


def frame_header(segment: Segment) -> FrameHeader:
    """Read a frame header (T.81, B.2.2)."""
    data = segment.payload
    if len(data) < 6:
        truncated("short SOF segment")
    count = data[5]
    if count == 0 or len(data) < 6 + 3 * count:
        corrupt("SOF segment does not fit its component count")
    return FrameHeader(
        segment.marker,
        data[0],
        int.from_bytes(data[3:5], "big"),
        int.from_bytes(data[1:3], "big"),
        tuple(data[6 : 6 + 3 * count : 3]),
    )
