"""Columns of a terminal: Chinese characters take two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.faces.cli.columns import padded, shortened, width, wrapped


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("地点", 4), ("a地", 3), ("（）", 4), ("e\u0301", 1)]
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_padding_counts_columns() -> None:
    assert padded("地点", 6) == "地点  "
    assert padded("long", 2) == "long"


@given(st.text(alphabet="ab 地，e\u0301", max_size=60), st.integers(2, 20))
def test_lines_fit_and_nothing_is_lost(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_stay_whole_where_they_fit() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("地点地点 a", 5) == ["地点", "地点", "a"]


@given(st.text(alphabet="ab地点", min_size=1, max_size=90))
def test_long_names_keep_both_ends(text: str) -> None:
    short = shortened(text, 40)
    assert width(short) <= 40
    if width(text) > 40:
        head, _, tail = short.partition("…")
        assert text.startswith(head)
        assert text.endswith(tail)
        assert tail
        assert width(short) >= 38
    else:
        assert short == text
