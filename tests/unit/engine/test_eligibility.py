"""What would be lost without a word is refused, each with its own code; what can be carried is."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from engine_pictures import as_rgba, done, drawing, independent, made, photo, refused, saved
from oimg.engine.codecs import CODECS
from oimg.engine.targets import target_formats
from oimg.engine.transform import Made, Refusal, inspect_header
from oimg.words.errors import OimgError
from oimg.words.images import ColorModel, Feature, Format, Header, Limits
from oimg.words.recipe import Fitting, Mode, Recipe, Resize, Target
from oimg.words.report import KeptCode

HALF = Resize(fitting=Fitting.SCALE, amount=50)
NOT_CARRIED = {
    "gainmap-motion-mpo/apple_gainmap_new.jpg": {KeptCode.GAIN_MAP},
    "gainmap-motion-mpo/seine_sdr_gainmap_srgb.jpg": {KeptCode.GAIN_MAP},
    "gainmap-motion-mpo/seine_sdr_gainmap_srgb.avif": {KeptCode.GAIN_MAP},
    "gainmap-motion-mpo/seine_hdr_gainmap_small_srgb.avif": {KeptCode.GAIN_MAP},
    "gainmap-motion-mpo/sugarshack.mpo": {KeptCode.MULTI_PICTURE},
    "gainmap-motion-mpo/frame_size.mpo": {KeptCode.MULTI_PICTURE, KeptCode.GAIN_MAP},
    "gainmap-motion-mpo/pixel-motion-photo-shortened.jpg": {KeptCode.MOTION_PHOTO},
    "gainmap-motion-mpo/sample_MP.heic": {KeptCode.MOTION_PHOTO, KeptCode.READ_ONLY_FORMAT},
    "avif/colors_hdr_rec2020.avif": {KeptCode.HDR, KeptCode.GAIN_MAP},
    "avif/fox.profile2.12bpc.yuv422.avif": {KeptCode.BIT_DEPTH},
    "jxl/hdr_pq_test.jxl": {KeptCode.HDR},
    "jxl/alpha_triangles.jxl": {KeptCode.BIT_DEPTH},
    "jxl/animation_distance_1_0.jxl": {KeptCode.ANIMATION},
    "jxl/cropped_traffic_light.jxl": {KeptCode.ANIMATION},
    "tiff/usda_naip_256_webp_z3.tif": {KeptCode.MULTI_PAGE},
    "heic/zPug_3.heic": {KeptCode.MULTI_PICTURE, KeptCode.READ_ONLY_FORMAT},
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", NOT_CARRIED)
def test_what_no_result_could_carry(corpus: Path, name: str) -> None:
    data = (corpus / "conformance" / name).read_bytes()
    codes = NOT_CARRIED[name]
    recipes = (Recipe(), Recipe(format=Target.JPEG), Recipe(format=Target.PNG, mode=Mode.LOSSLESS), Recipe(resize=HALF))
    for recipe in recipes:
        assert refused(data, recipe).code in codes, recipe


@pytest.mark.corpus
def test_ultra_hdr_photo(corpus: Path) -> None:
    data = (corpus / "photos" / "hdr-gainmap" / "Ultra_HDR_Samples_Originals_05.jpg").read_bytes()
    assert refused(data, Recipe()).code is KeptCode.GAIN_MAP


ANIMATIONS = [
    "conformance/gif/any-disposal.gif",
    "conformance/gif/dispose_bgnd.gif",
    "conformance/gif/global_ct_only.gif",
    "conformance/gif/loop_3.gif",
    "conformance/gif/no_palette_with_transparency.gif",
    "conformance/gif/beacon_xmp.gif",
    "conformance/apng/ball.png",
    "conformance/apng/blend_op_over.png",
    "conformance/apng/delay.png",
    "conformance/apng/dispose_op_background_region.png",
    "conformance/apng/mode_palette_alpha.png",
    "conformance/webp/random_lossy.webp",
    "graphics/animation/random_lossless.webp",
    "graphics/animation/chi.gif",
    "graphics/animation/moon_impact.gif",
    "graphics/animation/rich-progress.gif",
    "graphics/pixelart/party-discord.gif",
    "conformance/avif/star.avifs",
]


def frames_of(data: bytes) -> list[tuple[float, np.ndarray]]:
    with Image.open(BytesIO(data)) as picture:
        found = []
        for frame in ImageSequence.Iterator(picture):
            shown = np.asarray(frame.convert("RGBA")).astype(int)
            found.append((frame.info.get("duration", 0), shown))
        return found


@pytest.mark.corpus
@pytest.mark.parametrize("name", ANIMATIONS)
@pytest.mark.parametrize("mode", [Mode.VISUAL, Mode.LOSSLESS])
def test_animations_are_carried_whole(corpus: Path, name: str, mode: Mode) -> None:
    data = (corpus / name).read_bytes()
    result = done(data, Recipe(mode=mode, effort=2))
    if isinstance(result, Refusal):
        nothing = {KeptCode.NOT_SMALLER, KeptCode.ALREADY_OPTIMIZED, KeptCode.LOSSLESS, KeptCode.TARGET_UNREACHABLE}
        assert result.code in nothing
        return
    assert len(result.data) < len(data)
    before, after = frames_of(data), frames_of(result.data)
    assert [delay for delay, _ in after] == [delay for delay, _ in before]
    exact = mode is Mode.LOSSLESS or result.format in (Format.GIF, Format.PNG)
    for (_, one), (_, other) in zip(before, after, strict=True):
        seen = (one[..., 3:] > 0) | (other[..., 3:] > 0)
        off = np.abs(one - other) * seen
        assert off.max() == 0 if exact else off.mean() < 12
    with Image.open(BytesIO(data)) as first, Image.open(BytesIO(result.data)) as second:
        assert first.info.get("loop") == second.info.get("loop")


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["conformance/gif/loop_3.gif", "conformance/apng/ball.png", "conformance/webp/random_lossy.webp"]
)
def test_animations_are_never_flattened(corpus: Path, name: str) -> None:
    data = (corpus / name).read_bytes()
    own = inspect_header(data).format
    for target in Target:
        if target in (Target.KEEP, Target.AUTO) or target.value == own.value:
            continue
        assert refused(data, Recipe(format=target)).code is KeptCode.ANIMATION
    assert refused(data, Recipe(resize=HALF)).code is KeptCode.ANIMATION


@pytest.mark.corpus
def test_one_frame_beside_another_picture(corpus: Path) -> None:
    """The default image is not part of this animation of one frame: neither may get lost."""
    data = (corpus / "conformance" / "apng" / "split_fdat.png").read_bytes()
    result = done(data, Recipe(effort=1))
    if isinstance(result, Made):
        assert b"acTL" in result.data
        for (_, one), (_, other) in zip(frames_of(data), frames_of(result.data), strict=True):
            assert np.array_equal(one, other)


DEEP = ["LA_16__29x100.png", "RGBA_16__29x100.png", "basn6a16.png", "g04n0g16.png", "oi4n0g16.png", "pp0n2c16.png"]


@pytest.mark.corpus
@pytest.mark.parametrize("name", DEEP)
def test_sixteen_bits_stay_or_stop_the_work(corpus: Path, name: str) -> None:
    data = (corpus / "conformance" / "png" / name).read_bytes()
    before = CODECS[Format.PNG].decode(data, Limits()).pixels
    assert before.dtype == np.uint16
    for mode in (Mode.VISUAL, Mode.LOSSLESS):
        result = made(data, Recipe(mode=mode))
        after = as_rgba(independent(result.data, Format.PNG))
        after = after.astype(np.uint16) * 257 if after.dtype == np.uint8 else after
        assert np.array_equal(after, as_rgba(before))
    for target in (Target.JPEG, Target.WEBP, Target.AVIF, Target.JXL, Target.GIF, Target.TIFF):
        assert refused(data, Recipe(format=target)).code in {KeptCode.BIT_DEPTH, KeptCode.GAMMA}


def test_sixteen_bit_tiff_and_pgm_are_kept() -> None:
    deep = (photo(64, 48)[..., 0].astype(np.uint16) << 8) + 77
    for plugin in ("TIFF", "PPM"):
        for recipe in (Recipe(format=Target.PNG), Recipe(format=Target.JPEG)):
            assert refused(saved(deep, plugin), recipe).code is KeptCode.BIT_DEPTH


@pytest.mark.parametrize(
    ("header", "recipe", "wanted"),
    [
        (Header(Format.PNG, 9, 9), Recipe(), (Format.PNG,)),
        (Header(Format.HEIC, 9, 9), Recipe(), ()),
        (Header(Format.BMP, 9, 9), Recipe(format=Target.TIFF), (Format.TIFF,)),
        (Header(Format.GIF, 9, 9, frames=3), Recipe(format=Target.AUTO), (Format.GIF,)),
        (Header(Format.PNG, 9, 9, bit_depth=16), Recipe(format=Target.AUTO), (Format.PNG,)),
    ],
)
def test_target_formats(header: Header, recipe: Recipe, wanted: tuple[Format, ...]) -> None:
    assert target_formats(header, recipe) == wanted


def test_auto_tries_what_browsers_show_and_no_jpeg_for_alpha() -> None:
    plain = target_formats(Header(Format.PNG, 9, 9), Recipe(format=Target.AUTO))
    clear = target_formats(Header(Format.PNG, 9, 9, has_alpha=True), Recipe(format=Target.AUTO))
    assert {Format.JPEG, Format.WEBP, Format.AVIF, Format.PNG} <= set(plain)
    assert Format.JPEG not in clear
    assert Format.JXL not in plain


def test_a_feature_stops_every_recipe() -> None:
    from dataclasses import replace

    from oimg.engine.transform import Request, transform

    data = saved(drawing(), "PNG")
    codes = {
        Feature.MOTION_PHOTO: KeptCode.MOTION_PHOTO,
        Feature.GAIN_MAP: KeptCode.GAIN_MAP,
        Feature.DEPTH_MAP: KeptCode.DEPTH_MAP,
        Feature.C2PA: KeptCode.C2PA,
        Feature.MULTI_PICTURE: KeptCode.MULTI_PICTURE,
        Feature.MULTI_PAGE: KeptCode.MULTI_PAGE,
    }
    for feature, code in codes.items():
        header = replace(inspect_header(data), features=frozenset({feature}))
        result = transform(Request(data, header, Recipe(format=Target.WEBP)))
        assert isinstance(result, Refusal)
        assert result.code is code


@pytest.mark.corpus
@pytest.mark.parametrize(
    "folder", ["jpeg", "png", "webp", "avif", "jxl", "tiff", "bmp", "heic", "exif", "other-formats"]
)
def test_every_conformance_file_has_an_answer(corpus: Path, folder: str) -> None:
    """A result that decodes, a refusal or an OimgError: nothing else comes out, whatever the file."""
    for path in sorted((corpus / "conformance" / folder).iterdir()):
        data = path.read_bytes()
        if len(data) > 300_000:
            continue
        try:
            result = done(data, Recipe(format=Target.PNG, mode=Mode.LOSSLESS, effort=0))
        except OimgError:
            continue
        if isinstance(result, Made):
            header = inspect_header(data)
            assert (result.width, result.height) == header.upright_size, path.name
            assert header.color is not ColorModel.CMYK or result.notices
