"""Putting a new file in the place of an old one, without losing what another program wrote there meanwhile."""

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

_AT_FDCWD: Final = -100  # fcntl.h
_RENAME_NOREPLACE: Final = 1  # linux/fs.h; renameat2(2)
_RENAME_EXCHANGE: Final = 2
_UNSUPPORTED: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


def identity_of(path: Path) -> Identity:
    """Device, inode, bytes and time of the last change of what stands under a name. Raises OSError."""
    facts = path.lstat()
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def check(path: Path, identity: Identity) -> None:
    """Raise OimgError(CHANGED) unless the file is still what it was."""
    try:
        same = identity_of(path) == identity
    except FileNotFoundError as error:
        raise OimgError(ErrorCode.CHANGED, "it is gone") from error
    if not same:
        raise OimgError(ErrorCode.CHANGED)


def take_place(new: Path, name: Path, identity: Identity) -> bool:
    """Give `name` to the file `new` if the file there has this identity; OimgError(CHANGED), and nothing done, if not.

    Where the system can, both are exchanged in one step, `new` is then the name of the old file, and True is
    returned. Elsewhere the old file is gone, and the moment between looking and renaming remains. Raises OSError.
    """
    check(name, identity)
    try:
        if not exchange(new, name):
            new.replace(name)
            return False
    except FileNotFoundError:
        check(name, identity)  # it is gone just now
        raise
    try:
        if identity_of(new) != identity:
            raise OimgError(ErrorCode.CHANGED)
    except BaseException:
        exchange(new, name)  # somebody was quicker; give back what is his
        raise
    return True


def exchange(one: Path, other: Path) -> bool:
    """Let two files swap their names in one step; False where system or disk cannot. Raises OSError."""
    return _renameat2(one, other, _RENAME_EXCHANGE)


def rename_new(old: Path, new: Path) -> bool:
    """Rename in one step to a name that nobody has; False where system or disk cannot.

    Raises FileExistsError where the name is taken, and OSError.
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
