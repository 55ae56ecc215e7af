"""What a JPEG file holds beside its first picture.

CIPA DC-007 (Multi-Picture Format), Android Ultra HDR 1.1 and Motion Photo 1.0, ISO 21496-1, Google depth
XMP, Apple auxiliary images, JUMBF (ISO/IEC 19566-5) as used by C2PA.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from oimg.words.errors import OimgError
from oimg.words.images import Feature

from .jpeg_segments import APP1, APP2, APP11, EOI, Segment, segments
from .stream import PIECE, holds_data, length_of

XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MPF = b"MPF\0"
_ISO_GAIN_MAP = b"urn:iso:std:iso:ts:21496:-1\0"
_GAIN_MAP = re.compile(rb"""http://ns\.adobe\.com/hdr-gain-map/|HDRGainMap|Semantic(?:=["']|>)GainMap""")
_DEPTH = re.compile(
    rb"""ns\.google\.com/photos/1\.0/depthmap/|ns\.google\.com/photos/dd/1\.0/device/|ns\.apple\.com/depthData/"""
    rb"""|PortraitEffectsMatte|SemanticSegmentation|Semantic(?:=["']|>)Depth"""
)
_MOTION = re.compile(rb"""(?:MotionPhoto|MicroVideo)(?:=["']|>)1["'<]|Semantic(?:=["']|>)MotionPhoto["'<]""")
_VIDEO = re.compile(rb"\0\0\0[\x08-\x60]ftyp")
# DC-007 table 4: a large thumbnail (0x01xxxx) shows the same picture again; 0x05xxxx is a gain map.
_THUMBNAIL, _TYPED_GAIN_MAP = 0x01, 0x05
_MP_ENTRIES = 0xB002
_MAX_PICTURES = 64


@dataclass(slots=True)
class Hints:
    """What the segments of one picture say about others."""

    gain_map: bool = False
    depth_map: bool = False
    motion: bool = False
    c2pa: bool = False
    # Kinds of the pictures a Multi-Picture index lists, the first one included.
    listed: tuple[int, ...] = ()

    def note(self, segment: Segment) -> None:
        """Take in one segment."""
        payload = segment.payload
        if segment.marker == APP1 and payload.startswith(XMP):
            self.gain_map = self.gain_map or bool(_GAIN_MAP.search(payload))
            self.depth_map = self.depth_map or bool(_DEPTH.search(payload))
            self.motion = self.motion or bool(_MOTION.search(payload))
        elif segment.marker == APP2 and payload.startswith(_ISO_GAIN_MAP):
            self.gain_map = True
        elif segment.marker == APP2 and payload.startswith(_MPF):
            self.listed = self.listed or listed_kinds(payload[4:])
        elif segment.marker == APP11 and payload.startswith(b"JP") and b"jumb" in payload[:32]:
            self.c2pa = True


def listed_kinds(untrusted: bytes) -> tuple[int, ...]:
    """The upper byte of the MP type of every picture in an MP index (DC-007, 5.2.3)."""
    order = {b"II": "<", b"MM": ">"}.get(untrusted[:2])
    if order is None:
        return ()
    try:
        start = struct.unpack_from(order + "I", untrusted, 4)[0]
        count = struct.unpack_from(order + "H", untrusted, start)[0]
        for offset in range(start + 2, start + 2 + 12 * min(count, 64), 12):
            tag, _, size, where = struct.unpack_from(order + "HHII", untrusted, offset)
            if tag == _MP_ENTRIES:
                rows = range(where, where + min(size, 16 * _MAX_PICTURES) // 16 * 16, 16)
                return tuple(struct.unpack_from(order + "I", untrusted, row)[0] >> 16 & 0xFF for row in rows)
    except struct.error:
        pass
    return ()


def features(stream: BinaryIO, own: Hints, end: int, *, complete: bool) -> frozenset[Feature]:
    """What the file holds, from the first picture's own hints and from the bytes after its end."""
    found: set[Feature] = set()
    size = length_of(stream)
    if own.c2pa:
        found.add(Feature.C2PA)
    if own.depth_map:
        found.add(Feature.DEPTH_MAP)
    if own.motion and (size > end or not complete):
        found.add(Feature.MOTION_PHOTO)
    if not complete:
        # Where the first picture ends is unknown, so its own words are all there is.
        return frozenset(found | ({Feature.GAIN_MAP} if own.gain_map else set()))
    if size > end:
        found |= _after(stream, own, end, size)
    return frozenset(found)


def _after(stream: BinaryIO, own: Hints, end: int, size: int) -> set[Feature]:
    """What the bytes between the end of the first picture and the end of the file are."""
    found: set[Feature] = set()
    individual, unexplained = 0, False
    at = end
    for number in range(1, _MAX_PICTURES):
        start = _next_picture(stream, at, size)
        unexplained = unexplained or holds_data(stream, at, size if start < 0 else start)
        if start < 0:
            break
        hints, at = _walk(stream, start, size)
        kind = own.listed[number] if number < len(own.listed) else 0
        if hints.gain_map or kind == _TYPED_GAIN_MAP:
            found.add(Feature.GAIN_MAP)
        elif hints.depth_map:
            found.add(Feature.DEPTH_MAP)
        elif kind == _THUMBNAIL:
            found.add(Feature.PREVIEW)
        elif number < len(own.listed):
            individual += 1
        elif own.gain_map and Feature.GAIN_MAP not in found:
            found.add(Feature.GAIN_MAP)
        elif not own.depth_map:
            unexplained = True
    if individual:
        found.add(Feature.MULTI_PICTURE)
    if _holds_video(stream, end, size):
        found.add(Feature.MOTION_PHOTO)
    elif unexplained and not own.motion:
        found.add(Feature.TRAILING_DATA)
    return found


def _next_picture(stream: BinaryIO, start: int, size: int) -> int:
    """Offset of the picture that follows at once or after a little padding; -1 if something else does."""
    stream.seek(start)
    # Cameras align pictures; more than a block of zeros is no padding.
    window = stream.read(min(size - start, 1 << 16))
    skipped = len(window) - len(window.lstrip(b"\0"))
    return start + skipped if window[skipped : skipped + 3] == b"\xff\xd8\xff" else -1


def _walk(stream: BinaryIO, start: int, size: int) -> tuple[Hints, int]:
    """Hints and end of a following picture; a broken one reaches to the end of the file."""
    hints = Hints()
    try:
        for segment in segments(stream, start):
            hints.note(segment)
            if segment.marker == EOI:
                return hints, segment.end
    except OimgError:
        pass
    return hints, size


def _holds_video(stream: BinaryIO, start: int, stop: int) -> bool:
    """Whether an ISO media file starts somewhere in a stretch of the stream."""
    stream.seek(start)
    kept = b""
    while start < stop:
        piece = stream.read(min(PIECE, stop - start))
        if not piece:
            return False
        window = kept + piece
        if _VIDEO.search(window):
            return True
        kept = window[-7:]
        start += len(piece)
    return False
