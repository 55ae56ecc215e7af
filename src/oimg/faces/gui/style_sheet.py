"""The one style sheet, made of tokens. Widgets choose a look by name: `setProperty("look", "primary")`."""

from __future__ import annotations

from string import Template
from typing import Final

from oimg.faces.gui import icons
from oimg.faces.gui.tokens import LIGHT, RADIUS, SMALL_RADIUS, Tokens

# Looks: primary, plain (a button without a frame), entry (one with lines of text), link (plain, as text), icon, small,
# segment (one of several), chip; card, strip, foot, tidings (frames); quiet, warn, bad (texts).
_SHEET: Final = Template("""
QMainWindow, QDialog { background: $window; }
QMenuBar { background: $window; border: 0; }
QMenuBar::item { padding: 5px 10px; border-radius: ${small}px; background: transparent; }
QMenuBar::item:selected { background: $selection; color: $text; }
QMenu { background: $raised; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: ${small}px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }

QPushButton, QToolButton {
  background: $surface; color: $text; border: 1px solid $border; border-radius: ${small}px; padding: 5px 12px;
  min-height: 20px; qproperty-iconSize: 20px 20px;
}
QToolButton { padding: 4px 8px 3px 8px; }
QPushButton:hover, QToolButton:hover { background: $raised; border-color: $quiet; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: $selection; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QToolButton:focus { padding: 3px 7px 2px 7px; }
QPushButton:disabled, QToolButton:disabled { color: $faint; background: $window; }
QToolButton::menu-indicator { image: url($down); subcontrol-position: right center; right: 5px; width: 14px; }
QToolButton[popupMode="2"] { padding-right: 24px; }
*[look="plain"] { background: transparent; border-color: transparent; }
*[look="plain"]:hover { background: $selection; border-color: transparent; }
*[look="plain"]:checked { background: $selection; }
*[look="plain"]:disabled { background: transparent; border-color: transparent; }
*[look="plain"]:focus { border: 2px solid $accent; }
*[look="primary"] {
  background: $accent; color: $on_accent; border: 1px solid $accent; padding: 9px 20px; font-weight: 600;
}
*[look="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
*[look="primary"]:focus { border: 2px solid $text; padding: 8px 19px; }
*[look="primary"]:disabled { background: $border; border-color: $border; color: $quiet; }
*[look="secondary"] { padding: 9px 16px; }
*[look="secondary"]:focus { padding: 8px 15px; }
*[look="entry"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 0; }
*[look="entry"]:hover { background: $selection; border-color: transparent; }
*[look="entry"]:focus { border: 2px solid $accent; padding: 0; }
*[look="chip"] { border-radius: 16px; padding: 5px 14px; }
*[look="chip"]:focus { padding: 4px 13px; }
*[look="chip"]:checked { background: $selection; border-color: $accent; }
*[look="segment"] { padding: 5px 8px; }
*[look="segment"]:focus { padding: 4px 7px; }
*[look="chip"]:checked:focus { border: 2px solid $text; }
*[look="segment"]:checked { background: $selection; border-color: $accent; font-weight: 600; }
*[look="segment"]:checked:focus { border: 2px solid $text; }
*[look="link"] { background: transparent; border-color: transparent; color: $accent; padding: 3px 4px; }
*[look="link"]:hover { background: $raised; border-color: transparent; }
*[look="link"]:focus { border: 2px solid $accent; padding: 2px 3px; }
QToolButton[look="icon"] { padding: 4px 6px 3px 6px; }
QToolButton[look="icon"]:focus { padding: 3px 5px 2px 5px; }
QToolButton[look="icon"]::menu-indicator { image: none; width: 0; }
QToolButton[look="small"] { background: transparent; border: 1px solid transparent; min-height: 14px; padding: 0;
  qproperty-iconSize: 16px 16px; }
QToolButton[look="small"]:hover { background: $selection; }
QToolButton[look="small"]:focus { border-color: $accent; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $quiet; border-radius: 4px; background: $surface; }
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QCheckBox::indicator:focus { border: 2px solid $text; width: 14px; height: 14px; }
QCheckBox::indicator:disabled { border-color: $border; background: $window; }

QLineEdit, QComboBox, QAbstractSpinBox {
  background: $surface; color: $text; border: 1px solid $border; border-radius: ${small}px; padding: 0 8px;
  min-height: 30px; selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $quiet; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
  border: 2px solid $accent; padding: 0 7px; min-height: 28px;
}
QAbstractSpinBox { padding: 0 0 0 4px; min-height: 27px; }
QAbstractSpinBox:focus { padding: 0 0 0 3px; min-height: 25px; }
QLineEdit { lineedit-clear-button-icon: url($clear); }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QMessageBox { messagebox-question-icon: url($question); messagebox-warning-icon: url($warning);
  messagebox-critical-icon: url($warning); }
QLineEdit QToolButton, QLineEdit QToolButton:focus { border: 0; padding: 0; min-height: 0; background: transparent; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {
  border: 0; padding: 0 6px; min-height: 0; background: transparent;
}
QComboBox::drop-down { border: 0; width: 24px; }
QComboBox::down-arrow { image: url($down); width: 16px; height: 16px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; padding: 4px; outline: 0;
  selection-background-color: $selection; selection-color: $text; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: 0; width: 20px; background: transparent; }
QAbstractSpinBox::up-arrow { image: url($up); width: 14px; height: 14px; }
QAbstractSpinBox::down-arrow { image: url($down); width: 14px; height: 14px; }

QProgressBar { background: $border; border: 0; border-radius: 3px; height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QSplitter::handle { background: $border; }
QSplitter::handle:hover { background: $accent; }
QAbstractScrollArea { border: 0; background: $surface; }
QLabel[look="key"] { background: $raised; color: $text; border: 1px solid $border; border-bottom: 2px solid $border;
  border-radius: 4px; padding: 1px 6px; }
QPlainTextEdit { border: 1px solid $border; border-radius: ${small}px; padding: 4px; }
QPlainTextEdit:focus { border: 2px solid $accent; padding: 3px; }
QTableView { background: $surface; outline: 0; selection-background-color: $selection; selection-color: $text; }
QTableView::item { padding: 0 5px; }
QHeaderView { background: $surface; }
QHeaderView::section { background: $surface; color: $quiet; border: 0; border-bottom: 1px solid $border;
  padding: 6px 8px; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QHeaderView::section:hover { color: $text; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 2px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $quiet; border: 2px solid transparent; border-radius: ${small}px;
  padding: 4px 10px; margin: 1px 2px 1px 0; min-height: 20px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; background: $selection; border-color: $selection; }
QTabBar::tab:selected:focus { border-color: $accent; }

QFrame[look="card"] { background: $surface; border: 1px solid $border; border-radius: ${radius}px; }
QFrame[look="pane"] { background: $surface; }
QFrame[look="stage"] { background: $window; }
QFrame[look="strip"] { background: $surface; border: 0; border-bottom: 1px solid $border; }
QFrame[look="foot"] { background: $surface; border: 0; border-top: 1px solid $border; }
QLabel[look="banner"] { background: $raised; color: $text; border: 1px solid $border; border-radius: ${small}px;
  padding: 8px 12px; }
QFrame[look="tidings"] { background: $selection; border: 0; border-top: 1px solid $border; }
QLabel[look="quiet"] { color: $quiet; }
QLabel[look="warn"] { color: $warn; }
QLabel[look="bad"] { color: $bad; }
QLabel[look="good"] { color: $good; }
""")


def style_sheet(tokens: Tokens) -> str:
    """Fill the sheet with the tokens of a theme."""
    values = {name: getattr(tokens, name) for name in Tokens.__slots__}
    fixed = {name: name for name in ("up", "down", "clear", "question", "warning")}
    fixed["check"] = "check-light" if tokens is LIGHT else "check-dark"
    paths = {name: icons.path(f"fixed-{file}").as_posix() for name, file in fixed.items()}
    return _SHEET.substitute(values, radius=RADIUS, small=SMALL_RADIUS, **paths)
