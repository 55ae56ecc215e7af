"""The random key without which the cache says nothing: a file of its own, away from the cache, for the user alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

_BYTES: Final = 32


def load(path: Path) -> bytes | None:
    """Give the key, made at the first call; None where it can neither be read nor written."""
    try:
        return _read(path) or _make(path)
    except OSError:
        return None


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as stream:
            found = stream.read(_BYTES + 1)
    except FileNotFoundError:
        return None
    return found if len(found) == _BYTES else None


def _make(path: Path) -> bytes | None:
    """Write a new key, whole or not at all; where another process was quicker, its key is given. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(_BYTES))
        if path.exists() and _read(path) is None:  # cut short by a power failure; what it was the key to is lost
            path.unlink(missing_ok=True)
        with suppress(FileExistsError):
            try:
                os.link(fresh, path)
            except (PermissionError, NotImplementedError, OSError) as error:
                if isinstance(error, FileExistsError):
                    raise
                fresh.replace(path)  # a disk without links; of two processes at once, one remembers nothing
    finally:
        fresh.unlink(missing_ok=True)
    return _read(path)
