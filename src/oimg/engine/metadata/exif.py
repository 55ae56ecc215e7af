"""An EXIF block: read exactly, and written afresh; `exif_patch` corrects one in place.

Nothing here raises anything but `BadExif`, whatever the bytes. Source of tags and structure: CIPA DC-008
(Exif 2.32 and 3.0) section 4.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from oimg.engine.metadata.tiff import (
    RECORD,
    BadExif,
    ByteOrder,
    Entry,
    Table,
    TableReader,
    even,
    number_entry,
    table_bytes,
    table_size,
)

__all__ = ["BadExif", "Directory", "Entry", "Exif", "orientation", "parse"]


class Directory(StrEnum):
    """The directories of an EXIF block, in the order in which they are written."""

    IFD0 = "IFD0"
    EXIF = "Exif"
    INTEROP = "Interop"
    GPS = "GPS"
    IFD1 = "IFD1"


ORIENTATION = 0x0112
MAKER_NOTE = 0x927C
PIXEL_X, PIXEL_Y = 0xA002, 0xA003
IMAGE_WIDTH, IMAGE_LENGTH = 0x0100, 0x0101
_COMPRESSION, _ROWS_PER_STRIP = 0x0103, 0x0116
SUB_IFDS = 0x014A
_JPEG_AT, _JPEG_BYTES = 0x0201, 0x0202
_STRIP_AT, _STRIP_BYTES = 0x0111, 0x0117
_LINKS = {Directory.EXIF: 0x8769, Directory.GPS: 0x8825, Directory.INTEROP: 0xA005}
# Offsets of data that we do not carry along: in a fresh block they would point at something else.
# SubIFDs, strips, tiles, old-style JPEG tables, and everything of type IFD.
_DANGLING = {0x014A, 0x0111, 0x0117, 0x0144, 0x0145, 0x0190, *range(0x0200, 0x020A), *_LINKS.values()}
_LONGEST_CHAIN = 8
_NUMBERS = {1: 1, 3: 2, 4: 4, 6: -1, 8: -2, 9: -4, 13: 4}  # bytes per number, negative where signed


@dataclass(frozen=True, slots=True)
class Exif:
    """What an EXIF block holds, free of offsets: the fields of each directory and the thumbnail.

    Fields that only say where something lies (directory pointers, thumbnail offsets) are left out; they
    are made anew by `serialize`.
    """

    byte_order: ByteOrder = "little"
    ifd0: tuple[Entry, ...] = ()
    exif: tuple[Entry, ...] = ()
    interop: tuple[Entry, ...] = ()
    gps: tuple[Entry, ...] = ()
    ifd1: tuple[Entry, ...] = ()
    thumbnail: bytes = b""

    def entries(self, directory: Directory) -> tuple[Entry, ...]:
        """Return the fields of one directory, in the order in which they were found."""
        match directory:
            case Directory.IFD0:
                return self.ifd0
            case Directory.EXIF:
                return self.exif
            case Directory.INTEROP:
                return self.interop
            case Directory.GPS:
                return self.gps
            case Directory.IFD1:
                return self.ifd1

    def find(self, directory: Directory, tag: int) -> Entry | None:
        """Return the first field with this tag."""
        return next((entry for entry in self.entries(directory) if entry.tag == tag), None)

    def walk(self) -> Iterator[tuple[Directory, Entry]]:
        """Yield every field with its directory."""
        return ((directory, entry) for directory in Directory for entry in self.entries(directory))

    def ints(self, entry: Entry | None) -> tuple[int, ...]:
        """Return the values of a whole-number field; nothing for other types."""
        return ints(entry, self.byte_order)

    def rationals(self, entry: Entry | None) -> tuple[tuple[int, int], ...]:
        """Return the values of a (S)RATIONAL field as (numerator, denominator); a denominator may be 0."""
        if entry is None or entry.type not in (5, 10):
            return ()
        parts = _split(entry.raw, 4, self.byte_order, signed=entry.type == 10)
        return tuple(zip(parts[::2], parts[1::2], strict=True))

    def text(self, entry: Entry | None) -> str:
        """Return the text of a field up to its first NUL, without blanks at the ends."""
        raw = b"" if entry is None else entry.raw.split(b"\0", 1)[0]
        try:
            return raw.decode("utf-8").strip()
        except UnicodeDecodeError:
            # Exif says ASCII; what is neither that nor UTF-8 was written in some Western code page.
            return raw.decode("latin-1").strip()

    @property
    def orientation(self) -> int:
        """Orientation 1 to 8; 1 where absent or out of range."""
        values = self.ints(self.find(Directory.IFD0, ORIENTATION))
        return values[0] if values and 1 <= values[0] <= 8 else 1

    def serialize(self) -> bytes:
        """Write a fresh block: sorted, each tag once per directory, empty directories left out.

        The maker note keeps the offset it was read from, because the offsets inside it count from the start
        of the block; the room before it is filled with zeros.
        """
        note = next((e for e in self.exif if e.tag == MAKER_NOTE and e.at >= 8 and len(e.raw) > 4), None)
        place = 8 if note is None else even(note.at + len(note.raw))
        places: dict[Directory, int] = {}
        for directory in Directory:
            entries = self._outgoing(directory, {}, 0)
            if entries or directory is Directory.IFD0:
                places[directory] = place
                place += table_size(entry for entry in entries if entry is not note)
                place += RECORD * (directory is Directory.EXIF and note is not None)
        out = bytearray(b"II*\0" if self.byte_order == "little" else b"MM\0*")
        out += places[Directory.IFD0].to_bytes(4, self.byte_order)
        if note is not None:
            out += bytes(note.at - 8) + note.raw
        for directory, at in places.items():
            entries = self._outgoing(directory, places, place)
            following = places.get(Directory.IFD1, 0) if directory is Directory.IFD0 else 0
            out += bytes(at - len(out))
            out += table_bytes(entries, at, following, self.byte_order, pinned=note)
        return bytes(out) + self.thumbnail

    def _outgoing(self, directory: Directory, places: dict[Directory, int], thumbnail: int) -> list[Entry]:
        """Return the entries of a directory as they are written, pointers included."""
        kept: dict[int, Entry] = {}
        for entry in self.entries(directory):
            if entry.count and entry.type != 13 and entry.tag not in _DANGLING:
                kept.setdefault(entry.tag, entry)
        if directory is Directory.IFD1 and self.thumbnail:
            strips = _is_raw_thumbnail(self.ifd1, self.byte_order)
            at, size = (_STRIP_AT, _STRIP_BYTES) if strips else (_JPEG_AT, _JPEG_BYTES)
            if strips:
                # Several strips were joined into one; without this field one strip is what is meant.
                kept.pop(_ROWS_PER_STRIP, None)
            kept[at] = number_entry(at, thumbnail, self.byte_order, short=False)
            kept[size] = number_entry(size, len(self.thumbnail), self.byte_order, short=False)
        below = {Directory.IFD0: (Directory.EXIF, Directory.GPS), Directory.EXIF: (Directory.INTEROP,)}
        for child in below.get(directory, ()):
            if self.entries(child) or (child is Directory.EXIF and self.interop):
                tag = _LINKS[child]
                kept[tag] = number_entry(tag, places.get(child, 0), self.byte_order, short=False)
        return list(kept.values())


Stretch: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A block as it lies there: its directories, where the thumbnail lies, and where further pictures do.

    A stretch is first byte and first byte behind.
    """

    order: ByteOrder
    tables: dict[Directory, Table]
    thumbnail: tuple[Stretch, ...]
    previews: tuple[Stretch, ...]


def parse(block: bytes) -> Exif:
    """Read a TIFF block ("II" or "MM" first, no "Exif" prefix).

    A broken field or directory is left out and the rest kept; raises `BadExif` where there is no first
    directory.
    """
    found = find_tables(block)
    hidden = set(_LINKS.values())
    entries = {d: tuple(e for e in table.entries if e.tag not in hidden) for d, table in found.tables.items()}
    places = (_JPEG_AT, _JPEG_BYTES, _STRIP_AT, _STRIP_BYTES)
    return Exif(
        found.order,
        entries[Directory.IFD0],
        entries.get(Directory.EXIF, ()),
        entries.get(Directory.INTEROP, ()),
        entries.get(Directory.GPS, ()),
        tuple(entry for entry in entries.get(Directory.IFD1, ()) if entry.tag not in places),
        b"".join(block[start:end] for start, end in found.thumbnail),
    )


def orientation(block: bytes) -> int:
    """Return the orientation 1 to 8 of a block; 1 where it is absent, out of range or unreadable."""
    try:
        return parse(block).orientation
    except BadExif:
        return 1


def find_tables(block: bytes) -> Found:
    """Find the directories of a block and the pictures in it; raises `BadExif`."""
    reader = TableReader(block)
    first = reader.read(reader.number(4, 4))
    if first is None:
        raise BadExif("no first directory")
    tables = {Directory.IFD0: first}
    for child, tag in _LINKS.items():
        # Some writers hang the GPS directory below the Exif directory, or Interop below IFD0.
        parents = (tables.get(Directory.IFD0), tables.get(Directory.EXIF))
        links = (e for parent in parents if parent for e in parent.entries if e.tag == tag)
        for entry in links:
            table = reader.read((*ints(entry, reader.order), 0)[0])
            if table is not None:
                tables.setdefault(child, table)
    # Exif ends with IFD1, but some cameras hang a larger preview behind it.
    chain = _chain(reader, first.next_at)
    if chain:
        tables[Directory.IFD1] = chain[0]
    subs = [at for e in first.entries if e.tag == SUB_IFDS for at in ints(e, reader.order)[:_LONGEST_CHAIN]]
    others = [table for at in subs for table in _chain(reader, at)]
    previews = [at for table in (*chain[1:], *others) for at in (*table.ranges(), *_picture(table, reader))]
    thumbnail = _picture(chain[0], reader) if chain else ()
    return Found(reader.order, tables, thumbnail, (*previews, *_picture(first, reader)))


def _chain(reader: TableReader, at: int) -> list[Table]:
    chain: list[Table] = []
    while len(chain) < _LONGEST_CHAIN and (table := reader.read(at)) is not None:
        chain.append(table)
        at = table.next_at
    return chain


def _picture(table: Table, reader: TableReader) -> tuple[Stretch, ...]:
    """Return where the picture of a directory lies: one JPEG stream, or the strips of an uncompressed picture."""
    numbers: dict[int, tuple[int, ...]] = {}
    for entry in table.entries:
        numbers.setdefault(entry.tag, ints(entry, reader.order))
    strips = _is_raw_thumbnail(table.entries, reader.order)
    at, size = (_STRIP_AT, _STRIP_BYTES) if strips else (_JPEG_AT, _JPEG_BYTES)
    pairs = zip(numbers.get(at, ()), numbers.get(size, ()), strict=False)
    end = len(reader.block)
    # Strips do not overlap; more of them than the block has bytes for is an attack on our memory.
    stretches, left = [], end
    for start, length in pairs:
        stop = min(start + length, end)
        if 8 <= start < stop and stop - start <= left:
            stretches.append((start, stop))
            left -= stop - start
    return tuple(stretches)


def _is_raw_thumbnail(entries: tuple[Entry, ...], order: ByteOrder) -> bool:
    compression = next((ints(entry, order) for entry in entries if entry.tag == _COMPRESSION), ())
    return compression == (1,)


def ints(entry: Entry | None, order: ByteOrder) -> tuple[int, ...]:
    """Return the values of a whole-number field in this byte order; nothing for other types."""
    size = 0 if entry is None else _NUMBERS.get(entry.type, 0)
    return _split(entry.raw, abs(size), order, signed=size < 0) if entry and size else ()


def _split(raw: bytes, size: int, order: ByteOrder, *, signed: bool) -> tuple[int, ...]:
    return tuple(int.from_bytes(raw[at : at + size], order, signed=signed) for at in range(0, len(raw), size))
