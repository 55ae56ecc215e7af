"""The random key without which the cache says nothing: a file of its own, away from the cache, for the user alone."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_BYTES: Final = 32
_TRIES: Final = 20
_PAUSE: Final = 0.005  # seconds; whoever makes the key writes it in one go


def load(path: Path) -> bytes | None:
    """Give the key, made at the first call; None where it can neither be read nor written.

    Of several processes that make it at once, one does, and the others wait for it.
    """
    try:
        for _ in range(_TRIES):
            try:
                return _make(path)
            except FileExistsError:
                if (found := _read(path)) is not None:
                    return found
                time.sleep(_PAUSE)
        path.unlink(missing_ok=True)  # cut short by a kill or a power failure; what it was the key to is lost
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
