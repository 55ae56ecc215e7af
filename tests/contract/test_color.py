"""Colours of real profiles survive: colour-managed before and after, in CIEDE2000."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import icc_profiles as profiles
from color_difference import delta_e_2000, lab, mean_difference
from engine_pictures import done, drawing, independent, made, photo, saved
from marked_files import chunk
from oimg.engine.transform import Made, Refusal
from oimg.words.images import Format
from oimg.words.recipe import ColorPolicy, Mode, Recipe, Target
from oimg.words.report import KeptCode, Notice

RGB = ("ferry_sunset.png", "rgb-to-gbr-test.png", "P3-sRGB-color-bars.jpg")
FITS = 1.3  # mean difference; a step that can just be noticed is about 1
COARSE = 4  # colours are held together as means of so many pixels squared: coding noise and dithering go, a shift stays
# So small that Lab is quick, large enough for every feature of the picture.
WIDTH = 320


def read(data: bytes, target: Format) -> tuple[Image.Image, bytes]:
    """A finished file as Pillow sees it, with its profile."""
    if target is Format.JXL:
        import pillow_jxl  # noqa: F401 - registers itself with Pillow
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        icc = picture.info.get("icc_profile") or b""
        guessed = picture.mode == "CMYK" and not icc
        mode = "RGB" if picture.mode in {"P", "RGBA"} or guessed else picture.mode.replace("1", "L")
        return picture.convert(mode).reduce(COARSE), icc


def shown(data: bytes, target: Format) -> np.ndarray:
    picture, icc = read(data, target)
    if picture.mode == "RGB" and icc[16:20] == b"GRAY":
        pytest.fail("a gray profile on a colour picture")
    return lab(picture, icc)


def small(corpus: Path, name: str) -> bytes:
    """A real picture, scaled down and stored again with its own profile."""
    with Image.open(corpus / name) as picture:
        icc = picture.info["icc_profile"]
        plain = picture.convert("RGB") if picture.mode in {"RGBA", "P"} else picture
        height = max(1, round(WIDTH * picture.height / picture.width))
        array = np.asarray(plain.resize((WIDTH, height), Image.Resampling.BOX))
    if plain.mode == "CMYK":
        stream = BytesIO()
        Image.fromarray(array, "CMYK").save(stream, "JPEG", quality=97, icc_profile=icc, subsampling=0)
        return stream.getvalue()
    return saved(array, "PNG", icc_profile=icc)


@pytest.mark.corpus
@pytest.mark.parametrize("name", RGB)
@pytest.mark.parametrize("target", [Target.JPEG, Target.PNG, Target.WEBP, Target.AVIF, Target.TIFF])
def test_keep_carries_the_profile_and_the_colors(corpus: Path, name: str, target: Target) -> None:
    source = small(corpus, f"conformance/icc/{name}")
    result = made(source, Recipe(format=target, mode=Mode.QUALITY, quality=92, effort=1))
    assert read(result.data, result.format)[1] == read(source, Format.PNG)[1]
    assert mean_difference(shown(source, Format.PNG), shown(result.data, result.format)) < FITS


@pytest.mark.corpus
@pytest.mark.parametrize("name", RGB)
@pytest.mark.parametrize("target", [Target.JPEG, Target.PNG, Target.WEBP, Target.AVIF, Target.JXL, Target.TIFF])
def test_srgb_converts_the_colors_and_drops_the_profile(corpus: Path, name: str, target: Target) -> None:
    source = small(corpus, f"conformance/icc/{name}")
    recipe = Recipe(format=target, mode=Mode.QUALITY, quality=95, effort=1, color=ColorPolicy.SRGB)
    result = made(source, recipe)
    after = shown(result.data, result.format)
    if target is not Target.JXL:  # libjxl makes a profile up while it decodes
        assert read(result.data, result.format)[1] == b""
    # What sRGB cannot show is clipped: only colours inside of it have to stay where they were.
    before = shown(source, Format.PNG)
    inside = delta_e_2000(before, lab(_in_srgb(source))) < 1
    assert inside.mean() > 0.5
    assert delta_e_2000(before, after)[inside].mean() < FITS


def _in_srgb(data: bytes) -> Image.Image:
    from PIL import ImageCms

    picture, icc = read(data, Format.PNG)
    return ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


@pytest.mark.corpus
def test_ignoring_the_profile_would_be_seen(corpus: Path) -> None:
    """The threshold above means something: the same numbers without their profile are far off."""
    for name in RGB:
        source = small(corpus, f"conformance/icc/{name}")
        picture, icc = read(source, Format.PNG)
        assert mean_difference(lab(picture, icc), lab(picture, b"")) > 1.5 * FITS


@pytest.mark.corpus
@pytest.mark.parametrize("target", [Target.JPEG, Target.PNG, Target.TIFF])
@pytest.mark.parametrize("color", list(ColorPolicy))
def test_gray_with_dot_gain(corpus: Path, target: Target, color: ColorPolicy) -> None:
    source = small(corpus, "conformance/icc/jpg-8bit-grey-icc-dot-gain.jpg")
    if target is Target.PNG and color is ColorPolicy.SRGB:
        return  # the converted picture is larger than this source, which is then kept
    result = made(source, Recipe(format=target, mode=Mode.QUALITY, quality=95, effort=1, color=color))
    picture, icc = read(result.data, result.format)
    assert picture.mode in {"L", "P"}
    assert bool(icc) == (color is ColorPolicy.KEEP)
    gray, own = read(source, Format.PNG)
    assert own[16:20] == b"GRAY"
    after = lab(picture if icc else picture.convert("RGB"), icc)
    assert mean_difference(lab(gray, own), after) < FITS


@pytest.mark.corpus
def test_gray_profiles_do_not_go_along_into_color(corpus: Path) -> None:
    source = small(corpus, "conformance/icc/jpg-8bit-grey-icc-dot-gain.jpg")
    result = made(source, Recipe(format=Target.WEBP, mode=Mode.QUALITY, quality=95, effort=1))
    assert mean_difference(lab(*read(source, Format.PNG)), shown(result.data, Format.WEBP)) < FITS
    assert read(result.data, Format.WEBP)[1] == b""


CMYK = ("cymk.jpg", "flower_small.cmyk.jpg", "four_components.jpg", "pil_sample_cmyk.jpg")
INKS = (Target.JPEG, Target.TIFF)
CASES = [(name, target) for name in CMYK for target in (*INKS, Target.PNG)]
CASES += [("pil_sample_cmyk.jpg", target) for target in (Target.WEBP, Target.AVIF, Target.JXL)]


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "target"), CASES)
def test_cmyk_and_ycck_are_not_inverted(corpus: Path, name: str, target: Target) -> None:
    data = (corpus / "conformance" / "jpeg-cmyk" / name).read_bytes()
    picture, icc = read(data, Format.JPEG)
    result = done(data, Recipe(format=target, mode=Mode.QUALITY, quality=92, effort=0))
    if target is Target.JPEG and isinstance(result, Refusal):
        return
    assert isinstance(result, Made), result
    assert mean_difference(lab(picture, icc), shown(result.data, result.format)) < 2 * FITS
    inks = target in INKS
    with Image.open(BytesIO(result.data)) as after:
        assert (after.mode == "CMYK") == inks
        assert after.info.get("icc_profile") is None or target is Target.JXL
    assert (Notice.CMYK_GUESSED in result.notices) == (not inks)


@pytest.mark.corpus
def test_cmyk_with_a_profile_is_converted_by_it(corpus: Path) -> None:
    """No CMYK picture of the corpus has a usable profile, so one is made of Pillow's own: it must be refused."""
    rgb_profile = read(small(corpus, "conformance/icc/ferry_sunset.png"), Format.PNG)[1]
    stream = BytesIO()
    Image.new("CMYK", (40, 40), (10, 200, 30, 0)).save(stream, "JPEG", icc_profile=rgb_profile)
    result = made(stream.getvalue(), Recipe(format=Target.PNG, effort=1))
    assert Notice.CMYK_GUESSED in result.notices or Notice.BAD_PROFILE in result.notices
    assert read(result.data, Format.PNG)[1] == b""


@pytest.mark.corpus
def test_a_broken_profile_is_told(corpus: Path) -> None:
    data = (corpus / "conformance" / "icc" / "icc-after-SOF.jpg").read_bytes()
    result = made(data, Recipe(format=Target.PNG, effort=1))
    assert Notice.BAD_PROFILE in result.notices
    assert read(result.data, Format.PNG)[1] == b""


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["ccwn2c08.png", "cs5n2c08.png"])
def test_color_chunks_of_png_stay_or_stop_the_conversion(corpus: Path, name: str) -> None:
    data = (corpus / "conformance" / "png" / name).read_bytes()
    chunks = {kind for kind in (b"gAMA", b"cHRM") if kind in data}
    assert chunks
    kept = made(data)
    assert {kind for kind in (b"gAMA", b"cHRM") if kind in kept.data} == chunks
    assert np.array_equal(independent(kept.data, Format.PNG), independent(data, Format.PNG))
    other = done(data, Recipe(format=Target.WEBP))
    assert isinstance(other, Refusal)
    assert other.code is KeptCode.GAMMA


@pytest.mark.parametrize("said", [(b"gAMA", (100_000).to_bytes(4, "big")), (b"cICP", bytes((9, 16, 0, 1)))])
@pytest.mark.parametrize("mode", [Mode.VISUAL, Mode.QUALITY, Mode.SIZE])
def test_no_palette_takes_the_place_of_a_png_whose_colors_mean_something_else(
    said: tuple[bytes, bytes], mode: Mode
) -> None:
    """Linear light, and BT.2020 with PQ: a drawing of many colours, which would be smaller in few."""
    plain = saved(drawing(320, 240) // 3 * 3 + photo(320, 240) % 3, "PNG", compress_level=1)
    data = plain[:33] + chunk(*said) + plain[33:]  # behind IHDR
    reduced = done(plain, Recipe(mode=Mode.QUALITY, quality=60))
    assert isinstance(reduced, Made) and reduced.quality is not None  # noqa: PT018 - without it, in few colours
    kept = made(data, Recipe(mode=mode, quality=60, max_bytes=len(data) - 1))
    assert said[0] in kept.data
    assert np.array_equal(independent(kept.data, Format.PNG), independent(data, Format.PNG))


@pytest.mark.corpus
@pytest.mark.parametrize("target", [Target.WEBP, Target.AVIF, Target.JPEG, Target.JXL, Target.TIFF])
def test_code_points_of_png_become_a_profile_elsewhere(corpus: Path, target: Target) -> None:
    """The file says Display P3 by cICP, which Pillow does not read: its numbers are held against a P3 profile."""
    data = (corpus / "conformance" / "png" / "cicp-display-p3_reencoded.png").read_bytes()
    kept = done(data)
    assert isinstance(kept, Refusal) or b"cICP" in kept.data
    before = lab(read(data, Format.PNG)[0], profiles.matrix("display-p3", profiles.SRGB_CURVE, version=4))
    result = made(data, Recipe(format=target, mode=Mode.QUALITY, quality=95))
    assert mean_difference(before, shown(result.data, result.format)) < FITS
    assert read(result.data, result.format)[1]
    inside = made(data, Recipe(format=target, mode=Mode.QUALITY, quality=95, color=ColorPolicy.SRGB))
    assert inside.data != result.data
