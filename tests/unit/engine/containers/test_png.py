"""PNG chunks against Pillow as the independent reader."""

from __future__ import annotations

import binascii
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from oimg.engine.containers import png
from oimg.engine.containers.png_chunks import chunk
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, Feature, Metadata

EXIF = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0)


def picture(mode: str = "RGB", size: tuple[int, int] = (19, 11), **options: object) -> bytes:
    rng = np.random.default_rng(3)
    channels = len(Image.new(mode, (1, 1)).getbands()) if mode != "I;16" else 1
    if mode == "I;16":
        image = Image.fromarray(rng.integers(0, 65536, size[::-1], dtype=np.uint16))
    else:
        pixels = rng.integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)
        image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
        image = image.convert(mode) if image.mode != mode else image
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def animation() -> bytes:
    frames = [Image.new("RGBA", (12, 9), (k * 40, 0, 0, 255 - k)) for k in range(4)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=[10, 20, 30, 40], loop=3)
    return out.getvalue()


def insert(data: bytes, *added: bytes) -> bytes:
    return data[:33] + b"".join(added) + data[33:]


def names(data: bytes) -> list[str]:
    return [one.name for one in png.chunks(data)]


def assert_same_pixels(one: bytes, other: bytes) -> None:
    with Image.open(io.BytesIO(one)) as a, Image.open(io.BytesIO(other)) as b:
        assert (a.mode, a.size, a.n_frames) == (b.mode, b.size, b.n_frames)
        for number in range(a.n_frames):
            a.seek(number)
            b.seek(number)
            assert np.array_equal(np.asarray(a.convert("RGBA")), np.asarray(b.convert("RGBA")))
            assert a.info.get("duration") == b.info.get("duration")


@pytest.mark.parametrize(
    ("mode", "color", "depth", "alpha"),
    [
        ("1", ColorModel.GRAY, 1, False),
        ("L", ColorModel.GRAY, 8, False),
        ("I;16", ColorModel.GRAY, 16, False),
        ("LA", ColorModel.GRAY, 8, True),
        ("P", ColorModel.RGB, 8, False),
        ("RGB", ColorModel.RGB, 8, False),
        ("RGBA", ColorModel.RGB, 8, True),
    ],
)
def test_header_of_generated_files(mode, color, depth, alpha):
    found = png.header(io.BytesIO(picture(mode)))
    assert (found.width, found.height, found.frames) == (19, 11, 1)
    assert (found.color, found.bit_depth, found.has_alpha) == (color, depth, alpha)
    assert not found.lossy
    assert not found.features


def test_header_sees_animation_orientation_profile_hdr_and_provenance():
    moving = png.header(io.BytesIO(animation()))
    assert moving.frames == 4
    assert moving.features == {Feature.ANIMATION}
    data = picture(icc_profile=b"p" * 9, exif=EXIF)
    assert png.header(io.BytesIO(data)).orientation == 6
    assert png.header(io.BytesIO(data)).has_icc
    marked = insert(picture(), chunk("cICP", b"\x09\x10\0\1"), chunk("caBX", b"x")) + b"z" * 100
    assert png.header(io.BytesIO(marked)).features == {Feature.HDR, Feature.C2PA, Feature.TRAILING_DATA}
    plain = insert(picture(), chunk("cICP", b"\1\x0d\0\1")) + b"\0" * 9999
    assert not png.header(io.BytesIO(plain)).features


def test_header_does_not_read_the_picture_data():
    class Counting(io.BytesIO):
        total = 0

        def read(self, size=-1):
            found = super().read(size)
            self.total += len(found)
            return found

    data = picture(size=(600, 600))
    stream = Counting(data)
    png.header(stream)
    assert len(data) > 1_000_000
    assert stream.total < 50_000


def test_metadata_of_generated_file_matches_what_was_given():
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Zoë")
    info.add_text("Comment", "zipped" * 50, zip=True)
    info.add_itxt("Title", "漢字", zip=True)
    info.add_itxt("XML:com.adobe.xmp", "<x/>")
    data = picture(pnginfo=info, exif=EXIF, dpi=(300, 150), icc_profile=b"profile" * 9)
    metadata, icc = png.read_metadata(data)
    assert icc == b"profile" * 9
    assert metadata.exif == EXIF
    assert metadata.xmp == b"<x/>"
    assert metadata.comments == (
        "Author: Zoë".encode(),
        b"Comment: " + b"zipped" * 50,
        "Title: 漢字".encode(),
    )
    assert metadata.density == pytest.approx((300, 150), abs=0.02)


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "LA", "P", "RGB", "RGBA"])
def test_rewrite_replaces_metadata_and_nothing_else(mode):
    info = PngImagePlugin.PngInfo()
    info.add_text("SECRET", "SECRET")
    info.add(b"prVt", b"SECRET")
    info.add(b"gAMA", struct.pack(">I", 45455))
    source = picture(mode, pnginfo=info, exif=EXIF + b"SECRET", dpi=(90, 90)) + b"SECRET"
    bare = png.rewrite(source, Metadata(), None)
    assert b"SECRET" not in bare
    assert "gAMA" in names(bare)
    assert "pHYs" not in names(bare)
    assert_same_pixels(bare, source)
    assert png.rewrite(bare, Metadata(), None) == bare


def test_large_blocks_survive_a_round_trip():
    wanted = Metadata(
        EXIF + b"m" * 65000,
        b"<x>" + "ü".encode() * 100_000 + b"</x>",
        b"\x1c\x02\x78\x00\x05hello" * 9000,
        (b"Author: me", "Title: 漢字".encode(), b"no keyword here"),
        (72, 300),
    )
    icc = bytes(range(256)) * 400
    result = png.rewrite(picture("RGBA"), wanted, icc)
    metadata, profile = png.read_metadata(result)
    assert profile == icc
    assert metadata.density == pytest.approx(wanted.density, abs=0.02)
    assert (metadata.exif, metadata.xmp, metadata.iptc) == (wanted.exif, wanted.xmp, wanted.iptc)
    assert metadata.comments == (*wanted.comments[:2], b"Comment: no keyword here")
    with Image.open(io.BytesIO(result)) as image:
        image.load()
        assert image.info["icc_profile"] == icc
        assert image.info["exif"][6 if image.info["exif"][:4] == b"Exif" else 0 :] == wanted.exif
        assert image.info["XML:com.adobe.xmp"].encode() == wanted.xmp
        assert image.info["Title"] == "漢字"
    assert_same_pixels(result, picture("RGBA"))
    assert png.rewrite(result, *png.read_metadata(result)) == png.rewrite(
        png.rewrite(result, *png.read_metadata(result)), *png.read_metadata(result)
    )


def test_rewrite_keeps_an_animation():
    source = animation()
    result = png.rewrite(source, Metadata(exif=EXIF), b"icc")
    assert_same_pixels(result, source)
    with Image.open(io.BytesIO(result)) as image:
        assert image.info["loop"] == 3
    assert names(result)[:2] == ["IHDR", "iCCP"]
    assert names(result).index("eXIf") < names(result).index("fcTL")


def test_colour_chunks_stay_or_go_together():
    source = insert(
        picture(),
        chunk("sRGB", b"\0"),
        chunk("gAMA", struct.pack(">I", 45455)),
        chunk("cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),
        chunk("cICP", b"\x09\x10\0\1"),
    )
    assert png.colour_chunks(source) == {"sRGB", "gAMA", "cHRM", "cICP"}
    assert png.colour_chunks(png.rewrite(source, Metadata(), None)) == {"sRGB", "gAMA", "cHRM", "cICP"}
    assert png.colour_chunks(png.rewrite(source, Metadata(), b"")) == frozenset()
    assert png.colour_chunks(png.rewrite(source, Metadata(), b"icc")) == {"iCCP"}


@pytest.mark.parametrize(
    ("added", "plain"),
    [
        ((), True),
        ((chunk("gAMA", struct.pack(">I", 45455)),), True),
        ((chunk("gAMA", struct.pack(">I", 45000)),), True),
        ((chunk("gAMA", struct.pack(">I", 100000)),), False),
        ((chunk("gAMA", struct.pack(">I", 100000)), chunk("sRGB", b"\0")), True),
        ((chunk("gAMA", b"\0"),), False),
        ((chunk("cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),), True),
        ((chunk("cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)),), False),
        ((chunk("cICP", b"\1\x0d\0\1"),), True),
        ((chunk("cICP", b"\x0c\x0d\0\1"), chunk("sRGB", b"\0")), True),
        ((chunk("cICP", b"\x0c\x0d\0\0"),), False),
        ((chunk("cICP", b"\x0c\x0d\1\1"),), False),
        ((chunk("cICP", b"\x0c\x0d\0"), chunk("sRGB", b"\0")), False),
    ],
)
def test_plain_srgb(added, plain):
    assert png.is_plain_srgb(insert(picture(), *added)) is plain


def test_hidden_profiles_in_text_are_read_and_removed():
    def raw(kind: str, content: bytes) -> bytes:
        digits = binascii.hexlify(content)
        return chunk("tEXt", f"Raw profile type {kind}\0\n{kind}\n{len(content):8}\n".encode() + digits + b"\n")

    iptc = b"\x1c\x02\x78\x00\x05hello"
    source = insert(
        picture(),
        raw("exif", b"Exif\0\0" + EXIF),
        raw("iptc", b"8BIM\4\4\0\0\0\0\0\x0a" + iptc),
        raw("xmp", b"<x/>"),
    )
    assert png.read_metadata(source)[0] == Metadata(EXIF, b"<x/>", iptc)
    assert png.header(io.BytesIO(source)).orientation == 6
    assert names(png.rewrite(source, Metadata(), None)) == names(picture())


def test_junk_behind_the_digits_of_a_raw_profile_is_ignored():
    digits = binascii.hexlify(b"Exif\0\0" + EXIF)
    text = b"Raw profile type exif\0\nexif\n%8d\n%s\n$}\x1e" % (6 + len(EXIF), digits)
    assert png.read_metadata(insert(picture(), chunk("tEXt", text)))[0].exif == EXIF


def test_damaged_extras_are_dropped_damaged_picture_is_refused():
    bad = bytearray(insert(picture(), chunk("gAMA", b"\0\0\0\1")))
    bad[33 + 8 + 4] ^= 1
    assert names(png.rewrite(bytes(bad), Metadata(), None)) == names(picture())
    assert png.header(io.BytesIO(bytes(bad))).width == 19
    data = bytearray(picture())
    data[60] ^= 1
    with pytest.raises(OimgError) as refused:
        png.rewrite(bytes(data), Metadata(), None)
    assert refused.value.code == ErrorCode.CORRUPT


def test_bombs_in_text_stay_small(only_expected_errors):
    bomb = zlib.compress(b"\0" * (200 << 20), 9)
    source = insert(picture(), *[chunk("zTXt", b"k\0\0" + bomb)] * 400, chunk("iCCP", b"p\0\0" + bomb))
    metadata, icc = only_expected_errors(png.read_metadata, source)
    assert metadata == Metadata(parts=metadata.parts)
    assert icc == b""
    assert {part.data for part in metadata.parts} == {b"k\0\0" + bomb}
    medium = zlib.compress(b"a" * (8 << 20), 9)
    source = insert(picture(), *[chunk("iTXt", b"k\0\1\0\0\0" + medium)] * 400)
    metadata, _ = only_expected_errors(png.read_metadata, source)
    assert sum(map(len, metadata.comments)) <= 33 << 20


def test_every_real_file_against_the_manifest_and_pillow(entries):
    seen = 0
    for entry in entries:
        if entry.format != "png" or entry.expect not in {"OK", "OK-OR-ERR"}:
            continue
        seen += 1
        found = entry.header(png.header)
        assert (found.width, found.height) == (entry.width, entry.height), entry.name
        data = entry.path.read_bytes()
        metadata, icc = png.read_metadata(data)
        with Image.open(entry.path) as image:
            image.load()
            assert icc == (image.info.get("icc_profile") or b""), entry.name
            try:
                told = image.getexif().get(0x0112, 1)
            except ValueError as error:  # Pillow fails on broken hexadecimal text
                assert "fromhex" in str(error)  # noqa: PT017
                told = 1
            assert found.orientation == told, entry.name
            if found.features <= {Feature.ANIMATION}:
                # Pillow counts a default image that is no part of the animation.
                assert found.frames in {image.n_frames, image.n_frames - 1}, entry.name
            assert found.has_alpha == image.has_transparency_data, entry.name
        bare = png.rewrite(data, Metadata(), None)
        assert not {"tEXt", "zTXt", "iTXt", "eXIf", "tIME"} & set(names(bare)), entry.name
        assert png.read_metadata(bare)[1] == icc
        if len(data) < 500_000:
            assert_same_pixels(bare, data)
            assert_same_pixels(png.rewrite(data, metadata, icc), data)
    assert seen > 80


def test_truncation_at_every_length(only_expected_errors):
    data = picture("P", (7, 5), exif=EXIF, icc_profile=b"i" * 40, dpi=(9, 9))
    for length in range(len(data)):
        for read in (png.header, png.read_metadata, png.colour_chunks, png.is_plain_srgb):
            only_expected_errors(read, data[:length])
        with pytest.raises(OimgError):
            png.rewrite(data[:length], Metadata(), None)


SEED = insert(
    animation(),
    chunk("eXIf", EXIF),
    chunk("zTXt", b"k\0\0" + zlib.compress(b"words")),
    chunk("cICP", b"1234"),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(8, len(SEED) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_never_surprise(only_expected_errors, changes):
    data = bytearray(SEED)
    for place, value in changes:
        data[place] = value
    for read in (png.header, png.read_metadata, png.chunks, png.colour_chunks, png.is_plain_srgb):
        only_expected_errors(read, bytes(data))
    only_expected_errors(png.rewrite, bytes(data), Metadata(xmp=b"x"), b"icc")


@pytest.mark.parametrize("name", ["tEXt", "IDAT", "eXIf", "acTL", "cICP"])
def test_expensive_files_are_cheap(only_expected_errors, name):
    data = picture()
    data = data[:33] + chunk(name, b"") * 400_000 + data[33:]
    for read in (png.header, png.read_metadata):
        only_expected_errors(read, data)
