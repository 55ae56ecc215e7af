"""JPEG files (ITU-T T.81, T.871 JFIF, Exif 2.32): read the header and metadata, rewrite without decoding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from oimg.words.images import ColorModel, Format, Header, Metadata, Part

from . import photoshop, tiff_block, xmp_packet
from .jpeg_extras import EXTENDED_XMP, XMP, Hints, features
from .jpeg_segments import (
    APP0,
    APP1,
    APP2,
    APP13,
    APP14,
    APP15,
    COM,
    DQT,
    EOI,
    FRAMES,
    SOI,
    FrameHeader,
    Segment,
    frame_header,
    segments,
)
from .stream import corrupt, length_of, opened, too_large, truncated, unsupported

_EXIF = b"Exif\0"
_ICC = b"ICC_PROFILE\0"
_JFIF = b"JFIF\0"
_JFXX = b"JFXX\0"
_MPF = b"MPF\0"
_ADOBE = b"Adobe"
_ADOBE_BYTES = 12
_LONGEST = 65533
# Markers below are reserved (T.81, table B.1); files that have them hide something there.
_FIRST_CODING = 0xC0
_MARKERS = {"JFXX": APP0} | {f"APP{number}": APP0 + number for number in range(1, 16)}
# Frame types libjpeg-turbo decodes: baseline, extended, progressive, lossless, and the first two arithmetic.
_DECODABLE = frozenset((0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA))
_COLORS = {1: ColorModel.GRAY, 3: ColorModel.RGB, 4: ColorModel.CMYK}
# T.81 figure A.6: where the n-th stored value of a quantization table stands in the 8 by 8 block.
_ZIGZAG = sorted(range(64), key=lambda n: (n // 8 + n % 8, (n // 8) if (n // 8 + n % 8) % 2 else (n % 8)))


def header(stream: BinaryIO) -> Header:
    """Header of the first picture; the scans are searched for their end, never decoded."""
    hints = Hints()
    frame: FrameHeader | None = None
    orientation, has_icc, complete, end = 1, False, False, 0
    for segment in segments(stream):
        hints.note(segment)
        payload = segment.payload
        if segment.marker in FRAMES and frame is None:
            frame = frame_header(segment)
        elif segment.marker == APP1 and payload.startswith(_EXIF) and orientation == 1:
            orientation = tiff_block.orientation(payload[6:])
        elif segment.marker == APP2 and payload.startswith(_ICC):
            has_icc = True
        complete, end = segment.marker == EOI, segment.end
    if frame is None:
        truncated("no SOF segment")
    _check(frame)
    return Header(
        Format.JPEG,
        frame.width,
        frame.height,
        bit_depth=frame.precision,
        color=_COLORS[len(frame.components)],
        orientation=orientation,
        has_icc=has_icc,
        lossy=not frame.lossless,
        features=features(stream, hints, min(end, length_of(stream)), complete=complete),
    )


def _check(frame: FrameHeader) -> None:
    """Refuse what no decoder here reads."""
    if frame.width == 0:
        corrupt("width 0")
    if frame.height == 0:
        unsupported("height given by a DNL segment")
    if frame.marker not in _DECODABLE:
        unsupported(f"JPEG frame type SOF{frame.marker - 0xC0}")
    if frame.precision != 8:
        unsupported(f"{frame.precision}-bit JPEG")
    if len(frame.components) not in _COLORS:
        unsupported(f"JPEG with {len(frame.components)} components")


def read_metadata(untrusted: bytes) -> tuple[Metadata, bytes]:
    """Metadata and ICC profile of the first picture."""
    exif, resources = bytearray(), bytearray()
    extended: list[bytes] = []
    profile: list[bytes] = []
    comments: list[bytes] = []
    parts: list[Part] = []
    xmp, jfif = b"", b""
    for segment in segments(opened(untrusted)):
        payload = segment.payload
        if segment.marker == APP1 and payload.startswith(_EXIF) and _goes_on(exif, payload[6:]):
            exif += payload[6:]
        elif segment.marker == APP1 and payload.startswith(XMP) and not xmp:
            xmp = payload[len(XMP) :]
        elif segment.marker == APP1 and payload.startswith(EXTENDED_XMP):
            extended.append(payload[len(EXTENDED_XMP) :])
        elif segment.marker == APP2 and payload.startswith(_ICC):
            profile.append(payload[len(_ICC) :])
        elif segment.marker == APP13 and payload.startswith(photoshop.SIGNATURE):
            resources += payload[len(photoshop.SIGNATURE) :]
        elif segment.marker == APP0 and payload.startswith(_JFIF):
            jfif = jfif or payload
        elif segment.marker == COM:
            comments.append(payload)
        elif APP0 <= segment.marker <= APP15:
            parts += _part(segment)
    block = bytes(exif) if tiff_block.is_tiff(bytes(exif[:4])) else b""
    iptc, others = photoshop.split(bytes(resources))
    metadata = Metadata(
        exif=block,
        xmp=_with_extended(xmp, extended),
        iptc=iptc,
        comments=tuple(comments),
        density=_jfif_density(jfif) or tiff_block.density(block),
        photoshop=others,
        parts=tuple(dict.fromkeys(parts)),
    )
    return metadata, _icc(profile)


def _goes_on(exif: bytearray, payload: bytes) -> bool:
    """Whether a segment starts the EXIF block or, beyond 64 KiB, continues it; a second whole one is another."""
    return not exif or not tiff_block.is_tiff(payload)


def _part(segment: Segment) -> list[Part]:
    """A segment that only JPEG files have; None if it is rewritten anyway or refers to other pictures."""
    payload, marker = segment.payload, segment.marker
    if marker == APP0:
        return [Part(Format.JPEG, "JFXX", payload)] if payload.startswith(_JFXX) else []
    if marker == APP14 and payload.startswith(_ADOBE):
        return []
    if marker == APP2 and payload.startswith(_MPF):
        return []
    return [Part(Format.JPEG, f"APP{marker - APP0}", payload)]


def _with_extended(xmp: bytes, chunks: list[bytes]) -> bytes:
    """The packet with its extended part: each chunk is GUID (32), full length (4), offset (4), data.

    Where that part is missing or broken, the packet no longer points at it.
    """
    name = next((chunk[:32] for chunk in chunks if chunk[:32] in xmp), chunks[0][:32] if chunks else b"")
    ordered = sorted((int.from_bytes(c[36:40], "big"), c[40:]) for c in chunks if c[:32] == name and len(c) > 40)
    parts = bytearray()
    for offset, data in ordered:
        if offset > len(parts):
            return xmp_packet.without_note(xmp)
        parts[offset : offset + len(data)] = data
    whole = bytes(parts)
    if not xmp or not whole:
        return whole or xmp_packet.without_note(xmp)
    return xmp_packet.join(xmp, whole)


def _icc(chunks: list[bytes]) -> bytes:
    """The profile from numbered chunks (ICC.1, B.4); nothing when one is missing or ambiguous."""
    if not chunks or any(len(chunk) < 2 for chunk in chunks):
        return b""
    # A chunk written twice is harmless; two different ones with one number are not.
    ordered = sorted(set(chunks), key=lambda chunk: chunk[0])
    if [chunk[0] for chunk in ordered] != list(range(1, ordered[0][1] + 1)):
        return b""
    return b"".join(chunk[2:] for chunk in ordered)


def _jfif_density(payload: bytes) -> tuple[float, float] | None:
    if len(payload) < 12 or payload[7] not in {1, 2}:
        return None
    scale = 2.54 if payload[7] == 2 else 1.0
    across, down = int.from_bytes(payload[8:10], "big"), int.from_bytes(payload[10:12], "big")
    return (across * scale, down * scale) if across and down else None


def quantization(untrusted: bytes) -> tuple[tuple[int, ...], ...]:
    """Quantization tables by ascending number, each 64 values row by row (as Pillow gives them)."""
    tables: dict[int, tuple[int, ...]] = {}
    for segment in segments(opened(untrusted)):
        payload, at = segment.payload, 0
        while segment.marker == DQT and at < len(payload):
            wide, number = payload[at] >> 4, payload[at] & 15
            size = 128 if wide else 64
            values = payload[at + 1 : at + 1 + size]
            if len(values) < size:
                corrupt("short DQT segment")
            step = size // 64
            table = [0] * 64
            for index, place in enumerate(_ZIGZAG):
                table[place] = int.from_bytes(values[step * index : step * index + step], "big")
            tables[number] = tuple(table)
            at += 1 + size
    return tuple(tables[number] for number in sorted(tables))


def rewrite(untrusted: bytes, metadata: Metadata, icc: bytes) -> bytes:
    """The same coded picture, byte for byte, with exactly the given metadata and profile around it."""
    walked = list(segments(opened(untrusted)))
    if walked[-1].marker != EOI:
        truncated("no EOI marker")
    frame = next((frame_header(s) for s in walked if s.marker in FRAMES), None)
    if frame is None:
        corrupt("no SOF segment")
    adobe = next((s for s in walked if s.marker == APP14 and s.payload.startswith(_ADOBE)), None)
    jfif = next((s for s in walked if s.marker == APP0 and s.payload.startswith(_JFIF)), None)
    out = [b"\xff\xd8", _app0(jfif, adobe, frame, metadata)]
    out.extend(_blocks(metadata, icc))
    if adobe is not None:
        out.append(_segment(APP14, adobe.payload[:_ADOBE_BYTES]))
    # APPn and COM between the scans go too, and what no decoder reads; every other segment is the picture.
    out.extend(untrusted[s.start : s.end] for s in walked if _FIRST_CODING <= s.marker < APP0 and s.marker != SOI)
    return b"".join(out)


def _app0(jfif: Segment | None, adobe: Segment | None, frame: FrameHeader, metadata: Metadata) -> bytes:
    """A JFIF segment without thumbnail, or nothing where it would be new and could change the colours."""
    wanted = metadata.density
    if jfif is not None and wanted is None:
        # Without a unit the two numbers are the shape of a pixel, and part of the picture.
        shape = jfif.payload[8:12] if len(jfif.payload) >= 12 and jfif.payload[7] == 0 else b"\0\1\0\1"
        return _segment(APP0, b"JFIF\0\1\1\0" + shape + b"\0\0")
    if wanted is None:
        return b""
    if jfif is None:
        plain = adobe is None or (len(adobe.payload) >= 12 and adobe.payload[11] == 1)
        # Without JFIF, decoders tell RGB from YCbCr by Adobe's flag or by the component numbers.
        safe = len(frame.components) == 1 or (frame.components == (1, 2, 3) and plain)
        if not safe or tiff_block.density(metadata.exif) is not None:
            return b""
    across, down = (max(1, min(65535, round(value))) for value in wanted)
    return _segment(APP0, b"JFIF\0\1\1\1" + across.to_bytes(2, "big") + down.to_bytes(2, "big") + b"\0\0")


def _blocks(metadata: Metadata, icc: bytes) -> Iterator[bytes]:
    """All metadata segments in the order readers expect."""
    prefix = _EXIF + b"\0"
    yield from (_segment(APP1, prefix + piece) for piece in _pieces(metadata.exif, _LONGEST - len(prefix)))
    main, extended = xmp_packet.split(metadata.xmp, _LONGEST - len(XMP)) if metadata.xmp else (b"", b"")
    if main:
        yield _segment(APP1, XMP + main)
    step = 65400
    lead = EXTENDED_XMP + xmp_packet.guid(extended) + len(extended).to_bytes(4, "big")
    for number, piece in enumerate(_pieces(extended, step)):
        yield _segment(APP1, lead + (number * step).to_bytes(4, "big") + piece)
    profile = _pieces(icc, _LONGEST - len(_ICC) - 2)
    if len(profile) > 255:
        too_large("ICC profile over 16 MiB")
    for number, piece in enumerate(profile, 1):
        yield _segment(APP2, _ICC + bytes((number, len(profile))) + piece)
    for piece in _pieces(photoshop.joined(metadata.iptc, metadata.photoshop), _LONGEST - len(photoshop.SIGNATURE)):
        yield _segment(APP13, photoshop.SIGNATURE + piece)
    for part in metadata.parts:
        if carries(part):
            yield _segment(_MARKERS[part.name], part.data)
    for comment in metadata.comments:
        yield from (_segment(COM, piece) for piece in _pieces(comment, _LONGEST))


def carries(part: Part) -> bool:
    """Whether a part may be written into another file; boxes in APP11 (JUMBF) may be a signature over the old one."""
    known = part.format is Format.JPEG and part.name in _MARKERS and len(part.data) <= _LONGEST
    return known and not (part.name == "APP11" and part.data.startswith(b"JP"))


def _pieces(data: bytes, step: int) -> list[bytes]:
    return [data[at : at + step] for at in range(0, len(data), step)]


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload
