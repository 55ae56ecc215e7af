"""Writes a file so that under its name it is complete or not there at all: temp file, then link or rename."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from oimg.words.errors import ErrorCode, OimgError
from oimg.words.recipe import Conflict
from oimg.words.report import Identity
from oimg.work.files import temp
from oimg.work.files.attributes import Attributes, Carried
from oimg.work.files.exchange import rename_new
from oimg.work.files.identity import identity_of

TRIES: Final = 10_000
# Errors of a file system without hard links, or without any more of them; Windows reports EINVAL.
_UNSUPPORTED: Final = frozenset(
    {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EOPNOTSUPP, errno.EINVAL}
)


@dataclass(frozen=True, slots=True)
class Written:
    """Where a file was written, and which of the source's attributes could be carried over.

    `identity` is that of the new file; None if a file with the same bytes was there already.
    """

    path: Path
    carried: Carried
    identity: Identity | None = None


def write_new(
    data: bytes,
    name: Callable[[int], Path],
    conflict: Conflict,
    *,
    source: Path,
    like: Attributes | None,
    announce: temp.Announce = lambda _: None,
) -> Written:
    """Write a file under the first of `name(1)`, `name(2)`, ... that the conflict rule allows.

    `like` has the attributes to carry over. `source` is never replaced, nor is anything that is not a regular file. A
    file that already has exactly these bytes counts as written. Raises OimgError(WRITE, ORIGINAL, NO_SPACE), and
    FileExistsError if the rule is SKIP and the name is taken.
    """
    target = name(1)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if like is not None:  # a new file gets no setuid or setgid bits
            like = replace(like, mode=like.mode & 0o777)
        written = temp.write(data, target.parent, like, announce=announce)
    except OSError as error:
        raise temp.as_ours(error, target.parent) from error
    try:
        placed, is_new = _place(written.path, data, name, conflict, source)
        return Written(placed, written.carried, identity_of(placed) if is_new else None)
    except FileExistsError:
        raise
    except OSError as error:
        raise temp.as_ours(error, target) from error
    finally:
        temp.remove(written.path)


def _place(
    written: Path, data: bytes, name: Callable[[int], Path], conflict: Conflict, source: Path
) -> tuple[Path, bool]:
    """Give the temp file its name; returns the name, and whether the file under it is new."""
    for number in range(1, TRIES):
        target = name(number)
        if link_new(written, target):
            temp.sync_folder(target.parent)
            return target, True
        if conflict is Conflict.SKIP:
            raise FileExistsError(errno.EEXIST, "taken", str(target))
        _refuse_odd(target, conflict)
        if same_file(target, source):
            if conflict is Conflict.OVERWRITE:
                raise OimgError(ErrorCode.ORIGINAL, target.name)
            continue
        if holds(target, data):
            return target, False
        if conflict is Conflict.OVERWRITE:
            written.replace(target)
            temp.sync_folder(target.parent)
            return target, True
    raise OimgError(ErrorCode.WRITE, "no free name")


def link_new(written: Path, target: Path) -> bool:
    """Link a temp file to a name in one step; False if the name is taken."""
    try:
        os.link(written, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _UNSUPPORTED:
            raise
        return _rename_new(written, target)  # FAT, SMB: no hard links
    return True


def _rename_new(written: Path, target: Path) -> bool:
    """The same without hard links: rename, over an empty file that reserves the name if necessary."""
    try:
        if rename_new(written, target):
            return True
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    try:
        written.replace(target)
    except BaseException:
        target.unlink(missing_ok=True)  # our own empty file
        raise
    return True


def _refuse_odd(target: Path, conflict: Conflict) -> None:
    # As root, renaming over /dev/null would destroy it.
    mode = target.lstat().st_mode
    if conflict is Conflict.OVERWRITE and not stat.S_ISREG(mode):
        raise OimgError(ErrorCode.WRITE, f"{target.name} is not a regular file")


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def holds(target: Path, data: bytes) -> bool:
    """Whether there is a regular file with exactly these bytes under a name."""
    try:
        facts = target.lstat()
        return stat.S_ISREG(facts.st_mode) and facts.st_size == len(data) and target.read_bytes() == data
    except OSError:
        return False
