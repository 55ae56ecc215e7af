"""Tries on a part of a large picture: they cost a quarter, and are nearly as informative as tries on the whole."""

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
# In smaller pictures a band would be a large share, and a try on the whole costs little.
LEAST_PIXELS: Final = 4_000_000
# Another try on a part costs a quarter of a whole one, so it pays where a whole one would miss this often.
_SURE: Final = 0.7
_TRIES: Final = 3
# If the target is less likely to be reached than this, no parts are tried: the highest quality is tried at once.
_DOUBTFUL: Final = 0.5


def part_of(image: DecodedImage) -> DecodedImage | None:
    """Join bands of rows of a large still picture, without metadata; None if the picture is too small.

    Bands begin at multiples of 16 rows, so that the encoders' blocks lie as they do in the whole picture.
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

    The results are added to `belief`. Returns the number of tries.
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
