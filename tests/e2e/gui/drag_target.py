"""A window of another program: tells which files are dropped on it, one a line, and how."""

from __future__ import annotations

import sys

import oimg.faces.gui  # noqa: F401 - before Qt

# isort: split
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel


class Target(QLabel):
    """Takes whatever is dropped, as it is offered."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        for url in event.mimeData().urls():
            print(event.dropAction().name, url.toLocalFile(), flush=True)  # noqa: T201
        print("end", flush=True)  # noqa: T201


application = QApplication(sys.argv[:1])
window = Target("Drop here")
window.setWindowTitle("Drop target")
window.setAcceptDrops(True)
window.resize(200, 120)
window.show()
sys.exit(application.exec())
