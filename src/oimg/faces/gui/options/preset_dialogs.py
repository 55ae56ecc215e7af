"""Small questions about presets: a name, yes or no, a file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QLineEdit, QMessageBox, QWidget

from oimg.faces.gui.options.fields import Field, stack
from oimg.faces.messages import _

Check = Callable[[str], str]
"""Says what is wrong with a name; nothing where it can be used."""
SUFFIX = "json"


class NameDialog(QDialog):
    """Asks for a name, and says at once when it cannot be."""

    named = Signal(str)

    def __init__(self, title: str, button: str, name: str, check: Check, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._check = check
        self.name = QLineEdit(name)
        self.name.setMaxLength(63)
        self.name.setMinimumWidth(280)
        self.name.setAccessibleName(_("Name"))
        self._field = Field(_("Name"), self.name)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.done_button = self.buttons.addButton(button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.done_button.setDefault(True)
        layout = stack(self, 16)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.addWidget(self._field)
        layout.addWidget(self.buttons)
        self.name.textChanged.connect(self._look)
        self.buttons.accepted.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self.name.selectAll()
        self._look()

    def _look(self) -> None:
        name = self.name.text().strip()
        wrong = self._check(name) if name else ""
        self._field.complain(wrong)
        self.done_button.setEnabled(bool(name) and not wrong)

    def _take(self) -> None:
        self.named.emit(self.name.text().strip())
        self.accept()


def ask_whether(parent: QWidget, question: str, more: str, yes: str, then: Callable[[], object]) -> QMessageBox:
    """Ask before something goes that does not come back."""
    box = QMessageBox(QMessageBox.Icon.Question, "OIMG", question, parent=parent)
    box.setInformativeText(more)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.buttonClicked.connect(lambda button: then() if button is agree else None)
    box.open()
    return box


def say(parent: QWidget, text: str) -> QMessageBox:
    """Say that something did not work."""
    box = QMessageBox(QMessageBox.Icon.Warning, "OIMG", text, QMessageBox.StandardButton.Ok, parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box


def ask_for_file(parent: QWidget, title: str, name: str, then: Callable[[str], None]) -> QFileDialog:
    """Let the user choose a file to read; with a name, one to write."""
    dialog = QFileDialog(parent, title, "", _("Presets (*.{suffix})").format(suffix=SUFFIX))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if name:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        dialog.selectFile(f"{name}.{SUFFIX}")
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(then)
    dialog.open()
    return dialog
