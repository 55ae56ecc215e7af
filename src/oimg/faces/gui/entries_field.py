"""The preferences about file managers: the state of the entries in each, and the buttons that change it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from oimg.faces import menus
from oimg.faces.gui import theme
from oimg.faces.gui.privacy.glyph import set_look, text_label
from oimg.faces.gui.wording import sentence
from oimg.faces.messages import _
from oimg.words.menus import EntryState, EntryStatus

_LOOKS = {
    EntryState.USER: "good",
    EntryState.PACKAGE: "good",
    EntryState.MOVED: "bad",
    EntryState.OUTDATED: "warn",
    EntryState.CHANGED: "warn",
}
_OURS = (EntryState.USER, EntryState.MOVED, EntryState.OUTDATED)


class EntriesField(QWidget):
    """A line for every installed file manager, or for all; one button installs or repairs, one removes."""

    install_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = text_label(_("“Optimize with OIMG” and “Open in OIMG” on a right click on pictures and folders."))
        self._lines = QGridLayout()
        self._lines.setHorizontalSpacing(20)
        self._lines.setVerticalSpacing(6)
        self._lines.setColumnStretch(1, 1)
        self._hint = text_label(look="quiet", scale=theme.CAPTION)
        self._hint.hide()
        self.install = QPushButton(_("&Install"), self)
        self.remove = QPushButton(_("&Remove"), self)
        for button, wanted in ((self.install, self.install_wanted), (self.remove, self.remove_wanted)):
            button.setEnabled(False)
            button.clicked.connect(wanted)
        self.install.setAccessibleName(_("Install the entries in the file managers"))
        self.remove.setAccessibleName(_("Remove the entries from the file managers"))
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.remove)
        buttons.addWidget(self.install)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self._about)
        layout.addLayout(self._lines)
        layout.addWidget(self._hint)
        layout.addLayout(buttons)

    def show_statuses(self, statuses: Sequence[EntryStatus]) -> None:
        """Show the state of the entries."""
        self._clear()
        found = [status for status in statuses if status.found]
        for row, status in enumerate(found or statuses):
            name = QLabel(menus.NAMES[status.manager])
            name.setFont(theme.font(bold=True))
            remark = menus.remark(status)
            state = text_label(f"{menus.state(status)} ({remark})" if remark else menus.state(status))
            set_look(state, _LOOKS.get(status.state, "quiet"))
            self._lines.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(state, row, 1)
        states = {status.state for status in statuses}
        mended = states & {EntryState.MOVED, EntryState.OUTDATED}
        self.install.setText(_("M&end") if mended else _("&Install"))
        self.install.setEnabled(bool(mended | (states & {EntryState.ABSENT})))
        self.remove.setEnabled(bool(states & set(_OURS)))

    def show_hint(self, text: str) -> None:
        """Say what has to be known after a change; nothing hides it."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def show_impossible(self, reason: str) -> None:
        """Say why there can be no entries."""
        self._clear()
        self.install.setEnabled(False)
        self.remove.setEnabled(False)
        self.show_hint(sentence(reason))

    def _clear(self) -> None:
        for label in self.findChildren(QLabel):
            if self._lines.indexOf(label) >= 0:
                self._lines.removeWidget(label)
                label.hide()
                label.deleteLater()
