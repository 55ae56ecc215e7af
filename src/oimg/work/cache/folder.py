"""Where the cache of results is; opens, measures and deletes it."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from oimg.work.cache import secret
from oimg.work.cache.results import ResultCache
from oimg.work.cache.store import Store


def folder() -> Path:
    """The folder of the cache, for this user."""
    return platformdirs.user_cache_path("oimg", appauthor=False)


def opened(limit: int, *, read_only: bool = False) -> ResultCache | None:
    """Open the cache of at most `limit` bytes.

    None if the limit is 0, if its key cannot be stored, or, with `read_only`, if there is no cache yet.
    """
    if limit <= 0 or (read_only and not (_key().exists() and _database().exists())):
        return None
    key = secret.load(_key())
    return None if key is None else ResultCache(Store(_database(), limit, read_only=read_only), key)


def size() -> int:
    """Bytes of the cache on the disk."""
    return Store(_database(), 0).size()


def clear() -> int:
    """Delete the cache and its key; returns the bytes freed. Raises OSError."""
    _key().unlink(missing_ok=True)  # first: without it, the rest cannot be read
    store = Store(_database(), 0)
    freed = store.size()
    store.clear()
    return freed


def _database() -> Path:
    return folder() / "results.sqlite"


def _key() -> Path:
    """The key is not in the cache folder, so a copy of that folder alone reveals nothing."""
    return platformdirs.user_data_path("oimg", appauthor=False) / "results.key"
