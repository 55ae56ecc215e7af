"""What becomes of metadata: private, keep or strip, and what was taken away by it."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace

from oimg.engine.containers.photoshop import joined
from oimg.engine.metadata import exif, iptc, photoshop, xmp, xmp_patch
from oimg.engine.metadata.comments import comment_group, part_group
from oimg.engine.metadata.exif import ORIENTATION, PIXEL_X, PIXEL_Y, BadExif, Directory, Entry, Exif
from oimg.engine.metadata.exif_patch import patched
from oimg.engine.metadata.exif_tags import (
    EXIF_VERSION,
    PHOTOSHOP_TAG,
    STATE,
    SUBJECT_PLACES,
    THUMBNAIL_TAGS,
    group_of,
    plain,
)
from oimg.engine.metadata.facts import Inside, embedded, facts
from oimg.engine.metadata.jpeg_streams import bare, jpeg_streams
from oimg.engine.metadata.tiff import ByteOrder, number_entry
from oimg.engine.metadata.xmp_names import EXTENDED_XMP
from oimg.engine.metadata.xmp_names import STATE as XMP_STATE
from oimg.words.images import Metadata, Part
from oimg.words.privacy import MetadataGroup, MetadataPolicy

_G = MetadataGroup
# XMP part 1, 8.2.1.3: a date, or date and time; the zone is not part of the group.
_XMP_DATE = re.compile(r"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_PRIVATE_TEXT = frozenset({_G.COPYRIGHT, _G.CREDIT})
# FlashPix pictures in APP2, another EXIF block in APP1, one that is packed, directories below the first one
_PARTS_WITH_PICTURES = frozenset({"JFXX", "APP1", "APP2", "brob", "SubIFDs"})
_LONGEST_THUMBNAIL_FACT = 48  # bytes: ReferenceBlackWhite, six fractions


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a fresh block is built for."""

    private: bool
    keep: frozenset[MetadataGroup]
    orientation: int
    size: tuple[int, int]
    pixels_changed: bool
    reframed: bool

    def redraws(self, source: Exif) -> bool:
        """Whether the result shows something else than the thumbnails of the source."""
        return self.pixels_changed or source.orientation != self.orientation


def apply(
    metadata: Metadata,
    policy: MetadataPolicy,
    keep: frozenset[MetadataGroup],
    *,
    orientation_left: int,
    size: tuple[int, int],
    pixels_changed: bool,
    reframed: bool = False,
) -> tuple[Metadata, frozenset[MetadataGroup]]:
    """Return the metadata that a result may carry, and the groups of which something is gone.

    `orientation_left` (1 to 8) is what a viewer must still apply to the result, `size` its stored width and
    height; `pixels_changed` says that the picture no longer shows what its thumbnail shows, `reframed` that it
    was turned or cropped, so that places in it have moved. `keep` adds groups to what PRIVATE and STRIP let
    through. Never raises, whatever the blocks hold: what cannot be read is kept as it is by KEEP and dropped
    by the others.
    """
    aim = _Aim(policy is MetadataPolicy.PRIVATE, keep, orientation_left, size, pixels_changed, reframed)
    after = _kept(metadata, aim) if policy is MetadataPolicy.KEEP else _fresh(metadata, aim)
    return after, lost(metadata, after)


def lost(before: Metadata, after: Metadata) -> frozenset[MetadataGroup]:
    """Return the groups of which something is said before and not after."""
    left = set(facts(after))
    gone = (fact for fact in facts(before) if fact not in left)
    return frozenset(group for group, fact in gone if not (isinstance(fact, Inside) and fact.note in left))


def _fresh(metadata: Metadata, aim: _Aim) -> Metadata:
    """Build everything anew from what is on the list."""
    try:
        source = exif.parse(metadata.exif)
    except BadExif:
        source = Exif()
    inside = [embedded(entry) for entry in source.ifd0]
    resources = b"".join(each.photoshop for each in (metadata, *inside))
    return Metadata(
        exif=_fresh_exif(source, aim),
        xmp=_fresh_xmp([metadata.xmp, *(each.xmp for each in inside)], aim),
        iptc=_fresh_iptc([metadata.iptc, *(each.iptc for each in inside)], aim),
        comments=tuple(c for c in metadata.comments if _passes(comment_group(c), aim)),
        density=metadata.density if aim.private or _G.DENSITY in aim.keep else None,
        photoshop=photoshop.filtered(resources, _true(aim)),
        parts=tuple(part for part in metadata.parts if part_group(part) in _true(aim)),
    )


def _passes(group: MetadataGroup, aim: _Aim) -> bool:
    return group in aim.keep or (aim.private and group in _PRIVATE_TEXT)


def _kept(metadata: Metadata, aim: _Aim) -> Metadata:
    """Return everything, with the facts about the pixels put right."""
    block = metadata.exif
    redrawn = aim.pixels_changed
    if block:
        redrawn = redrawn or exif.orientation(block) != aim.orientation
        with suppress(BadExif):  # what we cannot read we cannot put right; the user asked to keep it
            block = _corrected_exif(block, aim, redrawn=redrawn)
    elif aim.orientation != 1:
        block = Exif(ifd0=(_short(ORIENTATION, aim.orientation, "little"),)).serialize()
    others = _corrected(replace(metadata, exif=b""), aim, redrawn=redrawn)
    parts = tuple(part for part in metadata.parts if not (redrawn and _shows_the_old(part)))
    return replace(others, exif=block, parts=parts)


def _corrected(metadata: Metadata, aim: _Aim, *, redrawn: bool) -> Metadata:
    """Put right what the blocks beside EXIF say about the pixels."""
    return replace(
        metadata,
        xmp=xmp_patch.corrected(
            metadata.xmp, orientation=aim.orientation, size=aim.size, drop_pictures=redrawn, drop_regions=aim.reframed
        ),
        iptc=iptc.without_previews(metadata.iptc) if redrawn else metadata.iptc,
        photoshop=photoshop.redrawn(metadata.photoshop) if redrawn else metadata.photoshop,
    )


def _corrected_exif(block: bytes, aim: _Aim, *, redrawn: bool) -> bytes:
    blobs = {}
    for entry in exif.parse(block).ifd0:
        inside = embedded(entry)
        after = _corrected(inside, aim, redrawn=redrawn)
        if after != inside:
            others = joined(after.iptc, after.photoshop) if entry.tag == PHOTOSHOP_TAG else after.iptc
            blobs[entry.tag] = after.xmp or others
    width, height = aim.size
    gone = SUBJECT_PLACES if aim.pixels_changed else frozenset()
    return patched(
        block,
        orientation=aim.orientation,
        width=width,
        height=height,
        blobs=blobs,
        gone=gone,
        drop_pictures=redrawn,
    )


def _shows_the_old(part: Part) -> bool:
    """Whether a part may hold a smaller picture of what the file no longer shows."""
    return part.name in _PARTS_WITH_PICTURES or any(jpeg_streams(part.data))


def _short(tag: int, value: int, order: ByteOrder) -> Entry:
    return number_entry(tag, value, order, short=value < 1 << 16)


def _fresh_exif(source: Exif, aim: _Aim) -> bytes:
    order = source.byte_order
    upper = (Directory.IFD0, Directory.EXIF, Directory.INTEROP, Directory.GPS)
    ifd0, shot, interop, gps = (_chosen(source, directory, aim) for directory in upper)
    ifd1, thumbnail = _still_true_thumbnail(source, aim)
    stated = any(source.find(Directory.EXIF, tag) for tag in (PIXEL_X, PIXEL_Y))
    if stated and (aim.private or _G.RENDERING in aim.keep) and (ifd0 or shot or gps):
        shot += [_short(PIXEL_X, aim.size[0], order), _short(PIXEL_Y, aim.size[1], order)]
    if aim.orientation != 1:
        ifd0.append(_short(ORIENTATION, aim.orientation, order))
    if shot or interop:
        # Every Exif directory states the version it is written by (Exif 2.32, 4.6.5), which is ours.
        shot.append(Entry(EXIF_VERSION, 7, 4, b"0232"))
    if not (ifd0 or shot or gps or thumbnail):
        return b""
    return Exif(order, tuple(ifd0), tuple(shot), tuple(interop), tuple(gps), ifd1, thumbnail).serialize()


def _chosen(source: Exif, directory: Directory, aim: _Aim) -> list[Entry]:
    """Return the fields of a directory that pass, sizes and orientation aside: they are stated anew."""
    chosen = []
    for entry in source.entries(directory):
        if entry.tag in STATE and directory in (Directory.IFD0, Directory.EXIF):
            continue
        if directory is Directory.IFD0 and embedded(entry) != Metadata():
            continue  # read with the blocks of their own kind
        if aim.pixels_changed and directory is Directory.EXIF and entry.tag in SUBJECT_PLACES:
            continue
        if group_of(directory, entry) in aim.keep:
            chosen.append(_without_previews(entry) if aim.redraws(source) else entry)
        elif aim.private:
            chosen += [kept for kept in (plain(directory, entry, source),) if kept is not None]
    return chosen


def _still_true_thumbnail(source: Exif, aim: _Aim) -> tuple[tuple[Entry, ...], bytes]:
    thumbnail = b"" if _G.THUMBNAIL not in aim.keep or aim.redraws(source) else bare(source.thumbnail)
    if not thumbnail:
        return (), b""
    needed = (e for e in source.ifd1 if e.tag in THUMBNAIL_TAGS and len(e.raw) <= _LONGEST_THUMBNAIL_FACT)
    return tuple(needed), thumbnail


def _without_previews(entry: Entry) -> Entry:
    """Return a field, such as a maker note, with the JPEG streams in it turned to zeros."""
    raw = bytearray(entry.raw)
    for start, end in jpeg_streams(entry.raw):
        raw[start:end] = bytes(end - start)
    return entry if raw == entry.raw else replace(entry, raw=bytes(raw))


def _fresh_xmp(packets: list[bytes], aim: _Aim) -> bytes:
    found = (item for packet in packets for item in xmp.parse(packet) or ())
    properties = [item for item in found if item.qualified not in XMP_STATE and item.qualified != EXTENDED_XMP]
    keep = _true(aim)
    plain_groups = _PRIVATE_TEXT - keep if aim.private else frozenset()
    plain_items = [item for item in properties if item.group in plain_groups]
    dates = _plain_dates(properties) if aim.private and _G.CAPTURE_DATE not in keep else []
    return xmp.build(
        [*plain_items, *dates],
        [xmp.with_bare_pictures(item) for item in properties if item.group in keep],
    )


def _plain_dates(properties: list[xmp.Property]) -> list[xmp.Property]:
    """Return capture dates that are dates, without their time zone, which tells a place."""
    found = ((item, _XMP_DATE.fullmatch(item.leaves[0][1])) for item in properties if len(item.leaves) == 1)
    dates = [(item, match) for item, match in found if match and item.group is _G.CAPTURE_DATE]
    return [xmp.Property(item.namespace, item.name, (("", match.group(1)),)) for item, match in dates]


def _fresh_iptc(blocks: list[bytes], aim: _Aim) -> bytes:
    keep = _true(aim) | _PRIVATE_TEXT if aim.private else _true(aim)
    found: list[iptc.DataSet] = []
    for block in blocks:
        before = set(found)
        found += [item for item in iptc.parse(block) if item not in before]
    if aim.private and _G.CAPTURE_DATE not in keep:
        found = [item for item in found if item.group is not _G.CAPTURE_DATE or iptc.is_plain_date(item)]
        keep |= {_G.CAPTURE_DATE}
    return iptc.serialize(iptc.with_bare_previews(iptc.filtered(found, keep)))


def _true(aim: _Aim) -> frozenset[MetadataGroup]:
    """Return the groups to keep, without embedded pictures that no longer show the picture."""
    return aim.keep - {_G.THUMBNAIL} if aim.pixels_changed else aim.keep
