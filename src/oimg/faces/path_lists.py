"""Lists of paths in files and on standard input: for what no command line can hold."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def read_paths(name: str, *, null: bool) -> list[str]:
    """Read a list of paths, one a line, or each with a NUL at its end; `-` is standard input. Raises OSError."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return paths_from(data, null=null)


def paths_from(data: bytes, *, null: bool) -> list[str]:
    """Split a list of paths; names need not be valid text."""
    parts = data.split(b"\0") if null else data.splitlines()
    return [os.fsdecode(part) for part in parts if part]
