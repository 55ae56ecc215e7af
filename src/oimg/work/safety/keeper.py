"""The safety of originals, as a session uses it: guarded batches, recovery, undo, upkeep."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from oimg.words.errors import ErrorCode
from oimg.words.images import Limits
from oimg.words.recipe import Originals
from oimg.words.report import Failed
from oimg.words.task import Task
from oimg.words.undo import PastBatch, Recovery, Undoing, UndoReport
from oimg.work.pipeline import BatchContext
from oimg.work.safety import journal_reader, recovery, trash, undo, upkeep
from oimg.work.safety.folders import Folders, default
from oimg.work.safety.in_place import InPlace
from oimg.work.safety.journal import Journal
from oimg.work.safety.undo import UnknownBatchError
from oimg.work.safety.vault import Vault
from oimg.work.settings import Settings

__all__ = ["GuardedBatch", "Keeper", "UnknownBatchError"]


@dataclass(frozen=True, slots=True)
class GuardedBatch:
    """A batch with its journal: the tasks that may run, and those that were refused; `close` ends it."""

    id: str
    tasks: tuple[Task, ...]
    refused: tuple[tuple[int, Failed], ...]
    context: BatchContext
    close: Callable[[], None]


class Keeper:
    """Guards the originals of this user."""

    def __init__(self, settings: Settings, folders: Folders | None = None) -> None:
        self._folders = folders or default()
        self._settings = settings

    @property
    def folder(self) -> Path:
        """Where originals and journals are."""
        return self._folders.root

    def open(self, tasks: Sequence[Task], limits: Limits) -> GuardedBatch:
        """Begin a batch: claim the folders whose files will be replaced, and refuse tasks that cannot be made safe."""
        id_ = time.strftime("%Y%m%d-%H%M%S-") + secrets.token_hex(2)
        journal = Journal(self._folders, id_)
        wanted = frozenset(str(name.parent) for task in tasks for name in task.destination.names)
        if not wanted:
            context = BatchContext(limits, journal.try_announce)
            return GuardedBatch(id_, tuple(tasks), (), context, lambda: self._end_plain(journal))
        originals = next(task.recipe.output.originals for task in tasks if task.destination.names)
        try:
            if originals is Originals.TRASH and not trash.is_available():
                raise OSError("no trash of the FreeDesktop.org kind on this system")
            busy = self._claim(journal, wanted)
        except OSError as error:
            reason = error.strerror or str(error)
            refused = tuple(
                (task.id, Failed(task.source.path, ErrorCode.BACKUP, reason, task.source)) for task in tasks
            )
            return GuardedBatch(id_, (), refused, BatchContext(limits), journal.close)
        refusals = {task.id: self._refusal(task, busy) for task in tasks}
        return GuardedBatch(
            id_,
            tuple(task for task in tasks if refusals[task.id] is None),
            tuple((each, failed) for each, failed in refusals.items() if failed is not None),
            BatchContext(limits, journal.announce, InPlace(self._folders, journal, originals)),
            lambda: self._end(journal),
        )

    def _claim(self, journal: Journal, wanted: frozenset[str]) -> dict[str, int]:
        """Claim folders for a batch; returns those that another process has claimed, with its id. Raises OSError."""
        busy: dict[str, int] = {}
        with self._folders.locked():
            for path in journal_reader.paths(self._folders, open_only=True):
                if journal_reader.is_running(path):
                    with suppress(FileNotFoundError):
                        history = journal_reader.read(path)
                        busy |= dict.fromkeys(wanted & history.folders, history.process)
            journal.start(wanted - busy.keys())
        return busy

    def _refusal(self, task: Task, busy: Mapping[str, int]) -> Failed | None:
        own = Path(os.path.realpath(self._folders.root))
        for name in task.destination.names:
            if (process := busy.get(str(name.parent))) is not None:
                return Failed(task.source.path, ErrorCode.IN_USE, f"process {process}", task.source)
            if name.is_relative_to(own):  # replacing a backup would destroy it
                return Failed(task.source.path, ErrorCode.WRITE, f"{own}: OIMG's own folder", task.source)
        return None

    def _end(self, journal: Journal) -> None:
        journal.close()
        self._prune()

    def _end_plain(self, journal: Journal) -> None:
        """End a batch that replaced nothing; backups that have expired are dropped all the same."""
        journal.close()
        if upkeep.has_expired(self._folders, self._settings.backup_days):
            self._prune()

    def _prune(self) -> None:
        upkeep.prune(self._folders, days=self._settings.backup_days, limit=self._settings.backup_limit)

    def recover(self) -> Recovery:
        """Repair what killed runs left."""
        return recovery.recover(self._folders)

    def undo(
        self, batch: str | None, files: Sequence[Path], on_result: Callable[[Undoing], None], *, dry_run: bool
    ) -> UndoReport:
        """Put originals back, or only predict the outcome. Raises UnknownBatchError, OSError."""
        try:
            if files:
                return undo.undo_files(self._folders, files, on_result, dry_run=dry_run)
            return undo.undo_batch(self._folders, batch, on_result, dry_run=dry_run)
        finally:
            if not dry_run:
                self._prune()

    def past(self) -> tuple[PastBatch, ...]:
        """The batches that can be undone, and those that have been."""
        return undo.past(self._folders)

    def size(self) -> int:
        """Bytes of all originals in the backup."""
        return sum(Vault(self._folders.backups).sizes().values())

    def clear(self) -> int:
        """Delete all batches that are not at work, with their originals; returns the bytes freed."""
        return upkeep.clear(self._folders)
