"""The queue as Qt sees it: one row a file, and the totals kept as rows come, change and go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from oimg.faces.gui.queue.rows import Row, State, after, line, row_of, saved, spoken, state_text, waiting
from oimg.faces.messages import _, number, printable, size
from oimg.words.recipe import Recipe
from oimg.words.report import Failed, Kept, SourceFile
from oimg.words.task import JobEvent

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_MANY_RUNS: Final = 50
_RIGHT: Final = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    """The columns, in their order."""

    NAME = 0
    BEFORE = 1
    AFTER = 2
    SAVED = 3
    SCORE = 4
    STATE = 5


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the queue. `before` and `after` are of optimized files."""

    files: int = 0
    bytes: int = 0
    optimized: int = 0
    kept: int = 0
    failed: int = 0
    before: int = 0
    after: int = 0

    def __add__(self, other: Totals) -> Totals:
        """Add field by field."""
        return Totals(*(getattr(self, name) + getattr(other, name) for name in Totals.__slots__))

    def __sub__(self, other: Totals) -> Totals:
        """Subtract field by field."""
        return Totals(*(getattr(self, name) - getattr(other, name) for name in Totals.__slots__))


class QueueModel(QAbstractTableModel):
    """Rows with ids of their own, which stay when rows are sorted, filtered or removed."""

    totals_changed = Signal()
    rows_changed = Signal(set)
    """Ids of rows that say something else than before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._places: dict[int, int] = {}
        self._ids: dict[Path, int] = {}
        self._next = 0
        self._order = -1, Qt.SortOrder.AscendingOrder
        self.totals = Totals()

    def rows(self) -> Sequence[Row]:
        """Give all rows in the order they came; not to be changed."""
        return self._rows

    def row(self, id_: int) -> Row | None:
        """Give a row by its id; None where it was removed."""
        place = self._places.get(id_)
        return None if place is None else self._rows[place]

    def place(self, id_: int) -> int | None:
        """Where a row is; None where it was removed."""
        return self._places.get(id_)

    def add(self, found: Iterable[SourceFile | Kept | Failed]) -> int:
        """Append files, and make those anew that are there and not under way; gives how many were there."""
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
            self._rows += new
            self.totals = sum((_share_of(row) for row in new), self.totals)
            self.endInsertRows()
            self.totals_changed.emit()
        self._put(again)
        return len(again)

    def apply(self, events: Iterable[tuple[int, JobEvent]]) -> None:
        """Take what happened to rows, by their ids."""
        changed: dict[int, Row] = {}
        for id_, event in events:
            row = changed.get(id_) or self.row(id_)
            if row is not None:
                changed[id_] = after(row, event)
        self._put(changed)

    def change(self, ids: Iterable[int], how: Callable[[Row], Row]) -> None:
        """Change some rows."""
        self._put({id_: how(row) for id_ in ids if (row := self.row(id_)) is not None})

    def begin(self, recipes: Mapping[int, Recipe]) -> None:
        """Let rows wait for the work by these recipes."""
        self.change(recipes, lambda row: waiting(row, recipes[row.id]))

    def remove(self, ids: Iterable[int]) -> None:
        """Take rows out; those under way stay."""
        places = sorted(place for id_ in ids if (place := self._places.get(id_)) is not None)
        runs = _runs([place for place in places if self._rows[place].state is not State.WORKING])
        if len(runs) > _MANY_RUNS:  # every single removal would cost the views as much as all together
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
        for first, last in reversed(runs):
            for row in self._rows[first : last + 1]:
                del self._ids[row.path]
                self.totals -= _share_of(row)
            del self._rows[first : last + 1]
        self._places = {row.id: each for each, row in enumerate(self._rows)}

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in order, by -1 in the one that they came in; it is kept only by `sort_again`.

        Done here and not in a proxy, which would ask for two values at each of very many comparisons.
        """
        self._order = column, order
        key = _SORT[Column(column)] if column >= 0 else lambda row: row.id
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in held]
        self._rows.sort(key=key, reverse=column >= 0 and order is Qt.SortOrder.DescendingOrder)
        self._places = {row.id: each for each, row in enumerate(self._rows)}
        moved = [self.index(self._places[id_], old.column()) for id_, old in zip(ids, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def sort_again(self) -> None:
        """Put the rows in the order that was asked for: some are new, or have other values."""
        if self._order[0] >= 0:
            self.sort(*self._order)

    def redraw(self, id_: int) -> None:
        """Have a row painted anew, for its thumbnail came."""
        place = self._places.get(id_)
        if place is not None:
            index = self.index(place, Column.NAME)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def _put(self, rows: Mapping[int, Row]) -> None:
        if not rows:
            return
        before = self.totals
        for id_, row in rows.items():
            place = self._places[id_]
            old = self._rows[place]
            if old.state is not row.state or old.source is not row.source or old.outcome is not row.outcome:
                self.totals += _share_of(row) - _share_of(old)
            self._rows[place] = row
        for first, last in _runs(sorted(self._places[id_] for id_ in rows)):
            self.dataChanged.emit(self.index(first, 0), self.index(last, Column.STATE))
        self.rows_changed.emit(set(rows))
        if self.totals != before:
            self.totals_changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - an invalid index is a value
        """Files; a table has no children."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As `Column` has."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows may be dragged into other programs."""
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags)

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
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _TEXT[Column(index.column())](row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{printable(str(row.path))}\n{line(row)}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return _RIGHT
        return None


def _share_of(row: Row) -> Totals:
    """What a row adds to the sums."""
    return Totals(
        1,
        row.before or 0,
        int(row.state is State.OPTIMIZED),
        int(row.state is State.KEPT),
        int(row.state is State.FAILED),
        row.before or 0 if row.after is not None else 0,
        row.after or 0,
    )


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Put ascending places together where they follow one another."""
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
    Column.STATE: state_text,
}
_ORDER: Final = {state: each for each, state in enumerate(State)}
_SORT: Final[dict[Column, Callable[[Row], Any]]] = {
    Column.NAME: lambda row: row.path.name.casefold(),
    Column.BEFORE: lambda row: row.before or -1,
    Column.AFTER: lambda row: row.after or -1,
    Column.SAVED: lambda row: -1.0 if row.after is None else 1 - row.after / (row.before or 1),
    Column.SCORE: lambda row: -1.0 if row.score is None else row.score,
    Column.STATE: lambda row: _ORDER[row.state],
}
