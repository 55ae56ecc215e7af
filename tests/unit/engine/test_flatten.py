"""The plain picture of files that hold more: pixel for pixel the first one, every loss named, and nothing dangling."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import special_pictures as special
from engine_fixtures import no_other_child, packer  # noqa: F401 - used by pytest
from engine_pictures import independent, made, photo, refused
from oimg.engine.codecs import ENCODERS, jxl
from oimg.engine.metadata import xmp
from oimg.engine.metadata.xmp_pointers import without_pointers
from oimg.engine.transform import inspect_header
from oimg.words.images import DecodedImage, EncodeOptions, Format, Frame
from oimg.words.privacy import MetadataPolicy
from oimg.words.recipe import Mode, Recipe, Target
from oimg.words.report import KeptCode, Notice

FLAT = Recipe(flatten_special=True, metadata=MetadataPolicy.KEEP, effort=2)
EXACT = replace(FLAT, mode=Mode.LOSSLESS)
JPEGS = {
    "Ultra HDR": (special.ultra_hdr(), KeptCode.GAIN_MAP, Notice.GAIN_MAP_DROPPED),
    "ISO 21496-1": (special.iso_gain_map(), KeptCode.GAIN_MAP, Notice.GAIN_MAP_DROPPED),
    "Apple gain map": (special.apple_gain_map(), KeptCode.GAIN_MAP, Notice.GAIN_MAP_DROPPED),
    "Apple portrait": (special.apple_portrait(), KeptCode.DEPTH_MAP, Notice.DEPTH_MAP_DROPPED),
    "motion photo": (special.motion_photo(), KeptCode.MOTION_PHOTO, Notice.MOTION_DROPPED),
    "micro video": (special.micro_video(), KeptCode.MOTION_PHOTO, Notice.MOTION_DROPPED),
    "Google depth": (special.google_depth(), KeptCode.DEPTH_MAP, Notice.DEPTH_MAP_DROPPED),
    "Cardboard": (special.cardboard(), KeptCode.MULTI_PICTURE, Notice.PICTURES_DROPPED),
    "Dynamic Depth": (special.dynamic_depth(), KeptCode.DEPTH_MAP, Notice.DEPTH_MAP_DROPPED),
    "stereo pair": (special.stereo(), KeptCode.MULTI_PICTURE, Notice.PICTURES_DROPPED),
    "C2PA": (special.signed_jpeg(), KeptCode.C2PA, Notice.CREDENTIALS_DROPPED),
}
# What no flattened file may hold: signatures of segments and boxes, names of properties, the film.
LEFTOVERS = (
    b"MPF\0",
    b"urn:iso:std:iso:ts:21496",
    b"hdr-gain-map",
    b"GainMap",
    b"apple.com",
    b"MotionPhoto",
    b"MicroVideo",
    b"photos/1.0/container",
    b"photos/1.0/depthmap",
    b"photos/1.0/image",
    b"photos/dd/",
    b"HasExtendedXMP",
    b"ftypmp42",
    b"c2pa",
    b"C2PA",
    b"planted claim",
)


def first_picture(data: bytes) -> np.ndarray:
    with Image.open(BytesIO(data)) as image:
        image.seek(0)
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("name", JPEGS)
def test_kept_unless_asked(name: str) -> None:
    data, code, _ = JPEGS[name]
    for recipe in (Recipe(), Recipe(format=Target.WEBP), Recipe(mode=Mode.LOSSLESS)):
        assert refused(data, recipe).code is code


@pytest.mark.parametrize("name", JPEGS)
@pytest.mark.parametrize("target", [Target.KEEP, Target.PNG, Target.WEBP, Target.JXL])
def test_the_plain_picture_without_loss(name: str, target: Target) -> None:
    data, _, notice = JPEGS[name]
    result = made(data, replace(EXACT, format=target))
    assert result.notices == (notice,)
    # A JPEG is packed into JPEG XL with its metadata compressed; they are told by what comes out again.
    opened = jxl.to_jpeg(result.data) if target is Target.JXL else result.data
    assert opened is not None
    assert not [word for word in LEFTOVERS if word in opened]
    assert np.array_equal(independent(result.data, result.format)[..., :3], first_picture(data))
    assert not inspect_header(result.data).features
    if b"<dc:format>" in data.partition(b"\xff\xda")[0]:  # what else the packet says stays
        assert b"<dc:format>image/jpeg</dc:format>" in opened
    if target is Target.KEEP:
        assert result.data.endswith(b"\xff\xd9")
        with Image.open(BytesIO(result.data)) as image:
            assert image.format == "JPEG"  # Pillow says MPO where an index lists more pictures
            image.load()


@pytest.mark.parametrize("name", JPEGS)
@pytest.mark.parametrize("policy", list(MetadataPolicy))
def test_the_plain_picture_at_a_score(name: str, policy: MetadataPolicy) -> None:
    data, _, notice = JPEGS[name]
    result = made(data, replace(FLAT, metadata=policy))
    assert notice in result.notices
    assert not [word for word in LEFTOVERS if word in result.data]
    assert len(result.data) < len(data)
    off = independent(result.data, Format.JPEG).astype(int) - first_picture(data)
    assert np.abs(off).mean() < 12


def test_two_things_are_two_notices() -> None:
    motion = (
        special.insert(special.ultra_hdr(), special.xmp(special.CAMERA, 'GCamera:MotionPhoto="1"')) + special.film()
    )
    result = made(motion, EXACT)
    assert set(result.notices) == {Notice.GAIN_MAP_DROPPED, Notice.MOTION_DROPPED}


@pytest.mark.parametrize("data", [special.ultra_hdr(hdr_base=True), special.iso_gain_map((13, 10), (0, 1))])
def test_an_hdr_picture_is_not_taken_for_a_plain_one(data: bytes) -> None:
    assert refused(data, Recipe()).code is KeptCode.GAIN_MAP
    assert refused(data, FLAT).code is KeptCode.HDR


def test_pages_are_no_leftovers() -> None:
    for target in (Target.JPEG, Target.PNG):
        assert refused(special.pages(10, 200), replace(FLAT, format=target)).code is KeptCode.MULTI_PAGE
    result = made(special.pages(10, 200), FLAT)
    assert (result.frames, result.notices) == (2, ())


def test_what_only_lay_beside_is_no_reason_for_another_generation() -> None:
    """A picture that OIMG made is not coded again because a gain map makes its file look large."""
    image = DecodedImage((Frame(photo()),))
    own = ENCODERS[Format.JPEG].encode(image, EncodeOptions(quality=80))
    own = ENCODERS[Format.JPEG].finish(own, 5)
    whole = special.ultra_hdr(plain=own)
    assert len(whole) > 1.2 * len(own)
    result = made(whole, FLAT)
    assert result.score == 100
    assert np.array_equal(independent(result.data, Format.JPEG), first_picture(own))
    assert len(result.data) <= len(own) + 1000  # with what the packet says of other things


SIGNED = {
    "PNG": (special.signed_png(), Format.PNG),
    "WebP": (special.signed_webp(), Format.WEBP),
    "lossy WebP": (special.signed_webp(lossless=False), Format.WEBP),
    "GIF": (special.signed_gif(), Format.GIF),
}


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("mode", [Mode.LOSSLESS, Mode.VISUAL])
def test_signatures_of_other_formats(name: str, mode: Mode) -> None:
    data, own = SIGNED[name]
    assert refused(data, Recipe()).code is KeptCode.C2PA
    result = made(data, replace(FLAT, mode=mode))
    assert result.format is own
    assert set(result.notices) - {Notice.APPROXIMATE_SCORE} == {Notice.CREDENTIALS_DROPPED}
    assert not [word for word in LEFTOVERS if word in result.data]
    if mode is Mode.LOSSLESS:
        assert np.array_equal(independent(result.data, own)[..., :3], first_picture(data))


def test_jpeg_xl_beside_its_codestream() -> None:
    import pillow_jxl  # noqa: F401 - registers itself

    out = BytesIO()
    Image.fromarray(photo()).save(out, "JXL", quality=70)
    beside = special.box(b"jhgm", b"\0\0\x3d" + special.iso_metadata((0, 1), (13, 10))) + special.manifest()
    start = b"\0\0\0\x0cJXL \r\n\x87\n" + special.box(b"ftyp", b"jxl \0\0\0\0jxl ")
    data = start + beside + special.box(b"jxlc", out.getvalue())
    assert refused(data, Recipe()).code is KeptCode.GAIN_MAP
    result = made(data, FLAT)
    assert set(result.notices) == {Notice.GAIN_MAP_DROPPED, Notice.CREDENTIALS_DROPPED}
    assert len(result.data) <= len(out.getvalue())


IMAGE_FILES = [
    ({"auxiliary": b"urn:com:apple:photo:2020:aux:hdrgainmap"}, Notice.GAIN_MAP_DROPPED),
    ({"tone_map": special.iso_metadata((0, 1), (13, 10))}, Notice.GAIN_MAP_DROPPED),
    ({"auxiliary": b"urn:mpeg:hevc:2015:auxid:2"}, Notice.DEPTH_MAP_DROPPED),
    ({"second": True, "group": b"ster"}, Notice.PICTURES_DROPPED),
    ({"behind": special.box(b"mpvd", special.film())}, Notice.MOTION_DROPPED),
    (
        {"behind": special.box(b"uuid", bytes.fromhex("D8FEC3D61B0E483C92975828877EC481"), b"c2pa" * 9)},
        Notice.CREDENTIALS_DROPPED,
    ),
]


@pytest.mark.parametrize("plugin", ["AVIF", "HEIF"])
@pytest.mark.parametrize(("options", "notice"), IMAGE_FILES)
def test_the_primary_picture_of_an_image_file(plugin: str, options: dict[str, bytes], notice: Notice) -> None:
    data = special.heif(plugin, **options)
    if plugin == "HEIF":
        opened = pillow_heif.open_heif(data)
        wanted = np.asarray(opened[opened.primary_index].to_pillow())
    else:
        wanted = first_picture(special.heif(plugin))  # Pillow knows no other pictures; the first one is the same
    result = made(data, replace(EXACT, format=Target.PNG))
    assert result.notices == (notice,)
    assert np.array_equal(independent(result.data, Format.PNG), wanted)


@pytest.mark.corpus
def test_real_files(corpus: Path) -> None:
    folder = corpus / "conformance" / "gainmap-motion-mpo"
    wanted = {
        "apple_gainmap_new.jpg": Notice.GAIN_MAP_DROPPED,
        "frame_size.mpo": Notice.GAIN_MAP_DROPPED,
        "seine_sdr_gainmap_srgb.jpg": Notice.GAIN_MAP_DROPPED,
        "seine_sdr_gainmap_srgb.avif": Notice.GAIN_MAP_DROPPED,
        "sugarshack.mpo": Notice.PICTURES_DROPPED,
        "sample_MP.heic": Notice.MOTION_DROPPED,
    }
    for name, notice in wanted.items():
        data = (folder / name).read_bytes()
        result = made(data, replace(EXACT, format=Target.PNG))
        assert notice in result.notices, name
        if not name.endswith("heic"):
            upright = independent(result.data, Format.PNG)[..., :3]
            assert np.array_equal(upright, first_picture(data)), name
        assert not [word for word in LEFTOVERS if word in result.data], name
    assert refused((folder / "seine_hdr_gainmap_small_srgb.avif").read_bytes(), FLAT).code is KeptCode.HDR
    assert refused((folder / "pixel-motion-photo-shortened.jpg").read_bytes(), FLAT).code is KeptCode.DAMAGED


FREE = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<a/>", "<a/>"),
        (f"<d {special.HDRGM} hdrgm:Version='1' dc:b = \"2\" />", '<d dc:b = "2" />'),
        (f"<d {special.CAMERA} GCamera:MotionPhoto='1' GCamera:Special=\"x>y\"/>", None),
        (
            f"<d {special.HDRGM}><hdrgm:Gamma><rdf:Seq><rdf:li>1</rdf:li></rdf:Seq></hdrgm:Gamma><k>v</k></d>",
            "<d><k>v</k></d>",
        ),
        (f"<d {special.HDRGM}><hdrgm:A/><k/><hdrgm:A x='1'>t</hdrgm:A></d>", "<d><k/></d>"),
        (f"<d {special.DEPTH}><GDepth:Data>QUJD</GDepth:Data>\n</d>", "<d>\n</d>"),
        (
            f"<?xpacket?><d {special.DEPTH}><!-- GDepth --><k/></d><?xpacket end='w'?>",
            "<?xpacket?><d><!-- GDepth --><k/></d><?xpacket end='w'?>",
        ),
        (f"<d {special.DEPTH}><GDepth:Data>never closed", "<d>"),
    ],
)
def test_properties_go_and_every_other_byte_stays(before: str, after: str | None) -> None:
    wanted = before.replace(" GCamera:MotionPhoto='1'", "") if after is None else after
    assert without_pointers(before.encode()) == wanted.encode()


def test_other_words_of_a_packet_stay_readable() -> None:
    spaces = f'{special.HDRGM} {special.CAMERA} {special.CONTAINER} xmlns:dcterms="http://purl.org/dc/terms/"'
    own = 'hdrgm:Version="1.0" GCamera:MotionPhoto="1" GCamera:Kept="yes" dcterms:provenance="https://example.org/m"'
    body = "<dc:title>Übermut &amp; Ruhe</dc:title>" + special.directory(("image/jpeg", "GainMap", 9))
    found = xmp.parse(without_pointers(special.packet(spaces, own, body)))
    assert found is not None
    said = {item.qualified.rpartition(":")[2]: item.leaves[0][1] for item in found}
    assert said == {"format": "image/jpeg", "title": "Übermut & Ruhe", "Kept": "yes"}


def test_a_packet_that_nobody_writes_goes_as_a_whole_where_it_points_anywhere() -> None:
    pointing = special.packet(special.HDRGM, 'hdrgm:Version="1.0"').decode()
    plain = special.packet("").decode()
    for codec in ("utf-16", "utf-16-le", "utf-32"):
        assert without_pointers(pointing.encode(codec)) == b""
        assert without_pointers(plain.encode(codec)) == plain.encode(codec)


PIECES = [
    "<",
    ">",
    "/",
    "'",
    '"',
    "=",
    " ",
    "hdrgm:a",
    "xmlns:hdrgm",
    "http://ns.adobe.com/hdr-gain-map/1.0/",
    "<x>",
    "</x>",
    "é",
    "\0",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_packet_raises_or_keeps_a_pointer(text: str) -> None:
    after = without_pointers(text.encode())
    assert len(after) <= len(text.encode())
    assert without_pointers(after) == after


@pytest.mark.parametrize(
    "body",
    [
        "<" * 10**6,
        "<a b='" * 150_000,
        "<hdrgm:a>" * 100_000,
        " hdrgm:a='" * 100_000,
        "<a" + " b=" * 300_000,
        "<a" + " " * 10**6 + ">",
    ],
)
def test_hostile_packets_are_cheap(body: str) -> None:
    import time

    started = time.thread_time()
    without_pointers(f"<d {special.HDRGM}>{body}".encode())
    assert time.thread_time() - started < 4
