"""Writing a file so that at every moment it is there whole or not at all: temp file, fsync, link or rename."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oimg.words.errors import ErrorCode, OimgError
from oimg.words.recipe import Conflict

TEMP_PREFIX: Final = ".oimg-"
TEMP_SUFFIX: Final = ".tmp"
_TRIES: Final = 10_000
_UNSUPPORTED: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EOPNOTSUPP})


@dataclass(frozen=True, slots=True)
class Written:
    """Where a file ended up, and whether its dates and mode could be carried over."""

    path: Path
    keeps_dates: bool


class _Unfinished:
    """Temp files of this process, so that a sudden stop can take them along."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paths: set[Path] = set()

    def add(self, path: Path) -> None:
        with self._lock:
            self._paths.add(path)

    def remove(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink()
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


def write_new(
    data: bytes, name: Callable[[int], Path], conflict: Conflict, *, source: Path, like: os.stat_result | None
) -> Written:
    """Write a file under the first of `name(1)`, `name(2)`, ... that the conflict rule allows.

    `like` gives dates (to the nanosecond) and permissions to carry over. `source` is never replaced, nor is
    anything that is not a regular file. A file with just these bytes counts as written. Raises
    OimgError(WRITE, NO_SPACE), and FileExistsError when the rule is SKIP and the name is taken.
    """
    target = name(1)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temp, keeps_dates = _write_temp(data, target.parent, like)
    except OSError as error:
        raise _as_ours(error, target.parent) from error
    try:
        return Written(_place(temp, data, name, conflict, source), keeps_dates)
    except FileExistsError:
        raise
    except OSError as error:
        raise _as_ours(error, target) from error
    finally:
        _unfinished.remove(temp)


def _write_temp(data: bytes, folder: Path, like: os.stat_result | None) -> tuple[Path, bool]:
    temp = folder / f"{TEMP_PREFIX}{secrets.token_hex(8)}{TEMP_SUFFIX}"
    _unfinished.add(temp)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(temp, flags, 0o666), "wb") as stream:
            stream.write(data)
            stream.flush()
            keeps = like is None or _carry_over(stream.fileno(), temp, like)
            os.fsync(stream.fileno())
    except BaseException:
        _unfinished.remove(temp)
        raise
    return temp, keeps


def _carry_over(descriptor: int, temp: Path, like: os.stat_result) -> bool:
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, stat.S_IMODE(like.st_mode) & 0o777)
        where: int | Path = descriptor if os.utime in os.supports_fd else temp
        os.utime(where, ns=(like.st_atime_ns, like.st_mtime_ns))
    except OSError:
        return False
    return True


def _place(temp: Path, data: bytes, name: Callable[[int], Path], conflict: Conflict, source: Path) -> Path:
    for number in range(1, _TRIES):
        target = name(number)
        if _link_new(temp, target):
            _sync_folder(target.parent)
            return target
        if conflict is Conflict.SKIP:
            raise FileExistsError(errno.EEXIST, "taken", str(target))
        _refuse_odd(target, conflict)
        if _same_file(target, source):
            if conflict is Conflict.OVERWRITE:
                raise OimgError(ErrorCode.WRITE, f"{target.name} is the original itself")
            continue
        if _holds(target, data):
            return target
        if conflict is Conflict.OVERWRITE:
            temp.replace(target)
            _sync_folder(target.parent)
            return target
    raise OimgError(ErrorCode.WRITE, "no free name")


def _link_new(temp: Path, target: Path) -> bool:
    """Give the temp file its name if nobody has it, in one step; False when it is taken."""
    try:
        os.link(temp, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _UNSUPPORTED:
            raise
        return _rename_new(temp, target)  # FAT, SMB: no hard links
    return True


def _rename_new(temp: Path, target: Path) -> bool:
    """The same where there are no hard links: hold the name with an empty file, then rename onto it."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    try:
        temp.replace(target)
    except BaseException:
        target.unlink(missing_ok=True)  # our own empty file
        raise
    return True


def _refuse_odd(target: Path, conflict: Conflict) -> None:
    # As root, renaming over /dev/null would destroy it.
    mode = target.lstat().st_mode
    if conflict is Conflict.OVERWRITE and not stat.S_ISREG(mode):
        raise OimgError(ErrorCode.WRITE, f"{target.name} is not a regular file")


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _holds(target: Path, data: bytes) -> bool:
    try:
        facts = target.lstat()
        return stat.S_ISREG(facts.st_mode) and facts.st_size == len(data) and target.read_bytes() == data
    except OSError:
        return False


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system lets a folder be synced."""
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _as_ours(error: OSError, where: Path) -> OimgError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return OimgError(ErrorCode.NO_SPACE if full else ErrorCode.WRITE, f"{where}: {error.strerror or error}")
