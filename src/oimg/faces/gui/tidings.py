"""A strip above the foot that says what was just done; it disappears by itself if nothing else is needed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from oimg.faces.gui import icons
from oimg.faces.messages import _

_SHOWN: Final = 10_000  # ms; long enough to be read twice


class Tidings(QFrame):
    """Shows one text at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "tidings")
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton(self)
        close.setIcon(icons.icon("dismiss"))
        close.setText(_("Close this message"))
        close.setAccessibleName(close.text())
        close.setToolTip(close.text())
        close.setProperty("look", "plain")
        close.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 8, 6)
        layout.setSpacing(12)
        layout.addWidget(self._text, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """The present text; empty if there is none."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, *, stays: bool = False) -> None:
        """Show a text for a while, or, if it `stays`, until it is closed."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.show()
        if stays:
            self._timer.stop()
        else:
            self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
