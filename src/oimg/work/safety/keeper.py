"""The safety of originals as a session sees it: a guarded batch, recovery, undo, upkeep."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from oimg.words.errors import ErrorCode
from oimg.words.images import Limits
from oimg.words.recipe import Originals
from oimg.words.report import Failed
from oimg.words.task import Task
from oimg.words.undo import PastBatch, Recovery, Undoing, UndoReport
from oimg.work.pipeline import Ways
from oimg.work.safety import recovery, story, trash, undo, upkeep
from oimg.work.safety.folders import Folders, default
from oimg.work.safety.in_place import InPlace
from oimg.work.safety.journal import Journal
from oimg.work.safety.undo import UnknownBatchError
from oimg.work.settings import Settings

__all__ = ["GuardedBatch", "Keeper", "UnknownBatchError"]


@dataclass(frozen=True, slots=True)
class GuardedBatch:
    """A batch with its journal: the tasks that may run and how, those that may not and why; `close` ends it."""

    id: str
    tasks: tuple[Task, ...]
    refused: tuple[tuple[int, Failed], ...]
    ways: Ways
    close: Callable[[], None]


class Keeper:
    """Guards originals, in the folders of this user."""

    def __init__(self, settings: Settings, folders: Folders | None = None) -> None:
        self._folders = folders or default()
        self._settings = settings

    @property
    def folder(self) -> Path:
        """Where originals and journals are."""
        return self._folders.root

    def open(self, tasks: Sequence[Task], limits: Limits) -> GuardedBatch:
        """Begin a batch: claim the folders whose files will be replaced, refuse what cannot be made safe."""
        id_ = time.strftime("%Y%m%d-%H%M%S-") + secrets.token_hex(2)
        journal = Journal(self._folders, id_)
        wanted = frozenset(str(name.parent) for task in tasks for name in task.destination.names)
        if not wanted:
            ways = Ways(limits, journal.try_announce)
            return GuardedBatch(id_, tuple(tasks), (), ways, journal.close)
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
            return GuardedBatch(id_, (), refused, Ways(limits), journal.close)
        in_use = {task.id: _busy(task, busy) for task in tasks}
        return GuardedBatch(
            id_,
            tuple(task for task in tasks if in_use[task.id] is None),
            tuple((each, failed) for each, failed in in_use.items() if failed is not None),
            Ways(limits, journal.announce, InPlace(self._folders, journal, originals)),
            lambda: self._end(journal),
        )

    def _claim(self, journal: Journal, wanted: frozenset[str]) -> dict[str, int]:
        """Take folders for a batch; gives those that another process works in, with its number. Raises OSError."""
        busy: dict[str, int] = {}
        with self._folders.locked():
            for path in story.files(self._folders, open_only=True):
                if story.is_running(path):
                    with suppress(FileNotFoundError):
                        told = story.read(path)
                        busy |= dict.fromkeys(wanted & told.folders, told.process)
            journal.start(wanted - busy.keys())
        return busy

    def _end(self, journal: Journal) -> None:
        journal.close()
        self._prune()

    def _prune(self) -> None:
        upkeep.prune(self._folders, days=self._settings.backup_days, limit=self._settings.backup_limit)

    def recover(self) -> Recovery:
        """Put right what killed runs left."""
        return recovery.recover(self._folders)

    def undo(self, batch: str | None, files: Sequence[Path], on_result: Callable[[Undoing], None]) -> UndoReport:
        """Put originals back. Raises UnknownBatchError, OSError."""
        try:
            if files:
                return undo.undo_files(self._folders, files, on_result)
            return undo.undo_batch(self._folders, batch, on_result)
        finally:
            self._prune()

    def past(self) -> tuple[PastBatch, ...]:
        """The batches that can be undone, and those that were."""
        return undo.past(self._folders)

    def clear(self) -> int:
        """Forget all batches with their originals; gives the bytes freed."""
        return upkeep.clear(self._folders)


def _busy(task: Task, busy: dict[str, int]) -> Failed | None:
    for name in task.destination.names:
        if (process := busy.get(str(name.parent))) is not None:
            return Failed(task.source.path, ErrorCode.IN_USE, f"process {process}", task.source)
    return None
