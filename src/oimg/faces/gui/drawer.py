"""The drawer below the picture: panes that say more about it, one at a time; and the column that both share."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from oimg.faces.gui import icons
from oimg.faces.messages import _

_HEIGHT: Final = 320
_SMALLEST: Final = 168
# What the picture keeps at a first opening, however low the window is.
_SHARE: Final = 0.52


class Drawer(QFrame):
    """Tabs above the panes. A pane works while it is shown, and rests while it is hidden."""

    turned = Signal(str)
    """The key of the pane that is now visible; empty when the drawer was closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "pane")
        self._keys: list[str] = []
        self._actions: dict[str, QAction] = {}
        self._before: QWidget | None = None
        self._tabs = QTabBar(self)
        self._panes = QStackedWidget(self)
        self._lay_out()
        self._tabs.currentChanged.connect(self._turn)
        self.hide()

    def _lay_out(self) -> None:
        self._tabs.setAccessibleName(_("About this picture"))
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        close = QToolButton(self)
        close.setProperty("look", "plain")
        close.setIcon(icons.icon("dismiss"))
        close.setAccessibleName(_("Close the drawer"))
        close.setToolTip(_("Close the drawer (Esc)"))
        close.clicked.connect(self.shut)
        strip = QFrame(self)
        strip.setProperty("look", "strip")
        row = QHBoxLayout(strip)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(4)
        row.addWidget(self._tabs, 1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(strip)
        layout.addWidget(self._panes, 1)
        self.setMinimumHeight(_SMALLEST)

    def add(self, key: str, title: str, widget: QWidget, action: QAction | None = None) -> None:
        """Add a pane. A checkable action opens and closes it, and shows whether it is visible."""
        self._keys.append(key)
        self._panes.addWidget(widget)
        with QSignalBlocker(self._tabs):
            self._tabs.addTab(title)
        if action is not None:
            self._actions[key] = action
            action.triggered.connect(lambda checked: self.show_pane(key) if checked else self.shut())

    @property
    def current(self) -> str:
        """The key of the visible pane; empty while the drawer is closed."""
        return "" if self.isHidden() else self._keys[self._tabs.currentIndex()]

    def show_pane(self, key: str) -> None:
        """Open the drawer at a pane and give it the focus; an unknown key changes nothing."""
        if key not in self._keys:
            return
        if self.isHidden():
            self._before = QApplication.focusWidget()
        place = self._keys.index(key)
        with QSignalBlocker(self._tabs):
            self._tabs.setCurrentIndex(place)
        self._panes.setCurrentIndex(place)
        self.show()
        if (pane := self._panes.currentWidget()) is not None:
            pane.setFocus()
        self._tell()

    def shut(self) -> None:
        """Close the drawer; the focus returns to where it was."""
        within = self.isAncestorOf(focus) if (focus := QApplication.focusWidget()) is not None else False
        self.hide()
        if within and self._before is not None:
            with suppress(RuntimeError):  # it may be gone by now
                self._before.setFocus()
        self._before = None
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close at Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        else:
            super().keyPressEvent(event)

    def _turn(self, place: int) -> None:
        self._panes.setCurrentIndex(place)
        self._tell()

    def _tell(self) -> None:
        for key, action in self._actions.items():
            action.setChecked(key == self.current)
        self.turned.emit(self.current)


class Column(QSplitter):
    """A large widget above a drawer, which has the height that the user gave it last."""

    def __init__(self, above: QWidget, drawer: Drawer, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._drawer = drawer
        self._height = 0
        self.addWidget(above)
        self.addWidget(drawer)
        self.setStretchFactor(0, 1)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._keep_height)
        drawer.turned.connect(self._give_height)

    @property
    def state(self) -> str:
        """The state to remember: the visible pane and the height of the drawer."""
        return f"{self._drawer.current} {self._height}"

    def restore(self, state: str) -> None:
        """Restore a remembered state; one that cannot be parsed is ignored."""
        key, _space, height = state.partition(" ")
        if height.isascii() and height.isdigit():
            self._height = int(height)
        self._drawer.show_pane(key)

    def _keep_height(self) -> None:
        self._height = self._drawer.height()

    def _give_height(self, key: str) -> None:
        if key and self.height() > 0:
            height = self._height or round(min(_HEIGHT, self.height() * _SHARE))
            self.setSizes([self.height() - height, height])
