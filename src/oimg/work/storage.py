"""What the program keeps on this machine: listing it with its size, and erasing it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import platformdirs

from oimg.words.answers import Stored, StoredKind
from oimg.work.cache import folder as cache_folder
from oimg.work.safety.keeper import Keeper
from oimg.work.settings import config_folder


def log_file() -> Path:
    """Where the window logs unexpected errors."""
    return platformdirs.user_state_path("oimg", appauthor=False) / "errors.log"


def stored(keeper: Keeper) -> tuple[Stored, ...]:
    """List everything that is kept. Raises OSError."""
    past = [batch for batch in keeper.past() if batch.left and not batch.in_trash]
    oldest = min((batch.began for batch in past), default=None)
    remembered = cache_folder.size()
    return (
        *(_of_files(kind) for kind in (StoredKind.SETTINGS, StoredKind.PRESETS, StoredKind.WINDOW)),
        Stored(StoredKind.ORIGINALS, keeper.folder, keeper.size(), sum(batch.left for batch in past), oldest),
        Stored(StoredKind.MEMORY, cache_folder.folder(), remembered, int(remembered > 0)),
        _of_files(StoredKind.LOG),
    )


def erase_files(kind: StoredKind) -> int:
    """Delete the files of settings, presets, window state or log; returns the bytes freed. Raises OSError."""
    files = _files(kind)
    freed = _bytes_of(files)
    for path in files:
        if kind is StoredKind.LOG:
            os.truncate(path, 0)  # the running program has it open and keeps writing
        else:
            path.unlink(missing_ok=True)
    return freed


def _of_files(kind: StoredKind) -> Stored:
    files = _files(kind)
    places = {StoredKind.PRESETS: config_folder() / "presets", StoredKind.LOG: log_file()}
    return Stored(kind, places.get(kind, _json(kind)), _bytes_of(files), len(files))


def _files(kind: StoredKind) -> list[Path]:
    """The existing files of a kind, including unreadable ones that were set aside as .bad."""
    if kind is StoredKind.LOG:
        log = log_file()
        return [log] if log.is_file() and log.stat().st_size else []
    if kind is StoredKind.PRESETS:
        folder = config_folder() / "presets"
        return sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [path for path in (_json(kind), _json(kind).with_suffix(".bad")) if path.is_file()]


def _json(kind: StoredKind) -> Path:
    return config_folder() / f"{kind}.json"


def _bytes_of(files: Iterable[Path]) -> int:
    total = 0
    for path in files:
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total
