"""Filters the queue."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer

from oimg.faces.gui.queue.model import Column, Index, QueueModel, cell
from oimg.faces.gui.queue.rows import Row

# While a filter text is set, changed rows are filtered again together, so many milliseconds later.
_AGAIN: Final = 250


class QueueProxy(QAbstractTableModel):
    """Leaves out what is not asked for, by a text in name or state or by ids; the model itself puts rows in order.

    The places of what is seen are found in one pass. Qt's own proxy asks about every row by itself, and tells of every
    gap by itself: among 100,000 rows a key took a second.
    """

    def __init__(self, model: QueueModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._only: frozenset[int] | None = None
        self._model = model
        self._places: list[int] | None = None
        self._held: list[tuple[Index, int]] = []
        self._again = QTimer(self, singleShot=True, interval=_AGAIN)
        self._again.timeout.connect(self._look_again)
        self._join()

    def _join(self) -> None:
        model = self._model
        model.rowsAboutToBeInserted.connect(lambda _, first, last: self._begin_insert(first, last))
        model.rowsInserted.connect(lambda _, first, last: self._insert(first, last))
        model.rowsAboutToBeRemoved.connect(lambda _, first, last: self._begin_remove(first, last))
        model.rowsRemoved.connect(lambda _, first, last: self._remove(first, last))
        model.dataChanged.connect(self._change)
        model.layoutAboutToBeChanged.connect(self._begin_sort)
        model.layoutChanged.connect(self._sorted)
        model.modelAboutToBeReset.connect(self.beginResetModel)
        model.modelReset.connect(self._reset)

    def search(self, text: str) -> None:
        """Show only rows with this text."""
        wanted = text.casefold().strip()
        if wanted != self._text:
            self._filter(wanted, self._only)

    def only(self, ids: frozenset[int] | None) -> None:
        """Show only these rows, as far as they match the text; None removes this restriction."""
        if ids != self._only:
            self._filter(self._text, ids)

    @property
    def filters(self) -> bool:
        """Whether rows may be hidden."""
        return bool(self._text) or self._only is not None

    def _filter(self, text: str, only: frozenset[int] | None) -> None:
        self._text, self._only = text, only
        self._see(self._found())

    def _found(self) -> list[int] | None:
        """The places of what is to be seen; None for all."""
        return self._model.matching(self._text, self._only) if self.filters else None

    def _see(self, places: list[int] | None) -> None:
        if places != self._places:
            self.beginResetModel()
            self._places = places
            self.endResetModel()

    def _look_again(self) -> None:
        self._see(self._found())

    def _begin_insert(self, first: int, last: int) -> None:
        if self._places is None:
            self.beginInsertRows(QModelIndex(), first, last)

    def _insert(self, first: int, last: int) -> None:
        """New rows are the last ones."""
        if self._places is None:
            self.endInsertRows()
            return
        new = [place for place in self._model.matching(self._text, self._only, first) if place <= last]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._places), len(self._places) + len(new) - 1)
            self._places += new
            self.endInsertRows()

    def _begin_remove(self, first: int, last: int) -> None:
        low, high = self._seen_between(first, last)
        if low <= high:
            self.beginRemoveRows(QModelIndex(), low, high)

    def _remove(self, first: int, last: int) -> None:
        low, high = self._seen_between(first, last)
        if self._places is not None:
            count = last - first + 1
            self._places[low:] = [place - count for place in self._places[high + 1 :]]
        if low <= high:
            self.endRemoveRows()

    def _change(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        low, high = self._seen_between(first.row(), last.row())
        if low <= high:
            self.dataChanged.emit(self.index(low, first.column()), self.index(high, last.column()), roles)
        if self._text and not roles:
            self._again.start()

    def _seen_between(self, first: int, last: int) -> tuple[int, int]:
        """Where rows from one place of the model to another are seen: the first and the last of them."""
        if self._places is None:
            return first, last
        return bisect_left(self._places, first), bisect_right(self._places, last) - 1

    def _begin_sort(self) -> None:
        self.layoutAboutToBeChanged.emit()
        self._held = [(index, self._row(index.row()).id) for index in self.persistentIndexList()]

    def _sorted(self) -> None:
        self._places = self._found()
        moved = [self.index(self.place_of(id_), index.column()) for index, id_ in self._held]
        self.changePersistentIndexList([index for index, _ in self._held], moved)  # type: ignore[misc]
        self._held = []
        self.layoutChanged.emit()

    def _reset(self) -> None:
        self._places = self._found()
        self.endResetModel()

    def _row(self, place: int) -> Row:
        return self._model.rows()[place if self._places is None else self._places[place]]

    def row_at(self, place: int) -> Row | None:
        """The row at a visible position."""
        return self._row(place) if 0 <= place < self.rowCount() else None

    def place_of(self, id_: int) -> int:
        """The visible position of a row; -1 if it is hidden."""
        place = self._model.place(id_)
        if place is None:
            return -1
        low, high = self._seen_between(place, place)
        return low if low <= high else -1

    def rows(self, first: int, last: int) -> Sequence[Row]:
        """The rows between two visible positions."""
        rows = self._model.rows()
        if self._places is None:
            return rows[first : last + 1]
        return [rows[place] for place in self._places[first : last + 1]]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - an invalid index is a value
        """Rows that are seen; a table has no children."""
        if parent.isValid():
            return 0
        return len(self._model.rows()) if self._places is None else len(self._places)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As `Column` has."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows may be dragged into other programs."""
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Name a column as the model does."""
        return self._model.headerData(section, orientation, role)

    def data(self, index: Index, role: int = 0) -> Any:
        """The content of a cell."""
        row = self.row_at(index.row()) if index.isValid() else None
        return None if row is None else cell(row, index.column(), role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Have the model do it."""
        self._model.sort(column, order)
