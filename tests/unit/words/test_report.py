"""Reports: totals, counts and exit codes follow from the outcomes alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.images import Format, Header
from oimg.words.report import (
    Failed,
    Kept,
    KeptCode,
    Optimized,
    Outcome,
    Record,
    Report,
    SourceFile,
    Stopped,
    bytes_of,
)
from strategies import records

SOURCE = SourceFile(Path("/p/a.png"), Path("/p"), 1000, (1, 2, 1000, 3), Header(Format.PNG, 4, 4))
BETTER = Optimized(SOURCE.path, SOURCE, Path("/p/b.png"), Format.PNG, 400, 4, 4, 1)
KEPT = Kept(SOURCE.path, SOURCE, KeptCode.NOT_SMALLER)
NO_PICTURE = Kept(SOURCE.path, None, KeptCode.NOT_AN_IMAGE)
FAILED = Failed(SOURCE.path, ErrorCode.CORRUPT, "", SOURCE)
STOPPED = Stopped(SOURCE.path, SOURCE)


def report(*outcomes: Outcome) -> Report:
    return Report("id", tuple(Record(outcome, 0.5) for outcome in outcomes), 1.0)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((), 0),
        ((BETTER, KEPT, NO_PICTURE), 0),
        ((BETTER, FAILED), 1),
        ((FAILED, FAILED), 1),
        ((BETTER, STOPPED), 130),
        ((FAILED, STOPPED), 130),
    ],
)
def test_exit_codes(outcomes: tuple[Outcome, ...], code: int) -> None:
    assert report(*outcomes).exit_code == code


def test_totals_count_what_was_dealt_with() -> None:
    whole = report(BETTER, KEPT, NO_PICTURE, FAILED, STOPPED)
    # 1000 -> 400 and 1000 -> 1000; the other three say nothing about bytes
    assert (whole.source_bytes, whole.output_bytes) == (2000, 1400)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(BETTER, (1000, 400)), (KEPT, (1000, 1000)), (NO_PICTURE, (0, 0)), (FAILED, (0, 0)), (STOPPED, (0, 0))],
)
def test_bytes_of_each_kind(outcome: Outcome, expected: tuple[int, int]) -> None:
    assert bytes_of(Record(outcome, 0.0)) == expected


@given(st.lists(records(), max_size=12).map(tuple))
def test_every_file_is_counted_once(some: tuple[Record, ...]) -> None:
    whole = Report("id", some, 1.0)
    counts = [whole.count(kind) for kind in (Optimized, Kept, Failed, Stopped)]
    assert sum(counts) == len(some)
    assert whole.exit_code == (130 if counts[3] else 1 if counts[2] else 0)
    halves = [Report("id", part, 1.0) for part in (some[::2], some[1::2])]
    assert sum(half.source_bytes for half in halves) == whole.source_bytes
    assert sum(half.output_bytes for half in halves) == whole.output_bytes


@pytest.mark.parametrize("kind", [ErrorCode, KeptCode])
def test_codes_are_distinct_and_fit_for_scripts(kind: type[ErrorCode | KeptCode]) -> None:
    values = [code.value for code in kind]
    assert len(set(values)) == len(values)
    assert all(value.replace("-", "").isalnum() and value == value.lower() for value in values)


def test_an_error_carries_code_and_facts() -> None:
    error = OimgError(ErrorCode.TOO_LARGE, "9 pixels")
    assert (error.code, error.detail) == (ErrorCode.TOO_LARGE, "9 pixels")
    assert not issubclass(Cancelled, OimgError)


@pytest.mark.parametrize(
    ("width", "height", "byte_size", "weight"),
    [(40, 30, 1000, 1200), (60_000, 60_000, 84, 33_600), (0, 0, 1000, 1), (40, 30, 0, 1)],
)
def test_a_header_that_claims_too_much_weighs_little(width: int, height: int, byte_size: int, weight: int) -> None:
    source = replace(SOURCE, byte_size=byte_size, header=Header(Format.GIF, width, height))
    assert source.weight == weight
