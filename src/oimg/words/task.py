"""What one worker is asked to do, how it is told to stop, and what it tells."""

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
    """Where one result goes: a folder and a stem of its own in this batch; the suffix follows the format.

    `exact` is a full path when the user named the output file. `copy_kept` asks that a kept file be copied
    there unchanged, so that an output folder is always complete. `names` are the real paths (no links on the
    way) that the result takes over in place: one, or every hard link of the file; `links` are symbolic links of
    the batch that lead there. `spared` are the stems that come before this one and belong to other files of the
    batch, which are not replaced: a result that is there already, byte for byte, is not written once more.
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
    """Asked between steps; set once by whoever wants the work to stop."""

    __slots__ = ("__weakref__", "_event")

    def __init__(self) -> None:
        self._event = Event()

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled when somebody asked."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Wait until somebody asks, or the time is over."""
        return self._event.wait(seconds)


@dataclass(frozen=True, slots=True)
class Control:
    """What a worker gets beside its task: when to stop, and whom to tell how far it is (0 to 1).

    `threads` tells how many an encoder may use just now: more than one when other workers have nothing to do.
    """

    token: CancelToken = field(default_factory=CancelToken)
    progress: Callable[[float], None] = lambda _: None
    threads: Callable[[], int] = lambda: 1


@dataclass(frozen=True, slots=True)
class Started:
    """A worker took the task up."""

    task_id: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """The task is this far, from 0 to 1."""

    task_id: int
    fraction: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The one last word on a task."""

    task_id: int
    record: Record


JobEvent: TypeAlias = Started | Progressed | Finished
OnEvent: TypeAlias = Callable[[JobEvent], None]
Work: TypeAlias = Callable[[Task, Control], Outcome]
