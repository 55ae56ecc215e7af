"""The first page: a drop zone for pictures, and other ways to add them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from oimg.faces.gui import icons, theme
from oimg.faces.gui.options import words
from oimg.faces.gui.tokens import now
from oimg.faces.messages import _

_ICONS: Final = ("picture", "folder", "paste")


class Home(QWidget):
    """Shown while the queue is empty."""

    preset_chosen = Signal(str)
    clicked = Signal()
    """Emitted when the drop zone is clicked."""

    def __init__(self, ways: Sequence[QAction], presets: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # so that nothing has the focus before a key is pressed
        self._chips = QButtonGroup(self)
        zone = _Zone(ways, self)
        zone.clicked.connect(self.clicked)
        question = QLabel(_("How should they be optimized?"), self)
        self._meaning = QLabel(self)
        self._meaning.setProperty("look", "quiet")
        for label in (question, self._meaning):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addStretch()
        self._row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 32, 40, 24)
        layout.setSpacing(12)
        layout.addWidget(zone, 1)
        layout.addSpacing(12)
        layout.addWidget(question)
        layout.addLayout(self._row)
        layout.addWidget(self._meaning)
        self.show_presets(presets)

    def show_presets(self, presets: Sequence[str]) -> None:
        """Offer these presets, and no others."""
        for old in self._chips.buttons():
            self._chips.removeButton(old)
            self._row.removeWidget(old)
            old.deleteLater()
        for place, name in enumerate(presets, 1):
            chip = QPushButton(words.preset(name), self)
            chip.setProperty("look", "chip")
            chip.setProperty("preset", name)
            chip.setCheckable(True)
            chip.clicked.connect(lambda _=False, name=name: self.preset_chosen.emit(name))
            self._chips.addButton(chip)
            self._row.insertWidget(place, chip)

    def show_preset(self, name: str, meaning: str) -> None:
        """Mark the preset in use, none where the recipe is the user's own; and say what that recipe does."""
        self._meaning.setText(meaning)
        self._chips.setExclusive(False)
        for chip in self._chips.buttons():
            chip.setChecked(chip.property("preset") == name)
        self._chips.setExclusive(True)


class _Zone(QWidget):
    """The large frame; all of it can be clicked."""

    clicked = Signal()

    def __init__(self, ways: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        picture = _Picture(self)
        title = QLabel(_("Drop pictures or folders here"), self)
        title.setFont(theme.font(theme.WELCOME, bold=True))
        hint = QLabel(
            _("JPEG, PNG, WebP, AVIF, JPEG XL, HEIC, GIF, TIFF and more. They never leave this computer."), self
        )
        hint.setProperty("look", "quiet")
        for label in (title, hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        for each, action in enumerate(ways):
            button = QPushButton(action.iconText(), self)
            button.setProperty("look", "primary" if each == 0 else "secondary")
            button.setIcon(icons.icon(_ICONS[each], "on_accent" if each == 0 else "text"))
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.setSpacing(10)
        layout.addStretch()
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(title)
        layout.addWidget(hint)
        layout.addSpacing(14)
        layout.addLayout(buttons)
        layout.addStretch()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a click anywhere."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame."""
        tokens, painter = now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens.faint), 1.5)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        painter.end()


class _Picture(QWidget):
    """The icon in the drop zone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(72, 72))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it on a round ground."""
        tokens, painter = now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.selection))
        painter.drawEllipse(self.rect())
        icons.paint(painter, "drop", QRectF(self.rect()).adjusted(18, 18, -18, -18), tokens.accent)
        painter.end()
