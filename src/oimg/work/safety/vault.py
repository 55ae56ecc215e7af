"""The backup: originals by the SHA-256 of their bytes, each stored once, whole or not at all."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from oimg.work.files import temp
from oimg.work.files.probe import open_quietly

_DIGEST: Final = 64  # hexadecimal digits


def digest_of(data: bytes) -> str:
    """The name of some bytes."""
    return hashlib.sha256(data).hexdigest()


def digest_of_file(path: Path) -> str:
    """The name of a file's bytes, read in pieces and without a trace on its dates. Raises OSError."""
    with open(path, "rb", opener=open_quietly) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest_at(path: Path) -> str | None:
    """The name of the bytes of a regular file, None where nothing is, empty for anything else. Raises OSError."""
    try:
        return digest_of_file(path) if stat.S_ISREG(path.lstat().st_mode) else ""
    except FileNotFoundError:
        return None


class Vault:
    """A folder of originals. Who keeps and who drops must hold the lock of the folders while they decide."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the bytes with this digest are kept."""
        return self.folder / digest[:2] / digest

    def has(self, digest: str, size: int) -> bool:
        """Whether the bytes are there and whole: a backup that has rotted must not stand in for a new one."""
        try:
            path = self.path(digest)
            return path.stat().st_size == size and digest_of_file(path) == digest
        except OSError:
            return False

    def store(self, data: bytes, digest: str, announce: temp.Announce) -> None:
        """Keep some bytes, synced to the disk. Raises OSError; then nothing is kept."""
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = temp.write(data, path.parent, None, announce=announce)
        try:
            written.path.chmod(0o600)  # the original may have been for its owner's eyes only
            written.path.replace(path)
        finally:
            temp.remove(written.path)
        for folder in (path.parent, self.folder, self.folder.parent):
            temp.sync_folder(folder, strict=True)

    def load(self, digest: str) -> bytes:
        """Give the bytes back. Raises FileNotFoundError, OSError, and ValueError where they are not what they were."""
        data = self.path(digest).read_bytes()
        if digest_of(data) != digest:
            raise ValueError(digest)
        return data

    def sizes(self) -> dict[str, int]:
        """Every digest that is kept, with the number of bytes."""
        found = {}
        with suppress(OSError):
            for path in self.folder.glob("??/*"):
                if len(path.name) == _DIGEST:
                    with suppress(OSError):
                        found[path.name] = path.stat().st_size
        return found

    def drop(self, digests: Iterable[str]) -> None:
        """Remove some originals for good."""
        for digest in digests:
            path = self.path(digest)
            with suppress(OSError):
                path.unlink()
            with suppress(OSError):
                path.parent.rmdir()  # only when nothing else is in it
