"""The coarsest setting that passes, against trying them all."""

from __future__ import annotations

import math

import pytest

from oimg.engine.search import Candidate, coarsest
from oimg.words.images import EncodeOptions


@pytest.mark.parametrize("count", range(1, 12))
def test_it_finds_what_trying_all_would_find_and_in_few_tries(count: int) -> None:
    qualities = [100 - 7 * index for index in range(count)]
    for passing in range(count + 1):
        tried: list[float] = []

        def run(quality: float, tried: list[float] = tried) -> Candidate:
            tried.append(quality)
            return Candidate(b"", EncodeOptions(quality=quality))

        good = qualities[:passing]
        found = coarsest(qualities, run, lambda candidate, good=good: candidate.options.quality in good)
        assert (found.options.quality if found else None) == (good[-1] if good else None)
        assert tried[0] == qualities[0]
        assert len(tried) == len(set(tried)) <= 1 + math.ceil(math.log2(count))
        assert good or len(tried) == 1


def test_coarser_than_a_failure_is_not_tried_before_finer() -> None:
    """Scores of palettes are not quite monotonous: what comes back passes all the same."""
    passes = {100: True, 85: True, 70: False, 58: True, 46: False}
    found = coarsest(
        list(passes),
        lambda quality: Candidate(b"", EncodeOptions(quality=quality)),
        lambda candidate: passes[int(candidate.options.quality or 0)],
    )
    assert found is not None
    assert found.options.quality == 85
