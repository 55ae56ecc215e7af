"""Writes the journal: one append-only file per batch, every line with a checksum, from which a batch can be undone.

A file is named ID.open and locked while its batch is at work or being undone, and ID.log afterwards. An ID.open that no
process has locked belongs to a killed process, or waits for a disk that is missing. The format of the lines is
described in `journal_reader`, which reads them.
"""

from __future__ import annotations

import errno
import json
import os
import threading
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from oimg.work.file_lock import try_lock
from oimg.work.files.temp import sync_folder
from oimg.work.safety import journal_reader
from oimg.work.safety.folders import Folders
from oimg.work.safety.journal_reader import CLOSED, OPEN, VERSION, Replacement, State

_FLAGS: Final = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


class Journal:
    """The journal of one batch at work. Threads may share it. The file is created with the first line."""

    def __init__(self, folders: Folders, batch: str) -> None:
        self._folders = folders
        self._path = folders.journal / f"{batch}{OPEN}"
        self._lock = threading.RLock()
        self._descriptor = -1
        self._states: dict[int, State] = {}
        self._temps: set[Path] = set()
        self._torn = False
        self._unfinished = False

    @classmethod
    def reopened(cls, folders: Folders, path: Path) -> Self | None:
        """Reopen the file of a batch that is over or whose process is gone; None while a process works on it.

        The caller holds the lock of the folders. Raises OSError.
        """
        journal = cls(folders, path.stem)
        if path != journal.path:
            journal_reader.read(path)  # a file that cannot be read keeps its name
            # Named ID.open during an undo as well, so that the next start notices if it was killed. Renamed before it
            # is opened: no process works on a batch that is over, and Windows does not rename open files.
            path.rename(journal.path)
            sync_folder(path.parent)
        descriptor = os.open(journal.path, _FLAGS)
        try:
            if not try_lock(descriptor) or not journal.path.exists():  # another process may have finished it in between
                os.close(descriptor)
                return None
            history = journal_reader.read(journal.path)
        except BaseException:
            os.close(descriptor)
            raise
        journal._descriptor = descriptor
        journal._states = {each.number: each.state for each in history.replacements.values()}
        journal._torn = True  # perhaps: the next line then starts on a new one
        return journal

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def start(self, in_place_folders: frozenset[str] = frozenset()) -> None:
        """Create the file, which claims the folders in which originals will be replaced. Raises OSError."""
        if self._descriptor >= 0:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._folders.locked(), self._lock:  # no other process sees the file before it is locked
            if self._descriptor >= 0:
                return
            if self._path.with_suffix(CLOSED).exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self._path))
            self._descriptor = os.open(self._path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                self._head(in_place_folders)
            except BaseException:
                self.close()
                raise

    def _head(self, in_place_folders: frozenset[str]) -> None:
        try_lock(self._descriptor)
        head = {"r": "batch", "version": VERSION, "at": time.time(), "process": os.getpid()}
        self._append({**head, "folders": sorted(in_place_folders)})
        if in_place_folders:  # a synced file is of no use if its name is not durable
            sync_folder(self._path.parent, strict=True)
            sync_folder(self._folders.root, strict=True)

    def announce(self, path: Path) -> None:
        """Record a temp file before it exists. Raises OSError."""
        self.start()
        with self._lock:
            self._temps.add(path)
        self._append({"r": "temp", "path": str(path)})

    def try_announce(self, path: Path) -> None:
        """The same where no original depends on it: an unwritable home must not prevent a result."""
        with suppress(OSError):
            self.announce(path)

    def announce_trash(self, path: Path) -> None:
        """Record a copy in the trash before it exists. Raises OSError."""
        self._append({"r": "trash", "path": str(path)})

    def keep(self, digest: str) -> None:
        """Record that an original is about to be kept, so that no upkeep deletes it. Raises OSError."""
        self._append({"r": "keep", "digest": digest})

    def begin(self, item: Replacement) -> None:
        """Record what is about to happen, and wait until it is on the disk. Raises OSError."""
        self._states[item.number] = State.BEGUN  # even if writing fails: the line may be on the disk
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

    def mark(self, number: int, state: State, temps: tuple[Path, ...] = (), *, sync: bool = False) -> None:
        """Record the new state of a replacement. Raises OSError."""
        if state is State.UNDOING:
            self._states[number] = state
        line: dict[str, Any] = {"r": state, "n": number}
        self._append(line | ({"temps": [str(each) for each in temps]} if temps else {}), sync=sync)
        self._states[number] = state

    def leave_open(self) -> None:
        """Keep the file open after `close`: something could not be repaired, and the next start has to try again."""
        self._unfinished = True

    def _append(self, record: Mapping[str, Any], *, sync: bool = False) -> None:
        text = json.dumps(record, separators=(",", ":")).encode("ascii")
        line = b"%08x %s\n" % (zlib.crc32(text), text)
        with self._lock:
            line = b"\n" + line if self._torn else line
            self._torn = True  # until the line is known to be complete
            if os.write(self._descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            self._torn = False
            if sync:
                os.fsync(self._descriptor)

    def close(self) -> None:
        """End the batch. The file is kept if there is something to undo, and deleted otherwise.

        What could not be completed, and temp files that could not be deleted, are left for the next start.
        """
        if self._descriptor < 0:
            return
        # A process that looks for unlocked files holds the lock of the folders as well. If the lock cannot be had here,
        # the file keeps its name, and the next start completes it.
        with suppress(OSError), self._folders.locked():
            self._end()
        self._let_go()

    def _end(self) -> None:
        """Give the file its final name, or delete it. It is closed before, since Windows does not rename open files."""
        with self._lock:
            states = set(self._states.values())
            if self._descriptor < 0 or self._is_unfinished(states):
                return
            has_replaced = State.DONE in states
            if has_replaced:
                os.fsync(self._descriptor)
            self._let_go()
        if has_replaced:
            self._path.replace(self._path.with_suffix(CLOSED))
        else:
            self._path.unlink()
        sync_folder(self._path.parent)

    def _let_go(self) -> None:
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _is_unfinished(self, states: set[State]) -> bool:
        if self._unfinished or states & {State.BEGUN, State.UNDOING}:
            return True
        return any(os.path.lexists(each) for each in self._temps)
