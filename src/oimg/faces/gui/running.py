"""A batch as the window sees it: start, pause, stop; events per row, progress, time left."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from oimg.faces.gui.bridge import Bridge
from oimg.faces.gui.time_left import TimeLeft
from oimg.words.recipe import Recipe
from oimg.words.report import Report, SourceFile
from oimg.words.task import Finished, JobEvent, Progressed

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Run, Session

log = logging.getLogger(__name__)
# The share done and the seconds passed before the time left is estimated.
_ENOUGH_DONE = 0.02
_ENOUGH_TIME = 2.0


@dataclass(frozen=True, slots=True)
class Item:
    """A row to work on."""

    id: int
    source: SourceFile
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Standing:
    """The progress of a batch. `left` is the remaining time to show, in seconds; None while it cannot be estimated."""

    done: int
    files: int
    fraction: float
    left: int | None
    paused: bool
    stopping: bool


@dataclass(frozen=True, slots=True)
class _Began:
    """The `Run` that has started; None if it could not be started."""

    run: Run | None


_News: TypeAlias = JobEvent | _Began


class Progress:
    """Computes the progress of a batch in pixels, and its time left; pauses do not count."""

    def __init__(self, pixels: Sequence[int], began: float) -> None:
        self._pixels = [max(1, each) for each in pixels]
        self._total = sum(self._pixels) or 1
        self._at = [0.0] * len(self._pixels)
        self._reached = 0.0  # a running sum, since adding all up at each event would be quadratic
        self._began = began
        self._paused_at: float | None = None
        self.done = 0

    def take(self, event: JobEvent) -> None:
        """Record an event of a task; ids are positions."""
        match event:
            case Finished(task_id=place):
                self.done += 1
                self._move(place, 1.0)
            case Progressed(task_id=place, fraction=fraction):
                self._move(place, fraction)
            case _:
                pass

    def pause(self, now: float) -> None:
        """Stop the clock."""
        self._paused_at = now if self._paused_at is None else self._paused_at

    def resume(self, now: float) -> None:
        """Restart the clock."""
        if self._paused_at is not None:
            self._began += now - self._paused_at
            self._paused_at = None

    @property
    def fraction(self) -> float:
        """How much is done, 0 to 1."""
        return min(1.0, self._reached / self._total)

    def left(self, now: float) -> float | None:
        """How many seconds are left."""
        passed = (self._paused_at or now) - self._began
        if self.fraction < _ENOUGH_DONE or passed < _ENOUGH_TIME:
            return None
        return passed * (1 - self.fraction) / self.fraction

    def _move(self, place: int, fraction: float) -> None:
        self._reached += self._pixels[place] * (fraction - self._at[place])
        self._at[place] = fraction


class Running(QObject):
    """Runs one batch at a time."""

    began = Signal()
    happened = Signal(list)
    """Pairs of a row's id and a `JobEvent`."""
    moved = Signal(object)
    """A `Standing`: after events, and once a second."""
    ended = Signal(object)
    """The `Report`, or None if the batch could not be started; all events were emitted before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._ids: list[int] = []
        self._progress = Progress((), 0.0)
        self._left = TimeLeft()
        self._stopping = self._pausing = False
        self._thread: threading.Thread | None = None
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._take)
        self._ticks = QTimer(self)
        self._ticks.setInterval(1000)
        self._ticks.timeout.connect(self._tell)

    @property
    def active(self) -> bool:
        """Whether a batch is under way."""
        return self._thread is not None

    @property
    def ids(self) -> tuple[int, ...]:
        """The rows of the batch, or of the last one, in the order of its report."""
        return tuple(self._ids)

    @property
    def paused(self) -> bool:
        """Whether the batch is paused."""
        return self._pausing

    def start(self, session: Session, items: Sequence[Item]) -> None:
        """Plan and start, on a thread: planning looks up names on disks, which may be slow."""
        if self.active or not items:
            return
        self._ids = [item.id for item in items]
        self._progress = Progress([item.source.weight for item in items], time.monotonic())
        self._left = TimeLeft()
        self._stopping = self._pausing = False
        self._thread = threading.Thread(target=self._begin, args=(session, list(items)), name="oimg-plan")
        self._thread.start()
        self._ticks.start()
        self.began.emit()
        self._tell()

    def pause(self, *, paused: bool) -> None:
        """Pause or resume the tasks that have not begun."""
        if not self.active or self._stopping:
            return
        self._pausing = paused
        if paused:
            self._progress.pause(time.monotonic())
        else:
            self._progress.resume(time.monotonic())
        self._steer()
        self._tell()

    def cancel(self) -> None:
        """Stop; finished files stay."""
        if not self.active or self._stopping:
            return
        self._stopping, self._pausing = True, False
        self._progress.resume(time.monotonic())
        self._steer()
        self._tell()

    def close(self) -> None:
        """Emit nothing more."""
        self._ticks.stop()
        self._bridge.close()

    def _steer(self) -> None:
        """Pass the requested state on to the batch, if there is one yet."""
        if self._run is None:
            return
        if self._stopping:
            self._run.cancel()
        elif self._pausing:
            self._run.pause()
        else:
            self._run.resume()

    def _begin(self, session: Session, items: list[Item]) -> None:
        try:
            prepared = session.plan([(item.source, item.recipe) for item in items])
            self._bridge.put(_Began(session.start(prepared, self._bridge.put)))
        except Exception:
            log.exception("a batch could not be started")
            self._bridge.put(_Began(None))

    def _take(self, values: list[_News]) -> None:
        events: list[tuple[int, JobEvent]] = []
        for value in values:
            if isinstance(value, _Began):
                self._run = value.run
                if value.run is None:
                    self._end(None)
                    return
                self._steer()
            else:
                self._progress.take(value)
                events.append((self._ids[value.task_id], value))
        if events:
            self.happened.emit(events)
        self._tell()
        if self._run is not None and self._progress.done == len(self._ids):
            self._end(self._run.report())

    def _end(self, report: Report | None) -> None:
        self._ticks.stop()
        if self._thread is not None:
            self._thread.join()
        self._thread = self._run = None
        self._pausing = self._stopping = False
        self.ended.emit(report)

    def _tell(self) -> None:
        progress = self._progress
        now = time.monotonic()
        left = self._left.follow(progress.left(now), now, held=self._pausing)
        standing = Standing(
            progress.done, len(self._ids), progress.fraction, left, paused=self._pausing, stopping=self._stopping
        )
        self.moved.emit(standing)
