"""The entries as a Python extension for Nautilus and Caja, which offer no other way to a top-level entry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from oimg.work.desktop.entry import PICTURE_SUFFIXES, TYPES, Entry
from oimg.work.desktop.piece import mark

# Not a module: it runs inside the file manager, with the system's Python, where OIMG cannot be imported.
_TEMPLATE: Final = Path(__file__).with_name("extension.py.txt")


def extension(host: str, entries: Sequence[Entry]) -> str:
    """Write the extension for a host, `Nautilus` or `Caja`."""
    first = entries[0]
    listed = tuple((entry.verb.value, entry.command[1:], dict(entry.titles)) for entry in entries)
    text = _TEMPLATE.read_text(encoding="utf-8")
    for name, value in {
        "MARK": mark(first.program),
        "HOST": host,
        "PROGRAM": ascii(first.program),
        "ENTRIES": ascii(listed),
        "TYPES": ascii(TYPES),
        "SUFFIXES": ascii(PICTURE_SUFFIXES),
        "ICON": ascii(first.icon),
    }.items():
        text = text.replace(f"@{name}@", value)
    return text
