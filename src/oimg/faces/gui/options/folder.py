"""A folder: chosen in a dialog, dropped, typed, or one of those used before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QToolButton, QWidget

from oimg.faces.gui import icons
from oimg.faces.gui.options.fields import introduce, line
from oimg.faces.gui.urls import paths_in
from oimg.faces.messages import _, printable

MOST: Final = 6
"""The number of folders that are remembered."""


class FolderField(QWidget):
    """Emits every path that is typed; a missing folder is created when a result is written."""

    changed = Signal(str)
    recent_changed = Signal()
    """Emitted when the remembered folders change."""

    def __init__(self, kind: type, name: str, title: str) -> None:
        super().__init__()
        self.recent: tuple[str, ...] = ()
        self.text = QLineEdit()
        self.text.setPlaceholderText(_("Choose or drop a folder"))
        introduce(self.text, kind, name, title)
        self._hint = self.text.toolTip()
        self.button = QToolButton()
        self.button.setIcon(icons.icon("folder"))
        self.button.setProperty("look", "icon")
        self.button.setAccessibleName(_("Choose a folder"))
        self.button.setToolTip(_("Choose a folder, or one of the last"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.button)
        self._menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self._menu)
        self.setLayout(line(self.text, self.button, grow=self.text, spacing=6))
        self.setFocusProxy(self.text)
        # Drops belong to the window, where they add pictures; here a folder is meant as a place.
        self.setProperty("takes_drops", True)
        self.setAcceptDrops(True)
        self.text.setAcceptDrops(False)
        self.text.textEdited.connect(self.changed)
        self.text.editingFinished.connect(lambda: self.remember(self.text.text()))

    def show_value(self, path: str) -> None:
        """Show a folder; one that is being typed is not overwritten."""
        if path != self.text.text():
            self.text.setText(path)
        self.text.setToolTip(f"{self._hint}\n{printable(path)}" if path else self._hint)

    def take(self, path: str) -> None:
        """Set a folder and emit it."""
        self.remember(path)
        self.show_value(path)
        self.changed.emit(path)

    def remember(self, path: str) -> None:
        """Put a folder first among those used before."""
        if path.strip() and Path(path).is_absolute():
            self.recent = (path, *(each for each in self.recent if each != path))[:MOST]
            self.recent_changed.emit()

    def show_recent(self, paths: Sequence[str]) -> None:
        """Take the folders that were used before."""
        self.recent = tuple(paths)[:MOST]

    def ask(self) -> QFileDialog:
        """Let the user choose."""
        dialog = QFileDialog(self, _("Folder for the results"), self.text.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take)
        dialog.open()
        return dialog

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one folder, and nothing else."""
        if _folder_in(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.text.setPlaceholderText(_("Drop to write there"))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Say again what can be done."""
        self.text.setPlaceholderText(_("Choose or drop a folder"))

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the folder."""
        self.text.setPlaceholderText(_("Choose or drop a folder"))
        path = _folder_in(event.mimeData())
        if path:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.take(path)

    def _fill(self) -> None:
        self._menu.clear()
        self._menu.addAction(icons.icon("folder"), _("Choose…")).triggered.connect(self.ask)
        if self.recent:
            self._menu.addSeparator()
        for path in self.recent:
            text = printable(path).replace("&", "&&")
            self._menu.addAction(text).triggered.connect(lambda _=False, path=path: self.take(path))


def _folder_in(data: QMimeData | None) -> str:
    """Give the one folder that is dragged; nothing where it is something else."""
    paths = paths_in(data) if data is not None else []
    return str(paths[0]) if len(paths) == 1 and paths[0].is_dir() else ""
