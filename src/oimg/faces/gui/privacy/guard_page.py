"""The page behind the lock: the promise, each guard tried out at this moment, and what is stored on this machine."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTime
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from oimg.faces.gui import scrolled_page, theme
from oimg.faces.gui.privacy import guard_words
from oimg.faces.gui.privacy.glyph import Glyph, set_look, text_label
from oimg.faces.gui.privacy.keeping import Keeping
from oimg.faces.gui.privacy.stored_list import StoredList
from oimg.faces.messages import _
from oimg.words.answers import GuardLayer

_SIZE = QSize(640, 680)


class GuardPage(QDialog):
    """Asks again whenever it is shown."""

    def __init__(self, keeping: Keeping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Guards and stored data"))
        self.resize(_SIZE)
        self._keeping = keeping
        self._checked = text_label(look="quiet", scale=theme.CAPTION)
        self._again = QPushButton(_("Try them now"), self)
        self._again.clicked.connect(keeping.try_guards)
        self._guards = QVBoxLayout()
        self._guards.setSpacing(8)
        self._stored = StoredList(keeping, self)
        self._lay_out()
        keeping.guards_tried.connect(self._show_guards)

    def showEvent(self, event: QShowEvent) -> None:
        """Try the guards and look at what is stored."""
        super().showEvent(event)
        self._again.setFocus()
        self._keeping.ask_stored()
        self._keeping.try_guards()

    def _lay_out(self) -> None:
        inner = QWidget(self)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(28, 24, 28, 24)
        layout.setSpacing(10)
        layout.addLayout(self._promise())
        layout.addSpacing(12)
        layout.addLayout(self._heading())
        layout.addLayout(self._guards)
        layout.addSpacing(12)
        layout.addWidget(text_label(_("What is stored on this computer"), scale=theme.TITLE, bold=True))
        layout.addWidget(self._stored)
        layout.addStretch()
        close = QPushButton(_("Close"), self)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        foot.addStretch()
        foot.addWidget(close)
        scrolled_page.lay_out(self, inner, foot)

    def _promise(self) -> QHBoxLayout:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(text_label(_("Your pictures never leave this computer."), scale=theme.WELCOME, bold=True))
        promise = _(
            "OIMG has no account, no cloud and no way to send anything: all the work is done here. "
            "The guards below keep it to that, and you can try them at any time."
        )
        texts.addWidget(text_label(promise, look="quiet"))
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(Glyph("lock", "good", 40, self), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        return row

    def _heading(self) -> QHBoxLayout:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(text_label(_("The guards"), scale=theme.TITLE, bold=True))
        texts.addWidget(self._checked)
        row = QHBoxLayout()
        row.addLayout(texts, 1)
        row.addWidget(self._again, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _show_guards(self, layers: Sequence[GuardLayer]) -> None:
        text = (
            _("Tried at {time}: nothing gets through.")
            if all(guard_words.is_fine(layer) for layer in layers)
            else _("Tried at {time}: not every guard holds. OIMG sends nothing, but less would stop it.")
        )
        self._checked.setText(text.format(time=QTime.currentTime().toString("HH:mm:ss")))
        while self._guards.count() > len(layers):
            item = self._guards.takeAt(self._guards.count() - 1)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        while self._guards.count() < len(layers):
            self._guards.addWidget(_Guard(self))
        for at, layer in enumerate(layers):
            item = self._guards.itemAt(at)
            guard = None if item is None else item.widget()
            if isinstance(guard, _Guard):
                guard.show_layer(layer)


class _Guard(QFrame):
    """One guard: what it stops, and whether it holds now."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self._glyph = Glyph("guard", "good", 24, self)
        self._title = text_label(bold=True)
        self._state = text_label(bold=True)
        self._state.setWordWrap(False)
        self._stops = text_label()
        self._detail = text_label(look="quiet", scale=theme.CAPTION)
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 12, 14, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._glyph, 0, 0, 3, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._title, 0, 1)
        grid.addWidget(self._state, 0, 2)
        grid.addWidget(self._stops, 1, 1, 1, 2)
        grid.addWidget(self._detail, 2, 1, 1, 2)

    def show_layer(self, layer: GuardLayer) -> None:
        """Show a layer as it was just now."""
        icon, color, words = guard_words.state(layer)
        self._glyph.show_icon(icon, color)
        self._title.setText(guard_words.title(layer))
        self._state.setText(words)
        set_look(self._state, color)
        self._stops.setText(guard_words.stops(layer))
        seen = _("Seen just now by {guard}: {detail}").format(guard=layer.name, detail=layer.detail)
        self._detail.setText(seen)
        self.setAccessibleName(f"{self._title.text()}: {words}")
