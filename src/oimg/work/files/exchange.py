"""Replaces a file by a new one without losing what another program wrote to it at the last moment."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from oimg.words.errors import ErrorCode, OimgError
from oimg.words.report import Identity
from oimg.work.files.identity import identity_of

_AT_FDCWD: Final = -100  # fcntl.h
_RENAME_NOREPLACE: Final = 1  # linux/fs.h; renameat2(2)
_RENAME_EXCHANGE: Final = 2
_UNSUPPORTED: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


def check(path: Path, identity: Identity) -> None:
    """Raise OimgError(CHANGED) unless the file is still what it was."""
    try:
        same = identity_of(path) == identity
    except FileNotFoundError as error:
        raise OimgError(ErrorCode.CHANGED, "it is gone") from error
    if not same:
        raise OimgError(ErrorCode.CHANGED)


def take_place(new: Path, name: Path, identity: Identity) -> bool:
    """Give `name` to the file `new` if the file there has this identity; else OimgError(CHANGED), and nothing is done.

    Where the system can swap names in one step, `new` is the name of the old file afterwards, and True is returned.
    Elsewhere the old file is gone, and there is a short moment between check and rename. Raises OSError.
    """
    check(name, identity)
    try:
        if not exchange(new, name):
            new.replace(name)
            return False
    except FileNotFoundError:
        check(name, identity)  # it has just been removed
        raise
    try:
        if identity_of(new) != identity:
            raise OimgError(ErrorCode.CHANGED)
    except BaseException:
        exchange(new, name)  # another program wrote to it just before: swap back
        raise
    return True


def exchange(one: Path, other: Path) -> bool:
    """Swap the names of two files in one step; False if the system or the file system cannot. Raises OSError."""
    return _renameat2(one, other, _RENAME_EXCHANGE)


def rename_new(old: Path, new: Path) -> bool:
    """Rename to a free name in one step; False if the system or the file system cannot.

    Raises FileExistsError if the name is taken, and OSError.
    """
    return _renameat2(old, new, _RENAME_NOREPLACE)


def _renameat2(one: Path, other: Path, flags: int) -> bool:
    function = _function()
    if function is None:
        return False
    if function(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(other))


@lru_cache(maxsize=1)
def _function() -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a C library older than glibc 2.28
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    function.restype = ctypes.c_int
    return function
