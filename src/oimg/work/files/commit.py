"""Giving a new file its name so that at every moment it is there whole or not at all: temp file, link or rename."""

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
from oimg.work.files.exchange import identity_of, rename_new

TRIES: Final = 10_000
# What systems say where a disk has no hard links, or no more of them; Windows says EINVAL.
_UNSUPPORTED: Final = frozenset(
    {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EOPNOTSUPP, errno.EINVAL}
)


@dataclass(frozen=True, slots=True)
class Written:
    """Where a file ended up, and what of the source's attributes could be carried over.

    `identity` is that of the new file; None where a file with the same bytes stood there already.
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

    `like` gives the attributes to carry over. `source` is never replaced, nor is anything that is not a regular
    file. A file with just these bytes counts as written. Raises OimgError(WRITE, ORIGINAL, NO_SPACE), and
    FileExistsError when the rule is SKIP and the name is taken.
    """
    target = name(1)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if like is not None:  # nobody's identity is set on a file that is new
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
    """Give the name, and whether the file under it is a new one."""
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
    """Give the temp file its name if nobody has it, in one step; False when it is taken."""
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
    """The same where there are no hard links: rename, with an empty file holding the name if need be."""
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
    """Whether what stands under a name is a regular file with just these bytes."""
    try:
        facts = target.lstat()
        return stat.S_ISREG(facts.st_mode) and facts.st_size == len(data) and target.read_bytes() == data
    except OSError:
        return False
