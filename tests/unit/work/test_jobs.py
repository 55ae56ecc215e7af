"""Batches: one last word per task whatever happens, bounded memory, a quick stop, no thread left."""

from __future__ import annotations

import mmap
import os
import platform
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oimg.engine.footprint import BYTES_PER_PIXEL, peak_bytes
from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.images import Format, Header
from oimg.words.recipe import Recipe
from oimg.words.report import Failed, Kept, KeptCode, Outcome, Record, Stopped
from oimg.words.task import CancelToken, Control, Finished, JobEvent, Progressed, Started, Task, Work
from oimg.work.files.destinations import plan
from oimg.work.jobs import BatchRunner, MemoryGate
from work_help import invented

PLENTY = 1 << 40


class PanicException(BaseException):
    """What a Rust library raises when it breaks down: no Exception."""


def tasks_of(*pixels: int) -> tuple[Task, ...]:
    folder = Path("/pictures")
    headers = [Header(Format.PNG, count, 1) for count in pixels]
    return plan(
        [(each, invented(folder / f"{each}.png", folder, header), Recipe()) for each, header in enumerate(headers)]
    )[0]


def keep(task: Task, control: Control) -> Outcome:
    control.token.check()
    control.progress(0.5)
    return Kept(task.source.path, task.source, KeptCode.NOT_SMALLER)


@contextmanager
def running(workers: int = 2, memory_limit: int = PLENTY) -> Iterator[BatchRunner]:
    runner = BatchRunner(workers=workers, memory_limit=memory_limit)
    try:
        yield runner
    finally:
        runner.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("oimg_")]


def raising(error: BaseException) -> Work:
    def work(_: Task, __: Control) -> Outcome:
        raise error

    return work


def finished(events: list[JobEvent]) -> Counter[int]:
    return Counter(event.task_id for event in events if isinstance(event, Finished))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OimgError(ErrorCode.CORRUPT, "row 7"), (ErrorCode.CORRUPT, "row 7")),
        (ValueError("nobody thought of it"), (ErrorCode.INTERNAL, "ValueError: nobody thought of it")),
        (MemoryError(), (ErrorCode.TOO_LARGE, "not enough memory")),
        (RecursionError("too deep"), (ErrorCode.INTERNAL, "RecursionError: too deep")),
        (PanicException("index out of bounds"), (ErrorCode.INTERNAL, "PanicException: index out of bounds")),
        (SystemExit(3), (ErrorCode.INTERNAL, "SystemExit: 3")),
    ],
)
def test_whatever_work_raises_is_one_failure(error: BaseException, expected: tuple[ErrorCode, str]) -> None:
    events: list[JobEvent] = []
    tasks = tasks_of(4, 5, 6)
    with running() as runner:
        batch = runner.start(tasks, raising(error), events.append)
        assert batch.wait(10)
    assert finished(events) == {0: 1, 1: 1, 2: 1}
    for task, record in zip(tasks, batch.records(), strict=True):
        assert record is not None
        assert record.outcome == Failed(task.source.path, *expected, task.source)


def test_events_of_a_task_come_in_order() -> None:
    events: list[JobEvent] = []
    tasks = tasks_of(*range(1, 21))
    with running(workers=4) as runner:
        batch = runner.start(tasks, keep, events.append)
        assert batch.wait(10)
    for task in tasks:
        kinds = [type(event) for event in events if event.task_id == task.id]
        assert kinds == [Started, Progressed, Finished]
    outcomes = [record.outcome for record in batch.records() if record is not None]
    assert [outcome.path for outcome in outcomes] == [task.source.path for task in tasks]


def test_what_is_reported_is_in_the_records_already() -> None:
    ready = threading.Event()
    seen: list[tuple[Record | None, ...]] = []

    def look(event: JobEvent) -> None:
        if isinstance(event, Finished):
            ready.wait(10)
            seen.append(batch.records())

    with running() as runner:
        batch = runner.start(tasks_of(9), keep, look)
        ready.set()
        assert batch.wait(10)
    ((record,),) = seen
    assert record is not None
    assert (record,) == batch.records()


def test_the_biggest_start_first() -> None:
    events: list[JobEvent] = []
    with running(workers=1) as runner:
        assert runner.start(tasks_of(3, 9, 1, 7), keep, events.append).wait(10)
    assert [event.task_id for event in events if isinstance(event, Started)] == [1, 3, 0, 2]


def test_work_that_asks_stops_in_the_middle() -> None:
    began = threading.Event()

    def work(task: Task, control: Control) -> Outcome:
        began.set()
        assert control.token.wait(10)
        control.token.check()
        return keep(task, control)

    events: list[JobEvent] = []
    with running(workers=1) as runner:
        batch = runner.start(tasks_of(2, 1), work, events.append)
        assert began.wait(10)
        assert batch.records() == (None, None)
        batch.cancel()
        assert batch.wait(10)
    assert [type(record and record.outcome) for record in batch.records()] == [Stopped, Stopped]
    assert finished(events) == {0: 1, 1: 1}
    assert [event.task_id for event in events if isinstance(event, Started)] == [0]


@pytest.mark.parametrize("error", [Cancelled(), OimgError(ErrorCode.CODEC_CRASHED, "oxipng: -9")])
def test_an_error_after_the_stop_is_the_stop(error: Exception) -> None:
    def work(_: Task, control: Control) -> Outcome:
        control.token.cancel()
        raise error

    with running() as runner:
        batch = runner.start(tasks_of(1), work, lambda _: None)
        assert batch.wait(10)
    (record,) = batch.records()
    assert record is not None
    assert isinstance(record.outcome, Stopped)


def test_500_waiting_tasks_stop_within_a_second() -> None:
    began = threading.Event()

    def work(task: Task, control: Control) -> Outcome:
        began.set()
        control.token.wait(30)
        return keep(task, control)

    events: list[JobEvent] = []
    with running() as runner:
        batch = runner.start(tasks_of(*range(1, 501)), work, events.append)
        assert began.wait(10)
        start = time.monotonic()
        batch.cancel()
        assert batch.wait(10)
        assert time.monotonic() - start < 1
    assert finished(events) == dict.fromkeys(range(500), 1)


def test_a_runner_stops_all_its_batches() -> None:
    def work(task: Task, control: Control) -> Outcome:
        control.token.wait(30)
        return keep(task, control)

    with running() as runner:
        batches = [runner.start(tasks_of(1, 1), work, lambda _: None) for _ in range(3)]
        runner.cancel()
        assert all(batch.wait(10) for batch in batches)


def test_closing_without_waiting_leaves_records_readable() -> None:
    go = threading.Event()

    def work(task: Task, control: Control) -> Outcome:
        go.wait(30)
        return keep(task, control)

    with running(workers=1) as runner:
        batch = runner.start(tasks_of(3, 2, 1), work, lambda _: None)
        runner.close(wait=False)
        go.set()
    records = batch.records()
    assert records[1:] == (None, None)


class Meter:
    """Work that tells how many pixels were in flight at once."""

    def __init__(self, limit: int) -> None:
        self.limit, self.used, self.highest, self.alone = limit, 0, 0, True
        self._lock = threading.Lock()
        self._running = 0

    def __call__(self, task: Task, control: Control) -> Outcome:
        cost = peak_bytes(task.source.header, task.recipe)
        with self._lock:
            self.used += cost
            self._running += 1
            self.highest = max(self.highest, self.used if cost <= self.limit else 0)
            self.alone &= cost <= self.limit or self._running == 1
        time.sleep(0.005)
        with self._lock:
            self.alone &= cost <= self.limit or self._running == 1
            self.used -= cost
            self._running -= 1
        return keep(task, control)


def test_pixels_in_flight_stay_under_the_limit_and_a_giant_runs_alone() -> None:
    limit = 100 * BYTES_PER_PIXEL[Format.PNG]
    meter = Meter(limit)
    with running(workers=8, memory_limit=limit) as runner:
        batch = runner.start(tasks_of(*[40] * 20, 101, 5000, *[100] * 5, *[1] * 20), meter, lambda _: None)
        assert batch.wait(30)
    assert all(record is not None and isinstance(record.outcome, Kept) for record in batch.records())
    assert 0 < meter.highest <= limit
    assert meter.alone


@pytest.mark.parametrize("error", [None, ValueError("x"), PanicException("x")])
def test_room_is_given_back_whatever_happens(error: BaseException | None) -> None:
    work: Callable[[Task, Control], Outcome] = raising(error) if error else keep
    with running(workers=1, memory_limit=BYTES_PER_PIXEL[Format.PNG]) as runner:
        assert runner.start(tasks_of(1), work, lambda _: None).wait(10)
        assert runner.start(tasks_of(1, 1), work, lambda _: None).wait(10)


def test_who_waits_at_the_gate_can_be_stopped() -> None:
    gate, token, errors = MemoryGate(10), CancelToken(), []
    gate.enter(8, token)

    def wait() -> None:
        try:
            gate.enter(3, token)
        except Cancelled as error:
            errors.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    token.cancel()
    waiting.join(5)
    assert len(errors) == 1
    gate.leave(8)
    gate.enter(10, CancelToken())  # nothing of what was refused is still held


def test_the_end_of_a_batch_comes_after_all_work_and_before_the_last_word() -> None:
    told: list[str] = []
    lock = threading.Lock()

    def tell(what: str) -> None:
        with lock:
            told.append(what)

    def work(task: Task, control: Control) -> Outcome:
        tell("work")
        return keep(task, control)

    with running(workers=4) as runner:
        batch = runner.start(tasks_of(*[1] * 20), work, lambda event: tell(type(event).__name__), lambda: tell("end"))
        assert batch.wait(10)
        runner.start((), work, lambda _: None, lambda: tell("end of nothing"))
    assert told.count("end") == 1
    assert "work" not in told[told.index("end") :]
    assert "Finished" in told[told.index("end") :]
    assert told[-1] == "end of nothing"


def test_an_end_that_fails_takes_no_record_away() -> None:
    def fail() -> None:
        raise OSError("the disk is gone")

    with running() as runner:
        batch = runner.start(tasks_of(1), keep, lambda _: None, fail)
        assert batch.wait(10)
    (record,) = batch.records()
    assert record is not None
    assert isinstance(record.outcome, Kept)


def test_workers_without_a_task_lend_their_threads() -> None:
    """Of four workers, two that are busy may use two threads each, and the last one all four."""
    told: dict[int, list[int]] = {0: [], 1: []}
    both, one_left = threading.Barrier(2), threading.Event()

    def work(task: Task, control: Control) -> Outcome:
        both.wait(10)
        told[task.id].append(control.threads())
        both.wait(10)
        if task.id == 0:
            assert one_left.wait(10)
            deadline = time.monotonic() + 10
            while control.threads() < 4 and time.monotonic() < deadline:
                time.sleep(0.01)
            told[0].append(control.threads())
        else:
            one_left.set()
        return keep(task, control)

    with running(4) as runner:
        assert runner.start(tasks_of(9, 8), work, lambda _: None).wait(20)
    assert told == {0: [2, 4], 1: [2]}


def test_more_tasks_than_workers_leave_one_thread_each() -> None:
    told: list[int] = []
    both = threading.Barrier(2)

    def work(task: Task, control: Control) -> Outcome:
        both.wait(10)
        told.append(control.threads())
        both.wait(10)
        return keep(task, control)

    with running(2) as runner:
        assert runner.start(tasks_of(9, 8, 7, 6), work, lambda _: None).wait(20)
    assert told == [1, 1, 1, 1]


@pytest.mark.skipif("glibc" not in "".join(platform.libc_ver()), reason="other allocators are left as they are")
def test_memory_serves_the_next_picture_and_is_given_back_after_the_batch() -> None:
    """In a process of its own: page faults are the system's count of memory that was mapped anew."""
    script = """
import resource, numpy as np
from pathlib import Path
from oimg.work.jobs import BatchRunner
def resident(): return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def fill():
    before = faults()
    np.empty(40 << 20, np.uint8).fill(1)
    return faults() - before
runner, start = BatchRunner(workers=1, memory_limit=1 << 40), resident()
first, again = fill(), fill()
held = resident() - start
runner.start([], lambda *_: None, lambda _: None)
print(first, again, held >> 20, (resident() - start) >> 20)
runner.close()
"""
    environment = {**os.environ, "NUMPY_MADVISE_HUGEPAGE": "0"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True)
    first, again, held, left = map(int, done.stdout.split())
    assert first * mmap.PAGESIZE > 35 << 20  # a little was free
    assert again < first / 100
    assert held > 35
    assert left < 5


def test_a_pause_holds_what_is_not_begun_and_lets_the_rest_end() -> None:
    began, go_on = threading.Event(), threading.Event()
    done: list[int] = []

    def work(task: Task, _: Control) -> Outcome:
        began.set()
        assert go_on.wait(10)
        done.append(task.id)
        return Kept(task.source.path, task.source, KeptCode.NOT_SMALLER)

    with running(workers=1) as runner:
        batch = runner.start(tasks_of(3, 2, 1), work, lambda _: None)
        assert began.wait(10)
        batch.pause()
        go_on.set()
        assert not batch.wait(0.2)
        assert done == [0]
        batch.resume()
        assert batch.wait(10)
    assert done == [0, 1, 2]


def test_a_paused_batch_can_be_stopped_and_not_paused_after() -> None:
    events: list[JobEvent] = []
    with running() as runner:
        first = threading.Event()

        def work(task: Task, control: Control) -> Outcome:
            first.set()
            control.token.wait(10)
            return keep(task, control)

        batch = runner.start(tasks_of(*range(1, 9)), work, events.append)
        assert first.wait(10)
        batch.pause()
        batch.cancel()
        batch.pause()
        assert not batch.paused
        assert batch.wait(10)
    assert all(isinstance(record and record.outcome, Stopped) for record in batch.records())


def test_what_waited_for_room_when_the_pause_came_begins_after_it() -> None:
    began: list[int] = []
    go_on = threading.Event()

    def work(task: Task, control: Control) -> Outcome:
        began.append(task.id)
        assert go_on.wait(10)
        return keep(task, control)

    with running(workers=2, memory_limit=1) as runner:  # one at a time
        batch = runner.start(tasks_of(2, 1), work, lambda _: None)
        while not began:
            time.sleep(0.01)
        batch.pause()
        go_on.set()
        assert not batch.wait(0.5)
        assert len(began) == 1
        batch.resume()
        assert batch.wait(10)
    assert len(began) == 2


def test_closing_ends_a_pause() -> None:
    events: list[JobEvent] = []
    with running(workers=1) as runner:
        batch = runner.start(tasks_of(3, 2, 1), keep, events.append)
        batch.pause()
    assert sum(finished(events).values()) == 3
