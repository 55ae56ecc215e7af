"""The fast SSIMULACRA2 against the plain one in float64, and against scores of the reference tool."""

from __future__ import annotations

import hashlib
import io
import json
import math
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import metric_pictures
import ssimulacra2_float64
from oimg.engine.metrics import numpy_back_end
from oimg.engine.metrics.ssimulacra2 import Reference, score
from oimg.engine.metrics.ssimulacra2_constants import BACKGROUNDS, TAPS, WEIGHTS, ErrorMap

PUBLISHED = Path(__file__).parents[3] / "data" / "ssimulacra2_published.json"
# Some of them wider than the tiles of the numpy back end, 1,024, and than the stripes of the kernel, 2,048.
SIZES = [(8, 8), (8, 31), (9, 17), (33, 47), (128, 96), (131, 257), (40, 1024), (40, 1025), (17, 2071)]
PHOTOS = ["kodim13.png", "kodim23.png", "7552578.png", "night-lossless.png"]


def jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    coded = io.BytesIO()
    Image.fromarray(pixels).save(coded, "JPEG", quality=quality)
    return np.asarray(Image.open(coded))


def photo(corpus: Path, name: str) -> np.ndarray:
    return np.asarray(Image.open(corpus / "photos" / "lossless" / name).convert("RGB"))


def test_the_kernel_is_the_impulse_response_of_the_published_filter():
    taps = ssimulacra2_float64.blur_taps()
    assert taps == pytest.approx([*reversed(TAPS[1:]), *TAPS], abs=1e-12)


def test_every_published_weight_above_a_hundredth_is_used():
    published = ssimulacra2_float64.WEIGHTS
    used = {
        (channel, scale, (1, 4).index(norm), list(ErrorMap).index(error)): weight
        for (scale, channel), errors in WEIGHTS.items()
        for error, norms in errors.items()
        for norm, weight in norms.items()
    }
    assert used == {place: weight for place, weight in np.ndenumerate(published) if weight > 0.01}


@cache
def generated(
    maker: str, distortion: str, strength: int, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, float]:
    """A pair, and its score by the plain version."""
    original = metric_pictures.ORIGINALS[maker](1, *size)
    candidate = metric_pictures.distort(original, distortion, strength)
    return original, candidate, ssimulacra2_float64.score(original, candidate)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("distortion", "strength"), [("noise", 9), ("blocks", 3), ("box_blur", 1)])
@pytest.mark.parametrize("maker", ["texture", "boxes", "clouds", "cutout"])
def test_generated_pictures_agree_with_the_plain_version(maker, distortion, strength, size):
    original, candidate, expected = generated(maker, distortion, strength, size)
    assert score(original, candidate) == pytest.approx(expected, abs=0.01)


@pytest.mark.corpus
@pytest.mark.parametrize("quality", [15, 60, 96])
@pytest.mark.parametrize("name", PHOTOS)
def test_photos_agree_with_the_plain_version(corpus, name, quality):
    original = photo(corpus, name)[:400, :500]
    candidate = jpeg(original, quality)
    expected = ssimulacra2_float64.score(original, candidate)
    assert score(original, candidate) == pytest.approx(expected, abs=0.01)


@pytest.mark.corpus
def test_a_screenshot_agrees_with_the_plain_version(corpus):
    picture = Image.open(corpus / "graphics" / "screenshots" / "windows95.png").convert("RGB")
    original = np.asarray(picture)[:400, :500]
    candidate = jpeg(original, 50)
    expected = ssimulacra2_float64.score(original, candidate)
    assert score(original, candidate) == pytest.approx(expected, abs=0.01)


def published_pair(described: dict, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of a published pair, proven to be the ones that the tool saw."""
    source = described["original"]
    if "maker" in source:
        original = metric_pictures.ORIGINALS[source["maker"]](*source["arguments"])
    else:
        path = folder / source["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == source["file_sha256"], source["file"]
        original = np.asarray(Image.open(path).convert("RGB"))
    candidate = metric_pictures.distort(original, described["distortion"], described["strength"])
    assert metric_pictures.digest(original) == described["original_pixels_sha256"]
    assert metric_pictures.digest(candidate) == described["candidate_pixels_sha256"]
    return original, candidate


@pytest.mark.corpus
def test_published_scores_of_the_reference_tool(corpus):
    """The tool's own rounding is worth up to half a point on smooth pictures, so the bounds are not zero."""
    pairs = json.loads(PUBLISHED.read_text(encoding="utf-8"))["pairs"]
    gaps = [abs(score(*published_pair(pair, corpus)) - pair["score"]) for pair in pairs]
    median, worst = float(np.median(gaps)), max(gaps)
    named = pairs[gaps.index(worst)]
    facts = f"median gap {median:.3f}, worst {worst:.3f} at {named['original']} {named['distortion']}"
    assert len(pairs) >= 24, "too few pairs to mean something"
    assert median < 0.5, facts
    assert worst < 2.0, facts


@pytest.mark.parametrize("maker", ["texture", "boxes", "clouds", "cutout"])
@pytest.mark.parametrize("size", [(1, 1), (3, 50), (8, 8), (65, 130)])
def test_equal_pictures_score_exactly_100(maker, size):
    picture = metric_pictures.ORIGINALS[maker](5, *size)
    assert score(picture, picture.copy()) == 100.0


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (7, 7), (5, 90), (200, 3)])
def test_small_sides_are_extended_to_8_by_repeating_the_last_row_and_column(size):
    original = metric_pictures.texture(3, *size)
    candidate = metric_pictures.noise(original, 20)
    padding = [(0, max(0, 8 - size[0])), (0, max(0, 8 - size[1])), (0, 0)]
    padded = [np.pad(pixels, padding, mode="edge") for pixels in (original, candidate)]
    expected = ssimulacra2_float64.score(*padded)
    assert score(original, candidate) == pytest.approx(expected, abs=0.01)


def test_gray_counts_as_equal_red_green_and_blue():
    gray = metric_pictures.texture(4, 70, 90, 1)
    worse = metric_pictures.blocks(gray, 3)
    expected = score(gray.repeat(3, axis=2), worse.repeat(3, axis=2))
    assert score(gray, worse) == pytest.approx(expected, abs=1e-4)
    assert score(gray, worse.repeat(3, axis=2)) == pytest.approx(expected, abs=1e-4)
    assert score(gray.repeat(3, axis=2), worse) == pytest.approx(expected, abs=1e-4)
    assert score(gray, gray.repeat(3, axis=2)) == pytest.approx(100, abs=1e-3)


def test_opaque_alpha_changes_nothing():
    original = metric_pictures.texture(4, 70, 90)
    candidate = metric_pictures.noise(original, 10)
    alpha = np.full((70, 90, 1), 255, np.uint8)
    expected = score(original, candidate)
    assert score(np.concatenate([original, alpha], axis=2), candidate) == expected
    assert score(original, np.concatenate([candidate, alpha], axis=2)) == expected


def test_colors_under_full_transparency_do_not_matter():
    original = np.concatenate([metric_pictures.texture(4, 40, 40), np.zeros((40, 40, 1), np.uint8)], axis=2)
    candidate = original.copy()
    candidate[..., :3] = 255 - candidate[..., :3]
    assert score(original, candidate) == pytest.approx(100, abs=1e-3)


def test_the_worse_background_counts():
    """A lost dark shadow shows over a bright ground only, a lost bright one over a dark ground only."""
    for shade in (25, 230):
        shadow = np.full((64, 64, 2), shade, np.uint8)
        shadow[..., 1] = 0
        shadow[16:48, 16:48, 1] = 200
        lost = shadow.copy()
        lost[..., 1] = 0
        expected = ssimulacra2_float64.score(shadow, lost)
        assert score(shadow, lost) == pytest.approx(expected, abs=max(0.01, 1e-4 * abs(expected)))
        assert expected < 50, "the loss must show"


def test_alpha_of_either_side_alone_is_compared():
    opaque = metric_pictures.texture(4, 64, 64)
    clear = metric_pictures.cutout(4, 64, 64)
    for pair in ((opaque, clear), (clear, opaque)):
        expected = ssimulacra2_float64.score(*pair)
        assert score(*pair) == pytest.approx(expected, abs=max(0.01, 1e-4 * abs(expected)))


@pytest.mark.parametrize("maker", ["texture", "cutout"])
@pytest.mark.parametrize("cached", [True, False])
def test_parts_give_the_score_of_the_whole(monkeypatch, in_use, maker, cached):
    original = metric_pictures.ORIGINALS[maker](6, 333, 90)
    candidate = metric_pictures.distort(original, "blocks", 2)
    whole = score(original, candidate)
    monkeypatch.setattr(numpy_back_end, "STRIP_PIXELS", 90 * 48)
    monkeypatch.setattr(f"oimg.engine.metrics.{in_use}_back_end.CACHE_PIXELS", 10**9 if cached else 0)
    assert score(original, candidate) == pytest.approx(whole, abs=1e-4)


def test_a_strip_is_never_thinner_than_its_alignment_allows(monkeypatch):
    original = metric_pictures.texture(6, 100, 300)
    candidate = metric_pictures.noise(original, 10)
    whole = score(original, candidate)
    monkeypatch.setattr(numpy_back_end, "STRIP_PIXELS", 1)
    assert score(original, candidate) == pytest.approx(whole, abs=1e-4)


def test_a_reference_serves_many_candidates_and_threads():
    original = metric_pictures.texture(8, 120, 150)
    candidates = [metric_pictures.noise(original, amplitude) for amplitude in range(1, 9)]
    reference = Reference(original)
    one_by_one = [reference.score(candidate) for candidate in candidates]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(reference.score, candidates)) == pytest.approx(one_by_one, abs=1e-4)
    assert one_by_one == pytest.approx([score(original, candidate) for candidate in candidates], abs=1e-4)


def test_views_that_are_not_contiguous_are_read_right():
    wide = metric_pictures.texture(8, 80, 140)
    original, candidate = wide[:, ::2], metric_pictures.noise(wide, 9)[:, ::2]
    expected = score(original.copy(), candidate.copy())
    assert score(original, candidate) == pytest.approx(expected, abs=1e-6)


@pytest.mark.corpus
@pytest.mark.parametrize("name", PHOTOS[:2])
def test_more_jpeg_quality_scores_higher(corpus, name):
    original = photo(corpus, name)
    reference = Reference(original)
    scores = [reference.score(jpeg(original, quality)) for quality in (10, 30, 50, 70, 85, 95)]
    assert scores == sorted(scores)
    assert len(set(scores)) == len(scores)


@pytest.mark.parametrize("distortion", metric_pictures.DISTORTIONS)
def test_every_distortion_costs_and_a_stronger_one_costs_more(distortion):
    original = metric_pictures.texture(9, 160, 160)
    reference = Reference(original)
    mild, strong = (reference.score(metric_pictures.distort(original, distortion, strength)) for strength in (2, 6))
    assert strong < mild < 100


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("other", [(20, 31, 3), (21, 30, 3), (30, 20, 3)])
def test_different_sizes_are_refused_both_ways(other, swap):
    pair = [np.zeros((20, 30, 3), np.uint8), np.zeros(other, np.uint8)]
    if swap:
        pair.reverse()
    with pytest.raises(ValueError, match="sizes differ"):
        score(*pair)


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((20, 30, 3), np.uint16),
        np.zeros((20, 30, 3), np.float32),
        np.zeros((20, 30), np.uint8),
        np.zeros((20, 30, 5), np.uint8),
        np.zeros((20, 30, 0), np.uint8),
    ],
)
def test_what_is_not_8_bit_pixels_is_refused_both_ways(wrong, swap):
    pair = [np.zeros((20, 30, 3), np.uint8), wrong]
    if swap:
        pair.reverse()
    with pytest.raises(ValueError, match="not 8-bit pixels"):
        score(*pair)


def test_an_empty_picture_is_refused():
    with pytest.raises(ValueError, match="not 8-bit pixels"):
        Reference(np.zeros((0, 30, 3), np.uint8))


@st.composite
def hard_pairs(draw) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of few extreme values, where numbers are most likely to go wrong."""
    height, width = draw(st.integers(8, 40)), draw(st.integers(8, 40))
    pair = []
    for _ in range(2):
        channels = draw(st.integers(1, 4))
        values = draw(st.lists(st.integers(0, 255), min_size=1, max_size=4))
        choice = metric_pictures.random_bytes(draw(st.integers(0, 99)), height, width, channels)
        pair.append(np.array(values, np.uint8)[choice % len(values)])
    return pair[0], pair[1]


@given(hard_pairs())
@settings(max_examples=60, deadline=None)
def test_any_pair_has_a_finite_score_that_agrees(pair):
    found = score(*pair)
    assert math.isfinite(found)
    assert found <= 100
    expected = ssimulacra2_float64.score(*pair)
    # Below zero nothing is readable any more; there the bound grows with the score.
    assert found == pytest.approx(expected, abs=max(0.01, 1e-4 * abs(expected)))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_black_against_white_is_finite(channels):
    black = np.zeros((100, 100, channels), np.uint8)
    white = np.full((100, 100, channels), 255, np.uint8)
    for pair in ((black, white), (white, black)):
        assert math.isfinite(score(*pair))
        assert score(*pair) < 0


def test_the_backgrounds_are_dark_and_bright():
    assert BACKGROUNDS[0] < 0.5 < BACKGROUNDS[1]
