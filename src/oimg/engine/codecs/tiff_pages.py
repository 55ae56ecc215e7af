"""Several pages in one TIFF file (TIFF 6.0): each is repacked without changing a sample, then they are joined again.

What a page's samples mean (depth, inks, palette, planes) is never looked at: the coded bytes of a strip or tile are
opened, packed with Deflate, and stand under the same tags as before.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from oimg.engine.codecs.base import open_pillow, save_pillow
from oimg.engine.codecs.tiff_file import STRUCTURE, Coded, lifted, write
from oimg.engine.codecs.tiff_file import numbers as values_of
from oimg.engine.metadata.exif import BadExif
from oimg.engine.metadata.tiff import ByteOrder, Entry, Table, TableReader, even
from oimg.words.images import Metadata

_WIDTH, _HEIGHT, _BITS, _CODING, _PHOTOMETRIC, _FILL_ORDER = 256, 257, 258, 259, 262, 266
_OFFSETS, _SAMPLES, _ROWS, _COUNTS, _PLANES, _PREDICTOR = 273, 277, 278, 279, 284, 317
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS = 322, 323, 324, 325
_DEFLATE, _GROUP_4, _YCBCR, _HORIZONTAL = 8, 4, 6, 2
# Codings that libtiff opens byte for byte: none, LZW, Deflate under both numbers, PackBits.
_OPENED: Final = frozenset({1, 5, 8, 32946, 32773})
# What only points elsewhere in the file (other pictures, JPEG streams of old, layers): pages with it stay.
_POINTERS: Final = frozenset({330, 400, 513, 514, 519, 520, 521, 37724})
_OLD_JPEG, _IFD = 6, 13
_LINKS: Final = frozenset({34665, 34853, 40965})
_BLOCKS: Final = frozenset({700, 33723, 34377, 52545})  # metadata of their own, and the manifest of C2PA
_STRIP_BYTES: Final = 1 << 20
_MAX_PAGES: Final = 2000
_MAX_RAW: Final = 1 << 30
_MAX_COPIED: Final = 8 << 30  # bytes read again and again, once for each page


class NotPackable(ValueError):  # noqa: N818 - it says what the file is
    """A file whose pages cannot be carried by what is here."""


@dataclass(frozen=True, slots=True)
class Page:
    """One directory, and the bytes of its strips or tiles in order."""

    at: int
    entries: dict[int, Entry]
    numbers: dict[int, tuple[int, ...]]
    pieces: tuple[bytes, ...]

    def first(self, tag: int, default: int) -> int:
        """The first number of a field."""
        return (*self.numbers.get(tag, ()), default)[0]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as stored."""
        return self.first(_WIDTH, 0), self.first(_HEIGHT, 0)

    @property
    def is_tiled(self) -> bool:
        """Whether the samples lie in tiles."""
        return _TILE_OFFSETS in self.entries


def pages(untrusted: bytes) -> tuple[ByteOrder, tuple[Page, ...]]:
    """All pages of a file with its byte order; raises `NotPackable`."""
    try:
        reader = TableReader(untrusted)
    except BadExif as error:
        raise NotPackable(str(error)) from error
    found: list[Page] = []
    at = reader.number(4, 4)
    while at:
        table = reader.read(at)
        if table is None or len(found) == _MAX_PAGES or len(table.entries) < table.slots:
            raise NotPackable("a directory that cannot be read whole")
        found.append(_page(untrusted, table, reader.order))
        at = table.next_at
    if len(found) * len(untrusted) > _MAX_COPIED:
        raise NotPackable("too many pages for so large a file")
    return reader.order, tuple(found)


def _page(untrusted: bytes, table: Table, order: ByteOrder) -> Page:
    entries = {entry.tag: entry for entry in reversed(table.entries)}
    numbers = {tag: values_of(entry, order) for tag, entry in entries.items() if entry.type in (3, 4)}
    where, lengths = (_TILE_OFFSETS, _TILE_COUNTS) if _TILE_OFFSETS in entries else (_OFFSETS, _COUNTS)
    offsets, counts = numbers.get(where, ()), numbers.get(lengths, ())
    if entries.keys() & _POINTERS or any(entry.type == _IFD for entry in entries.values()):
        raise NotPackable("a page that points at something else")
    if len(offsets) != len(counts) or not offsets or numbers.get(_CODING) == (_OLD_JPEG,):
        raise NotPackable("a page without its own strips")
    pieces = tuple(untrusted[at : at + size] for at, size in zip(offsets, counts, strict=True))
    if sum(counts) > len(untrusted) or any(len(one) < size for one, size in zip(pieces, counts, strict=True)):
        raise NotPackable("strips outside the file")
    return Page(table.at, entries, numbers, pieces)


def view(untrusted: bytes, page: Page, order: ByteOrder) -> bytes:
    """The file as if the page were its first one."""
    return untrusted[:4] + page.at.to_bytes(4, order) + untrusted[8:]


def packed(page: Page, level: int) -> Coded:
    """The strips of a page in fewer bytes where there is a way, else as they are; `level` is zlib's."""
    as_is = Coded({}, page.pieces, _fields(page, frozenset()), is_tiled=page.is_tiled)
    rows = _row_shape(page)
    if rows is None:
        return as_is
    row_bytes, piece_rows, total = rows
    raw = _opened(page, row_bytes, piece_rows, total)
    candidates = [as_is, _deflated(page, raw, rows, level)]
    if _is_bilevel(page):
        candidates.append(_fax(page, raw))
    return min(candidates, key=lambda coded: sum(map(len, coded.strips)))


def _fields(page: Page, replaced: frozenset[int]) -> tuple[Entry, ...]:
    """The fields that say how samples are stored and what they mean, without those that are rewritten."""
    anew = {_OFFSETS, _COUNTS, _TILE_OFFSETS, _TILE_COUNTS} | _BLOCKS | replaced
    return tuple(entry for tag, entry in page.entries.items() if tag in STRUCTURE - anew)


def _row_shape(page: Page) -> tuple[int, int, int] | None:
    """Bytes of a row, rows of a piece and of all pieces; None where the bytes are not rows of samples."""
    if page.first(_CODING, 1) not in _OPENED or page.first(_FILL_ORDER, 1) != 1:
        return None
    if page.first(_PHOTOMETRIC, 1) == _YCBCR:  # blocks of samples, not rows
        return None
    width, height = page.size
    bits = page.numbers.get(_BITS, (1,))
    samples = page.first(_SAMPLES, 1)
    depth = bits[0] if page.first(_PLANES, 1) == 2 else sum(bits) if len(bits) == samples else samples * bits[0]
    rows = min(page.first(_ROWS, height), height)
    if page.is_tiled:
        width, rows = page.first(_TILE_WIDTH, 0), page.first(_TILE_HEIGHT, 0)
    row_bytes = (width * depth + 7) // 8
    total = rows * len(page.pieces)
    if not page.is_tiled and page.first(_PLANES, 1) == 1:
        total = height
    elif not page.is_tiled and height % max(rows, 1):  # the last strip of each plane is shorter
        return None
    fits = row_bytes > 0 and rows > 0 and rows * (len(page.pieces) - 1) < total and row_bytes * total <= _MAX_RAW
    return (row_bytes, rows, total) if fits else None


def _opened(page: Page, row_bytes: int, piece_rows: int, total: int) -> bytes:
    """The bytes of all pieces as the coding gives them: libtiff takes them for a gray picture of bytes."""
    numbers = {_WIDTH: row_bytes, _HEIGHT: total, _BITS: 8, _CODING: page.first(_CODING, 1)}
    numbers |= {_PHOTOMETRIC: 1, _SAMPLES: 1, _ROWS: piece_rows, _PLANES: 1}
    gray = Coded({tag: (value,) for tag, value in numbers.items()}, page.pieces)
    with open_pillow(write(gray, Metadata(), b"", frozenset()), "TIFF") as image:
        return image.tobytes()


def _deflated(page: Page, raw: bytes, shape: tuple[int, int, int], level: int) -> Coded:
    """The same bytes with Deflate, in larger strips where they may be joined; as differences where that helps."""
    row_bytes, rows, _ = shape
    numbers: dict[int, tuple[int, ...]] = {_CODING: (_DEFLATE,)}
    if not page.is_tiled and page.first(_PLANES, 1) == 1:
        rows = min(page.size[1], max(rows, _STRIP_BYTES // row_bytes, 1))
        numbers[_ROWS] = (rows,)
    step = rows * row_bytes
    pieces = [raw[at : at + step] for at in range(0, len(raw), step)]
    plain = tuple(zlib.compress(piece, level) for piece in pieces)
    stride = _bytes_of_pixel(page)
    if stride:
        moved = tuple(zlib.compress(_differences(piece, row_bytes, stride), level) for piece in pieces)
        if sum(map(len, moved)) < sum(map(len, plain)):
            numbers[_PREDICTOR], plain = (_HORIZONTAL,), moved
    return Coded(numbers, plain, _fields(page, frozenset(numbers)), is_tiled=page.is_tiled)


def _bytes_of_pixel(page: Page) -> int:
    """Bytes between like samples where differences can be taken (section 14: 8 bits, side by side); else 0."""
    if page.first(_PREDICTOR, 1) != 1 or set(page.numbers.get(_BITS, (1,))) != {8}:
        return 0
    return page.first(_SAMPLES, 1) if page.first(_PLANES, 1) == 1 else 1


def _differences(piece: bytes, row_bytes: int, stride: int) -> bytes:
    rows = np.frombuffer(piece, np.uint8).reshape(-1, row_bytes)
    moved = rows.copy()
    moved[:, stride:] -= rows[:, :-stride]
    return moved.tobytes()


def _is_bilevel(page: Page) -> bool:
    one_bit = page.numbers.get(_BITS, (1,)) == (1,) and page.first(_SAMPLES, 1) == 1
    return one_bit and page.first(_PHOTOMETRIC, 0) in {0, 1} and not page.is_tiled


def _fax(page: Page, raw: bytes) -> Coded:
    """The same bits as fax group 4, under the photometric interpretation they had."""
    image = Image.frombytes("1", page.size, raw)
    fax = lifted(save_pillow(image, "TIFF", compression="group4"))
    numbers = {_CODING: (_GROUP_4,), _ROWS: fax.numbers[_ROWS]}
    return Coded(numbers, fax.strips, _fields(page, frozenset({*numbers, _PREDICTOR})))


def joined(files: Sequence[bytes], order: ByteOrder) -> bytes:
    """One file of the pages of several, each written by `tiff_file.write` in this byte order."""
    out = bytearray(files[0])
    link = _tables(files[0])[0].link
    for file in files[1:]:
        out += bytes(even(len(out)) - len(out))
        moved = _moved(file, len(out) - 8)
        first = _tables(file)[0]
        out[link : link + 4] = (first.at + len(out) - 8).to_bytes(4, order)
        link = first.link + len(out) - 8
        out += moved[8:]
    if len(out) > 0xFFFFFFFF:
        raise NotPackable("over 4 GiB")
    return bytes(out)


def _tables(file: bytes) -> list[Table]:
    """The first directory and those below it."""
    reader = TableReader(file)
    found = [reader.read(reader.number(4, 4))]
    for table in found:
        links = [entry for entry in (table.entries if table else ()) if entry.tag in _LINKS]
        found += [reader.read(int.from_bytes(entry.raw, reader.order)) for entry in links]
    return [table for table in found if table is not None]


def _moved(file: bytes, delta: int) -> bytes:
    """A file whose offsets all count from `delta` bytes further ahead."""
    out = bytearray(file)
    order = TableReader(file).order

    def shift(at: int) -> None:
        out[at : at + 4] = (int.from_bytes(out[at : at + 4], order) + delta).to_bytes(4, order)

    for table in _tables(file):
        for entry in table.entries:
            if len(entry.raw) > 4:
                shift(entry.record + 8)
            if entry.tag in _LINKS or entry.tag in {_OFFSETS, _TILE_OFFSETS}:
                for index in range(entry.count):
                    shift(entry.at + 4 * index)
    return bytes(out)
