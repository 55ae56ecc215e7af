"""Profiles, mattes, and what a format cannot carry."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

import icc_profiles as profiles
from engine_pictures import image, pixels
from oimg.engine.codecs import ENCODERS
from oimg.engine.codecs.base import Capabilities
from oimg.engine.steps import color
from oimg.words.images import ColorModel, DecodedImage, Format, Frame
from oimg.words.report import KeptCode, Notice

WHITE = (255, 255, 255)
ALL = Capabilities(
    lossless=True, alpha=True, animation=True, icc=True, colors=frozenset(ColorModel), depths=frozenset({8, 16})
)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def real(corpus: Path, name: str) -> bytes:
    with Image.open(corpus / "conformance" / "icc" / name) as picture:
        return bytes(picture.info["icc_profile"])


def still(array: np.ndarray, model: ColorModel = ColorModel.RGB, icc: bytes = b"") -> DecodedImage:
    return DecodedImage((Frame(array),), model, icc)


@pytest.mark.corpus
def test_profiles_fit_their_own_model_only(corpus: Path) -> None:
    gray, display = real(corpus, "jpg-8bit-grey-icc-dot-gain.jpg"), real(corpus, "ferry_sunset.png")
    assert color.profile_fits(gray, ColorModel.GRAY)
    assert not color.profile_fits(gray, ColorModel.RGB)
    assert color.profile_fits(display, ColorModel.RGB)
    assert not color.profile_fits(display, ColorModel.CMYK)
    assert not color.profile_fits(display[:200], ColorModel.RGB)
    assert not color.profile_fits(b"", ColorModel.RGB)
    assert color.profile_name(display) == "Display P3"
    assert color.profile_name(gray) == "Dot Gain 20%"
    assert color.profile_name(b"rubbish" * 40) == ""


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("conformance/icc/ferry_sunset.png", False),
        ("conformance/icc/large-sunrise.jpg", False),
        ("conformance/icc/rgb-to-gbr-test.png", False),
        ("conformance/icc/P3-sRGB-color-bars.jpg", False),
        ("photos/camera/Nikon D5000.jpg", True),
        ("conformance/webp/flower2.webp", True),
        ("photos/lossless/7552578.png", True),
        ("conformance/icc/DJI-FC6310-16bit_srgb8_v4_krita.png", True),
    ],
)
def test_srgb_is_known_by_what_it_does(corpus: Path, name: str, *, same: bool) -> None:
    with Image.open(corpus / name) as picture:
        icc = bytes(picture.info["icc_profile"])
    assert color.is_srgb(icc) is same


def test_srgb_of_littlecms_itself() -> None:
    assert color.is_srgb(srgb())
    array = pixels("rgb", 20, 20)
    assert np.array_equal(color.as_srgb(array, ColorModel.RGB, srgb()), array)


@pytest.mark.corpus
@pytest.mark.parametrize("kind", ["rgb", "rgba"])
def test_conversion_is_littlecms_s(corpus: Path, kind: str) -> None:
    icc = real(corpus, "ferry_sunset.png")
    array = pixels(kind, 33, 22)
    wanted = ImageCms.profileToProfile(
        Image.fromarray(array[..., :3].copy()),
        ImageCms.ImageCmsProfile(BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    done, notices = color.to_srgb(still(array, icc=icc))
    assert np.array_equal(done.pixels[..., :3], np.asarray(wanted))
    assert np.array_equal(done.pixels[..., 3:], array[..., 3:])
    assert done.icc == b""
    assert notices == ()


@pytest.mark.corpus
def test_gray_comes_back_gray(corpus: Path) -> None:
    done, _ = color.to_srgb(
        still(pixels("gray+alpha", 30, 20), ColorModel.GRAY, real(corpus, "jpg-8bit-grey-icc-dot-gain.jpg"))
    )
    assert done.color is ColorModel.GRAY
    assert done.pixels.shape[2] == 2
    assert done.icc == b""


def test_nothing_to_convert() -> None:
    for kind in ("gray", "rgb", "rgba", "rgb16"):
        source = image(kind)
        assert color.to_srgb(source)[0] is source
    deep = color.to_srgb(still(pixels("rgb16", 8, 8), icc=srgb()))[0]  # only the profile goes
    assert np.array_equal(deep.pixels, pixels("rgb16", 8, 8))
    assert deep.icc == b""


@pytest.mark.parametrize("kind", ["rgb16", "rgba16", "gray16", "gray+alpha16"])
def test_sixteen_bits_are_converted_as_eight_are(kind: str) -> None:
    source = image(kind, 40, 30)
    is_gray = source.color is ColorModel.GRAY
    icc = profiles.gray(profiles.gamma(1.8)) if is_gray else profiles.matrix("prophoto", profiles.gamma(1.8))
    done, notices = color.to_srgb(replace(source, icc=icc))
    assert (done.icc, notices) == (b"", ())
    assert done.pixels.dtype == np.uint16
    assert done.color is source.color
    count = source.color.channels
    assert np.array_equal(done.pixels[..., count:], source.pixels[..., count:])
    coarse = (source.pixels[..., :count] >> 8).astype(np.uint8)
    wanted = color.as_srgb(coarse, source.color, icc).astype(int)
    exact = color.to_srgb(still(coarse.astype(np.uint16) * 257, source.color, icc))[0].pixels / 257
    assert np.abs(exact - wanted).max() < 1.5  # LittleCMS's own gray curves are that coarse in the dark
    assert not np.array_equal(exact.round(), coarse)


def test_sixteen_bits_keep_a_profile_of_tables_and_say_so() -> None:
    source = still(pixels("rgb16", 8, 8), icc=profiles.table("display-p3", 2.2, 5))
    done, notices = color.to_srgb(source)
    assert done is source
    assert notices == (Notice.NOT_CONVERTED,)


def test_sixteen_bits_lose_a_profile_that_does_not_serve() -> None:
    done, notices = color.to_srgb(still(pixels("rgb16", 9, 9), icc=b"rubbish" * 50))
    assert np.array_equal(done.pixels, pixels("rgb16", 9, 9))
    assert (done.icc, notices) == (b"", (Notice.BAD_PROFILE,))


def test_a_profile_that_leads_nowhere_is_told() -> None:
    """It opens, and has the right colour model, but not one curve: LittleCMS can make nothing of it."""
    empty = profiles.assembled({})
    assert not color.profile_fits(empty, ColorModel.RGB)
    done, notices = color.to_srgb(still(pixels("rgb", 9, 9), icc=empty))
    assert np.array_equal(done.pixels, pixels("rgb", 9, 9))
    assert (done.icc, notices) == (b"", (Notice.BAD_PROFILE,))


def test_a_profile_that_does_not_serve_is_told() -> None:
    done, notices = color.to_srgb(still(pixels("rgb", 9, 9), icc=b"rubbish" * 50))
    assert notices == (Notice.BAD_PROFILE,)
    assert done.icc == b""
    assert np.array_equal(done.pixels, pixels("rgb", 9, 9))


def test_cmyk_without_profile_by_the_plain_formula() -> None:
    inks = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 255, 255, 0], [0, 0, 0, 255]]], np.uint8)
    done, notices = color.to_srgb(still(inks, ColorModel.CMYK))
    assert done.color is ColorModel.RGB
    assert notices == (Notice.CMYK_GUESSED,)
    assert done.pixels[0].tolist() == [[255, 255, 255], [0, 255, 255], [255, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("kind", ["gray+alpha", "rgba", "gray+alpha16", "rgba16"])
def test_matte_shows_the_background_where_nothing_is(kind: str) -> None:
    source = image(kind, 20, 20)
    top = np.iinfo(source.pixels.dtype).max
    array = source.pixels.copy()
    array[:10, :, -1], array[10:, :, -1] = 0, top
    flat = color.matte(still(array, source.color), (255, 255, 255))
    assert not flat.has_alpha
    assert (flat.pixels[:10] == top).all()
    assert np.array_equal(flat.pixels[10:], array[10:, :, :-1])


def test_matte_blends_and_colors_gray() -> None:
    half = np.full((2, 2, 2), (100, 128), np.uint8)
    flat = color.matte(still(half, ColorModel.GRAY), (255, 0, 0))
    assert flat.color is ColorModel.RGB
    share = 128 / 255
    wanted = [100 * share + 255 * (1 - share), 100 * share, 100 * share]
    assert np.abs(flat.pixels[0, 0].astype(float) - wanted).max() <= 0.51
    assert color.matte(still(half, ColorModel.GRAY), (50, 50, 50)).color is ColorModel.GRAY


@pytest.mark.parametrize("background", [(255, 255, 255), (0, 0, 0), (200, 40, 60), (90, 90, 90)])
def test_the_background_is_the_color_that_was_asked_for(background: tuple[int, int, int]) -> None:
    """Given in sRGB, it has other numbers in a picture with a profile, and looks the same."""
    clear = np.zeros((4, 4, 4), np.uint8)
    for icc in (
        b"",
        profiles.matrix("display-p3", profiles.SRGB_CURVE),
        profiles.matrix("prophoto", profiles.gamma(1.8)),
    ):
        flat = color.matte(still(clear, icc=icc), background)
        assert flat.icc == icc
        seen = color.as_srgb(flat.pixels, ColorModel.RGB, icc)
        assert np.abs(seen.astype(int) - background).max() <= 2


@pytest.mark.parametrize("background", [(255, 255, 255), (90, 90, 90), (200, 40, 60)])
def test_gray_with_a_profile_on_a_background(background: tuple[int, int, int]) -> None:
    icc = profiles.gray(profiles.gamma(1.0))
    half = np.zeros((1, 2, 2), np.uint8)
    half[0, 1] = (50, 255)
    flat = color.matte(still(half, ColorModel.GRAY, icc), background)
    is_colored = len(set(background)) > 1
    assert flat.color is (ColorModel.RGB if is_colored else ColorModel.GRAY)
    assert flat.icc == (b"" if is_colored else icc)
    seen = color.as_srgb(flat.pixels, flat.color, flat.icc).astype(int)
    assert np.abs(seen[0, 0] - background[: seen.shape[2]]).max() <= 4  # linear light has few steps in the dark
    linear = 50 / 255
    assert np.abs(seen[0, 1] - 255 * (1.055 * linear ** (1 / 2.4) - 0.055)).max() <= 2


def test_a_background_in_a_profile_that_leads_one_way() -> None:
    """Tables to Lab and none back: the numbers stay, as nothing better is known."""
    flat = color.matte(still(np.zeros((2, 2, 4), np.uint8), icc=profiles.table("display-p3", 2.2, 5)), (200, 40, 60))
    assert flat.pixels[0, 0].tolist() == [200, 40, 60]


def test_an_alpha_that_hides_nothing_goes() -> None:
    solid = pixels("rgba", 12, 12)
    solid[..., 3] = 255
    assert color.drop_opaque_alpha(still(solid)).pixels.shape[2] == 3
    assert color.drop_opaque_alpha(image("rgba")).pixels.shape[2] == 4
    mixed = DecodedImage((Frame(solid), Frame(pixels("rgba", 12, 12))))
    assert color.drop_opaque_alpha(mixed).has_alpha


def test_one_pixel_is_enough_for_color() -> None:
    gray = np.full((300, 200, 3), 90, np.uint8)
    gray[:, 100:] = 17
    one = color.drop_empty_chroma(still(gray))
    assert one.color is ColorModel.GRAY
    assert np.array_equal(one.pixels, gray[..., :1])
    for channel in range(3):
        colored = gray.copy()
        colored[299, 199, channel] += 1
        assert color.drop_empty_chroma(still(colored)).color is ColorModel.RGB
    assert color.drop_empty_chroma(still(np.dstack([gray, gray[..., :1]]))).pixels.shape[2] == 4
    assert color.drop_empty_chroma(replace(still(gray), icc=b"any")).pixels.shape[2] == 3


@pytest.mark.parametrize(
    ("source", "able", "code"),
    [
        (image("rgb16"), Capabilities(), KeptCode.BIT_DEPTH),
        (DecodedImage((Frame(pixels("rgb", 4, 4)),) * 2), Capabilities(), KeptCode.ANIMATION),
        (image("rgb", 300, 4), Capabilities(max_side=299), KeptCode.DIMENSIONS),
    ],
)
def test_refusals(source: DecodedImage, able: Capabilities, code: KeptCode) -> None:
    assert color.fit_to(source, able, WHITE).refused is code


@pytest.mark.corpus
def test_a_profile_where_none_can_go(corpus: Path) -> None:
    plain = Capabilities(icc=False)
    wide = still(pixels("rgb", 8, 8), icc=real(corpus, "ferry_sunset.png"))
    assert color.fit_to(wide, plain, WHITE).refused is KeptCode.COLOR
    same = color.fit_to(still(pixels("rgb", 8, 8), icc=srgb()), plain, WHITE)
    assert same.refused is None
    assert same.image.icc == b""
    assert color.fit_to(wide, ALL, WHITE).image.icc == wide.icc


def test_alpha_where_there_is_none_is_told() -> None:
    fitted = color.fit_to(image("rgba"), ENCODERS[Format.JPEG].capabilities, (0, 255, 0))
    assert fitted.notices == (Notice.ALPHA_FLATTENED,)
    assert fitted.image.pixels.shape[2] == 3
    whole = pixels("rgba", 9, 9)
    whole[..., 3] = 255
    assert color.fit_to(still(whole), ENCODERS[Format.JPEG].capabilities, WHITE).notices == ()


def test_gif_keeps_all_or_nothing_alpha_only() -> None:
    gif = ENCODERS[Format.GIF].capabilities
    hard = pixels("rgba", 16, 16)
    hard[..., 3] = np.where(hard[..., 3] > 100, 255, 0)
    hard[0, 0, 3] = 0
    assert color.fit_to(still(hard), gif, WHITE).image.has_alpha
    soft = color.fit_to(image("rgba"), gif, WHITE)
    assert not soft.image.has_alpha
    assert soft.notices == (Notice.ALPHA_FLATTENED,)


def test_gray_becomes_rgb_where_a_format_has_no_gray() -> None:
    webp = color.fit_to(image("gray+alpha"), ENCODERS[Format.WEBP].capabilities, WHITE).image
    assert webp.color is ColorModel.RGB
    assert webp.pixels.shape[2] == 4
    assert (webp.pixels[..., 0] == webp.pixels[..., 2]).all()
    assert np.array_equal(webp.pixels[..., 3], image("gray+alpha").pixels[..., 1])
    avif = color.fit_to(image("gray"), ENCODERS[Format.AVIF].capabilities, WHITE).image
    assert avif.color is ColorModel.GRAY


def test_everything_fits_where_everything_can_go() -> None:
    for kind in ("gray", "gray+alpha", "rgb", "rgba", "cmyk", "rgb16"):
        fitted = color.fit_to(image(kind), ALL, WHITE)
        assert fitted.refused is None
        assert fitted.notices == ()
        assert np.array_equal(fitted.image.pixels, image(kind).pixels)
