"""Temp files: written and synced under a name of our own in the result's folder, and never left behind."""

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
"""Called with a temp file's path before it exists, so that the next start can delete it if this process is killed."""
_NAME: Final = re.compile(r"\.oimg-[0-9a-f]{16}\.tmp")
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_FAILING: Final = (*_FULL, errno.EIO)  # other errors come from file systems that cannot sync a folder


@dataclass(frozen=True, slots=True)
class Temp:
    """A temp file with its bytes on the disk, and which attributes it could be given."""

    path: Path
    carried: Carried


class _Unfinished:
    """Temp files of this process, so that they can be deleted at a sudden stop."""

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
        # The lock is never released: a thread that asks for a temp file after this waits until the process ends.
        self._lock.acquire()
        for path in self._paths:
            with suppress(OSError):
                path.unlink()


_unfinished: Final = _Unfinished()


def sweep() -> None:
    """Delete this process's temp files just before it ends; no new one can be created after this."""
    _unfinished.sweep()


def is_temp(path: Path) -> bool:
    """Whether a file has the kind of name that only this program gives to temp files."""
    return _NAME.fullmatch(path.name) is not None


def new_name(folder: Path, announce: Announce) -> Path:
    """Choose a name for a temp file in a folder; from now on `sweep` deletes it, unless it is released."""
    path = folder / f".oimg-{secrets.token_hex(8)}.tmp"
    announce(path)
    _unfinished.add(path)
    return path


def release(path: Path) -> None:
    """Exempt a temp file from `sweep`: it holds something that must stay."""
    _unfinished.forget(path)


def remove(path: Path) -> None:
    """Delete a temp file, if it is there."""
    with suppress(OSError):
        path.unlink()
    _unfinished.forget(path)


def write(
    data: bytes, folder: Path, like: Attributes | None, *, dates: bool = True, announce: Announce = lambda _: None
) -> Temp:
    """Write a temp file into a folder and sync it. `like` has the attributes to carry over.

    Raises OSError; then there is no file.
    """
    path = new_name(folder, announce)
    carried = Carried()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        # A private file must not be readable by others, not even before its mode is set.
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
    """Sync a folder, so that the names in it are durable; does nothing where folders cannot be synced.

    With `strict`, raises OSError if the disk fails; else errors are ignored.
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
    """Convert an error of the system to one of our codes."""
    code = ErrorCode.NO_SPACE if error.errno in _FULL else ErrorCode.WRITE
    return OimgError(code, f"{where}: {error.strerror or error}")
