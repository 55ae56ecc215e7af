"""Whatever a tag or a box says about turning: applied exactly once, in every format that has it."""

from __future__ import annotations

import struct
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from engine_pictures import made
from metric_pictures import clouds
from oimg.engine.codecs import CODECS, jxl
from oimg.engine.containers import jxl as jxl_container
from oimg.engine.steps.geometry import orient
from oimg.engine.transform import Made, inspect_header
from oimg.words.images import DecodedImage, EncodeOptions, Format, Frame, Limits, Metadata
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


@cache
def tagged(target: Format, orientation: int) -> bytes:
    """A file whose tag, boxes (AVIF, HEIC) or codestream (JPEG XL) say how to turn it; JPEG XL is a packed JPEG."""
    stream, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    picture = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright())))
    if target is Format.HEIC:
        pillow_heif.from_pillow(picture).save(stream, exif=exif.tobytes(), quality=95, chroma=444)
        return stream.getvalue()
    if target is Format.JXL:
        return jxl.from_jpeg(tagged(Format.JPEG, orientation), picture.size, 3)
    picture.save(stream, target.value.upper(), exif=exif, **SAVE[target])
    return stream.getvalue()


def seen(data: bytes, target: Format) -> np.ndarray:
    """What a viewer that honours the tag shows."""
    if target is Format.JXL:
        import pillow_jxl  # noqa: F401 - registers itself with Pillow
    if target is Format.HEIC:  # libheif turns it
        return np.asarray(pillow_heif.open_heif(data).to_pillow().convert("RGB")).astype(int)
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


SOURCES = (*SAVE, Format.HEIC, Format.JXL)
SMALL = (WIDTH // 2, HEIGHT // 2)


POLICIES = list(MetadataPolicy)


def policies(orientation: int, target: Target) -> list[MetadataPolicy]:
    """All for one turn, one each for the others, so that every pair of formats meets all of them."""
    return POLICIES if orientation == 6 else [POLICIES[(orientation + TARGETS.index(target)) % 3]]


def shrunk() -> np.ndarray:
    return np.asarray(Image.fromarray(upright()).resize(SMALL, Image.Resampling.LANCZOS)).astype(int)


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("source", SOURCES)
def test_sources_are_seen_upright_by_others(source: Format, orientation: int) -> None:
    assert np.abs(seen(tagged(source, orientation), source) - upright()).mean() < NEAR
    assert inspect_header(tagged(source, orientation)).upright_size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("source", SOURCES)
def test_results_are_upright_in_every_format(source: Format, orientation: int, target: Target) -> None:
    """Whatever becomes of the metadata; a JPEG that is only packed keeps its tag, the others have none to apply."""
    data = tagged(source, orientation)
    for policy in policies(orientation, target):
        recipe = Recipe(format=target, mode=Mode.QUALITY, quality=92, effort=0, metadata=policy)
        result = _result(data, recipe)
        if result is None:
            continue
        shown = seen(result.data, result.format)
        assert shown.shape == (HEIGHT, WIDTH, 3)
        assert np.abs(shown - upright()).mean() < NEAR, policy
        assert (result.width, result.height) == (WIDTH, HEIGHT)
        assert result.format is Format.JPEG or tags(result.data) == 1


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("source", SOURCES)
def test_resized_results_are_upright_in_every_format(source: Format, orientation: int, target: Target) -> None:
    if target is Target.KEEP and source is Format.HEIC:  # it is not written
        return
    fit = Resize(fitting=Fitting.FIT, width=SMALL[0], height=1000)
    for policy in policies(orientation, target):
        recipe = Recipe(format=target, mode=Mode.QUALITY, quality=95, effort=0, metadata=policy, resize=fit)
        result = made(tagged(source, orientation), recipe)
        assert (result.width, result.height) == SMALL
        assert np.abs(seen(result.data, result.format) - shrunk()).mean() < 2 * NEAR, policy  # few pixels, much loss
        assert tags(result.data) == 1


def _result(data: bytes, recipe: Recipe) -> Made | None:
    """A result, or None where the file stays as it is, which is right by itself."""
    from engine_pictures import done

    result = done(data, recipe)
    if isinstance(result, Made):
        return result
    assert recipe.format is Target.KEEP or recipe.format.value == inspect_header(data).format.value, result
    return None


def _boxed(target: Format, orientation: int, tag: int) -> bytes:
    """An AVIF or HEIC whose boxes say one thing and whose EXIF tag says another.

    The writers turn a tag into boxes and take it out: so another one goes along, and gets its number afterwards.
    """
    stream, exif = BytesIO(), Image.Exif()
    exif[0x0112], exif[0x0115] = orientation, tag
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright())))
    if target is Format.HEIC:
        pillow_heif.from_pillow(stored).save(stream, exif=exif.tobytes(), quality=95, chroma=444)
    else:
        stored.save(stream, "AVIF", exif=exif, **SAVE[target])
    data = stream.getvalue()
    for order in ("<", ">"):
        for number in (0x0112, 0x0115):  # whatever was left of the first one is no tag at all any more
            entry = struct.pack(f"{order}HHI", number, 3, 1)
            data = data.replace(entry, struct.pack(f"{order}HHI", 0x0112 if number == 0x0115 else 0x0111, 3, 1))
    return data


@pytest.mark.parametrize("tag", [1, 3, 6, 8])
@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("source", [Format.AVIF, Format.HEIC])
def test_boxes_count_and_tags_do_not(source: Format, orientation: int, tag: int) -> None:
    """MIAF (ISO/IEC 23000-22, 7.3.9): a tag is never applied on top of irot and imir, nor in their place."""
    data = _boxed(source, orientation, tag)
    exif = Image.Exif()
    exif.load(CODECS[source].read_metadata(data)[0].exif)
    assert exif[0x0112] == tag
    assert inspect_header(data).upright_size == (WIDTH, HEIGHT)
    policy = POLICIES[(orientation + tag) % 3]
    for target in (Target.PNG, Target.JPEG, Target.AVIF):
        result = _result(data, Recipe(format=target, mode=Mode.QUALITY, quality=92, effort=0, metadata=policy))
        if result is not None:
            assert np.abs(seen(result.data, result.format) - upright()).mean() < NEAR
            assert tags(result.data) == 1


@pytest.mark.parametrize("tag", [3, 6])
def test_a_codestream_counts_and_the_tag_beside_it_does_not(tag: int) -> None:
    """ISO/IEC 18181-2, 9.5: the Exif box of JPEG XL does not turn the picture."""
    exif = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, tag, 0, 0)
    plain = CODECS[Format.JXL].encode(DecodedImage((Frame(upright()),)), EncodeOptions())  # type: ignore[attr-defined]
    data = jxl_container.rewrite(plain, Metadata(exif=exif))
    assert exif in data
    for policy in MetadataPolicy:
        for target in (Target.PNG, Target.TIFF, Target.WEBP):
            result = made(data, Recipe(format=target, mode=Mode.LOSSLESS, effort=0, metadata=policy))
            assert np.array_equal(seen(result.data, result.format), upright())
            assert tags(result.data) == 1


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
