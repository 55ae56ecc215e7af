"""What a row of the queue says: values, and the words for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from oimg.faces.gui.options.words import format_name
from oimg.faces.gui.wording import reason
from oimg.faces.messages import _, share, size
from oimg.words.i18n import N_
from oimg.words.recipe import Place, Recipe
from oimg.words.report import Failed, Kept, Optimized, Outcome, Record, SourceFile, Stopped
from oimg.words.task import Finished, JobEvent, Progressed, Started


class State(StrEnum):
    """The state of a file."""

    WAITING = "waiting"
    WORKING = "working"
    OPTIMIZED = "optimized"
    KEPT = "kept"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Row:
    """A file of the queue. `recipe` overrides the common one; `done_by` is the recipe that led to its outcome."""

    id: int
    path: Path
    source: SourceFile | None
    state: State = State.WAITING
    progress: float = 0.0
    outcome: Outcome | None = None
    seconds: float = 0.0
    recipe: Recipe | None = None
    done_by: Recipe | None = None

    @property
    def before(self) -> int | None:
        """Bytes of the source."""
        return self.source.byte_size if self.source else None

    @property
    def after(self) -> int | None:
        """Bytes of the result; None if none was written."""
        return self.outcome.output_bytes if isinstance(self.outcome, Optimized) else None

    @property
    def file(self) -> Path:
        """The path for other programs: the result if there is one, else the source."""
        return self.outcome.output if isinstance(self.outcome, Optimized) else self.path

    @property
    def score(self) -> float | None:
        """The score of the result, or of the best that was found."""
        return self.outcome.score if isinstance(self.outcome, Optimized | Kept) else None

    def recipe_under(self, common: Recipe) -> Recipe:
        """The recipe that applies to the file."""
        return self.recipe or common

    def is_open(self, common: Recipe) -> bool:
        """Whether there is work to do: not done, or done with another recipe. A replaced original counts as done."""
        if self.source is None or self.state is State.WORKING:
            return False
        if self.state in (State.WAITING, State.STOPPED, State.FAILED):
            return True
        replaced = self.state is State.OPTIMIZED and self.done_by and self.done_by.output.place is Place.IN_PLACE
        recipe = self.recipe_under(common)
        return not replaced and self.done_by is not recipe and self.done_by != recipe

    def has_failed_by(self, common: Recipe) -> bool:
        """Whether it failed, and nothing was changed since that could lead to another outcome."""
        return self.state is State.FAILED and self.done_by == self.recipe_under(common)


def row_of(id_: int, found: SourceFile | Kept | Failed) -> Row:
    """Make the row of a file that was found."""
    match found:
        case SourceFile(path=path):
            return Row(id_, path, found)
        case Kept(path=path, source=source):
            return Row(id_, path, source, State.KEPT, outcome=found)
        case Failed(path=path, source=source):
            return Row(id_, path, source, State.FAILED, outcome=found)


def waiting(row: Row) -> Row:
    """The row before the work. Made in one step, since thousands may begin at once."""
    return Row(row.id, row.path, row.source, State.WAITING, recipe=row.recipe)


def with_recipe(row: Row, recipe: Recipe | None) -> Row:
    """Give the row with a recipe of its own, or with none. Made in one step, as `waiting` is: all may be selected."""
    return Row(row.id, row.path, row.source, row.state, row.progress, row.outcome, row.seconds, recipe, row.done_by)


def is_fresh(row: Row) -> bool:
    """Whether nothing has been done about the file: it is as `waiting` makes it."""
    return row.state is State.WAITING and row.outcome is None and row.done_by is None


def done_by(row: Row, recipe: Recipe | None) -> Row:
    """Give the row with the recipe that its outcome came from."""
    return replace(row, done_by=recipe)


def open_rows(rows: Iterable[Row], common: Recipe) -> list[Row]:
    """Give the rows in which there is something to do (`Row.is_open`), quickly for very many."""
    waits = State.WAITING
    return [row for row in rows if (row.source is not None if row.state is waits else row.is_open(common))]


def after(row: Row, event: JobEvent) -> Row:
    """The row after an event of its task."""
    match event:
        case Started():
            return replace(row, state=State.WORKING, progress=0.0, outcome=None)
        case Progressed(fraction=fraction):
            return replace(row, progress=fraction)
        case Finished(record=Record(outcome=outcome, seconds=seconds)):
            return replace(row, state=_state_of(outcome), progress=1.0, outcome=outcome, seconds=seconds)


def _state_of(outcome: Outcome) -> State:
    match outcome:
        case Optimized():
            return State.OPTIMIZED
        case Kept():
            return State.KEPT
        case Failed():
            return State.FAILED
        case Stopped():
            return State.STOPPED


_STATES: Final = MappingProxyType(
    {
        State.WAITING: N_("Waiting"),
        State.WORKING: N_("Working"),
        State.OPTIMIZED: N_("Optimized"),
        State.KEPT: N_("Kept as it is"),
        State.FAILED: N_("Failed"),
        State.STOPPED: N_("Stopped"),
    }
)


def state_text(state: State) -> str:
    """Say in a word where a file stands."""
    return _(_STATES[state])


def line(row: Row) -> str:
    """Say in a line what there is to say: sizes, or the reason."""
    if row.state is State.OPTIMIZED and row.source is not None and row.after is not None:
        return _("{before} → {after}").format(before=size(row.source.byte_size), after=size(row.after))
    if row.state in (State.KEPT, State.FAILED) and row.outcome is not None:
        return reason(row.outcome)
    if row.source is None:
        return ""
    width, height = row.source.header.upright_size
    return _("{size} · {width} × {height} · {format}").format(
        size=size(row.source.byte_size), width=width, height=height, format=format_name(row.source.header.format)
    )


def saved(row: Row) -> str:
    """Write how much smaller the result is: −63 %."""
    if row.before is None or row.after is None:
        return ""
    return share(row.before, row.after).replace("-", "−")


def spoken(row: Row) -> str:
    """A row as one sentence, for screen readers."""
    facts = [row.path.name, state_text(row.state), saved(row), line(row)]
    return ", ".join(each for each in facts if each)
