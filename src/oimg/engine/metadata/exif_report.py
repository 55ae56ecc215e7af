"""An EXIF block in words: every field as a finding, and the place where the picture was taken."""

from __future__ import annotations

from collections.abc import Iterator

from oimg.engine.metadata.exif import Directory, Entry, Exif
from oimg.engine.metadata.exif_tags import group_of, is_blank, tag_name
from oimg.words.privacy import Finding, MetadataGroup, readable

_MOST_VALUES = 8
_ASCII, _UNDEFINED, _UTF8 = 2, 7, 129
_USER_COMMENT = 0x9286
_XP_FIELDS = range(0x9C9B, 0x9CA0)
# GPSProcessingMethod and GPSAreaInformation carry the same eight-byte character code as UserComment.
_CODED_GPS = (0x1B, 0x1C)


def findings(exif: Exif) -> Iterator[Finding]:
    """Yield every field as a finding, in the order of the block; the place as one number pair comes first."""
    place = position(exif)
    if place is not None:
        yield Finding(MetadataGroup.LOCATION, "position", place)
    if exif.thumbnail:
        yield Finding(MetadataGroup.THUMBNAIL, "Thumbnail", _thumbnail(exif))
    for directory, entry in exif.walk():
        group = group_of(directory, entry)
        if group is None or is_blank(entry):
            continue
        name = tag_name(directory, entry.tag)
        if directory is Directory.IFD1:
            name = f"{directory}.{name}"
        yield Finding(group, name, readable(_value(exif, directory, entry)))


def position(exif: Exif) -> str | None:
    """Return the place as decimal degrees, "latitude, longitude"; None where the block does not tell it."""
    parts = []
    for reference, tag, limit in ((1, 2, 90.0), (3, 4, 180.0)):
        angle = _degrees(exif.rationals(exif.find(Directory.GPS, tag)))
        if angle is None or angle > limit:
            return None
        negative = exif.text(exif.find(Directory.GPS, reference)).upper() in ("S", "W")
        parts.append(-angle if negative else angle)
    return f"{parts[0]:.6f}, {parts[1]:.6f}"


def _degrees(parts: tuple[tuple[int, int], ...]) -> float | None:
    # Degrees alone, degrees and minutes, or all three; an unused part is often written 0/0.
    total, unit = 0.0, 1.0
    for top, bottom in parts[:3]:
        total += top / bottom / unit if bottom else 0.0
        unit *= 60
    return total if parts and parts[0][1] else None


def _thumbnail(exif: Exif) -> str:
    size = _jpeg_size(exif.thumbnail)
    about = f"{len(exif.thumbnail)} bytes"
    return f"{size[0]} x {size[1]}, {about}" if size else about


def _jpeg_size(stream: bytes) -> tuple[int, int] | None:
    """Return width and height from the frame header of a JPEG stream (ITU T.81 B.2.2)."""
    at = 2
    while stream[:2] == b"\xff\xd8" and at + 9 <= len(stream) and stream[at] == 0xFF:
        kind = stream[at + 1]
        # SOF0 to SOF15, without DHT, JPG and DAC that lie among them
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = stream[at + 5 : at + 7], stream[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
    return None


def _value(exif: Exif, directory: Directory, entry: Entry) -> str:
    if entry.type in (_ASCII, _UTF8):
        return exif.text(entry)
    if directory is Directory.EXIF and entry.tag == _USER_COMMENT:
        return _coded_text(entry.raw, exif)
    if directory is Directory.GPS and entry.tag in _CODED_GPS:
        return _coded_text(entry.raw, exif)
    if directory is Directory.IFD0 and entry.tag in _XP_FIELDS:
        return entry.raw.decode("utf-16-le", errors="replace").split("\0", 1)[0]
    if entry.type == _UNDEFINED:
        if len(entry.raw) > 4:
            return f"{len(entry.raw)} bytes"
        return entry.raw.decode("ascii") if _is_text(entry.raw) else " ".join(map(str, entry.raw))
    return _numbers(exif, entry)


def _is_text(raw: bytes) -> bool:
    return bool(raw) and all(0x20 <= byte < 0x7F for byte in raw)


def _numbers(exif: Exif, entry: Entry) -> str:
    pairs = exif.rationals(entry)
    if pairs:
        shown = [f"{top}/{bottom}" if bottom != 1 else str(top) for top, bottom in pairs[:_MOST_VALUES]]
    else:
        shown = [str(number) for number in exif.ints(entry)[:_MOST_VALUES]]
    if not shown:
        return f"{len(entry.raw)} bytes"
    return " ".join(shown) + (" ..." if entry.count > _MOST_VALUES else "")


def _coded_text(raw: bytes, exif: Exif) -> str:
    """Return a text that names its character code in its first eight bytes (Exif 2.32, table 9)."""
    code, text = raw[:8], raw[8:]
    match code.rstrip(b"\0 "):
        case b"UNICODE":
            # The byte order is that of the block by the book, but many write a mark or the other order.
            orders = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
            fallback = "utf-16-le" if exif.byte_order == "little" else "utf-16-be"
            shown = text.decode(orders.get(text[:2], fallback), errors="replace").lstrip("\ufeff")
        case b"JIS":
            shown = text.decode("iso2022_jp", errors="replace")
        case b"ASCII" | b"":
            shown = text.decode("utf-8", errors="replace")
        case _:
            shown = raw.decode("utf-8", errors="replace")
    return shown.strip("\0 ")
