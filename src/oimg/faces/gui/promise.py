"""The promise behind the lock in the foot: what holds the program to it, tried out at this moment."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from oimg.faces.messages import _
from oimg.words import netguard


def show_promise(parent: QWidget) -> QMessageBox:
    """Show the promise and each guard's state."""
    box = QMessageBox(
        QMessageBox.Icon.Information, "OIMG", _("Your pictures never leave this computer."), parent=parent
    )
    box.setInformativeText(guards_text())
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box


def guards_text() -> str:
    """Say of each guard whether it holds, a line each."""
    lines = []
    for name, armed, detail in netguard.state():
        text = _("{guard}: on ({detail})") if armed else _("{guard}: OFF ({detail})")
        lines.append(text.format(guard=name, detail=detail))
    return "\n".join(lines)
