"""The strip below the menus: adding pictures at the start, what belongs to the view in the middle, panes at the end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from oimg.faces.gui import icons
from oimg.faces.gui.actions import Act, Actions
from oimg.faces.messages import _


class Header(QFrame):
    """Buttons of actions. `add_to_middle` and `add_to_end` are for the parts of the window that come and go."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "strip")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 7, 8, 7)
        self._row.setSpacing(6)
        self._row.addWidget(self._adding(actions))
        self._row.addWidget(_button(actions[Act.PASTE], self))
        self._row.addStretch()
        self._middle = QHBoxLayout()
        self._row.addLayout(self._middle)
        self._row.addStretch()
        self._end = QHBoxLayout()
        self._row.addLayout(self._end)
        self._panes = [_button(actions[name], self, text=False) for name in (Act.QUEUE, Act.OPTIONS)]
        for button in self._panes:
            self._row.addWidget(button)

    def show_panes(self, *, there: bool) -> None:
        """Have the buttons of the panes, where there are any panes."""
        for button in self._panes:
            button.setVisible(there)

    def add_to_middle(self, widget: QWidget) -> None:
        """Put something into the middle."""
        self._middle.addWidget(widget)

    def add_to_end(self, actions: Sequence[QAction]) -> None:
        """Put buttons before those of the panes."""
        for action in actions:
            self._end.addWidget(_button(action, self))

    def _adding(self, actions: Actions) -> QToolButton:
        """The button opens files; its menu has folders, too."""
        button = QToolButton(self)
        menu = QMenu(button)
        actions.fill_menu(menu, (Act.OPEN_FILES, Act.OPEN_FOLDER))
        button.setText(_("Add"))
        button.setAccessibleName(_("Add pictures"))
        button.setIcon(icons.icon("add"))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button


def _button(action: QAction, parent: QWidget, *, text: bool = True) -> QToolButton:
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setProperty("look", "plain")
    button.setAccessibleName(action.iconText())
    style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if text else Qt.ToolButtonStyle.ToolButtonIconOnly
    button.setToolButtonStyle(style)
    return button
