"""What a worker is asked to do, how it is stopped, and the events it sends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TypeAlias

from oimg.words.errors import Cancelled
from oimg.words.recipe import Conflict, Recipe
from oimg.words.report import Outcome, Record, SourceFile


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a result goes: a folder, and a stem that no other result of the batch has; the suffix follows the format.

    `exact` is a full path if the user named the output file. With `copy_kept`, a kept file is copied there unchanged,
    so that an output folder is always complete. `names` are the paths, with links resolved, that the result takes over
    in place: one, or every hard link of the file; `links` are symbolic links of the batch that lead there. `spared`
    are earlier stems, which belong to other files of the batch and are not replaced: a result that is there already,
    byte for byte, is not written again.
    """

    folder: Path
    stem: str
    conflict: Conflict
    keep_dates: bool
    copy_kept: bool = False
    exact: Path | None = None
    names: tuple[Path, ...] = ()
    links: tuple[Path, ...] = ()
    spared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One source, one recipe, one destination."""

    id: int
    source: SourceFile
    recipe: Recipe
    destination: Destination


class CancelToken:
    """A flag that is set once to stop the work, and checked between its steps."""

    __slots__ = ("__weakref__", "_event")

    def __init__(self) -> None:
        self._event = Event()

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the work shall stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled if the work shall stop."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Wait until the token is set, or the time is over; returns whether it is set."""
        return self._event.wait(seconds)


@dataclass(frozen=True, slots=True)
class Control:
    """What a worker gets besides its task: `token` stops it, `progress` is called with its progress (0 to 1).

    `threads` returns how many threads an encoder may use at the moment: more than one if other workers are idle.
    """

    token: CancelToken = field(default_factory=CancelToken)
    progress: Callable[[float], None] = lambda _: None
    threads: Callable[[], int] = lambda: 1


@dataclass(frozen=True, slots=True)
class Started:
    """A worker has begun the task."""

    task_id: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """The task is this far, from 0 to 1."""

    task_id: int
    fraction: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The task has ended. Sent exactly once for every task."""

    task_id: int
    record: Record


JobEvent: TypeAlias = Started | Progressed | Finished
OnEvent: TypeAlias = Callable[[JobEvent], None]
Work: TypeAlias = Callable[[Task, Control], Outcome]
