"""How long originals are kept, and how many bytes of them: the oldest batches go first, the last one always stays."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from oimg.work.safety import journal as journals
from oimg.work.safety.folders import Folders
from oimg.work.safety.journal import Story
from oimg.work.safety.vault import Vault

_DAY: Final = 86_400.0


def prune(folders: Folders, *, days: int, limit: int) -> None:
    """Drop batches older than `days`, then the oldest while the backup has more than `limit` bytes; 0 is no limit.

    Batches at work stay, and so does the newest. Never raises.
    """
    with suppress(OSError):
        if folders.journal.is_dir():
            with folders.locked():
                _prune(folders, days, limit)


def clear(folders: Folders) -> int:
    """Drop every batch that is not at work with its originals; tells how many bytes of originals are gone."""
    with folders.locked():
        before = sum(Vault(folders.backups).sizes().values())
        for story in _idle(folders):
            story.path.unlink(missing_ok=True)
        return before - _drop_unwanted(folders)


def _prune(folders: Folders, days: int, limit: int) -> None:
    idle = _idle(folders)
    newest = idle[-1:]
    oldest_first = idle[:-1]
    for story in idle if days else ():
        if story.began < time.time() - days * _DAY:
            story.path.unlink(missing_ok=True)
            oldest_first = [each for each in oldest_first if each is not story]
    total = _drop_unwanted(folders)
    while limit and total > limit and oldest_first and newest:
        oldest_first.pop(0).path.unlink(missing_ok=True)
        total = _drop_unwanted(folders)


def _idle(folders: Folders) -> list[Story]:
    """Batches nobody works on, oldest first."""
    return [story for story in journals.stories(folders) if not journals.is_running(story.path)]


def _drop_unwanted(folders: Folders) -> int:
    """Drop originals that no journal refers to; gives the bytes of those that are left."""
    vault = Vault(folders.backups)
    sizes = vault.sizes()
    wanted: set[str] = set()
    for story in journals.stories(folders):
        wanted |= story.digests
    vault.drop(sizes.keys() - wanted)
    return sum(size for digest, size in sizes.items() if digest in wanted)
