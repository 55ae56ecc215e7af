"""The random key without which the cache cannot be read: a private file, kept apart from the cache."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_BYTES: Final = 32
_TRIES: Final = 20
_PAUSE: Final = 0.005  # seconds; the process that makes the key writes it in one call


def load(path: Path) -> bytes | None:
    """Read the key, or create it at the first call; None if it can neither be read nor written.

    If several processes try to create it at once, one succeeds and the others wait for it.
    """
    try:
        for _ in range(_TRIES):
            try:
                return _make(path)
            except FileExistsError:
                if (found := _read(path)) is not None:
                    return found
                time.sleep(_PAUSE)
        path.unlink(missing_ok=True)  # cut short by a kill or a power failure; the entries made with it are lost
        return _make(path)
    except OSError:
        return None


def _read(path: Path) -> bytes | None:
    with path.open("rb") as stream:
        found = stream.read(_BYTES + 1)
    return found if len(found) == _BYTES else None


def _make(path: Path) -> bytes:
    """Write a new key. Raises FileExistsError, OSError; then no new file is left."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    made = secrets.token_bytes(_BYTES)
    try:
        written = os.write(descriptor, made)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(descriptor)
    if written != _BYTES:  # the disk is full
        path.unlink(missing_ok=True)
        raise OSError(written)
    return made
