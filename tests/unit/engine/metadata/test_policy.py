from __future__ import annotations

import itertools
import warnings

import piexif
import pytest
from PIL import Image

from oimg.engine.metadata import exif, iptc
from oimg.engine.metadata.exif import BadExif, Directory, Entry, Exif
from oimg.engine.metadata.policy import apply
from oimg.engine.metadata.privacy import reveal
from oimg.words.images import Metadata
from oimg.words.privacy import MetadataGroup as G
from oimg.words.privacy import MetadataPolicy as P

NOTHING: frozenset[G] = frozenset()
XMP_NAMES = """
    dc:rights dc:creator dc:title dc:description dc:subject dc:date photoshop:Credit photoshop:City
    photoshop:DateCreated photoshop:History xmpMM:DocumentID xmpMM:History xmp:CreatorTool
    xmp:CreateDate xmp:Thumbnails xmpRights:UsageTerms xmpRights:Secret exif:GPSLatitude
    exif:GPSAltitude exif:UserComment tiff:Make tiff:Software tiff:Artist tiff:Copyright
    aux:SerialNumber aux:OwnerName exifEX:BodySerialNumber mwg-rs:Regions MP:RegionInfo
    crs:RawFileName unknown:Thing GImage:Data plus:Licensor lr:hierarchicalSubject
"""
SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "unknown": "http://example.org/",
    "GImage": "http://ns.google.com/photos/1.0/image/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
}


def packet() -> bytes:
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
    body = "".join(f"<{n}>MARK-xmp-{n}-</{n}>" if i % 2 else "" for i, n in enumerate(XMP_NAMES.split()))
    attributes = "".join(f' {n}="MARK-xmp-{n}-"' for i, n in enumerate(XMP_NAMES.split()) if not i % 2)
    return (
        '<?xpacket begin="" id="MARK-packet"?><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="MARK-toolkit">'
        '<!-- MARK-remark --><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="MARK-about"{spaces}{attributes} tiff:Orientation="6" '
        f'exif:PixelXDimension="4000">{body}</rdf:Description></rdf:RDF>MARK-tail</x:xmpmeta>'
    ).encode()


@pytest.fixture
def full(planted) -> Metadata:
    datasets = [
        iptc.DataSet(record, number, f"MARK-iptc-{record}-{number}-".encode())
        for record in (1, 2, 3, 7, 8)
        for number in range(256)
    ]
    return Metadata(
        exif=planted(),
        xmp=packet(),
        iptc=iptc.serialize(datasets) + b"MARK-behind",
        comments=(b"MARK-comment-1", b"MARK-comment-2"),
        density=(300.0, 300.0),
    )


def run(metadata: Metadata, policy: P, keep: frozenset[G] = NOTHING, *, left: int = 1, changed: bool = True):
    return apply(metadata, policy, keep, orientation_left=left, size=(640, 480), pixels_changed=changed)


def marks(metadata: Metadata) -> set[bytes]:
    """Every marker in the bytes, to its next dash."""
    joined = b"\n".join((metadata.exif, metadata.xmp, metadata.iptc, *metadata.comments))
    found = set()
    for part in joined.split(b"MARK-")[1:]:
        words = part.split(b"-")
        found.add(b"-".join(words[:3] if words[0] == b"iptc" else words[:2]))
    return found


def test_private_lets_through_what_is_on_the_list_and_no_more(full) -> None:
    after, removed = run(full, P.PRIVATE)
    assert marks(after) == {
        b"Image-8298",
        b"xmp-dc:rights",
        b"xmp-tiff:Copyright",
        b"xmp-xmpRights:UsageTerms",
        b"xmp-photoshop:Credit",
        b"iptc-2-110",
        b"iptc-2-116",
    }
    # The planted capture date is a marker and no date, so it is gone too.
    assert removed == frozenset(G) - {G.DENSITY, G.COPYRIGHT, G.CREDIT}
    assert after.density == (300.0, 300.0)
    left = exif.parse(after.exif)
    assert {e.tag for e in left.ifd0} == {0x011A, 0x011B, 0x0128, 0x8298}
    assert {e.tag for e in left.exif} <= {
        *(0x829A, 0x829D, 0x8822, 0x8827, 0x9204, 0x9207, 0x9209, 0x920A, 0xA402, 0xA403, 0xA405, 0xA406),
        *(0x9000, 0xA001, 0xA002, 0xA003),
    }
    assert {0x829A, 0x829D, 0x8827, 0xA002} <= {e.tag for e in left.exif}
    assert left.ints(left.find(Directory.EXIF, 0xA002)) == (640,)
    assert (left.gps, left.interop, left.ifd1, left.thumbnail) == ((), (), (), b"")


def test_strip_leaves_nothing(full) -> None:
    after, removed = run(full, P.STRIP)
    assert after == Metadata()
    assert removed == frozenset(G)


def test_strip_leaves_the_orientation_alone(full) -> None:
    after, _ = run(full, P.STRIP, left=6)
    assert after == Metadata(exif=after.exif)
    assert [(e.tag, e.raw) for _, e in exif.parse(after.exif).walk()] == [(0x0112, b"\0\6")]
    assert len(after.exif) == 26


def test_keep_keeps_every_byte_that_is_still_true(full) -> None:
    after, removed = run(full, P.KEEP, changed=False, left=6)
    assert removed == NOTHING
    assert marks(after) == marks(full)
    assert after.comments == full.comments
    assert after.iptc == full.iptc
    assert after.xmp == full.xmp.replace(b'"4000"', b'"640"')
    assert len(after.exif) == len(full.exif)


def test_keep_drops_what_is_no_longer_true(full) -> None:
    for left, changed in ((6, True), (1, False)):
        after, removed = run(full, P.KEEP, left=left, changed=changed)
        assert exif.orientation(after.exif) == left
        assert f'tiff:Orientation="{left}"'.encode() in after.xmp
        gone = {mark for mark in marks(full) - marks(after) if not mark.startswith((b"thumbnail", b"1st"))}
        previews = {b"iptc-2-200", b"iptc-2-201", b"iptc-2-202"}
        assert gone == previews | {b"xmp-xmp:Thumbnails", b"xmp-GImage:Data"}
        assert not any(mark.startswith((b"thumbnail", b"1st", b"iptc-2-202")) for mark in marks(after))
        # Where the subject is, in pixels of the old picture, goes with them.
        assert removed == {G.THUMBNAIL, G.DEVICE, G.DATES} | ({G.EXPOSURE} if changed else set())


@pytest.mark.parametrize("group", list(G))
@pytest.mark.parametrize("policy", [P.PRIVATE, P.STRIP])
def test_a_kept_group_survives_and_the_others_do_not(full, group: G, policy: P) -> None:
    before = {f for f in reveal(full) if f.group is group}
    after, removed = run(full, policy, frozenset({group}), changed=False, left=6)
    plain, _ = run(full, policy, changed=False, left=6)
    usual = {(f.group, f.name, f.value) for f in reveal(plain)}
    said = {f for f in reveal(after) if (f.group, f.name, f.value) not in usual}
    sizes = ("PixelXDimension", "PixelYDimension", "ImageWidth", "ImageLength", "Orientation")
    assert {f.group for f in said if not f.name.endswith(sizes)} <= {group}
    # Only what wraps an XMP packet, or what a thumbnail says beside itself, cannot be carried over alone.
    lost = {f for f in before - set(reveal(after)) if not f.name.endswith(sizes)}
    assert {f.name for f in lost} <= {"rdf:about", "x:xmptk", "IFD1.Make", "IFD1.DateTime", "MakerNote"}
    # Whose a maker note is cannot be told any more where the maker is gone; the note itself is there.
    assert (group in removed) == bool({f for f in lost if f.name != "MakerNote"})
    assert (b"MARK-Exif-927C" in after.exif) == (group is G.MAKER_NOTES)


def test_owner_location_and_device_by_their_markers(full) -> None:
    after, _ = run(full, P.STRIP, frozenset({G.LOCATION}))
    gps = {tag for tag, facts in piexif.TAGS["GPS"].items() if facts["type"] in (1, 2, 7)}
    assert {f"GPS-{tag:04X}".encode() for tag in gps} <= marks(after)
    assert b"xmp-exif:GPSLatitude" in marks(after)
    assert b"iptc-2-90" in marks(after)
    after, _ = run(full, P.STRIP, frozenset({G.OWNER}))
    assert {b"Image-013B", b"Exif-A430", b"xmp-dc:creator", b"xmp-aux:OwnerName", b"iptc-2-80"} <= marks(after)
    after, _ = run(full, P.STRIP, frozenset({G.DEVICE}))
    assert {b"Image-010F", b"Image-0110", b"Exif-A431", b"Exif-A435", b"xmp-aux:SerialNumber"} <= marks(after)


@pytest.mark.parametrize(("left", "changed", "stays"), [(6, False, True), (1, False, False), (6, True, False)])
def test_a_kept_thumbnail_must_still_be_true(full, left: int, changed: bool, stays: bool) -> None:
    after, removed = run(full, P.PRIVATE, frozenset({G.THUMBNAIL}), left=left, changed=changed)
    assert (b"MARK-thumbnail" in after.exif) == stays
    assert b"MARK-1st" not in after.exif
    assert (G.THUMBNAIL in removed) != stays
    if stays:
        assert piexif.load(b"Exif\0\0" + after.exif)["thumbnail"] == exif.parse(full.exif).thumbnail


def test_maker_notes_stay_exact_where_they_are_kept(real) -> None:
    seen = 0
    for name, metadata in real.items():
        try:
            note = exif.parse(metadata.exif).find(Directory.EXIF, 0x927C)
        except BadExif:
            continue
        if note is None or len(note.raw) <= 4:
            continue
        seen += 1
        for policy, left, changed in itertools.product((P.KEEP, P.PRIVATE, P.STRIP), (1, 6), (True, False)):
            after, removed = run(metadata, policy, frozenset({G.MAKER_NOTES}), left=left, changed=changed)
            assert after.exif[note.at : note.at + len(note.raw)] == note.raw, name
            assert exif.parse(after.exif).find(Directory.EXIF, 0x927C) == note
            assert G.MAKER_NOTES not in removed
        after, removed = run(metadata, P.PRIVATE)
        assert note.raw not in after.exif
        assert G.MAKER_NOTES in removed
    assert seen >= 8


SECRET = b"SECRETS!"


@pytest.mark.parametrize(
    ("tag", "kind", "raw"),
    [
        (0x829A, 2, SECRET),
        (0x829A, 7, SECRET),
        (0x829A, 5, SECRET),
        (0x829A, 5, SECRET * 3),
        (0x9204, 10, SECRET),
        (0x8827, 3, SECRET),
        (0x9207, 3, b"SE"),
        (0x9003, 2, b"SECRETS! 12:00:00 ab"),
        (0x9003, 7, b"2020:01:01 00:00:00\0"),
        (0x9003, 2, b"2020:01:01 00:00:00\0" + SECRET),
        (0x9291, 2, b"12\0" + SECRET),
        (0x9291, 2, b"12" + b"\0" * 40),
    ],
)
@pytest.mark.parametrize("order", ["little", "big"])
def test_no_text_hides_in_a_plain_field(tag: int, kind: int, raw: bytes, order) -> None:
    sizes = {2: 1, 7: 1, 3: 2, 5: 8, 10: 8}
    block = Exif(order, exif=(Entry(tag, kind, len(raw) // sizes[kind], raw),)).serialize()
    after, removed = run(Metadata(exif=block), P.PRIVATE)
    assert after.exif == b""
    assert len(removed) == 1


def test_a_copyright_notice_ends_where_it_ends() -> None:
    raw = b"Ann\0Bob\0SECRETS!\0"
    block = Exif(ifd0=(Entry(0x8298, 2, len(raw), raw),)).serialize()
    after, removed = run(Metadata(exif=block), P.PRIVATE)
    assert exif.parse(after.exif).ifd0 == (Entry(0x8298, 2, 8, b"Ann\0Bob\0"),)
    assert removed == {G.COPYRIGHT}
    blank = Exif(ifd0=(Entry(0x8298, 2, 20, b" " * 19 + b"\0"),)).serialize()
    assert run(Metadata(exif=blank), P.PRIVATE) == (Metadata(), NOTHING)


def test_a_true_capture_date_stays() -> None:
    shot = (Entry(0x9003, 2, 20, b"2024:02:03 04:05:06\0"), Entry(0x9291, 2, 4, b"123\0"))
    block = Exif("big", exif=(*shot, Entry(0x9011, 2, 7, b"+02:00\0"))).serialize()
    after, removed = run(Metadata(exif=block), P.PRIVATE)
    assert set(shot) <= set(exif.parse(after.exif).exif)
    assert b"+02:00" not in after.exif
    assert removed == {G.DATES}


@pytest.mark.parametrize("block", [b"no block", b"II*\0", b"Exif\0\0MM\0*\0\0\0\x08"])
def test_what_cannot_be_read(block: bytes) -> None:
    broken = Metadata(exif=block, xmp=b"<x:xmpmeta", iptc=b"8BIM")
    assert run(broken, P.KEEP) == (broken, NOTHING)
    for policy in (P.PRIVATE, P.STRIP):
        assert run(broken, policy) == (Metadata(), frozenset({G.OTHER}))
        after, _ = run(broken, policy, left=3)
        assert exif.orientation(after.exif) == 3


def test_nothing_comes_from_nothing() -> None:
    for policy in P:
        assert run(Metadata(), policy) == (Metadata(), NOTHING)
        after, removed = run(Metadata(), policy, left=8)
        assert exif.orientation(after.exif) == 8
        assert removed == NOTHING


def test_a_second_pass_changes_nothing(real, full) -> None:
    for name, metadata in {**real, "full": full}.items():
        for policy, keep in (
            (P.PRIVATE, NOTHING),
            (P.STRIP, NOTHING),
            (P.KEEP, NOTHING),
            (P.PRIVATE, frozenset(G)),
        ):
            once, _ = run(metadata, policy, keep)
            twice, removed = run(once, policy, keep)
            assert twice == once, (name, policy)
            assert removed == NOTHING, (name, policy)


def test_real_pictures_are_private_afterwards(real) -> None:
    telling = {
        G.LOCATION,
        G.DEVICE,
        G.OWNER,
        G.PEOPLE,
        G.MAKER_NOTES,
        G.HISTORY,
        G.SOFTWARE,
        G.THUMBNAIL,
        G.COMMENTS,
    }
    placed = 0
    for name, metadata in real.items():
        after, removed = run(metadata, P.PRIVATE, left=1)
        assert not telling & {f.group for f in reveal(after)}, name
        assert removed >= telling & {f.group for f in reveal(metadata)}, name
        placed += G.LOCATION in removed
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            reader = Image.Exif()
            if after.exif:
                reader.load(after.exif)
                piexif.load(b"Exif\0\0" + after.exif)
        assert not {0x010F, 0x0110, 0x8825, 0x0131} & set(reader), name
        assert not {0x927C, 0xA431, 0xA435, 0x9286} & set(reader.get_ifd(0x8769)), name
        texts = [
            f.value for f in reveal(metadata) if f.group in telling and len(f.value) > 8 and "bytes" not in f.value
        ]
        joined = after.exif + after.xmp + after.iptc
        # A photographer may name himself in the copyright notice, and edit on the day of the picture.
        allowed = {f.value for f in reveal(after)}
        for text in texts:
            if not any(text in kept for kept in allowed):
                assert text.encode() not in joined, (name, text)
    assert placed >= 5


def test_capture_dates_outside_of_exif_stay_without_their_time_zone() -> None:
    spaces = f'xmlns:photoshop="{SPACES["photoshop"]}" xmlns:exif="{SPACES["exif"]}"'
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    body = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{rdf}"><rdf:Description rdf:about="" {spaces}'
        ' photoshop:DateCreated="2021-03-04T05:06:07.5+09:00" exif:DateTimeOriginal="2021-03-04 at home"/></rdf:RDF>'
        "</x:xmpmeta>"
    ).encode()
    datasets = [iptc.DataSet(2, 55, b"20210304"), iptc.DataSet(2, 60, b"050607+0900"), iptc.DataSet(2, 55, b"at  home")]
    after, removed = run(Metadata(xmp=body, iptc=iptc.serialize(datasets)), P.PRIVATE)
    assert b">2021-03-04T05:06:07.5<" in after.xmp
    assert b"+09:00" not in after.xmp
    assert b"home" not in after.xmp + after.iptc
    assert iptc.serialize(datasets[:1]) in after.iptc
    assert b"0900" not in after.iptc
    assert G.CAPTURE_DATE in removed  # the zone, and what is no date
