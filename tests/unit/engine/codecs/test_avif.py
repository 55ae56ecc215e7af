"""AVIF: bytes do not depend on threads, each quality of the scale is a file of its own, settings are worth it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine_pictures import image, photo
from oimg.engine.codecs import ENCODERS
from oimg.engine.codecs.avif import _load
from oimg.engine.search import Judge
from oimg.words.images import DecodedImage, EncodeOptions, Format, Frame, Limits

CODEC = ENCODERS[Format.AVIF]
TARGET = 80.0


@pytest.mark.parametrize("effort", [2, 4, 5, 8])
def test_the_number_of_threads_changes_no_byte(effort: int) -> None:
    """A file must not depend on what else a batch was doing."""
    picture = image("rgb", 384, 256)
    files = {CODEC.encode(picture, EncodeOptions(quality=60, effort=effort, threads=each)) for each in (1, 2, 3, 8)}
    assert len(files) == 1


def test_every_quality_that_may_be_tried_gives_another_file() -> None:
    """The search would waste a try on one that is there already."""
    low, high, step = CODEC.capabilities.qualities
    tried = [low + step * each for each in range(round((high - low) / step) + 1)]
    picture = still(photo(96, 96))
    assert len({CODEC.encode(picture, EncodeOptions(quality=each, effort=2)) for each in tried}) == len(tried)


def test_settings_for_drawings_need_fewer_bytes_than_the_tuning_alone(corpus: Path) -> None:
    """At an equal score and speed; the tuning is aom's own for this score."""
    picture = middle(corpus / "graphics/screenshots/4.3-minimap.png", 400)
    ours = bytes_at_target(picture, ours_at(picture, effort=5))
    assert ours < 0.95 * bytes_at_target(picture, lambda quality: tuned_only(picture.pixels, quality, speed=6))


def test_more_effort_makes_fewer_bytes_at_an_equal_score(corpus: Path) -> None:
    picture = middle(corpus / "photos/lossless/kodim19.png", 192)
    sizes = [bytes_at_target(picture, ours_at(picture, effort)) for effort in (2, 3, 4, 5, 8, 10)]
    assert all(more < 1.01 * less for less, more in pairwise(sizes))
    assert sizes[-1] < 0.9 * sizes[0]


def middle(path: Path, side: int) -> DecodedImage:
    whole = Image.open(path).convert("RGB")
    left, top = (whole.width - side) // 2, (whole.height - side) // 2
    return still(np.asarray(whole.crop((left, top, left + side, top + side))))


def still(pixels: np.ndarray) -> DecodedImage:
    return DecodedImage((Frame(pixels),), loop=1)


def ours_at(picture: DecodedImage, effort: int) -> Callable[[float], bytes]:
    return lambda quality: CODEC.encode(picture, EncodeOptions(quality=quality, effort=effort))


def tuned_only(pixels: np.ndarray, quality: float, *, speed: int) -> bytes:
    """What the library makes of a picture with the tuning and nothing else."""
    _load()
    stream = BytesIO()
    shared = {"codec": "aom", "max_threads": 2, "subsampling": "4:4:4", "advanced": {"tune": "ssimulacra2"}}
    Image.fromarray(pixels).convert("RGBA").save(stream, "AVIF", quality=round(quality), speed=speed, **shared)
    return stream.getvalue()


def bytes_at_target(picture: DecodedImage, encode: Callable[[float], bytes]) -> float:
    """Bytes at the target score, their logarithm read off the line between the qualities around it."""
    judge, points = Judge(picture), []
    for quality in (12, 28, 44, 60, 76, 90):
        data = encode(quality)
        points.append((judge.score(CODEC.decode(data, Limits())), len(data)))
    scores, sizes = np.array(points).T
    assert scores[0] < TARGET < scores[-1]
    assert (np.diff(scores) > 0).all()
    return float(np.exp(np.interp(TARGET, scores, np.log(sizes))))
