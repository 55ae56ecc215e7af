"""A JPEG that gets much smaller is decoded smaller, and looks as if it had been decoded whole."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine_pictures import made, pixels, refused
from oimg.engine import guarded
from oimg.engine.codecs import jpeg
from oimg.engine.metrics.ssimulacra2 import score
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, DecodedImage, Header, Limits
from oimg.words.recipe import Fitting, Mode, Recipe, Resize, Target
from oimg.words.report import KeptCode


def source(width: int, height: int, kind: str = "rgb", orientation: int = 1) -> bytes:
    array = pixels(kind, width, height)
    picture = Image.fromarray(array.squeeze(), "CMYK" if kind == "cmyk" else None)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=92, exif=exif)
    return stream.getvalue()


def shrunk(untrusted: bytes, spec: Resize) -> np.ndarray:
    recipe = Recipe(format=Target.PNG, mode=Mode.LOSSLESS, resize=spec, effort=0)
    result = made(untrusted, recipe)
    with Image.open(BytesIO(result.data)) as picture:
        return np.asarray(picture.convert("RGB"))


def by_pillow(untrusted: bytes, size: tuple[int, int]) -> np.ndarray:
    with Image.open(BytesIO(untrusted)) as picture:
        return np.asarray(ImageOps.exif_transpose(picture).convert("RGB").resize(size, Image.Resampling.LANCZOS))


@pytest.fixture
def reductions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the decoder was asked for."""
    asked: list[int] = []
    decode = guarded.decode

    def noted(untrusted: bytes, header: Header, limits: Limits, reduction: int = 1) -> DecodedImage:
        asked.append(reduction)
        return decode(untrusted, header, limits, reduction)

    monkeypatch.setattr(guarded, "decode", noted)
    return asked


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_lies_as_pillow_lays_it(orientation: int, reductions: list[int]) -> None:
    untrusted = source(960, 640, orientation=orientation)
    after = shrunk(untrusted, Resize(fitting=Fitting.LONG_EDGE, amount=240))
    assert reductions == [2]
    size = (240, 160) if orientation < 5 else (160, 240)
    assert after.shape == (size[1], size[0], 3)
    assert score(by_pillow(untrusted, size), after) > 94


@pytest.mark.parametrize("kind", ["gray", "rgb"])
def test_gray_and_colours_at_every_scale(kind: str, reductions: list[int]) -> None:
    untrusted = source(1920, 1280, kind)
    for edge in (480, 120, 30):
        after = shrunk(untrusted, Resize(fitting=Fitting.LONG_EDGE, amount=edge))
        assert score(by_pillow(untrusted, (edge, edge * 2 // 3)), after) > 90
    assert reductions == [2, 4, 8]


def test_a_size_that_does_not_divide_is_decoded_whole(reductions: list[int]) -> None:
    untrusted = source(961, 641)
    after = shrunk(untrusted, Resize(fitting=Fitting.SCALE, amount=20))
    assert reductions == [1]
    assert after.shape == (128, 192, 3)


def test_sides_are_rounded_up() -> None:
    for factor in (2, 4, 8):
        image = jpeg.decode_reduced(source(101, 67), Limits(), factor)
        assert image.size == (-(-101 // factor), -(-67 // factor))
    assert jpeg.decode_reduced(source(96, 64, "cmyk"), Limits(), 4).color is ColorModel.CMYK


def test_limits_are_those_of_the_whole_picture() -> None:
    with pytest.raises(OimgError) as caught:
        jpeg.decode_reduced(source(960, 640), Limits(max_pixels=400_000), 8)
    assert caught.value.code is ErrorCode.TOO_LARGE


def test_damage_is_found_all_the_same() -> None:
    pytest.importorskip("pyjpegli")
    whole = source(960, 640)
    torn = whole[: len(whole) * 3 // 4] + b"\xff\xd9"
    recipe = Recipe(resize=Resize(fitting=Fitting.LONG_EDGE, amount=200))
    assert refused(torn, recipe).code is KeptCode.DAMAGED


def test_real_photos_look_as_decoded_whole(corpus: Path, reductions: list[int]) -> None:
    for name, size in (("camera/Apple iPhone 5.jpg", (816, 612)), ("camera/012mp-bus.jpg", (1008, 756))):
        untrusted = (corpus / "photos" / name).read_bytes()
        after = shrunk(untrusted, Resize(fitting=Fitting.SCALE, amount=25))
        assert score(by_pillow(untrusted, size), after) > 93
    assert reductions == [2, 2]
