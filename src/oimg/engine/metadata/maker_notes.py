"""Maker notes: whose they are, and the fields in them that name a person, a device or a picture.

The makers publish nothing of this. The layouts and tags are those that readers of EXIF agree on: the tag tables of
ExifTool (exiftool.org/TagNames) and Exiv2 (exiv2.org/makernote.html), taken over as facts and compared with real
pictures. Of everything else in a maker note only the size is told. Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from oimg.engine.metadata.exif import MAKER_NOTE, Directory, Entry, Exif
from oimg.engine.metadata.tiff import MAX_ENTRIES, RECORD, TYPE_SIZES, BadExif, ByteOrder, TableReader
from oimg.words.i18n import N_
from oimg.words.privacy import Finding, MetadataGroup, told
from oimg.words.sayings import Saying, Size, phrase

_MAKE, _MODEL = 0x010F, 0x0110
_G = MetadataGroup
_Fields = dict[int, tuple[str, MetadataGroup]]

_OLYMPUS_EQUIPMENT: Final[_Fields] = {
    0x0101: ("SerialNumber", _G.DEVICE),
    0x0102: ("InternalSerialNumber", _G.DEVICE),
    0x0202: ("LensSerialNumber", _G.DEVICE),
    0x0302: ("ExtenderSerialNumber", _G.DEVICE),
}
_EQUIPMENT = 0x2010
_FIELDS: Final[dict[str, _Fields]] = {
    "Canon": {
        0x0006: ("ImageType", _G.DEVICE),
        0x0007: ("FirmwareVersion", _G.DEVICE),
        0x0009: ("OwnerName", _G.OWNER),
        0x000C: ("SerialNumber", _G.DEVICE),
        0x0028: ("ImageUniqueID", _G.HISTORY),
        0x0095: ("LensModel", _G.DEVICE),
        0x0096: ("InternalSerialNumber", _G.DEVICE),
        0x4019: ("LensSerialNumber", _G.DEVICE),
    },
    "Nikon": {
        0x001D: ("SerialNumber", _G.DEVICE),
        0x00A0: ("SerialNumber", _G.DEVICE),
        0x00A7: ("ShutterCount", _G.DEVICE),
    },
    "Sony": {0x2031: ("SerialNumber", _G.DEVICE)},
    "Olympus": {0x0404: ("SerialNumber", _G.DEVICE)},
    "Panasonic": {
        0x0025: ("InternalSerialNumber", _G.DEVICE),
        0x0051: ("LensType", _G.DEVICE),
        0x0052: ("LensSerialNumber", _G.DEVICE),
        0x0065: ("Title", _G.DESCRIPTION),
        0x0066: ("BabyName", _G.PEOPLE),
        0x0067: ("Location", _G.LOCATION),
        0x0069: ("Country", _G.LOCATION),
        0x006B: ("State", _G.LOCATION),
        0x006D: ("City", _G.LOCATION),
        0x006F: ("Landmark", _G.LOCATION),
    },
    "Fujifilm": {0x0010: ("InternalSerialNumber", _G.DEVICE)},
    "Apple": {
        0x000B: ("BurstUUID", _G.HISTORY),
        0x0011: ("ContentIdentifier", _G.HISTORY),
        0x0015: ("ImageUniqueID", _G.HISTORY),
        0x0020: ("ImageCaptureRequestID", _G.HISTORY),
        0x002B: ("PhotoIdentifier", _G.HISTORY),
    },
    "Pentax": {0x0229: ("SerialNumber", _G.DEVICE), 0x022E: ("Artist", _G.OWNER), 0x022F: ("Copyright", _G.COPYRIGHT)},
    "Samsung": {
        0x0030: ("LocalLocationName", _G.LOCATION),
        0x0031: ("LocationName", _G.LOCATION),
        0x0123: ("FaceName", _G.PEOPLE),
        0xA001: ("FirmwareName", _G.DEVICE),
        0xA002: ("SerialNumber", _G.DEVICE),
        0xA005: ("InternalLensSerialNumber", _G.DEVICE),
    },
}
_HEX = {("Canon", 0x0028): 16, ("Canon", 0x4019): 5}
"""Fields that are bytes to be read as hexadecimal digits, and how many of them."""

# Makers by the name in Make, for notes that do not say themselves whose they are.
_MAKERS: Final = (
    *("Canon", "Nikon", "Sony", "Olympus", "Panasonic", "Fujifilm", "Apple", "Samsung", "Pentax", "DJI", "Google"),
    *("Leica", "Ricoh", "Casio", "Kodak", "Minolta", "Sigma", "Huawei", "Xiaomi", "Motorola", "LG", "HTC", "GoPro"),
    *("Hasselblad", "Sanyo", "HP", "JVC", "Nokia", "OnePlus", "Oppo", "Vivo", "Kyocera", "Konica", "Asahi", "FLIR"),
)
_LONGEST_TEXT = 256


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the notes that start with `mark` are built.

    The directory lies `start` bytes behind the beginning of the note; offsets in it count from there where `own`, else
    from the beginning of the block. `order` is where the byte order is written, None for that of the block.
    """

    mark: bytes
    vendor: str
    start: int
    own: bool
    order: int | None = None


_LAYOUTS: Final = (
    _Layout(b"OLYMPUS\0", "Olympus", 12, own=True, order=8),
    _Layout(b"OM SYSTEM\0", "Olympus", 16, own=True, order=12),
    _Layout(b"OLYMP\0", "Olympus", 8, own=False),
    _Layout(b"Panasonic\0", "Panasonic", 12, own=False),
    _Layout(b"Apple iOS\0", "Apple", 14, own=True, order=12),
    _Layout(b"AOC\0", "Pentax", 6, own=False, order=4),
    _Layout(b"PENTAX \0", "Pentax", 10, own=True, order=8),
    _Layout(b"SONY DSC \0", "Sony", 12, own=False),
    _Layout(b"SONY CAM \0", "Sony", 12, own=False),
    _Layout(b"SONY MOBILE\0", "Sony", 12, own=False),
)
_PLAIN: Final = ("Canon", "Nikon", "Sony", "Samsung")
"""Makers whose notes are a bare directory."""


def vendor(note: bytes, make: str) -> str:
    """Return whose maker notes these are, by their own first bytes or else by Make; empty where unknown."""
    for layout in _LAYOUTS:
        if note.startswith(layout.mark):
            return layout.vendor
    if note.startswith((b"Nikon\0", b"FUJIFILM", b"LEICA")):
        return {b"N": "Nikon", b"F": "Fujifilm", b"L": "Leica"}[note[:1]]
    lowered = make.lower()
    return next((maker for maker in _MAKERS if lowered.startswith(maker.lower())), make)


def findings(block: bytes, exif: Exif) -> Iterator[Finding]:
    """Yield what the maker note of a block says about a person, a device or the picture, as "Vendor:Name"."""
    note = exif.find(Directory.EXIF, MAKER_NOTE)
    if note is None or not any(note.raw):
        return
    make, model = (exif.text(exif.find(Directory.IFD0, tag)) for tag in (_MAKE, _MODEL))
    maker = vendor(note.raw, make)
    size = len(note.raw)
    said: Saying = phrase(N_("{size} of maker notes of {maker}"), size=Size(size), maker=maker) if maker else Size(size)
    yield told(_G.MAKER_NOTES, "MakerNote", said, (("vendor", maker), ("bytes", size)))
    if maker not in _FIELDS:
        return
    seen = set()
    for entry, fields, order in _entries(block, exif.byte_order, note, maker):
        if entry.tag in fields:
            name, group = fields[entry.tag]
            value = _value(entry, order, maker, model)
            if value and (name, value) not in seen:
                seen.add((name, value))
                yield told(group, f"{maker}:{name}", value)


def _entries(block: bytes, order: ByteOrder, note: Entry, maker: str) -> Iterator[tuple[Entry, _Fields, ByteOrder]]:
    """Yield the entries of a note's directories, each with the table of its directory and its byte order."""
    for reader, start in _opened(block, order, note, maker):
        table = reader.read(start)
        if table is None:
            continue
        for entry in table.entries:
            yield entry, _FIELDS[maker], reader.order
            if maker == "Olympus" and entry.tag == _EQUIPMENT:
                # An offset in newer notes; in older ones the directory itself is the value.
                at = entry.at if len(entry.raw) > 4 else int.from_bytes(entry.raw, reader.order)
                inner = reader.read(at)
                for each in inner.entries if inner is not None else ():
                    yield each, _OLYMPUS_EQUIPMENT, reader.order


def _opened(block: bytes, order: ByteOrder, note: Entry, maker: str) -> Iterator[tuple[TableReader, int]]:
    """Yield a reader for the note and where its directory starts; nothing where the layout is unknown."""
    raw = note.raw
    try:
        if raw.startswith(b"Nikon\0\2"):  # a TIFF block of its own behind ten bytes
            reader = TableReader(raw[10:])
            yield reader, reader.number(4, 4)
        elif raw.startswith(b"FUJIFILM"):
            yield _reader(raw, "little"), int.from_bytes(raw[8:12], "little")
        elif (layout := next((each for each in _LAYOUTS if raw.startswith(each.mark)), None)) is not None:
            stated = raw[layout.order : layout.order + 2] if layout.order is not None else b""
            own_order: ByteOrder = {b"II": "little", b"MM": "big"}.get(stated, order)  # type: ignore[assignment]
            base, start = (raw, 0) if layout.own else (block, note.at)
            yield _reader(base, own_order), start + layout.start
        elif maker == "Samsung" and _counts_from_itself(raw, order, note.at):
            # Twice: the first eight bytes of the one make room for a header, the directory is read in the other.
            yield _reader(raw + raw, order), len(raw)
        elif maker in _PLAIN and not raw.startswith(b"Nikon\0"):
            yield _reader(block, order), note.at
    except BadExif:
        return


def _counts_from_itself(note: bytes, order: ByteOrder, at: int) -> bool:
    """Whether the offsets of a bare directory count from its own start: then some lie before its end."""
    count = min(int.from_bytes(note[:2], order), MAX_ENTRIES)
    records = (note[place : place + RECORD] for place in range(2, 2 + RECORD * count, RECORD))
    offsets = [
        int.from_bytes(record[8:], order)
        for record in records
        if len(record) == RECORD
        and TYPE_SIZES.get(int.from_bytes(record[2:4], order), 0) * int.from_bytes(record[4:8], order) > 4
    ]
    return bool(offsets) and min(offsets) < at + 2 + RECORD * count


def _reader(block: bytes, order: ByteOrder) -> TableReader:
    """A reader of directories whose offsets count from the beginning of these bytes, whatever they start with."""
    return TableReader((b"II*\0" if order == "little" else b"MM\0*") + block[4:])


def _value(entry: Entry, order: ByteOrder, maker: str, model: str) -> str:
    raw = entry.raw
    if (maker, entry.tag) in _HEX:
        digits = raw[: _HEX[maker, entry.tag]]
        return digits.hex() if any(digits) else ""
    if entry.type in (2, 7, 129):
        text = raw[:_LONGEST_TEXT].split(b"\0", 1)[0].strip()
        if maker == "Sony" and len(text) == 8:  # four pairs of digits, the last pair first
            text = b"".join(text[at : at + 2] for at in (6, 4, 2, 0))
        return text.decode("latin-1") if text and all(0x20 <= byte < 0x7F or byte >= 0xA0 for byte in text) else ""
    if entry.type not in (3, 4) or entry.count != 1:
        return ""
    number = int.from_bytes(raw, order)
    if maker == "Canon" and entry.tag == 0x000C:
        return _canon_serial(number, model)
    return str(number) if number else ""


def _canon_serial(number: int, model: str) -> str:
    """Write a serial number with the digits that stand on the camera."""
    if not number:
        return ""
    if "EOS D30" in model:
        return f"{number >> 16:04x}{number & 0xFFFF:05}"
    return f"{number:06}" if "EOS-1D" in model else f"{number:010}"
