"""A dialog whose content scrolls above a foot that stays where it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget


def lay_out(dialog: QDialog, content: QWidget, foot: QHBoxLayout) -> None:
    """Fill a dialog that has its title already; the scrolling part is called like it."""
    scroll = QScrollArea(dialog)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setProperty("look", "stage")
    scroll.setAccessibleName(dialog.windowTitle())
    scroll.setWidget(content)
    whole = QVBoxLayout(dialog)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(0)
    whole.addWidget(scroll, 1)
    whole.addLayout(foot)
