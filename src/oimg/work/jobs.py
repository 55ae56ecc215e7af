"""Runs tasks on worker threads: each is reported exactly once, and the memory in use stays bounded."""

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
    """Lets tasks in while their costs, in bytes, fit into `limit` together; a task above the limit runs alone."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._free = threading.Condition()

    def enter(self, cost: int, token: CancelToken) -> None:
        """Wait until `cost` bytes are free. Raises Cancelled."""
        with self._free:
            while self._used and self._used + cost > self._limit:
                token.check()
                self._free.wait(0.2)
            self._used += cost

    def leave(self, cost: int) -> None:
        """Release `cost` bytes."""
        with self._free:
            self._used -= cost
            self._free.notify_all()


class BusyWorkers:
    """Counts the workers that are busy. Used as a context manager around a task."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._busy = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Count one more."""
        with self._lock:
            self._busy += 1
        return self

    def __exit__(self, *_: object) -> None:
        """Count one less."""
        with self._lock:
            self._busy -= 1

    def threads(self) -> int:
        """How many threads each busy worker may use, so that all workers' cores are used; at least 1."""
        return max(1, self._workers // max(1, self._busy))


class Batch:
    """Tasks that were started together."""

    def __init__(self, ids: Sequence[int], running: _Running, futures: Sequence[Future[None]]) -> None:
        self._ids = ids
        self._running = running
        self._futures = futures

    @property
    def paused(self) -> bool:
        """Whether tasks that have not begun are held."""
        return self._running.paused

    def pause(self) -> None:
        """Hold the tasks that have not begun; the others go on."""
        self._running.pause()

    def resume(self) -> None:
        """Let held tasks begin."""
        self._running.resume()

    def cancel(self) -> None:
        """Ask every task to stop at its next step; held tasks stop at once."""
        self._running.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all tasks are finished, at most so many seconds; returns whether they are."""
        return not wait_for(self._futures, timeout=seconds).not_done

    def records(self) -> tuple[Record | None, ...]:
        """The record of each task in the order given, None for one that has not been reported yet."""
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
        """Hold tasks that have not begun, unless the batch was cancelled."""
        with self._moved:
            self.paused = not self.token.cancelled

    def resume(self) -> None:
        """Let held tasks begin."""
        with self._moved:
            self.paused = False
            self._moved.notify_all()

    def cancel(self) -> None:
        """Ask all tasks to stop, and wake held ones."""
        self.token.cancel()
        self.resume()

    def hold(self) -> None:
        """Wait while the batch is paused. Raises Cancelled."""
        with self._moved:
            while self.paused:
                self._moved.wait()
        self.token.check()

    def finish(self, task: Task, record: Record) -> None:
        """Report one task. If it is the last, `on_end` is called before it is reported."""
        with self._lock:
            self.records[task.id] = record
            self._left -= 1
            last = self._left == 0
        if last:
            allocation.give_back()
            try:
                self._on_end()
            except Exception:  # the last task is reported all the same
                log.exception("unexpected failure at the end of a batch")
        self.on_event(Finished(task.id, record))


class BatchRunner:
    """Owns the worker threads; there is one in the program."""

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
        """Accept no more work and end pauses; with `wait`, return when the threads have ended."""
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
            if token.cancelled:  # its child process was ended during a call
                return Stopped(path, task.source)
            return Failed(path, error.code, error.detail, task.source)
        except MemoryError:
            return Failed(path, ErrorCode.TOO_LARGE, "not enough memory", task.source)
        except BaseException as error:  # a panic of a Rust library is no Exception
            log.exception("unexpected failure on %s", path.name)
            return Failed(path, ErrorCode.INTERNAL, f"{type(error).__name__}: {error}", task.source)

    def _enter(self, cost: int, running: _Running) -> None:
        """Wait until the task may begin: its memory fits, and the batch is not paused."""
        while True:
            running.hold()
            self._gate.enter(cost, running.token)
            if not running.paused:
                return
            self._gate.leave(cost)  # paused while it waited: leave the memory to other batches
