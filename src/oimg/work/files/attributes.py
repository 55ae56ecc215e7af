"""What a file has besides its bytes: dates, mode, owner, access list, extended attributes."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

# Extended attributes that belong to the file as its owner sees it (xattr(7), acl(5)). Others belong to the system
# (trusted.*, security.ima, security.capability) and would be wrong for other bytes.
_OWN: Final = "user."
_ACCESS_LIST: Final = "system.posix_acl_access"
_LABEL: Final = "security.selinux"
_IS_WINDOWS: Final = os.name == "nt"
# Windows takes no descriptor here, and sets the date of a written file again when it is closed.
_DATES_AN_OPEN_FILE: Final = os.utime in os.supports_fd
_MOST_BYTES: Final = 1 << 20  # of all values together; ext4 takes 4 KiB, XFS 64 KiB a value


@dataclass(frozen=True, slots=True)
class Attributes:
    """Dates in nanoseconds, mode bits, owner, and extended attributes by name (the access list is one of them)."""

    atime_ns: int
    mtime_ns: int
    mode: int
    uid: int
    gid: int
    extended: tuple[tuple[str, bytes], ...] = ()

    def bare(self) -> Attributes:
        """The same without extended attributes and access list."""
        return replace(self, extended=())


@dataclass(frozen=True, slots=True)
class Carried:
    """What could be carried over: `dates` and mode; `rest` is owner, access list and extended attributes."""

    dates: bool = True
    rest: bool = True


def of(path: Path, facts: os.stat_result | None = None) -> Attributes:
    """Read the attributes of a file (of a link's target). Raises OSError."""
    facts = facts or path.stat()
    return Attributes(
        facts.st_atime_ns,
        facts.st_mtime_ns,
        stat.S_IMODE(facts.st_mode),
        facts.st_uid,
        facts.st_gid,
        _extended(path),
    )


def _extended(path: Path) -> tuple[tuple[str, bytes], ...]:
    if not hasattr(os, "listxattr"):  # Python has them on Linux only
        return ()
    found, room = [], _MOST_BYTES
    with suppress(OSError):  # a file system without them
        for name in os.listxattr(path):
            if not (name.startswith(_OWN) or name in (_ACCESS_LIST, _LABEL)):
                continue
            with suppress(OSError):
                value = os.getxattr(path, name)  # type: ignore[attr-defined,unused-ignore]  # it comes with listxattr
                room -= len(value)
                if room >= 0:
                    found.append((name, value))
    return tuple(found)


def carry_over(descriptor: int, path: Path, like: Attributes, *, dates: bool) -> Carried:
    """Give an open file of ours the attributes of another; returns what could be carried over. Never raises.

    `path` is the file's name, for systems that do not take a descriptor. Without `dates` the file keeps its own. Where
    only closed files can be dated, `date_closed` does it.
    """
    same_owner = _give_owner(descriptor, like)
    rest = _give_extended(descriptor, like) and same_owner
    # setuid and setgid bits are only for files of the same owner.
    mode = like.mode if same_owner else like.mode & 0o777
    given = _give_mode(descriptor, path, mode)
    return Carried(given and (not dates or not _DATES_AN_OPEN_FILE or _give_dates(descriptor, like)), rest)


def date_closed(path: Path, like: Attributes, carried: Carried) -> Carried:
    """Date a file after it was closed, where an open one would lose its dates (Windows). Never raises."""
    if _DATES_AN_OPEN_FILE:
        return carried
    return replace(carried, dates=_give_dates(path, like) and carried.dates)


def _give_owner(descriptor: int, like: Attributes) -> bool:
    if not hasattr(os, "fchown"):
        return True
    facts = os.fstat(descriptor)
    for uid, gid in ((-1, like.gid), (like.uid, -1)):  # often the group can be set although the owner cannot
        if (uid, gid) not in ((-1, facts.st_gid), (facts.st_uid, -1)):
            with suppress(OSError):
                os.fchown(descriptor, uid, gid)
    facts = os.fstat(descriptor)
    return (facts.st_uid, facts.st_gid) == (like.uid, like.gid)


def _give_extended(descriptor: int, like: Attributes) -> bool:
    if not hasattr(os, "setxattr"):
        return True
    whole = True
    wanted = dict(like.extended)
    if _ACCESS_LIST not in wanted:
        with suppress(OSError):  # the folder may have given the new file a default list
            os.removexattr(descriptor, _ACCESS_LIST)  # type: ignore[attr-defined,unused-ignore]  # comes with setxattr
    for name, value in wanted.items():
        try:
            os.setxattr(descriptor, name, value)
        except OSError as error:
            # The label of a security module is managed by the system.
            whole = whole and (name == _LABEL or error.errno == errno.ENODATA)
    return whole


def _give_mode(descriptor: int, path: Path, mode: int) -> bool:
    try:
        if _IS_WINDOWS:
            # This only sets write protection, with which Windows would not even rename the temp file.
            path.chmod(mode | stat.S_IWRITE)
        elif hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)
        else:
            path.chmod(mode)
    except OSError:
        return False
    return True


def _give_dates(where: int | Path, like: Attributes) -> bool:
    try:
        os.utime(where, ns=(like.atime_ns, like.mtime_ns))
    except OSError:
        return False
    return True
