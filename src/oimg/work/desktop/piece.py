"""The parts of an entry on the disk: written completely or not at all, recognised later, removed without a trace.

A file of ours carries a mark: the digest of its text, the number of folders that were created for it, and the program
that it calls. So the file itself shows whether somebody else has changed it, and nothing has to be stored elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final, Protocol

from oimg.work.files.atomic import replace_file

_NOTHING: Final = "0" * 64
_MARK: Final = re.compile(r'oimg-menu-entry ([0-9a-f]{64}) (\d) ("(?:[^"\\]|\\.)*")')
_LARGEST: Final = 1 << 20


class PieceState(Enum):
    """The state of one piece, compared with what would be written now."""

    ABSENT = auto()
    CURRENT = auto()
    OUTDATED = auto()
    MOVED = auto()
    """Ours, but it calls a program that no longer exists."""
    FOREIGN = auto()


class Piece(Protocol):
    """A file, a part of a file, or keys of a registry."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    def state(self) -> PieceState:
        """Look how it stands."""
        ...

    def write(self) -> None:
        """Write it, unless it is foreign or there already. Raises OSError."""
        ...

    def remove(self) -> None:
        """Remove it, if it is ours. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that belongs to us entirely. Its text holds one `mark`."""

    path: Path
    text: str
    mode: int = 0o644

    def state(self) -> PieceState:
        """Look how it stands."""
        there = read(self.path)
        if there is None:
            return PieceState.FOREIGN if os.path.lexists(self.path) else PieceState.ABSENT
        match = _MARK.search(there)
        if match is None or match[1] != _digest(there):
            return PieceState.FOREIGN
        if there == self._marked(int(match[2])):
            ready = not self.mode & 0o111 or os.access(self.path, os.X_OK)
            return PieceState.CURRENT if ready else PieceState.OUTDATED
        return PieceState.OUTDATED if is_there(str(json.loads(match[3]))) else PieceState.MOVED

    def write(self) -> None:
        """Write it, unless it is foreign or there already. Raises OSError."""
        state = self.state()
        if state in (PieceState.FOREIGN, PieceState.CURRENT):
            return
        made = make_folders(self.path.parent) if state is PieceState.ABSENT else self._made()
        replace_file(self.path, encoded(self._marked(made)), self.mode)

    def remove(self) -> None:
        """Remove it, if it is ours, and the folders that were made for it. Raises OSError."""
        if self.state() in (PieceState.FOREIGN, PieceState.ABSENT):
            return
        made = self._made()
        self.path.unlink()
        remove_folders(self.path.parent, made)

    def _made(self) -> int:
        match = _MARK.search(read(self.path) or "")
        return int(match[2]) if match else 0

    def _marked(self, made: int) -> str:
        """The text with its digest and the number of folders in the mark."""
        counted = _MARK.sub(lambda match: f"oimg-menu-entry {match[1]} {made} {match[3]}", self.text, count=1)
        return counted.replace(_NOTHING, _digest(counted), 1)


def mark(program: str) -> str:
    """The mark to put into a comment of a text; the digest is filled in when the text is written."""
    return f"oimg-menu-entry {_NOTHING} 0 {json.dumps(program).replace('--', chr(92) + 'u002d-')}"


def _digest(text: str) -> str:
    """The digest of a text, with the digest in its mark blanked out."""
    blank = _MARK.sub(lambda match: f"oimg-menu-entry {_NOTHING} {match[2]} {match[3]}", text, count=1)
    return hashlib.sha256(encoded(blank)).hexdigest()


def is_there(program: str) -> bool:
    """Whether a program still exists; one without a folder is left to the system's search path."""
    return not os.path.isabs(program) or os.path.exists(program)  # noqa: PTH110, PTH117 - names, not places of ours


def encoded(text: str) -> bytes:
    """Encode a text, parts of which may be file names that are not valid UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def read(path: Path) -> str | None:
    """Read a regular file of at most 1 MiB; None if there is none, or something else."""
    with suppress(OSError):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= _LARGEST:
            return path.read_bytes().decode("utf-8", "surrogateescape")
    return None


def make_folders(folder: Path) -> int:
    """Create a folder and its parents; returns how many were missing, at most 9."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return min(len(missing), 9)


def remove_folders(folder: Path, count: int) -> None:
    """Delete so many folders, from this one upwards, as long as they are empty."""
    for each in (folder, *folder.parents)[:count]:
        try:
            each.rmdir()
        except OSError:
            return
