"""JPEG XL against libjxl (by way of Pillow) as the independent reader."""

from __future__ import annotations

import io
import struct
import tracemalloc

import brotli
import numpy as np
import pillow_jxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from oimg.engine.containers import jxl
from oimg.engine.containers.boxes import boxes, build
from oimg.words.errors import OimgError
from oimg.words.images import ColorModel, Feature, Format, Metadata, Part

EXIF = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, 1, 0, 0)
CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl "


def picture(mode: str = "RGB", size: tuple[int, int] = (37, 23), **options: object) -> bytes:
    rng = np.random.default_rng(6)
    channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}[mode]
    pixels = rng.integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels).save(out, "JXL", **options)
    return out.getvalue()


def recompressed() -> bytes:
    rng = np.random.default_rng(6)
    jpeg = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (24, 40, 3), dtype=np.uint8)).save(jpeg, "JPEG", exif=b"Exif\0\0" + EXIF)
    # Without "lossless" this encoder halves the picture, even when it is to keep the JPEG data.
    return pillow_jxl.Encoder(mode="RGB", lossless=True, quality=100)(jpeg.getvalue(), 40, 24, jpeg_encode=True)


def bare(data: bytes) -> bytes:
    return jxl.rewrite(data, Metadata())


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def kinds(data: bytes) -> list[bytes]:
    return [box.kind for box in boxes(io.BytesIO(data), 0, len(data))]


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("size", [(37, 23), (256, 256), (64, 48), (1000, 3)])
def test_header_of_generated_files(mode, lossless, size):
    found = jxl.header(io.BytesIO(picture(mode, size, lossless=lossless)))
    assert (found.width, found.height, found.bit_depth) == (*size, 8)
    assert found.has_alpha == mode.endswith("A")
    assert found.lossy != lossless
    assert found.color == (ColorModel.GRAY if mode.startswith("L") else ColorModel.RGB)
    assert found.orientation == 1
    assert not found.features


def test_recompressed_jpeg_is_lossy_and_can_be_given_back():
    data = recompressed()
    assert jxl.has_jpeg_reconstruction(data)
    assert jxl.header(io.BytesIO(data)).lossy
    without = jxl.rewrite(data, Metadata())
    assert not jxl.has_jpeg_reconstruction(without)
    assert jxl.header(io.BytesIO(without)).lossy
    kept = jxl.rewrite(data, jxl.read_metadata(data)[0], keep_reconstruction=True)
    assert jxl.has_jpeg_reconstruction(kept)
    assert bare(kept) == bare(data)
    # Pillow decodes the JPEG that is given back with libjpeg: other pixels than libjxl makes of the same data.
    assert np.array_equal(pixels(kept), pixels(data))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_rewrite_round_trip(mode):
    source = picture(mode)
    wanted = Metadata(EXIF + b"m" * 64999, b"<x>" + b"y" * 200 * 1024 + b"</x>")
    full = jxl.rewrite(source, wanted)
    assert jxl.read_metadata(full) == (wanted, b"")
    assert np.array_equal(pixels(full), pixels(source))
    with Image.open(io.BytesIO(full)) as image:
        assert wanted.exif in image.info["exif"]
    marked = full + build(b"mine", b"SECRET") + build(b"brob", b"Exif", b"SECRET")
    assert b"SECRET" not in jxl.rewrite(marked, Metadata())
    assert jxl.rewrite(marked, wanted) == full
    assert jxl.rewrite(full, Metadata()) == bare(source)


def test_parts_are_put_together():
    stream = bare(picture())
    data = CONTAINER + build(b"jxll", b"\x0a") + build(b"jxlp", b"\0\0\0\0", stream[:7])
    data += build(b"jbrd", b"x") + build(b"jxlp", b"\x80\0\0\1", stream[7:])
    assert jxl.header(io.BytesIO(data)).width == 37
    assert jxl.rewrite(data, Metadata()) == CONTAINER + build(b"jxll", b"\x0a") + build(b"jxlc", stream)
    shuffled = data.replace(b"\x80\0\0\1", b"\x80\0\0\2")
    with pytest.raises(OimgError):
        jxl.rewrite(shuffled, Metadata())


def test_boxes_that_mean_something():
    data = bare(picture())
    marked = CONTAINER + build(b"jumb", b"") + build(b"jhgm", b"") + build(b"jxlc", data)
    assert jxl.header(io.BytesIO(marked)).features == {Feature.GAIN_MAP}
    assert not jxl.header(io.BytesIO(data)).has_icc


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("conformance/jxl/animation_distance_1_0.jxl", {Feature.ANIMATION}),
        ("conformance/jxl/hdr_pq_test.jxl", {Feature.HDR}),
        ("photos/jxl/city-lossless.jxl", set()),
    ],
)
def test_features_of_real_files(real, name, wanted):
    with real(name).open("rb") as stream:
        found = jxl.header(stream)
    assert set(found.features) == wanted
    assert found.lossy == ("animation" in name)


def test_every_real_file_against_the_manifest_and_libjxl(entries):
    seen = 0
    for entry in entries:
        if not entry.format.startswith("jxl") or entry.expect not in {"OK", "OK-OR-ERR"}:
            continue
        seen += 1
        found = entry.header(jxl.header)
        # The manifest has the stored size.
        turned = "orientation6" in entry.name or "orientation8" in entry.name
        stored = (found.height, found.width) if turned else (found.width, found.height)
        assert stored == (entry.width, entry.height), entry.name
        data = entry.path.read_bytes()
        metadata, _ = jxl.read_metadata(data)
        with Image.open(entry.path) as image:
            assert image.size == (found.width, found.height)
            assert image.n_frames == 1 or Feature.ANIMATION in found.features, entry.name
            assert found.has_alpha == (image.mode in {"RGBA", "LA"}), entry.name
            assert (metadata.exif != b"") == ("exif" in image.info), entry.name
        kept = jxl.rewrite(data, Metadata(), keep_reconstruction=True)
        if not jxl.has_jpeg_reconstruction(data):
            assert np.array_equal(pixels(kept), pixels(data)), entry.name
        assert jxl.read_metadata(jxl.rewrite(data, metadata))[0] == metadata
    assert seen > 14


@pytest.mark.parametrize("data", [picture(size=(9, 7)), jxl.rewrite(picture(size=(9, 7)), Metadata(EXIF, b"x"))])
def test_truncation_at_every_length(only_expected_errors, data):
    for length in range(len(data)):
        for read in (jxl.header, jxl.read_metadata, jxl.has_jpeg_reconstruction):
            only_expected_errors(read, data[:length])
        only_expected_errors(jxl.rewrite, data[:length], Metadata())


SEED = recompressed()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_never_surprise(only_expected_errors, changes):
    data = bytearray(SEED)
    for place, value in changes:
        data[place] = value
    for read in (jxl.header, jxl.read_metadata, jxl.has_jpeg_reconstruction):
        only_expected_errors(read, bytes(data))
    only_expected_errors(jxl.rewrite, bytes(data), Metadata(xmp=b"x"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bits_in_the_header_are_survived(only_expected_errors, bits):
    only_expected_errors(jxl.header, b"\xff\x0a" + bits)


def test_expensive_files_are_cheap(only_expected_errors):
    for body in (build(b"jxlp", b"") * 300_000, build(b"Exif", b"") * 300_000, b"\0\0\0\1jxlc" + b"\0" * 8):
        for read in (jxl.header, jxl.read_metadata):
            only_expected_errors(read, CONTAINER + body)


def packed_box(kind, data):
    return build(b"brob", kind, brotli.compress(data))


def test_compressed_boxes_are_opened():
    data = CONTAINER + packed_box(b"Exif", b"\0\0\0\0" + EXIF) + packed_box(b"xml ", b"<x/>")
    data += build(b"jxlc", bare(picture()))
    assert jxl.read_metadata(data) == (Metadata(EXIF, b"<x/>"), b"")


def test_a_compressed_box_of_another_kind_stays_closed():
    closed = brotli.compress(b"what it says")
    data = CONTAINER + build(b"brob", b"mine", closed) + build(b"jxlc", bare(picture()))
    assert jxl.read_metadata(data)[0].parts == (Part(Format.JXL, "brob", b"mine" + closed),)


@pytest.mark.parametrize("damage", [lambda stream: stream[:-3], lambda _: b"\xff" * 40, lambda _: b""])
def test_a_damaged_compressed_box_stays_closed(damage):
    stream = damage(brotli.compress(b"\0\0\0\0" + EXIF))
    data = CONTAINER + build(b"brob", b"Exif", stream) + build(b"jxlc", bare(picture()))
    assert jxl.read_metadata(data)[0] == Metadata(parts=(Part(Format.JXL, "brob", b"Exif" + stream),))


def test_a_box_that_unpacks_to_gigabytes_stays_closed_in_little_memory():
    bomb = brotli.compress(bytes(64 << 20))
    assert len(bomb) < 200
    data = CONTAINER + build(b"brob", b"xml ", bomb) + build(b"jxlc", bare(picture()))
    tracemalloc.start()
    metadata, _ = jxl.read_metadata(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not metadata.xmp
    assert peak < 48 << 20
