"""Reads journals, and defines the values in them.

A line is eight hexadecimal digits (CRC-32 of the rest), a space, and a JSON object. Lines that do not match their
checksum were torn by a sudden end or damaged later, and are skipped.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from oimg.work.file_lock import try_lock
from oimg.work.safety.folders import Folders

OPEN: Final = ".open"
CLOSED: Final = ".log"
VERSION: Final = 1


class State(StrEnum):
    """The state of a replacement. The values are those in the journal."""

    BEGUN = "begin"
    DONE = "done"
    DROPPED = "drop"
    UNDOING = "undo"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Original:
    """What undo puts back. Dates are in nanoseconds, `size` in bytes; `trash` is its copy, if not in the vault."""

    digest: str
    size: int
    mtime_ns: int
    atime_ns: int
    mode: int
    trash: Path | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """One original that is replaced by its result.

    `names` are all names (hard links) of the original. `output` is the result's own name if its suffix differs; else
    the result takes over `names`. `temps` are the temp names that are used. `digest` and `size` are the result's.
    """

    number: int
    names: tuple[Path, ...]
    output: Path | None
    temps: tuple[Path, ...]
    old: Original
    digest: str
    size: int
    state: State = State.BEGUN

    @property
    def results(self) -> tuple[Path, ...]:
        """The names under which the result is found."""
        return self.names if self.output is None else (self.output,)

    @property
    def stands(self) -> bool:
        """Whether the result is in its place, so that it could be undone."""
        return self.state in (State.DONE, State.UNDOING)


@dataclass(slots=True)
class BatchHistory:
    """The content of a journal file. `began` is in seconds since 1970.

    `trashed` are copies in the trash that were announced. `damaged` means that lines had to be skipped, `foreign` that
    a later version of the program wrote the file, in a format that is not known here.
    """

    path: Path
    began: float = 0.0
    process: int = 0
    folders: frozenset[str] = frozenset()
    temps: list[Path] = field(default_factory=list)
    trashed: list[Path] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    damaged: bool = False
    foreign: bool = False
    replacements: dict[int, Replacement] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The batch."""
        return self.path.stem

    @property
    def is_open(self) -> bool:
        """Whether the batch is at work, or was at work when its process was killed."""
        return self.path.suffix == OPEN

    @property
    def standing(self) -> tuple[Replacement, ...]:
        """What could be undone, in the order in which it was begun."""
        return tuple(each for each in self.replacements.values() if each.stands)

    @property
    def digests(self) -> set[str]:
        """Originals in the backup that this batch still needs."""
        needed = {
            each.old.digest
            for each in self.replacements.values()
            if each.old.trash is None and (each.stands or each.state is State.BEGUN)
        }
        # If lines are damaged, any of the originals may still be needed.
        return needed | self.kept if self.is_open or self.damaged else needed


def paths(folders: Folders, *, open_only: bool = False) -> list[Path]:
    """The journal files, unordered. Raises OSError: a folder that cannot be read may have journals."""
    suffixes = (OPEN,) if open_only else (OPEN, CLOSED)
    with suppress(FileNotFoundError), os.scandir(folders.journal) as entries:
        return [Path(entry.path) for entry in entries if entry.name.endswith(suffixes)]
    return []


def read_all(folders: Folders, unread: list[OSError] | None = None) -> list[BatchHistory]:
    """Read all journal files that can be read and understood, oldest first. Raises OSError.

    Errors of single files are appended to `unread`: one bad file must not block the others.
    """
    found = []
    for path in paths(folders):
        try:
            found.append(read(path))
        except FileNotFoundError:  # deleted in between
            continue
        except OSError as error:
            if unread is not None:
                unread.append(error)
    return sorted(
        (history for history in found if not history.foreign), key=lambda history: (history.began, history.id)
    )


def is_running(path: Path) -> bool:
    """Whether a process works on the batch of a journal file; True in doubt."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return not try_lock(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)


def read(path: Path) -> BatchHistory:
    """Read a journal file; lines that cannot be read are skipped. Raises OSError."""
    history = BatchHistory(path, path.stat().st_mtime)
    for record in _records(path.read_bytes()):
        if record is None:
            history.damaged = True
            continue
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            _apply(history, record)
    if history.foreign:
        history.replacements.clear()
    return history


def _records(data: bytes) -> Iterator[dict[str, Any] | None]:
    """Every record, with None for a damaged line, except a torn one at the end."""
    *lines, last = data.split(b"\n")
    for line in filter(None, lines):
        yield _record(line)
    if last and (record := _record(last)) is not None:
        yield record


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        record = json.loads(line[9:])
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _apply(history: BatchHistory, record: dict[str, Any]) -> None:
    """Apply one record. Raises KeyError, TypeError or ValueError if it is malformed."""
    match record["r"]:
        case "batch":
            history.foreign = record["version"] > VERSION
            history.began, history.process = float(record["at"]), int(record["process"])
            history.folders = frozenset(record["folders"])
        case "temp":
            history.temps.append(Path(record["path"]))
        case "trash":
            history.trashed.append(Path(record["path"]))
        case "keep":
            history.kept.add(str(record["digest"]))
        case State.BEGUN:
            item = _replacement(record)
            history.replacements[item.number] = item
        case State.DONE | State.DROPPED | State.UNDOING | State.UNDONE as state:
            known = history.replacements[record["n"]]
            temps = tuple(map(Path, record.get("temps", ()))) or known.temps
            history.replacements[known.number] = replace(known, state=State(state), temps=temps)
        case _:  # of a later version
            pass


def _replacement(record: dict[str, Any]) -> Replacement:
    old, output, names = record["old"], record["output"], tuple(map(Path, record["names"]))
    trash = old.get("trash")
    if not names:
        raise ValueError(record)
    original = Original(
        str(old["digest"]),
        int(old["size"]),
        int(old["mtime"]),
        int(old["atime"]),
        int(old["mode"]),
        None if trash is None else Path(trash),
    )
    return Replacement(
        int(record["n"]),
        names,
        None if output is None else Path(output),
        tuple(map(Path, record["temps"])),
        original,
        str(record["digest"]),
        int(record["size"]),
    )
