"""JPEG segments against Pillow as the independent reader."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from oimg.engine.containers import jpeg
from oimg.engine.containers.jpeg_segments import SOS, segments
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, Feature, Metadata

XMP_HEAD = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
XMP_FOOT = b"</rdf:RDF></x:xmpmeta>"


def picture(mode: str = "RGB", size: tuple[int, int] = (37, 23), **options: object) -> bytes:
    rng = np.random.default_rng(5)
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    pixels = rng.integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)
    image = Image.fromarray(pixels[:, :, 0] if mode == "L" else pixels)
    out = io.BytesIO()
    (image.convert(mode) if image.mode != mode else image).save(out, "JPEG", **options)
    return out.getvalue()


def exif_block(orientation: int = 6, tail: bytes = b"") -> bytes:
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0) + tail


def description(name: str, size: int) -> bytes:
    return (
        f'<rdf:Description rdf:about="" xmlns:{name}="http://example.org/{name}/"><{name}:v>'.encode()
        + b"x" * size
        + f"</{name}:v></rdf:Description>".encode()
    )


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def coded(data: bytes) -> list[bytes]:
    return [data[s.start : s.end] for s in segments(io.BytesIO(data)) if s.marker == SOS]


def insert(data: bytes, marker: int, payload: bytes) -> bytes:
    return data[:2] + bytes((255, marker)) + struct.pack(">H", len(payload) + 2) + payload + data[2:]


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_header_of_generated_files(mode, progressive):
    found = jpeg.header(io.BytesIO(picture(mode, progressive=progressive)))
    assert (found.width, found.height, found.frames) == (37, 23, 1)
    assert found.color == {"L": ColorModel.GRAY, "RGB": ColorModel.RGB, "CMYK": ColorModel.CMYK}[mode]
    assert found.lossy
    assert found.bit_depth == 8
    assert found.features == frozenset()


def test_metadata_of_generated_file_matches_what_was_given():
    icc = bytes(range(256)) * 700
    data = picture(exif=b"Exif\0\0" + exif_block(), icc_profile=icc, comment=b"hello", dpi=(300, 150), xmp=b"<a/>")
    metadata, profile = jpeg.read_metadata(data)
    assert metadata == Metadata(exif_block(), b"<a/>", b"", (b"hello",), (300, 150))
    assert profile == icc
    assert jpeg.header(io.BytesIO(data)).orientation == 6
    assert jpeg.header(io.BytesIO(data)).has_icc


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_rewrite_replaces_metadata_and_nothing_else(mode, progressive):
    source = picture(
        mode,
        progressive=progressive,
        exif=b"Exif\0\0" + exif_block(tail=b"SECRET"),
        icc_profile=b"SECRET" * 20000,
        comment=b"SECRET",
        xmp=b"SECRET",
        dpi=(300, 300),
    )
    for marker in range(0xE3, 0xF0):
        source = insert(source, marker, b"SECRET" * 10) if marker != 0xEE else source
    source += b"SECRET" * 50
    bare = jpeg.rewrite(source, Metadata(), b"")
    assert b"SECRET" not in bare
    assert np.array_equal(pixels(bare), pixels(source))
    assert coded(bare) == coded(source)
    assert jpeg.quantization(bare) == jpeg.quantization(source)
    if mode != "CMYK":
        assert jpeg.read_metadata(bare)[0] == Metadata()
    assert jpeg.rewrite(bare, Metadata(), b"") == bare


def test_large_blocks_survive_a_round_trip():
    xmp = XMP_HEAD + description("photo", 900) + description("edits", 200 * 1024) + XMP_FOOT
    wanted = Metadata(
        exif=exif_block(3, b"m" * (65533 - 6 - 26)),
        xmp=xmp,
        iptc=b"\x1c\x02\x78\x00\x05hello" * 9000,
        comments=(b"one", b"two"),
        density=(72, 144),
    )
    icc = bytes(range(256)) * 800
    source = picture()
    result = jpeg.rewrite(source, wanted, icc)
    metadata, profile = jpeg.read_metadata(result)
    assert profile == icc
    assert (metadata.exif, metadata.iptc) == (wanted.exif, wanted.iptc)
    assert (metadata.comments, metadata.density) == (wanted.comments, wanted.density)
    assert metadata.xmp.count(b"x" * 900) == 228
    assert b"HasExtendedXMP" not in metadata.xmp
    with Image.open(io.BytesIO(result)) as image:
        assert image.info["icc_profile"] == icc
        assert image.info["exif"] == b"Exif\0\0" + wanted.exif
        # Pillow stops at the first APP13 segment.
        assert wanted.iptc.startswith(image.info["photoshop"][0x0404])
        assert image.info["dpi"] == (72, 144)
        # What is small stays where readers without extended XMP find it.
        assert b"photo:v" in image.info["xmp"]
        assert b"HasExtendedXMP" in image.info["xmp"]
    assert np.array_equal(pixels(result), pixels(source))
    again = jpeg.rewrite(result, metadata, profile)
    assert jpeg.read_metadata(again)[0].xmp == metadata.xmp
    assert jpeg.rewrite(again, *jpeg.read_metadata(again)) == again


def test_exif_beyond_one_segment_continues_in_the_next():
    block = exif_block(5, bytes(range(1, 256)) * 600)
    result = jpeg.rewrite(picture(), Metadata(exif=block), b"")
    assert jpeg.read_metadata(result)[0].exif == block
    with Image.open(io.BytesIO(result)) as image:
        assert image.info["exif"][6:] == block


def test_one_description_too_large_for_the_main_packet_moves_as_a_whole():
    xmp = b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>" + XMP_HEAD + description("a", 70000) + XMP_FOOT
    metadata, _ = jpeg.read_metadata(jpeg.rewrite(picture(), Metadata(xmp=xmp), b""))
    assert b"x" * 70000 in metadata.xmp


def test_icc_chunks_out_of_order_are_sorted_and_a_missing_one_means_no_profile():
    data = picture()

    def chunk(number: int, total: int) -> bytes:
        return b"ICC_PROFILE\0" + bytes((number, total)) + bytes([64 + number]) * 10

    shuffled = insert(insert(insert(data, 0xE2, chunk(1, 3)), 0xE2, chunk(3, 3)), 0xE2, chunk(2, 3))
    assert jpeg.read_metadata(shuffled)[1] == b"A" * 10 + b"B" * 10 + b"C" * 10
    missing = insert(insert(data, 0xE2, chunk(1, 3)), 0xE2, chunk(3, 3))
    assert jpeg.read_metadata(missing)[1] == b""


def test_density_never_makes_an_rgb_coded_file_look_like_ycc():
    coded_rgb = picture(keep_rgb=True)
    assert b"JFIF" not in coded_rgb
    result = jpeg.rewrite(coded_rgb, Metadata(density=(300, 300)), b"")
    assert np.array_equal(pixels(result), pixels(coded_rgb))
    assert b"JFIF" not in result


def test_density_in_dots_per_centimetre():
    data = bytearray(picture(dpi=(100, 100)))
    place = data.index(b"JFIF\0") + 7
    data[place] = 2
    assert jpeg.read_metadata(bytes(data))[0].density == (254.0, 254.0)
    kept = jpeg.rewrite(bytes(data), Metadata(density=(254.0, 254.0)), b"")
    assert jpeg.read_metadata(kept)[0].density == (254.0, 254.0)
    assert jpeg.read_metadata(jpeg.rewrite(bytes(data), Metadata(), b""))[0].density is None


def test_thumbnail_with_its_own_end_is_no_end():
    thumb = picture(size=(8, 8))
    source = insert(picture(), 0xE1, b"Exif\0\0" + exif_block(tail=thumb))
    result = jpeg.rewrite(source, Metadata(), b"")
    assert np.array_equal(pixels(result), pixels(source))
    assert jpeg.header(io.BytesIO(source)).features == frozenset()


@pytest.mark.parametrize(
    ("tail", "wanted"),
    [
        (b"\0" * 5000, set()),
        (b"x" * 64, set()),
        (b"x" * 65, {Feature.TRAILING_DATA}),
        (b"\0\0\0\x18ftypmp42" + b"v" * 500, {Feature.MOTION_PHOTO}),
        (picture(size=(9, 9)), {Feature.TRAILING_DATA}),
        (insert(picture(size=(9, 9)), 0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0"), {Feature.GAIN_MAP}),
    ],
)
def test_what_follows_the_picture(tail, wanted):
    assert jpeg.header(io.BytesIO(picture() + tail)).features == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("conformance/gainmap-motion-mpo/apple_gainmap_new.jpg", {Feature.GAIN_MAP}),
        ("conformance/gainmap-motion-mpo/frame_size.mpo", {Feature.GAIN_MAP}),
        ("conformance/gainmap-motion-mpo/sugarshack.mpo", {Feature.MULTI_PICTURE}),
        ("conformance/gainmap-motion-mpo/seine_sdr_gainmap_srgb.jpg", {Feature.GAIN_MAP}),
        ("photos/hdr-gainmap/Ultra_HDR_Samples_Originals_05.jpg", {Feature.GAIN_MAP}),
        ("photos/camera/012mp-bus.jpg", set()),
        ("conformance/gainmap-motion-mpo/pixel-motion-photo-shortened.jpg", {Feature.MOTION_PHOTO}),
        (
            "conformance/gainmap-motion-mpo/pixel-motion-photo-jfif-segment-shortened.jpg",
            {Feature.MOTION_PHOTO},
        ),
    ],
)
def test_features_of_real_files(real, name, wanted):
    with real(name).open("rb") as stream:
        assert set(jpeg.header(stream).features) == wanted


REFUSED = {"testorig12.jpg", "jpeg_lossless_sel7.jpg"}


def test_every_real_file_against_the_manifest_and_pillow(entries):
    seen = 0
    for entry in entries:
        if entry.format != "jpeg" or entry.expect not in {"OK", "OK-OR-ERR"}:
            continue
        seen += 1
        if entry.path.name in REFUSED:
            with pytest.raises(OimgError) as refused:
                entry.header(jpeg.header)
            assert refused.value.code == ErrorCode.UNSUPPORTED
            continue
        found = entry.header(jpeg.header)
        assert (found.width, found.height) == (entry.width, entry.height), entry.name
        data = entry.path.read_bytes()
        metadata, icc = jpeg.read_metadata(data)
        with Image.open(entry.path) as image:
            assert found.color.channels == len(image.getbands()), entry.name
            assert jpeg.quantization(data) == tuple(tuple(t) for _, t in sorted(image.quantization.items()))
            assert icc == (image.info.get("icc_profile") or b""), entry.name
            told = image.getexif().get(0x0112, 1)
            # Pillow also reads tiff:Orientation out of XMP.
            if image.info.get("exif"):
                assert found.orientation == (told if told in range(1, 9) else 1), entry.name
                assert metadata.exif in image.info["exif"], entry.name
            if "photoshop" in image.info:
                assert metadata.iptc == image.info["photoshop"].get(0x0404, b""), entry.name
    assert seen > 60


def test_rewrite_of_every_real_file_keeps_the_coded_picture(entries):
    for entry in entries:
        if entry.format != "jpeg" or entry.expect != "OK":
            continue
        data = entry.path.read_bytes()
        bare = jpeg.rewrite(data, Metadata(), b"")
        assert coded(bare) == coded(data), entry.name
        assert len(bare) < len(data) + 20
        metadata, icc = jpeg.read_metadata(bare)
        assert not any((metadata.exif, metadata.xmp, metadata.iptc, metadata.comments, icc)), entry.name
        full = jpeg.rewrite(data, *jpeg.read_metadata(data))
        assert jpeg.read_metadata(full)[0].exif == jpeg.read_metadata(data)[0].exif, entry.name
        assert jpeg.read_metadata(full)[1] == jpeg.read_metadata(data)[1], entry.name
        if len(data) < 1_500_000:
            assert np.array_equal(pixels(bare), pixels(data)), entry.name
            assert np.array_equal(pixels(full), pixels(data)), entry.name


def test_extended_xmp_of_a_real_file_is_joined(real):
    metadata, _ = jpeg.read_metadata(real("conformance/exif/paris_extended_xmp.jpg").read_bytes())
    assert len(metadata.xmp) > 65502
    again = jpeg.rewrite(picture(), metadata, b"")
    assert sorted(re.findall(rb"<[\w:]+", jpeg.read_metadata(again)[0].xmp)) == sorted(
        re.findall(rb"<[\w:]+", metadata.xmp)
    )


def test_truncation_at_every_length(only_expected_errors):
    data = picture(size=(9, 7), exif=b"Exif\0\0" + exif_block(), icc_profile=b"i" * 40, comment=b"c")
    for length in range(len(data)):
        for read in (jpeg.header, jpeg.read_metadata, jpeg.quantization):
            only_expected_errors(read, data[:length])
        with pytest.raises(OimgError):
            jpeg.rewrite(data[:length], Metadata(), b"")


SEED = insert(
    insert(
        picture(size=(9, 7), progressive=True, exif=b"Exif\0\0" + exif_block()),
        0xED,
        b"Photoshop 3.0\x008BIM\4\4",
    ),
    0xE2,
    b"MPF\0MM\0*\0\0\0\x08\0\1\xb0\2\0\7\0\0\0\x20\0\0\0\x1a" + b"\0" * 40,
) + picture(size=(5, 5))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_never_surprise(only_expected_errors, changes):
    data = bytearray(SEED)
    for place, value in changes:
        data[place] = value
    for read in (jpeg.header, jpeg.read_metadata, jpeg.quantization):
        only_expected_errors(read, bytes(data))
    only_expected_errors(jpeg.rewrite, bytes(data), Metadata(xmp=b"x"), b"icc")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff\xfe\0\2" * 400_000,
        b"\xff\xd8" + b"\xff\xda\0\2" * 400_000,
        b"\xff\xd8" + b"\xff\xda\0\2\0\0\0" * 200_000,
        b"\xff\xd8" + b"\xff" * 3_000_000,
        b"\xff\xd8" + b"\0" * 3_000_000,
        picture() + picture(size=(3, 3)) * 300,
        insert(picture(), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"<rdf:Description " * 3000),
        insert(picture(), 0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\0" * 5000),
    ],
)
def test_expensive_files_are_cheap(only_expected_errors, data):
    for read in (jpeg.header, jpeg.read_metadata, jpeg.quantization):
        only_expected_errors(read, data)


def test_import_needs_no_pillow():
    code = "import sys, oimg.engine.containers.jpeg; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
