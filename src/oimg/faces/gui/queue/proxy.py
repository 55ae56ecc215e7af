"""What of the queue is seen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from oimg.faces.gui.queue.model import ROW_ROLE, QueueModel
from oimg.faces.gui.queue.rows import Row, state_text


class QueueProxy(QSortFilterProxyModel):
    """Leaves out what is not asked for, by a text in name or state or by ids; the model itself puts rows in order."""

    def __init__(self, model: QueueModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._only: frozenset[int] | None = None
        self._model = model
        self.setSourceModel(model)

    def search(self, text: str) -> None:
        """Leave out rows without this text."""
        wanted = text.casefold().strip()
        if wanted != self._text:
            self._filter(wanted, self._only)

    def only(self, ids: frozenset[int] | None) -> None:
        """Leave out all rows but these; None lets all be seen that the text lets."""
        if ids != self._only:
            self._filter(self._text, ids)

    def _filter(self, text: str, only: frozenset[int] | None) -> None:
        if hasattr(self, "beginFilterChange"):  # Qt 6.9, which does not want the other any more
            self.beginFilterChange()
            self._text, self._only = text, only
            self.endFilterChange()
        else:
            self._text, self._only = text, only
            self.invalidateFilter()

    def filterAcceptsRow(self, place: int, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Whether a row is seen."""
        if not self._text and self._only is None:
            return True
        row = self._model.rows()[place]
        if self._only is not None and row.id not in self._only:
            return False
        return self._text in row.path.name.casefold() or self._text in state_text(row).casefold()

    def row_at(self, place: int) -> Row | None:
        """Give the row that is seen at a place."""
        found = self.index(place, 0).data(ROW_ROLE)
        return found if isinstance(found, Row) else None

    def place_of(self, id_: int) -> int:
        """Where a row is seen; -1 where it is not."""
        place = self._model.place(id_)
        return -1 if place is None else self.mapFromSource(self._model.index(place, 0)).row()

    def files(self, ids: Iterable[int]) -> list[Path]:
        """Give what other programs get of rows."""
        rows = (self._model.row(id_) for id_ in ids)
        return [row.file for row in rows if row is not None]

    def ids(self, first: int, last: int) -> list[int]:
        """Give the ids of the rows that are seen from one place to another."""
        rows = self._model.rows()
        if not self._text and self._only is None:
            return [row.id for row in rows[first : last + 1]]
        return [rows[self.mapToSource(self.index(each, 0)).row()].id for each in range(first, last + 1)]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Have the model do it."""
        self._model.sort(column, order)
