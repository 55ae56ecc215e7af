"""Running many tasks on worker threads: every one is reported exactly once, pixels in flight stay bounded."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Self
from weakref import WeakSet

from oimg.engine import allocation
from oimg.engine.footprint import peak_bytes
from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.report import Failed, Outcome, Record, Stopped
from oimg.words.task import CancelToken, Control, Finished, OnEvent, Progressed, Started, Task, Work

log = logging.getLogger(__name__)


class MemoryGate:
    """Lets tasks in while their pixels together fit; a task larger than the whole limit runs alone."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._free = threading.Condition()

    def enter(self, cost: int, token: CancelToken) -> None:
        """Wait for room; raises Cancelled when the user stops meanwhile."""
        with self._free:
            while self._used and self._used + cost > self._limit:
                token.check()
                self._free.wait(0.2)
            self._used += cost

    def leave(self, cost: int) -> None:
        """Give the room back."""
        with self._free:
            self._used -= cost
            self._free.notify_all()


class BusyWorkers:
    """How many workers there are, and how many of them are at work."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._busy = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """One more is at work."""
        with self._lock:
            self._busy += 1
        return self

    def __exit__(self, *_: object) -> None:
        """One less is."""
        with self._lock:
            self._busy -= 1

    def threads(self) -> int:
        """The share of all workers that each busy one may use, 1 at least."""
        return max(1, self._workers // max(1, self._busy))


class Batch:
    """Tasks that were started together."""

    def __init__(self, ids: Sequence[int], running: _Running, futures: Sequence[Future[None]]) -> None:
        self._ids = ids
        self._running = running
        self._futures = futures

    @property
    def paused(self) -> bool:
        """Whether tasks that are not begun wait."""
        return self._running.paused

    def pause(self) -> None:
        """Let the tasks that are not begun wait; those that are go on."""
        self._running.pause()

    def resume(self) -> None:
        """Let waiting tasks go on."""
        self._running.resume()

    def cancel(self) -> None:
        """Ask every task to stop at its next step; those that wait stop at once."""
        self._running.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all are finished, or the time is over; tells whether they are."""
        return not wait_for(self._futures, timeout=seconds).not_done

    def records(self) -> tuple[Record | None, ...]:
        """What came of each task so far, in the order they were given: whatever was reported is there."""
        return tuple(self._running.records.get(each) for each in self._ids)


class _Running:
    """What the tasks of one batch share."""

    def __init__(self, work: Work, on_event: OnEvent, on_end: Callable[[], None], tasks: int) -> None:
        self.work = work
        self.on_event = on_event
        self.token = CancelToken()
        self.records: dict[int, Record] = {}
        self.paused = False
        self._on_end = on_end
        self._left = tasks
        self._lock = threading.Lock()
        self._moved = threading.Condition()

    def pause(self) -> None:
        """Hold what is not begun, unless it was asked to stop."""
        with self._moved:
            self.paused = not self.token.cancelled

    def resume(self) -> None:
        """Let go of it."""
        with self._moved:
            self.paused = False
            self._moved.notify_all()

    def cancel(self) -> None:
        """Ask all tasks to stop, and wake those that are held."""
        self.token.cancel()
        self.resume()

    def hold(self) -> None:
        """Wait while the batch is paused; raises Cancelled when it was asked to stop."""
        with self._moved:
            while self.paused:
                self._moved.wait()
        self.token.check()

    def finish(self, task: Task, record: Record) -> None:
        """Report one task; the last one ends the batch first."""
        with self._lock:
            self.records[task.id] = record
            self._left -= 1
            last = self._left == 0
        if last:
            allocation.give_back()
            try:
                self._on_end()
            except Exception:  # the last task is finished whatever becomes of the rest
                log.exception("unexpected failure at the end of a batch")
        self.on_event(Finished(task.id, record))


class BatchRunner:
    """Owns the worker threads; one for the whole program."""

    def __init__(self, *, workers: int, memory_limit: int) -> None:
        allocation.keep()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="oimg")
        self._gate = MemoryGate(memory_limit)
        self._busy_workers = BusyWorkers(workers)
        self._batches: WeakSet[_Running] = WeakSet()

    def start(
        self, tasks: Sequence[Task], work: Work, on_event: OnEvent, on_end: Callable[[], None] = lambda: None
    ) -> Batch:
        """Start tasks, the biggest first, so that no core idles at the end.

        `on_event` is called on workers; so is `on_end`, after the last task's work and before it is reported.
        """
        running = _Running(work, on_event, on_end, len(tasks))
        self._batches.add(running)
        largest_first = sorted(tasks, key=lambda each: -each.source.header.pixels)
        futures = [self._pool.submit(self._run, task, running) for task in largest_first]
        if not tasks:
            allocation.give_back()
            on_end()
        return Batch([task.id for task in tasks], running, futures)

    def cancel(self) -> None:
        """Ask the tasks of all batches to stop."""
        for running in list(self._batches):
            running.cancel()

    def close(self, *, wait: bool = True) -> None:
        """Take no more work; with `wait`, stay until the threads are gone. A pause ends with it."""
        for running in list(self._batches):
            running.resume()
        self._pool.shutdown(wait=wait, cancel_futures=not wait)

    def _run(self, task: Task, running: _Running) -> None:
        began = time.monotonic()
        outcome = self._outcome(task, running)
        running.finish(task, Record(outcome, time.monotonic() - began))  # exactly once, whatever happened

    def _outcome(self, task: Task, running: _Running) -> Outcome:
        token, on_event = running.token, running.on_event
        path, cost = task.source.path, peak_bytes(task.source.header, task.recipe)
        try:
            self._enter(cost, running)
            try:
                on_event(Started(task.id))
                with self._busy_workers as busy:
                    tell = lambda done: on_event(Progressed(task.id, done))  # noqa: E731
                    return running.work(task, Control(token, tell, busy.threads))
            finally:
                self._gate.leave(cost)
        except Cancelled:
            return Stopped(path, task.source)
        except OimgError as error:
            if token.cancelled:  # a child process that was ended under its call
                return Stopped(path, task.source)
            return Failed(path, error.code, error.detail, task.source)
        except MemoryError:
            return Failed(path, ErrorCode.TOO_LARGE, "not enough memory", task.source)
        except BaseException as error:  # a panic of a Rust library is no Exception
            log.exception("unexpected failure on %s", path.name)
            return Failed(path, ErrorCode.INTERNAL, f"{type(error).__name__}: {error}", task.source)

    def _enter(self, cost: int, running: _Running) -> None:
        """Wait until the task may begin: there is room, and nobody holds the batch."""
        while True:
            running.hold()
            self._gate.enter(cost, running.token)
            if not running.paused:
                return
            self._gate.leave(cost)  # paused while it waited for room: others may need it meanwhile
