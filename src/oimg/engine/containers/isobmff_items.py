"""Items of an image file (ISO/IEC 14496-12, 8.11: meta box; ISO/IEC 23008-12: HEIF properties)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from .boxes import Box, boxes
from .stream import corrupt, too_large, truncated

# The largest real tables describe some thousand tiles; pixel data in idat is not read here.
_MAX_TABLE = 16 << 20
_MAX_ROWS = 1 << 16
_MAX_ITEM = 64 << 20
_MAX_GROUPS = 64


class Fields:
    """Big-endian fields of an untrusted box, read one after the other."""

    def __init__(self, untrusted: bytes) -> None:
        self._data = untrusted
        self._at = 0

    def number(self, size: int) -> int:
        """An unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "big")

    def take(self, size: int) -> bytes:
        """The next bytes."""
        self._at += size
        if self._at > len(self._data):
            corrupt("box table cut short")
        return self._data[self._at - size : self._at]

    def full(self) -> tuple[int, int]:
        """Version and flags of a full box."""
        return self.number(1), self.number(3)

    def text(self) -> bytes:
        """A string that ends with a zero or with the box."""
        end = self._data.find(b"\0", self._at)
        end = len(self._data) if end < 0 else end
        found = self._data[self._at : end]
        self._at = min(end + 1, len(self._data))
        return found

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return len(self._data) - self._at


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the item table."""

    kind: bytes
    hidden: bool = False
    content_type: bytes = b""
    encoded: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of an item lie: in the file (method 0) or in the idat box (method 1)."""

    method: int
    extents: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Items:
    """The meta box, taken apart."""

    primary: int = 0
    items: dict[int, Item] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    associations: dict[int, list[int]] = field(default_factory=dict)
    # (kind, from, to)
    references: list[tuple[bytes, int, int]] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    inline: tuple[int, int] = (0, 0)
    # Pictures for the left and the right eye (23008-12, 6.8.5: entity group `ster`).
    stereo: list[frozenset[int]] = field(default_factory=list)

    def properties_of(self, item: int) -> list[tuple[bytes, bytes]]:
        """Kind and content of each property, in the order decoders apply them."""
        known = len(self.properties)
        numbers = dict.fromkeys(self.associations.get(item, ()))
        return [self.properties[n - 1] for n in numbers if 0 < n <= known]

    def sources(self, kind: bytes, target: int) -> list[int]:
        """Items that refer to `target`."""
        return [source for one, source, to in self.references if one == kind and to == target]

    def targets(self, kind: bytes, source: int) -> list[int]:
        """Items that `source` refers to."""
        return [to for one, origin, to in self.references if one == kind and origin == source]


def load(stream: BinaryIO, box: Box) -> bytes:
    """The content of a table box."""
    if box.size > _MAX_TABLE:
        too_large("box table over 16 MiB")
    if not box.whole:
        truncated("box cut short")
    stream.seek(box.data)
    return stream.read(box.size)


def parse(stream: BinaryIO, meta: Box) -> Items:
    """Take a meta box apart."""
    found = Items()
    seen: set[bytes] = set()
    for box in boxes(stream, meta.data + 4, meta.end):
        if box.kind in seen:
            # One of each; more would only cost time.
            continue
        seen.add(box.kind)
        if box.kind == b"pitm":
            fields = Fields(load(stream, box))
            version, _ = fields.full()
            found.primary = fields.number(2 if version == 0 else 4)
        elif box.kind == b"iinf":
            _item_table(stream, box, found)
        elif box.kind == b"iref":
            _reference_table(stream, box, found)
        elif box.kind == b"iprp":
            _property_tables(stream, box, found)
        elif box.kind == b"iloc":
            _location_table(Fields(load(stream, box)), found)
        elif box.kind == b"grpl":
            _groups(stream, box, found)
        elif box.kind == b"idat":
            found.inline = (box.data, box.end)
    return found


def _item_table(stream: BinaryIO, table: Box, found: Items) -> None:
    stream.seek(table.data)
    head = 8 if stream.read(1) not in {b"\0", b""} else 6
    for box in boxes(stream, table.data + head, table.end, _MAX_ROWS):
        if box.kind != b"infe":
            continue
        fields = Fields(load(stream, box))
        version, flags = fields.full()
        if version < 2:
            continue
        number = fields.number(2 if version == 2 else 4)
        fields.take(2)
        kind = fields.take(4)
        fields.text()
        content_type = fields.text() if kind == b"mime" else b""
        encoded = bool(fields.text()) if kind == b"mime" else False
        found.items.setdefault(number, Item(kind, bool(flags & 1), content_type, encoded))


def _reference_table(stream: BinaryIO, table: Box, found: Items) -> None:
    stream.seek(table.data)
    wide = 2 if stream.read(1) in {b"\0", b""} else 4
    for box in boxes(stream, table.data + 4, table.end, _MAX_ROWS):
        fields = Fields(load(stream, box))
        source = fields.number(wide)
        for _ in range(fields.number(2)):
            found.references.append((box.kind, source, fields.number(wide)))
        if len(found.references) > _MAX_ROWS:
            too_large("too many item references")


def _property_tables(stream: BinaryIO, table: Box, found: Items) -> None:
    for box in boxes(stream, table.data, table.end):
        if box.kind == b"ipco" and not found.properties:
            if box.size > _MAX_TABLE:
                too_large("item properties over 16 MiB")
            for one in boxes(stream, box.data, box.end, _MAX_ROWS):
                found.properties.append((one.kind, load(stream, one)))
        elif box.kind == b"ipma":
            _associations(Fields(load(stream, box)), found)


def _associations(fields: Fields, found: Items) -> None:
    version, flags = fields.full()
    rows = 0
    for _ in range(fields.number(4)):
        item = fields.number(2 if version == 0 else 4)
        wide = 2 if flags & 1 else 1
        # The top bit says "essential"; the rest is the number of the property.
        mask = 0x7FFF if flags & 1 else 0x7F
        numbers = [fields.number(wide) & mask for _ in range(fields.number(1))]
        found.associations.setdefault(item, []).extend(numbers)
        rows += 1 + len(numbers)
        if rows > 4 * _MAX_ROWS:
            too_large("too many item properties")


def _groups(stream: BinaryIO, table: Box, found: Items) -> None:
    """Entity groups (14496-12, 8.18.3): full box, number of the group, count, then the items."""
    for box in boxes(stream, table.data, table.end):
        if box.kind != b"ster" or len(found.stereo) >= _MAX_GROUPS:
            continue
        fields = Fields(load(stream, box))
        fields.full()
        fields.take(4)
        found.stereo.append(frozenset(fields.number(4) for _ in range(min(fields.number(4), fields.left // 4))))


def _location_table(fields: Fields, found: Items) -> None:
    version, _ = fields.full()
    sizes = fields.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in {1, 2} else 0
    wide = 4 if version == 2 else 2
    rows = 0
    for _ in range(fields.number(wide)):
        item = fields.number(wide)
        method = fields.number(2) & 15 if version in {1, 2} else 0
        fields.take(2)
        base = fields.number(base_size)
        extents: list[tuple[int, int]] = []
        rows += 1
        for _ in range(fields.number(2)):
            fields.take(index_size)
            offset = base + fields.number(offset_size)
            extents.append((offset, fields.number(length_size)))
            rows += 1
            if rows > _MAX_ROWS:
                break
        if rows > _MAX_ROWS:
            too_large("too many item extents")
        found.places[item] = Place(method, tuple(extents))


def content(untrusted: bytes, found: Items, item: int) -> bytes:
    """The bytes of an item; empty where they lie outside the file or in another item."""
    place = found.places.get(item)
    if place is None or place.method > 1:
        return b""
    start, stop = found.inline if place.method else (0, len(untrusted))
    parts: list[bytes] = []
    total = 0
    for offset, length in place.extents:
        # Length zero means all there is.
        end = min(start + offset + length, stop) if length else stop
        part = untrusted[start + offset : end]
        total += len(part)
        if total > _MAX_ITEM:
            too_large("metadata item over 64 MiB")
        parts.append(part)
    return b"".join(parts)
