"""Puts originals back: a whole batch or single files, each only if its result is still what was written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from oimg.words.errors import ErrorCode, OimgError
from oimg.words.report import Identity
from oimg.words.undo import NotRestored, PastBatch, RefusalCode, Restored, Undoing, UndoReport
from oimg.work.files import attributes, temp
from oimg.work.files.attributes import Attributes
from oimg.work.files.commit import link_new
from oimg.work.files.identity import identity_of
from oimg.work.safety import journal_reader, trash
from oimg.work.safety.folders import Folders
from oimg.work.safety.in_place import remove_old, remove_ours, stands, take_all
from oimg.work.safety.journal import Journal
from oimg.work.safety.journal_reader import BatchHistory, Replacement, State
from oimg.work.safety.vault import Vault, digest_of, digest_of_file

_CODES = {
    ErrorCode.CHANGED: RefusalCode.CHANGED,
    ErrorCode.NO_SPACE: RefusalCode.NO_SPACE,
    ErrorCode.WRITE: RefusalCode.WRITE,
}


class UnknownBatchError(Exception):
    """There is no such batch, or nothing in it to undo."""


class _Refused(Exception):  # noqa: N818 - a reason, not an error
    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def past(folders: Folders) -> tuple[PastBatch, ...]:
    """The batches that replaced originals, newest first."""
    if not folders.journal.is_dir():
        return ()
    with folders.locked():
        return tuple(
            _summary(history, running=history.is_open and journal_reader.is_running(history.path))
            for history in reversed(journal_reader.read_all(folders))
            if history.replacements
        )


def _summary(history: BatchHistory, *, running: bool) -> PastBatch:
    items = [each for each in history.replacements.values() if each.state is not State.DROPPED]
    parents = {str(each.names[0].parent) for each in items}
    return PastBatch(
        history.id,
        history.began,
        len(items),
        len(history.standing),
        sum(each.old.size for each in items),
        sum(each.size for each in items),
        _common(parents),
        in_trash=any(each.old.trash for each in items),
        running=running,
    )


def _common(folders: set[str]) -> Path:
    """The common parent of these folders; an empty path if they are on several drives, or there are none."""
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        return Path()


def undo_batch(
    folders: Folders, batch: str | None, on_result: Callable[[Undoing], None], *, dry_run: bool = False
) -> UndoReport:
    """Undo a batch; if none is named, the last one that has something left to undo.

    A dry run only predicts the outcome. Raises UnknownBatchError, and OSError if journals cannot be read.
    """
    work = _foresee if dry_run else _undo
    unread: list[OSError] = []
    for history in reversed(journal_reader.read_all(folders, unread)):
        if history.id == (batch or history.id) and history.standing:
            return UndoReport(history.id, tuple(work(folders, history, history.standing, on_result)))
    raise unread[0] if unread else UnknownBatchError(batch or "")


def undo_files(
    folders: Folders, paths: Sequence[Path], on_result: Callable[[Undoing], None], *, dry_run: bool = False
) -> UndoReport:
    """Undo single files, each in the last batch that replaced it; also those whose results are gone.

    A dry run only predicts the outcome. Raises UnknownBatchError with the first path that no batch has replaced, and
    OSError.
    """
    work = _foresee if dry_run else _undo
    unread: list[OSError] = []
    newest_first = journal_reader.read_all(folders, unread)[::-1]
    wanted: dict[str, tuple[BatchHistory, list[Replacement]]] = {}
    for path in paths:
        real = Path(os.path.realpath(path))
        last = _last(newest_first, {real, Path(os.path.realpath(path.parent)) / path.name})
        if last is None:
            raise unread[0] if unread else UnknownBatchError(str(path))
        history, item = last
        chosen = wanted.setdefault(history.id, (history, []))[1]
        if item not in chosen:
            chosen.append(item)
    results: list[Undoing] = []
    for history, items in wanted.values():
        results += work(folders, history, items, on_result, missing_too=True)
    return UndoReport(next(iter(wanted), ""), tuple(results))


def _last(newest_first: Sequence[BatchHistory], names: set[Path]) -> tuple[BatchHistory, Replacement] | None:
    for history in newest_first:
        for item in reversed(history.standing):
            if not names.isdisjoint((*item.names, *item.results)):
                return history, item
    return None


def _undo(
    folders: Folders,
    history: BatchHistory,
    items: Sequence[Replacement],
    on_result: Callable[[Undoing], None],
    *,
    missing_too: bool = False,
) -> Iterator[Undoing]:
    journal, now = _reopened(folders, history)
    if journal is None:
        for item in items:
            refused = NotRestored(item.names[0], item.results[0], RefusalCode.IN_USE)
            on_result(refused)
            yield refused
        return
    try:
        for item in items:
            result: Undoing
            if item.number in now:
                result = _Undo(journal, _Standing(folders, item, missing_too=missing_too)).run()
            else:  # another process was quicker
                result = NotRestored(item.names[0], item.results[0], RefusalCode.CHANGED)
            on_result(result)
            yield result
    finally:
        journal.close()


def _foresee(
    folders: Folders,
    history: BatchHistory,
    items: Sequence[Replacement],
    on_result: Callable[[Undoing], None],
    *,
    missing_too: bool = False,
) -> Iterator[Undoing]:
    """Predict what `_undo` would do now, as far as that is possible without writing."""
    running = history.is_open and journal_reader.is_running(history.path)
    for item in items:
        result: Undoing
        if running:
            result = NotRestored(item.names[0], item.results[0], RefusalCode.IN_USE)
        else:
            result = _Standing(folders, item, missing_too=missing_too).foresee()
        on_result(result)
        yield result


def _reopened(folders: Folders, history: BatchHistory) -> tuple[Journal | None, set[int]]:
    """Reopen a journal, with the numbers of its items that can be undone; None while another process works on it."""
    with folders.locked():
        try:
            journal = Journal.reopened(folders, history.path)
        except FileNotFoundError:  # another process reopened it since it was read
            return None, set()
        if journal is None:
            return None, set()
        return journal, {item.number for item in journal_reader.read(journal.path).standing}


class _Standing:
    """The present state of one replacement: whether it can be undone, with `missing_too` even without its result."""

    def __init__(self, folders: Folders, item: Replacement, *, missing_too: bool) -> None:
        self.item = item
        self._vault = Vault(folders.backups)
        self._missing_too = missing_too

    def outcome_of(self, work: Callable[[], bool]) -> Undoing:
        """Call `work`, which returns whether the dates were kept, and turn its result or error into an outcome."""
        item = self.item
        try:
            return Restored(item.names[0], item.results[0], item.old.size, work())
        except _Refused as refused:
            return NotRestored(item.names[0], item.results[0], refused.code, refused.detail)
        except OimgError as error:
            return NotRestored(item.names[0], item.results[0], _CODES.get(error.code, RefusalCode.WRITE), error.detail)
        except OSError as error:
            ours = temp.as_ours(error, item.names[0].parent)
            return NotRestored(item.names[0], item.results[0], _CODES[ours.code], ours.detail)

    def foresee(self) -> Undoing:
        """Predict whether it can be undone now, as far as that is possible without writing."""
        return self.outcome_of(lambda: bool(self.ready()))

    def ready(self) -> tuple[Identity | None, bytes]:
        """The identity of the file to be replaced (None if it is gone), and the original. Raises _Refused, OSError."""
        identity = self._result()
        if (self.item.output is not None or identity is None) and os.path.lexists(self.item.names[0]):
            raise _Refused(RefusalCode.TAKEN)
        return identity, self._original()

    def _result(self) -> Identity | None:
        """The identity of the result, if it is still what was written; None if it is gone. Raises _Refused, OSError."""
        found: set[Identity] = set()
        for name in self.item.results:
            try:
                identity = identity_of(name)
                if identity[2] != self.item.size or digest_of_file(name) != self.item.digest:
                    raise _Refused(RefusalCode.CHANGED)
                found.add(identity)
            except FileNotFoundError as error:
                if not self._missing_too or found:
                    raise _Refused(RefusalCode.MISSING) from error
        if len(found) > 1:  # its hard links have been separated since
            raise _Refused(RefusalCode.CHANGED, "its names are different files now")
        return next(iter(found), None)

    def _original(self) -> bytes:
        old = self.item.old
        try:
            data = self._vault.load(old.digest) if old.trash is None else old.trash.read_bytes()
        except FileNotFoundError as error:
            raise _Refused(RefusalCode.NO_BACKUP) from error
        except ValueError as error:
            raise _Refused(RefusalCode.BAD_BACKUP) from error
        if digest_of(data) != old.digest:
            raise _Refused(RefusalCode.BAD_BACKUP)
        return data


class _Undo:
    """The undo of one replacement."""

    def __init__(self, journal: Journal, standing: _Standing) -> None:
        self._journal = journal
        self._standing = standing
        self._item = standing.item

    def run(self) -> Undoing:
        result = self._standing.outcome_of(self._put_back)
        copy = self._item.old.trash
        if isinstance(result, Restored) and copy is not None and not trash.forget(copy):
            self._journal.leave_open()
        return result

    def _put_back(self) -> bool:
        """Restore the original; returns whether its dates were. Raises _Refused, OimgError, OSError."""
        item = self._item
        identity, data = self._standing.ready()
        like = self._attributes()
        written = temp.write(data, item.names[0].parent, like, announce=self._journal.announce)
        temps = [written.path]
        fresh = -1
        try:
            fresh = written.path.lstat().st_ino
            temps += [temp.new_name(name.parent, self._journal.announce) for name in item.names[1:]]
            with self._recorded(tuple(temps)):
                if identity is None:
                    self._new(written.path)
                elif item.output is None:
                    take_all(tuple(temps), item.names, identity)
                else:
                    self._new(written.path)
                    remove_old(item.output, written.path, item.names[0], identity)
        finally:
            remove_ours(temps, fresh, identity)
        return written.carried.dates

    def _new(self, written: Path) -> None:
        """Give the original all of its names, or none of them if one is taken."""
        given: list[Path] = []
        try:
            for name in self._item.names:
                if given:  # a rename would take the file away from its first name
                    os.link(given[0], name, follow_symlinks=False)
                elif not link_new(written, name):
                    raise FileExistsError(name)
                given.append(name)
                temp.sync_folder(name.parent)
        except BaseException as error:
            for name in given:
                name.unlink(missing_ok=True)
            if isinstance(error, FileExistsError):
                raise _Refused(RefusalCode.TAKEN) from error
            raise

    def _attributes(self) -> Attributes:
        """Dates and mode as they were; the rest as it is now, since the user may have changed it on purpose."""
        old = self._item.old
        now = next((name for name in self._item.results if name.exists()), None)
        like = attributes.of(now) if now is not None else attributes.of(self._item.names[0].parent).bare()
        return replace(like, atime_ns=old.atime_ns, mtime_ns=old.mtime_ns, mode=old.mode)

    @contextmanager
    def _recorded(self, temps: tuple[Path, ...]) -> Iterator[None]:
        item = self._item
        try:
            self._journal.mark(item.number, State.UNDOING, temps, sync=True)
            yield
        except BaseException:
            with suppress(OSError):  # the next start finds out by itself
                if not stands(item.names, item.old.digest):
                    self._journal.mark(item.number, State.DONE)
            raise
        with suppress(OSError):  # the next start finds out from the bytes of the files
            self._journal.mark(item.number, State.UNDONE, sync=True)
