"""The strip below the menus: buttons to add pictures, the view's controls in the middle, and buttons of the panes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from oimg.faces.gui import icons
from oimg.faces.gui.actions import Act, Actions
from oimg.faces.messages import _

_BESIDE: Final = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_ALONE: Final = Qt.ToolButtonStyle.ToolButtonIconOnly


class Header(QFrame):
    """Buttons of actions. `add_to_middle` and `add_to_end` are for parts of the window that appear and disappear."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "strip")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 8, 8, 8)
        self._row.setSpacing(6)
        self._row.addWidget(self._adding(actions))
        self._row.addWidget(_button(actions[Act.PASTE], self))
        self._row.addStretch()
        self._middle = QHBoxLayout()
        self._row.addLayout(self._middle)
        self._row.addStretch()
        self._end = QHBoxLayout()
        self._toggles: list[QToolButton] = []
        self._names = 0
        self._named = True
        self._too_narrow = 0
        self._row.addLayout(self._end)
        self._panes = [_button(actions[name], self, text=False) for name in (Act.QUEUE, Act.OPTIONS)]
        for button in self._panes:
            self._row.addWidget(button)

    def show_panes(self, *, there: bool) -> None:
        """Have the buttons of the panes and of what is known of a picture, where there are any pictures."""
        for button in (*self._panes, *self._toggles):
            button.setVisible(there)

    def add_to_middle(self, widget: QWidget) -> None:
        """Put something into the middle."""
        self._middle.addWidget(widget)

    def add_to_end(self, actions: Sequence[QAction]) -> None:
        """Put buttons before those of the panes. They go without their names where there is no room."""
        for action in actions:
            self._toggles.append(_button(action, self))
            self._end.addWidget(self._toggles[-1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt to another size."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Adapt when something in it was shown or hidden."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        needed = self._row.sizeHint().width() + (0 if self._named else self._names)
        # Never back at a width at which they had no room: what is reckoned may be less than what they take.
        fits = needed <= self.width() and (self._named or self.width() > self._too_narrow)
        if self._named is fits:
            return
        if self._named:
            self._too_narrow = self.width()
        self._named = not self._named
        for button in self._toggles:
            button.ensurePolished()  # or one that was never seen yet would tell less than it takes
        before = sum(button.sizeHint().width() for button in self._toggles)
        for button in self._toggles:
            button.setToolButtonStyle(_BESIDE if self._named else _ALONE)
        self._names = abs(before - sum(button.sizeHint().width() for button in self._toggles))

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
    button.setToolButtonStyle(_BESIDE if text else _ALONE)
    return button
