"""The left pane: filter, list, progress of the search for files, totals."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from oimg.faces.gui import icons, theme
from oimg.faces.gui.queue.footer import Footer
from oimg.faces.gui.queue.model import QueueModel
from oimg.faces.gui.queue.proxy import QueueProxy
from oimg.faces.gui.queue.rows import Row
from oimg.faces.gui.queue.thumbnails import Thumbnails
from oimg.faces.gui.queue.view import QueueView
from oimg.faces.messages import _, ngettext, number


class QueuePanel(QFrame):
    """Connects the parts of the queue. Signals of the list are on `view`."""

    import_stopped = Signal()
    """Emitted when the user stops the search for files."""

    def __init__(
        self, model: QueueModel, thumbnails: Thumbnails, columns: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("look", "pane")
        self._model = model
        self._selected = 0
        self._looked_at = -1
        self.proxy = QueueProxy(model, self)
        self.view = QueueView(self.proxy, thumbnails, self)
        self.search = _Search(self)
        self._only = _Only(self)
        self._importing = _Importing(self)
        self._footer = Footer(self)
        self._nothing = QLabel(_("No file matches the filter."), self.view.viewport())
        self._nothing.setProperty("look", "quiet")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.hide()
        self._lay_out(columns)
        self._only.show_all.clicked.connect(self.show_all)
        self.search.left.connect(self.view.setFocus)
        self._importing.stop.clicked.connect(self.import_stopped)
        self.search.textChanged.connect(self._filter)
        self.view.current_changed.connect(self._remember)
        self.view.selection_changed.connect(self._show_selected)
        model.totals_changed.connect(self._show_totals)
        thumbnails.arrived.connect(model.redraw)

    def _lay_out(self, columns: QAction) -> None:
        self.search.setPlaceholderText(_("Filter by name or state"))
        self.search.setAccessibleName(_("Filter"))
        self.search.setClearButtonEnabled(True)
        loupe = self.search.addAction(icons.icon("search", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        for action in self.search.actions():  # theirs are buttons of Qt's own
            action.setText(_("Filter") if action is loupe else _("Clear the filter"))
        as_table = QToolButton(self)
        as_table.setDefaultAction(columns)
        as_table.setProperty("look", "plain")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 8, 8, 8)
        bar.addWidget(self.search)
        bar.addWidget(as_table)
        within = QVBoxLayout(self.view.viewport())
        within.setContentsMargins(24, 48, 24, 24)
        within.addWidget(self._nothing, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._only)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._importing)
        layout.addWidget(self._footer)

    def _filter(self, text: str) -> None:
        """Show what matches; what was looked at before, or else the first, where nothing is looked at any more."""
        self.proxy.search(text)
        shown = self.proxy.rowCount() > 0
        self._nothing.setVisible(not shown and self._model.rowCount() > 0)
        if shown and not self.view.currentIndex().isValid():
            if self.proxy.place_of(self._looked_at) >= 0:
                self.view.select(self._looked_at)
            else:
                self.view.select_first()

    def _remember(self, row: Row | None) -> None:
        if row is not None:
            self._looked_at = row.id

    def show_only(self, text: str, ids: frozenset[int]) -> None:
        """Show just these rows, and say which they are."""
        self.search.clear()
        self.proxy.only(ids)
        self._only.show_text(text)
        if self.proxy.rowCount():
            self.view.select_first()

    def show_all(self) -> None:
        """Show all rows again."""
        self.proxy.only(None)
        self._only.show_text("")

    def show_import(self, found: int) -> None:
        """Show how many files were found so far."""
        self._importing.show_found(found)

    def show_left_out(self, count: int) -> None:
        """Show how many files were not pictures, after the search."""
        self._importing.show_found(None)
        self._footer.show_left_out(count)

    def _show_selected(self, count: int) -> None:
        self._selected = count
        self._show_totals()

    def _show_totals(self) -> None:
        self._footer.show_totals(self._model.totals, self._selected)


class _Search(QLineEdit):
    """Esc takes the text away, and then goes back to the list; Enter and the down arrow go there at once."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _Only(QFrame):
    """A strip that is shown while the list is restricted to some rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "strip")
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setFont(theme.font(theme.CAPTION))
        self.show_all = QToolButton(self)
        self.show_all.setText(_("Show all"))
        self.show_all.setAccessibleName(_("Show all files"))
        self.show_all.setProperty("look", "plain")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.show_all)
        self.hide()

    def show_text(self, text: str) -> None:
        self._label.setText(text)
        self.setVisible(bool(text))


class _Importing(QFrame):
    """A strip that is shown during a search for files."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "foot")
        self._label = QLabel(self)
        self._label.setProperty("look", "quiet")
        self._label.setFont(theme.font(theme.CAPTION))
        self.stop = QToolButton(self)
        self.stop.setIcon(icons.icon("stop"))
        self.stop.setText(_("Stop looking for files"))
        self.stop.setToolTip(self.stop.text())
        self.stop.setAccessibleName(self.stop.text())
        self.stop.setProperty("look", "plain")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.stop)
        self.hide()

    def show_found(self, found: int | None) -> None:
        self.setVisible(found is not None)
        if found is not None:
            text = ngettext("Looking for pictures… {count} file", "Looking for pictures… {count} files", found)
            self._label.setText(text.format(count=number(found)))
