"""What a JPEG file holds beside its first picture.

CIPA DC-007 (Multi-Picture Format), Android Ultra HDR 1.1 and Motion Photo 1.0, ISO 21496-1, Google depth
XMP, Apple auxiliary images, JUMBF (ISO/IEC 19566-5) as used by C2PA.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from oimg.words.errors import OimgError
from oimg.words.images import Feature

from . import gain_map, jumbf, samsung, xmp_special
from .jpeg_segments import APP1, APP2, APP11, EOI, FRAMES, FrameHeader, Segment, frame_header, segments
from .stream import PIECE, holds_data, length_of

XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_MPF = b"MPF\0"
_VIDEO = re.compile(rb"\0\0\0[\x08-\x60]ftyp")
# DC-007 table 4, the upper byte of the type: a large thumbnail shows the same picture again; 5 is a gain map.
_THUMBNAIL, _UNDEFINED, _TYPED_GAIN_MAP = 0x01, 0x00, 0x05
_MP_ENTRIES = 0xB002
_MAX_PICTURES = 64


@dataclass(frozen=True, slots=True)
class Listed:
    """One picture of a Multi-Picture index: the upper byte of its type, and where it starts in the file.

    `start` is 0 for the first picture and wherever nothing is said.
    """

    kind: int
    start: int


@dataclass(slots=True)
class Hints:
    """What the segments of one picture say about others."""

    points_to: set[Feature] = field(default_factory=set)
    embeds: set[Feature] = field(default_factory=set)
    extended: bool = False
    c2pa: bool = False
    # The pictures a Multi-Picture index lists, the first one included.
    listed: tuple[Listed, ...] = ()
    frame: FrameHeader | None = None

    def note(self, segment: Segment) -> None:
        """Take in one segment."""
        payload = segment.payload
        if segment.marker == APP1 and payload.startswith(XMP):
            said = xmp_special.said(payload)
            self.points_to |= said.points_to
            self.embeds |= said.embeds
            self.extended = self.extended or said.is_here
        elif segment.marker == APP1 and payload.startswith(EXTENDED_XMP):
            self.extended = True
        elif segment.marker == APP2 and payload.startswith(gain_map.JPEG_SIGNATURE):
            self.points_to.add(Feature.GAIN_MAP)
            if gain_map.base_is_hdr(payload[len(gain_map.JPEG_SIGNATURE) :]):
                self.points_to.add(Feature.HDR)
        elif segment.marker == APP2 and payload.startswith(_MPF):
            # Offsets count from the byte order mark, which follows the marker, its length and the signature.
            self.listed = self.listed or listed_pictures(payload[4:], segment.start + 8)
        elif segment.marker == APP11 and jumbf.is_manifest_segment(payload):
            self.c2pa = True
        elif segment.marker in FRAMES and self.frame is None:
            self.frame = frame_header(segment)

    @property
    def is_gain_map(self) -> bool:
        """Whether the picture is a gain map, or has one."""
        return Feature.GAIN_MAP in self.points_to


def listed_pictures(untrusted: bytes, base: int) -> tuple[Listed, ...]:
    """The pictures in an MP index (DC-007, 5.2.3), whose offsets count from `base`."""
    order = {b"II": "<", b"MM": ">"}.get(untrusted[:2])
    if order is None:
        return ()
    try:
        start = struct.unpack_from(order + "I", untrusted, 4)[0]
        count = struct.unpack_from(order + "H", untrusted, start)[0]
        for at in range(start + 2, start + 2 + 12 * min(count, 64), 12):
            tag, _, size, where = struct.unpack_from(order + "HHII", untrusted, at)
            if tag == _MP_ENTRIES:
                rows = range(where, where + min(size, 16 * _MAX_PICTURES) // 16 * 16, 16)
                # Attributes, length, offset, two dependent entries.
                found = (struct.unpack_from(order + "III", untrusted, row) for row in rows)
                return tuple(Listed(kind >> 16 & 0xFF, base + offset if offset else 0) for kind, _, offset in found)
    except struct.error:
        pass
    return ()


def features(stream: BinaryIO, own: Hints, end: int, *, complete: bool) -> frozenset[Feature]:
    """What the file holds, from the first picture's own hints and from the bytes after its end."""
    found: set[Feature] = set(own.embeds) if own.extended else set()
    size = length_of(stream)
    if own.c2pa:
        found.add(Feature.C2PA)
    if not complete:
        # Where the first picture ends is unknown, so its own words are all there is.
        return frozenset(found | own.points_to)
    if size > end:
        found |= _after(stream, own, end, size)
    return frozenset(found)


def _after(stream: BinaryIO, own: Hints, end: int, size: int) -> set[Feature]:
    """What the bytes between the end of the first picture and the end of the file are."""
    found: set[Feature] = set()
    at, unexplained = end, False
    for number in range(1, _MAX_PICTURES):
        start = _next_picture(stream, own, at, size)
        unexplained = unexplained or holds_data(stream, at, size if start < 0 else start)
        if start < 0:
            break
        hints, at = _walk(stream, start, size)
        kind = _kind(own, hints, _listed(own, start, number), found)
        unexplained = unexplained or kind is Feature.TRAILING_DATA
        found |= {kind}
        if kind is Feature.GAIN_MAP and Feature.HDR in own.points_to | hints.points_to:
            found.add(Feature.HDR)
    trailer = samsung.features(stream, end, size)
    found |= trailer - {Feature.TRAILING_DATA}
    found.discard(Feature.TRAILING_DATA)
    if _holds_video(stream, end, size) or (unexplained and Feature.MOTION_PHOTO in own.points_to):
        found.add(Feature.MOTION_PHOTO)
    elif unexplained and not trailer - {Feature.TRAILING_DATA}:
        found.add(Feature.TRAILING_DATA)
    return found


def _listed(own: Hints, start: int, number: int) -> Listed | None:
    """The entry of a picture, by where it lies; by its number where the offsets are wrong, as after an edit."""
    for entry in own.listed[1:]:
        if entry.start == start:
            return entry
    return own.listed[number] if number < len(own.listed) else None


def _kind(own: Hints, hints: Hints, listed: Listed | None, found: set[Feature]) -> Feature:
    """What a picture after the first one is; TRAILING_DATA where nothing tells and it is a small one."""
    if hints.is_gain_map or (listed is not None and listed.kind == _TYPED_GAIN_MAP):
        return Feature.GAIN_MAP
    if Feature.DEPTH_MAP in hints.points_to:
        return Feature.DEPTH_MAP
    if listed is not None and listed.kind == _THUMBNAIL:
        return Feature.PREVIEW
    if own.is_gain_map and Feature.GAIN_MAP not in found:
        return Feature.GAIN_MAP
    if Feature.DEPTH_MAP in own.points_to:
        return Feature.DEPTH_MAP
    if listed is None:
        return Feature.TRAILING_DATA if 2 * _pixels(hints) < _pixels(own) else Feature.MULTI_PICTURE
    return Feature.PREVIEW if listed.kind == _UNDEFINED and _is_preview(own, hints) else Feature.MULTI_PICTURE


def _pixels(hints: Hints) -> int:
    return 0 if hints.frame is None else hints.frame.width * hints.frame.height


def _is_preview(own: Hints, hints: Hints) -> bool:
    """Whether a picture has the components and about the shape of the first one, and at most half of its sides."""
    one, two = own.frame, hints.frame
    if one is None or two is None or len(one.components) != len(two.components):
        return False
    skew = abs(one.width * two.height - two.width * one.height)
    # Black bars and rounding make previews a little broader or narrower than their picture.
    return 2 * max(two.width, two.height) <= max(one.width, one.height) and skew * 4 <= one.width * two.height


def _next_picture(stream: BinaryIO, own: Hints, at: int, size: int) -> int:
    """Offset of the picture that follows at once, after a little padding, or where the index says; -1 for none."""
    stream.seek(at)
    # Cameras align pictures; more than a block of zeros is no padding.
    window = stream.read(min(size - at, 1 << 16))
    skipped = len(window) - len(window.lstrip(b"\0"))
    if window[skipped : skipped + 3] == b"\xff\xd8\xff":
        return at + skipped
    for start in sorted(entry.start for entry in own.listed if entry.start > at):
        stream.seek(start)
        if stream.read(3) == b"\xff\xd8\xff":
            return start
    return -1


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
