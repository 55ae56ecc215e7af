"""The directories of a TIFF block: read from bytes nobody vouches for, written afresh.

Source: TIFF 6.0 (1992) section 2, and CIPA DC-008 (Exif 2.32 and 3.0) section 4.6.2 for the types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

ByteOrder: TypeAlias = Literal["little", "big"]

MAX_ENTRIES = 512
"""Entries read per directory; the fullest directories of cameras and raw converters stay under 150."""

TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
"""Bytes per value of each type: 1 BYTE, 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL, 7 UNDEFINED ... 129 UTF-8."""

RECORD = 12
"""Bytes of one entry in a directory: tag, type, count, value or offset."""


class BadExif(ValueError):  # noqa: N818 - it says what the block is
    """A block that is no TIFF block at all: no header, or no first directory."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: `count` values of `type`, as `raw` bytes in the byte order of the block.

    `record` is where the 12 bytes of the field lie in the block it was read from, `at` where its value
    lies; both are 0 for a field made by us, and do not count for equality.
    """

    tag: int
    type: int
    count: int
    raw: bytes
    record: int = field(default=0, compare=False)
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """One directory as it was found: place, number of records that lie inside the block, good entries."""

    at: int
    slots: int
    entries: tuple[Entry, ...]
    next_at: int

    @property
    def link(self) -> int:
        """Where the offset of the next directory is written."""
        return self.at + 2 + RECORD * self.slots

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Every stretch of the block that the directory claims: itself and its values."""
        yield self.at, self.link + 4
        for entry in self.entries:
            if len(entry.raw) > 4:
                yield entry.at, entry.at + len(entry.raw)


class TableReader:
    """Reads directories of one block: no place twice, no more value bytes than a sane block holds.

    Raises `BadExif` where the block does not start with a TIFF header.
    """

    def __init__(self, block: bytes) -> None:
        orders: dict[bytes, ByteOrder] = {b"II*\0": "little", b"MM\0*": "big"}
        order = orders.get(block[:4])
        if order is None or len(block) < 8:
            raise BadExif("no TIFF header")
        self.block = block
        self.order: ByteOrder = order
        self._seen: set[int] = set()
        # Values of an honest block hardly overlap; a hostile one may point 512 entries at one big stretch.
        self._left = 2 * len(block) + 4096

    def number(self, at: int, size: int) -> int:
        """Return the unsigned number in `size` bytes at `at`; 0 behind the end of the block."""
        return int.from_bytes(self.block[at : at + size], self.order)

    def read(self, at: int) -> Table | None:
        """Return the directory at `at`, or None where none can be; a broken entry is left out."""
        if at < 8 or at + 2 > len(self.block) or at in self._seen:
            return None
        self._seen.add(at)
        slots = min(self.number(at, 2), (len(self.block) - at - 2) // RECORD)
        records = range(at + 2, at + 2 + RECORD * min(slots, MAX_ENTRIES), RECORD)
        entries = tuple(entry for record in records if (entry := self._entry(record)) is not None)
        link = at + 2 + RECORD * slots
        return Table(at, slots, entries, self.number(link, 4) if link + 4 <= len(self.block) else 0)

    def _entry(self, record: int) -> Entry | None:
        kind, count = self.number(record + 2, 2), self.number(record + 4, 4)
        size = TYPE_SIZES.get(kind, 0) * count
        at = record + 8 if size <= 4 else self.number(record + 8, 4)
        if kind not in TYPE_SIZES or at + size > len(self.block):
            return None
        if size > 4:
            self._left -= size
            if self._left < 0:
                return None
        return Entry(self.number(record, 2), kind, count, self.block[at : at + size], record, at)


def record_bytes(entry: Entry, order: ByteOrder, offset: int = 0) -> bytes:
    """Return the 12 bytes of an entry; `offset` is where a value of more than 4 bytes lies."""
    value = entry.raw.ljust(4, b"\0") if len(entry.raw) <= 4 else offset.to_bytes(4, order)
    head = entry.tag.to_bytes(2, order) + entry.type.to_bytes(2, order) + entry.count.to_bytes(4, order)
    return head + value


def number_entry(tag: int, value: int, order: ByteOrder, *, short: bool) -> Entry:
    """Return an entry with one number, SHORT or LONG."""
    return Entry(tag, 3, 1, value.to_bytes(2, order)) if short else Entry(tag, 4, 1, value.to_bytes(4, order))


def even(at: int) -> int:
    """Return the next even offset: TIFF 6.0 asks for values and directories on word boundaries."""
    return at + (at & 1)


def table_size(entries: Iterable[Entry]) -> int:
    """Return the bytes that `table_bytes` needs for these entries when no value is pinned."""
    sizes = [len(entry.raw) for entry in entries]
    return 6 + RECORD * len(sizes) + sum(even(size) for size in sizes if size > 4)


def table_bytes(
    entries: Iterable[Entry], at: int, next_at: int, order: ByteOrder, *, pinned: Entry | None = None
) -> bytes:
    """Write a directory for the even place `at`, sorted by tag, its values right behind it.

    The value of `pinned` is not written: it lies where it always lay.
    """
    ordered = sorted(entries, key=lambda entry: entry.tag)
    records, values = bytearray(), bytearray()
    start = at + 6 + RECORD * len(ordered)
    for entry in ordered:
        if entry is pinned:
            records += record_bytes(entry, order, entry.at)
            continue
        records += record_bytes(entry, order, start + len(values))
        if len(entry.raw) > 4:
            values += entry.raw + b"\0" * (len(entry.raw) & 1)
    return len(ordered).to_bytes(2, order) + bytes(records) + next_at.to_bytes(4, order) + bytes(values)
