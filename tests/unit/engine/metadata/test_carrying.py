"""What metadata is about, what a format has a place for, and what is lost."""

from __future__ import annotations

import pytest
from PIL import Image

from oimg.engine.containers import photoshop
from oimg.engine.metadata import xmp_patch
from oimg.engine.metadata.carrying import carriable
from oimg.engine.metadata.comments import comment_group
from oimg.engine.metadata.exif import Entry, Exif
from oimg.engine.metadata.facts import facts
from oimg.engine.metadata.policy import apply, lost
from oimg.words.images import Block, Format, Metadata, Part
from oimg.words.privacy import MetadataGroup as G
from oimg.words.privacy import MetadataPolicy as P

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">%s</rdf:RDF></x:xmpmeta>'
CITY = b'<rdf:Description rdf:about="" xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:City="Ulm"/>'
ALL = frozenset(Block)


@pytest.mark.parametrize(
    ("comment", "group"),
    [
        (b"Author: me", G.OWNER),
        (b"copyright: mine", G.COPYRIGHT),
        (b"Software: a program", G.SOFTWARE),
        (b"Creation Time: once", G.DATES),
        (b"Title: t", G.DESCRIPTION),
        (b"Source: a camera", G.DEVICE),
        (b"date:create: 2020", G.DATES),
        (b"exif:Make: c", G.DEVICE),
        (b"exif:GPSLatitude: 1", G.LOCATION),
        (b"Thumb::URI: file", G.HISTORY),
        (b"Comment: c", G.COMMENTS),
        (b"no keyword", G.COMMENTS),
        (b"x" * 80 + b": y", G.COMMENTS),
        (b"\xff\xfe: y", G.COMMENTS),
    ],
)
def test_what_a_comment_is_about(comment: bytes, group: G) -> None:
    assert comment_group(comment) is group


def test_what_a_format_has_no_place_for_is_lost_and_told() -> None:
    part = Part(Format.PNG, "tIME", bytes(7))
    whole = Metadata(
        exif=Exif(ifd0=(Entry(0x010F, 2, 5, b"Make\0"),)).serialize(),
        xmp=XMP % CITY,
        iptc=b"\x1c\2\x50\0\2me",
        comments=(b"Software: s",),
        density=(300.0, 300.0),
        photoshop=photoshop.serialize((photoshop.Resource(0x041A, b"slices"),)),
        parts=(part,),
    )
    assert lost(whole, carriable(whole, ALL, lambda _: True)) == frozenset()
    groups = {
        Block.EXIF: {G.DEVICE},
        Block.XMP: {G.LOCATION},
        Block.IPTC: {G.OWNER},
        Block.COMMENTS: {G.SOFTWARE},
        Block.PHOTOSHOP: {G.HISTORY},
    }
    for block, gone in groups.items():
        assert lost(whole, carriable(whole, ALL - {block}, lambda _: True)) == gone
    assert lost(whole, carriable(whole, ALL, lambda _: False)) == {G.DATES}
    # A density finds a place in the EXIF block, if there is one.
    in_exif = carriable(whole, ALL - {Block.DENSITY}, lambda _: True)
    assert lost(whole, in_exif) == frozenset()
    reader = Image.Exif()
    reader.load(in_exif.exif)
    assert (reader[0x011A], reader[0x0128], reader[0x010F]) == (300, 2, "Make")
    assert lost(whole, carriable(whole, ALL - {Block.DENSITY, Block.EXIF}, lambda _: True)) == {G.DENSITY, G.DEVICE}


def test_a_thumbnail_that_has_no_place_is_told() -> None:
    block = Exif(ifd0=(Entry(0x010F, 2, 5, b"Make\0"),), thumbnail=b"\1\2\3").serialize()
    said = Metadata(exif=block)
    assert lost(said, carriable(said, ALL - {Block.THUMBNAIL}, lambda _: True)) == {G.THUMBNAIL}
    assert lost(said, carriable(said, ALL, lambda _: True)) == frozenset()


def test_blocks_inside_of_exif_are_read_like_those_beside_it() -> None:
    iim = b"\x1c\2\x5a\0\3Ulm" + b"\x1c\2\x74\0\4mine"
    resources = photoshop.serialize(
        (photoshop.Resource(0x0404, b"\x1c\2\x50\0\2me"), photoshop.Resource(0x040B, b"web"))
    )
    fields = ((0x02BC, XMP % CITY), (0x83BB, iim), (0x8649, resources))
    block = Exif(ifd0=tuple(Entry(tag, 1, len(raw), raw) for tag, raw in fields)).serialize()
    assert {group for group, _ in facts(Metadata(exif=block))} == {G.LOCATION, G.COPYRIGHT, G.OWNER}
    private, removed = _run(Metadata(exif=block), P.PRIVATE)
    assert private.exif == b""
    assert (b"mine" in private.iptc, b"Ulm" in private.iptc + private.xmp) == (True, False)
    assert removed == {G.LOCATION, G.OWNER}
    kept, removed = _run(Metadata(exif=block), P.STRIP, frozenset({G.LOCATION}))
    assert b"Ulm" in kept.xmp
    assert b"Ulm" in kept.iptc
    assert removed == {G.COPYRIGHT, G.OWNER}


def _run(metadata: Metadata, policy: P, keep: frozenset[G] = frozenset()) -> tuple[Metadata, frozenset[G]]:
    return apply(metadata, policy, keep, orientation_left=1, size=(8, 8), pixels_changed=False)


def test_marked_places_go_with_a_crop_or_turn_only() -> None:
    regions = (
        b'<rdf:Description rdf:about="" xmlns:r="http://www.metadataworkinggroup.com/schemas/regions/" '
        b'xmlns:m="http://ns.microsoft.com/photo/1.2/" xmlns:e="http://ns.adobe.com/exif/1.0/" '
        b'e:SubjectArea="1 2 3 4"><r:Regions><a>Ann</a></r:Regions><r:RegionsOther>stays</r:RegionsOther>'
        b"<m:RegionInfo>Bob</m:RegionInfo></rdf:Description>"
    )
    packet = XMP % regions
    for reframed in (False, True):
        after = xmp_patch.corrected(packet, orientation=1, size=(8, 8), drop_pictures=True, drop_regions=reframed)
        assert (b"Ann" in after, b"Bob" in after, b"1 2 3 4" in after) == (not reframed,) * 3
        assert b"stays" in after
