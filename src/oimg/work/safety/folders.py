"""Where originals and journals are kept, and one lock over both."""

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

_thread_lock: Final = threading.RLock()  # on some systems a file lock belongs to the process, not to the thread
_PATIENCE: Final = 10.0  # seconds; the lock is held for milliseconds, unless its holder is suspended
_held: Final[set[Path]] = set()


@dataclass(frozen=True, slots=True)
class Folders:
    """The program's own folder for what has to outlive a run."""

    root: Path

    @property
    def backups(self) -> Path:
        """Originals, named by their content."""
        return self.root / "backups"

    @property
    def journal(self) -> Path:
        """Journals, one file per batch."""
        return self.root / "journal"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other thread and process from reading or changing the set of journals and backups.

        Held briefly, to list and to claim, never while a picture is worked on. The thread that holds it may enter
        again. Raises OSError, and TimeoutError if another process holds it too long: it may have been suspended.
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
                os.close(descriptor)  # which releases the lock


def default() -> Folders:
    """The folders of this user."""
    return Folders(platformdirs.user_data_path("oimg", appauthor=False))


def _lock(descriptor: int) -> None:
    """Wait for the lock on an open file. Raises TimeoutError, and OSError on file systems without locks."""
    until = time.monotonic() + _PATIENCE
    while not try_lock(descriptor):
        if time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, "another OIMG holds the lock of the backup")
        time.sleep(0.005)
