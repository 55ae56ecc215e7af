"""What is special to JPEG XL: JPEG files that come back bit for bit, profiles that are made up."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_jxl
import pytest
from PIL import Image

from engine_pictures import image, made, photo, saved
from oimg.engine import flatten
from oimg.engine.codecs import jxl
from oimg.engine.transform import Request, inspect_header
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Frame, Limits, Metadata
from oimg.words.privacy import MetadataPolicy
from oimg.words.recipe import Mode, Recipe, Target

PACK = Recipe(format=Target.JXL, mode=Mode.LOSSLESS, metadata=MetadataPolicy.KEEP, effort=3)


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name",
    [
        "photos/camera/silver_fir.jpg",
        "photos/gps/DSCN0010.jpg",
        "conformance/jpeg/progressive3.jpg",
        "graphics/scans/w91frag.jpg",
    ],
)
def test_a_jpeg_comes_back(corpus: Path, name: str) -> None:
    data = (corpus / name).read_bytes()
    result = made(data, PACK)
    back = jxl.to_jpeg(result.data)
    assert back is not None
    assert len(result.data) < 0.95 * len(back)
    with Image.open(BytesIO(data)) as before, Image.open(BytesIO(back)) as after:
        assert np.array_equal(np.asarray(before), np.asarray(after))


def test_every_byte_of_a_plain_jpeg_comes_back() -> None:
    source = saved(photo(), "JPEG", quality=85)
    packed = jxl.from_jpeg(source, (160, 128), 5)
    assert jxl.to_jpeg(packed) == source
    assert len(packed) < len(source)


def test_a_jpeg_that_does_not_come_back_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    source = saved(photo(), "JPEG", quality=85)
    monkeypatch.setattr(jxl, "to_jpeg", lambda _: source[:-1] + b"\0")
    with pytest.raises(OimgError) as caught:
        jxl.from_jpeg(source, (160, 128), 3)
    assert caught.value.code is ErrorCode.VERIFY


def test_what_is_no_jpeg_cannot_be_packed() -> None:
    with pytest.raises(OimgError) as caught:
        jxl.from_jpeg(b"\xff\xd8\xff\xd9", (1, 1), 3)
    assert caught.value.code in {ErrorCode.ENCODE, ErrorCode.VERIFY}


def test_a_picture_holds_no_jpeg() -> None:
    assert jxl.to_jpeg(jxl.CODEC.encode(image(), EncodeOptions(quality=80))) is None


def test_the_private_part_of_a_packed_jpeg_is_gone() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Jane Private"  # artist
    source = saved(photo(), "JPEG", quality=85, exif=exif, comment=b"my secret comment")
    assert b"Jane Private" in source
    result = made(source, Recipe(format=Target.JXL, mode=Mode.LOSSLESS))
    back = jxl.to_jpeg(result.data) or b""
    for told in (b"Jane Private", b"my secret comment"):
        assert told not in result.data
        assert told not in back


def test_what_a_packed_jpeg_says_is_open_to_all_readers() -> None:
    exif = Image.Exif()
    exif[0x8298] = "(c) somebody"
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' + b" " * 500
    source = saved(photo(), "JPEG", quality=85, exif=exif, xmp=xmp, comment=b"a comment")
    packed = jxl.from_jpeg(source, (160, 128), 3)
    assert b"brob" not in packed
    assert b"(c) somebody" in packed
    assert xmp in packed
    assert jxl.to_jpeg(packed) == source


def test_what_only_the_jpeg_inside_says_is_told_and_goes_with_its_group() -> None:
    source = saved(photo(), "JPEG", quality=85, comment=b"my secret comment")
    packed = jxl.from_jpeg(source, (160, 128), 3)
    assert jxl.CODEC.read_metadata(packed)[0].comments == (b"my secret comment",)
    assert b"my secret comment" in (jxl.to_jpeg(packed) or b"")
    request = Request(packed, inspect_header(packed), Recipe(metadata=MetadataPolicy.PRIVATE))
    assert jxl.to_jpeg(flatten.copied(request, Metadata(), b"")) is None
    assert jxl.to_jpeg(flatten.copied(request, jxl.CODEC.read_metadata(packed)[0], b"")) == source


def test_compressed_boxes_of_a_packed_jpeg_are_read_through_the_jpeg() -> None:
    exif = Image.Exif()
    exif[0x8298] = "(c) somebody"
    source = saved(photo(), "JPEG", quality=85, exif=exif, xmp=b"<x>" + b" " * 500 + b"</x>", comment=b"a comment")
    encoder = pillow_jxl.Encoder(
        mode="RGB",
        lossless=True,
        quality=100.0,
        decoding_speed=0,
        effort=3,
        use_container=True,
        use_original_profile=False,
        num_threads=1,
    )
    packed = bytes(encoder(source, 160, 128, jpeg_encode=True))
    assert b"brobExif" in packed
    metadata, _ = jxl.CODEC.read_metadata(packed)
    assert metadata.exif == exif.tobytes().removeprefix(b"Exif\0\0")
    assert metadata.xmp.startswith(b"<x>")
    assert metadata.comments == (b"a comment",)
    assert not metadata.parts


@pytest.mark.parametrize("kind", ["gray", "gray+alpha", "rgb", "rgba"])
@pytest.mark.parametrize("quality", [None, 70.5])
def test_made_up_profiles_are_left_out(kind: str, quality: float | None) -> None:
    source = image(kind, 30, 20)
    data = jxl.CODEC.encode(source, EncodeOptions(quality=quality, effort=2))
    decoded = jxl.CODEC.decode(data, Limits())
    assert decoded.icc == b""
    assert decoded.color is source.color
    assert decoded.pixels.shape == source.pixels.shape


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["city", "night"])
def test_lossless_photos_against_their_png_twins(corpus: Path, name: str) -> None:
    data = (corpus / "photos" / "jxl" / f"{name}-lossless.jxl").read_bytes()
    with Image.open(corpus / "photos" / "lossless" / f"{name}-lossless.png") as twin:
        wanted = np.asarray(twin.convert("RGB"))
    assert np.array_equal(jxl.CODEC.decode(data, Limits()).pixels, wanted)
    assert not inspect_header(data).lossy


@pytest.mark.corpus
def test_small_and_large_headers(corpus: Path) -> None:
    folder = corpus / "conformance" / "jxl"
    for name, size in (("1x1_exif_xmp.jxl", (1, 1)), ("large_header.jxl", (1, 1)), ("3x3_srgb_lossless.jxl", (3, 3))):
        decoded = jxl.CODEC.decode((folder / name).read_bytes(), Limits())
        assert decoded.size == size
        assert decoded.color in {ColorModel.GRAY, ColorModel.RGB}


def by_the_library(pixels: np.ndarray, effort: int, quality: float | None) -> int:
    """Bytes that libjxl itself needs for an RGB picture at an effort of its own scale."""
    encoder = pillow_jxl.Encoder(
        mode="RGB",
        lossless=quality is None,
        quality=100.0 if quality is None else quality,
        decoding_speed=0,
        effort=effort,
        use_container=False,
        use_original_profile=quality is None,
        num_threads=1,
    )
    height, width = pixels.shape[:2]
    return len(encoder(np.ascontiguousarray(pixels).tobytes(), width, height, jpeg_encode=False))


@pytest.mark.corpus
@pytest.mark.parametrize(("quality", "share"), [(80.0, 0.9), (None, 0.95)])
def test_drawings_get_the_effort_that_pays_for_them(corpus: Path, quality: float | None, share: float) -> None:
    """libjxl's 7 is worth its time on a terminal; a photo is coded as 5 does, which is half the time."""
    with Image.open(corpus / "graphics/screenshots/terminal.png") as opened:
        drawn = np.asarray(opened.convert("RGB"))[:512, :512]
    options = EncodeOptions(quality=quality)
    picture = DecodedImage((Frame(np.ascontiguousarray(drawn)),), loop=1)
    made_here = jxl.CODEC.encode(picture, options)
    assert len(made_here) < share * by_the_library(drawn, 5, quality)
    soft = photo()
    as_photo = jxl.CODEC.encode(DecodedImage((Frame(soft),), loop=1), options)
    assert len(as_photo) == by_the_library(soft, 5, quality)
