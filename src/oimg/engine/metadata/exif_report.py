"""An EXIF block in words: every field as a finding, and the place where the picture was taken."""

from __future__ import annotations

import math
from collections.abc import Iterator

from oimg.engine.metadata import exif_measures
from oimg.engine.metadata.exif import MAKER_NOTE, Directory, Entry, Exif
from oimg.engine.metadata.exif_tags import group_of, is_blank, tag_name
from oimg.engine.metadata.exif_values import Facts, numbers, value
from oimg.words.privacy import Finding, MetadataGroup, told
from oimg.words.sayings import Angle, Coded, Extent, Joined, Saying, Size, moment

# Where the parts of the block lie: it says nothing, and is never the same again.
_PLACES = frozenset({0x014A, 0x0111, 0x0117, 0x0144, 0x0145})
# The date, and the fields of the Exif directory that hold its fraction of a second and its time zone.
_DATES = {0x0132: (0x9290, 0x9010), 0x9003: (0x9291, 0x9011), 0x9004: (0x9292, 0x9012)}
_LATITUDES, _LONGITUDES = (0x02, 0x14), (0x04, 0x16)
_ALTITUDE, _ALTITUDE_REF, _TIME, _DATE = 0x06, 0x05, 0x07, 0x1D
_ASCII = 2


def findings(exif: Exif, *, structure: bool = False) -> Iterator[Finding]:
    """Yield every field as a finding, in the order of the block; the place as one number pair comes first.

    With `structure` also what only says how the block is written: versions, order of components.
    """
    yield from place(exif)
    if exif.thumbnail:
        yield _thumbnail(exif)
    for directory, entry in exif.walk():
        if is_blank(entry) or entry.tag in _PLACES or (directory is Directory.EXIF and entry.tag == MAKER_NOTE):
            continue  # maker notes have a report of their own
        group = group_of(directory, entry) or (MetadataGroup.RENDERING if structure else None)
        if group is None:
            continue
        name = tag_name(directory, entry.tag)
        if directory is Directory.IFD1:
            name = f"{directory}.{name}"
        yield told(group, name, *_value(exif, directory, entry))


def _value(exif: Exif, directory: Directory, entry: Entry) -> tuple[Saying, Facts]:
    if directory is Directory.GPS:
        return _gps_value(exif, entry)
    if entry.tag in _DATES and directory is not Directory.IFD1:
        return _date(exif, entry)
    return value(exif, directory, entry)


def _date(exif: Exif, entry: Entry) -> tuple[str, Facts]:
    """Return a date with its fraction of a second and its time zone, as far as the block tells them."""
    day = exif.text(entry)
    fraction, zone = (exif.text(exif.find(Directory.EXIF, tag)) for tag in _DATES[entry.tag])
    fraction = fraction if fraction.isdigit() and fraction.isascii() else ""
    full = day + (f".{fraction}" if fraction else "") + (zone if len(zone) == 6 else "")
    date, _, time = full.partition(" ")
    stated = len(day) == 19 and date.replace(":", "").isdigit()
    return full, (("iso", f"{date.replace(':', '-')}T{time}"),) if stated else ()


def place(exif: Exif) -> Iterator[Finding]:
    """Yield the place as decimal degrees, "latitude, longitude"; nothing where the block does not tell it.

    Facts: latitude -90 to 90 (north is positive), longitude -180 to 180 (east is positive), altitude in metres above
    the sea where it is stated.
    """
    found = position(exif)
    if found is None:
        return
    facts: Facts = (("latitude", round(found[0], 8)), ("longitude", round(found[1], 8)))
    altitude = _altitude(exif)
    if altitude is not None:
        facts = (*facts, ("altitude", altitude))
    yield told(MetadataGroup.LOCATION, "position", pair(*found), facts)


def pair(latitude: float, longitude: float) -> Saying:
    """Write a place: in decimal degrees for programs, as maps do for people."""
    sides = Angle(abs(latitude), "S" if latitude < 0 else "N"), Angle(abs(longitude), "W" if longitude < 0 else "E")
    return Coded(f"{latitude:.6f}, {longitude:.6f}", Joined(sides))


def position(exif: Exif) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees, south and west negative; None where the block does not tell them."""
    parts = []
    for reference, tag, limit in ((1, 2, 90.0), (3, 4, 180.0)):
        angle = _degrees(exif.rationals(exif.find(Directory.GPS, tag)))
        if angle is None or angle > limit:
            return None
        parts.append(-angle if _reference(exif, reference) in ("S", "W") else angle)
    return parts[0], parts[1]


def _reference(exif: Exif, tag: int) -> str:
    return exif.text(exif.find(Directory.GPS, tag)).upper()[:1]


def _degrees(parts: tuple[tuple[int, int], ...]) -> float | None:
    # Degrees alone, degrees and minutes, or all three; an unused part is often written 0/0.
    total, unit = 0.0, 1.0
    for top, bottom in parts[:3]:
        total += top / bottom / unit if bottom else 0.0
        unit *= 60
    return total if parts and parts[0][1] else None


def _altitude(exif: Exif) -> float | None:
    """Return metres above the sea, below it negative (GPSAltitudeRef 1 or 3)."""
    found = numbers(exif, exif.find(Directory.GPS, _ALTITUDE))
    if len(found) != 1 or not math.isfinite(found[0]):
        return None
    below = numbers(exif, exif.find(Directory.GPS, _ALTITUDE_REF))[:1] in ((1,), (3,))
    return -found[0] if below else found[0]


def _gps_value(exif: Exif, entry: Entry) -> tuple[Saying, Facts]:
    """Return the value of a GPS field together with the field that gives its unit or side."""
    found, tag = numbers(exif, entry), entry.tag
    if tag in (*_LATITUDES, *_LONGITUDES):
        angle = _degrees(exif.rationals(entry))
        if angle is not None:
            return Angle(angle, _reference(exif, tag - 1)), (("number", angle),)
    elif tag == _TIME and len(found) == 3 and all(math.isfinite(part) and 0 <= part < 100 for part in found):
        hours, minutes, seconds = found
        whole = f"{int(hours):02}:{int(minutes):02}:{int(seconds):02}"
        fraction = f"{seconds - int(seconds):.6f}".lstrip("0").rstrip("0.")
        return moment(f"{whole}{fraction} UTC"), (("numbers", found),)
    elif tag == _DATE and entry.type == _ASCII:
        return moment(exif.text(entry)), ()
    elif len(found) == 1 and math.isfinite(found[0]):
        text = _gps_measure(exif, tag, found[0])
        if text:
            return text, (("number", found[0]),)
    return value(exif, Directory.GPS, entry)


def _gps_measure(exif: Exif, tag: int, number: float) -> Saying:
    letter = _reference(exif, tag - 1)
    match tag:
        case 0x06:  # GPSAltitude
            side = numbers(exif, exif.find(Directory.GPS, _ALTITUDE_REF))[:1]
            return exif_measures.altitude(number, int(side[0]) if side and math.isfinite(side[0]) else None)
        case 0x0F | 0x11 | 0x18:  # GPSTrack, GPSImgDirection, GPSDestBearing
            return exif_measures.heading(number, letter)
        case 0x0D:  # GPSSpeed
            return exif_measures.speed(number, letter)
        case 0x1A:  # GPSDestDistance
            return exif_measures.distance(number, letter)
        case 0x1F:  # GPSHPositioningError
            return exif_measures.metres(number)
        case _:
            return ""


def _thumbnail(exif: Exif) -> Finding:
    size = jpeg_size(exif.thumbnail)
    count = len(exif.thumbnail)
    facts: Facts = (("bytes", count),)
    if size is None:
        return told(MetadataGroup.THUMBNAIL, "Thumbnail", Size(count), facts)
    facts = (("width", size[0]), ("height", size[1]), *facts)
    return told(MetadataGroup.THUMBNAIL, "Thumbnail", Joined((Extent(*size), Size(count))), facts)


def jpeg_size(stream: bytes) -> tuple[int, int] | None:
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
