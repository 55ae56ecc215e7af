"""The page "What this picture reveals": of the row that is looked at, under the recipe that is set."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from oimg.faces import messages
from oimg.faces.gui import icons, theme
from oimg.faces.gui.privacy.as_text import as_text
from oimg.faces.gui.privacy.glyph import text_label
from oimg.faces.gui.privacy.picture_pair import PicturePair
from oimg.faces.gui.privacy.revealing import Revealed
from oimg.faces.gui.privacy.topic_card import TopicCard
from oimg.faces.gui.privacy.verdict import Verdict
from oimg.faces.messages import _
from oimg.faces.verdicts import TOPICS, Topic, by_topic
from oimg.words.answers import Inspection
from oimg.words.errors import OimgError
from oimg.words.privacy import MetadataPolicy
from oimg.words.recipe import Recipe

_MOST_PICTURES: Final = 3
_MARGIN: Final = 16


class Inspector(QFrame):
    """Shows what it is told, and tells what shall stay."""

    keep_wanted = Signal(object, bool)
    """Metadata groups, and whether they shall stay."""
    privacy_wanted = Signal()
    """Private things shall be removed, though the recipe keeps all."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "stage")
        self.setAccessibleName(_("What this picture reveals"))
        self.setMinimumWidth(300)
        self._name = ""
        self._shown: Inspection | None = None
        self._title = text_label(_("What this picture reveals"), scale=theme.TITLE, bold=True)
        self._file = text_label(look="quiet", scale=theme.CAPTION)
        self._file.setWordWrap(False)
        self._file.setMinimumWidth(1)
        self._verdict = Verdict(self)
        self._copy = self._button("copy", _("Copy all as text"))
        self._close = self._button("dismiss", _("Close"))
        self._private = QPushButton(_("Remove what is private"), self)
        self._cards = {topic: TopicCard(topic, self) for topic in TOPICS}
        self._scroll = QScrollArea(self)
        self._lay_out()
        self._copy.clicked.connect(self._copy_all)
        self._close.clicked.connect(self.closed)
        self._private.clicked.connect(self.privacy_wanted)
        for card in self._cards.values():
            card.keep_wanted.connect(self.keep_wanted)
        self.show_nothing()

    def _button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(icons.SIZE, icons.SIZE))
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setProperty("look", "plain")
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 10, 0)
        head.setSpacing(2)
        head.addWidget(self._title, 1)
        head.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        below = QHBoxLayout()
        below.setContentsMargins(16, 0, 16, 0)
        below.addWidget(self._file)
        inner = QFrame(self)
        inner.setProperty("look", "stage")
        cards = QVBoxLayout(inner)
        cards.setContentsMargins(_MARGIN, 4, _MARGIN, 16)
        cards.setSpacing(10)
        cards.addWidget(self._verdict)
        cards.addWidget(self._private)
        for card in self._cards.values():
            cards.addWidget(card)
        cards.addStretch()
        self._scroll.setProperty("look", "stage")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the keys of the arrows turn the page
        self._scroll.setAccessibleName(self._title.text())
        self._scroll.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(below)
        layout.addWidget(self._scroll, 1)

    def show_nothing(self, name: str = "") -> None:
        """Show no file, or one that is being looked into."""
        self._show_name(name)
        self._shown = None
        self._copy.setEnabled(False)
        self._private.hide()
        for card in self._cards.values():
            card.fold()
            card.hide()
        self._verdict.show_text(_("Looking into it…") if name else _("Choose a picture to see what it reveals."))

    def show_error(self, name: str, error: OimgError) -> None:
        """Say why a file cannot be looked into."""
        self.show_nothing(name)
        text = messages.error(error.code, error.detail)
        self._verdict.show_text(_("This file cannot be looked into: {reason}.").format(reason=text))

    def show_revealed(self, revealed: Revealed, recipe: Recipe) -> None:
        """Show what a file reveals under a recipe."""
        inspection = revealed.inspection
        self._show_name(messages.printable(inspection.path.name))
        self._shown = inspection
        self._copy.setEnabled(bool(inspection.prospects))
        self._verdict.show_revealed(revealed)
        self._private.setVisible(recipe.metadata is MetadataPolicy.KEEP and revealed.private)
        for topic, prospects in by_topic(inspection.prospects).items():
            above = self._pictures(revealed) if topic is Topic.PREVIEW and prospects else None
            self._cards[topic].show_topic(prospects, recipe, above)
        self._fit()

    def _pictures(self, revealed: Revealed) -> QWidget | None:
        if not revealed.embedded:
            return None
        made = QWidget(self)
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for each in revealed.embedded[:_MOST_PICTURES]:
            same = revealed.shows_picture(each.name)
            layout.addWidget(PicturePair(revealed.picture, each.shown, same=same, parent=made))
        return made

    def _copy_all(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(as_text(self._shown))

    def _show_name(self, name: str) -> None:
        self._name = name
        self._elide()

    def _elide(self) -> None:
        room = max(1, self.width() - 32)
        self._file.setText(self._file.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, room))

    def _fit(self) -> None:
        """Stack headings and boxes that have no room side by side, in any language and size of text."""
        room = self._scroll.viewport().width() - 2 * _MARGIN
        stacked = max(card.wide for card in self._cards.values()) > room
        for card in self._cards.values():
            card.stack(stacked=stacked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close at Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the new width."""
        super().resizeEvent(event)
        self._elide()
        self._fit()
