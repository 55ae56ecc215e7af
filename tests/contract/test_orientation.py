"""Whatever a tag or a box says about turning: applied exactly once, in every format that has it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine_pictures import made
from metric_pictures import clouds
from oimg.engine.codecs import CODECS
from oimg.engine.steps.geometry import orient
from oimg.engine.transform import Made, inspect_header
from oimg.words.images import Format, Limits
from oimg.words.privacy import MetadataPolicy
from oimg.words.recipe import Fitting, Mode, Recipe, Resize, Target

WIDTH, HEIGHT = 72, 48
# How to store a picture so that the tag of this number shows it upright: the inverse of each EXIF turn.
STORED = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: np.rot90(p, 1),
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: np.rot90(p, -1),
}
SAVE = {
    Format.JPEG: {"quality": 95, "subsampling": 0},
    Format.PNG: {},
    Format.WEBP: {"lossless": True},
    Format.TIFF: {},
    Format.AVIF: {"quality": 95, "speed": 10},
}
TARGETS = [Target.KEEP, Target.JPEG, Target.PNG, Target.WEBP, Target.AVIF, Target.JXL, Target.TIFF]
NEAR = 5.0  # mean difference in 8-bit steps that lossy coding may make; a wrong turn makes 40 and more


def upright() -> np.ndarray:
    """No turn or mirror of it looks like it."""
    picture = clouds(11, HEIGHT, WIDTH, cell=24)
    picture[: HEIGHT // 3, : WIDTH // 4] = (250, 20, 20)
    picture[-HEIGHT // 5 :, WIDTH // 2 :] = (10, 30, 240)
    return picture


def tagged(target: Format, orientation: int) -> bytes:
    stream, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    picture = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright())))
    picture.save(stream, target.value.upper(), exif=exif, **SAVE[target])
    return stream.getvalue()


def seen(data: bytes, target: Format) -> np.ndarray:
    """What a viewer that honours the tag shows."""
    if target is Format.JXL:
        import pillow_jxl  # noqa: F401 - registers itself with Pillow
    with Image.open(BytesIO(data)) as picture:
        return np.asarray(ImageOps.exif_transpose(picture).convert("RGB")).astype(int)


def tags(data: bytes) -> int:
    with Image.open(BytesIO(data)) as picture:
        return int(picture.getexif().get(0x0112, 1))


def test_the_stored_pictures_are_what_they_should_be() -> None:
    for orientation in STORED:
        assert np.abs(seen(tagged(Format.PNG, orientation), Format.PNG) - upright()).max() == 0
    wrong = [np.abs(STORED[n](upright()).astype(int) - upright()).mean() for n in (2, 3, 4)]
    assert min(wrong) > 5 * NEAR


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("source", SAVE)
def test_decoded_upright(source: Format, orientation: int) -> None:
    data = tagged(source, orientation)
    header = inspect_header(data)
    assert header.upright_size == (WIDTH, HEIGHT)
    image = CODECS[source].decode(data, Limits())
    # TIFF is turned by Pillow while it decodes; the header tells the stored picture all the same.
    assert image.orientation == (1 if source is Format.TIFF else orientation)
    assert header.orientation == orientation
    shown = orient(image).pixels[..., :3].astype(int)
    assert np.abs(shown - upright()).mean() < NEAR


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("source", SAVE)
def test_results_are_upright_in_every_format(source: Format, orientation: int) -> None:
    data = tagged(source, orientation)
    for target in TARGETS:
        recipe = Recipe(format=target, mode=Mode.QUALITY, quality=92, effort=0)
        result = _result(data, recipe)
        if result is None:
            continue
        shown = seen(result.data, result.format)
        assert shown.shape == (HEIGHT, WIDTH, 3)
        assert np.abs(shown - upright()).mean() < NEAR, target
        assert (result.width, result.height) == (WIDTH, HEIGHT)


def _result(data: bytes, recipe: Recipe) -> Made | None:
    """A result, or None where the file stays as it is, which is right by itself."""
    from engine_pictures import done

    result = done(data, recipe)
    if isinstance(result, Made):
        return result
    assert recipe.format is Target.KEEP or recipe.format.value == inspect_header(data).format.value, result
    return None


@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
@pytest.mark.parametrize("policy", list(MetadataPolicy))
def test_no_policy_turns_twice(orientation: int, policy: MetadataPolicy) -> None:
    for source in (Format.JPEG, Format.PNG, Format.TIFF):
        for target in (Target.JPEG, Target.WEBP, Target.TIFF):
            recipe = Recipe(format=target, mode=Mode.QUALITY, quality=92, effort=0, metadata=policy)
            result = _result(tagged(source, orientation), recipe)
            if result is not None:
                assert np.abs(seen(result.data, result.format) - upright()).mean() < NEAR


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("source", [Format.JPEG, Format.WEBP, Format.TIFF, Format.AVIF])
def test_sizes_are_those_of_the_upright_picture(source: Format, orientation: int) -> None:
    fit = Resize(fitting=Fitting.FIT, width=36, height=1000)
    recipe = Recipe(format=Target.PNG, mode=Mode.LOSSLESS, effort=0, resize=fit)
    result = made(tagged(source, orientation), recipe)
    assert (result.width, result.height) == (36, 24)
    assert tags(result.data) == 1
    small = np.asarray(Image.fromarray(upright()).resize((36, 24), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(seen(result.data, Format.PNG) - small).mean() < NEAR


@pytest.mark.corpus
@pytest.mark.parametrize("orientation", range(2, 9))
def test_hopper(corpus: Path, orientation: int) -> None:
    folder = corpus / "conformance" / "orientation"
    with Image.open(folder / "hopper.jpg") as picture:
        wanted = np.asarray(picture.convert("RGB")).astype(int)
    data = (folder / f"hopper_orientation_{orientation}.jpg").read_bytes()
    for target in (Target.KEEP, Target.PNG, Target.WEBP):
        result = made(data, Recipe(format=target, effort=1))
        assert np.abs(seen(result.data, result.format) - wanted).mean() < 12


@pytest.mark.corpus
@pytest.mark.parametrize("orientation", [0, *range(2, 9)])
def test_landscapes(corpus: Path, orientation: int) -> None:
    folder = corpus / "photos" / "orientation"
    long_edge = Resize(fitting=Fitting.LONG_EDGE, amount=150)
    recipe = Recipe(format=Target.PNG, mode=Mode.LOSSLESS, effort=0, resize=long_edge)
    result = made((folder / f"Landscape_{orientation}.jpg").read_bytes(), recipe)
    with Image.open(folder / "Landscape_1.jpg") as picture:
        wanted = np.asarray(picture.convert("RGB").resize((150, 100), Image.Resampling.LANCZOS)).astype(int)
    assert (result.width, result.height) == (150, 100)
    assert np.abs(seen(result.data, Format.PNG) - wanted).mean() < NEAR


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["rot0mir1.avif", "rot3mir0.avif", "rotation-irot90-imir1.avif", "kimono.mirror-horizontal.avif"]
)
def test_avif_boxes(corpus: Path, name: str) -> None:
    data = (corpus / "conformance" / "orientation" / name).read_bytes()
    result = made(data, Recipe(format=Target.PNG, mode=Mode.LOSSLESS, effort=0))
    assert np.array_equal(seen(result.data, Format.PNG), seen(data, Format.AVIF))
    assert tags(data) != 1
    assert tags(result.data) == 1


@pytest.mark.corpus
def test_jxl_is_turned_by_its_decoder(corpus: Path) -> None:
    folder = corpus / "conformance" / "orientation"
    shown = {}
    for name in ("1_identity", "3_rotate_180", "6_rotate_90_cw", "8_rotate_90_ccw"):
        data = (folder / f"orientation{name}.jxl").read_bytes()
        image = orient(CODECS[Format.JXL].decode(data, Limits()))
        assert image.size == inspect_header(data).upright_size
        shown[int(name[0])] = image.pixels
    for orientation, turns in ((3, 2), (6, -1), (8, 1)):
        assert np.array_equal(shown[orientation], np.rot90(shown[1], turns))


@pytest.mark.corpus
def test_heic_is_turned_once(corpus: Path) -> None:
    """The phone's file carries both irot and an EXIF tag."""
    import pillow_heif

    path = corpus / "photos" / "heic" / "arrow.heic"
    recipe = Recipe(format=Target.JPEG, effort=0, resize=Resize(fitting=Fitting.LONG_EDGE, amount=400))
    result = made(path.read_bytes(), recipe)
    with pillow_heif.open_heif(path)[0].to_pillow() as picture:  # upright by libheif
        wanted = np.asarray(picture.resize((result.width, result.height), Image.Resampling.LANCZOS)).astype(int)
    assert (result.width, result.height) == (300, 400)
    assert np.abs(seen(result.data, Format.JPEG) - wanted).mean() < NEAR
    assert tags(result.data) == 1


@pytest.mark.corpus
def test_group_four_pages(corpus: Path) -> None:
    folder = corpus / "conformance" / "orientation"
    files = [(folder / f"g4_orientation_{n}.tif").read_bytes() for n in (3, 7)]
    pages = [orient(CODECS[Format.TIFF].decode(data, Limits())) for data in files]
    assert pages[0].size == pages[1].size == (590, 88)
    assert (pages[0].pixels == pages[1].pixels).mean() > 0.99
    for data in files:
        result = made(data, Recipe(format=Target.PNG, effort=0))
        assert np.array_equal(seen(result.data, Format.PNG), seen(data, Format.TIFF))


def test_a_jpeg_inside_jxl_keeps_its_turn() -> None:
    """What cjxl makes of a phone's photo: the tag is inside the JPEG, the codestream says so, too."""
    from oimg.engine.codecs import jxl

    packed = jxl.from_jpeg(tagged(Format.JPEG, 6), (HEIGHT, WIDTH), 3)
    assert inspect_header(packed).upright_size == (WIDTH, HEIGHT)
    result = made(packed, Recipe(format=Target.PNG, mode=Mode.LOSSLESS, effort=0))
    assert (result.width, result.height) == (WIDTH, HEIGHT)
    assert np.abs(seen(result.data, Format.PNG) - upright()).mean() < NEAR
