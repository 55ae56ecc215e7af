from __future__ import annotations

import struct
import time
import warnings
from dataclasses import replace

import piexif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from oimg.engine.metadata.exif import (
    BadExif,
    Directory,
    Entry,
    Exif,
    orientation,
    parse,
)
from oimg.engine.metadata.exif_patch import patched, with_orientation
from oimg.engine.metadata.tiff import MAX_ENTRIES, TYPE_SIZES

ORDERS = ("little", "big")
# Pointers and offsets are made by the writer and are no content.
NO_CONTENT = {0x8769, 0x8825, 0xA005, 0x014A, 0x0111, 0x0117, 0x0144, 0x0145, 0x0190, *range(0x0200, 0x020A)}


def entries(*, most: int = 12) -> st.SearchStrategy[tuple[Entry, ...]]:
    def entry(tag: int, kind: int, count: int, data: bytes) -> Entry:
        size = TYPE_SIZES[kind] * count
        return Entry(tag, kind, count, (data * (size // len(data) + 1))[:size])

    one = st.builds(
        entry,
        st.integers(0, 0xFFFF).filter(lambda tag: tag not in NO_CONTENT),
        st.sampled_from(sorted(set(TYPE_SIZES) - {13})),
        st.integers(1, 9),
        st.binary(min_size=1, max_size=16),
    )
    return st.lists(one, max_size=most, unique_by=lambda e: e.tag).map(
        lambda found: tuple(sorted(found, key=lambda e: e.tag))
    )


blocks = st.builds(
    Exif,
    st.sampled_from(ORDERS),
    entries(),
    entries(),
    entries(most=3),
    entries(),
    entries(),
    st.binary(max_size=40),
)


@given(blocks)
def test_what_is_written_is_read_back(exif: Exif) -> None:
    if any(e.tag == 0x0103 for e in exif.ifd1):
        exif = replace(exif, ifd1=())
    again = parse(exif.serialize())
    assert again == exif
    assert again.serialize() == exif.serialize()


@pytest.mark.parametrize("order", ORDERS)
def test_pillow_reads_what_we_write(order: str) -> None:
    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)

    third = number(1, 4) + number(3, 4)
    block = Exif(
        order,
        (Entry(0x0112, 3, 1, number(6, 2)), Entry(0x010F, 2, 5, b"Make\0"), Entry(0x8298, 2, 4, b"Me!\0")),
        (Entry(0x829A, 5, 1, third), Entry(0xA002, 4, 1, number(70000, 4))),
        (Entry(0x0001, 2, 4, b"R98\0"),),
        (Entry(0x0001, 2, 2, b"N\0"), Entry(0x0002, 5, 3, third * 3)),
        (Entry(0x0103, 3, 1, number(6, 2)),),
        b"\xff\xd8thumb\xff\xd9",
    ).serialize()
    reader = Image.Exif()
    reader.load(block)
    assert dict(reader)[0x0112] == 6
    assert dict(reader)[0x010F] == "Make"
    assert dict(reader)[0x8298] == "Me!"
    assert reader.get_ifd(0x8769)[0x829A] == pytest.approx(1 / 3)
    assert reader.get_ifd(0x8769)[0xA002] == 70000
    assert reader.get_ifd(0x8825)[1] == "N"
    assert reader.get_ifd(0xA005)[1] == "R98"
    tables = piexif.load(b"Exif\0\0" + block)
    assert tables["thumbnail"] == b"\xff\xd8thumb\xff\xd9"
    assert tables["Interop"] == {1: b"R98"}
    assert tables["GPS"][2] == ((1, 3), (1, 3), (1, 3))


def test_every_field_of_piexif_is_read(planted) -> None:
    exif = parse(planted())
    theirs = piexif.load(b"Exif\0\0" + planted())
    for directory, name in (("0th", Directory.IFD0), ("Exif", Directory.EXIF), ("GPS", Directory.GPS)):
        ours = {entry.tag for entry in exif.entries(name)}
        assert ours | NO_CONTENT == set(theirs[directory]) | NO_CONTENT
    assert exif.thumbnail == theirs["thumbnail"]
    assert b"MARK-thumbnail" in exif.thumbnail
    assert exif.orientation == 6


def test_real_blocks_agree_with_pillow(real) -> None:
    seen = 0
    for name, metadata in real.items():
        try:
            ours = parse(metadata.exif)
        except BadExif:
            continue
        theirs = Image.Exif()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs.load(metadata.exif)
            wanted = theirs.get(0x0112, 1)
            make = str(theirs.get(0x010F, ""))
        assert ours.orientation == (wanted if wanted in range(1, 9) else 1), name
        assert ours.text(ours.find(Directory.IFD0, 0x010F)) == make.partition("\0")[0].strip(), name
        seen += 1
    assert seen >= 30


def test_real_blocks_survive_a_fresh_write(real) -> None:
    for name, metadata in real.items():
        try:
            exif = parse(metadata.exif)
        except BadExif:
            continue
        fresh = exif.serialize()
        again = parse(fresh)
        for directory in Directory:
            before = {}
            for entry in exif.entries(directory):
                if entry.tag not in NO_CONTENT and entry.count:
                    before.setdefault(entry.tag, entry)
            after = {entry.tag: entry for entry in again.entries(directory)}
            assert after == before, (name, directory)
        note, moved = exif.find(Directory.EXIF, 0x927C), again.find(Directory.EXIF, 0x927C)
        if note is not None and moved is not None and len(note.raw) > 4:
            assert moved.at == note.at, name
            assert fresh[note.at : note.at + len(note.raw)] == note.raw
        assert again.thumbnail == exif.thumbnail, name


@pytest.mark.parametrize("value", range(1, 9))
def test_orientation_is_changed_in_place(planted, value: int) -> None:
    block = planted()
    changed = with_orientation(block, value)
    assert orientation(changed) == value
    assert len(changed) == len(block)
    assert sum(a != b for a, b in zip(block, changed, strict=True)) <= 2
    assert with_orientation(changed, 6) == block


@pytest.mark.parametrize(
    ("kind", "count", "raw", "read"),
    [
        (3, 1, (3).to_bytes(2, "big"), 3),
        (4, 1, (3).to_bytes(4, "big"), 3),
        (1, 1, b"\x03", 3),
        (3, 1, (0).to_bytes(2, "big"), 1),
        (3, 1, (9).to_bytes(2, "big"), 1),
        (2, 2, b"3\0", 1),
        (3, 9, bytes(18), 1),
        (5, 1, bytes(8), 1),
    ],
)
def test_odd_orientations_are_read_and_made_good(kind: int, count: int, raw: bytes, read: int) -> None:
    block = Exif("big", (Entry(0x0112, kind, count, raw),)).serialize()
    assert orientation(block) == read
    assert orientation(patched(block, orientation=5)) == 5
    assert orientation(patched(block, orientation=1)) == 1


@pytest.mark.parametrize("order", ORDERS)
def test_a_missing_orientation_is_added_and_nothing_moves(order: str, real) -> None:
    note = Entry(0x927C, 7, 30, b"maker note with its own offset")
    block = Exif(order, (Entry(0x010F, 2, 8, b"Camera\0\0"), Entry(0x0131, 2, 3, b"ab\0")), (note,)).serialize()
    changed = patched(block, orientation=8)
    assert orientation(changed) == 8
    assert changed.index(note.raw) == block.index(note.raw)
    assert parse(changed).exif == parse(block).exif
    assert parse(changed).find(Directory.IFD0, 0x010F) == parse(block).find(Directory.IFD0, 0x010F)
    assert [e.tag for e in parse(changed).ifd0] == [0x010F, 0x0112, 0x0131]
    assert patched(block, orientation=1) == block
    reader = Image.Exif()
    reader.load(changed)
    assert reader[0x0112] == 8
    for metadata in real.values():
        try:
            before = parse(metadata.exif)
        except BadExif:
            continue
        after = parse(patched(metadata.exif, orientation=7))
        assert after.orientation == 7
        assert [e for e in after.ifd0 if e.tag != 0x0112] == [e for e in before.ifd0 if e.tag != 0x0112]
        assert (after.exif, after.gps, after.thumbnail) == (before.exif, before.gps, before.thumbnail)


def test_sizes_are_corrected_only_where_stated(planted) -> None:
    changed = parse(patched(planted(), width=100, height=70001))
    assert changed.ints(changed.find(Directory.IFD0, 0x0100)) == (100,)
    assert changed.ints(changed.find(Directory.IFD0, 0x0101)) == (70001,)
    assert changed.ints(changed.find(Directory.EXIF, 0xA002)) == (100,)
    assert changed.ints(changed.find(Directory.EXIF, 0xA003)) == (70001,)
    bare = Exif("little", (Entry(0x010F, 2, 5, b"Make\0"),)).serialize()
    assert patched(bare, width=1, height=2) == bare
    short = Exif("big", (), (Entry(0xA002, 3, 1, b"\0\1"),)).serialize()
    assert parse(patched(short, width=65535)).find(Directory.EXIF, 0xA002) == Entry(0xA002, 3, 1, b"\xff\xff")
    wide = parse(patched(short, width=65536))
    assert wide.ints(wide.find(Directory.EXIF, 0xA002)) == (65536,)


def test_a_dropped_thumbnail_is_gone_to_the_last_byte(planted, real) -> None:
    block = planted()
    changed = patched(block, drop_pictures=True)
    assert b"MARK-thumbnail" not in changed
    assert b"MARK-1st" not in changed
    assert parse(changed) == replace(parse(block), ifd1=(), thumbnail=b"")
    dropped = 0
    for name, metadata in real.items():
        try:
            before = parse(metadata.exif)
        except BadExif:
            continue
        after = parse(patched(metadata.exif, drop_pictures=True))
        assert after == replace(before, ifd1=(), thumbnail=b""), name
        if before.thumbnail:
            dropped += 1
            assert before.thumbnail not in patched(metadata.exif, drop_pictures=True)
    assert dropped >= 5


def test_a_thumbnail_that_lies_over_other_fields_takes_nothing_with_it() -> None:
    block = Exif(
        "little",
        (Entry(0x010F, 2, 9, b"A camera\0"),),
        ifd1=(Entry(0x0103, 3, 1, b"\6\0"),),
        thumbnail=b"\xff\xd8t",
    ).serialize()
    link = block.index(struct.pack("<HHI", 0x0201, 4, 1)) + 8
    over = block[:link] + (8).to_bytes(4, "little") + block[link + 4 :]
    size = over.index(struct.pack("<HHI", 0x0202, 4, 1)) + 8
    over = over[:size] + len(over).to_bytes(4, "little") + over[size + 4 :]
    changed = parse(patched(over, drop_pictures=True))
    assert changed.text(changed.find(Directory.IFD0, 0x010F)) == "A camera"
    assert changed.thumbnail == b""


def test_strips_of_an_uncompressed_thumbnail_are_found_joined_and_zeroed() -> None:
    tables = [(0x0103, 3, 1, 1), (0x0111, 4, 2, 0), (0x0116, 3, 1, 1), (0x0117, 4, 2, 0)]
    # header, empty IFD0 at 8, IFD1 at 14, two arrays, two strips
    at = 14 + 2 + 12 * len(tables) + 4
    block = b"II*\0" + struct.pack("<IHIH", 8, 0, 14, len(tables))
    for tag, kind, count, value in tables:
        place = {0x0111: at, 0x0117: at + 8}.get(tag, value)
        block += struct.pack("<HHII", tag, kind, count, place)
    block += bytes(4) + struct.pack("<IIII", at + 16, at + 22, 3, 3) + b"abc---def"
    exif = parse(block)
    assert exif.thumbnail == b"abcdef"
    fresh = parse(exif.serialize())
    assert fresh.thumbnail == b"abcdef"
    assert fresh.find(Directory.IFD1, 0x0116) is None
    assert b"abc" not in patched(block, drop_pictures=True)
    assert b"def" not in patched(block, drop_pictures=True)


def test_a_preview_behind_the_thumbnail_goes_with_it() -> None:
    block = Exif("big", (Entry(0x010F, 2, 5, b"Make\0"),), ifd1=(Entry(0x0103, 3, 1, b"\0\6"),)).serialize()
    ifd1 = block.index(struct.pack(">HHHI", 1, 0x0103, 3, 1))
    ifd2 = struct.pack(">H", 2) + struct.pack(">HHIIHHII", 0x0201, 4, 1, len(block) + 30, 0x0202, 4, 1, 7)
    block = block[: ifd1 + 14] + struct.pack(">I", len(block)) + block[ifd1 + 18 :] + ifd2 + bytes(4) + b"PREVIEW"
    changed = patched(block, drop_pictures=True)
    assert b"PREVIEW" not in changed
    assert parse(changed).ifd0 == parse(block).ifd0


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"II*\0\x08\0\0",
        b"Exif\0\0II*\0\x08\0\0\0\0\0",
        b"MM*\0\x08\0\0\0\0\0\0\0",
        b"II*\0\xff\xff\xff\xff\0\0",
        b"II*\0\x04\0\0\0\0\0\0\0",
    ],
)
def test_what_is_no_block_is_refused_by_name(block: bytes) -> None:
    with pytest.raises(BadExif):
        parse(block)
    with pytest.raises(BadExif):
        patched(block, orientation=1)
    assert orientation(block) == 1


def test_a_directory_is_read_once() -> None:
    # IFD0 points at itself as Exif, GPS, and as its own successor.
    records = [struct.pack("<HHII", tag, 4, 1, 8) for tag in (0x8769, 0x8825, 0xA005)]
    block = b"II*\0" + struct.pack("<IH", 8, len(records)) + b"".join(records) + struct.pack("<I", 8)
    exif = parse(block)
    assert (exif.ifd0, exif.exif, exif.gps, exif.ifd1) == ((), (), (), ())


def test_a_broken_field_is_left_out_and_the_rest_kept() -> None:
    good = struct.pack("<HHII", 0x0112, 3, 1, 6)
    broken = [
        struct.pack("<HHII", 0x010F, 2, 100, 0xFFFF_FF00),
        struct.pack("<HHII", 0x0110, 2, 0xFFFF_FFFF, 8),
        struct.pack("<HHII", 0x0131, 99, 1, 8),
    ]
    block = b"II*\0" + struct.pack("<IH", 8, 9) + b"".join(broken) + good
    exif = parse(block)
    assert [e.tag for e in exif.ifd0] == [0x0112]
    assert exif.orientation == 6


def test_overlapping_values_do_not_multiply() -> None:
    size = 1 << 20
    records = b"".join(struct.pack("<HHII", tag, 7, size - 8, 8) for tag in range(5000))
    block = b"II*\0" + struct.pack("<IH", 8, 5000) + records
    block += bytes(size - len(block))
    began = time.thread_time()
    exif = parse(block)
    assert time.thread_time() - began < 1
    assert sum(len(e.raw) for e in exif.ifd0) <= 3 * size
    assert len(exif.ifd0) <= MAX_ENTRIES
