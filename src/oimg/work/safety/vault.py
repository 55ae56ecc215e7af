"""The backup: originals named by the SHA-256 of their bytes, each stored once, completely or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from oimg.work.files import temp
from oimg.work.files.probe import open_quietly

_DIGEST: Final = 64  # hexadecimal digits
_TRIES: Final = 3


def digest_of(data: bytes) -> str:
    """The digest of some bytes, as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of_file(path: Path) -> str:
    """The digest of a file, read in pieces and without changing its access time. Raises OSError."""
    with open(path, "rb", opener=open_quietly) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest_at(path: Path) -> str | None:
    """The digest of a regular file; None if there is nothing, empty for anything else. Raises OSError."""
    try:
        return digest_of_file(path) if stat.S_ISREG(path.lstat().st_mode) else ""
    except FileNotFoundError:
        return None


class Vault:
    """A folder of originals. Callers that add or delete hold the lock of the folders while they decide."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the bytes with this digest are kept."""
        return self.folder / digest[:2] / digest

    def has(self, digest: str, size: int) -> bool:
        """Whether the bytes are there and intact: a damaged backup must not be taken for a good one."""
        try:
            path = self.path(digest)
            return path.stat().st_size == size and digest_of_file(path) == digest
        except OSError:
            return False

    def store(self, data: bytes, digest: str, announce: temp.Announce) -> None:
        """Store some bytes, synced to the disk. Raises OSError; then nothing is stored."""
        path = self.path(digest)
        written = self._write(data, path.parent, announce)
        try:
            written.path.chmod(0o600)  # the original may have been private
            written.path.replace(path)
        finally:
            temp.remove(written.path)
        for folder in (path.parent, self.folder, self.folder.parent):
            temp.sync_folder(folder, strict=True)

    @staticmethod
    def _write(data: bytes, folder: Path, announce: temp.Announce) -> temp.Temp:
        for _ in range(_TRIES):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileNotFoundError):  # another process has just deleted the last original in it
                return temp.write(data, folder, None, announce=announce)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))

    def load(self, digest: str) -> bytes:
        """Read the bytes. Raises FileNotFoundError, OSError, and ValueError if they do not match the digest."""
        data = self.path(digest).read_bytes()
        if digest_of(data) != digest:
            raise ValueError(digest)
        return data

    def sizes(self) -> dict[str, int]:
        """Every stored digest, with its number of bytes."""
        found = {}
        with suppress(OSError):
            for path in self.folder.glob("??/*"):
                if len(path.name) == _DIGEST:
                    with suppress(OSError):
                        found[path.name] = path.stat().st_size
        return found

    def drop(self, digests: Iterable[str]) -> None:
        """Delete some originals for good."""
        for digest in digests:
            path = self.path(digest)
            with suppress(OSError):
                path.unlink()
            with suppress(OSError):
                path.parent.rmdir()  # only when nothing else is in it
