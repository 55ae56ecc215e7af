"""What files hold beside one plain picture: each kind as its specification has it, and nothing where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import special_pictures as special
from oimg.engine.containers import gain_map, isobmff, jpeg, jpeg_extras, jumbf, xmp_special
from oimg.engine.transform import inspect_header
from oimg.words.errors import OimgError
from oimg.words.images import Feature

F = Feature
JPEGS = {
    "Ultra HDR": (special.ultra_hdr(), {F.GAIN_MAP}),
    "Ultra HDR on an HDR picture": (special.ultra_hdr(hdr_base=True), {F.GAIN_MAP, F.HDR}),
    "ISO 21496-1": (special.iso_gain_map(), {F.GAIN_MAP}),
    "ISO 21496-1 on an HDR picture": (special.iso_gain_map((13, 10), (0, 1)), {F.GAIN_MAP, F.HDR}),
    "ISO 21496-1 with one denominator": (special.iso_gain_map((0, 9), (12, 9), common=True), {F.GAIN_MAP}),
    "the same on an HDR picture": (special.iso_gain_map((12, 9), (0, 9), common=True), {F.GAIN_MAP, F.HDR}),
    "Apple gain map": (special.apple_gain_map(), {F.GAIN_MAP}),
    "Apple portrait": (special.apple_portrait(), {F.DEPTH_MAP}),
    "motion photo": (special.motion_photo(), {F.MOTION_PHOTO}),
    "micro video": (special.micro_video(), {F.MOTION_PHOTO}),
    "Samsung motion photo": (special.samsung((0x0A30, b"MotionPhoto_Data", special.film())), {F.MOTION_PHOTO}),
    "Samsung depth": (special.samsung((0x0AB1, b"DualShot_DepthMap_1", b"d" * 900)), {F.DEPTH_MAP}),
    "Samsung single-shot depth": (special.samsung((0x0B41, b"SingleShot_DepthMap_1", b"d" * 900)), {F.DEPTH_MAP}),
    "Samsung clock": (special.samsung((0x0A01, b"Image_UTC_Data", b"1700000000000" * 9)), {F.TRAILING_DATA}),
    "Google depth": (special.google_depth(), {F.DEPTH_MAP}),
    "Cardboard": (special.cardboard(), {F.MULTI_PICTURE}),
    "Dynamic Depth": (special.dynamic_depth(), {F.DEPTH_MAP}),
    "stereo pair": (special.stereo(), {F.MULTI_PICTURE}),
    "preview by its type": (special.with_preview(0x010001), {F.PREVIEW}),
    "full HD preview": (special.with_preview(0x010002, size=(150, 100)), {F.PREVIEW}),
    "preview without a type": (special.with_preview(0), {F.PREVIEW}),
    "two full pictures without a type": (special.with_preview(0, size=(160, 120)), {F.MULTI_PICTURE}),
    "another shape": (special.with_preview(0, size=(20, 60)), {F.MULTI_PICTURE}),
    "C2PA": (special.signed_jpeg(), {F.C2PA}),
    "C2PA, named only": (special.signed_jpeg(special.manifest(uuid=b"x" * 16)), {F.C2PA}),
    "another JUMBF": (special.signed_jpeg(special.manifest(b"exif\0", b"x" * 16)), set()),
    "a full picture behind, not listed": (special.jpeg() + special.jpeg(seed=5), {F.MULTI_PICTURE}),
    "a small picture behind, not listed": (special.jpeg() + special.jpeg(40, 30), {F.TRAILING_DATA}),
}


@pytest.mark.parametrize("name", JPEGS)
def test_jpeg(name: str) -> None:
    data, wanted = JPEGS[name]
    assert inspect_header(data).features == wanted
    with Image.open(BytesIO(data)) as image:  # the file is a sound JPEG to somebody else
        image.load()
        assert image.size == (160, 120)


def test_the_index_is_read_as_pillow_reads_it() -> None:
    for data in (special.stereo(), special.with_preview(), special.ultra_hdr()):
        with Image.open(BytesIO(data)) as image:
            offsets = [entry["DataOffset"] for entry in image.mpinfo[0xB002]] if hasattr(image, "mpinfo") else []
        at = data.index(b"MPF\0") + 4
        ours = jpeg_extras.listed_pictures(data[at:], at)
        assert len(ours) == 2
        assert data[ours[1].start :].startswith(b"\xff\xd8\xff")
        assert not offsets or ours[1].start - at == offsets[1]


def test_a_listed_picture_is_found_behind_bytes_that_are_none() -> None:
    second = special.insert(special.jpeg(40, 30, gray=True), special.xmp(special.HDRGM, 'hdrgm:Version="1.0"'))
    found = inspect_header(special.multi_picture(special.jpeg(), [(0, second)], gap=b"maker's own words " * 9)).features
    assert found == {F.GAIN_MAP, F.TRAILING_DATA}


LEFTOVERS = [
    special.xmp(f"{special.HDRGM} {special.CONTAINER} {special.CAMERA} {special.DEPTH}"),
    special.xmp(special.HDRGM, 'hdrgm:Version="1.0"'),
    special.xmp(special.CAMERA, 'GCamera:MotionPhoto="1"'),
    special.xmp(special.CAMERA, 'GCamera:MotionPhoto="0"'),
    special.xmp(special.DEPTH, 'GDepth:Near="1"'),
    special.xmp("", "", "<dc:title>GCamera:MotionPhoto=1 Semantic=GainMap GDepth:Data</dc:title>"),
    special.segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"),
    special.segment(0xE2, special.mpf(0, [(0, 0, 0)], 0)),
    special.segment(0xEB, b"JP\0\1\0\0\0\1\0\0\0\x10RESI" + b"c2pa" * 9),
]


@pytest.mark.parametrize("segment", LEFTOVERS)
def test_words_about_what_is_not_there_are_no_feature(segment: bytes) -> None:
    assert inspect_header(special.insert(special.jpeg(), segment)).features == frozenset()


def test_a_stale_motion_flag_on_a_gain_map_photo() -> None:
    data = special.insert(special.ultra_hdr(), special.xmp(special.CAMERA, 'GCamera:MotionPhoto="1"'))
    assert inspect_header(data).features == {F.GAIN_MAP}


def test_prefixes_are_free() -> None:
    spaces = 'xmlns:a="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:b="http://ns.google.com/photos/1.0/camera/"'
    said = xmp_special.said(special.packet(spaces, "a:Version = '1.0'", "<b:MotionPhoto>1</b:MotionPhoto>"))
    assert said.points_to == {F.GAIN_MAP, F.MOTION_PHOTO}


OTHERS = {
    "PNG": (special.signed_png(), {F.C2PA}),
    "WebP": (special.signed_webp(), {F.C2PA}),
    "WebP, lossy": (special.signed_webp(lossless=False), {F.C2PA}),
    "GIF": (special.signed_gif(), {F.C2PA}),
    "TIFF": (special.pages(10, 200), {F.MULTI_PAGE}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_formats(name: str) -> None:
    data, wanted = OTHERS[name]
    assert inspect_header(data).features == wanted
    with Image.open(BytesIO(data)) as image:
        image.load()


APPLE_TYPE = b"urn:com:apple:photo:"
SDR, HDR = special.iso_metadata((0, 1), (13, 10)), special.iso_metadata((13, 10), (0, 1))
FILES = {
    "plain": ({}, set()),
    "alpha": ({"auxiliary": b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"}, set()),
    "depth": ({"auxiliary": b"urn:mpeg:mpegB:cicp:systems:auxiliary:depth"}, {F.DEPTH_MAP}),
    "HEVC depth": ({"auxiliary": b"urn:mpeg:hevc:2015:auxid:2"}, {F.DEPTH_MAP}),
    "portrait matte": ({"auxiliary": APPLE_TYPE + b"2018:aux:portraiteffectsmatte"}, {F.DEPTH_MAP}),
    "skin matte": ({"auxiliary": APPLE_TYPE + b"2019:aux:semanticskinmatte"}, {F.DEPTH_MAP}),
    "Apple gain map": ({"auxiliary": APPLE_TYPE + b"2020:aux:hdrgainmap"}, {F.GAIN_MAP}),
    "unknown auxiliary": ({"auxiliary": b"urn:example:something"}, {F.MULTI_PICTURE}),
    "tone map": ({"tone_map": SDR}, {F.GAIN_MAP}),
    "tone map on an HDR picture": ({"tone_map": HDR}, {F.GAIN_MAP, F.HDR}),
    "two pictures": ({"second": True}, {F.MULTI_PICTURE}),
    "a hidden one": ({"second": True, "hidden": True}, set()),
    "stereo pair": ({"second": True, "group": b"ster"}, {F.MULTI_PICTURE}),
    "stereo pair, one hidden": ({"second": True, "hidden": True, "group": b"ster"}, {F.MULTI_PICTURE}),
    "film in a box": ({"behind": special.box(b"mpvd", special.film())}, {F.MOTION_PHOTO}),
    "film behind": ({"behind": special.film()}, {F.MOTION_PHOTO}),
    "C2PA": ({"behind": special.box(b"uuid", bytes.fromhex("D8FEC3D61B0E483C92975828877EC481"), b"x" * 90)}, {F.C2PA}),
    "another uuid": ({"behind": special.box(b"uuid", b"y" * 99)}, set()),
}


@pytest.mark.parametrize("plugin", ["AVIF", "HEIF"])
@pytest.mark.parametrize("name", FILES)
def test_image_files(plugin: str, name: str) -> None:
    options, wanted = FILES[name]
    data = special.heif(plugin, **options)
    found = inspect_header(data)
    assert found.features == wanted
    assert found.has_alpha == (name == "alpha")
    assert (found.width, found.height) == (160, 120)
    if plugin == "HEIF":  # libheif takes the file for what it is meant to be
        opened = pillow_heif.open_heif(data)
        assert opened.size == (160, 120)
        assert (len(opened) > 1) == (name in {"two pictures", "stereo pair"})


def test_jpeg_xl_boxes() -> None:
    """ISO/IEC 18181-2: a gain map bundle is version, length of the metadata, the metadata; the rest follows."""
    import pillow_jxl  # noqa: F401 - registers itself

    out = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "JXL", lossless=True)
    start = b"\0\0\0\x0cJXL \r\n\x87\n" + special.box(b"ftyp", b"jxl \0\0\0\0jxl ")
    bundles = {name: b"\0" + len(data).to_bytes(2, "big") + data for name, data in (("sdr", SDR), ("hdr", HDR))}
    stream = out.getvalue()
    assert stream.startswith(b"\xff\x0a")
    for extra, wanted in (
        (b"", set()),
        (special.box(b"jhgm", bundles["sdr"]), {F.GAIN_MAP}),
        (special.box(b"jhgm", bundles["hdr"]), {F.GAIN_MAP, F.HDR}),
        (special.box(b"brob", b"jhgm", b"packed"), {F.GAIN_MAP}),
        (special.manifest(), {F.C2PA}),
        (special.manifest(b"other\0", b"z" * 16), set()),
        (special.box(b"brob", b"xml ", b"packed"), set()),
    ):
        assert inspect_header(start + extra + special.box(b"jxlc", stream)).features == wanted


@pytest.mark.parametrize("plugin", ["AVIF", "HEIF"])
def test_bytes_that_are_not_of_the_primary_picture(plugin: str) -> None:
    alone = len(special.heif(plugin))
    for options in ({"second": True}, {"auxiliary": b"urn:mpeg:hevc:2015:auxid:2"}, {"tone_map": SDR}):
        data = special.heif(plugin, **options)
        beside = isobmff.bytes_beside(data)
        # The rest of the difference are entries in the tables.
        assert 0 <= len(data) - alone - beside < 400
        assert beside > 500
    assert isobmff.bytes_beside(special.heif(plugin)) == 0
    assert isobmff.bytes_beside(special.heif(plugin, auxiliary=b"urn:mpeg:hevc:2015:auxid:1")) == 0


@pytest.mark.parametrize("length", range(40))
def test_short_gain_map_metadata_says_nothing_or_the_truth(length: int) -> None:
    assert gain_map.base_is_hdr(HDR[:length]) == (length >= gain_map.LENGTH)
    assert not gain_map.base_is_hdr(SDR[:length])


def test_extended_box_length() -> None:
    store = special.manifest()
    wide = b"\0\0\0\1jumb" + (len(store) + 8).to_bytes(8, "big") + store[8:]
    assert jumbf.is_manifest_store(wide)
    assert not jumbf.is_manifest_store(store[8:])


SEEDS = [
    special.ultra_hdr(),
    special.google_depth(),
    special.samsung((1, b"MotionPhoto_Data", b"x" * 50)),
    special.heif(),
]
SEEDS += [special.heif(tone_map=HDR, group=b"ster"), special.signed_jpeg(), special.dynamic_depth()]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_changed_bytes_never_surprise(only_expected_errors: Callable[..., object], data: st.DataObject) -> None:
    seed = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        seed[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))

    def header(stream: BytesIO) -> object:
        try:
            return inspect_header(stream.read())
        except OimgError as error:
            if error.code.value == "not-an-image":
                return None
            raise

    only_expected_errors(header, bytes(seed))


@pytest.mark.parametrize(
    "payload",
    [
        b"xmlns:a='" * 7000,
        b" a:Semantic" + b" " * 60_000,
        (b"<container/:Semantic   =" * 2700),
        b"<" + b"a" * 60_000,
        b" xmlns:a='http://ns.google.com/photos/1.0/container/' <a:b " + b":Semantic = '" * 4000,
    ],
)
def test_expensive_packets_are_cheap(only_expected_errors: Callable[..., object], payload: bytes) -> None:
    data = special.insert(
        special.jpeg(40, 30), *[special.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + payload)] * 20
    )
    only_expected_errors(jpeg.header, data)


# Every file of the corpus that holds anything but one plain picture; all others must show nothing.
CORPUS = {
    "conformance/avif/colors_hdr_rec2020.avif": {F.GAIN_MAP, F.HDR},
    "conformance/gainmap-motion-mpo/apple_gainmap_new.jpg": {F.GAIN_MAP},
    "conformance/gainmap-motion-mpo/frame_size.mpo": {F.GAIN_MAP},
    "conformance/gainmap-motion-mpo/pixel-motion-photo-jfif-segment-shortened.jpg": {F.MOTION_PHOTO},
    "conformance/gainmap-motion-mpo/pixel-motion-photo-shortened.jpg": {F.MOTION_PHOTO},
    "conformance/gainmap-motion-mpo/sample_MP.heic": {F.MOTION_PHOTO},
    "conformance/gainmap-motion-mpo/seine_hdr_gainmap_small_srgb.avif": {F.GAIN_MAP, F.HDR},
    "conformance/gainmap-motion-mpo/seine_sdr_gainmap_srgb.avif": {F.GAIN_MAP},
    "conformance/gainmap-motion-mpo/seine_sdr_gainmap_srgb.jpg": {F.GAIN_MAP},
    "conformance/gainmap-motion-mpo/sugarshack.mpo": {F.MULTI_PICTURE},
    "conformance/heic/zPug_3.heic": {F.MULTI_PICTURE},
    "conformance/jxl/hdr_pq_test.jxl": {F.HDR},
    "conformance/tiff/multipage.tiff": {F.MULTI_PAGE},
    "conformance/tiff/test_two_ifds.tif": {F.MULTI_PAGE},
    "conformance/tiff/usda_naip_256_webp_z3.tif": {F.MULTI_PAGE},
    "photos/hdr-gainmap/Ultra_HDR_Samples_Originals_05.jpg": {F.GAIN_MAP},
    "photos/heic/TestHDR.heic": {F.HDR},
    "photos/heic/example.heic": {F.MULTI_PICTURE},
}


@pytest.mark.corpus
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_other_file_of_the_corpus_is_special(corpus: Path) -> None:
    found = {}
    for path in sorted(each for each in corpus.rglob("*") if each.is_file()):
        try:
            features = inspect_header(path.read_bytes()).features
        except OimgError:
            continue
        special_ones = features - {F.ANIMATION, F.TRAILING_DATA, F.PREVIEW}
        if special_ones:
            found[path.relative_to(corpus).as_posix()] = set(special_ones)
    assert found == CORPUS
