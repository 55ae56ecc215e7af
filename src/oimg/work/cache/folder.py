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


def opened(limit: int, *, read_only: bool = False) -> ResultCache | None:
    """Open the cache of at most so many bytes.

    None where there is to be none, its key cannot be kept, or, with `read_only`, nothing was ever remembered.
    """
    if limit <= 0 or (read_only and not (_key().exists() and _database().exists())):
        return None
    key = secret.load(_key())
    return None if key is None else ResultCache(Store(_database(), limit, read_only=read_only), key)


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
