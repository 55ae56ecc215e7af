"""Both back ends give the same sums, and either can be asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import metric_pictures
from oimg.engine.metrics import back_end
from oimg.engine.metrics.heatmap import Cells, local_scores
from oimg.engine.metrics.ssimulacra2 import Reference, score
from oimg.engine.metrics.sums import KEYS, Totals


def asked(monkeypatch, name):
    monkeypatch.setenv(back_end.VARIABLE, name)


@st.composite
def pairs(draw) -> tuple[np.ndarray, np.ndarray]:
    """An original of any kind and size, and a candidate that may have other channels."""
    height, width = draw(st.integers(1, 200)), draw(st.integers(1, 300))
    maker = draw(st.sampled_from(["texture", "boxes", "clouds", "cutout"]))
    original = metric_pictures.ORIGINALS[maker](draw(st.integers(0, 99)), height, width)
    distortion = draw(st.sampled_from(sorted(metric_pictures.DISTORTIONS)))
    candidate = metric_pictures.distort(original, distortion, draw(st.integers(1, 9)))
    channels = [draw(st.sampled_from([1, 2, 3, 4])) for _ in range(2)]
    return with_channels(original, channels[0]), with_channels(candidate, channels[1])


def with_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    color = pixels[..., :3] if channels >= 3 else pixels[..., 1:2]
    if channels % 2:
        return color
    alpha = pixels[..., 3:] if pixels.shape[2] == 4 else pixels[..., :1] | 128
    return np.concatenate([color, alpha], axis=2)


def by_both(pair: tuple[np.ndarray, np.ndarray], compute):
    """What each back end makes of a pair."""
    results = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("numpy", "native"):
            asked(patch, name)
            results.append(compute(*pair))
    return results


# The random pairs bring their own back ends; this keeps them from running once for each.
native_only = pytest.mark.parametrize("in_use", ["native"], indirect=True)


@native_only
@given(pairs())
@settings(max_examples=80, deadline=None)
def test_any_pair_has_the_same_score(pair):
    plain, native = by_both(pair, score)
    # Below zero nothing is readable any more; there the bound grows with the score.
    assert native == pytest.approx(plain, abs=max(0.001, 1e-5 * abs(plain)))


@native_only
@given(pairs())
@settings(max_examples=30, deadline=None)
def test_any_pair_has_the_same_map(pair):
    plain, native = by_both(pair, lambda original, candidate: local_scores(Reference(original), candidate))
    assert native.shape == plain.shape
    assert native == pytest.approx(plain, abs=0.005)


@pytest.mark.parametrize("size", [(40, 2047), (40, 2048), (40, 2049), (24, 4111), (4111, 24), (1, 2500), (2500, 1)])
def test_wide_and_tall_pictures_agree(size):
    """The kernel cuts pictures of more than 2,048 columns."""
    original = metric_pictures.boxes(3, *size)
    pair = original, metric_pictures.noise(original, 12)
    plain, native = by_both(pair, score)
    assert native == pytest.approx(plain, abs=0.001)
    plain, native = by_both(pair, lambda one, other: local_scores(Reference(one), other))
    assert native == pytest.approx(plain, abs=0.005)


def test_totals_are_the_sums_of_the_cells(in_use):
    """Of the kernel; the numpy back end fills one or the other."""
    original = metric_pictures.texture(1, 131, 2100)
    reference = Reference(original)
    (totals,) = reference.measure(metric_pictures.noise(original, 9), Totals)
    (cells,) = reference.measure(metric_pictures.noise(original, 9), Cells)
    ends = np.cumsum([rows * columns for rows, columns in cell_shapes(131, 2100)])
    sums = [part.sum(dtype=np.float64) for part in np.split(cells.cells, ends[:-1])]
    assert ends[-1] == cells.cells.size
    assert sums == pytest.approx(totals.totals.tolist(), rel=1e-4)
    if in_use == "native":
        assert cells.totals == pytest.approx(totals.totals, rel=1e-12)


def cell_shapes(height: int, width: int) -> list[tuple[int, int]]:
    """Rows and columns of each map: cells of 8 pixels, but never smaller than a sample of the map's scale."""
    shapes = []
    for (scale, _), _, _ in KEYS:
        side = max(8, 1 << scale)
        shapes.append((-(-height // side), -(-width // side)))
    return shapes


@pytest.mark.parametrize(
    "view", [np.flipud, np.fliplr, lambda pixels: pixels[::2, 1::3], lambda pixels: pixels[..., ::-1]]
)
def test_any_strides_are_read_right(view):
    original = metric_pictures.texture(5, 120, 200)
    candidate = metric_pictures.noise(original, 9)
    expected = score(np.ascontiguousarray(view(original)), np.ascontiguousarray(view(candidate)))
    assert score(view(original), view(candidate)) == expected
    one_color = np.broadcast_to(original[:1, :1], original.shape)
    assert score(one_color, candidate) == score(one_color.copy(), candidate)


def test_threads_share_an_original_above_the_cache_too(monkeypatch, in_use):
    monkeypatch.setattr(f"oimg.engine.metrics.{in_use}_back_end.CACHE_PIXELS", 0)
    original = metric_pictures.cutout(8, 120, 150)
    candidates = [metric_pictures.noise(original, amplitude) for amplitude in range(1, 7)]
    reference = Reference(original)
    one_by_one = [reference.score(candidate) for candidate in candidates]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(reference.score, candidates)) == pytest.approx(one_by_one, abs=1e-6)


def test_the_environment_chooses(monkeypatch, in_use):
    asked(monkeypatch, in_use)
    assert back_end.chosen() == in_use
    assert type(back_end.prepare(np.zeros((8, 8, 3), np.uint8))).__module__.endswith(f"{in_use}_back_end")
    monkeypatch.delenv(back_end.VARIABLE)
    assert back_end.chosen() == ("native" if back_end.is_native_there() else "numpy")
    asked(monkeypatch, "fast")
    with pytest.raises(ValueError, match="OIMG_METRIC is neither native nor numpy: fast"):
        back_end.chosen()
