"""Tries on a part of a large picture: which part that is, and that the whole decides all the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from oimg.engine.search import SLACK, Trial, for_score
from oimg.engine.search.belief import Belief
from oimg.engine.search.part import LEAST_PIXELS, SHARE, part_of
from oimg.engine.search.prior import prior
from oimg.words.images import DecodedImage, EncodeOptions, Format, Frame, Metadata

PIXELS = 12_000_000
SPAN = (1.0, 100.0, 1.0)


def large(height: int = 3000, width: int = 2000) -> DecodedImage:
    """A picture in which each row names itself."""
    rows = np.arange(height)
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 1] = (rows // 256)[:, np.newaxis], (rows % 256)[:, np.newaxis]
    return DecodedImage((Frame(pixels),))


def rows_of(part: DecodedImage) -> np.ndarray:
    first = part.pixels[:, 0].astype(int)
    return first[:, 0] * 256 + first[:, 1]


def test_a_part_is_whole_rows_in_bands_from_all_over_the_picture() -> None:
    part = part_of(replace(large(), metadata=Metadata(exif=b"Exif"), icc=b"profile"))
    assert part is not None
    assert part.metadata == Metadata()
    assert part.icc == b"profile"
    rows = rows_of(part)
    assert 0.8 < rows.size * SHARE / 3000 < 1.2
    starts = rows[np.flatnonzero(np.diff(rows, prepend=-9) != 1)]
    assert len(starts) >= 2
    assert (starts % 16 == 0).all()
    assert (np.diff(rows) > 0).all()
    distances = np.diff(starts)
    assert distances.max() - distances.min() <= 16
    assert abs((rows[0] + rows[-1]) / 2 - 1500) <= 16


def test_small_and_moving_pictures_have_no_part() -> None:
    width = LEAST_PIXELS // 2500
    assert part_of(large(2500, width)) is not None
    assert part_of(large(2500, width - 1)) is None
    assert part_of(large(700, 6000)) is None  # one band would be all there is
    whole = large()
    assert part_of(replace(whole, frames=(*whole.frames, Frame(whole.pixels)))) is None


@dataclass
class Fake:
    """An encoder and a judge of a whole and of its part; files hold quality and which of both they are."""

    curve: Callable[[float], float]
    off: float = 0.0
    tried: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})

    def trial(self, format: Format, *, is_part: bool = False) -> Trial:  # noqa: A002
        pixels = PIXELS // SHARE if is_part else PIXELS
        known = prior(format.value, 5)

        def encode(options: EncodeOptions) -> bytes:
            quality = options.quality or 0.0
            self.tried[is_part].append(quality)
            # A thousandth of the bytes that the prior expects, told to the search with as much fewer pixels.
            size = pixels / 1000 * math.exp(np.interp(quality, known.qualities, known.density.mean))
            return f"{quality} {is_part}".encode().ljust(round(size))

        def part() -> Trial | None:
            return None if is_part else self.trial(format, is_part=True)

        return Trial(format, EncodeOptions(), SPAN, encode, bytes.split, self, lambda: None, pixels // 1000, part=part)  # type: ignore[arg-type]

    def score(self, decoded: Any) -> float:
        quality, is_part = decoded
        score = self.curve(float(quality))
        return 100 - (100 - score) * math.exp(self.off if is_part == b"True" else 0.0)


def moved(shift: float) -> Callable[[float], float]:
    """A curve like the learned mean of JPEG, moved in the logarithm of its distance from 100."""
    known = prior("jpeg", 5)
    return lambda q: float(100 - math.exp(np.interp(q, known.qualities, known.distance.mean) + shift))


@pytest.mark.parametrize("shift", [-0.4, -0.2, 0.0, 0.2, 0.4])
@pytest.mark.parametrize("off", [-0.08, -0.025, 0.03])
def test_the_whole_is_what_meets_the_target(shift: float, off: float) -> None:
    fake = Fake(moved(shift), off)
    found = for_score(fake.trial(Format.JPEG), 80)
    assert found.best is not None
    assert found.best.score == fake.curve(found.best.options.quality or 0)
    assert 80 <= found.best.score <= 80 + SLACK
    assert found.encodes == len(fake.tried[False])
    assert found.best.data.split()[1] == b"False"
    assert len(fake.tried[True]) <= 3


def test_parts_spare_tries_of_the_whole() -> None:
    counts = {True: 0, False: 0}
    for shift in np.linspace(-0.5, 0.5, 21):
        for with_part in counts:
            fake = Fake(moved(float(shift)), -0.025)
            trial = fake.trial(Format.JPEG)
            for_score(trial if with_part else replace(trial, part=lambda: None), 80)
            counts[with_part] += len(fake.tried[False])
    assert counts[True] <= 1.2 * 21
    assert counts[True] < counts[False] - 5


def test_nothing_is_asked_of_a_part_where_the_target_is_out_of_reach() -> None:
    fake = Fake(moved(2.5))
    found = for_score(fake.trial(Format.JPEG), 97)
    assert found.best is None
    assert len(fake.tried[True]) <= 1


def test_a_part_tells_less_than_the_whole_and_tries_on_it_have_an_error_in_common() -> None:
    def deviation(*tries: tuple[float, bool]) -> float:
        belief = Belief(prior("jpeg", 5), SPAN)
        for quality, of_part in tries:
            belief.add(quality, -1.0, 80.0, of_part=of_part)
        expected = belief.expected()
        return float(expected.distance_sd[expected.qualities == 82][0])

    nothing, part, whole = deviation(), deviation((82, True)), deviation((82, False))
    assert whole < part < nothing
    assert deviation(*[(82.0, True)] * 50) > whole
