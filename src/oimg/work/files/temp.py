"""Temp files: written whole and synced under a name of our own in the folder of the result, never left behind."""

from __future__ import annotations

import errno
import os
import re
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from oimg.words.errors import ErrorCode, OimgError
from oimg.work.files import attributes
from oimg.work.files.attributes import Attributes, Carried

Announce: TypeAlias = Callable[[Path], None]
"""Told of a temp file before it exists, so that the next start can remove it if this process is killed."""
_NAME: Final = re.compile(r"\.oimg-[0-9a-f]{16}\.tmp")
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_FAILING: Final = (*_FULL, errno.EIO)  # others are of disks that cannot sync a folder, which is no failure


@dataclass(frozen=True, slots=True)
class Temp:
    """A temp file with its bytes on the disk, and what attributes it could be given."""

    path: Path
    carried: Carried


class _Unfinished:
    """Temp files of this process, so that a sudden stop can take them along."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paths: set[Path] = set()

    def add(self, path: Path) -> None:
        with self._lock:
            self._paths.add(path)

    def forget(self, path: Path) -> None:
        with self._lock:
            self._paths.discard(path)

    def sweep(self) -> None:
        # The lock is kept for good: whoever still wants a temp file after this waits for the end of the process.
        self._lock.acquire()
        for path in self._paths:
            with suppress(OSError):
                path.unlink()


_unfinished: Final = _Unfinished()


def sweep() -> None:
    """Remove this process's temp files, before it ends at once; no file is begun after this."""
    _unfinished.sweep()


def is_temp(path: Path) -> bool:
    """Whether a name is one that only this program gives."""
    return _NAME.fullmatch(path.name) is not None


def new_name(folder: Path, announce: Announce) -> Path:
    """Take a name for a temp file in a folder; from here on it is swept unless it is released."""
    path = folder / f".oimg-{secrets.token_hex(8)}.tmp"
    announce(path)
    _unfinished.add(path)
    return path


def release(path: Path) -> None:
    """A temp name is not ours to sweep any more: it holds what must stay."""
    _unfinished.forget(path)


def remove(path: Path) -> None:
    """Remove a temp file, if it is there."""
    with suppress(OSError):
        path.unlink()
    _unfinished.forget(path)


def write(
    data: bytes, folder: Path, like: Attributes | None, *, dates: bool = True, announce: Announce = lambda _: None
) -> Temp:
    """Write a temp file into a folder and sync it. `like` gives the attributes to carry over.

    Raises OSError; then there is no file.
    """
    path = new_name(folder, announce)
    carried = Carried()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        # Nobody else may read what its owner hid, not even for the moment before the mode is set.
        mode = 0o666 if like is None else 0o600
        with os.fdopen(os.open(path, flags, mode), "wb") as stream:
            stream.write(data)
            stream.flush()
            if like is not None:
                carried = attributes.carry_over(stream.fileno(), path, like, dates=dates)
            os.fsync(stream.fileno())
        if like is not None and dates:
            carried = attributes.date_closed(path, like, carried)
    except BaseException:
        remove(path)
        raise
    return Temp(path, carried)


def sync_folder(folder: Path, *, strict: bool = False) -> None:
    """Make names in a folder durable, where the system lets a folder be synced.

    With `strict`, raises OSError where the disk fails at it; else that is left to the disk.
    """
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if strict and error.errno in _FAILING:
            raise


def as_ours(error: OSError, where: Path) -> OimgError:
    """An error of the disk in our codes."""
    code = ErrorCode.NO_SPACE if error.errno in _FULL else ErrorCode.WRITE
    return OimgError(code, f"{where}: {error.strerror or error}")
