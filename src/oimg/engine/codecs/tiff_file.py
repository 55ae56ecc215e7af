"""TIFF files (TIFF 6.0): lifting metadata out, and writing it around coded strips.

Pillow's writer loses Exif directories and holds the GIL.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.engine.containers import photoshop, tiff_block
from oimg.engine.metadata.exif import BadExif, Exif, parse
from oimg.engine.metadata.tiff import ByteOrder, Entry, TableReader, even, number_entry, table_bytes
from oimg.words.images import ColorModel, Format, Metadata, Part

# Tags that describe how the pixels lie in the file (TIFF 6.0, parts 1 and 2; DNG 1.7), and the manifest of C2PA
# (52545): never metadata.
STRUCTURE: Final = frozenset({
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 284, 288, 289, 290, 291, 292, 293,
    297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 330, 332, 334, 336, 338, 339, 340, 341, 342, 347, 512,
    513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532, 700, 33723, 34377, 34675, 52545, 37724,
})  # fmt: skip
_DEFLATE, _HORIZONTAL = 8, 2
_PHOTOMETRIC: Final = {ColorModel.GRAY: 1, ColorModel.RGB: 2, ColorModel.CMYK: 5}
_STRIP_BYTES: Final = 1 << 20
_IIM_MARK: Final = b"\x1c"
_OFFSETS, _COUNTS, _X_DENSITY, _Y_DENSITY, _DENSITY_UNIT, _XMP, _IPTC, _ICC = 273, 279, 282, 283, 296, 700, 33723, 34675
_TILE_OFFSETS, _TILE_COUNTS = 324, 325
_PHOTOSHOP, _SUB_IFDS, _LAYERS = 34377, 330, 37724
# A maker note stays where it was, for the offsets in it, unless that would cost this much.
_FARTHEST_NOTE: Final = 1 << 13
_SHORT, _LONG, _RATIONAL, _BYTE, _UNDEFINED = 3, 4, 5, 1, 7


@dataclass(frozen=True, slots=True)
class Coded:
    """The strips or tiles of a picture, and the numbers, by tag, that say how they are encoded.

    `fields` are written as they are, in the byte order of the file they came from.
    """

    numbers: dict[int, tuple[int, ...]]
    strips: tuple[bytes, ...]
    fields: tuple[Entry, ...] = ()
    is_tiled: bool = False


def deflated(pixels: npt.NDArray[np.uint8], color: ColorModel, level: int) -> Coded:
    """Code 8-bit pixels of shape (h, w, channels): differences to the left neighbour, deflated."""
    height, width, channels = pixels.shape
    rows = max(1, _STRIP_BYTES // (width * channels))
    strips = []
    for top in range(0, height, rows):
        strip = pixels[top : top + rows].copy()
        strip[:, 1:] -= pixels[top : top + rows, :-1]
        strips.append(zlib.compress(strip.data, level))
    numbers = {
        256: (width,),
        257: (height,),
        258: (8,) * channels,
        259: (_DEFLATE,),
        262: (_PHOTOMETRIC[color],),
        277: (channels,),
        278: (min(rows, height),),
        284: (1,),
        317: (_HORIZONTAL,),
    }
    if channels > color.channels:
        numbers[338] = (2,)  # alpha is straight
    return Coded(numbers, tuple(strips))


def lifted(block: bytes) -> Coded:
    """Take the strips out of a file that was just written by libtiff."""
    reader = TableReader(block)
    table = reader.read(reader.number(4, 4))
    entries = table.entries if table is not None else ()
    found = {entry.tag: numbers(entry, reader.order) for entry in entries if entry.type in (_SHORT, _LONG)}
    places = zip(found.pop(_OFFSETS), found.pop(_COUNTS), strict=True)
    return Coded(found, tuple(block[at : at + size] for at, size in places))


def numbers(entry: Entry, order: ByteOrder) -> tuple[int, ...]:
    """The values of a SHORT or LONG field."""
    size = 2 if entry.type == _SHORT else 4
    return tuple(int.from_bytes(entry.raw[at : at + size], order) for at in range(0, len(entry.raw), size))


def lifted_metadata(untrusted: bytes, structure: frozenset[int]) -> Metadata | None:
    """Read what a file says beside its first page; None where it has no directory that can be read.

    Tags of `structure` describe the pixels. Pages below the first one and Photoshop's layers are parts.
    """
    try:
        source = parse(untrusted)
    except BadExif:
        return None
    fields = {entry.tag: entry for entry in reversed(source.ifd0)}
    raw = {tag: entry.raw for tag, entry in fields.items()}
    resources, others = photoshop.split(raw.get(_PHOTOSHOP, b""))
    iptc = _in_order(raw.get(_IPTC, b"")) or resources
    pictures = {"SubIFDs": raw.get(_SUB_IFDS, b""), "ImageSourceData": raw.get(_LAYERS, b"")}
    block = replace(
        source,
        ifd0=tuple(entry for entry in source.ifd0 if entry.tag not in structure),
        exif=tuple(replace(entry, at=0) if entry.at > _FARTHEST_NOTE else entry for entry in source.exif),
        ifd1=(),
        thumbnail=b"",
    )
    return Metadata(
        exif=block.serialize() if any(block.walk()) else b"",
        xmp=raw.get(_XMP, b""),
        iptc=iptc,
        density=tiff_block.density(untrusted),
        photoshop=others,
        parts=tuple(Part(Format.TIFF, name, data) for name, data in pictures.items() if data),
    )


def _in_order(iptc: bytes) -> bytes:
    """IPTC data without padding; some writers call it LONG, and then others swap its bytes."""
    if iptc[:1] != _IIM_MARK and iptc[3:4] == _IIM_MARK:
        iptc = b"".join(iptc[at : at + 4][::-1] for at in range(0, len(iptc), 4))
    return iptc.rstrip(b"\0")


def write(coded: Coded, metadata: Metadata, icc: bytes, structure: frozenset[int]) -> bytes:
    """Put a file together; tags of `structure` in the metadata are left out, for they told of other pixels."""
    try:
        source = parse(metadata.exif)
    except BadExif:
        source = Exif()
    order = source.byte_order
    out = bytearray(replace(source, ifd0=(), ifd1=(), thumbnail=b"").serialize())
    reader = TableReader(bytes(out))
    links = reader.read(reader.number(4, 4))
    offsets = []
    for strip in coded.strips:
        out += bytes(even(len(out)) - len(out))
        offsets.append(len(out))
        out += strip
    out += bytes(even(len(out)) - len(out))
    entries = {entry.tag: entry for entry in source.ifd0 if entry.tag not in structure and entry.type != 13}
    # Whole blocks in the EXIF block of a JPEG file, where the file itself has none.
    entries |= {entry.tag: entry for entry in source.ifd0 if entry.tag in (_XMP, _IPTC, _PHOTOSHOP)}
    entries |= {entry.tag: entry for entry in (links.entries if links is not None else ())}
    entries |= {entry.tag: entry for entry in coded.fields}
    where, lengths = (_TILE_OFFSETS, _TILE_COUNTS) if coded.is_tiled else (_OFFSETS, _COUNTS)
    sizes = {where: tuple(offsets), lengths: tuple(len(strip) for strip in coded.strips)}
    for tag, values in (coded.numbers | sizes).items():
        wide = max(values) > 0xFFFF or (tag == where and bool(coded.fields))  # a page may move further ahead
        raw = b"".join(value.to_bytes(4 if wide else 2, order) for value in values)
        entries[tag] = Entry(tag, _LONG if wide else _SHORT, len(values), raw)
    entries |= _described(metadata, icc, order)
    out[4:8] = len(out).to_bytes(4, order)
    return bytes(out) + table_bytes(entries.values(), len(out), 0, order)


def _described(metadata: Metadata, icc: bytes, order: ByteOrder) -> dict[int, Entry]:
    """The fields that hold whole blocks of metadata, and the resolution."""
    entries: dict[int, Entry] = {}
    blobs = (
        *((_XMP, _BYTE, metadata.xmp), (_IPTC, _UNDEFINED, metadata.iptc), (_ICC, _UNDEFINED, icc)),
        (_PHOTOSHOP, _BYTE, metadata.photoshop),
    )
    for tag, kind, blob in blobs:
        if blob:
            entries[tag] = Entry(tag, kind, len(blob), blob)
    if metadata.density is not None:
        for tag, value in zip((_X_DENSITY, _Y_DENSITY), metadata.density, strict=True):
            parts = (round(min(value, 4e6) * 1000), 1000)
            entries[tag] = Entry(tag, _RATIONAL, 1, b"".join(part.to_bytes(4, order) for part in parts))
        entries[_DENSITY_UNIT] = number_entry(_DENSITY_UNIT, 2, order, short=True)
    return entries
