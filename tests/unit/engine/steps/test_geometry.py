"""Turning, cropping and resizing, as properties."""

from __future__ import annotations

import math
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from engine_pictures import image, pixels
from metric_pictures import random_bytes
from oimg.engine.steps import geometry
from oimg.engine.steps.sizes import plan_size, reduction
from oimg.words.images import ColorModel, DecodedImage, Frame
from oimg.words.recipe import Fitting, Gravity, Resize

sides = st.integers(1, 5000)
sizes = st.tuples(sides, sides)
boxes = st.tuples(sides, sides)
amounts = st.floats(0.01, 3000)


def still(array: np.ndarray, color: ColorModel = ColorModel.RGB, orientation: int = 1) -> DecodedImage:
    return DecodedImage((Frame(array),), color, orientation=orientation)


def resized(array: np.ndarray, color: ColorModel = ColorModel.RGB, **spec: object) -> np.ndarray:
    return geometry.resize(still(array, color), Resize(**spec)).pixels


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orient_as_pillow_does(orientation: int) -> None:
    array = random_bytes(1, 5, 7, 3).astype(np.uint8)
    stream, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(array).save(stream, "PNG", exif=exif)
    with Image.open(stream) as tagged:
        wanted = np.asarray(ImageOps.exif_transpose(tagged))
    turned = geometry.orient(still(array, orientation=orientation))
    assert np.array_equal(turned.pixels, wanted)
    assert turned.orientation == 1
    assert turned.pixels.flags.c_contiguous


def test_orient_treats_every_frame() -> None:
    frames = tuple(Frame(random_bytes(i, 3, 4, 4).astype(np.uint8), 50 * i) for i in range(3))
    turned = geometry.orient(DecodedImage(frames, orientation=6, loop=2))
    assert [frame.pixels.shape for frame in turned.frames] == [(4, 3, 4)] * 3
    assert [frame.duration for frame in turned.frames] == [0, 50, 100]
    assert turned.loop == 2
    assert np.array_equal(turned.frames[2].pixels, np.rot90(frames[2].pixels, -1))


@pytest.mark.parametrize("fitting", [f for f in Fitting if f not in (Fitting.NONE, Fitting.FILL, Fitting.EXACT)])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(size=sizes, box=boxes, amount=amounts)
def test_one_factor_for_both_sides(
    fitting: Fitting, size: tuple[int, int], box: tuple[int, int], amount: float
) -> None:
    for enlarge in (False, True):
        spec = Resize(fitting=fitting, width=box[0], height=box[1], amount=amount, enlarge=enlarge)
        crop, (width, height) = plan_size(size, spec)
        assert crop == size
        assert min(width, height) >= 1
        if not enlarge:
            assert width <= size[0]
            assert height <= size[1]
        # Some factor gives both sides by rounding; a side of one pixel may come from less than half a pixel.
        least = max(
            (side - 0.501) / whole if side > 1 else 0.0 for side, whole in zip((width, height), size, strict=True)
        )
        most = min((side + 0.501) / whole for side, whole in zip((width, height), size, strict=True))
        assert least <= most


@settings(max_examples=80, deadline=None, derandomize=True)
@given(size=sizes, box=boxes)
def test_fit_lies_in_the_box_and_touches_it(size: tuple[int, int], box: tuple[int, int]) -> None:
    spec = Resize(fitting=Fitting.FIT, width=box[0], height=box[1], enlarge=True)
    _, (width, height) = plan_size(size, spec)
    assert width <= box[0]
    assert height <= box[1]
    assert width == box[0] or height == box[1]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(size=sizes, box=boxes, enlarge=st.booleans(), fill=st.booleans())
def test_fill_and_exact_give_the_box(size: tuple[int, int], box: tuple[int, int], *, enlarge: bool, fill: bool) -> None:
    fitting = Fitting.FILL if fill else Fitting.EXACT
    crop, final = plan_size(size, Resize(fitting=fitting, width=box[0], height=box[1], enlarge=enlarge))
    assert 1 <= crop[0] <= size[0]
    assert 1 <= crop[1] <= size[1]
    assert min(final) >= 1
    if fill:
        assert crop[0] == size[0] or crop[1] == size[1]
        # The crop has the shape of the box, to a pixel.
        wanted = box[0] / box[1]
        near = (crop[0] - 0.51) / (crop[1] + 0.51), (crop[0] + 0.51) / max(0.1, crop[1] - 0.51)
        assert near[0] <= wanted <= near[1] or min(crop) == 1
    else:
        assert crop == size
    if enlarge or (box[0] <= crop[0] and box[1] <= crop[1]):
        assert final == box
    else:
        assert final[0] <= max(1, crop[0] + 1)
        assert final[1] <= max(1, crop[1] + 1)


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({"fitting": Fitting.LONG_EDGE, "amount": 100}, (100, 50)),
        ({"fitting": Fitting.SHORT_EDGE, "amount": 100}, (200, 100)),
        ({"fitting": Fitting.SCALE, "amount": 25}, (100, 50)),
        ({"fitting": Fitting.MEGAPIXELS, "amount": 0.02}, (200, 100)),
        ({"fitting": Fitting.FIT, "width": 100, "height": 100}, (100, 50)),
        ({"fitting": Fitting.FILL, "width": 100, "height": 100}, (100, 100)),
        ({"fitting": Fitting.EXACT, "width": 30, "height": 70}, (30, 70)),
        ({"fitting": Fitting.LONG_EDGE, "amount": 4000}, (400, 200)),
        ({"fitting": Fitting.LONG_EDGE, "amount": 800, "enlarge": True}, (800, 400)),
        ({"fitting": Fitting.SCALE, "amount": 0.01}, (1, 1)),
        ({"fitting": Fitting.NONE}, (400, 200)),
    ],
)
def test_known_sizes(spec: dict[str, object], wanted: tuple[int, int]) -> None:
    source = np.zeros((200, 400, 3), np.uint8)
    done = resized(source, **spec)
    assert (done.shape[1], done.shape[0]) == wanted == plan_size((400, 200), Resize(**spec))[1]


@pytest.mark.parametrize("kind", ["gray", "gray+alpha", "rgb", "rgba", "cmyk", "gray16", "rgb16", "rgba16"])
@pytest.mark.parametrize("linear", [False, True])
def test_every_kind_keeps_its_kind(kind: str, *, linear: bool) -> None:
    source = image(kind, 60, 40)
    half = geometry.resize(source, Resize(fitting=Fitting.SCALE, amount=50, linear=linear))
    assert half.size == (30, 20)
    assert half.pixels.dtype == source.pixels.dtype
    assert half.pixels.shape[2] == source.pixels.shape[2]
    assert half.pixels.flags.c_contiguous
    scale = 257 if half.bit_depth == 16 else 1
    colors = slice(0, source.color.channels)
    if not source.has_alpha:  # where nothing hides, the mean hardly moves
        means = [p.pixels[..., colors].astype(float).mean() / scale for p in (source, half)]
        assert abs(means[0] - means[1]) < 4


@pytest.mark.parametrize("kind", ["gray", "rgb", "rgba", "cmyk", "gray16", "rgba16"])
@pytest.mark.parametrize("linear", [False, True])
def test_a_plain_picture_stays_plain(kind: str, *, linear: bool) -> None:
    source = image(kind, 37, 29)
    plain = np.broadcast_to(source.pixels[3, 3], source.pixels.shape).copy()
    if source.has_alpha:
        plain[..., -1] = np.iinfo(plain.dtype).max
    done = resized(plain, source.color, fitting=Fitting.EXACT, width=11, height=17, linear=linear)
    assert np.abs(done.astype(int) - plain[0, 0]).max() <= 1


@pytest.mark.parametrize("kind", ["rgba", "rgba16", "gray+alpha"])
@pytest.mark.parametrize("linear", [False, True])
def test_alpha_leaves_no_fringe(kind: str, *, linear: bool) -> None:
    """Black hidden under full transparency must not darken the edge of a white shape."""
    source = image(kind, 64, 64)
    top = np.iinfo(source.pixels.dtype).max
    shape = np.zeros_like(source.pixels)
    shape[16:48, 16:48] = top
    done = resized(shape, source.color, fitting=Fitting.EXACT, width=23, height=23, linear=linear)
    seen = done[..., -1] > top // 20
    assert seen.any()
    assert (seen & (done[..., -1] < top)).any()  # there is an edge to judge
    assert done[seen][:, :-1].min() > 0.97 * top


def test_linear_light_keeps_the_brightness_of_a_checkerboard() -> None:
    board = np.indices((128, 128)).sum(axis=0) % 2 * 255
    array = np.repeat(board[:, :, np.newaxis], 3, axis=2).astype(np.uint8)
    half = {"fitting": Fitting.SCALE, "amount": 25}
    # Half the light is 188 in sRGB (IEC 61966-2-1), half the number is 128.
    assert abs(int(np.median(resized(array, **half, linear=True))) - 188) <= 2
    assert abs(int(np.median(resized(array, **half))) - 128) <= 2


def test_shrinking_does_not_alias() -> None:
    """Fine stripes become gray; a filter without a low pass would leave stripes or one of the colours."""
    stripes = np.zeros((300, 300, 1), np.uint8)
    stripes[:, ::2] = 255
    done = resized(stripes, ColorModel.GRAY, fitting=Fitting.EXACT, width=70, height=70)[5:-5, 5:-5]
    assert abs(done.astype(float).mean() - 127.5) < 3
    assert done.std() < 8


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_gravity_names_the_part_that_stays(side: str) -> None:
    wide = np.zeros((40, 120, 3), np.uint8) if side in {"left", "right"} else np.zeros((120, 40, 3), np.uint8)
    wide[:40, :40] = (255, 0, 0)
    wide[-40:, -40:] = (0, 0, 255)
    done = resized(wide, fitting=Fitting.FILL, width=40, height=40, gravity=Gravity(side))
    assert tuple(done[20, 20]) == ((255, 0, 0) if side in {"left", "top"} else (0, 0, 255))
    center = resized(wide, fitting=Fitting.FILL, width=40, height=40)
    assert tuple(center[20, 20]) == (0, 0, 0)


@pytest.mark.parametrize("corner", ["top-left", "top-right", "bottom-left", "bottom-right"])
def test_of_a_corner_the_side_counts_that_is_cropped(corner: str) -> None:
    down, across = corner.split("-")
    for size, side in (((40, 120, 3), across), ((120, 40, 3), down)):
        source = random_bytes(3, *size)
        done = resized(source, fitting=Fitting.FILL, width=40, height=40, gravity=Gravity(corner))
        assert np.array_equal(done, resized(source, fitting=Fitting.FILL, width=40, height=40, gravity=Gravity(side)))
        assert np.array_equal(done, source[:40, :40] if side in {"left", "top"} else source[-40:, -40:])


@pytest.mark.parametrize("tall", [False, True])
@pytest.mark.parametrize("at", [0, 30, 85, 140])
def test_smart_crop_finds_the_busy_part(at: int, *, tall: bool) -> None:
    flat = np.full((60, 200, 3), 90, np.uint8)
    flat[10:50, at : at + 60] = random_bytes(4, 40, min(60, 200 - at), 3)
    crop = resized(
        flat.transpose(1, 0, 2).copy() if tall else flat,
        fitting=Fitting.FILL,
        width=60,
        height=60,
        gravity=Gravity.SMART,
    )
    if tall:
        crop = crop.transpose(1, 0, 2)
    near = range(max(0, at - 1), min(140, at + 1) + 1)  # the edge of the part is busy, too
    assert any(np.array_equal(crop, flat[:, left : left + 60]) for left in near)


def test_nothing_to_do_is_the_same_picture() -> None:
    source = still(pixels("rgb", 30, 20))
    assert geometry.resize(source, Resize()) is source
    assert geometry.resize(source, Resize(fitting=Fitting.LONG_EDGE, amount=30)) is source
    assert geometry.scale_to(source, (30, 20)) is source
    assert geometry.scale_to(source, (15, 10)).size == (15, 10)


def test_one_pixel_is_the_least() -> None:
    assert resized(pixels("rgba", 1, 1), fitting=Fitting.SCALE, amount=1).shape == (1, 1, 4)
    assert resized(pixels("rgb", 500, 2), fitting=Fitting.LONG_EDGE, amount=10).shape == (1, 10, 3)
    assert resized(pixels("gray", 1, 1), ColorModel.GRAY, fitting=Fitting.SCALE, amount=700, enlarge=True).shape == (
        7,
        7,
        1,
    )


def test_megapixels_are_met() -> None:
    _, (width, height) = plan_size((4000, 3000), Resize(fitting=Fitting.MEGAPIXELS, amount=2))
    assert math.isclose(width * height, 2e6, rel_tol=0.002)


@pytest.mark.parametrize(
    ("size", "spec", "wanted"),
    [
        ((4000, 3000), {"fitting": Fitting.LONG_EDGE, "amount": 1001}, 1),
        ((4000, 3000), {"fitting": Fitting.LONG_EDGE, "amount": 1000}, 2),  # decoded 2000, twice of what is needed
        ((4000, 3000), {"fitting": Fitting.LONG_EDGE, "amount": 251}, 2),
        ((4000, 3000), {"fitting": Fitting.LONG_EDGE, "amount": 240}, 4),  # decoded 1000, four times
        ((4096, 3072), {"fitting": Fitting.FIT, "width": 64, "height": 64}, 8),
        ((4000, 3000), {"fitting": Fitting.SCALE, "amount": 25}, 2),
        ((4000, 3001), {"fitting": Fitting.SCALE, "amount": 25}, 1),  # half a row would be left
        ((4000, 3000), {"fitting": Fitting.SCALE, "amount": 25, "linear": True}, 1),
        ((4000, 3000), {"fitting": Fitting.FILL, "width": 300, "height": 300}, 1),  # cropped
        ((4000, 3000), {"fitting": Fitting.EXACT, "width": 1000, "height": 751}, 1),
        ((4000, 3000), {"fitting": Fitting.NONE}, 1),
    ],
)
def test_a_reduction_leaves_twice_the_pixels_at_least(
    size: tuple[int, int], spec: dict[str, object], wanted: int
) -> None:
    assert reduction(size, Resize(**spec)) == wanted  # type: ignore[arg-type]


def test_a_reduced_picture_gets_the_size_of_the_whole() -> None:
    # 5 % of 1000 x 600 are 50 x 30; of the picture decoded at a quarter they would be 12 x 8.
    quarter = image("rgb", 250, 150)
    assert geometry.resize(quarter, Resize(fitting=Fitting.SCALE, amount=5), 4).size == (50, 30)
