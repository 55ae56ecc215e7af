"""Files with attributes beside their bytes: access lists, extended attributes, a mode and dates."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

# The access list as Linux stores it (linux/posix_acl_xattr.h): version 2, then tag, permissions and id of each entry.
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
NOBODY_IN_PARTICULAR = 0xFFFFFFFF  # the identifier of an entry that has none
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"


def access_list(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


# Owner rw, user 12345 r, group r, mask r, others none.
SHARED = access_list(
    (USER_OBJ, 6, NOBODY_IN_PARTICULAR),
    (USER, 4, 12345),
    (GROUP_OBJ, 4, NOBODY_IN_PARTICULAR),
    (MASK, 4, NOBODY_IN_PARTICULAR),
    (OTHER, 0, NOBODY_IN_PARTICULAR),
)


def give(path: Path, name: str, value: bytes) -> None:
    """Set an extended attribute, or skip where the disk has none."""
    if not hasattr(os, "setxattr"):
        pytest.skip("NOT TESTED: Python knows extended attributes on Linux only")
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f"NOT TESTED: the disk of the tests refuses {name}: {error.strerror}")


def dated(path: Path, content: bytes) -> Path:
    """A file with mode 0640, read last in 2020 and written in 2017, to the nanosecond."""
    path.write_bytes(content)
    path.chmod(0o640)
    os.utime(path, ns=(1_600_000_000_123_456_789, 1_500_000_000_987_654_321))
    return path
