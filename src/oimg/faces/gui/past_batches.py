"""Earlier runs that replaced originals, and bringing those originals back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from oimg.faces.messages import _, ngettext, number, printable, size
from oimg.words.undo import PastBatch

_SIZE: Final = (760, 420)


class PastBatches(QDialog):
    """Lists batches, newest first; asks for one to be undone, and stays open to show the outcome."""

    undo_asked = Signal(str)
    """The id of a batch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Undo an earlier run"))
        self.resize(*_SIZE)
        self._batches: tuple[PastBatch, ...] = ()
        self._busy = False
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._table = QTableWidget(0, 5, self)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._undo = QPushButton(_("Bring the originals back"), self)
        self._buttons.addButton(self._undo, QDialogButtonBox.ButtonRole.ActionRole)
        self._set_table()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self._text)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._buttons)
        self._buttons.rejected.connect(self.reject)
        self._undo.clicked.connect(self._ask)
        self._table.itemSelectionChanged.connect(self._show_button)
        self._table.itemDoubleClicked.connect(self._ask)
        self.say(_("Looking for earlier runs…"))
        self._show_button()

    def _set_table(self) -> None:
        self._table.setAccessibleName(_("Earlier runs"))
        self._table.setHorizontalHeaderLabels([_("When"), _("Files"), _("Size"), _("Folder"), _("State")])
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setTabKeyNavigation(False)
        self._table.setShowGrid(False)
        self._table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._table.verticalHeader().hide()
        header = self._table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        for column in range(5):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)

    def say(self, text: str) -> None:
        """Say something above the list."""
        self._text.setText(text)

    def show_busy(self, *, busy: bool) -> None:
        """Disable the buttons while an undo is under way."""
        self._busy = busy
        self._show_button()

    def show_batches(self, batches: Sequence[PastBatch]) -> None:
        """List batches; the first one that can be taken back is chosen."""
        self._batches = tuple(batches)
        self._table.setRowCount(len(batches))
        for place, batch in enumerate(batches):
            for column, text in enumerate(_cells(batch)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(place, column, item)
        self._show_list(shown=bool(batches))
        first = next((place for place, batch in enumerate(batches) if _can(batch)), -1)
        self._table.setCurrentCell(first, 0)
        self._show_button()

    def _show_list(self, *, shown: bool) -> None:
        """Show the list with its button; where there is none, what is said stands in the middle."""
        self._table.setVisible(shown)
        self._undo.setVisible(shown)
        beginning = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        self._text.setAlignment(beginning if shown else Qt.AlignmentFlag.AlignCenter)

    def _show_button(self) -> None:
        place = self._table.currentRow()
        chosen = self._batches[place] if 0 <= place < len(self._batches) else None
        self._undo.setEnabled(chosen is not None and _can(chosen) and not self._busy)

    def _ask(self) -> None:
        if self._undo.isEnabled():
            self.undo_asked.emit(self._batches[self._table.currentRow()].id)


def introduction(batches: Sequence[PastBatch]) -> str:
    """Say what can be done with what is listed."""
    if not batches:
        return _("No run has replaced originals, or all of them are back. There is nothing to undo.")
    return _("These runs replaced originals. Files that were changed since are left alone.")


def _can(batch: PastBatch) -> bool:
    return batch.left > 0 and not batch.running


def _cells(batch: PastBatch) -> tuple[str, ...]:
    when = QDateTime.fromSecsSinceEpoch(int(batch.began))
    files = ngettext("{count} file", "{count} files", batch.files).format(count=number(batch.files))
    sizes = _("{before} → {after}").format(before=size(batch.source_bytes), after=size(batch.output_bytes))
    shown = QLocale().toString(when, QLocale.FormatType.ShortFormat)
    return shown, files, sizes, printable(str(batch.folder)), _state(batch)


def _state(batch: PastBatch) -> str:
    if batch.running:
        return _("At work")
    if not batch.left:
        return _("Undone")
    if batch.left < batch.files:
        text = ngettext("{count} left to undo", "{count} left to undo", batch.left)
        return text.format(count=number(batch.left))
    return _("In the trash") if batch.in_trash else _("Can be undone")
