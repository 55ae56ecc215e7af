"""Pictures of the old content leave a block that is corrected in place; whole blocks in it are exchanged."""

from __future__ import annotations

import io
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from oimg.engine.metadata.exif import Directory, Entry, Exif, parse
from oimg.engine.metadata.exif_patch import added, patched
from oimg.engine.metadata.jpeg_streams import bare, jpeg_streams, told_by
from oimg.engine.metadata.tiff import number_entry

ORDERS = ("little", "big")


def jpeg(**options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((24, 16), 60).save(out, "JPEG", **options)
    return out.getvalue()


def readable(block: bytes) -> dict[int, object]:
    """The first directory as Pillow reads it."""
    reader = Image.Exif()
    reader.load(block)
    return dict(reader)


@pytest.mark.parametrize("order", ORDERS)
def test_a_preview_below_the_first_directory_goes(order) -> None:
    mark = "<" if order == "little" else ">"
    make = Entry(0x010F, 2, 7, b"Camera\0")
    block = Exif(order, (make, Entry(0x0131, 2, 5, b"soft\0"))).serialize()
    # DNG and TIFF/EP: SubIFDs (0x014A) leads to a directory with a preview of one uncompressed strip.
    strip = b"OLDPICTURE" * 20
    at = len(block) + len(block) % 2
    sub = struct.pack(mark + "H", 3)
    for tag, value in ((0x0103, 1), (0x0111, at + 42), (0x0117, len(strip))):
        sub += struct.pack(mark + "HHII", tag, 4, 1, value)
    block = block.ljust(at, b"\0") + (sub + bytes(4)).ljust(42, b"\0") + strip
    block = added(block, (number_entry(0x014A, at, order, short=False),))
    assert parse(block).find(Directory.IFD0, 0x014A) is not None
    kept = patched(block, orientation=1)
    assert strip in kept
    gone = patched(block, drop_pictures=True)
    assert b"OLDPICTURE" not in gone
    assert [entry.tag for entry in parse(gone).ifd0] == [0x010F, 0x0131]
    assert readable(gone) == {0x010F: "Camera", 0x0131: "soft"}


@pytest.mark.parametrize("order", ORDERS)
def test_jpeg_previews_go_from_maker_notes_private_data_and_gaps(order) -> None:
    stream = jpeg()
    note = b"NOTE" + stream + b"EDNA"
    private = b"Adobe\0DNG" + stream
    shot = (Entry(0x927C, 7, len(note), note),)
    first = (Entry(0x010F, 2, 7, b"Camera\0"), Entry(0xC634, 1, len(private), private))
    block = Exif(order, first, shot).serialize() + b"gap" + stream
    assert block.count(stream) == 3
    changed = patched(block, drop_pictures=True)
    assert len(changed) == len(block)
    assert not list(jpeg_streams(changed))
    after = parse(changed)
    assert after.exif[0].raw == b"NOTE" + bytes(len(stream)) + b"EDNA"
    assert after.find(Directory.IFD0, 0xC634).raw == b"Adobe\0DNG" + bytes(len(stream))
    assert after.text(after.find(Directory.IFD0, 0x010F)) == "Camera"


def test_a_raw_picture_that_nothing_points_at_goes_and_padding_stays() -> None:
    block = Exif("little", (Entry(0x010F, 2, 7, b"Camera\0"),)).serialize()
    assert patched(block + b"\x99" * 300, drop_pictures=True).endswith(b"\x99" * 300)
    assert b"\x99" not in patched(block + b"\x99" * 5000, drop_pictures=True)
    assert b"\x99" * 5000 in patched(block + b"\x99" * 5000, orientation=1)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("value", [b"", b"ab", b"short", b"as long as before, to the byte", b"longer" * 40])
def test_a_whole_block_in_a_field_is_exchanged(order, value: bytes) -> None:
    before = b"as long as before, to the byte"
    first = (Entry(0x010F, 2, 7, b"Camera\0"), Entry(0x02BC, 1, len(before), before))
    shot = (Entry(0x927C, 7, 9, b"long note"),)
    block = Exif(order, first, shot).serialize()
    changed = patched(block, blobs={0x02BC: value})
    after = parse(changed)
    assert after.find(Directory.IFD0, 0x02BC).raw == (value or b"\0")
    assert after.find(Directory.IFD0, 0x010F) == first[0]
    assert after.exif == shot
    assert changed.index(b"long note") == block.index(b"long note")
    if value != before:
        assert before not in changed


@pytest.mark.parametrize("order", ORDERS)
def test_fields_are_added_where_they_are_missing(order) -> None:
    block = Exif(order, (Entry(0x010F, 2, 7, b"Camera\0"),), (Entry(0x9003, 2, 5, b"when\0"),)).serialize()
    density = Entry(0x011A, 5, 1, (300).to_bytes(4, order) + (1).to_bytes(4, order))
    changed = added(block, (density, Entry(0x010F, 2, 6, b"Other\0")))
    assert readable(changed)[0x011A] == 300
    assert readable(changed)[0x010F] == "Camera"
    assert parse(changed).exif == parse(block).exif
    assert added(changed, (density,)) == changed


def test_where_the_subject_was_is_taken_out() -> None:
    area = Entry(0x9214, 3, 4, struct.pack("<4H", 1111, 2222, 3333, 4444))
    shot = (Entry(0x9003, 2, 5, b"when\0"), area, Entry(0xA217, 3, 1, b"\2\0"))
    block = Exif("little", (Entry(0x010F, 2, 7, b"Camera\0"),), shot).serialize()
    changed = patched(block, gone=frozenset({0x9214}))
    assert len(changed) == len(block)
    assert parse(changed).exif == (shot[0], shot[2])
    assert area.raw not in changed


def test_streams_are_found_where_they_are_and_nowhere_else() -> None:
    own = Image.Exif()
    own[0x010F] = "inner camera"
    stream = jpeg(exif=own, comment=b"inner words")
    block = b"\xff\xd8\xff" + b"x" * 9 + stream + b"\xff\xd8\xff\xe0\0\4ab" + stream + b"\xff\xd9"
    ends = [(12, 12 + len(stream)), (20 + len(stream), 20 + 2 * len(stream))]
    assert list(jpeg_streams(block)) == ends
    assert list(jpeg_streams(stream[:-2])) == [(0, len(stream) - 2)]
    assert told_by(stream).comments == (b"inner words",)
    plain = bare(stream)
    assert b"inner" not in plain
    with Image.open(io.BytesIO(plain)) as after, Image.open(io.BytesIO(stream)) as before:
        assert after.tobytes() == before.tobytes()
    assert bare(stream[:-40]) == b""
    assert bare(b"\1\2\3") == b"\1\2\3"


@pytest.mark.parametrize(
    "body", [b"\xff\xd8\xff\xe0\0\2" * 50_000, b"\xff\xd8" + b"\xff\xe0\0\2" * 100_000, b"\xff" * 300_000]
)
def test_hostile_streams_are_cheap(body: bytes) -> None:

    began = time.thread_time()
    assert not list(jpeg_streams(body * 3))
    assert time.thread_time() - began < 1


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff\xe0", jpeg()[:200]]))
def test_random_bytes_never_raise(data: bytes, head: bytes) -> None:
    for start, end in jpeg_streams(head + data):
        assert 0 <= start < end <= len(head + data)
    bare(head + data)
    told_by(head + data)
