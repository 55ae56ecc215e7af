"""CMYK in JPEG: inverted or not is a matter of convention, so the inks are known here, and not taken from a decoder."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

import icc_profiles as profiles
from color_difference import delta_e_2000, lab
from engine_pictures import done, pixels
from oimg.engine.transform import Made, Refusal
from oimg.words.recipe import ColorPolicy, Recipe, Target
from oimg.words.report import KeptCode, Notice

WIDTH, HEIGHT = 128, 116
PROFILE = profiles.cmyk()
KINDS = ("adobe", "ycck", "no marker")
MEAN, WORST = 1.5, 5.0  # CIEDE2000; four inks are coded with loss twice
COARSE = 4
INKED = {Target.KEEP, Target.JPEG, Target.TIFF}
SHOWN = (Target.PNG, Target.WEBP, Target.AVIF, Target.JXL)


@cache
def inks() -> np.ndarray:
    """Cyan, magenta, yellow and black from 0 (none) to 255, with little black, so that colours are seen."""
    soft = pixels("cmyk", WIDTH, HEIGHT, seed=9).astype(int)
    soft[..., 3] = soft[..., 3] // 3
    return soft.astype(np.uint8)


@cache
def jpeg(kind: str, icc: bytes) -> bytes:
    """A JPEG of these inks. By Adobe's convention, which all follow, 0 is full ink: Pillow turns them to that."""
    array = inks()
    if kind == "ycck":  # C, M, Y go through the matrix as R, G, B (Adobe TN 5116); black stays
        ycc = np.asarray(Image.fromarray(array[..., :3].copy()).convert("YCbCr"))
        array = np.concatenate([255 - ycc, array[..., 3:]], axis=2)
    stream = BytesIO()
    Image.fromarray(array, "CMYK").save(
        stream, "JPEG", quality=97, subsampling=0, **({"icc_profile": icc} if icc else {})
    )
    data = stream.getvalue()
    at = data.index(b"\xff\xee\0\x0eAdobe")
    if kind == "ycck":
        return data[: at + 15] + b"\2" + data[at + 16 :]
    return data if kind == "adobe" else data[:at] + data[at + 16 :]


def wanted(icc: bytes) -> np.ndarray:
    """What these inks look like: by LittleCMS and the profile, or by the plain formula."""
    if not icc:
        left = 255 - inks().astype(float)
        plain = np.rint(left[..., :3] * left[..., 3:] / 255).astype(np.uint8)
        return lab(Image.fromarray(plain).reduce(COARSE))
    shown = ImageCms.profileToProfile(
        Image.fromarray(inks(), "CMYK"),
        ImageCms.ImageCmsProfile(BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert shown is not None
    return lab(shown.reduce(COARSE))


def opened(data: bytes) -> tuple[Image.Image, bytes]:
    import pillow_jxl  # noqa: F401 - registers itself with Pillow

    with Image.open(BytesIO(data)) as picture:
        picture.load()
        icc = picture.info.get("icc_profile") or b""
        return picture.convert("RGB") if picture.mode == "P" else picture.copy(), icc


def same(before: np.ndarray, after: np.ndarray) -> None:
    values = delta_e_2000(before, after)
    assert values.mean() < MEAN
    assert np.percentile(values, 99) < WORST


def test_the_files_hold_these_inks() -> None:
    """Pillow reads them as they were meant, whatever the marker."""
    for kind in KINDS:
        read = np.asarray(opened(jpeg(kind, b""))[0]).astype(int)
        assert np.abs(read - inks()).mean() < 3, kind


@pytest.mark.parametrize("policy", list(ColorPolicy))
@pytest.mark.parametrize("target", SHOWN)
@pytest.mark.parametrize("icc", [PROFILE, b""], ids=["profile", "none"])
@pytest.mark.parametrize("kind", KINDS)
def test_shown_as_the_inks_are(kind: str, icc: bytes, target: Target, policy: ColorPolicy) -> None:
    result = done(jpeg(kind, icc), Recipe(format=target, target=90, effort=1, color=policy))
    assert isinstance(result, Made), result
    after, own = opened(result.data)
    assert after.mode == "RGB"
    assert own[16:20] != b"CMYK"
    assert own == b"" or target is Target.JXL  # libjxl makes one up for sRGB
    assert (Notice.CMYK_GUESSED in result.notices) == (not icc)
    same(wanted(icc), lab(after.reduce(COARSE)))


@pytest.mark.parametrize("target", sorted(INKED))
@pytest.mark.parametrize("icc", [PROFILE, b""], ids=["profile", "none"])
@pytest.mark.parametrize("kind", KINDS)
def test_inks_stay_inks_with_their_profile(kind: str, icc: bytes, target: Target) -> None:
    result = done(jpeg(kind, icc), Recipe(format=target, target=90, effort=1))
    if isinstance(result, Refusal):
        assert target in {Target.KEEP, Target.JPEG}
        assert result.code in {KeptCode.NOT_SMALLER, KeptCode.ALREADY_OPTIMIZED, KeptCode.TARGET_UNREACHABLE}
        return
    after, own = opened(result.data)
    assert after.mode == "CMYK"
    assert own == icc
    assert np.abs(np.asarray(after).astype(int) - inks()).mean() < 6
    assert Notice.CMYK_GUESSED not in result.notices


@pytest.mark.parametrize("target", [Target.JPEG, Target.TIFF])
def test_srgb_makes_rgb_of_inks(target: Target) -> None:
    for icc in (PROFILE, b""):
        result = done(jpeg("adobe", icc), Recipe(format=target, target=90, effort=1, color=ColorPolicy.SRGB))
        assert isinstance(result, Made), result
        after, own = opened(result.data)
        assert (after.mode, own) == ("RGB", b"")
        same(wanted(icc), lab(after.reduce(COARSE)))


@pytest.mark.parametrize("icc", [profiles.matrix("display-p3", profiles.SRGB_CURVE), PROFILE[:200], b"rubbish" * 40])
def test_a_profile_that_is_not_for_inks_is_dropped_and_told(icc: bytes) -> None:
    result = done(jpeg("adobe", icc), Recipe(format=Target.PNG, target=90, effort=1))
    assert isinstance(result, Made)
    assert {Notice.BAD_PROFILE, Notice.CMYK_GUESSED} <= set(result.notices)
    after, own = opened(result.data)
    assert own == b""
    same(wanted(b""), lab(after.reduce(COARSE)))


def test_srgb_never_packs_the_inks_again() -> None:
    """A flat page is smallest as it is, in inks; asked for sRGB, it has to become RGB all the same."""
    stream = BytesIO()
    Image.new("CMYK", (400, 300), (10, 200, 30, 0)).save(stream, "JPEG", quality=100)
    result = done(stream.getvalue(), Recipe(format=Target.JPEG, target=90, color=ColorPolicy.SRGB))
    if isinstance(result, Made):
        assert opened(result.data)[0].mode == "RGB"
