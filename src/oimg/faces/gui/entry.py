"""A button with a line of text that wraps, an icon before it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from oimg.faces.gui import icons, theme
from oimg.faces.gui.tokens import now
from oimg.faces.messages import number


class Entry(QPushButton):
    """A button whose text may have several lines. Without an icon, it is aligned with one above that has an icon."""

    def __init__(self, text: str, icon: str, color: str, parent: QWidget | None = None, *, count: int = 0) -> None:
        super().__init__(parent)
        self.setProperty("look", "entry")
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        mark = _Mark(icon, color, self)
        words = QLabel(text, self)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setFont(theme.font(bold=True) if icon else theme.font(theme.CAPTION))
        if not icon:
            words.setProperty("look", "quiet")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 6 if icon else 4, 8, 6 if icon else 4)
        row.setSpacing(10)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        if count:
            row.addWidget(_count(count, self), 0, Qt.AlignmentFlag.AlignTop)

    def sizeHint(self) -> QSize:
        """As large as the text."""
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As large as the text with all of its lines."""
        return self._row.minimumSize()


class _Mark(QWidget):
    """An icon, or an empty space of its size; painted on demand, so that it follows the theme."""

    def __init__(self, icon: str, color: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(icons.SIZE, icons.SIZE if icon else 1)
        self._icon, self._color = icon, color

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._icon:
            painter = QPainter(self)
            icons.paint(painter, self._icon, QRectF(self.rect()), getattr(now(), self._color))
            painter.end()


def _count(count: int, parent: QWidget) -> QLabel:
    label = QLabel(number(count), parent)
    label.setFont(theme.font(theme.CAPTION))
    label.setProperty("look", "quiet")
    return label
