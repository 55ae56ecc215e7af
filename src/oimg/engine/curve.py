"""Points of the curve of a picture in one format: bytes and score over quality."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from oimg.engine.candidates import takes_full_chroma
from oimg.engine.prepared import Prepared
from oimg.engine.search.belief import PART_OFF
from oimg.engine.search.prior import distance
from oimg.words.preview import CurvePoint
from oimg.words.recipe import Mode

# The ends and the bend first, so that the curve is there soon; then what lies between.
_QUALITIES: Final = (20, 50, 80, 95, 35, 65, 88, 73, 99, 10)


def points(work: Prepared) -> Iterator[CurvePoint]:
    """Encode at qualities from 10 to 99, the most telling first; a large picture by a quarter of its rows.

    Raises OimgError and Cancelled.
    """
    low, high, step = work.trial().qualities
    for wanted in _QUALITIES:
        if not low <= wanted <= high:
            continue
        asked = replace(work.recipe, mode=Mode.QUALITY, quality=wanted)
        trial = work.trial(full_chroma=takes_full_chroma(replace(work, recipe=asked)))
        part = trial.part()
        made = (part or trial).run(low + round((wanted - low) / step) * step)
        quality, size, score = float(wanted), len(work.finish(made.data)), made.score or 0.0
        if part is None:
            yield CurvePoint(quality, size, score, format=work.target)
        else:  # what is known of how parts differ from the whole
            far, density = float(distance(score)) - PART_OFF[0], part.density(size) - PART_OFF[1]
            size, score = round(trial.pixels * math.exp(density)), 100 - math.exp(far)
            yield CurvePoint(quality, size, score, approximate=True, format=work.target)
