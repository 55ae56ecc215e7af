"""AVIF and HEIC against libheif and libavif (by way of Pillow) as the independent readers."""

from __future__ import annotations

import io
import struct

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from oimg.engine.containers import isobmff
from oimg.engine.containers.boxes import build
from oimg.words.errors import OimgError
from oimg.words.images import ColorModel, Feature, Format

EXIF = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, 1, 0, 0)
REFUSED_BY_READERS = {"plum-blossom-small.profile1.10bpc.yuv444.alpha-limited.avif"}


def pixels(mode: str, size: tuple[int, int]) -> Image.Image:
    rng = np.random.default_rng(8)
    channels = {"L": 1, "RGB": 3, "RGBA": 4}[mode]
    data = rng.integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)
    return Image.fromarray(data[:, :, 0] if channels == 1 else data)


def avif(mode: str = "RGB", size: tuple[int, int] = (38, 24), **options: object) -> bytes:
    out = io.BytesIO()
    pixels(mode, size).save(out, "AVIF", speed=10, **options)
    return out.getvalue()


def heic(mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(pixels(mode, size)).save(out, **options)
    return out.getvalue()


def full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return build(kind, bytes((version,)) + flags.to_bytes(3, "big"), *parts)


def made(*properties: bytes, brand: bytes = b"avif", extra: bytes = b"", meta: bytes = b"") -> bytes:
    """The smallest item structure that says something."""
    ispe = full(b"ispe", struct.pack(">II", 40, 20))
    count = len(properties) + 1
    ipma = full(b"ipma", struct.pack(">IHB", 1, 1, count), bytes(range(1, count + 1)))
    return (
        build(b"ftyp", brand, b"\0\0\0\0mif1", brand)
        + full(
            b"meta",
            full(b"pitm", b"\0\1"),
            full(b"iinf", b"\0\1", full(b"infe", b"\0\1\0\0av01\0", version=2)),
            build(b"iprp", build(b"ipco", ispe, *properties), ipma),
            meta,
        )
        + extra
    )


def read(data: bytes):
    return isobmff.header(io.BytesIO(data))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_header_of_generated_files(mode):
    for data, kind, size in ((avif(mode), Format.AVIF, (38, 24)), (heic(mode), Format.HEIC, (64, 48))):
        found = read(data)
        assert (found.format, found.width, found.height, found.frames) == (kind, *size, 1)
        assert found.has_alpha == (mode == "RGBA")
        assert found.bit_depth == 8
        assert found.color == ColorModel.RGB
        assert found.orientation == 1
        assert not found.features


def test_metadata_of_generated_files_matches_what_was_given():
    xmp = b"<x>" + b"y" * 200 * 1024 + b"</x>"
    # Pillow writes an orientation as irot and imir and rebuilds the block without it, so none is given here.
    exif = EXIF.replace(struct.pack("<H", 0x0112), struct.pack("<H", 0x0128)) + b"m" * 64000
    icc = bytes(range(256)) * 300
    metadata, profile = isobmff.read_metadata(avif(exif=exif, xmp=xmp, icc_profile=icc))
    assert (metadata.exif, metadata.xmp, profile) == (exif, xmp, icc)
    metadata, _ = isobmff.read_metadata(heic(exif=b"Exif\0\0" + exif, xmp=xmp))
    assert (metadata.exif, metadata.xmp) == (exif, xmp)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_says_what_the_writer_was_told(orientation):
    exif = EXIF.replace(struct.pack("<HHIH", 0x0112, 3, 1, 1), struct.pack("<HHIH", 0x0112, 3, 1, orientation))
    found = read(avif(exif=exif))
    assert found.orientation == orientation
    assert (found.width, found.height) == (38, 24)


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("mirror_first", [False, True])
def test_orientation_moves_pixels_as_irot_and_imir_do(turn, axis, mirror_first):
    steps = [(b"irot", turn), *([(b"imir", axis)] if axis is not None else [])]
    steps = steps[::-1] if mirror_first else steps
    grid = np.arange(6).reshape(2, 3)
    wanted = grid
    for kind, value in steps:
        wanted = np.rot90(wanted, value) if kind == b"irot" else np.flip(wanted, value)
    orientation = read(made(*(build(kind, bytes((value,))) for kind, value in steps))).orientation
    upright = {
        1: grid,
        2: grid[:, ::-1],
        3: grid[::-1, ::-1],
        4: grid[::-1],
        5: grid.T,
        6: np.rot90(grid, -1),
        7: grid[::-1, ::-1].T,
        8: np.rot90(grid, 1),
    }[orientation]
    assert np.array_equal(upright, wanted)


def test_what_properties_say():
    nclx = b"nclx" + struct.pack(">HHHB", 9, 16, 9, 0x80)
    found = read(made(build(b"av1C", b"\x81\0\x70\0"), build(b"colr", nclx), build(b"colr", b"prof" + b"icc")))
    assert found.bit_depth == 12
    assert found.color == ColorModel.GRAY
    assert found.has_icc
    assert found.features == {Feature.HDR}
    cropped = build(b"clap", struct.pack(">8I", 30, 1, 10, 1, 0, 1, 0, 1))
    assert read(made(cropped)).width == 40
    assert read(made(cropped, brand=b"heic")).upright_size == (30, 10)


def test_code_points_make_a_profile_where_there_is_none():
    """12 and 13 are Display P3 with the curve of sRGB (H.273); 1 and 13 are sRGB itself."""
    p3, srgb = (build(b"colr", b"nclx" + struct.pack(">HHHB", primaries, 13, 6, 0x80)) for primaries in (12, 1))
    own = build(b"colr", b"prof" + b"icc")
    assert read(made(p3)).has_icc
    assert not read(made(srgb)).has_icc
    assert not read(made()).has_icc
    assert isobmff.read_metadata(made(p3, own))[1] == b"icc"
    assert isobmff.read_metadata(made(srgb))[1] == b""
    profile = isobmff.read_metadata(made(p3))[1]
    assert (profile[16:20], profile[36:40]) == (b"RGB ", b"acsp")


def test_what_other_boxes_say():
    c2pa = build(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481"), b"x")
    assert read(made(extra=c2pa)).features == {Feature.C2PA}
    assert read(made(extra=build(b"mpvd", b"v"))).features == {Feature.MOTION_PHOTO}
    assert read(made(extra=b"hidden words" * 9)).features == {Feature.TRAILING_DATA}
    assert read(made(extra=b"\0" * 3)).features == frozenset()


def test_several_pictures_are_told():
    out = io.BytesIO()
    several = pillow_heif.from_pillow(pixels("RGB", (64, 48)))
    several.add_from_pillow(pixels("RGB", (32, 32)))
    several.save(out)
    assert read(out.getvalue()).features == {Feature.MULTI_PICTURE}


def test_avif_animation():
    out = io.BytesIO()
    frames = [Image.new("RGBA", (40, 30), (k * 60, 0, 0, 90 + k)) for k in range(4)]
    frames[0].save(out, "AVIF", save_all=True, append_images=frames[1:], speed=10)
    found = read(out.getvalue())
    assert (found.frames, found.has_alpha, found.features) == (4, True, {Feature.ANIMATION})
    assert isobmff.sniff(out.getvalue()[:64]) == Format.AVIF


@pytest.mark.parametrize(
    ("brands", "wanted"),
    [
        (b"avif0000mif1", Format.AVIF),
        (b"avis0000msf1avif", Format.AVIF),
        (b"mif10000mif1avifmiaf", Format.AVIF),
        (b"mif10000mif1heic", Format.HEIC),
        (b"mif10000mif1", Format.HEIC),
        (b"msf10000hevcmif1", Format.HEIC),
        (b"heix0000mif1", Format.HEIC),
        (b"isom0000isomavc1mp41", None),
        (b"mp420000mp41", None),
        (b"qt  0000qt  ", None),
        (b"crx 0000isom", None),
    ],
)
def test_sniff(brands, wanted):
    assert isobmff.sniff(build(b"ftyp", brands)) == wanted


@pytest.mark.parametrize("head", [b"", b"\0\0\0\x1cftyp", b"\xff\xd8\xff", b"\0" * 40])
def test_sniff_of_something_else(head):
    assert isobmff.sniff(head) is None


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("conformance/gainmap-motion-mpo/sample_MP.heic", {Feature.MOTION_PHOTO}),
        ("conformance/gainmap-motion-mpo/seine_sdr_gainmap_srgb.avif", {Feature.GAIN_MAP}),
        ("conformance/gainmap-motion-mpo/seine_hdr_gainmap_small_srgb.avif", {Feature.GAIN_MAP, Feature.HDR}),
        ("conformance/heic/zPug_3.heic", {Feature.MULTI_PICTURE}),
        ("photos/heic/example.heic", {Feature.MULTI_PICTURE}),
        ("photos/heic/TestHDR.heic", {Feature.HDR}),
        ("photos/heic/arrow.heic", set()),
        ("conformance/avif/star.avifs", {Feature.ANIMATION}),
    ],
)
def test_features_of_real_files(real, name, wanted):
    assert set(read(real(name).read_bytes()).features) == wanted


def is_made(icc):
    """Whether a profile is one of ours, made from code points: its readers say nothing of it."""
    return "CICP".encode("utf-16-be") in icc


def test_every_real_file_against_the_manifest_and_its_reader(entries):
    seen = 0
    for entry in entries:
        if not entry.format.startswith("isobmff") or entry.expect not in {"OK", "OK-OR-ERR"}:
            continue
        seen += 1
        data = entry.path.read_bytes()
        found = read(data)
        assert isobmff.sniff(data[:4096]) == found.format
        metadata, icc = isobmff.read_metadata(data)
        stored, upright = (found.width, found.height), found.upright_size
        # The manifest has what the format's usual reader shows.
        assert (entry.width, entry.height) in {stored, upright}, entry.name
        if entry.path.name in REFUSED_BY_READERS:
            continue
        if found.format is Format.HEIC:
            heif = pillow_heif.open_heif(data)
            primary = heif[heif.primary_index]
            assert primary.size == upright, entry.name
            assert primary.has_alpha == found.has_alpha, entry.name
            assert primary.info["bit_depth"] == found.bit_depth, entry.name
            assert (len(heif) > 1) == (Feature.MULTI_PICTURE in found.features), entry.name
            assert primary.info.get("icc_profile", b"") == (b"" if is_made(icc) else icc), entry.name
            assert metadata.exif in (primary.info["exif"] or b""), entry.name
        else:
            with Image.open(io.BytesIO(data)) as image:
                assert image.size in {stored, upright}, entry.name
                assert image.n_frames == found.frames, entry.name
                assert image.has_transparency_data == found.has_alpha, entry.name
                assert image.info.get("icc_profile", b"") == (b"" if is_made(icc) else icc), entry.name
                assert image.getexif().get(0x0112, 1) == found.orientation, entry.name
                assert (image.info.get("xmp") or b"") == metadata.xmp, entry.name
    assert seen > 35


@pytest.mark.parametrize("data", [avif("RGBA", (8, 8), exif=EXIF, xmp=b"<x/>"), heic(size=(64, 64), xmp=b"<x/>")])
def test_truncation_at_every_length(only_expected_errors, data):
    for length in range(len(data)):
        only_expected_errors(isobmff.header, data[:length])
        only_expected_errors(isobmff.read_metadata, data[:length])
        isobmff.sniff(data[:length])


SEEDS = [avif("RGBA", (8, 8), exif=EXIF, xmp=b"<x/>")[:1200], made(build(b"irot", b"\1"), build(b"imir", b"\1"))]


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 1199), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_never_surprise(only_expected_errors, seed, changes):
    data = bytearray(seed)
    for place, value in changes:
        data[place % len(data)] = value
    only_expected_errors(isobmff.header, bytes(data))
    only_expected_errors(isobmff.read_metadata, bytes(data))


FTYP = build(b"ftyp", b"avis0000mif1")
ROWS = 2_000_000


@pytest.mark.parametrize(
    "data",
    [
        FTYP + build(b"free") * 400_000,
        FTYP + full(b"meta", build(b"free") * 400_000),
        FTYP + full(b"meta", full(b"iinf", b"\0\1", full(b"infe", b"\0\1\0\0av01\0", version=2) * 300_000)),
        FTYP + full(b"meta", full(b"iloc", b"\0\0\xff\xff", b"\0\1\0\0\xff\xff" * ROWS)),
        FTYP + full(b"meta", full(b"iloc", b"\0\0\xff\xff\xff\xff", b"\0" * 8 * ROWS, version=2)),
        FTYP + full(b"meta", build(b"iprp", full(b"ipma", b"\xff" * 4, b"\xff" * 8 * ROWS))),
        FTYP + full(b"meta", full(b"iref", build(b"auxl", b"\0\1\xff\xff", b"\0\1" * 65535) * 50)),
        FTYP + build(b"moov", build(b"trak", build(b"mdia", build(b"free") * 20_000)) * 100),
        FTYP + full(b"meta", full(b"meta") * 19_000),
        made(*[full(b"auxC", b"hdrgainmap" * 100_000)] * 60),
    ],
)
def test_expensive_files_are_cheap(only_expected_errors, data):
    only_expected_errors(isobmff.header, data)
    only_expected_errors(isobmff.read_metadata, data)


def test_a_picture_without_size_is_refused():
    with pytest.raises(OimgError):
        read(made().replace(b"ispe", b"free"))
