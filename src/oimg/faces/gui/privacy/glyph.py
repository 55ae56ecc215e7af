"""Small pieces of the privacy pages: an icon that follows the theme, a text from a file, a line under a heading."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from oimg.faces.gui import icons, theme
from oimg.faces.gui.tokens import now

# Numbers and names in files run on without a space; a label breaks lines only where it is allowed to.
_LONG_WORD: Final = re.compile(r"\S{16}(?=\S)")


class Glyph(QWidget):
    """An icon in the colour of a token, beside a text that says the same."""

    def __init__(self, name: str, color: str, side: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._color = name, color
        self.setFixedSize(QSize(side, side))

    def show_icon(self, name: str, color: str) -> None:
        """Show another icon."""
        self._name, self._color = name, color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        icons.paint(painter, self._name, QRectF(self.rect()), getattr(now(), self._color))
        painter.end()


def text_label(text: str = "", *, look: str = "", scale: float = 1.0, bold: bool = False) -> QLabel:
    """Make a label for a whole text, which wraps and is never read as markup: much of it comes from files."""
    label = QLabel(breakable(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFont(theme.font(scale, bold=bold))
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if look:
        label.setProperty("look", look)
    return label


def set_look(label: QLabel, look: str) -> None:
    """Give a label that is shown already another look."""
    if label.property("look") != look:
        label.setProperty("look", look)
        label.style().unpolish(label)
        label.style().polish(label)


def breakable(text: str) -> str:
    """Let long words break, by spaces of no width."""
    return _LONG_WORD.sub(lambda match: match.group() + "\u200b", text)
