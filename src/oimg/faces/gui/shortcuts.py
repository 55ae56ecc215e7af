"""The sheet of keyboard shortcuts (F1), generated from actions and menus, so that it is always right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from oimg.faces.gui import theme
from oimg.faces.gui.actions import MENUS, SPECS, Act, plain
from oimg.faces.messages import _
from oimg.words.i18n import N_

MORE: Final = (
    (N_("Go to the next control"), ("Tab",)),
    (N_("Go to the control before"), ("Shift+Tab",)),
    (N_("What can be done with a file"), ("Menu", "Shift+F10")),
)
"""Keys that are no actions."""
_COLUMNS: Final = 2
_AIR: Final = 160  # so that few texts need a second line


def show_shortcuts(parent: QWidget) -> QDialog:
    """Show the sheet."""
    sheet = ShortcutSheet(parent)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sheet.open()
    return sheet


class ShortcutSheet(QDialog):
    """All keys in groups, as the menus have them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Keyboard shortcuts"))
        inside = QWidget(self)
        inside.setLayout(_columns([_group(title, rows, inside) for title, rows in groups()]))
        area = QScrollArea(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setAccessibleName(_("Keyboard shortcuts"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 12, 16, 12)
        foot.addWidget(buttons)
        layout.addLayout(foot)
        wanted = inside.sizeHint()
        screen = self.screen().availableSize()
        self.resize(min(wanted.width() + _AIR, screen.width() - 80), min(wanted.height() + 72, screen.height() - 120))
        buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()


def groups() -> Iterator[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """The title of every menu with its actions that have shortcuts, and the keys that are not actions."""
    for title, names in MENUS:
        rows = [(plain(SPECS[name].text), SPECS[name].keys) for name in names if isinstance(name, Act)]
        with_keys = [(text, keys) for text, keys in rows if keys]
        if with_keys:
            yield plain(title), with_keys
    yield _("Everywhere"), [(_(text), keys) for text, keys in MORE]


def native(keys: str) -> str:
    """Write keys as the system does."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _columns(cards: list[QWidget]) -> QHBoxLayout:
    """Fill the columns from the left, each about as tall as the other."""
    row = QHBoxLayout()
    row.setContentsMargins(16, 16, 16, 4)
    row.setSpacing(16)
    columns = [QVBoxLayout() for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for card in cards:
        shortest = heights.index(min(heights))
        columns[shortest].addWidget(card)
        heights[shortest] += card.sizeHint().height()
    for column in columns:
        column.setSpacing(16)
        column.addStretch()
        row.addLayout(column, 1)
    return row


def _group(title: str, rows: list[tuple[str, tuple[str, ...]]], parent: QWidget) -> QWidget:
    card = QFrame(parent)
    card.setProperty("look", "card")
    heading = QLabel(title, card)
    heading.setFont(theme.font(theme.TITLE, bold=True))
    grid = QGridLayout(card)
    grid.setContentsMargins(16, 12, 16, 14)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    grid.addWidget(heading, 0, 0, 1, 2)
    for line, (text, keys) in enumerate(rows, 1):
        label = QLabel(text, card)
        label.setWordWrap(True)
        grid.addWidget(label, line, 0)
        chips = QHBoxLayout()
        chips.setSpacing(4)
        for each in keys:
            chip = QLabel(native(each), card)
            chip.setProperty("look", "key")
            chips.addWidget(chip)
        grid.addLayout(chips, line, 1, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
    return card
