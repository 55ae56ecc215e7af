"""Where results are remembered, and how to be rid of them."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from oimg.work.cache import secret
from oimg.work.cache.results import ResultCache
from oimg.work.cache.store import Store


def folder() -> Path:
    """The folder of the cache, for this user."""
    return platformdirs.user_cache_path("oimg", appauthor=False)


def opened(limit: int) -> ResultCache | None:
    """Open the cache of at most so many bytes; None where there is to be none, or its key cannot be kept."""
    if limit <= 0 or (key := secret.load(_key())) is None:
        return None
    return ResultCache(Store(_database(), limit), key)


def size() -> int:
    """Bytes of the cache on the disk."""
    return Store(_database(), 0).size()


def clear() -> int:
    """Remove the cache and its key; gives the bytes freed. Raises OSError."""
    _key().unlink(missing_ok=True)  # first: without it, the rest says nothing
    store = Store(_database(), 0)
    freed = store.size()
    store.clear()
    return freed


def _database() -> Path:
    return folder() / "results.sqlite"


def _key() -> Path:
    """The key is not in the cache: whoever gets hold of a copy of that alone learns nothing from it."""
    return platformdirs.user_data_path("oimg", appauthor=False) / "results.key"
