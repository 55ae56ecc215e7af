"""The journal: one append-only file a batch, every line with its checksum, from which a batch can be taken back.

A line is eight hexadecimal digits (CRC-32 of the rest), a blank, and a JSON object. A file is named ID.open and
locked while its batch is at work, and ID.log once that is over; an ID.open that nobody locks is of a process that was
killed. Lines that do not match their checksum were torn by that and are left out.
"""

from __future__ import annotations

import json
import os
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from oimg.work.files.temp import sync_folder
from oimg.work.safety.folders import Folders, try_lock

_OPEN: Final = ".open"
_CLOSED: Final = ".log"
_VERSION: Final = 1


class State(StrEnum):
    """How far a replacement is. The values stand in the journal."""

    BEGUN = "begin"
    DONE = "done"
    DROPPED = "drop"
    UNDOING = "undo"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Original:
    """What has to be put back. Dates are in nanoseconds, `size` in bytes; `trash` is set where the backup is none."""

    digest: str
    size: int
    mtime_ns: int
    atime_ns: int
    mode: int
    trash: Path | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """One file that gives way to its result.

    `names` are all the names (hard links) that the original has. `output` is the result's own name where its
    suffix is another one; else the result takes over `names`. `temps` are the temp names that it takes.
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
        """Whether the result is in its place, so that it could be taken back."""
        return self.state in (State.DONE, State.UNDOING)


@dataclass(slots=True)
class Story:
    """What a journal file tells."""

    path: Path
    began: float = 0.0
    process: int = 0
    in_place: bool = False
    folders: frozenset[str] = frozenset()
    temps: list[Path] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    replacements: dict[int, Replacement] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The batch."""
        return self.path.stem

    @property
    def is_open(self) -> bool:
        """Whether the batch is at work, or was when its process was killed."""
        return self.path.suffix == _OPEN

    @property
    def standing(self) -> tuple[Replacement, ...]:
        """What could be taken back, in the order in which it was begun."""
        return tuple(each for each in self.replacements.values() if each.stands)

    @property
    def digests(self) -> set[str]:
        """Originals in the backup that this batch still needs."""
        needed = {
            each.old.digest
            for each in self.replacements.values()
            if each.old.trash is None and (each.stands or each.state is State.BEGUN)
        }
        return needed | self.kept if self.is_open else needed


class Journal:
    """The journal of one batch, while it is at work. Threads may share it.

    The file comes into being with the first line.
    """

    def __init__(self, folders: Folders, batch: str) -> None:
        self._folders = folders
        self._path = folders.journal / f"{batch}{_OPEN}"
        self._lock = threading.RLock()
        self._descriptor = -1
        self._states: dict[int, State] = {}

    @classmethod
    def reopened(cls, folders: Folders, path: Path) -> Self | None:
        """Take up the file of a batch that is over, or whose process is gone; None while somebody works on it."""
        journal = cls(folders, path.stem)
        journal._path = path
        journal._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0))
        if not try_lock(journal._descriptor) or not path.exists():  # somebody may have finished it in between
            os.close(journal._descriptor)
            return None
        os.write(journal._descriptor, b"\n")  # what was torn stays a line of its own
        journal._states = {each.number: each.state for each in read(path).replacements.values()}
        return journal

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def start(self, in_place_folders: frozenset[str] = frozenset()) -> None:
        """Begin the file, which claims the folders in which originals will be replaced. Raises OSError."""
        with self._lock:
            if self._descriptor >= 0:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._folders.locked():  # nobody finds the file before it is locked
                flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                self._descriptor = os.open(self._path, flags, 0o600)
                try_lock(self._descriptor)
                head = {"r": "batch", "version": _VERSION, "at": time.time(), "process": os.getpid()}
                self._append({**head, "folders": sorted(in_place_folders)})

    def announce(self, path: Path) -> None:
        """Write down a temp file before it exists. Raises OSError."""
        self.start()
        self._append({"r": "temp", "path": str(path)})

    def try_announce(self, path: Path) -> None:
        """The same where nothing depends on it: a home that cannot be written must not keep a result from being."""
        with suppress(OSError):
            self.announce(path)

    def keep(self, digest: str) -> None:
        """Write down that an original is about to be kept, so that nobody clears it away. Raises OSError."""
        self._append({"r": "keep", "digest": digest})

    def begin(self, item: Replacement) -> None:
        """Write down what is about to happen, and wait until the disk has it. Raises OSError."""
        old = item.old
        facts: dict[str, Any] = {"digest": old.digest, "size": old.size}
        facts |= {"mtime": old.mtime_ns, "atime": old.atime_ns, "mode": old.mode}
        facts |= {} if old.trash is None else {"trash": str(old.trash)}
        self._append(
            {
                "r": State.BEGUN,
                "n": item.number,
                "names": [str(name) for name in item.names],
                "output": None if item.output is None else str(item.output),
                "temps": [str(each) for each in item.temps],
                "old": facts,
                "digest": item.digest,
                "size": item.size,
            },
            sync=True,
        )
        self._states[item.number] = State.BEGUN

    def mark(self, number: int, state: State, temps: tuple[Path, ...] = (), *, sync: bool = False) -> None:
        """Write down how far a replacement is. Raises OSError."""
        line: dict[str, Any] = {"r": state, "n": number}
        self._append(line | ({"temps": [str(each) for each in temps]} if temps else {}), sync=sync)
        self._states[number] = state

    def _append(self, record: Mapping[str, Any], *, sync: bool = False) -> None:
        text = json.dumps(record, separators=(",", ":")).encode("ascii")
        line = b"%08x %s\n" % (zlib.crc32(text), text)
        with self._lock:
            written = os.write(self._descriptor, line)
            if written < len(line):  # the disk is full: what is there is a torn line
                with suppress(OSError):
                    os.write(self._descriptor, b"\n")
                raise OSError(28, "No space left on device")
            if sync:
                os.fsync(self._descriptor)

    def close(self) -> None:
        """The batch is over: a file from which something can be taken back stays, one that tells of nothing goes.

        What was begun and could not be ended for lack of room in the journal is left for the next start.
        """
        with self._lock:
            if self._descriptor < 0:
                return
            states = set(self._states.values())
            with suppress(OSError):
                if not states & {State.BEGUN, State.UNDOING}:
                    self._end(stands=State.DONE in states)
            os.close(self._descriptor)
            self._descriptor = -1

    def _end(self, *, stands: bool) -> None:
        if stands:
            os.fsync(self._descriptor)
            self._path.replace(self._path.with_suffix(_CLOSED))
        else:
            self._path.unlink()
        sync_folder(self._path.parent)


def files(folders: Folders, *, open_only: bool = False) -> list[Path]:
    """The journal files, in no order."""
    suffixes = (_OPEN,) if open_only else (_OPEN, _CLOSED)
    with suppress(OSError), os.scandir(folders.journal) as entries:
        return [Path(entry.path) for entry in entries if entry.name.endswith(suffixes)]
    return []


def stories(folders: Folders) -> list[Story]:
    """What all journal files tell, oldest first."""
    found = []
    for path in files(folders):
        with suppress(OSError):  # gone in between
            found.append(read(path))
    return sorted(found, key=lambda story: (story.began, story.id))


def is_running(path: Path) -> bool:
    """Whether somebody works on the batch of a journal file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def read(path: Path) -> Story:
    """Read a journal file; what cannot be read is left out. Raises OSError."""
    story = Story(path)
    for record in _records(path.read_bytes()):
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            _tell(story, record)
    return story


def _records(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.split(b"\n"):
        try:
            if len(line) > 9 and int(line[:8], 16) == zlib.crc32(line[9:]):
                record = json.loads(line[9:])
                if isinstance(record, dict):
                    yield record
        except ValueError:
            continue


def _tell(story: Story, record: dict[str, Any]) -> None:
    """Take one record in; raises KeyError, TypeError or ValueError where it is none of ours."""
    match record["r"]:
        case "batch":
            story.began, story.process = float(record["at"]), int(record["process"])
            story.folders = frozenset(record["folders"])
            story.in_place = bool(story.folders)
        case "temp":
            story.temps.append(Path(record["path"]))
        case "keep":
            story.kept.add(str(record["digest"]))
        case State.BEGUN:
            item = _replacement(record)
            story.replacements[item.number] = item
        case State.DONE | State.DROPPED | State.UNDOING | State.UNDONE as state:
            known = story.replacements[record["n"]]
            temps = tuple(map(Path, record.get("temps", ()))) or known.temps
            story.replacements[known.number] = replace(known, state=State(state), temps=temps)
        case _:  # of a later version
            pass


def _replacement(record: dict[str, Any]) -> Replacement:
    old = record["old"]
    trash = old.get("trash")
    original = Original(
        old["digest"], old["size"], old["mtime"], old["atime"], old["mode"], None if trash is None else Path(trash)
    )
    output = record["output"]
    return Replacement(
        record["n"],
        tuple(map(Path, record["names"])),
        None if output is None else Path(output),
        tuple(map(Path, record["temps"])),
        original,
        record["digest"],
        record["size"],
    )
