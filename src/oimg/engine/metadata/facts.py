"""Everything that metadata says, as single facts: what is gone is what was said before and is not said after.

Nothing here raises, whatever the blocks hold.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from oimg.engine.containers import photoshop as resources
from oimg.engine.metadata import exif, iptc, maker_notes, photoshop, xmp
from oimg.engine.metadata.comments import comment_group, part_group
from oimg.engine.metadata.exif import BadExif, Directory, Entry, Exif
from oimg.engine.metadata.exif_tags import IPTC_TAG, PHOTOSHOP_TAG, STATE, XMP_TAG, group_of, is_blank
from oimg.engine.metadata.jpeg_streams import bare, told_by
from oimg.engine.metadata.xmp_names import STATE as XMP_STATE
from oimg.words.images import Metadata
from oimg.words.privacy import MetadataGroup

Fact: TypeAlias = tuple[MetadataGroup, Hashable]

_G = MetadataGroup
_ASCII, _UTF8 = 2, 129
# A thumbnail has metadata of its own, which may have a thumbnail; no camera goes deeper.
_DEEPEST = 3
# "When the image resolution is unknown, 72 [dpi] is designated" (Exif 2.32, 4.6.4 A).
_UNKNOWN_DENSITY = 72.0


@dataclass(frozen=True, slots=True)
class Inside:
    """Something that a maker note says; it is still said wherever the note is."""

    note: Fact
    name: str


def facts(metadata: Metadata, *, depth: int = 0) -> Iterator[Fact]:
    """Yield everything the metadata says, in a form that is equal before and after where nothing was lost."""
    if metadata.exif:
        yield from _exif_facts(metadata.exif, depth)
    if metadata.xmp:
        yield from _xmp_facts(metadata.xmp)
    if metadata.iptc:
        yield from _iptc_facts(metadata.iptc)
    if metadata.photoshop:
        yield from _photoshop_facts(metadata.photoshop, depth)
    for comment in metadata.comments:
        yield comment_group(comment), comment
    for part in metadata.parts:
        yield part_group(part), part
    if says_density(metadata):
        yield _G.DENSITY, metadata.density


def says_density(metadata: Metadata) -> bool:
    """Whether the metadata gives pixels per inch beside the EXIF block, other than the 72 that mean "unknown"."""
    return metadata.density is not None and any(abs(value - _UNKNOWN_DENSITY) > 0.02 for value in metadata.density)


def embedded(entry: Entry) -> Metadata:
    """Return what a field of the first directory holds that is a block of its own: XMP, IPTC or Photoshop's.

    Nothing where it is another field, or cannot be read.
    """
    if entry.tag == XMP_TAG and xmp.parse(entry.raw):
        return Metadata(xmp=entry.raw)
    if entry.tag == IPTC_TAG and iptc.parse(entry.raw):
        return Metadata(iptc=entry.raw.rstrip(b"\0"))
    iim, others = resources.split(entry.raw) if entry.tag == PHOTOSHOP_TAG else (b"", b"")
    return Metadata(iptc=iim, photoshop=others)


def _exif_facts(block: bytes, depth: int) -> Iterator[Fact]:
    try:
        source = exif.parse(block)
    except BadExif:
        yield _G.OTHER, block
        return
    for directory, entry in source.walk():
        inside = embedded(entry) if directory is Directory.IFD0 else Metadata()
        if inside != Metadata():
            yield from facts(inside, depth=depth)
            continue
        group = group_of(directory, entry)
        state = entry.tag in STATE and directory is not Directory.GPS
        if group is None or state or is_blank(entry):
            continue
        # Padding is no loss. A field that IFD0 and IFD1 both hold is one fact, told twice.
        raw = entry.raw.rstrip(b"\0 ") if entry.type in (_ASCII, _UTF8) else entry.raw
        yield group, (directory is Directory.GPS, entry.tag, raw)
    note = source.find(Directory.EXIF, exif.MAKER_NOTE)
    if note is not None:
        whole: Fact = (_G.MAKER_NOTES, (False, note.tag, note.raw))
        told = maker_notes.findings(block, source)
        yield from ((each.group, Inside(whole, each.name)) for each in told if each.group is not _G.MAKER_NOTES)
    yield from _thumbnail_facts(source, depth)


def _thumbnail_facts(source: Exif, depth: int) -> Iterator[Fact]:
    if source.thumbnail:
        yield _G.THUMBNAIL, bare(source.thumbnail) or source.thumbnail
        if depth < _DEEPEST:
            yield from facts(told_by(source.thumbnail), depth=depth + 1)


def _xmp_facts(packet: bytes) -> Iterator[Fact]:
    properties = xmp.parse(packet)
    if properties is None:
        yield _G.OTHER, packet
    for item in properties or ():
        if item.leaves and item.qualified not in XMP_STATE:
            yield item.group, (item.namespace, item.name, item.leaves)


def _iptc_facts(block: bytes) -> Iterator[Fact]:
    datasets = iptc.parse(block)
    yield from ((item.group, item) for item in datasets if item.group is not None)
    if not datasets:
        yield _G.OTHER, block


def _photoshop_facts(block: bytes, depth: int) -> Iterator[Fact]:
    found = resources.resources(block)
    if not found:
        yield _G.OTHER, block
    for each in found:
        if each.number in photoshop.EXIF_COPIES and depth < _DEEPEST:
            yield from facts(Metadata(exif=each.data), depth=depth + 1)
        elif each.number == photoshop.XMP_COPY:
            yield from facts(Metadata(xmp=each.data), depth=depth)
        elif (group := photoshop.group_of(each)) is not None and each.data.strip(b"\0"):
            yield group, (each.number, each.data)
