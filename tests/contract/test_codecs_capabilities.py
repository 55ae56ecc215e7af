"""What a codec claims, it does; other decoders are the witnesses."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageSequence

from engine_pictures import WRITE_FORMATS, as_rgba, image, independent, lossless, pixels
from oimg.engine.codecs import CODECS, ENCODERS
from oimg.engine.transform import inspect_header
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Block, ColorModel, DecodedImage, EncodeOptions, Format, Frame, Limits, Metadata

QUICK = EncodeOptions(quality=80, effort=1)
WITH_ICC = [f for f in WRITE_FORMATS if ENCODERS[f].capabilities.icc]
# Pillow writes TIFF metadata as tags of its own directory; test_tiff.py looks there.
WITH_METADATA = [f for f in WRITE_FORMATS if Block.EXIF in ENCODERS[f].capabilities.blocks and f is not Format.TIFF]
# GIF carries animations from GIF to GIF without decoding; its encoder writes stills.
ANIMATED = [f for f in WRITE_FORMATS if ENCODERS[f].capabilities.animation and f is not Format.GIF]
EXIF = Image.Exif()
EXIF[0x8298] = "(c) a photographer"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def opened(data: bytes, target: Format) -> Image.Image:
    if target is Format.JXL:
        import pillow_jxl  # noqa: F401 - registers itself with Pillow
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("target", WITH_ICC)
def test_a_profile_is_carried_byte_for_byte(target: Format) -> None:
    icc = profile()
    source = DecodedImage((Frame(pixels("rgb", 40, 30)),), ColorModel.RGB, icc, loop=1)
    for options in (QUICK, *lossless(target)):
        data = ENCODERS[target].finish(ENCODERS[target].encode(source, options), 1)
        assert opened(data, target).info["icc_profile"] == icc
        assert ENCODERS[target].decode(data, Limits()).icc == icc
        assert inspect_header(data).has_icc


@pytest.mark.parametrize("target", WRITE_FORMATS)
def test_no_profile_is_made_up(target: Format) -> None:
    for kind in ("gray", "rgb"):
        if ColorModel(kind) not in ENCODERS[target].capabilities.colors:
            continue
        for options in (QUICK, *lossless(target)):
            data = ENCODERS[target].encode(image(kind, 40, 30), options)
            assert ENCODERS[target].decode(data, Limits()).icc == b""
            assert not inspect_header(data).has_icc


@pytest.mark.corpus
@pytest.mark.parametrize("target", WITH_ICC)
def test_real_profiles_are_carried(corpus: Path, target: Format) -> None:
    """Profiles of more than one JPEG segment, of gray, and of version 4."""
    for name, kind in (
        ("icc_profile_big.jpg", "rgb"),
        ("jpg-8bit-grey-icc-dot-gain.jpg", "gray"),
        ("ferry_sunset.png", "rgb"),
    ):
        with Image.open(corpus / "conformance" / "icc" / name) as real:
            icc = real.info["icc_profile"]
        if ColorModel(kind) not in ENCODERS[target].capabilities.colors:
            continue
        source = DecodedImage((Frame(pixels(kind, 24, 16)),), ColorModel(kind), icc, loop=1)
        assert opened(ENCODERS[target].encode(source, QUICK), target).info["icc_profile"] == icc


@pytest.mark.parametrize("target", WITH_METADATA)
def test_metadata_is_carried(target: Format) -> None:
    said = Metadata(exif=EXIF.tobytes().removeprefix(b"Exif\0\0"), xmp=XMP)
    source = DecodedImage((Frame(pixels("rgb", 40, 30)),), ColorModel.RGB, b"", said, loop=1)
    data = ENCODERS[target].encode(source, QUICK)
    read = opened(data, target)
    assert read.getexif()[0x8298] == EXIF[0x8298]
    assert ENCODERS[target].decode(data, Limits()).metadata.exif == said.exif
    assert ENCODERS[target].decode(data, Limits()).metadata.xmp.strip() == XMP
    bare = ENCODERS[target].encode(image("rgb", 40, 30), QUICK)
    assert not opened(bare, target).getexif()
    assert b"adobe" not in bare.lower() or target is Format.JPEG


@pytest.mark.parametrize("target", [f for f in WRITE_FORMATS if ENCODERS[f].capabilities.alpha])
def test_alpha_is_carried(target: Format) -> None:
    source = image("rgba", 64, 64)
    if not ENCODERS[target].capabilities.partial_alpha:
        solid = source.pixels.copy()
        solid[..., 3] = np.where(solid[..., 3] > 127, 255, 0)
        source = DecodedImage((Frame(solid),), ColorModel.RGB, loop=1)
    read = as_rgba(independent(ENCODERS[target].encode(source, EncodeOptions(quality=90, effort=1)), target))
    assert np.abs(read[..., 3].astype(int) - source.pixels[..., 3]).max() <= 12
    assert read[..., 3].min() < 20


@pytest.mark.parametrize("target", [f for f in WRITE_FORMATS if not ENCODERS[f].capabilities.alpha])
def test_alpha_is_denied_where_there_is_none(target: Format) -> None:
    read = opened(ENCODERS[target].encode(image("rgb", 20, 20), QUICK), target)
    assert target is Format.JPEG
    assert read.mode == "RGB"


def animation() -> DecodedImage:
    """Frames of distinct colours, of distinct delays, played three times."""
    colors = ((200, 30, 30, 255), (30, 200, 30, 255), (30, 30, 200, 255), (200, 200, 30, 255))
    plain = [np.full((32, 48, 4), color, np.uint8) for color in colors]
    delays = (40, 100, 250, 60)
    return DecodedImage(tuple(Frame(p, d) for p, d in zip(plain, delays, strict=True)), ColorModel.RGB, loop=3)


@pytest.mark.parametrize("target", ANIMATED)
def test_animation_is_carried(target: Format) -> None:
    source = animation()
    data = ENCODERS[target].encode(source, EncodeOptions(quality=90, effort=1))
    with opened(data, target) as read:
        seen = []
        for frame in ImageSequence.Iterator(read):
            color = np.asarray(frame.convert("RGB")).mean(axis=(0, 1))
            seen.append((frame.info["duration"], color))
        loop = read.info.get("loop")
    assert [duration for duration, _ in seen] == [40, 100, 250, 60]
    for (_, mean), frame in zip(seen, source.frames, strict=True):
        assert np.abs(mean - frame.pixels[0, 0, :3]).max() < 12
    decoded = ENCODERS[target].decode(data, Limits())
    assert [frame.duration for frame in decoded.frames] == [40, 100, 250, 60]
    assert inspect_header(data).frames == 4
    if target is Format.WEBP:
        assert loop == decoded.loop == 3


def test_who_carries_animation() -> None:
    assert set(ANIMATED) == {Format.WEBP, Format.AVIF}


@pytest.mark.parametrize("target", [Format.JPEG, Format.WEBP, Format.AVIF, Format.GIF])
def test_the_longest_side_can_be_written_and_no_longer_one(target: Format) -> None:
    side = ENCODERS[target].capabilities.max_side
    wide = DecodedImage((Frame(np.full((2, side, 3), 90, np.uint8)),), ColorModel.RGB, loop=1)
    data = ENCODERS[target].encode(wide, QUICK)
    assert opened(data, target).size == (side, 2)
    assert ENCODERS[target].decode(data, Limits()).size == (side, 2)


@pytest.mark.parametrize("target", WRITE_FORMATS)
def test_qualities_span_small_to_good(target: Format) -> None:
    low, high, step = ENCODERS[target].capabilities.qualities
    assert 1 <= low <= high <= 100
    if not ENCODERS[target].capabilities.lossy or low == high:
        return
    source = image("rgb", 96, 96)
    sizes = [
        len(ENCODERS[target].encode(source, EncodeOptions(quality=q, effort=1)))
        for q in (low, (low + high) / 2 // step * step, high)
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2]


def test_jpeg_has_no_lossless_mode() -> None:
    with pytest.raises(OimgError) as caught:
        ENCODERS[Format.JPEG].encode(image(), EncodeOptions())
    assert caught.value.code is ErrorCode.ENCODE


def test_readers_only() -> None:
    assert set(CODECS) - set(ENCODERS) == {Format.HEIC, Format.BMP, Format.ICO, Format.PPM, Format.QOI}
