"""What is special to JPEG: coefficients that stay, scans, chroma, tables, odd codings."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine_pictures import done, image, made, photo, sample, saved
from oimg.engine.codecs import jpeg
from oimg.engine.transform import Made
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Format, Frame, Limits, Metadata
from oimg.words.recipe import Mode, Recipe, Target

LOSSLESS = Recipe(mode=Mode.LOSSLESS)


def decoders(data: bytes) -> list[np.ndarray]:
    """The picture by Pillow and, where it is installed and the colours allow, by simplejpeg."""
    with Image.open(BytesIO(data)) as picture:
        found = [np.asarray(picture)]
        plain = picture.mode in {"L", "RGB"}
    try:
        import simplejpeg
    except ImportError:
        return found
    if plain:
        found.append(simplejpeg.decode_jpeg(data, colorspace="RGB" if found[0].ndim == 3 else "GRAY"))
    return found


def components(data: bytes) -> tuple[int, list[tuple[int, int]]]:
    """The frame type and the sampling factors, read plainly (T.81, B.2.2)."""
    at = 2
    while at < len(data):
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            count = data[at + 9]
            return marker, [divmod(data[at + 11 + 3 * i], 16) for i in range(count)]
        at += 2 + length
    raise AssertionError("no frame header")


REAL = [
    "photos/camera/silver_fir.jpg",
    "photos/camera/tanners_ridge.jpg",
    "photos/gps/thompson-springs.jpg",
    "conformance/jpeg/progressive3.jpg",
    "conformance/jpeg/non_interleaved_420_64x64.jpg",
    "conformance/jpeg/restarts.jpg",
    "conformance/jpeg/grayscale_16x24_sampling2x2.jpg",
    "conformance/jpeg/grayscale_long.jpg",
    "conformance/jpeg/jpg-size-15x15.jpg",
    "conformance/jpeg/down_sampled_grayscale_prog.jpg",
    "conformance/jpeg/testorig.jpg",
    "conformance/jpeg/2029.jpg",
    "conformance/jpeg-cmyk/pil_sample_cmyk.jpg",
    "conformance/jpeg-cmyk/cymk.jpg",
    "conformance/icc/icc_profile_big.jpg",
    "conformance/jxl/sideways_bench.jpg",
    "graphics/scans/w91frag.jpg",
]


@pytest.mark.corpus
@pytest.mark.parametrize("name", REAL)
def test_recompression_keeps_every_coefficient(corpus: Path, name: str) -> None:
    data = (corpus / name).read_bytes()
    result = done(data, LOSSLESS)
    if not isinstance(result, Made):
        assert result.code == "not-smaller"
        return
    assert len(result.data) < len(data)
    for before, after in zip(decoders(data), decoders(result.data), strict=True):
        assert np.array_equal(before, after)
    assert components(result.data)[1] == components(data)[1]


def test_a_plain_file_comes_back_progressive_and_smaller() -> None:
    data = saved(photo(256, 192), "JPEG", quality=85)
    assert components(data)[0] == 0xC0
    result = made(data, LOSSLESS)
    assert components(result.data)[0] == 0xC2
    assert len(result.data) < 0.99 * len(data)
    for before, after in zip(decoders(data), decoders(result.data), strict=True):
        assert np.array_equal(before, after)


def test_finish_at_no_effort_does_nothing() -> None:
    data = saved(photo(), "JPEG", quality=85)
    assert jpeg.CODEC.finish(data, 0) is data
    packed = jpeg.CODEC.finish(data, 5)
    assert len(packed) < len(data)
    assert jpeg.CODEC.finish(packed, 5) == packed


@pytest.mark.corpus
def test_arithmetic_coding_is_read(corpus: Path) -> None:
    data = (corpus / "conformance" / "jpeg" / "testimgari.jpg").read_bytes()
    result = made(data, Recipe(format=Target.PNG, mode=Mode.LOSSLESS))
    with Image.open(corpus / "conformance" / "jpeg" / "testimgint.jpg") as twin:
        wanted = np.asarray(twin).astype(int)
    with Image.open(BytesIO(result.data)) as picture:
        assert np.abs(np.asarray(picture.convert("RGB")).astype(int) - wanted).mean() < 2
    kept = done(data)
    assert not isinstance(kept, Made) or len(kept.data) < len(data)


def test_chroma_is_halved_but_for_high_quality_and_on_demand() -> None:
    half = jpeg.CODEC.encode(image("rgb", 64, 64), EncodeOptions(quality=80))
    full = jpeg.CODEC.encode(image("rgb", 64, 64), EncodeOptions(quality=80, full_chroma=True))
    assert components(half)[1][0] == (2, 2)
    assert components(full)[1] == [(1, 1)] * 3
    high = made(saved(photo(), "PNG"), Recipe(format=Target.JPEG, mode=Mode.QUALITY, quality=96))
    assert components(high.data)[1] == [(1, 1)] * 3


def test_high_targets_take_full_chroma() -> None:
    """Sharp colour edges reach no high score at half resolution."""
    stripes = np.zeros((128, 128, 3), np.uint8)
    stripes[:, ::3], stripes[:, 1::3], stripes[:, 2::3] = (220, 30, 30), (30, 200, 30), (40, 40, 220)
    result = made(saved(stripes, "PNG"), Recipe(format=Target.JPEG, target=85))
    assert components(result.data)[1] == [(1, 1)] * 3
    assert result.score is not None
    assert result.score >= 85


def test_cmyk_is_written_with_adobes_marker_and_read_back() -> None:
    inks = image("cmyk", 48, 32)
    data = jpeg.CODEC.encode(inks, EncodeOptions(quality=95))
    assert b"Adobe" in data
    with Image.open(BytesIO(data)) as picture:
        assert picture.mode == "CMYK"
        assert np.abs(np.asarray(picture).astype(int) - inks.pixels).mean() < 2


def test_own_results_are_known_by_their_tables() -> None:
    for quality in (35, 60, 80, 95):
        for full in (False, True):
            mine = jpeg.CODEC.encode(image("rgb", 32, 32), EncodeOptions(quality=quality, full_chroma=full))
            assert jpeg.is_own(jpeg.CODEC.finish(mine, 5))
        assert not jpeg.is_own(saved(photo(64, 64), "JPEG", quality=quality))


def test_results_of_older_versions_are_known() -> None:
    """They wrote 4:4:4 and gray with the table of Robidoux; this is what quality 80 made of it."""
    luma = (
        6, 6, 6, 7, 10, 15, 22, 34, 6, 7, 8, 11, 14, 16, 21, 30, 6, 8, 10, 12, 17, 25, 36, 54, 7, 11, 12, 16, 21, 30,
        42, 62, 10, 14, 17, 21, 28, 38, 52, 76, 15, 16, 25, 30, 38, 50, 68, 95, 22, 21, 36, 42, 52, 68, 90, 124, 34,
        30, 54, 62, 76, 95, 124, 167,
    )  # fmt: skip
    older = saved(photo(64, 64), "JPEG", qtables=[luma, luma], subsampling="4:4:4")
    assert jpeg.is_own(older)
    assert jpeg.is_own(saved(photo(64, 64)[..., 0], "JPEG", qtables=[luma]))
    assert not jpeg.is_own(saved(photo(64, 64), "JPEG", qtables=[(*luma[:-1], 166), luma]))


def test_color_at_full_resolution_has_coarser_steps_than_luma() -> None:
    """Steps grow with each frequency across and down alike, and never beyond what baseline files hold (T.81)."""
    for quality in (1, 40, 80, 100):
        full = jpeg.CODEC.encode(image("rgb", 16, 16), EncodeOptions(quality=quality, full_chroma=True))
        with Image.open(BytesIO(full)) as picture:
            luma, chroma = (np.array(picture.quantization[number]).reshape(8, 8) for number in (0, 1))
        for table in (luma, chroma):
            assert np.array_equal(table, table.T)
            assert (np.diff(table, axis=0) >= 0).all()
            assert 1 <= table.min() <= table.max() <= 255
        assert (chroma >= luma).all()


def test_without_jpegli_the_other_encoder_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyjpegli", None)
    source = image("rgb", 96, 64)
    data = jpeg.CODEC.encode(source, EncodeOptions(quality=85))
    with Image.open(BytesIO(data)) as picture:
        assert np.abs(np.asarray(picture).astype(int) - source.pixels).mean() < 5
        assert picture.size == (96, 64)


def test_quality_is_the_usual_scale() -> None:
    gray = DecodedImage((Frame(photo(64, 64)[..., :1].copy()),), ColorModel.GRAY)
    sizes = [len(jpeg.CODEC.encode(gray, EncodeOptions(quality=q))) for q in (1, 25, 49, 51, 75, 100)]
    assert sizes == sorted(set(sizes))


@pytest.mark.corpus
def test_recompress_takes_the_given_metadata_and_nothing_else(corpus: Path) -> None:
    data = (corpus / "photos" / "gps" / "DSCN0010.jpg").read_bytes()
    assert b"Exif" in data
    bare = jpeg.RECOMPRESSOR.recompress(data, Metadata(), b"", 3)
    assert b"Exif" not in bare
    assert b"http://ns.adobe.com" not in bare
    said = jpeg.RECOMPRESSOR.recompress(data, Metadata(comments=(b"hello there",)), b"x" * 300, 3)
    assert b"hello there" in said
    assert b"ICC_PROFILE\0\1\1" + b"x" * 300 in said
    for before, after in zip(decoders(data), decoders(bare), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.corpus
def test_the_first_of_many_pictures(corpus: Path) -> None:
    data = (corpus / "conformance" / "gainmap-motion-mpo" / "sugarshack.mpo").read_bytes()
    decoded = jpeg.CODEC.decode(data, Limits())
    assert len(decoded.frames) == 1
    assert decoded.size == (640, 480)
    assert jpeg.CODEC.format is Format.JPEG


def test_a_file_that_ends_the_packer_ends_nothing_else() -> None:
    """Pillow reads these; mozjpeg calls exit() while it writes their coefficients again."""
    whole = sample(Format.JPEG)
    crashes = 0
    for seed in range(900):
        chance = random.Random(seed)  # noqa: S311
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(200 if chance.random() < 0.5 else len(data))] = chance.randrange(256)
        try:
            jpeg.CODEC.decode(bytes(data), Limits(max_pixels=1_000_000))
            jpeg.RECOMPRESSOR.recompress(bytes(data), Metadata(), b"", 1)
        except OimgError as error:
            crashes += error.code is ErrorCode.CODEC_CRASHED
        if crashes:
            break
    assert crashes == 1
    result = done(saved(photo(), "JPEG", quality=85), LOSSLESS)
    assert isinstance(result, Made)  # a new child serves the next file
