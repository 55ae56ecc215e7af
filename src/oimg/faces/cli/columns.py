"""Columns on a terminal, where a Chinese character is as wide as two Latin ones."""

from __future__ import annotations

import unicodedata

_WIDE = frozenset("WF")  # Unicode Standard Annex 11
_END = 12  # columns of the end of a name, which has its suffix


def width(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in text)


def padded(text: str, columns: int) -> str:
    """Fill a text up with spaces."""
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text into lines, at spaces where there are some; a line takes at most so many columns."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer) <= columns:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width(line) > columns:
            lines.append(_head(line, columns))
            line = line[len(lines[-1]) :]
    return [*lines, line]


def shortened(text: str, columns: int) -> str:
    """Leave out the middle of a text that is too wide."""
    if width(text) <= columns:
        return text
    end = _head(text[::-1], _END)[::-1]
    return f"{_head(text, columns - 1 - width(end))}…{end}"


def _head(text: str, columns: int) -> str:
    """As much of the beginning as fits; one character at least."""
    taken = 0
    for at, each in enumerate(text):
        taken += width(each)
        if taken > columns:
            return text[: max(1, at)]
    return text
