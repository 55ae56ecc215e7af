"""Tries on a part of a large picture: what they cost is a quarter, and what they tell is nearly the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from oimg.engine.search.belief import Belief
from oimg.words.images import DecodedImage, Frame, Metadata

if TYPE_CHECKING:
    from oimg.engine.search.trial import Trial

# A part is this share of the rows, in bands of _BAND rows at equal distances. Thinner bands, and wider ones, are
# farther from the whole, and so is an eighth (benchmarks/search/README.md, "Tries on a part").
SHARE: Final = 4
_BAND: Final = 128
# Below, a band would be a large piece of the picture, and a try costs little beside all else.
LEAST_PIXELS: Final = 4_000_000
# Another try on a part costs a quarter of a whole one, so it pays where a whole one would miss this often.
_SURE: Final = 0.7
_TRIES: Final = 3
# Where the target is less likely to be reached than this, parts are not asked: the highest quality is tried at once.
_DOUBTFUL: Final = 0.5


def part_of(image: DecodedImage) -> DecodedImage | None:
    """Give bands of rows of a large still picture as a picture, without metadata; None where it is too small.

    Bands begin at multiples of 16 rows, so that blocks of coders lie in them as they do in the whole.
    """
    height = image.size[1]
    count = round(height / (SHARE * _BAND))
    if len(image.frames) > 1 or image.size[0] * height < LEAST_PIXELS or count < 2:
        return None
    tops = [round((each + 0.5) * height / count - _BAND / 2) // 16 * 16 for each in range(count)]
    pixels = np.concatenate([image.pixels[top : top + _BAND] for top in tops])
    return replace(image, frames=(Frame(pixels),), metadata=Metadata())


def ask_part(part: Trial, belief: Belief, target: float, slack: float) -> int:
    """Try qualities on a part until the whole most likely scores from `target` to `slack` above it at one of them.

    What they give is added to `belief`. Gives the number of tries.
    """
    tried: set[float] = set()
    while len(tried) < _TRIES:
        expected = belief.expected()
        if expected.scores_from(target)[-1] < _DOUBTFUL:
            break
        chances = expected.scores_between(target, target + slack)
        quality = float(expected.qualities[chances.argmax()])
        if quality in tried or chances.max() >= _SURE:
            break
        candidate = part.run(quality)
        belief.add(quality, part.density(len(candidate.data)), candidate.score, of_part=True)
        tried.add(quality)
    return len(tried)
