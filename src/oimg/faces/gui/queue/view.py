"""The list of files: compact rows, or a table with columns to sort by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from oimg.faces.gui.queue.delegate import RowDelegate, height
from oimg.faces.gui.queue.model import Column, runs_of
from oimg.faces.gui.queue.proxy import QueueProxy
from oimg.faces.gui.queue.rows import Row
from oimg.faces.gui.queue.thumbnails import Thumbnails
from oimg.faces.gui.urls import dragged
from oimg.faces.messages import _

_WIDTH: Final = 80
_NAME: Final = 176
# A selection of more ranges than these is dropped when the filter changes: restoring it would be too slow.
_MOST_RUNS: Final = 500


@dataclass(frozen=True, slots=True)
class _Kept:
    """The selection, by ids, and the current row."""

    current: int | None = None
    place: int = 0
    selected: frozenset[int] = frozenset()


class QueueView(QTableView):
    """Shows the proxy. It only emits which row was chosen; its owner decides what happens."""

    current_changed = Signal(object)
    """The current `Row`, or None."""
    selection_changed = Signal(int)
    """How many rows are selected."""
    menu_wanted = Signal(QPoint)
    """Where on the screen."""

    def __init__(self, proxy: QueueProxy, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proxy = proxy
        self._thumbnails = thumbnails
        self._delegate = RowDelegate(thumbnails, self)
        self._kept = _Kept()
        self.setModel(proxy)
        proxy.modelAboutToBeReset.connect(self._keep)
        proxy.modelReset.connect(self._select_again)  # after the view and its selection were reset
        self.setItemDelegateForColumn(Column.NAME, self._delegate)
        self.setAccessibleName(_("Files"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setDragEnabled(True)
        self.setMouseTracking(True)  # for the row under the pointer
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda where: self.menu_wanted.emit(self.viewport().mapToGlobal(where)))
        self._set_headers()
        self.show_columns(shown=False)

    def _set_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(height())
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setAccessibleName(_("Columns"))
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setSortIndicatorClearable(True)

    @property
    def columns_shown(self) -> bool:
        """Whether it shows a table."""
        return not self._delegate.compact

    def show_columns(self, *, shown: bool) -> None:
        """Show a table, or a list of compact rows."""
        self._delegate.compact = not shown
        header = self.horizontalHeader()
        header.setVisible(shown)
        for column in Column:
            self.setColumnHidden(column, not shown and column is not Column.NAME)
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, _WIDTH)
        if shown:
            self._widen_name()
        else:
            header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(shown)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the name column the width that the others leave."""
        super().resizeEvent(event)
        if self.columns_shown:
            self._widen_name()

    def _widen_name(self) -> None:
        header = self.horizontalHeader()
        others = sum(header.sectionSize(column) for column in Column if column not in (Column.NAME, Column.STATE))
        room = self.viewport().width() - others - max(_WIDTH, header.sectionSizeHint(Column.STATE))
        header.resizeSection(Column.NAME, max(_NAME, room))

    def select(self, id_: int) -> None:
        """Make a row current, if it is visible."""
        place = self._proxy.place_of(id_)
        if place >= 0:
            self._select(place)

    def select_first(self) -> None:
        """Make the first row current."""
        self._select(0)

    def _select(self, place: int) -> None:
        # Not selectRow, which finds no column where the window runs from right to left.
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self._proxy.index(place, Column.NAME), flags)

    def _keep(self) -> None:
        """Before the filter changes: remember what is selected."""
        current = self.current_row()
        if current is not None:
            self._kept = _Kept(current.id, self.currentIndex().row(), frozenset(self.selected_ids()))

    def _select_again(self) -> None:
        """Restore the selection as far as it is visible, and the current row, or else one nearby."""
        kept, self._kept = self._kept, _Kept()
        seen = self._proxy.rows(0, self._proxy.rowCount() - 1)
        runs = runs_of([place for place, row in enumerate(seen) if row.id in kept.selected]) if kept.selected else []
        place = -1 if kept.current is None else self._proxy.place_of(kept.current)
        if place < 0 and kept.current is not None and seen:
            place = runs[0][0] if runs else 0 if self._proxy.filters else min(kept.place, len(seen) - 1)
        if place < 0 or not 0 < len(runs) <= _MOST_RUNS:
            runs = [(place, place)] if place >= 0 else []
        chosen = QItemSelection()
        for first, last in runs:
            chosen.select(self._proxy.index(first, 0), self._proxy.index(last, len(Column) - 1))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if place >= 0:
            current = self._proxy.index(place, Column.NAME)
            self.selectionModel().setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
        elif kept.current is not None:
            self.current_changed.emit(None)
        if not runs:
            self.selection_changed.emit(0)

    def selected_ids(self) -> list[int]:
        """The ids of the selected rows, in the visible order."""
        return [row.id for row in self.selected_rows()]

    def selected_rows(self) -> list[Row]:
        """The selected rows, in the visible order."""
        ranges = self.selectionModel().selection()
        bounds = sorted({(ranges.at(each).top(), ranges.at(each).bottom()) for each in range(ranges.count())})
        return [row for first, last in bounds for row in self._proxy.rows(first, last)]

    def current_row(self) -> Row | None:
        """The current row."""
        index = self.currentIndex()
        return self._proxy.row_at(index.row()) if index.isValid() else None

    def startDrag(self, supportedActions: Qt.DropAction) -> None:  # noqa: N803 - as Qt calls it
        """Drag the selected files into another program: results, and sources that have none yet; always as copies."""
        files = [row.file for row in self.selected_rows() if row.file.exists()]
        current = self.current_row()
        if not files or current is None:
            return
        drag = QDrag(self)
        drag.setMimeData(dragged(files))
        picture = self._thumbnails.of(current, self.devicePixelRatioF())
        if picture is not None:
            drag.setPixmap(picture)
        drag.exec(Qt.DropAction.CopyAction)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell of another row."""
        super().currentChanged(current, previous)
        if current.row() != previous.row() or not current.isValid():
            self.current_changed.emit(self.current_row())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell how many are selected: by ranges, for asking row by row takes long for very many."""
        super().selectionChanged(selected, deselected)
        ranges = self.selectionModel().selection()
        self.selection_changed.emit(sum(ranges.at(each).height() for each in range(ranges.count())))
