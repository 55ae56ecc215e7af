"""Where originals and the journal are kept, and one lock over both."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from oimg.work.file_lock import try_lock

_thread_lock: Final = threading.RLock()  # a lock on a file is the process's, not the thread's, on some systems
_PATIENCE: Final = 10.0  # seconds; the lock is held for milliseconds, unless its holder is suspended
_held: Final[set[Path]] = set()


@dataclass(frozen=True, slots=True)
class Folders:
    """The program's own folder for what has to outlive a run, and what is in it."""

    root: Path

    @property
    def backups(self) -> Path:
        """Originals by their content."""
        return self.root / "backups"

    @property
    def journal(self) -> Path:
        """One file a batch."""
        return self.root / "journal"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other thread and process from looking at or changing the set of journals and backups.

        Short: for taking stock and for claims, never while a picture is worked on. May be entered again by the
        thread that holds it. Raises OSError; TimeoutError where another process holds it, and does not go on: it
        may have been suspended just then.
        """
        with _thread_lock:
            if self.root in _held:
                yield
                return
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _lock(descriptor)
                _held.add(self.root)
                yield
            finally:
                _held.discard(self.root)
                os.close(descriptor)  # which lets the lock go


def default() -> Folders:
    """The folders of this user."""
    return Folders(platformdirs.user_data_path("oimg", appauthor=False))


def _lock(descriptor: int) -> None:
    """Wait for the only lock on an open file. Raises OSError on disks that know none, TimeoutError after a while."""
    until = time.monotonic() + _PATIENCE
    while not try_lock(descriptor):
        if time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, "another OIMG holds the lock of the backup")
        time.sleep(0.005)
