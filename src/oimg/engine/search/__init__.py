"""Finding the smallest encoding that is good enough: for a score, or for a number of bytes. Bounded and pure.

`judge` scores, `trial` makes and judges one encoding, `prior` holds what was learned of each encoder, `belief` joins
it with what was measured of the picture at hand, `for_score` and `for_bytes` decide what is tried next.
"""

from __future__ import annotations

from oimg.engine.search.coarsest import coarsest
from oimg.engine.search.judge import SMALLEST_EXACT, Judge, shown
from oimg.engine.search.prior import usual_quality
from oimg.engine.search.score import SLACK, for_score
from oimg.engine.search.size import for_bytes
from oimg.engine.search.trial import MAX_ENCODES, Candidate, Found, Trial

__all__ = [
    "MAX_ENCODES",
    "SLACK",
    "SMALLEST_EXACT",
    "Candidate",
    "Found",
    "Judge",
    "Trial",
    "coarsest",
    "for_bytes",
    "for_score",
    "shown",
    "usual_quality",
]
