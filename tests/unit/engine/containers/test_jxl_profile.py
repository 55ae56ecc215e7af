"""A profile put into a codestream: libjxl, which reads it, is the witness."""

from __future__ import annotations

import numpy as np
import pillow_jxl
import pytest

import icc_profiles as profiles
from oimg.engine.containers import jxl
from oimg.engine.containers.jxl_profile import with_profile
from oimg.words.errors import ErrorCode, OimgError

P3 = profiles.matrix("display-p3", profiles.SRGB_CURVE, version=4)
MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def coded(
    mode: str, quality: float | None = None, *, own_numbers: bool = True, size: tuple[int, int] = (37, 21)
) -> bytes:
    width, height = size
    pixels = np.random.default_rng(3).integers(0, 256, (height, width, MODES[mode])).astype(np.uint8)
    encoder = pillow_jxl.Encoder(
        mode=mode,
        lossless=quality is None,
        quality=100.0 if quality is None else quality,
        decoding_speed=0,
        effort=3,
        use_container=False,
        use_original_profile=own_numbers,
        num_threads=1,
    )
    return bytes(encoder(pixels.tobytes(), width, height, jpeg_encode=False))


def decoded(data: bytes) -> tuple[bytes, bytes]:
    """Pixels and profile, by libjxl."""
    _, _, pixels, icc, _ = pillow_jxl.Decoder(num_threads=1)(data)
    return bytes(pixels), bytes(icc)


def padded(size: int) -> bytes:
    """A profile of so many bytes, with text nobody reads."""
    plain = profiles.assembled({b"kTRC": profiles.gamma(2.2)}, space=b"GRAY")
    tail = b"text" + bytes(4) + bytes((7 * i) & 0xFF for i in range(size - len(plain) - 8 - 12))
    return profiles.assembled({b"kTRC": profiles.gamma(2.2), b"note": tail}, space=b"GRAY")


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("quality", [None, 80.0])
def test_libjxl_reads_the_very_profile_and_the_same_pixels(mode: str, quality: float | None) -> None:
    for icc in (P3, profiles.matrix("prophoto", profiles.gamma(1.8)), profiles.table("adobe-rgb", 2.2, 9)):
        plain = coded(mode, quality)
        assert decoded(with_profile(plain, icc)) == (decoded(plain)[0], icc)


@pytest.mark.parametrize("mode", ["L", "LA"])
@pytest.mark.parametrize("size", [400, 401, 4095, 4096, 5000, 70000, 1 << 20])
def test_gray_and_every_length(mode: str, size: int) -> None:
    plain, icc = coded(mode), padded(size)
    assert decoded(with_profile(plain, icc)) == (decoded(plain)[0], icc)


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (256, 256), (257, 64), (3000, 2), (5, 1000)])
def test_every_size_of_header(size: tuple[int, int]) -> None:
    plain = coded("RGB", size=size)
    assert decoded(with_profile(plain, P3)) == (decoded(plain)[0], P3)


@pytest.mark.parametrize("platform", [b"APPL", b"MSFT", b"SGI ", b"SUNW", b"APPX", b"Mxyz", b"SGxx", b"none", bytes(4)])
def test_every_platform_in_the_header(platform: bytes) -> None:
    icc = P3[:4] + b"lcms" + P3[8:40] + platform + P3[44:80] + b"appl" + P3[84:]
    assert decoded(with_profile(coded("RGB"), icc))[1] == icc


def test_what_cannot_take_a_profile() -> None:
    for data in (coded("RGB", 80.0, own_numbers=False), with_profile(coded("RGB"), P3)):
        with pytest.raises(OimgError) as caught:
            with_profile(data, P3)
        assert caught.value.code is ErrorCode.CORRUPT
    with pytest.raises(OimgError):
        with_profile(coded("RGB"), P3[:128])


def test_the_header_tells_of_it() -> None:
    import io

    plain = coded("RGB")
    assert not jxl.header(io.BytesIO(plain)).has_icc
    marked = with_profile(plain, P3)
    assert jxl.header(io.BytesIO(marked)).has_icc
    assert not jxl.loses_profile(marked)
