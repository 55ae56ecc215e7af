"""Paths given as lists in files or on standard input, or as patterns."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path


def read_paths(name: str, *, null: bool) -> list[str]:
    """Read a list of paths, one a line, or each with a NUL at its end; `-` is standard input. Raises OSError."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return paths_from(data, null=null)


def paths_from(data: bytes, *, null: bool) -> list[str]:
    """Split a list of paths; names need not be valid text."""
    parts = data.split(b"\0") if null else data.splitlines()
    return [os.fsdecode(part) for part in parts if part]


def expanded(names: Iterable[str], *, by_shell: bool = sys.platform != "win32") -> list[str]:
    """Expand patterns such as *.png where the shell does not do it (Windows).

    A pattern that matches nothing stays, and is reported later as a missing file.
    """
    if by_shell:
        return list(names)
    from glob import glob  # noqa: PLC0415 - not needed elsewhere

    found: list[str] = []
    for name in names:
        # No file name contains these on Windows; brackets are legal there, so they are not a pattern.
        matches = sorted(glob(name.replace("[", "[[]"))) if {"*", "?"} & set(name) else []  # noqa: PTH207
        found += matches or [name]
    return found
