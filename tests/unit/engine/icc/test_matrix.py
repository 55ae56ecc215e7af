"""Profiles of curves and a matrix in 16 bits: held against LittleCMS in 8, and against plain formulas in all bits."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

import icc_profiles as profiles
from oimg.engine.icc import matrix

GAMMA_TABLE = profiles.sampled(np.linspace(0, 1, 1024) ** 2.2)
CURVES = {
    "gamma": (profiles.gamma(2.2), lambda v: v ** (563 / 256)),
    "line": (b"curv" + bytes(8), lambda v: v),
    "samples": (GAMMA_TABLE, lambda v: np.interp(v, np.linspace(0, 1, 1024), np.linspace(0, 1, 1024) ** 2.2)),
    "para 0": (profiles.parametric(0, 1.8), lambda v: v**1.8),
    "para 1": (profiles.parametric(1, 2.0, 1.25, -0.25), lambda v: np.maximum(1.25 * v - 0.25, 0) ** 2),
    "para 2": (
        profiles.parametric(2, 2.0, 1.125, -0.25, 0.125),
        lambda v: np.minimum(np.maximum(1.125 * v - 0.25, 0) ** 2 + 0.125, 1),
    ),
    "para 3": (profiles.SRGB_CURVE, lambda v: np.where(v > 0.04045, ((v + 0.055) / 1.055) ** 2.4, v / 12.92)),
    "para 4": (
        profiles.parametric(4, 2.0, 0.75, 0.25, 0.5, 0.25, 0.0, 0.125),
        lambda v: np.where(v >= 0.25, np.minimum((0.75 * v + 0.25) ** 2, 1), 0.5 * v + 0.125),
    ),
}
# Numbers of curves are rounded in a profile, and the curve of sRGB is steep in the dark: a 16th of an 8-bit step.
NEAR = 16


def inverse_srgb(linear: np.ndarray) -> np.ndarray:
    """IEC 61966-2-1, in 16-bit steps."""
    light = np.clip(linear, 0, 1)
    return 65535 * np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light)


def colors() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 65536, (64, 64, 3)).astype(np.uint16)


def littlecms(pixels: np.ndarray, icc: bytes, mode: str) -> np.ndarray:
    shown = ImageCms.profileToProfile(
        Image.fromarray(pixels),
        ImageCms.ImageCmsProfile(BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        # Unasked, LittleCMS takes shortcuts that stretch a curve whose white is below 1.
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE,
    )
    assert Image.fromarray(pixels).mode == mode
    return np.asarray(shown).astype(float)


@pytest.mark.parametrize("space", list(profiles.SPACES))
@pytest.mark.parametrize("curve", ["gamma", "line", "samples", "para 0", "para 3"])
def test_every_bit_by_the_formula(space: str, curve: str) -> None:
    data, formula = CURVES[curve]
    parsed = matrix.parse(profiles.matrix(space, data))
    assert parsed is not None
    source = colors()
    stored = np.rint(profiles.colorants(space) * 65536) / 65536  # a profile's numbers have 16 bits behind the point
    linear = formula(source / 65535) @ stored.T
    wanted = inverse_srgb(linear @ np.linalg.inv(profiles.colorants("srgb")).T)
    assert np.abs(matrix.to_srgb(source, parsed) - wanted).max() <= NEAR


@pytest.mark.parametrize("space", list(profiles.SPACES))
@pytest.mark.parametrize("curve", list(CURVES))
def test_littlecms_says_the_same(space: str, curve: str) -> None:
    icc = profiles.matrix(space, CURVES[curve][0], version=4)
    parsed = matrix.parse(icc)
    assert parsed is not None
    coarse = (colors() >> 8).astype(np.uint8)
    wide = matrix.to_srgb(coarse.astype(np.uint16) * 257, parsed) / 257
    assert np.abs(wide - littlecms(coarse, icc, "RGB")).max() < 1.0


@pytest.mark.parametrize("curve", list(CURVES))
def test_gray_by_the_formula(curve: str) -> None:
    """With "para 2" and "para 4" black is lifted, and has to come out black."""
    data, formula = CURVES[curve]
    parsed = matrix.parse(profiles.gray(data))
    assert parsed is not None
    assert parsed.matrix is None
    source = np.arange(0, 65536, 17, dtype=np.uint16).reshape(1, -1, 1)
    light = formula(source / 65535)
    black = float(formula(np.zeros(1))[0])
    wanted = inverse_srgb((light - black) / (1 - black))
    shown = matrix.to_srgb(source, parsed)
    assert np.abs(shown - wanted).max() <= NEAR
    assert shown[0, 0, 0] == 0


def test_colors_outside_are_clipped() -> None:
    parsed = matrix.parse(profiles.matrix("rec2020", profiles.gamma(2.2)))
    assert parsed is not None
    pure = np.array([[[65535, 0, 0], [0, 65535, 0], [0, 0, 65535], [65535, 65535, 65535]]], np.uint16)
    shown = matrix.to_srgb(pure, parsed)
    assert shown[0, 0].tolist() == [65535, 0, 0]
    assert shown[0, 1].tolist() == [0, 65535, 0]
    assert shown[0, 2, 2] == 65535
    assert (shown[0, 3] > 65500).all()


def test_what_is_no_matrix_profile_is_left_alone() -> None:
    good = profiles.matrix("display-p3", profiles.SRGB_CURVE, version=4)
    columns = profiles.colorants("display-p3")
    tags = {name: profiles.xyz(columns[:, i]) for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), profiles.gamma(2.2))
    bad = [
        b"",
        b"rubbish" * 40,
        good[:131],
        good[:200],
        good[:-40],
        good[:128] + b"\xff\xff\xff\xff" + good[132:],
        profiles.table("srgb", 2.2, 3),
        profiles.cmyk(2),
        profiles.assembled(tags | curves | {b"A2B0": b"mft2"}),
        profiles.assembled(tags),
        profiles.assembled(curves),
        profiles.assembled(tags | curves, connection=b"Lab "),
        profiles.assembled(tags | curves | {b"gTRC": b"curv" + bytes(4) + b"\xff\xff\xff\xff"}),
        profiles.assembled(tags | curves | {b"gTRC": profiles.parametric(9, 1.0)}),
        profiles.assembled(tags | curves | {b"gTRC": b"para" + bytes(8)}),
        profiles.assembled(tags | curves | {b"gTRC": b"none"}),
        profiles.assembled(tags | curves | {b"gXYZ": b"XYZ "}),
    ]
    assert [matrix.parse(icc) for icc in bad] == [None] * len(bad)


def test_a_curve_that_breaks_off_stays_finite() -> None:
    """Nonsense that is in order: a negative base, a gamma of 200."""
    for curve in (profiles.parametric(1, 0.5, -3.0, 1.0), profiles.parametric(0, -2.0), profiles.gamma(200)):
        parsed = matrix.parse(profiles.gray(curve))
        if parsed is not None:
            assert np.isfinite(parsed.curves).all()
            matrix.to_srgb(np.zeros((2, 2, 1), np.uint16), parsed)
