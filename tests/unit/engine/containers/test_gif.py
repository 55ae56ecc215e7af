"""GIF blocks against Pillow as the independent reader."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from oimg.engine.containers import gif
from oimg.words.errors import OimgError
from oimg.words.images import Feature, Metadata

XMP_TAIL = b"\x01" + bytes(range(255, -1, -1)) + b"\0"


def chain(data: bytes) -> bytes:
    parts = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


def application(name: bytes, data: bytes) -> bytes:
    return b"!\xff\x0b" + name + chain(data)


def xmp_block(packet: bytes) -> bytes:
    return b"!\xff\x0bXMP DataXMP" + packet + XMP_TAIL


def still(size: tuple[int, int] = (19, 11), **options: object) -> bytes:
    pixels = np.random.default_rng(2).integers(0, 200, size[::-1], dtype=np.uint8)
    image = Image.fromarray(pixels).convert("P")
    out = io.BytesIO()
    image.save(out, "GIF", **options)
    return out.getvalue()


def animation(**options: object) -> bytes:
    frames = []
    for number in range(4):
        frame = Image.new("RGBA", (30, 20), (0, 0, 0, 0))
        frame.paste((200, 50 * number, 10, 255), (number * 5, 2, number * 5 + 9, 12))
        frames.append(frame)
    out = io.BytesIO()
    settings_ = {"duration": [10, 200, 30, 40], "loop": 3, "disposal": 2} | options
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], **settings_)
    return out.getvalue()


def before_trailer(data: bytes, *added: bytes) -> bytes:
    return data[:-1] + b"".join(added) + b";"


def assert_same_pixels(one: bytes, other: bytes) -> None:
    with Image.open(io.BytesIO(one)) as a, Image.open(io.BytesIO(other)) as b:
        assert (a.size, a.n_frames, a.info.get("loop")) == (b.size, b.n_frames, b.info.get("loop"))
        for number in range(a.n_frames):
            a.seek(number)
            b.seek(number)
            assert np.array_equal(np.asarray(a.convert("RGBA")), np.asarray(b.convert("RGBA")))
            assert (a.info.get("duration"), a.disposal_method) == (b.info.get("duration"), b.disposal_method)


def test_header_of_generated_files():
    found = gif.header(io.BytesIO(still()))
    assert (found.width, found.height, found.frames, found.has_alpha) == (19, 11, 1, False)
    assert not found.lossy
    assert not found.features
    moving = gif.header(io.BytesIO(animation() + b"x" * 65))
    assert (moving.width, moving.height, moving.frames, moving.has_alpha) == (30, 20, 4, True)
    assert moving.features == {Feature.ANIMATION, Feature.TRAILING_DATA}


def test_blocks_of_an_animation():
    data = before_trailer(animation(comment=b"hello"), b"!\xfe" + chain(b"c" * 700)) + b"tail"
    found = gif.blocks(data)
    assert (found.width, found.height, found.loop, found.complete) == (30, 20, 3, True)
    assert found.comments == (b"hello", b"c" * 700)
    assert found.trailing == b"tail"
    assert [frame.delay for frame in found.frames] == [1, 20, 3, 4]
    assert {frame.disposal for frame in found.frames} == {2}
    with Image.open(io.BytesIO(data)) as image:
        for number, frame in enumerate(found.frames):
            image.seek(number)
            left, top, right, bottom = image.dispose_extent
            assert (frame.left, frame.top, frame.width, frame.height) == (left, top, right - left, bottom - top)
            assert frame.transparent == image._frame_transparency


def test_loop_is_none_zero_or_a_number():
    assert gif.blocks(still()).loop is None
    assert gif.blocks(animation(loop=0)).loop == 0
    other = animation().replace(b"NETSCAPE2.0", b"ANIMEXTS1.0")
    assert gif.blocks(other).loop == 3
    assert gif.blocks(other.replace(b"ANIMEXTS1.0", b"SOMETHING!!")).loop is None


def test_interlace_is_told():
    assert gif.blocks(still((40, 40), interlace=True)).frames[0].interlaced
    assert not gif.blocks(still((40, 40), interlace=False)).frames[0].interlaced


def test_metadata_is_found():
    packet = b"<x>" + b"y" * 200 * 1024 + b"</x>"
    data = before_trailer(still(comment=b"hi"), xmp_block(packet), application(b"ICCRGBG1012", b"i" * 70_000))
    assert gif.read_metadata(data) == (Metadata(xmp=packet, comments=(b"hi",)), b"i" * 70_000)
    assert gif.header(io.BytesIO(data)).has_icc


@pytest.mark.parametrize("source", [still(), animation(), animation(loop=0)])
@pytest.mark.parametrize("wanted", [Metadata(), Metadata(xmp=b"<kept/>", comments=(b"kept" * 100,))])
def test_rewrite_replaces_metadata_and_nothing_else(source, wanted):
    marked = before_trailer(
        source,
        b"!\xfe" + chain(b"COMMENT"),
        xmp_block(b"<SECRET/>"),
        application(b"SECRETS_1.0", b"SECRET"),
        b"!\x42" + chain(b"SECRET"),
    )
    bare = gif.rewrite(marked + b"SECRET", wanted)
    assert b"SECRET" not in bare
    assert b"COMMENT" not in bare
    assert_same_pixels(bare, source)
    if wanted == Metadata():
        assert bare == source
    assert gif.read_metadata(bare)[0] == wanted
    assert gif.blocks(bare).frames == gif.blocks(source).frames
    assert gif.rewrite(bare, wanted) == bare
    with Image.open(io.BytesIO(bare)) as image:
        assert image.info.get("comment", b"") == b"".join(wanted.comments)
    assert not wanted.xmp or xmp_block(wanted.xmp) in bare


def test_extensions_of_others_are_parts_and_go_back_in():
    extension = application(b"SECRETS_1.0", b"SECRET")
    drawn = b"!\xf9\4\0\0\0\0\0" + b"!\1\x0c" + bytes(12) + chain(b"SECRET TEXT")
    metadata, _ = gif.read_metadata(before_trailer(still(), extension, drawn))
    assert [part.name for part in metadata.parts] == ["APPLICATION", "TEXT"]
    again = gif.rewrite(still(), metadata)
    assert extension in again
    assert b"SECRET TEXT" not in again
    assert_same_pixels(again, still())


def test_nothing_hides_behind_what_is_kept():
    source = animation(loop=3)
    at = source.index(b"NETSCAPE2.0") + 11
    hidden = source[: at + 4] + chain(b"SECRET")[:-1] + source[at + 4 :]
    control = hidden.index(b"!\xf9\4")
    hidden = hidden[: control + 7] + chain(b"SECRET")[:-1] + hidden[control + 7 :]
    assert_same_pixels(hidden, source)
    assert gif.rewrite(hidden, Metadata()) == source


def test_every_real_file_against_the_manifest_and_pillow(entries):
    seen = 0
    for entry in entries:
        if entry.format != "gif" or entry.expect not in {"OK", "OK-OR-ERR"}:
            continue
        seen += 1
        found = entry.header(gif.header)
        assert (found.width, found.height) == (entry.width, entry.height), entry.name
        data = entry.path.read_bytes()
        metadata, _ = gif.read_metadata(data)
        with Image.open(entry.path) as image:
            assert image.n_frames == found.frames, entry.name
        if gif.blocks(data).complete:
            assert_same_pixels(gif.rewrite(data, Metadata()), data)
            again, _ = gif.read_metadata(gif.rewrite(data, metadata))
            assert (again.comments, again.xmp) == (metadata.comments, metadata.xmp)
    assert seen > 14


def test_xmp_of_a_real_file_is_whole(real):
    metadata, _ = gif.read_metadata(real("conformance/gif/beacon_xmp.gif").read_bytes())
    assert metadata.xmp.startswith(b"<?xpacket begin")
    assert metadata.xmp.endswith(b"<?xpacket end='w'?>")


@pytest.mark.parametrize("data", [still((7, 5), comment=b"c"), animation()])
def test_truncation_at_every_length(only_expected_errors, data):
    for length in range(len(data)):
        only_expected_errors(gif.header, data[:length])
        only_expected_errors(gif.read_metadata, data[:length])
        found = only_expected_errors(gif.blocks, data[:length])
        assert found is None or not found.complete
        with pytest.raises(OimgError):
            gif.rewrite(data[:length], Metadata())


SEED = before_trailer(animation(comment=b"c"), xmp_block(b"<x/>"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(6, len(SEED) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_never_surprise(only_expected_errors, changes):
    data = bytearray(SEED)
    for place, value in changes:
        data[place] = value
    for read in (gif.header, gif.read_metadata, gif.blocks):
        only_expected_errors(read, bytes(data))


HEAD = b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"!\xfe\0" * 400_000,
        b"!\xff\x0bXMP DataXMP" + b"\x01\x01" * 3_000_000,
        b"\0" * 5_000_000,
        b",\0\0\0\0\1\0\1\0\0\2\0" * 300_000,
        b",\0\0\0\0\1\0\1\0\0\2" + b"\1\1" * 3_000_000,
        b"!\xff\0\0" * 300_000,
    ],
)
def test_expensive_files_are_cheap(only_expected_errors, body):
    for read in (gif.header, gif.read_metadata):
        only_expected_errors(read, HEAD + body)
