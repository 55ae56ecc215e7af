"""Code points and the profiles that say the same, as LittleCMS understands them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

import icc_profiles as profiles
from oimg.engine.icc import cicp

NAMES = {1: "srgb", 9: "rec2020", 12: "display-p3"}
EXPONENTS = {4: 2.2, 5: 2.8, 8: 1.0, 17: 2.6}


def shown(icc: bytes, pixels: np.ndarray) -> np.ndarray:
    result = ImageCms.profileToProfile(
        Image.fromarray(pixels),
        ImageCms.ImageCmsProfile(BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
    )
    return np.asarray(result).astype(int)


def grid() -> np.ndarray:
    return np.random.default_rng(8).integers(0, 256, (40, 40, 3)).astype(np.uint8)


@pytest.mark.parametrize("primaries", list(NAMES))
@pytest.mark.parametrize("transfer", [13, 4, 5, 8, 17])
def test_the_profile_shows_what_the_code_points_mean(primaries: int, transfer: int) -> None:
    curve = profiles.parametric(0, EXPONENTS[transfer]) if transfer != 13 else profiles.SRGB_CURVE
    icc = cicp.profile(primaries, transfer)
    if (primaries, transfer) == (1, 13):
        assert icc == b""
        return
    wanted = shown(profiles.matrix(NAMES[primaries], curve), grid())
    assert np.abs(shown(icc, grid()) - wanted).max() <= 1


@pytest.mark.parametrize("transfer", [1, 2, 6, 14, 15, 0, 99])
def test_camera_curves_and_unknown_ones_are_shown_like_srgb(transfer: int) -> None:
    assert cicp.profile(1, transfer) == b""
    assert cicp.profile(2, transfer) == b""
    assert cicp.profile(77, transfer) == b""
    assert np.array_equal(shown(cicp.profile(12, transfer), grid()), shown(cicp.profile(12, 13), grid()))


@pytest.mark.parametrize("primaries", [4, 5, 6, 7, 8, 10, 11, 22])
def test_white_is_white_whatever_the_primaries(primaries: int) -> None:
    icc = cicp.profile(primaries, 13)
    gray = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2)
    assert np.abs(shown(icc, gray) - gray.astype(int)).max() <= 1


def test_gray_knows_no_primaries() -> None:
    assert cicp.profile(9, 13, gray=True) == b""
    icc = cicp.profile(9, 8, gray=True)
    assert icc[16:20] == b"GRAY"
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    wanted = shown(profiles.gray(profiles.gamma(1.0)), ramp)
    assert np.abs(shown(icc, ramp) - wanted).max() <= 1


def test_colorants_are_those_of_the_published_matrix() -> None:
    """Display P3 in Apple's own profile, and sRGB as the ICC's sRGB2014.icc has it."""
    assert np.abs(cicp.SRGB[1] - (0.2225, 0.7169, 0.0606)).max() < 1e-4
    assert np.abs(cicp.SRGB.sum(axis=1) - cicp.D50).max() < 1e-6
    display_p3 = cicp.colorants((0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.3290))
    published = ((0.51512, 0.29198, 0.15710), (0.24120, 0.69225, 0.06657), (-0.00105, 0.04189, 0.78407))
    assert np.abs(display_p3 - published).max() < 2e-4
