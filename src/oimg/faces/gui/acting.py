"""What the actions of the window do, and when they are enabled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from oimg.faces.gui import icons
from oimg.faces.gui.actions import SPECS, THEMES, Act, plain
from oimg.faces.gui.focus import jump
from oimg.faces.gui.panes import TABLE
from oimg.faces.gui.shortcuts import show_shortcuts
from oimg.faces.messages import _

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow

_FOR_ROWS: Final = (
    *(Act.SELECT_ALL, Act.SEARCH, Act.CLEAR, Act.COLUMNS),
    *(Act.QUEUE, Act.OPTIONS, Act.FORMATS, Act.CURVE, Act.PRIVACY),
)
_FOR_SELECTED: Final = (Act.REMOVE, Act.RETRY, Act.SHOW)


def join_actions(window: MainWindow) -> None:
    """Connect every action."""
    actions, view = window.actions_, window.queue.view
    doings: dict[Act, Callable[[], object]] = {
        Act.OPEN_FILES: window.dropping.ask_for_files,
        Act.OPEN_FOLDER: window.dropping.ask_for_folder,
        Act.PASTE: window.dropping.paste,
        Act.QUIT: window.close,
        Act.SELECT_ALL: view.selectAll,
        Act.SEARCH: window.queue.search.setFocus,
        Act.REMOVE: lambda: window.model.remove(view.selected_ids()),
        Act.CLEAR: lambda: window.model.remove([row.id for row in window.model.rows()]),
        Act.RETRY: window.retry_selected,
        Act.SHOW: window.show_selected_in_folder,
        Act.OPTIMIZE: window.optimize,
        Act.OPTIMIZE_SELECTED: window.optimize_selected,
        Act.CANCEL: window.running.cancel,
        Act.NEXT_PART: lambda: jump(window.parts, 1),
        Act.PREVIOUS_PART: lambda: jump(window.parts, -1),
        Act.SHORTCUTS: lambda: show_shortcuts(window),
        Act.ABOUT: window.about.show,
    }
    for name, do in doings.items():
        actions[name].triggered.connect(lambda _=False, do=do: do())
    actions[Act.PAUSE].toggled.connect(lambda on: _pause(window, on=on))
    actions[Act.COLUMNS].toggled.connect(lambda on: view.show_columns(shown=on))
    actions[Act.COLUMNS].triggered.connect(lambda on: window.splitter.widen_list(TABLE if on else 0))
    for name, pane in ((Act.QUEUE, window.queue), (Act.OPTIONS, window.options)):
        actions[name].setChecked(True)
        actions[name].toggled.connect(pane.setVisible)
    for name, choice in THEMES.items():
        actions[name].triggered.connect(lambda _=False, choice=choice: window.theme.choose(choice))
        actions[name].setChecked(choice is window.theme.choice)


def _pause(window: MainWindow, *, on: bool) -> None:
    """Pause or resume the work; the action's text says what it would do next."""
    action = window.actions_[Act.PAUSE]
    action.setText(_("&Resume") if on else _(SPECS[Act.PAUSE].text))
    action.setIconText(plain("&Resume" if on else SPECS[Act.PAUSE].text))
    action.setIcon(icons.icon("resume" if on else SPECS[Act.PAUSE].icon))
    window.running.pause(paused=on)


def show_actions(window: MainWindow) -> None:
    """Enable what can be done now."""
    actions = window.actions_
    there, active = window.model.rowCount() > 0, window.running.active
    some = there and window.queue.view.selectionModel().hasSelection()
    for name in _FOR_ROWS:
        actions[name].setEnabled(there)
    for name in _FOR_SELECTED:
        actions[name].setEnabled(some)
    actions[Act.OPTIMIZE].setEnabled(there and not active)
    actions[Act.OPTIMIZE_SELECTED].setEnabled(some and not active)
    actions[Act.PAUSE].setEnabled(active)
    actions[Act.CANCEL].setEnabled(active)
