"""The view switch and the zoom, for the window's header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from oimg.faces.gui.stage import words
from oimg.faces.messages import _

# Widths of the window from which on views have their names beside their icons, and the zoom has all its buttons.
_ROOMY: Final = 1500
_ENOUGH: Final = 1100


class ViewSwitch(QWidget):
    """One button for each view; names where there is room for them."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("View"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._buttons = [_button(action, self) for action in actions]
        for button in self._buttons:
            layout.addWidget(button)
        self.window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the width of the window."""
        if event.type() is QEvent.Type.Resize and watched is self.window():
            beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
            for button in self._buttons:
                button.setToolButtonStyle(beside if self.window().width() >= _ROOMY else alone)
        return super().eventFilter(watched, event)


class ZoomControl(QWidget):
    """Smaller, the scale with a menu of scales, larger."""

    def __init__(self, out: QAction, into: QAction, scales: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Zoom"))
        self._scale = QToolButton(self)
        self._scale.setProperty("look", "plain")
        self._scale.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._scale.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._scale.setToolTip(_("Choose a scale"))
        self._scale.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        menu = QMenu(self._scale)
        menu.addActions(list(scales))
        self._scale.setMenu(menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._steps = [_button(out, self), _button(into, self)]
        layout.addWidget(self._steps[0])
        layout.addWidget(self._scale)
        layout.addWidget(self._steps[1])
        self.window().installEventFilter(self)
        self._scale.setText(words.zoom(32.0))
        self._scale.setMinimumWidth(self._scale.sizeHint().width())  # the longest, so that nothing jumps
        self.show_scale(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the width of the window; the menu has all that there is."""
        if event.type() is QEvent.Type.Resize and watched is self.window():
            for button in self._steps:
                button.setVisible(self.window().width() >= _ENOUGH)
        return super().eventFilter(watched, event)

    def show_scale(self, scale: float | None) -> None:
        """Show the scale; None while there is no picture."""
        text = "—" if scale is None else words.zoom(scale)
        self._scale.setText(text)
        self._scale.setEnabled(scale is not None)
        self._scale.setAccessibleName(_("Zoom: {scale}").format(scale=text))


def _button(action: QAction, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setProperty("look", "plain")
    button.setAccessibleName(action.iconText())
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    return button
