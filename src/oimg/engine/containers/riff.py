"""WebP files (RFC 9649: RIFF container, VP8X, VP8L; RFC 6386: VP8): header, metadata, rewrite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from oimg.words.images import Feature, Format, Header, Metadata, Part

from . import tiff_block
from .stream import corrupt, holds_data, length_of, opened, read_exact, too_large, truncated

_MAX_CHUNKS = 200_000
# A frame holds one or two chunks, and unknown ones only in theory.
_MAX_IN_FRAME = 16
_ICC_FLAG, _ALPHA_FLAG, _EXIF_FLAG, _XMP_FLAG, _ANIMATION_FLAG = 0x20, 0x10, 0x08, 0x04, 0x02
_CODED = frozenset((b"VP8 ", b"VP8L"))
_IN_FRAME = _CODED | {b"ALPH"}
_KNOWN = _IN_FRAME | {b"VP8X", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "}
_FRAME_HEAD = 16
_MAX_EXIF = 1 << 22


@dataclass(frozen=True, slots=True)
class _Place:
    """A chunk: its name, and its data from `data` to `end` (padding not counted)."""

    name: bytes
    data: int
    end: int


@dataclass(slots=True)
class _Picture:
    """What the chunks say about the picture."""

    width: int = 0
    height: int = 0
    canvas: bool = False
    flags: int = 0
    frames: int = 0
    alpha: bool = False
    lossy: bool = False
    coded: bool = False
    signed: bool = False


def _places(stream: BinaryIO, start: int, stop: int, most: int = _MAX_CHUNKS) -> Iterator[_Place]:
    """Chunks between two offsets; a chunk that does not fit is cut to what is there and ends the walk."""
    at = start
    for _ in range(most):
        if at + 8 > stop:
            return
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        end = at + 8 + int.from_bytes(head[4:], "little")
        yield _Place(head[:4], at + 8, min(end, stop))
        at = end + (end & 1)
    too_large("too many RIFF chunks")


def _extent(stream: BinaryIO) -> tuple[int, int]:
    """Where the RIFF payload ends by its own words, and where the file ends."""
    stream.seek(0)
    head = read_exact(stream, 12, "short RIFF header")
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        corrupt("no WebP signature")
    return 8 + int.from_bytes(head[4:8], "little"), length_of(stream)


def header(stream: BinaryIO) -> Header:
    """Header from the chunk heads and the first bytes of each coded frame."""
    said, size = _extent(stream)
    picture = _Picture()
    orientation, has_icc = 1, False
    for place in _places(stream, 12, min(said, size)):
        _look(stream, place, picture)
        if place.name == b"ICCP":
            has_icc = True
        elif place.name == b"EXIF" and orientation == 1:
            data = _load(stream, place, _MAX_EXIF)
            orientation = tiff_block.orientation(tiff_block.from_prefixed(data))
    if not picture.coded:
        truncated("no picture data")
    if not (picture.width and picture.height):
        corrupt("no dimensions")
    # C2PA 2.1, A.3.6: the manifest store is a chunk of its own.
    features: set[Feature] = {Feature.C2PA} if picture.signed else set()
    if picture.frames > 1:
        features.add(Feature.ANIMATION)
    if said < size and holds_data(stream, said, size):
        features.add(Feature.TRAILING_DATA)
    return Header(
        Format.WEBP,
        picture.width,
        picture.height,
        frames=max(1, picture.frames),
        has_alpha=picture.alpha,
        orientation=orientation,
        has_icc=has_icc,
        lossy=picture.lossy,
        features=frozenset(features),
    )


def _look(stream: BinaryIO, place: _Place, picture: _Picture) -> None:
    """Take in one chunk."""
    picture.signed = picture.signed or place.name == b"C2PA"
    if place.name == b"VP8X" and not picture.canvas:
        data = _load(stream, place, 64)
        if len(data) < 10:
            corrupt("short VP8X chunk")
        picture.canvas, picture.flags = True, data[0]
        picture.width = int.from_bytes(data[4:7], "little") + 1
        picture.height = int.from_bytes(data[7:10], "little") + 1
        picture.alpha = picture.alpha or bool(data[0] & _ALPHA_FLAG)
    elif place.name == b"ANMF":
        picture.frames += 1
        for inner in _places(stream, place.data + _FRAME_HEAD, place.end, _MAX_IN_FRAME):
            _look_at_coded(stream, inner, picture)
    else:
        _look_at_coded(stream, place, picture)


def _look_at_coded(stream: BinaryIO, place: _Place, picture: _Picture) -> None:
    """Take in an ALPH, VP8 or VP8L chunk."""
    if place.name == b"ALPH":
        picture.alpha = True
    if place.name not in _CODED:
        return
    stream.seek(place.data)
    data = stream.read(min(10, place.end - place.data))
    if place.name == b"VP8L":
        # Signature, then 14 bits width - 1, 14 bits height - 1, alpha, 3 bits version (RFC 9649, 3.4).
        if len(data) < 5 or data[0] != 0x2F:
            corrupt("VP8L header")
        bits = int.from_bytes(data[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        picture.alpha = picture.alpha or bool(bits >> 28 & 1)
    else:
        # Frame tag (bit 0 clear: key frame), start code, 14 bits width, 14 bits height (RFC 6386, 9.1).
        if len(data) < 10 or data[0] & 1 or data[3:6] != b"\x9d\x01\x2a":
            corrupt("VP8 header")
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        picture.lossy = True
    picture.coded = True
    if not picture.canvas and not picture.width:
        picture.width, picture.height = width, height


def _load(stream: BinaryIO, place: _Place, limit: int) -> bytes:
    if place.end - place.data > limit:
        return b""
    stream.seek(place.data)
    return stream.read(place.end - place.data)


def read_metadata(untrusted: bytes) -> tuple[Metadata, bytes]:
    """Metadata and ICC profile; the first chunk of each kind counts."""
    stream = opened(untrusted)
    said, size = _extent(stream)
    found: dict[bytes, bytes] = {}
    parts: list[Part] = []
    for place in _places(stream, 12, min(said, size)):
        if place.name in {b"EXIF", b"XMP ", b"ICCP"}:
            found.setdefault(place.name, untrusted[place.data : place.end])
        elif place.name not in _KNOWN:
            parts.append(Part(Format.WEBP, place.name.decode("latin-1"), untrusted[place.data : place.end]))
    exif = tiff_block.from_prefixed(found.get(b"EXIF", b""))
    if not tiff_block.is_tiff(exif):
        exif = b""
    metadata = Metadata(exif, found.get(b"XMP ", b""), density=tiff_block.density(exif), parts=tuple(parts))
    return metadata, found.get(b"ICCP", b"")


def rewrite(untrusted: bytes, metadata: Metadata, icc: bytes) -> bytes:
    """The same coded frames with exactly the given EXIF, XMP, profile and chunks of unknown kind.

    WebP has no place for the rest.
    """
    stream = opened(untrusted)
    said, size = _extent(stream)
    if said > size:
        truncated("RIFF payload cut short")
    picture = _Picture()
    places = list(_places(stream, 12, said))
    for place in places:
        _look(stream, place, picture)
    if not (picture.width and picture.height):
        corrupt("no dimensions")
    body = _frames(untrusted, places) if picture.frames else _still(untrusted, places)
    flags = _flags(metadata, icc, picture)
    # The VP8L header says itself that there is alpha; for VP8 only VP8X can.
    told = body.startswith(b"VP8L") and _vp8l_alpha(body)
    unknown = [_chunk(part.name.encode("latin-1"), part.data) for part in metadata.parts if carries(part)]
    if flags & ~_ALPHA_FLAG or (picture.alpha and not told) or unknown:
        canvas = (picture.width - 1).to_bytes(3, "little") + (picture.height - 1).to_bytes(3, "little")
        body = _chunk(b"VP8X", bytes((flags, 0, 0, 0)) + canvas) + (_chunk(b"ICCP", icc) if icc else b"") + body
        body += _chunk(b"EXIF", metadata.exif) if metadata.exif else b""
        body += _chunk(b"XMP ", metadata.xmp) if metadata.xmp else b""
        body += b"".join(unknown)
    if len(body) + 4 > 0xFFFFFFFE:
        too_large("RIFF payload over 4 GiB")
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def carries(part: Part) -> bool:
    """Whether a part may be written into another file: a signature over the old one may not."""
    return part.format is Format.WEBP and part.name != "C2PA"


def _flags(metadata: Metadata, icc: bytes, picture: _Picture) -> int:
    return (
        (_ICC_FLAG if icc else 0)
        | (_ALPHA_FLAG if picture.alpha else 0)
        | (_EXIF_FLAG if metadata.exif else 0)
        | (_XMP_FLAG if metadata.xmp else 0)
        | (_ANIMATION_FLAG if picture.frames else 0)
    )


def _vp8l_alpha(body: bytes) -> bool:
    return bool(int.from_bytes(body[9:13], "little") >> 28 & 1)


def _still(untrusted: bytes, places: list[_Place]) -> bytes:
    """The alpha and picture chunk of a still."""
    alpha = b""
    for place in places:
        if place.name == b"ALPH" and not alpha:
            alpha = _chunk(place.name, untrusted[place.data : place.end])
        elif place.name in _CODED:
            # Alpha in a chunk of its own belongs to VP8 only.
            coded = _chunk(place.name, untrusted[place.data : place.end])
            return alpha + coded if place.name == b"VP8 " else coded
    return truncated("no picture data")


def _frames(untrusted: bytes, places: list[_Place]) -> bytes:
    """Animation control and frames, each with its picture chunks only."""
    stream = opened(untrusted)
    out: list[bytes] = []
    for place in places:
        if place.name == b"ANIM":
            out.append(_chunk(place.name, untrusted[place.data : place.end]))
        elif place.name == b"ANMF":
            start = place.data + _FRAME_HEAD
            inner = [
                _chunk(one.name, untrusted[one.data : one.end])
                for one in _places(stream, start, place.end, _MAX_IN_FRAME)
                if one.name in _IN_FRAME
            ]
            out.append(_chunk(b"ANMF", untrusted[place.data : start] + b"".join(inner)))
    return b"".join(out)


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) & 1)
