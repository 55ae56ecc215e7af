"""Limits how long and how many bytes of originals are kept: the oldest batches go first, the last one stays."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from oimg.work.safety.folders import Folders
from oimg.work.safety.journal_reader import BatchHistory, is_running, paths, read, read_all
from oimg.work.safety.vault import Vault

_DAY: Final = 86_400.0


def prune(folders: Folders, *, days: int, limit: int) -> None:
    """Drop batches older than `days`, then the oldest while the backup has more than `limit` bytes; 0 is no limit.

    Batches at work stay; the size limit never drops the newest batch that has replaced anything. Never raises: what
    cannot be read stays.
    """
    with suppress(OSError):
        if folders.journal.is_dir():
            with folders.locked():
                _prune(folders, days, limit)


def sweep(folders: Folders) -> None:
    """Drop originals that no batch refers to: never replaced, or put back. Never raises."""
    with suppress(OSError), folders.locked():
        _drop_unwanted(folders)


def has_expired(folders: Folders, days: int) -> bool:
    """Whether a journal was last written to more than `days` ago; fast, and never raises."""
    oldest = time.time() - days * _DAY
    with suppress(OSError):
        return bool(days) and any(path.stat().st_mtime < oldest for path in paths(folders))
    return False


def clear(folders: Folders) -> int:
    """Drop every batch that is not at work, with its originals; returns the bytes of originals that were deleted."""
    with folders.locked():
        before = sum(Vault(folders.backups).sizes().values())
        for history in _idle(folders):
            history.path.unlink(missing_ok=True)
        return before - _drop_unwanted(folders)


def _prune(folders: Folders, days: int, limit: int) -> None:
    idle = _idle(folders)
    oldest = time.time() - days * _DAY if days else float("-inf")
    for history in idle:
        if history.began < oldest:
            history.path.unlink(missing_ok=True)
    left = [history for history in idle if history.replacements and history.began >= oldest]
    total = _drop_unwanted(folders)
    for history in left[:-1]:
        if not limit or total <= limit:
            break
        history.path.unlink(missing_ok=True)
        total = _drop_unwanted(folders)


def _idle(folders: Folders) -> list[BatchHistory]:
    """Batches that no process works on, oldest first."""
    return [history for history in read_all(folders) if not is_running(history.path)]


def _drop_unwanted(folders: Folders) -> int:
    """Drop originals that no journal refers to; returns the bytes of those that are left. Raises OSError."""
    vault = Vault(folders.backups)
    sizes = vault.sizes()
    wanted = _wanted(folders)
    if wanted is None:
        return sum(sizes.values())
    vault.drop(sizes.keys() - wanted)
    return sum(size for digest, size in sizes.items() if digest in wanted)


def _wanted(folders: Folders) -> set[str] | None:
    """Originals that a journal refers to; None if a journal cannot be read, since it may refer to any of them."""
    wanted: set[str] = set()
    for path in paths(folders):
        try:
            history = read(path)
        except OSError:
            return None
        if history.foreign:
            return None
        wanted |= history.digests
    return wanted
