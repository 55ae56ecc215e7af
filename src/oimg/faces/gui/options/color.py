"""A colour: a button that shows it, and its number to be typed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QColorDialog, QLineEdit, QToolButton, QWidget

from oimg.faces.gui.options.fields import introduce, line
from oimg.faces.gui.tokens import now
from oimg.faces.messages import _
from oimg.words.recipe import RecipeError, background_rgb

_LONGEST = 7


class ColorField(QWidget):
    """Emits every text that is typed; its owner decides whether that is a colour."""

    changed = Signal(str)

    def __init__(self, kind: type, name: str, title: str) -> None:
        super().__init__()
        self.button = _Swatch()
        self.button.setAccessibleName(_("Choose a colour"))
        self.button.setToolTip(_("Choose a colour"))
        self.text = QLineEdit()
        self.text.setMaxLength(_LONGEST)
        introduce(self.text, kind, name, title)
        self.setLayout(line(self.button, self.text, grow=self.text))
        self.setFocusProxy(self.text)
        self.text.textEdited.connect(self.changed)
        self.button.clicked.connect(self.ask)

    def show_value(self, text: str) -> None:
        """Show a colour; one that is being typed is not overwritten."""
        if text != self.text.text():
            self.text.setText(text)
        try:
            self.button.color = QColor(*background_rgb(text))
        except RecipeError:
            return
        self.button.update()

    def ask(self) -> QColorDialog:
        """Let the user choose."""
        dialog = QColorDialog(self.button.color, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda color: self._choose(color.name()))
        dialog.open()
        return dialog

    def _choose(self, name: str) -> None:
        self.show_value(name)
        self.changed.emit(name)


class _Swatch(QToolButton):
    def __init__(self) -> None:
        super().__init__()
        self.color = QColor("#ffffff")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, and the colour on it."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(now().quiet), 1))
        painter.setBrush(self.color)
        middle = QRectF(self.rect()).center()
        painter.drawRoundedRect(QRectF(middle.x() - 9.5, middle.y() - 9.5, 19, 19), 4, 4)
        painter.end()
