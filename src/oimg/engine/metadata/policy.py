"""What becomes of metadata: private, keep or strip, and what was taken away by it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from oimg.engine.metadata import exif, iptc, xmp
from oimg.engine.metadata.exif import ORIENTATION, PIXEL_X, PIXEL_Y, BadExif, Directory, Entry, Exif
from oimg.engine.metadata.exif_tags import EXIF_VERSION, STATE, THUMBNAIL_TAGS, group_of, is_blank, plain
from oimg.engine.metadata.tiff import ByteOrder, number_entry
from oimg.engine.metadata.xmp_names import STATE as XMP_STATE
from oimg.words.images import Metadata
from oimg.words.privacy import MetadataGroup, MetadataPolicy

_G = MetadataGroup
_PRIVATE_TEXT = frozenset({_G.COPYRIGHT, _G.CREDIT})
_ASCII, _UTF8 = 2, 129
_LONGEST_THUMBNAIL_FACT = 48  # bytes: ReferenceBlackWhite, six fractions


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a fresh block is built for."""

    private: bool
    keep: frozenset[MetadataGroup]
    orientation: int
    size: tuple[int, int]
    pixels_changed: bool


def apply(
    metadata: Metadata,
    policy: MetadataPolicy,
    keep: frozenset[MetadataGroup],
    *,
    orientation_left: int,
    size: tuple[int, int],
    pixels_changed: bool,
) -> tuple[Metadata, frozenset[MetadataGroup]]:
    """Return the metadata that a result may carry, and the groups of which something is gone.

    `orientation_left` (1 to 8) is what a viewer must still apply to the result, `size` its stored width and
    height; `pixels_changed` says that the picture no longer shows what its thumbnail shows. `keep` adds
    groups to what PRIVATE and STRIP let through. Never raises, whatever the blocks hold: what cannot be
    read is kept as it is by KEEP and dropped by the others.
    """
    aim = _Aim(policy is MetadataPolicy.PRIVATE, keep, orientation_left, size, pixels_changed)
    if policy is MetadataPolicy.KEEP:
        after = _kept(metadata, aim)
    else:
        after = Metadata(
            exif=_fresh_exif(metadata.exif, aim),
            xmp=_fresh_xmp(metadata.xmp, aim),
            iptc=_fresh_iptc(metadata.iptc, aim),
            comments=metadata.comments if _G.COMMENTS in keep else (),
            density=metadata.density if aim.private or _G.DENSITY in keep else None,
        )
    left = set(_facts(after))
    return after, frozenset(fact[0] for fact in _facts(metadata) if fact not in left)


def _kept(metadata: Metadata, aim: _Aim) -> Metadata:
    """Return everything, with the facts about the pixels put right."""
    block = metadata.exif
    redrawn = aim.pixels_changed
    if block:
        redrawn = redrawn or exif.orientation(block) != aim.orientation
        width, height = aim.size
        with suppress(BadExif):  # what we cannot read we cannot put right; the user asked to keep it
            block = exif.patched(block, orientation=aim.orientation, width=width, height=height, drop_thumbnail=redrawn)
    elif aim.orientation != 1:
        block = Exif(ifd0=(_short(ORIENTATION, aim.orientation, "little"),)).serialize()
    packet = xmp.corrected(metadata.xmp, orientation=aim.orientation, size=aim.size, drop_pictures=redrawn)
    iim = iptc.without_previews(metadata.iptc) if redrawn else metadata.iptc
    return Metadata(exif=block, xmp=packet, iptc=iim, comments=metadata.comments, density=metadata.density)


def _short(tag: int, value: int, order: ByteOrder) -> Entry:
    return number_entry(tag, value, order, short=value < 1 << 16)


def _fresh_exif(block: bytes, aim: _Aim) -> bytes:
    try:
        source = exif.parse(block)
    except BadExif:
        source = Exif()
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
        if group_of(directory, entry) in aim.keep:
            chosen.append(entry)
        elif aim.private:
            chosen += [kept for kept in (plain(directory, entry, source),) if kept is not None]
    return chosen


def _still_true_thumbnail(source: Exif, aim: _Aim) -> tuple[tuple[Entry, ...], bytes]:
    redrawn = aim.pixels_changed or source.orientation != aim.orientation
    if _G.THUMBNAIL not in aim.keep or redrawn or not source.thumbnail:
        return (), b""
    needed = (e for e in source.ifd1 if e.tag in THUMBNAIL_TAGS and len(e.raw) <= _LONGEST_THUMBNAIL_FACT)
    return tuple(needed), source.thumbnail


def _fresh_xmp(packet: bytes, aim: _Aim) -> bytes:
    properties = [item for item in xmp.parse(packet) or () if item.qualified not in XMP_STATE]
    keep = _true(aim)
    plain_groups = _PRIVATE_TEXT - keep if aim.private else frozenset()
    return xmp.build(
        [item for item in properties if item.group in plain_groups],
        [item for item in properties if item.group in keep],
    )


def _fresh_iptc(block: bytes, aim: _Aim) -> bytes:
    keep = _true(aim)
    return iptc.serialize(iptc.filtered(iptc.parse(block), keep | _PRIVATE_TEXT if aim.private else keep))


def _true(aim: _Aim) -> frozenset[MetadataGroup]:
    """Return the groups to keep, without embedded pictures that no longer show the picture."""
    return aim.keep - {_G.THUMBNAIL} if aim.pixels_changed else aim.keep


def _facts(metadata: Metadata) -> Iterator[tuple[MetadataGroup, Hashable]]:
    """Yield everything the metadata says, in a form that is equal before and after where nothing was lost."""
    if metadata.exif:
        yield from _exif_facts(metadata.exif)
    if metadata.xmp:
        yield from _xmp_facts(metadata.xmp)
    if metadata.iptc:
        datasets = iptc.parse(metadata.iptc)
        yield from ((item.group, item) for item in datasets if item.group is not None)
        if not datasets:
            yield _G.OTHER, metadata.iptc
    for comment in metadata.comments:
        yield _G.COMMENTS, comment
    if metadata.density is not None:
        yield _G.DENSITY, metadata.density


def _exif_facts(block: bytes) -> Iterator[tuple[MetadataGroup, Hashable]]:
    try:
        source = exif.parse(block)
    except BadExif:
        yield _G.OTHER, block
        return
    for directory, entry in source.walk():
        group = group_of(directory, entry)
        state = entry.tag in STATE and directory is not Directory.GPS
        if group is None or state or is_blank(entry):
            continue
        # Padding is no loss. A field that IFD0 and IFD1 both hold is one fact, told twice.
        raw = entry.raw.rstrip(b"\0 ") if entry.type in (_ASCII, _UTF8) else entry.raw
        yield group, (directory is Directory.GPS, entry.tag, raw)
    if source.thumbnail:
        yield _G.THUMBNAIL, source.thumbnail


def _xmp_facts(packet: bytes) -> Iterator[tuple[MetadataGroup, Hashable]]:
    properties = xmp.parse(packet)
    if properties is None:
        yield _G.OTHER, packet
    for item in properties or ():
        if item.leaves and item.qualified not in XMP_STATE:
            yield item.group, (item.namespace, item.name, item.leaves)
