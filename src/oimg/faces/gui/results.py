"""The results sheet: what was saved, the outcomes of the files with reasons, and the next actions."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from oimg.faces.gui import icons, theme
from oimg.faces.gui.entry import Entry
from oimg.faces.gui.outcomes import End, Summary
from oimg.faces.messages import _

_WIDEST: Final = 560
_MARGIN: Final = 24
_SPACE: Final = 8
_COLORS: Final = {
    End.OPTIMIZED: "good",
    End.SMALL: "good",
    End.KEPT: "quiet",
    End.FAILED: "bad",
    End.STOPPED: "warn",
}
_ICONS: Final = {End.SMALL: "optimized"}


class ResultsSheet(QFrame):
    """Covers another widget; closed by Esc. Its buttons are actions, which know when they are enabled."""

    files_asked = Signal(str, frozenset)
    """Emitted with a text and the ids of the rows that it is about."""
    closed = Signal()

    def __init__(self, actions: tuple[QAction, ...], exports: tuple[QAction, ...], over: QWidget) -> None:
        super().__init__(over)
        self.setProperty("look", "pane")
        self.setAutoFillBackground(True)
        self.setAccessibleName(_("Results"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._over = over
        self._headline = QLabel(self)
        self._share = QLabel(self)
        self._facts = QLabel(self)
        self._groups = QVBoxLayout()
        self._entries: list[Entry] = []
        self._all_buttons: list[QToolButton] = []
        self._arranged: tuple[list[QToolButton], int] = ([], 0)
        self._buttons = QGridLayout()
        self._lay_out()
        self._add_buttons(actions, exports)
        over.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        self._headline.setFont(theme.font(theme.WELCOME, bold=True))
        self._headline.setWordWrap(True)
        self._share.setFont(theme.font(theme.WELCOME))
        self._share.setProperty("look", "good")
        self._facts.setProperty("look", "quiet")
        self._facts.setWordWrap(True)
        figures = QHBoxLayout()
        figures.setSpacing(12)
        figures.addWidget(self._headline, 1)
        figures.addWidget(self._share)
        content = QWidget(self)
        content.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(content)
        column.setContentsMargins(_MARGIN, 0, _MARGIN, _MARGIN)
        column.setSpacing(4)
        column.addLayout(figures)
        column.addWidget(self._facts)
        column.addSpacing(16)
        self._groups.setSpacing(2)
        column.addLayout(self._groups)
        column.addSpacing(16)
        self._buttons.setSpacing(_SPACE)
        column.addLayout(self._buttons)
        column.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 8, 0)
        layout.setSpacing(0)
        layout.addWidget(self._closing(), 0, Qt.AlignmentFlag.AlignTrailing)
        layout.addWidget(_scrolled(content, self), 1)

    def _closing(self) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon("dismiss"))
        button.setText(_("Close the results"))
        button.setAccessibleName(button.text())
        button.setToolTip(_("Close the results (Esc)"))
        button.setProperty("look", "plain")
        button.clicked.connect(self.close_sheet)
        return button

    def _add_buttons(self, actions: tuple[QAction, ...], exports: tuple[QAction, ...]) -> None:
        for action in actions:
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setAccessibleName(action.iconText())
            self._add_button(button)
            action.changed.connect(self._arrange)
        export = QToolButton(self)
        menu = QMenu(export)
        menu.addActions(exports)
        export.setMenu(menu)
        export.setText(_("Export report"))
        export.setAccessibleName(export.text())
        export.setIcon(icons.icon("export"))
        export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._add_button(export)

    def _add_button(self, button: QToolButton) -> None:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._all_buttons.append(button)

    def show_summary(self, summary: Summary) -> None:
        """Show what came of a batch."""
        self._headline.setText(summary.headline)
        self._share.setText(summary.share)
        self._share.setVisible(bool(summary.share))
        self._share.setProperty("look", "good" if summary.saved > 0 else "warn")
        self._share.style().polish(self._share)
        self._facts.setText(summary.facts)
        self._show_groups(summary)

    def _show_groups(self, summary: Summary) -> None:
        for each in self._entries:
            self._groups.removeWidget(each)
            each.deleteLater()
        self._entries = []
        for group in summary.groups:
            entry = Entry(group.text, _ICONS.get(group.end, group.end.value), _COLORS[group.end], self)
            self._add_entry(entry, group.text, group.ids)
            for reason in group.reasons:
                why = Entry(reason.text, "", "quiet", self, count=len(reason.ids) if len(group.reasons) > 1 else 0)
                self._add_entry(why, reason.text, reason.ids)

    def _add_entry(self, entry: Entry, text: str, ids: frozenset[int]) -> None:
        entry.clicked.connect(lambda: self.files_asked.emit(text, ids))
        self._groups.addWidget(entry)
        self._entries.append(entry)

    def open_sheet(self) -> None:
        """Cover the widget below."""
        self.setGeometry(self._over.rect())
        self._arrange()
        self.show()
        self.raise_()
        self.setFocus()

    def close_sheet(self) -> None:
        """Show what is below."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as what is covered."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use as many columns of buttons as fit."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the buttons that can be used into two columns, or below one another where that is too wide."""
        can = [each for each in self._all_buttons if each.defaultAction() is None or each.defaultAction().isEnabled()]
        room = min(self.width(), _WIDEST) - 2 * _MARGIN - _SPACE
        columns = 2 if 2 * max(each.sizeHint().width() for each in can) <= room else 1
        if (can, columns) == self._arranged:
            return
        self._arranged = can, columns
        for button in self._all_buttons:
            self._buttons.removeWidget(button)
            button.setVisible(button in can)
        for place, button in enumerate(can):
            self._buttons.addWidget(button, place // columns, place % columns)


def _scrolled(content: QWidget, parent: QWidget) -> QScrollArea:
    """Put a column into the middle of an area that scrolls."""
    holder = QWidget(parent)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(content)
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(holder)
    holder.setAutoFillBackground(False)  # the area has filled it with its own colour
    area.setAccessibleName(_("Results"))
    return area
