"""Every kind of profile, every pair of formats, kept and converted: what is seen before is seen after, in CIEDE2000."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

import icc_profiles as profiles
from color_difference import delta_e_2000, lab
from engine_pictures import done, pixels, saved
from oimg.engine.containers.jxl_profile import with_profile
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.search import Judge
from oimg.engine.transform import Made, Refusal, inspect_header
from oimg.words.images import DecodedImage, Format, Frame
from oimg.words.recipe import ColorPolicy, Mode, Recipe, Target
from oimg.words.report import KeptCode, Notice

WIDTH, HEIGHT = 144, 120
MEAN, WORST = 1.0, 3.0  # CIEDE2000; a difference of about 1 can just be noticed. WORST is the 99th hundredth.
COARSE = 4  # colours are held together as means of so many pixels squared: coding noise goes, a shift stays
NONE = b""
RGB = {
    "none": NONE,
    "srgb v2": profiles.matrix("srgb", profiles.sampled(np.linspace(0, 1, 4096) ** 2.2)),
    "srgb v4": profiles.matrix("srgb", profiles.SRGB_CURVE, version=4),
    "display p3": profiles.matrix("display-p3", profiles.SRGB_CURVE, version=4),
    "adobe rgb": profiles.matrix("adobe-rgb", profiles.gamma(563 / 256)),
    "prophoto": profiles.matrix("prophoto", profiles.gamma(1.8)),
    "rec 2020": profiles.matrix("rec2020", profiles.REC2020_CURVE, version=4),
    "linear": profiles.matrix("srgb", profiles.gamma(1.0)),
    "turned primaries": profiles.matrix("turned", profiles.SRGB_CURVE, version=4),
    "tables": profiles.table("display-p3", 2.2, points=17),
    "tables of many segments": profiles.table("prophoto", 1.8),
    "lifted black": profiles.matrix("srgb", profiles.parametric(2, 2.0, 0.9, 0.05, 0.0975)),
}
GRAY = {
    "none": NONE,
    "gamma 2.2": profiles.gray(profiles.gamma(2.2)),
    "gamma 1.0": profiles.gray(profiles.gamma(1.0)),
    # A dot gain of 20 %: dots of half the area print as 0.7 of it.
    "dot gain": profiles.gray(profiles.sampled(np.linspace(0, 1, 256) ** (np.log(0.3) / np.log(0.5)))),
}
P3 = RGB["display p3"]
BROKEN = {
    "cut short": P3[: len(P3) // 2],
    "rubbish": b"no profile at all " * 20,
    "nothing in it": profiles.assembled({}),
    "for gray": GRAY["gamma 2.2"],
    "for inks": profiles.cmyk(3),
}
SOURCES = (Format.JPEG, Format.PNG, Format.WEBP, Format.TIFF, Format.AVIF, Format.HEIC, Format.JXL)
TARGETS = (Target.JPEG, Target.PNG, Target.WEBP, Target.AVIF, Target.JXL, Target.TIFF, Target.GIF)
SAVE: dict[Format, dict[str, object]] = {
    Format.JPEG: {"quality": 96, "subsampling": 0},
    Format.PNG: {},
    Format.WEBP: {"lossless": True},
    Format.TIFF: {},
    Format.AVIF: {"quality": 96, "speed": 9, "subsampling": "4:4:4"},
}


@cache
def source(kind: str, target: Format, icc: bytes) -> bytes:
    """A file with colours all over the cube, written by others."""
    array = pixels(kind, WIDTH, HEIGHT, seed=21)
    if target is Format.HEIC:
        import pillow_heif

        stream = BytesIO()
        pillow_heif.from_pillow(Image.fromarray(array)).save(stream, quality=95, chroma=444, icc_profile=icc or None)
        return stream.getvalue()
    if target is Format.JXL:
        import pillow_jxl

        encoder = pillow_jxl.Encoder(mode="RGB", lossless=True, effort=2, use_original_profile=True, num_threads=1)
        data = bytes(encoder(array.tobytes(), WIDTH, HEIGHT, jpeg_encode=False))
        return with_profile(data, icc) if icc else data
    return saved(array, target.value.upper(), **SAVE[target], **({"icc_profile": icc} if icc else {}))


def opened(data: bytes, target: Format) -> tuple[Image.Image, bytes]:
    """Pixels and profile by Pillow or the plugin that is the format's own."""
    if target is Format.JXL:
        import pillow_jxl  # noqa: F401 - registers itself with Pillow
    if target is Format.HEIC:
        import pillow_heif

        file = pillow_heif.open_heif(data)
        return file.to_pillow(), file.info.get("icc_profile") or b""
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        icc = picture.info.get("icc_profile") or b""
        return picture.convert("RGB") if picture.mode in {"P", "RGBA"} else picture.copy(), icc


def to_srgb(picture: Image.Image, icc: bytes) -> Image.Image:
    if not icc:
        return picture.convert("RGB")
    shown = ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert shown is not None
    return shown


def differences(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    values = delta_e_2000(before, after)
    return float(values.mean()), float(np.percentile(values, 99))


def seen(picture: Image.Image, icc: bytes) -> np.ndarray:
    return lab(picture.reduce(COARSE), icc)


def check(data: bytes, icc: bytes, target: Target, policy: ColorPolicy) -> Made | Refusal:
    """Transform, and hold the result against what a viewer that knows its profiles shows of the source."""
    result = done(data, Recipe(format=target, target=90, effort=1, color=policy))
    if isinstance(result, Refusal):
        return result
    picture, _ = opened(data, inspect_header(data).format)
    after, own = opened(result.data, result.format)
    converted = policy is ColorPolicy.SRGB or (picture.mode == "L" and after.mode != "L")
    if converted and icc:
        picture, icc = to_srgb(picture, icc), b""
    if result.format is not Format.JXL or icc:  # libjxl makes a profile up for sRGB
        assert own == icc
    if picture.mode != after.mode:
        picture = picture.convert(after.mode)
    mean, worst = differences(seen(picture, icc), seen(after, icc))
    assert mean < MEAN, (mean, worst)
    assert worst < WORST, (mean, worst)
    return result


UNCHANGED = {KeptCode.ALREADY_OPTIMIZED, KeptCode.NOT_SMALLER, KeptCode.TARGET_UNREACHABLE}


@pytest.mark.parametrize("policy", list(ColorPolicy))
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("origin", SOURCES)
@pytest.mark.parametrize("name", ["display p3", "adobe rgb"])
def test_every_pair_of_formats(name: str, origin: Format, target: Target, policy: ColorPolicy) -> None:
    data = source("rgb", origin, RGB[name])
    result = check(data, RGB[name], target, policy)
    if isinstance(result, Refusal):
        own = target.value == origin.value
        in_gif = target is Target.GIF
        refused = {KeptCode.COLOR} if in_gif and policy is ColorPolicy.KEEP else set()
        allowed = refused or (UNCHANGED if own or in_gif else set())
        assert result.code in allowed, result


@pytest.mark.parametrize("policy", list(ColorPolicy))
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", list(RGB))
def test_every_kind_of_profile(name: str, target: Target, policy: ColorPolicy) -> None:
    result = check(source("rgb", Format.PNG, RGB[name]), RGB[name], target, policy)
    if isinstance(result, Refusal):
        assert target in {Target.GIF, Target.PNG}, result


@pytest.mark.parametrize("policy", list(ColorPolicy))
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", list(GRAY))
def test_every_kind_of_gray(name: str, target: Target, policy: ColorPolicy) -> None:
    for origin in (Format.PNG, Format.JPEG):
        result = check(source("gray", origin, GRAY[name]), GRAY[name], target, policy)
        if isinstance(result, Refusal):
            assert target in {Target.GIF, Target(origin.value)}, result


@pytest.mark.parametrize("target", [Target.JPEG, Target.WEBP, Target.AVIF, Target.JXL, Target.TIFF, Target.GIF])
@pytest.mark.parametrize("name", list(BROKEN))
def test_a_profile_that_does_not_serve_is_dropped_and_told(name: str, target: Target) -> None:
    """Viewers show such a picture as sRGB, and so it stays: numbers are not converted."""
    for policy in ColorPolicy:
        data = source("rgb", Format.PNG, BROKEN[name])
        result = done(data, Recipe(format=target, target=90, effort=1, color=policy))
        if isinstance(result, Refusal):
            assert target is Target.GIF
            continue
        assert Notice.BAD_PROFILE in result.notices
        after, own = opened(result.data, result.format)
        assert own == b"" or target is Target.JXL
        plain = Image.fromarray(pixels("rgb", WIDTH, HEIGHT, seed=21))
        mean, worst = differences(seen(plain, b""), seen(after, b""))
        assert mean < MEAN
        assert worst < WORST


def test_a_color_profile_in_a_gray_jpeg_is_dropped_and_told() -> None:
    data = source("gray", Format.JPEG, P3)
    result = done(data, Recipe(format=Target.PNG, target=90, effort=1))
    assert isinstance(result, Made)
    assert Notice.BAD_PROFILE in result.notices
    after, own = opened(result.data, Format.PNG)
    assert own == b""
    assert np.array_equal(np.asarray(after.convert("L")), np.asarray(Image.open(BytesIO(data))))


def test_an_empty_profile_segment_is_no_profile() -> None:
    data = source("rgb", Format.JPEG, NONE)
    marked = data[:2] + b"\xff\xe2\0\x10ICC_PROFILE\0\1\1" + data[2:]
    result = done(marked, Recipe(format=Target.PNG, mode=Mode.LOSSLESS, effort=1))
    assert isinstance(result, Made)
    after, own = opened(result.data, Format.PNG)
    assert own == b""
    assert np.array_equal(np.asarray(after), np.asarray(Image.open(BytesIO(data))))


@pytest.mark.parametrize("origin", SOURCES)
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_made_up_where_no_profile_is(origin: Format, target: Target) -> None:
    data = source("rgb", origin, NONE)
    for policy in ColorPolicy:
        result = check(data, NONE, target, policy)
        if isinstance(result, Made):
            assert b"ICC_PROFILE" not in result.data
            assert b"iCCP" not in result.data
            assert b"ICCP" not in result.data
            assert b"prof" not in result.data[:400]


def test_the_thresholds_mean_something() -> None:
    """The same numbers without their profile are far off."""
    for name in ("display p3", "adobe rgb", "prophoto", "rec 2020", "linear", "turned primaries"):
        picture, icc = opened(source("rgb", Format.PNG, RGB[name]), Format.PNG)
        mean, worst = differences(seen(picture, icc), seen(picture, b""))
        assert mean > 1.5 * MEAN, name
        assert worst > 1.4 * WORST, name


@pytest.mark.parametrize("target", [Target.JPEG, Target.WEBP, Target.AVIF, Target.JXL])
@pytest.mark.parametrize("name", ["none", "display p3"])
def test_coding_moves_no_color_as_a_whole(name: str, target: Target) -> None:
    """Losses cancel out over a picture; a rounding that always goes one way would be seen as a cast."""
    data = source("rgb", Format.PNG, RGB[name])
    result = done(data, Recipe(format=target, mode=Mode.QUALITY, quality=93, effort=2))
    assert isinstance(result, Made), result
    assert not inspect_header(result.data).has_alpha
    before, after = (
        np.asarray(opened(each, form)[0]).astype(int)
        for each, form in ((data, Format.PNG), (result.data, result.format))
    )
    assert np.abs((after - before).mean(axis=(0, 1))).max() < 0.3  # in 8-bit steps


def test_pictures_are_judged_as_they_are_seen() -> None:
    """The score of a picture with a profile is that of what LittleCMS makes of it."""
    array = pixels("rgb", WIDTH, HEIGHT, seed=4)
    worse = np.clip(array.astype(int) + np.random.default_rng(2).integers(-9, 10, array.shape), 0, 255).astype(np.uint8)
    for icc in (RGB["display p3"], RGB["prophoto"]):
        seen_by_others = [np.asarray(to_srgb(Image.fromarray(each), icc)) for each in (array, worse)]
        wanted = Reference(seen_by_others[0]).score(seen_by_others[1])
        judged = Judge(DecodedImage((Frame(array),), icc=icc)).score(DecodedImage((Frame(worse),), icc=icc))
        assert abs(judged - wanted) < 0.01
        assert abs(judged - Reference(array).score(worse)) > 0.1
