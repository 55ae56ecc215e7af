"""What Windows does not let a program do with its files, for tests on systems that let it.

Sources: documentation of Python's os.rename and os.replace; MoveFileEx and DeleteFile in the Windows API, for files
that were opened as C's open() does it (no FILE_SHARE_DELETE).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from oimg.work.files import attributes, exchange

ABSENT = ("listxattr", "getxattr", "setxattr", "removexattr", "fchown", "chown", "lchown", "fchmod", "memfd_create")


def is_open(path: str | Path) -> bool:
    """Whether this process has a file open."""
    if not os.path.lexists(path):
        return False
    wanted = os.lstat(path)
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names are numbers
        try:
            facts = os.fstat(int(name))
        except OSError:  # the descriptor by which the folder is listed
            continue
        if (facts.st_dev, facts.st_ino) == (wanted.st_dev, wanted.st_ino):
            return True
    return False


@contextmanager
def windows_rules(*, links: bool = True) -> Iterator[None]:
    """Refuse what Windows refuses, and take away what Python does not have there. `links`: the disk has hard links."""
    with mock.patch.multiple(os, **_stricter(links=links)), mock.patch.object(exchange, "_function", return_value=None):
        kept = {name: getattr(os, name) for name in ABSENT if hasattr(os, name)}
        for name in kept:
            delattr(os, name)
        try:
            with (
                mock.patch.object(attributes, "_IS_WINDOWS", True),
                mock.patch.object(attributes, "_DATES_AN_OPEN_FILE", False),
            ):
                yield
        finally:
            for name, function in kept.items():
                setattr(os, name, function)


def _stricter(*, links: bool) -> dict[str, Callable[..., Any]]:
    rename, replace, unlink, link = os.rename, os.replace, os.unlink, os.link

    def strict_rename(old: Path, new: Path, **options: Any) -> None:
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, "there is one already", str(new))
        _refuse_open(old)
        rename(old, new, **options)

    def strict_replace(old: Path, new: Path, **options: Any) -> None:
        _refuse_open(old)
        _refuse_open(new)
        if os.path.lexists(new):
            _refuse_protected(new)
        replace(old, new, **options)

    def strict_unlink(path: Path, **options: Any) -> None:
        if os.path.lexists(path):
            _refuse_open(path)
            _refuse_protected(path)
        unlink(path, **options)

    def strict_link(old: Path, new: Path, **options: Any) -> None:
        if not links:
            raise OSError(errno.EINVAL, "this disk has none", str(new))
        link(old, new, **options)

    return {
        "rename": strict_rename,
        "replace": strict_replace,
        "unlink": strict_unlink,
        "remove": strict_unlink,
        "link": strict_link,
    }


def _refuse_open(path: str | Path) -> None:
    if is_open(path):
        raise PermissionError(errno.EACCES, "it is being used", str(path))


def _refuse_protected(path: str | Path) -> None:
    if not os.lstat(path).st_mode & stat.S_IWRITE:
        raise PermissionError(errno.EACCES, "it is write-protected", str(path))
