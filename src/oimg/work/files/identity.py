"""What identifies a file and its state: device, inode, size in bytes, modification time in nanoseconds."""

from __future__ import annotations

import os
from pathlib import Path

from oimg.words.report import Identity


def identity_in(facts: os.stat_result) -> Identity:
    """The identity of a file in the result of stat(2)."""
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def identity_of(path: Path) -> Identity:
    """The identity of the file under a name; links are not followed. Raises OSError."""
    return identity_in(path.lstat())
