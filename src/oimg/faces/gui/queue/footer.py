"""The sums below the queue."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from oimg.faces.gui import theme
from oimg.faces.gui.queue.totals import Totals
from oimg.faces.messages import _, ngettext, number, size


class Footer(QFrame):
    """Says how many files there are, and what was saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "foot")
        self._files = QLabel(self)
        self._files.setFont(theme.font(theme.CAPTION))
        self._saved = QLabel(self)
        self._saved.setProperty("look", "good")
        self._saved.setFont(theme.font(theme.CAPTION, bold=True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(2)
        layout.addWidget(self._files)
        layout.addWidget(self._saved)
        self._left_out = QLabel(self)
        self._left_out.setProperty("look", "quiet")
        self._left_out.setFont(theme.font(theme.CAPTION))
        layout.addWidget(self._left_out)
        for label in (self._files, self._saved, self._left_out):
            label.setWordWrap(True)
        self.show_totals(Totals(), 0)
        self.show_left_out(0)

    def show_totals(self, totals: Totals, selected: int) -> None:
        """Show the sums, and how many rows are selected where it is more than the one that is looked at."""
        self._files.setText(files_text(totals, selected))
        self._saved.setText(saved_text(totals))
        self._saved.setVisible(bool(self._saved.text()))

    def show_left_out(self, count: int) -> None:
        """Say how many files of the last folders were no pictures."""
        text = ngettext("{count} other file is not a picture", "{count} other files are not pictures", count)
        self._left_out.setText(text.format(count=number(count)))
        self._left_out.setVisible(count > 0)


def files_text(totals: Totals, selected: int) -> str:
    """Say how many files there are."""
    files = ngettext("{count} file · {size}", "{count} files · {size}", totals.files)
    text = files.format(count=number(totals.files), size=size(totals.bytes))
    if selected > 1:
        text = _("{files} · {count} selected").format(files=text, count=number(selected))
    return text


def saved_text(totals: Totals) -> str:
    """Say what was saved; empty where nothing was optimized yet."""
    if not totals.optimized:
        return ""
    text = ngettext("{count} optimized, {size} saved", "{count} optimized, {size} saved", totals.optimized)
    return text.format(count=number(totals.optimized), size=size(totals.before - totals.after))
