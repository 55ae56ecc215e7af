"""IPTC IIM datasets: read, filtered, written. Nothing here raises, whatever the bytes.

Source: IPTC-NAA Information Interchange Model version 4.2 (2014), chapters 3 to 9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from oimg.engine.metadata.jpeg_streams import bare
from oimg.words.privacy import MetadataGroup

MAX_DATASETS = 10_000
"""Datasets read; the fullest press pictures hold a few hundred, most of them keywords."""

_MARK = 0x1C
_UTF8 = b"\x1b%G"  # ISO 2022 escape sequence for UTF-8, the value of 1:90
_CODED_CHARACTER_SET, _RECORD_VERSION = (1, 90), (2, 0)

_G = MetadataGroup
# Record and number, name, group. None: says how the block is written.
_DATASETS: dict[tuple[int, int], tuple[str, MetadataGroup | None]] = {
    (1, 0): ("ModelVersion", None),
    (1, 70): ("DateSent", _G.DATES),
    (1, 80): ("TimeSent", _G.DATES),
    _CODED_CHARACTER_SET: ("CodedCharacterSet", None),
    (1, 100): ("UniqueObjectName", _G.HISTORY),
    _RECORD_VERSION: ("RecordVersion", None),
    (2, 5): ("ObjectName", _G.DESCRIPTION),
    (2, 7): ("EditStatus", _G.HISTORY),
    (2, 10): ("Urgency", _G.DESCRIPTION),
    (2, 12): ("SubjectReference", _G.DESCRIPTION),
    (2, 15): ("Category", _G.DESCRIPTION),
    (2, 20): ("SupplementalCategory", _G.DESCRIPTION),
    (2, 22): ("FixtureIdentifier", _G.HISTORY),
    (2, 25): ("Keywords", _G.DESCRIPTION),
    (2, 26): ("ContentLocationCode", _G.LOCATION),
    (2, 27): ("ContentLocationName", _G.LOCATION),
    (2, 30): ("ReleaseDate", _G.DATES),
    (2, 35): ("ReleaseTime", _G.DATES),
    (2, 37): ("ExpirationDate", _G.DATES),
    (2, 38): ("ExpirationTime", _G.DATES),
    (2, 40): ("SpecialInstructions", _G.DESCRIPTION),
    (2, 47): ("ReferenceDate", _G.DATES),
    (2, 55): ("DateCreated", _G.CAPTURE_DATE),
    (2, 60): ("TimeCreated", _G.CAPTURE_DATE),
    (2, 62): ("DigitalCreationDate", _G.DATES),
    (2, 63): ("DigitalCreationTime", _G.DATES),
    (2, 65): ("OriginatingProgram", _G.SOFTWARE),
    (2, 70): ("ProgramVersion", _G.SOFTWARE),
    (2, 80): ("By-line", _G.OWNER),
    (2, 85): ("By-lineTitle", _G.OWNER),
    (2, 90): ("City", _G.LOCATION),
    (2, 92): ("Sub-location", _G.LOCATION),
    (2, 95): ("Province-State", _G.LOCATION),
    (2, 100): ("CountryCode", _G.LOCATION),
    (2, 101): ("CountryName", _G.LOCATION),
    (2, 103): ("OriginalTransmissionReference", _G.HISTORY),
    (2, 105): ("Headline", _G.DESCRIPTION),
    (2, 110): ("Credit", _G.CREDIT),
    (2, 115): ("Source", _G.OWNER),
    (2, 116): ("CopyrightNotice", _G.COPYRIGHT),
    (2, 118): ("Contact", _G.OWNER),
    (2, 120): ("Caption-Abstract", _G.DESCRIPTION),
    (2, 122): ("Writer-Editor", _G.OWNER),
    (2, 125): ("RasterizedCaption", _G.DESCRIPTION),
    (2, 184): ("JobID", _G.HISTORY),
    (2, 185): ("MasterDocumentID", _G.HISTORY),
    (2, 186): ("ShortDocumentID", _G.HISTORY),
    (2, 187): ("UniqueDocumentID", _G.HISTORY),
    (2, 188): ("OwnerID", _G.OWNER),
    (2, 200): ("ObjectPreviewFileFormat", _G.THUMBNAIL),
    (2, 201): ("ObjectPreviewFileVersion", _G.THUMBNAIL),
    (2, 202): ("ObjectPreviewData", _G.THUMBNAIL),
    (2, 221): ("Prefs", _G.HISTORY),
    (2, 230): ("DocumentNotes", _G.DESCRIPTION),
    (2, 231): ("DocumentHistory", _G.HISTORY),
    (2, 232): ("ExifCameraInfo", _G.DEVICE),
}
_LONGEST_STRUCTURE = 16  # bytes; whatever is longer is no version number and no escape sequence


@dataclass(frozen=True, slots=True)
class DataSet:
    """One IIM dataset: record 1 to 255, number 0 to 255, and its value."""

    record: int
    number: int
    value: bytes

    @property
    def name(self) -> str:
        """The name in the standard, or "record:number"."""
        return _DATASETS.get((self.record, self.number), (f"{self.record}:{self.number}", None))[0]

    @property
    def group(self) -> MetadataGroup | None:
        """What the dataset is about; None where it only says how the block is written."""
        group = _DATASETS.get((self.record, self.number), ("", _G.OTHER))[1]
        return _G.OTHER if group is None and len(self.value) > _LONGEST_STRUCTURE else group


def parse(block: bytes) -> tuple[DataSet, ...]:
    """Return the datasets up to the first thing that is none; of a cut-off value, what there is."""
    found: list[DataSet] = []
    at = 0
    while at + 5 <= len(block) and block[at] == _MARK and len(found) < MAX_DATASETS:
        length, start = int.from_bytes(block[at + 3 : at + 5], "big"), at + 5
        if length & 0x8000:
            # Extended dataset: the low bits say how many bytes hold the length (IIM 1.5 c).
            start += length & 0x7FFF
            length = int.from_bytes(block[at + 5 : start][:8], "big") if length & 0x7FFF <= 8 else len(block)
        found.append(DataSet(block[at + 1], block[at + 2], block[start : start + length]))
        at = start + length
    return tuple(found)


def serialize(datasets: Iterable[DataSet]) -> bytes:
    """Write datasets in their order; values from 32 KiB on in the extended form."""
    out = bytearray()
    for item in datasets:
        size = len(item.value)
        length = size.to_bytes(2, "big") if size < 1 << 15 else b"\x80\x04" + size.to_bytes(4, "big")
        out += bytes((_MARK, item.record, item.number)) + length + item.value
    return bytes(out)


def filtered(datasets: Iterable[DataSet], groups: frozenset[MetadataGroup]) -> tuple[DataSet, ...]:
    """Return the datasets of these groups and what a reader needs to read them."""
    datasets = tuple(datasets)
    kept = tuple(item for item in datasets if item.group in groups and item.group is not None)
    if not kept:
        return ()
    charset = (DataSet(*_CODED_CHARACTER_SET, _UTF8),) if is_utf8(datasets) else ()
    version = (DataSet(*_RECORD_VERSION, b"\0\4"),) if any(item.record == 2 for item in kept) else ()
    return tuple(sorted((*charset, *version, *kept), key=lambda item: item.record))


def is_plain_date(item: DataSet) -> bool:
    """Whether a dataset is DateCreated and nothing but a date; TimeCreated has the time zone, which tells a place."""
    return (item.record, item.number) == (2, 55) and len(item.value) == 8 and item.value.isdigit()


def with_bare_previews(datasets: Iterable[DataSet]) -> tuple[DataSet, ...]:
    """Return the datasets with JPEG previews freed of their own metadata."""
    return tuple(replace(d, value=bare(d.value)) if d.group is _G.THUMBNAIL else d for d in datasets)


def without_previews(block: bytes) -> bytes:
    """Return the block without the preview pictures in it, every other byte as it was."""
    datasets = parse(block)
    kept = tuple(item for item in datasets if item.group is not _G.THUMBNAIL)
    if kept == datasets:
        return block
    read = serialize(datasets)
    rest = block[len(read) :] if block.startswith(read) else b""
    # More datasets than we read are no padding, and may hold another preview.
    return serialize(kept) + (b"" if rest[:1] == bytes((_MARK,)) else rest)


def is_utf8(datasets: tuple[DataSet, ...]) -> bool:
    """Whether the block declares its texts as UTF-8 (1:90)."""
    return any((d.record, d.number) == _CODED_CHARACTER_SET and d.value.startswith(_UTF8) for d in datasets)
