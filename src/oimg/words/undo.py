"""Undo: the batches that can be undone, and the outcome of undoing one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias


class RefusalCode(StrEnum):
    """Why an original was not put back. The values are part of the JSON contract and never change meaning."""

    CHANGED = "changed-since"
    MISSING = "missing-since"
    TAKEN = "name-taken"
    NO_BACKUP = "backup-missing"
    BAD_BACKUP = "backup-damaged"
    WRITE = "write-failed"
    NO_SPACE = "disk-full"
    IN_USE = "batch-at-work"
    ORIGINAL = "original-missing"
    REMOVE = "remove-failed"


@dataclass(frozen=True, slots=True)
class Restored:
    """The original is back under its name, with its bytes, dates and mode.

    `replaced` is the result that it took the place of; `restored_bytes` is the size of the original.
    """

    path: Path
    replaced: Path
    restored_bytes: int
    keeps_dates: bool = True


@dataclass(frozen=True, slots=True)
class NotRestored:
    """Nothing was changed; `code` says why."""

    path: Path
    replaced: Path
    code: RefusalCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """A result or copy that a run had written was deleted; its original had not been replaced."""

    path: Path
    output: Path


Undoing: TypeAlias = Restored | NotRestored
Removing: TypeAlias = Removed | NotRestored


@dataclass(frozen=True, slots=True)
class UndoReport:
    """The outcome of undoing a batch, in the order in which its files were replaced."""

    batch: str
    results: tuple[Undoing, ...]

    @property
    def exit_code(self) -> int:
        """0 when every original is back, 1 otherwise."""
        return int(any(isinstance(each, NotRestored) for each in self.results))


@dataclass(frozen=True, slots=True)
class PastBatch:
    """One in-place batch of the journal. `began` is in seconds since 1970; sizes are in bytes.

    `left` is how many of its `files` have not been undone; `running` means that it is still at work.
    """

    id: str
    began: float
    files: int
    left: int
    source_bytes: int
    output_bytes: int
    folder: Path
    in_trash: bool = False
    running: bool = False


@dataclass(frozen=True, slots=True)
class Recovery:
    """What the start repaired after a run that was cut short: numbers of files, and paths that are still `unclear`.

    `replaced` is how many files such runs had replaced completely; nothing had to be done about them.
    """

    temps_removed: int = 0
    finished: int = 0
    rolled_back: int = 0
    unclear: tuple[Path, ...] = ()
    replaced: int = 0

    def __bool__(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.temps_removed or self.finished or self.rolled_back or self.unclear)

    def __add__(self, other: Recovery) -> Recovery:
        """Both together."""
        return Recovery(
            self.temps_removed + other.temps_removed,
            self.finished + other.finished,
            self.rolled_back + other.rolled_back,
            self.unclear + other.unclear,
            self.replaced + other.replaced,
        )
