"""A table to choose a row from: arrow keys and pointer move the same mark, Enter or a click chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from oimg.faces.gui import theme
from oimg.faces.gui.tokens import now
from oimg.faces.messages import _

PAD: Final = 8


class PickView(QTableView):
    """The marked row is the current one; there is none once pointer and focus have left."""

    pointed = Signal(int)
    """The row that is pointed at, or -1."""
    taken = Signal(int)
    """The row that the user takes."""

    def __init__(
        self, model: QAbstractItemModel, name: str, spare: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._spare = spare
        self._by_pointer = False
        self.setModel(model)
        self.setItemDelegate(PickDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height())
        header = self.horizontalHeader()
        header.setAccessibleName(_("Columns"))
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        model.rowsInserted.connect(self.fit)
        model.modelReset.connect(self.fit)
        self.entered.connect(self._point)
        self.clicked.connect(lambda index: self.taken.emit(index.row()))

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell what is pointed at."""
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.row() != previous.row():
            self.pointed.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the current row at Enter."""
        self._by_pointer = False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.taken.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing any more."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.setCurrentIndex(QModelIndex())

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing any more, unless by the keyboard."""
        super().leaveEvent(event)
        if self._by_pointer:
            self.setCurrentIndex(QModelIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to another room."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Hide the least important columns, one by one, until the rest fits."""
        for column in self._spare:
            self.setColumnHidden(column, False)
        for column in self._spare:
            if self.needed() <= self.viewport().width():
                return
            self.setColumnHidden(column, True)

    def needed(self) -> int:
        """How wide the columns have to be."""
        header = self.horizontalHeader()
        shown = [each for each in range(self.model().columnCount()) if not self.isColumnHidden(each)]
        return sum(max(self.sizeHintForColumn(each), header.sectionSizeHint(each)) for each in shown)

    def _point(self, index: QModelIndex) -> None:
        self._by_pointer = True
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)


class PickDelegate(QStyledItemDelegate):
    """Draws the ground of the current row across all columns, and texts on it."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the text in bold, so that columns stay where they are when another row gets bold."""
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        return QSize(QFontMetrics(theme.font(bold=True)).horizontalAdvance(text) + 2 * PAD + 2, row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw a cell."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # A size runs as its own figures do, whichever way the window runs.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.draw_ground(painter, option, index)
        self.draw_cell(painter, option, index, option.rect.adjusted(PAD, 0, -PAD, 0))
        painter.restore()

    def draw_cell(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        room: QRect,
    ) -> None:
        """Draw what is in a cell."""
        self.draw_text(painter, option, index, room, now().text, bold=False)

    def draw_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw what is below a cell."""
        if index.row() != self._view.currentIndex().row():
            return
        painter.fillRect(option.rect, QColor(now().selection))
        if self._view.hasFocus():
            painter.setPen(QPen(QColor(now().accent), 2))
            row = QRectF(0, option.rect.top(), self._view.viewport().width(), option.rect.height())
            painter.setClipRect(option.rect)
            painter.drawRoundedRect(row.adjusted(1, 1, -1, -1), 4, 4)
            painter.setClipping(False)

    def draw_text(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        room: QRect,
        color: str,
        *,
        bold: bool,
    ) -> None:
        """Draw the text of a cell."""
        font = theme.font(bold=bold)
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        painter.setFont(font)
        painter.setPen(QColor(color))
        alignment = QStyle.visualAlignment(option.direction, index.data(Qt.ItemDataRole.TextAlignmentRole))
        text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, alignment, text)


def row_height() -> int:
    """The height of a row: 28, or more where the system's text is large."""
    return max(28, QFontMetrics(theme.font()).height() + 10)
