"""The queue as a Qt model: one row per file; totals are updated as rows are added, changed and removed."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from oimg.faces.gui.queue.rows import (
    Row,
    State,
    after,
    done_by,
    is_fresh,
    line,
    row_of,
    saved,
    spoken,
    state_text,
    waiting,
)
from oimg.faces.gui.queue.totals import Totals, totals_of
from oimg.faces.messages import _, number, printable, size
from oimg.words.recipe import Recipe
from oimg.words.report import Failed, Kept, SourceFile
from oimg.words.task import Finished, JobEvent

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole)
# Up to so many ranges of removed rows are signalled one by one; each costs views and model as much as a reset.
_MANY_RUNS: Final = 4
_RIGHT: Final = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    """The columns, in their order."""

    NAME = 0
    BEFORE = 1
    AFTER = 2
    SAVED = 3
    SCORE = 4
    STATE = 5


class QueueModel(QAbstractTableModel):
    """Rows with ids, which do not change when rows are sorted, filtered or removed."""

    totals_changed = Signal()
    rows_changed = Signal(set)
    """Ids of rows that have changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._places: dict[int, int] = {}
        self._ids: dict[Path, int] = {}
        self._folded: dict[int, str] = {}
        self._recipes: Mapping[int, Recipe] = {}
        self._next = 0
        self._order = -1, Qt.SortOrder.AscendingOrder
        self.totals = Totals()

    def rows(self) -> Sequence[Row]:
        """All rows in the order they were added; not to be modified."""
        return self._rows

    def row(self, id_: int) -> Row | None:
        """The row with this id; None if it was removed."""
        place = self._places.get(id_)
        return None if place is None else self._rows[place]

    def matching(self, text: str, only: Container[int] | None, first: int = 0) -> list[int]:
        """The positions, from `first` on, of rows with a casefolded text in name or state, among these ids."""
        states = frozenset(each for each in State if text in state_text(each).casefold())
        folded, places = self._folded, enumerate(self._rows[first:] if first else self._rows, first)
        found = [place for place, row in places if text in folded[row.id] or row.state in states]
        return found if only is None else [place for place in found if self._rows[place].id in only]

    def place(self, id_: int) -> int | None:
        """The position of a row; None if it was removed."""
        return self._places.get(id_)

    def add(self, found: Iterable[SourceFile | Kept | Failed]) -> int:
        """Append files, and reset listed ones that are not under way; returns how many were listed."""
        new: list[Row] = []
        again: dict[int, Row] = {}
        for each in found:
            known = self._ids.get(each.path)
            if known is None:
                self._ids[each.path] = self._next
                new.append(row_of(self._next, each))
                self._next += 1
            elif known in self._places and self._rows[self._places[known]].state is not State.WORKING:
                again[known] = replace(row_of(known, each), recipe=self._rows[self._places[known]].recipe)
        if new:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._places |= {row.id: first + each for each, row in enumerate(new)}
            self._folded |= {row.id: printable(row.path.name).casefold() for row in new}
            self._rows += new
            self.totals += totals_of(new)
            self.endInsertRows()
            self.totals_changed.emit()
        self._put(again)
        return len(again)

    def apply(self, events: Iterable[tuple[int, JobEvent]]) -> None:
        """Apply events to rows, by their ids."""
        changed: dict[int, Row] = {}
        for id_, event in events:
            row = changed.get(id_) or self.row(id_)
            if row is not None:
                row = after(row, event)
                changed[id_] = done_by(row, self._recipes.get(id_)) if isinstance(event, Finished) else row
        self._put(changed)

    def change(self, ids: Iterable[int], how: Callable[[Row], Row]) -> None:
        """Change some rows."""
        self._put({id_: how(row) for id_ in ids if (row := self.row(id_)) is not None})

    def begin(self, recipes: Mapping[int, Recipe]) -> None:
        """Reset rows to wait for work with these recipes; rows that wait for it already are not touched."""
        self._recipes = recipes
        self.change([id_ for id_ in recipes if (row := self.row(id_)) is not None and not is_fresh(row)], waiting)

    def remove(self, ids: Iterable[int]) -> None:
        """Remove rows; those under way stay."""
        found = (self._places.get(id_) for id_ in ids)
        places = sorted(place for place in found if place is not None)
        runs = runs_of([place for place in places if self._rows[place].state is not State.WORKING])
        if len(runs) > _MANY_RUNS:
            self.beginResetModel()
            self._drop(runs)
            self.endResetModel()
        else:
            for first, last in reversed(runs):
                self.beginRemoveRows(QModelIndex(), first, last)
                self._drop([(first, last)])
                self.endRemoveRows()
        if runs:
            self.totals_changed.emit()

    def _drop(self, runs: Sequence[tuple[int, int]]) -> None:
        gone, left, at = list[Row](), list[Row](), 0
        for first, last in runs:
            left += self._rows[at:first]
            at = last + 1
            gone += self._rows[first:at]
        self._rows = left + self._rows[at:]
        self._places = {row.id: each for each, row in enumerate(self._rows)}
        if len(gone) > len(self._rows):  # then it is faster to build the list of the remaining rows
            self.totals = totals_of(self._rows)
            self._ids = {row.path: row.id for row in self._rows}
            self._folded = {row.id: self._folded[row.id] for row in self._rows}
            return
        self.totals -= totals_of(gone)
        for row in gone:
            del self._ids[row.path], self._folded[row.id]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in order, by -1 in the one that they came in; it is kept only by `sort_again`.

        Done here and not in a proxy, which would ask for two values at each of very many comparisons.
        """
        self._order = column, order
        key = self._key_of(column)
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in held]
        self._rows.sort(key=key, reverse=column >= 0 and order is Qt.SortOrder.DescendingOrder)
        self._places = {row.id: each for each, row in enumerate(self._rows)}
        moved = [self.index(self._places[id_], old.column()) for id_, old in zip(ids, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _key_of(self, column: int) -> Callable[[Row], Any]:
        if column == Column.NAME:
            return lambda row: self._folded[row.id]
        return _SORT[Column(column)] if column >= 0 else attrgetter("id")

    def sort_again(self) -> None:
        """Sort again as requested last, since rows were added or changed."""
        if self._order[0] >= 0:
            self.sort(*self._order)

    def redraw(self, id_: int) -> None:
        """Repaint a row whose thumbnail has arrived."""
        place = self._places.get(id_)
        if place is not None:
            index = self.index(place, Column.NAME)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def _put(self, rows: Mapping[int, Row]) -> None:
        if not rows:
            return
        places = sorted(self._places[id_] for id_ in rows)
        others = [(self._rows[self._places[id_]], row) for id_, row in rows.items()]
        counted = [pair for pair in others if _counts_otherwise(*pair)]
        for id_, row in rows.items():
            self._rows[self._places[id_]] = row
        if counted:
            self.totals += totals_of([new for _old, new in counted]) - totals_of([old for old, _new in counted])
        for first, last in runs_of(places):
            self.dataChanged.emit(self.index(first, 0), self.index(last, Column.STATE))
        self.rows_changed.emit(set(rows))
        if counted:
            self.totals_changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - an invalid index is a value
        """Files; a table has no children."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As `Column` has."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Name a column, above its cells."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return _RIGHT
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (_("Name"), _("Before"), _("After"), _("Saved"), _("Score"), _("State"))[section]

    def data(self, index: Index, role: int = 0) -> Any:
        """Tell what a cell shows."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        return cell(self._rows[index.row()], index.column(), role)


def cell(row: Row, column: int, role: int) -> Any:
    """Tell what a cell of a row shows."""
    if role == ROW_ROLE:
        return row
    if role == Qt.ItemDataRole.DisplayRole:
        return _TEXT[Column(column)](row)
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return spoken(row)
    if role == Qt.ItemDataRole.ToolTipRole:
        return f"{printable(str(row.path))}\n{line(row)}"
    if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
        return _RIGHT
    return None


def _counts_otherwise(old: Row, new: Row) -> bool:
    """Whether a row's contribution to the totals has changed."""
    return old.state is not new.state or old.source is not new.source or old.outcome is not new.outcome


def runs_of(places: Sequence[int]) -> list[tuple[int, int]]:
    """Join ascending positions into ranges."""
    if places and places[-1] - places[0] == len(places) - 1:
        return [(places[0], places[-1])]
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = runs[-1][0], place
        else:
            runs.append((place, place))
    return runs


_NUMBERS: Final = frozenset({Column.BEFORE, Column.AFTER, Column.SAVED, Column.SCORE})
_TEXT: Final[dict[Column, Callable[[Row], str]]] = {
    Column.NAME: lambda row: printable(row.path.name),
    Column.BEFORE: lambda row: "" if row.before is None else size(row.before),
    Column.AFTER: lambda row: "" if row.after is None else size(row.after),
    Column.SAVED: saved,
    Column.SCORE: lambda row: "" if row.score is None else number(row.score, 1),
    Column.STATE: lambda row: state_text(row.state),
}
_ORDER: Final = {state: each for each, state in enumerate(State)}
_SORT: Final[dict[Column, Callable[[Row], Any]]] = {
    Column.BEFORE: lambda row: row.before or -1,
    Column.AFTER: lambda row: row.after or -1,
    Column.SAVED: lambda row: -1.0 if row.after is None else 1 - row.after / (row.before or 1),
    Column.SCORE: lambda row: -1.0 if row.score is None else row.score,
    Column.STATE: lambda row: _ORDER[row.state],
}
