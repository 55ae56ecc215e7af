"""All actions of the window, each defined once: text, icon, shortcut, hint. Menus and buttons are made of these."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from oimg.faces.gui import icons
from oimg.faces.gui.theme import Choice
from oimg.faces.messages import _
from oimg.words.i18n import N_


class Act(StrEnum):
    """The names of the actions."""

    OPEN_FILES = "open-files"
    OPEN_FOLDER = "open-folder"
    PASTE = "paste"
    QUIT = "quit"
    SELECT_ALL = "select-all"
    SEARCH = "search"
    REMOVE = "remove"
    CLEAR = "clear"
    RETRY = "retry"
    SHOW = "show"
    OPTIMIZE = "optimize"
    OPTIMIZE_SELECTED = "optimize-selected"
    PAUSE = "pause"
    CANCEL = "cancel"
    RESULTS = "results"
    UNDO = "undo"
    UNDO_FILES = "undo-files"
    UNDO_EARLIER = "undo-earlier"
    RETRY_FAILED = "retry-failed"
    SHOW_RESULTS = "show-results"
    EXPORT_CSV = "export-csv"
    EXPORT_JSON = "export-json"
    QUEUE = "queue"
    OPTIONS = "options"
    COLUMNS = "columns"
    VIEW_SPLIT = "view-split"
    VIEW_SIDE = "view-side"
    VIEW_ORIGINAL = "view-original"
    VIEW_RESULT = "view-result"
    VIEW_DIFFERENCE = "view-difference"
    ZOOM_IN = "zoom-in"
    ZOOM_OUT = "zoom-out"
    ZOOM_FIT = "zoom-fit"
    ZOOM_100 = "zoom-100"
    ZOOM_200 = "zoom-200"
    ZOOM_400 = "zoom-400"
    PREVIOUS = "previous"
    NEXT = "next"
    NEXT_PART = "next-part"
    PREVIOUS_PART = "previous-part"
    FORMATS = "formats"
    CURVE = "curve"
    PRIVACY = "privacy"
    GUARDS = "guards"
    PREFERENCES = "preferences"
    THEME_SYSTEM = "theme-system"
    THEME_LIGHT = "theme-light"
    THEME_DARK = "theme-dark"
    SHORTCUTS = "shortcuts"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Spec:
    """The definition of an action. A shortcut without a modifier key works in the list, not in text fields."""

    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    tip: str = ""
    checkable: bool = False


SPECS: Final[dict[Act, Spec]] = {
    Act.OPEN_FILES: Spec(N_("Open &files…"), "picture", ("Ctrl+O",), N_("Add pictures to the list")),
    Act.OPEN_FOLDER: Spec(
        N_("Open f&older…"), "folder", ("Ctrl+Shift+O",), N_("Add all pictures in a folder and below it")
    ),
    Act.PASTE: Spec(N_("&Paste"), "paste", ("Ctrl+V",), N_("Add what was copied: files, or a picture")),
    Act.QUIT: Spec(N_("&Quit"), "", ("Ctrl+Q",)),
    Act.SELECT_ALL: Spec(N_("Select &all"), "", ("Ctrl+A",)),
    Act.SEARCH: Spec(N_("&Filter the list"), "search", ("Ctrl+F",)),
    Act.REMOVE: Spec(N_("&Remove from the list"), "remove", ("Del",), N_("The files themselves stay")),
    Act.CLEAR: Spec(N_("&Clear the list"), "clear", ("Ctrl+Shift+Del",), N_("The files themselves stay")),
    Act.RETRY: Spec(N_("&Try again"), "retry", ("Ctrl+R",), N_("Read the selected files anew and let them wait")),
    Act.SHOW: Spec(N_("&Show in folder"), "show-folder", ("Ctrl+Shift+F",), N_("The result where there is one")),
    Act.OPTIMIZE: Spec(N_("&Optimize all"), "optimize", ("Ctrl+Return",)),
    Act.OPTIMIZE_SELECTED: Spec(N_("Optimize se&lected"), "optimize", ("Ctrl+Shift+Return",)),
    Act.PAUSE: Spec(
        N_("&Pause"), "pause", ("Ctrl+P",), N_("Files that are being worked on are finished first"), checkable=True
    ),
    Act.CANCEL: Spec(N_("S&top"), "stop", ("Ctrl+.",), N_("Finished files stay")),
    Act.RESULTS: Spec(N_("&Results"), "results", ("Ctrl+J",), N_("What came of the last run")),
    Act.UNDO: Spec(
        N_("&Undo the run"),
        "undo",
        ("Ctrl+Z",),
        N_("Bring replaced originals back, or remove the results that were written"),
    ),
    Act.UNDO_FILES: Spec(
        N_("Undo for the se&lected files"),
        "undo",
        ("Ctrl+Shift+Z",),
        N_("Their originals come back, or their results go"),
    ),
    Act.UNDO_EARLIER: Spec(N_("Undo an &earlier run…"), "", (), N_("All runs that replaced originals")),
    Act.RETRY_FAILED: Spec(
        N_("Tr&y the rest again"), "retry", ("Ctrl+Shift+R",), N_("Files that failed or were stopped")
    ),
    Act.SHOW_RESULTS: Spec(N_("S&how results in folder"), "show-folder"),
    Act.EXPORT_CSV: Spec(N_("Export report as &CSV…"), "export", (), N_("A table for a spreadsheet")),
    Act.EXPORT_JSON: Spec(N_("Export report as &JSON…"), "export", (), N_("For programs: one line per file")),
    Act.QUEUE: Spec(N_("Show the &list"), "queue", ("F9",), checkable=True),
    Act.OPTIONS: Spec(N_("Show the &options"), "options", ("F10",), checkable=True),
    Act.COLUMNS: Spec(N_("Show &columns"), "columns", ("Ctrl+L",), N_("A table to sort by"), checkable=True),
    Act.VIEW_SPLIT: Spec(
        N_("&Split"), "view-split", ("Alt+1",), N_("Original and result in one picture, with a line to move"), True
    ),
    Act.VIEW_SIDE: Spec(
        N_("Side &by side"), "view-side", ("Alt+2",), N_("Original and result next to each other"), True
    ),
    Act.VIEW_ORIGINAL: Spec(
        N_("&Original"),
        "view-original",
        ("Alt+3",),
        N_("Hold the space bar over the picture for a moment's look"),
        True,
    ),
    Act.VIEW_RESULT: Spec(N_("&Result"), "view-result", ("Alt+4",), N_("The picture as it will be"), True),
    Act.VIEW_DIFFERENCE: Spec(
        N_("&Difference"),
        "view-difference",
        ("Alt+5",),
        N_("Where the result differs, and how much one sees of it"),
        True,
    ),
    Act.ZOOM_IN: Spec(N_("Zoom &in"), "zoom-in", ("Ctrl++", "Ctrl+=")),
    Act.ZOOM_OUT: Spec(N_("Zoom o&ut"), "zoom-out", ("Ctrl+-",)),
    Act.ZOOM_FIT: Spec(N_("&Fit"), "", ("Ctrl+0",), N_("See all of the picture")),
    Act.ZOOM_100: Spec(N_("&100 %"), "", ("Ctrl+1",), N_("One pixel of the picture on one of the screen")),
    Act.ZOOM_200: Spec(N_("&200 %"), "", ("Ctrl+2",)),
    Act.ZOOM_400: Spec(N_("&400 %"), "", ("Ctrl+4",)),
    Act.PREVIOUS: Spec(N_("&Previous picture"), "", ("Alt+Left",)),
    Act.NEXT: Spec(N_("&Next picture"), "", ("Alt+Right",)),
    Act.NEXT_PART: Spec(N_("Next pa&rt of the window"), "", ("Ctrl+Tab",)),
    Act.PREVIOUS_PART: Spec(N_("Pre&vious part of the window"), "", ("Ctrl+Shift+Tab",)),
    Act.FORMATS: Spec(
        N_("Compare &formats"),
        "formats",
        ("F6",),
        N_("This picture in every format: size, looks, time"),
        checkable=True,
    ),
    Act.CURVE: Spec(N_("&Curve"), "curve", ("F7",), N_("What each step of quality costs in bytes"), checkable=True),
    Act.PRIVACY: Spec(N_("&Privacy"), "eye", ("F8",), N_("What this picture reveals"), checkable=True),
    Act.GUARDS: Spec(N_("&Guards and stored data…"), "guard", (), N_("What keeps your pictures on this computer")),
    Act.PREFERENCES: Spec(N_("Pr&eferences…"), "preferences", ("Ctrl+,",)),
    Act.THEME_SYSTEM: Spec(N_("Theme of the s&ystem"), checkable=True),
    Act.THEME_LIGHT: Spec(N_("&Light theme"), checkable=True),
    Act.THEME_DARK: Spec(N_("&Dark theme"), checkable=True),
    Act.SHORTCUTS: Spec(N_("&Keyboard shortcuts"), "keyboard", ("F1",)),
    Act.ABOUT: Spec(N_("&About OIMG"), "about"),
}
_AFTER: Final = (Act.RESULTS, Act.SHOW_RESULTS, Act.RETRY_FAILED)
# None is a separator.
MENUS: Final[tuple[tuple[str, tuple[Act | None, ...]], ...]] = (
    (
        N_("&File"),
        (
            *(Act.OPEN_FILES, Act.OPEN_FOLDER, Act.PASTE, None, Act.SHOW, None),
            *(Act.EXPORT_CSV, Act.EXPORT_JSON, None, Act.QUIT),
        ),
    ),
    (
        N_("&Edit"),
        (
            *(Act.UNDO, Act.UNDO_FILES, Act.UNDO_EARLIER, None, Act.SELECT_ALL, Act.SEARCH, None),
            *(Act.RETRY, Act.REMOVE, Act.CLEAR, None, Act.PREFERENCES),
        ),
    ),
    (
        N_("&View"),
        (
            Act.QUEUE,
            Act.OPTIONS,
            Act.COLUMNS,
            None,
            Act.FORMATS,
            Act.CURVE,
            Act.PRIVACY,
            None,
            Act.NEXT_PART,
            Act.PREVIOUS_PART,
            None,
            Act.THEME_SYSTEM,
            Act.THEME_LIGHT,
            Act.THEME_DARK,
        ),
    ),
    (
        N_("&Picture"),
        (
            *(Act.VIEW_SPLIT, Act.VIEW_SIDE, Act.VIEW_ORIGINAL, Act.VIEW_RESULT, Act.VIEW_DIFFERENCE, None),
            *(Act.ZOOM_IN, Act.ZOOM_OUT, Act.ZOOM_FIT, Act.ZOOM_100, Act.ZOOM_200, Act.ZOOM_400, None),
            *(Act.PREVIOUS, Act.NEXT),
        ),
    ),
    (N_("&Run"), (Act.OPTIMIZE, Act.OPTIMIZE_SELECTED, None, Act.PAUSE, Act.CANCEL, None, *_AFTER)),
    (N_("&Help"), (Act.SHORTCUTS, Act.GUARDS, None, Act.ABOUT)),
)
ROW_MENU: Final = (Act.OPTIMIZE_SELECTED, Act.RETRY, Act.UNDO_FILES, Act.SHOW, None, Act.REMOVE)
THEMES: Final = {Act.THEME_SYSTEM: Choice.SYSTEM, Act.THEME_LIGHT: Choice.LIGHT, Act.THEME_DARK: Choice.DARK}


class Actions:
    """All actions of one window: `actions[Act.PASTE].triggered.connect(…)`."""

    def __init__(self, parent: QObject) -> None:
        self._made = {name: _made(name, spec, parent) for name, spec in SPECS.items()}
        themes = QActionGroup(parent)
        for name in THEMES:
            themes.addAction(self[name])

    def __getitem__(self, name: Act) -> QAction:
        """The `QAction` of an act."""
        return self._made[name]

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus."""
        for title, names in MENUS:
            self.fill_menu(bar.addMenu(_(title)), names)

    def fill_menu(self, menu: QMenu, names: tuple[Act | None, ...]) -> None:
        """Put actions into a menu."""
        for name in names:
            if name is None:
                menu.addSeparator()
            else:
                menu.addAction(self[name])

    def row_menu(self, parent: QWidget) -> QMenu:
        """Make the menu of a row."""
        menu = QMenu(parent)
        self.fill_menu(menu, ROW_MENU)
        return menu


def plain(text: str) -> str:
    """Translate the text of an action and remove the mark of its mnemonic, also one such as "打开(&O)"."""
    return re.sub(r"\(&\w\)|&", "", _(text)).rstrip("…")


def _made(name: Act, spec: Spec, parent: QObject) -> QAction:
    action = QAction(_(spec.text), parent)
    action.setObjectName(name)
    action.setCheckable(spec.checkable)
    action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
    if spec.icon:
        action.setIcon(icons.icon(spec.icon))
    name_ = plain(spec.text)
    action.setIconText(name_)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(_("{name} ({keys})").format(name=name_, keys=keys) if keys else name_)
    action.setStatusTip(_(spec.tip) if spec.tip else name_)
    return action
