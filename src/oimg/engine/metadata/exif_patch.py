"""Correcting an EXIF block in place, so that maker notes, whose offsets count from its start, stay true.

Nothing here raises anything but `BadExif`, whatever the bytes. Source: CIPA DC-008 (Exif 2.32) section 4.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from oimg.engine.metadata.exif import (
    IMAGE_LENGTH,
    IMAGE_WIDTH,
    ORIENTATION,
    PIXEL_X,
    PIXEL_Y,
    SUB_IFDS,
    Directory,
    Entry,
    Found,
    Stretch,
    find_tables,
    ints,
)
from oimg.engine.metadata.jpeg_streams import jpeg_streams
from oimg.engine.metadata.tiff import RECORD, TYPE_SIZES, number_entry, record_bytes

__all__ = ["added", "patched", "with_orientation"]

_UNDEFINED = 7
_NO_BLOBS: Mapping[int, bytes] = MappingProxyType({})
# Padding and leftovers between values are shorter; what is longer is a picture that nothing points at any more.
_LONGEST_GAP = 4096


def with_orientation(block: bytes, value: int) -> bytes:
    """Return the block with this orientation (1 to 8), changed in place; raises `BadExif`."""
    return patched(block, orientation=value)


def patched(
    block: bytes,
    *,
    orientation: int | None = None,
    width: int | None = None,
    height: int | None = None,
    blobs: Mapping[int, bytes] = _NO_BLOBS,
    gone: frozenset[int] = frozenset(),
    drop_pictures: bool = False,
) -> bytes:
    """Return the block with facts about the pixels corrected and every other byte where it was.

    Sizes are only changed where the block states them. An orientation other than 1 is added where it is
    missing: the first directory then moves to the end of the block, its values stay. `blobs` are new contents
    for fields of the first directory, by tag; fields with a tag in `gone` leave the Exif directory. With
    `drop_pictures` IFD1 is unlinked and the directories below the first removed; they, their pictures and every
    other JPEG stream in the block become zeros. Raises `BadExif`.
    """
    found = find_tables(block)
    out = bytearray(block)
    first = {ORIENTATION: orientation, IMAGE_WIDTH: width, IMAGE_LENGTH: height}
    stated = _overwrite(out, found, Directory.IFD0, first)
    _overwrite(out, found, Directory.EXIF, {PIXEL_X: width, PIXEL_Y: height})
    for entry in found.tables[Directory.IFD0].entries:
        if entry.tag in blobs and blobs[entry.tag] != entry.raw:
            _replace(out, found, entry, blobs[entry.tag])
    if gone and Directory.EXIF in found.tables:
        _without(out, found, Directory.EXIF, gone)
    if drop_pictures:
        _drop_pictures(out, find_tables(bytes(out)))
    if orientation is not None and orientation != 1 and ORIENTATION not in stated:
        return added(bytes(out), (number_entry(ORIENTATION, orientation, found.order, short=True),))
    return bytes(out)


def added(block: bytes, entries: tuple[Entry, ...]) -> bytes:
    """Return the block with more fields in its first directory, which moves to the end; raises `BadExif`.

    Fields that are there already are left alone.
    """
    found = find_tables(block)
    table, order, out = found.tables[Directory.IFD0], found.order, bytearray(block)
    records = [bytes(out[at : at + RECORD]) for at in range(table.at + 2, table.link, RECORD)]
    there = {int.from_bytes(record[:2], order) for record in records}
    fresh = [entry for entry in entries if entry.tag not in there]
    if not fresh or len(records) + len(fresh) > 0xFFFF:
        return block
    link = bytes(out[table.link : table.link + 4]).ljust(4, b"\0")
    _zero(out, found, [(table.at, table.link + 4)], but=Directory.IFD0)
    for entry in fresh:
        out += bytes(len(out) & 1)
        record = record_bytes(entry, order, len(out))
        out += entry.raw if len(entry.raw) > 4 else b""
        after = (at for at, one in enumerate(records) if int.from_bytes(one[:2], order) > entry.tag)
        records.insert(next(after, len(records)), record)
    out += bytes(len(out) & 1)
    out[4:8] = len(out).to_bytes(4, order)
    out += len(records).to_bytes(2, order) + b"".join(records) + link
    return bytes(out)


def _overwrite(out: bytearray, found: Found, directory: Directory, values: Mapping[int, int | None]) -> set[int]:
    """Put numbers right where a directory states them; return the tags that it states."""
    stated = set()
    for entry in found.tables[directory].entries if directory in found.tables else ():
        value = values.get(entry.tag)
        if value is None:
            continue
        stated.add(entry.tag)
        if ints(entry, found.order) != (value,):
            short = entry.tag == ORIENTATION or (entry.type == 3 and value < 1 << 16)
            fresh = number_entry(entry.tag, value, found.order, short=short)
            out[entry.record : entry.record + RECORD] = record_bytes(fresh, found.order)
    return stated


def _replace(out: bytearray, found: Found, entry: Entry, value: bytes) -> None:
    """Give a field another content, where the old one lay or, if that is too short, at the end."""
    value = value or b"\0"
    kind = entry.type if TYPE_SIZES[entry.type] == 1 else _UNDEFINED
    fresh = Entry(entry.tag, kind, len(value), value)
    at = entry.at
    if len(entry.raw) > 4:
        _zero(out, found, [(at, at + len(entry.raw))], but=Directory.IFD0)
    if len(value) > 4 and (len(value) > len(entry.raw) or len(entry.raw) <= 4):
        out += bytes(len(out) & 1)
        at = len(out)
        out += value
    elif len(value) > 4:
        out[at : at + len(value)] = value
    out[entry.record : entry.record + RECORD] = record_bytes(fresh, found.order, at)


def _drop_pictures(out: bytearray, found: Found) -> None:
    first = found.tables[Directory.IFD0]
    if first.link + 4 <= len(out):
        out[first.link : first.link + 4] = bytes(4)
    gone = [*found.thumbnail, *found.previews, *_gaps(found, len(out))]
    if Directory.IFD1 in found.tables:
        gone += found.tables[Directory.IFD1].ranges()
    _zero(out, found, gone, but=Directory.IFD1)
    for start, end in jpeg_streams(bytes(out)):
        out[start:end] = bytes(end - start)
    _without(out, found, Directory.IFD0, frozenset({SUB_IFDS}))


def _gaps(found: Found, size: int) -> list[Stretch]:
    """Return long stretches that no directory claims."""
    claimed = sorted(at for table in found.tables.values() for at in table.ranges())
    gaps, end = [], 8
    for start, stop in (*claimed, (size, size)):
        if start - end > _LONGEST_GAP:
            gaps.append((end, start))
        end = max(end, stop)
    return gaps


def _zero(out: bytearray, found: Found, gone: list[Stretch], *, but: Directory) -> None:
    """Fill stretches with zeros, except what another directory than `but` claims too."""
    before = bytes(out)
    for start, end in gone:
        end = min(end, len(out))  # noqa: PLW2901 - a stretch may be cut off by the end of the block
        out[start:end] = bytes(max(0, end - start))
    for directory, table in found.tables.items():
        if directory is not but:
            for start, end in table.ranges():
                out[start:end] = before[start:end]


def _without(out: bytearray, found: Found, directory: Directory, tags: frozenset[int]) -> None:
    """Take fields out of a directory; those behind them move up, and what they held becomes zeros."""
    table, order = found.tables[directory], found.order
    end = table.link + 4
    if end > len(out):
        return
    records = [bytes(out[at : at + RECORD]) for at in range(table.at + 2, table.link, RECORD)]
    kept = [record for record in records if int.from_bytes(record[:2], order) not in tags]
    if len(kept) < len(records):
        values = [(e.at, e.at + len(e.raw)) for e in table.entries if e.tag in tags and len(e.raw) > 4]
        rest = replace(table, entries=tuple(e for e in table.entries if e.tag not in tags))
        _zero(out, replace(found, tables={**found.tables, directory: rest}), values, but=Directory.IFD1)
        moved = len(kept).to_bytes(2, order) + b"".join(kept) + bytes(out[table.link : end])
        out[table.at : end] = moved.ljust(end - table.at, b"\0")
