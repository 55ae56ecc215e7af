from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.words.privacy import MetadataGroup, readable


@given(st.text())
def test_what_is_shown_is_short_and_printable(text: str) -> None:
    shown = readable(text)
    assert shown.isprintable()
    assert len(shown) <= 200
    if text.isprintable() and len(text) <= 200:
        assert shown == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", "a\\nb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\u202eevil", "\\u202eevil"),
        ("x" * 201, "x" * 199 + "…"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_could_move_the_cursor_is_escaped(text: str, shown: str) -> None:
    assert readable(text) == shown


def test_the_words_of_the_contract() -> None:
    words = """location device owner people capture-date dates copyright credit software history description
        comments exposure thumbnail maker-notes density rendering other"""
    assert [str(group) for group in MetadataGroup] == words.split()
