"""The look of the window: tokens for colours, spacing and radii, the palette made of them, and the theme in use."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from oimg.faces.gui.style_sheet import style_sheet
from oimg.faces.gui.tokens import DARK, LIGHT, Tokens, now, use

CAPTION: Final = 0.9
TITLE: Final = 1.15
WELCOME: Final = 1.7


class Choice(StrEnum):
    """Which theme the user wants."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Keeps the application in the chosen theme, and follows the system where that was chosen."""

    changed = Signal()

    def __init__(self, choice: Choice = Choice.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def choose(self, choice: Choice) -> None:
        """Take another theme."""
        self.choice = choice
        self._apply()

    def _apply(self, _: object = None) -> None:
        system = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = self.choice is Choice.DARK or (self.choice is Choice.SYSTEM and system)
        use(DARK if dark else LIGHT)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(palette(now()))
            wanted = style_sheet(now())
            if application.styleSheet() != wanted:  # all that is there would be styled anew
                application.setStyleSheet(wanted)
        self.changed.emit()


def font(scale: float = 1.0, *, bold: bool = False) -> QFont:
    """The system's font, larger or smaller, with figures of equal width, so that changing numbers do not jump."""
    made = QFont(QApplication.font())
    if made.pointSizeF() > 0:
        made.setPointSizeF(made.pointSizeF() * scale)
    else:
        made.setPixelSize(max(1, round(made.pixelSize() * scale)))
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    if hasattr(made, "setFeature"):  # Qt 6.7
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def palette(tokens: Tokens) -> QPalette:
    """Make the palette of a theme."""
    role = QPalette.ColorRole
    made = QPalette()
    for each, value in {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.raised,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.quiet,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.bad,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Accent: tokens.accent,
        role.Light: tokens.raised,
        role.Midlight: tokens.border,
        role.Mid: tokens.border,
        role.Dark: tokens.border,
        role.Shadow: tokens.border,
    }.items():
        made.setColor(each, QColor(value))
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(tokens.faint))
    return made
