"""A bounded key-value table in one SQLite file. If anything goes wrong with it, entries are lost, but no run fails."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")
_SCHEMA: Final = 1  # in the header of the file (PRAGMA user_version)
_PAGE: Final = 4096  # bytes
_PATIENCE: Final = 2.0  # seconds; another process writes for milliseconds
_BATCH: Final = 256  # values that wait to be written together
_DELAY: Final = 3.0  # seconds that they wait at most, as long as more come
_DAY: Final = 86_400
_ROW: Final = 40  # bytes of a row beside its value
_SPARE: Final = 4  # a full table drops one row in so many, the least recently used first
_BESIDE: Final = ("", "-journal", "-wal", "-shm")  # the files that SQLite makes


class Store:
    """Values by key. Threads may share one; several processes may have the same file open.

    Nothing here raises, except `clear`: with an unreadable file, a full disk or a lock that is never released, less is
    remembered. A damaged file is deleted and started again. The file has at most `limit` bytes. With `read_only`,
    nothing new is stored.
    """

    def __init__(self, path: Path, limit: int, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._pages = max(limit // _PAGE, 16)
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._usable = True
        self._waiting: dict[bytes, bytes] = {}
        self._asked: set[bytes] = set()
        self._flushed = time.monotonic()

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        with self._lock:
            if key in self._waiting:
                return self._waiting[key]
            return self._try(lambda database: self._look_up(database, key))

    def put(self, key: bytes, value: bytes) -> None:
        """Remember a value; it is written a little later, together with others."""
        if self._read_only:
            return
        with self._lock:
            self._waiting[key] = value
            if len(self._waiting) >= _BATCH or time.monotonic() - self._flushed > _DELAY:
                self._write()

    def flush(self) -> None:
        """Write what waits."""
        with self._lock:
            self._write()

    def close(self) -> None:
        """Write what waits and close the file; the next call opens it again."""
        with self._lock:
            self._write()
            if self._database is not None:
                self._database.close()
                self._database = None
            self._usable = True

    def clear(self) -> None:
        """Remove the file with all that is in it. Raises OSError."""
        with self._lock:
            self._waiting.clear()
            self._asked.clear()
            self._remove()

    def size(self) -> int:
        """Bytes on the disk."""
        total = 0
        for each in _BESIDE:
            with suppress(OSError):
                total += self._file(each).stat().st_size
        return total

    def _look_up(self, database: sqlite3.Connection, key: bytes) -> bytes | None:
        # fetchall, although there is at most one row: an unfinished cursor holds a lock.
        for value, day in database.execute("SELECT value, day FROM rows WHERE key = ?", (key,)).fetchall():
            if day != _today() and not self._read_only:
                self._asked.add(key)
            return value if isinstance(value, bytes) else None
        return None

    def _write(self) -> None:
        self._flushed = time.monotonic()
        if self._waiting or self._asked:
            self._try(self._write_rows)
            self._waiting.clear()
            self._asked.clear()

    def _write_rows(self, database: sqlite3.Connection) -> None:
        today = _today()
        self._make_room(database)
        database.execute("BEGIN IMMEDIATE")
        try:
            database.executemany(
                "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)",
                [(key, value, today) for key, value in self._waiting.items()],
            )
            database.executemany("UPDATE rows SET day = ? WHERE key = ?", [(today, key) for key in self._asked])
            database.execute("COMMIT")
        finally:
            if database.in_transaction:
                database.execute("ROLLBACK")

    def _make_room(self, database: sqlite3.Connection) -> None:
        """Drop the least recently used rows before the file reaches its limit, where SQLite would refuse to write."""
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        # The rows of a batch go to pages all over the file; full pages are split.
        coming = 2 * sum(len(value) + _ROW for value in self._waiting.values()) // _PAGE
        if pages + coming < self._pages * 15 // 16:
            return
        (rows,) = database.execute("SELECT count(*) FROM rows").fetchone()
        database.execute(
            "DELETE FROM rows WHERE key IN (SELECT key FROM rows ORDER BY day LIMIT ?)", (rows // _SPARE + 1,)
        )
        database.execute("VACUUM")  # dropped rows leave all pages a little emptier and none free

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Run `work` on the open file; None if that fails."""
        if not self._usable:
            return None
        try:
            import sqlite3  # noqa: PLC0415 - loaded only where something is remembered
        except ImportError:  # a Python that was built without it
            self._usable = False
            return None
        for _ in range(2):
            try:
                return work(self._opened())
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _elsewhere():
                    break
            except OSError:
                break
            except (ValueError, OverflowError):  # a file of another version
                pass
            try:
                self._remove()
            except OSError:
                break
        self._usable = False  # until `close`: waiting for a lock takes seconds, and there may be thousands of calls
        return None

    def _opened(self) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415

        if self._database is not None:
            return self._database
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite would let others read it
        database = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(database)
        except BaseException:
            database.close()
            raise
        self._database = database
        return database

    def _prepare(self, database: sqlite3.Connection) -> None:
        # No need to wait for the disk: a file that a power cut damages is started again.
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA page_size = {_PAGE}")
        database.execute(f"PRAGMA max_page_count = {self._pages}")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _SCHEMA):
            raise ValueError(version)
        database.execute(
            "CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, value BLOB NOT NULL, day INTEGER NOT NULL)"
            " WITHOUT ROWID"
        )
        if version == 0:
            database.execute(f"PRAGMA user_version = {_SCHEMA}")

    def _remove(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        for each in reversed(_BESIDE):
            self._file(each).unlink(missing_ok=True)

    def _file(self, tail: str) -> Path:
        return self._path.with_name(self._path.name + tail)


def _elsewhere() -> frozenset[int]:
    """Primary result codes that are about disk, lock or permissions, and not about the content of the file."""
    import sqlite3  # noqa: PLC0415

    return frozenset(
        {
            *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY),
            *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM),
        }
    )


def _today() -> int:
    return int(time.time()) // _DAY
