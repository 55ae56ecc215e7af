"""What is stored on this machine: how much, where, and how to be rid of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from oimg.faces import messages
from oimg.faces.gui import theme
from oimg.faces.gui.privacy import stored_words
from oimg.faces.gui.privacy.glyph import set_look, text_label
from oimg.faces.gui.privacy.keeping import Keeping
from oimg.faces.gui.showing import show_in_folder
from oimg.faces.messages import _
from oimg.words.answers import Stored, StoredKind


class StoredList(QWidget):
    """A card for each kind, and a line that tells what was freed."""

    def __init__(self, keeping: Keeping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = text_label()
        self._note.setAccessibleName(_("What was erased"))
        self._cards = {kind: _Card(kind, keeping, self) for kind in stored_words.ORDER}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for card in self._cards.values():
            layout.addWidget(card)
        layout.addWidget(self._note)
        self._note.hide()
        keeping.stored_told.connect(self._show)
        keeping.erased.connect(self._tell_erased)
        keeping.failed.connect(lambda text: self._tell(text, "bad"))

    def _show(self, stored: Sequence[Stored]) -> None:
        for each in stored:
            self._cards[each.kind].show_stored(each)

    def _tell_erased(self, kind: StoredKind, freed: int) -> None:
        text = _("{what}: erased, {size} freed.")
        self._tell(text.format(what=stored_words.title(kind), size=messages.size(freed)), "good")

    def _tell(self, text: str, look: str) -> None:
        self._note.setText(text)
        set_look(self._note, look)
        self._note.show()


class _Card(QFrame):
    """One kind of what is stored."""

    def __init__(self, kind: StoredKind, keeping: Keeping, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self._path: Path | None = None
        name = stored_words.title(kind)
        self._amount = text_label(_("Looking…"), look="quiet")
        self._show = QPushButton(_("Show in folder"), self)
        self._show.setAccessibleName(_("Show in folder: {what}").format(what=name))
        self._show.clicked.connect(self._show_folder)
        self._erase = QPushButton(_("Erase…"), self)
        self._erase.setAccessibleName(_("Erase: {what}").format(what=name))
        self._erase.clicked.connect(lambda: keeping.erase(kind, self.window()))
        for button in (self._show, self._erase):
            button.setEnabled(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._show)
        buttons.addWidget(self._erase)
        about = text_label(stored_words.about(kind), look="quiet", scale=theme.CAPTION)
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 12, 14, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(text_label(name, bold=True), 0, 0)
        grid.addWidget(self._amount, 1, 0)
        grid.addWidget(about, 2, 0)
        grid.addLayout(buttons, 0, 1, 3, 1, Qt.AlignmentFlag.AlignVCenter)

    def show_stored(self, stored: Stored) -> None:
        """Show how much there is."""
        self._path = stored.path
        self._amount.setText(stored_words.amount(stored))
        there = stored.byte_size > 0 or stored.count > 0
        self._show.setEnabled(there)
        self._erase.setEnabled(there)

    def _show_folder(self) -> None:
        if self._path is not None:
            show_in_folder([self._path])
