"""The coarsest of a few settings that still passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from oimg.engine.search.trial import Candidate


def coarsest(
    qualities: Sequence[float], run: Callable[[float], Candidate], passes: Callable[[Candidate], bool]
) -> Candidate | None:
    """Give the candidate of the coarsest of `qualities`, finest first, that passes; None where the finest does not.

    What is coarser than a failure is taken to fail: after the finest, the span between the coarsest that passed and
    the finest that failed is halved, so that n qualities take at most 1 + ceil(log2(n)) tries.
    """
    best: Candidate | None = None
    passed, failed, at = -1, len(qualities), 0
    while passed < at < failed:
        candidate = run(qualities[at])
        if passes(candidate):
            best, passed = candidate, at
        elif best is None:
            return None
        else:
            failed = at
        at = (passed + failed) // 2
    return best
