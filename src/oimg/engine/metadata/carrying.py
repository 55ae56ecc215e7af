"""What of the metadata a target format has a place for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from oimg.engine.containers import tiff_block
from oimg.engine.metadata.exif import BadExif, Exif, parse
from oimg.engine.metadata.exif_patch import added
from oimg.engine.metadata.facts import says_density
from oimg.engine.metadata.tiff import ByteOrder, Entry, number_entry
from oimg.words.images import Block, Metadata, Part

_X_RESOLUTION, _Y_RESOLUTION, _UNIT = 0x011A, 0x011B, 0x0128
_INCH = 2
_RATIONAL = 5
_PARTS_OF_A_DOT = 1000


def carriable(metadata: Metadata, blocks: frozenset[Block], carries: Callable[[Part], bool]) -> Metadata:
    """Return the metadata as far as a format with these blocks can carry it; `carries` says so of a part.

    A density goes into the EXIF block where the format has no field of its own for it.
    """
    density = metadata.density if Block.DENSITY in blocks else None
    exif = metadata.exif if Block.EXIF in blocks else b""
    if Block.THUMBNAIL not in blocks:
        exif = _without_thumbnail(exif)
    if Block.DENSITY not in blocks and Block.EXIF in blocks:
        exif = _with_density(metadata)
        density = metadata.density if tiff_block.density(exif) is not None else None
    return replace(
        metadata,
        exif=exif,
        xmp=metadata.xmp if Block.XMP in blocks else b"",
        iptc=metadata.iptc if Block.IPTC in blocks else b"",
        photoshop=metadata.photoshop if Block.PHOTOSHOP in blocks else b"",
        comments=metadata.comments if Block.COMMENTS in blocks else (),
        density=density,
        parts=tuple(part for part in metadata.parts if carries(part)),
    )


def _without_thumbnail(block: bytes) -> bytes:
    try:
        source = parse(block)
    except BadExif:
        return block
    return replace(source, ifd1=(), thumbnail=b"").serialize() if source.ifd1 or source.thumbnail else block


def _with_density(metadata: Metadata) -> bytes:
    block, density = metadata.exif, metadata.density
    if density is None or not says_density(metadata) or tiff_block.density(block) is not None:
        return block
    order: ByteOrder = "big" if block.startswith(b"MM") else "little"
    entries = (
        *(_rational(tag, value, order) for tag, value in zip((_X_RESOLUTION, _Y_RESOLUTION), density, strict=True)),
        number_entry(_UNIT, _INCH, order, short=True),
    )
    if not block:
        return Exif(order, entries).serialize()
    try:
        return added(block, entries)
    except BadExif:
        return block


def _rational(tag: int, value: float, order: ByteOrder) -> Entry:
    whole = abs(value - round(value)) < 1 / _PARTS_OF_A_DOT
    below = 1 if whole else _PARTS_OF_A_DOT
    above = round(min(value, 4e6) * below)
    return Entry(tag, _RATIONAL, 1, above.to_bytes(4, order) + below.to_bytes(4, order))
