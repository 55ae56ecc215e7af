"""A batch as faces see it: what was planned, how it is controlled, and its report."""

from __future__ import annotations

import time
from dataclasses import dataclass

from oimg.engine import child
from oimg.words.report import Failed, Kept, Record, Report, Stopped
from oimg.words.task import Task
from oimg.work.jobs import Batch


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """The files of a batch: those to work on, and those whose outcome is `settled` before any work.

    Ids number both together, in the order the files were found.
    """

    tasks: tuple[Task, ...]
    settled: tuple[tuple[int, Kept | Failed], ...]

    @property
    def count(self) -> int:
        """How many files there are."""
        return len(self.tasks) + len(self.settled)


class Run:
    """A batch under way, and its report."""

    def __init__(self, id_: str, planned: PlannedBatch, batch: Batch) -> None:
        self.id = id_
        self._planned = planned
        self._batch = batch
        self._began = time.monotonic()

    @property
    def paused(self) -> bool:
        """Whether the batch is held."""
        return self._batch.paused

    def pause(self) -> None:
        """Hold the tasks that have not begun; those that have are finished."""
        self._batch.pause()

    def resume(self) -> None:
        """Go on."""
        self._batch.resume()

    def cancel(self) -> None:
        """Stop: tasks end at their next step, calls in child processes at once."""
        self._batch.cancel()
        child.close_all()  # ends calls under way; later calls are not made, since tasks check their token first

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most so many seconds; returns whether all tasks are finished."""
        return self._batch.wait(seconds)

    def report(self) -> Report:
        """The report so far; tasks that are not finished count as stopped."""
        records: dict[int, Record] = {each: Record(outcome, 0.0) for each, outcome in self._planned.settled}
        for task, record in zip(self._planned.tasks, self._batch.records(), strict=True):
            records[task.id] = record or Record(Stopped(task.source.path, task.source), 0.0)
        ordered = tuple(records[each] for each in sorted(records))
        in_place = any(task.destination.names for task in self._planned.tasks)
        return Report(self.id, ordered, time.monotonic() - self._began, in_place)
