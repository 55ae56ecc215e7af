"""WebP chunks against Pillow as the independent reader."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from oimg.engine.containers import riff
from oimg.words.errors import OimgError
from oimg.words.images import Feature, Format, Metadata, Part

EXIF = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, 8, 0, 0)


def picture(mode: str = "RGB", size: tuple[int, int] = (37, 23), **options: object) -> bytes:
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 256, (size[1], size[0], len(mode)), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", **options)
    return out.getvalue()


def animation(**options: object) -> bytes:
    frames = [Image.new("RGBA", (33, 21), (k * 40, 255 - 50 * k, 9, 255 - 40 * k)) for k in range(4)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=[10, 20, 30, 40], loop=3, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def append(data: bytes, *added: bytes) -> bytes:
    body = data[12:] + b"".join(added)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def assert_same_pixels(one: bytes, other: bytes) -> None:
    with Image.open(io.BytesIO(one)) as a, Image.open(io.BytesIO(other)) as b:
        assert (a.mode, a.size, a.n_frames, a.info.get("loop")) == (
            b.mode,
            b.size,
            b.n_frames,
            b.info.get("loop"),
        )
        for number in range(a.n_frames):
            a.seek(number)
            b.seek(number)
            assert np.array_equal(np.asarray(a), np.asarray(b))
            assert a.info.get("duration") == b.info.get("duration")


KINDS = [
    picture(),
    picture(lossless=True),
    picture("RGBA"),
    picture("RGBA", lossless=True),
    picture("RGBA", (1, 1)),
    animation(),
    animation(lossless=True),
]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("extended", [False, True])
def test_header_of_generated_files(mode, lossless, extended):
    options = {"exif": EXIF, "icc_profile": b"icc"} if extended else {}
    found = riff.header(io.BytesIO(picture(mode, lossless=lossless, **options)))
    assert (found.width, found.height, found.frames) == (37, 23, 1)
    assert found.has_alpha == (mode == "RGBA")
    assert found.lossy != lossless
    assert found.has_icc == extended
    assert found.orientation == (8 if extended else 1)
    assert not found.features


@pytest.mark.parametrize("lossless", [False, True])
def test_header_of_an_animation(lossless):
    found = riff.header(io.BytesIO(animation(lossless=lossless) + b"x" * 65))
    assert (found.width, found.height, found.frames) == (33, 21, 4)
    assert found.features == {Feature.ANIMATION, Feature.TRAILING_DATA}
    assert found.lossy != lossless


def test_metadata_of_generated_file_matches_what_was_given():
    data = picture(exif=EXIF, xmp=b"<x/>", icc_profile=b"icc")
    assert riff.read_metadata(data) == (Metadata(EXIF, b"<x/>"), b"icc")
    prefixed = append(data.replace(b"EXIF", b"FOLD"), chunk(b"EXIF", b"Exif\0\0" + EXIF))
    assert riff.read_metadata(prefixed)[0].exif == EXIF


@pytest.mark.parametrize("source", KINDS)
def test_rewrite_replaces_metadata_and_nothing_else(source):
    wanted = Metadata(EXIF + b"m" * 64999, b"<x>" + b"y" * 200 * 1024 + b"</x>")
    icc = bytes(range(256)) * 400 + b"!"
    full = riff.rewrite(append(source, chunk(b"MINE", b"SECRET!")) + b"SECRET", wanted, icc)
    assert_same_pixels(full, source)
    assert b"SECRET" not in full
    assert len(full) % 2 == 0
    assert riff.read_metadata(full) == (wanted, icc)
    with Image.open(io.BytesIO(full)) as image:
        assert image.info["icc_profile"] == icc
        assert image.info["exif"] == wanted.exif
        assert image.info["xmp"] == wanted.xmp
    before, after = riff.header(io.BytesIO(source)), riff.header(io.BytesIO(full))
    assert (before.has_alpha, before.lossy, before.frames) == (after.has_alpha, after.lossy, after.frames)
    bare = riff.rewrite(full, Metadata(), b"")
    assert_same_pixels(bare, source)
    assert riff.read_metadata(bare) == (Metadata(), b"")
    assert len(bare) <= len(source)
    assert riff.rewrite(bare, Metadata(), b"") == bare


def test_data_hidden_in_a_frame_goes():
    source = animation()
    place = source.index(b"ANMF")
    size = struct.unpack_from("<I", source, place + 4)[0]
    hidden = chunk(b"MINE", b"SECRET")
    data = source[: place + 4] + struct.pack("<I", size + len(hidden)) + source[place + 8 : place + 8 + size]
    data = append(data + hidden + source[place + 8 + size :])
    assert_same_pixels(data, source)
    assert riff.rewrite(data, Metadata(), b"") == riff.rewrite(source, Metadata(), b"")


def test_every_real_file_against_the_manifest_and_pillow(entries):
    seen = 0
    for entry in entries:
        if entry.format != "webp" or entry.expect not in {"OK", "OK-OR-ERR"}:
            continue
        seen += 1
        found = entry.header(riff.header)
        assert (found.width, found.height) == (entry.width, entry.height), entry.name
        data = entry.path.read_bytes()
        metadata, icc = riff.read_metadata(data)
        with Image.open(entry.path) as image:
            assert found.frames == image.n_frames, entry.name
            assert found.has_alpha == (image.mode == "RGBA"), entry.name
            assert icc == image.info.get("icc_profile", b""), entry.name
            assert found.orientation == image.getexif().get(0x0112, 1), entry.name
        assert_same_pixels(riff.rewrite(data, Metadata(), b""), data)
        assert_same_pixels(riff.rewrite(data, metadata, icc), data)
        assert riff.read_metadata(riff.rewrite(data, metadata, icc)) == (metadata, icc), entry.name
    assert seen > 12


def test_frames_without_canvas_or_picture_are_refused():
    body = chunk(b"ANMF", b"\0" * 16)
    data = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
    with pytest.raises(OimgError):
        riff.rewrite(data, Metadata(), b"")


@pytest.mark.parametrize("data", [picture("RGBA", (7, 5), exif=EXIF, icc_profile=b"i"), animation()])
def test_truncation_at_every_length(only_expected_errors, data):
    for length in range(len(data)):
        only_expected_errors(riff.header, data[:length])
        only_expected_errors(riff.read_metadata, data[:length])
        with pytest.raises(OimgError):
            riff.rewrite(data[:length], Metadata(), b"")


SEED = append(animation(), chunk(b"EXIF", EXIF), chunk(b"XMP ", b"x"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(12, len(SEED) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_never_surprise(only_expected_errors, changes):
    data = bytearray(SEED)
    for place, value in changes:
        data[place] = value
    only_expected_errors(riff.header, bytes(data))
    only_expected_errors(riff.read_metadata, bytes(data))
    only_expected_errors(riff.rewrite, bytes(data), Metadata(exif=EXIF), b"icc")


@pytest.mark.parametrize(
    "body",
    [
        chunk(b"VP8L", b"") * 400_000,
        chunk(b"JUNK", b"") * 400_000,
        chunk(b"ANMF", b"\0" * 16) * 300_000,
        chunk(b"ANMF", b"\0" * 16 + chunk(b"JUNK", b"") * 300_000),
        chunk(b"ANMF", b"\0" * 16 + chunk(b"ANMF", b"\0" * 16) * 20_000) * 20,
    ],
)
def test_expensive_files_are_cheap(only_expected_errors, body):
    for read in (riff.header, riff.read_metadata):
        only_expected_errors(read, append(picture(), body))


def test_unknown_chunks_are_parts_and_go_back_in_behind_the_rest():
    data = picture() + b"seCR" + struct.pack("<I", 5) + b"hello\0"
    data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    metadata, _ = riff.read_metadata(data)
    assert metadata.parts == (Part(Format.WEBP, "seCR", b"hello"),)
    again = riff.rewrite(data, metadata, b"")
    assert again.endswith(b"seCR" + struct.pack("<I", 5) + b"hello\0")
    assert riff.read_metadata(again)[0].parts == metadata.parts
    with Image.open(io.BytesIO(again)) as after, Image.open(io.BytesIO(data)) as before:
        assert after.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()
    assert b"hello" not in riff.rewrite(data, Metadata(), b"")
    assert not riff.carries(Part(Format.WEBP, "C2PA", b""))
