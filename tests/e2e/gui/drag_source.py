"""A window of another program: its files are dragged from it. Usage: drag_source.py FILE…"""

from __future__ import annotations

import sys

import oimg.faces.gui  # noqa: F401 - before Qt

# isort: split
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Starts a drag, as file managers do."""

    begun = QPointF()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.begun = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if (event.position() - self.begun).manhattanLength() < QApplication.startDragDistance():
            return
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(name) for name in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(data)
        offered = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        print(drag.exec(offered, Qt.DropAction.MoveAction).name, flush=True)  # noqa: T201


application = QApplication(sys.argv[:1])
window = Source("Files")
window.setWindowTitle("Drag source")
window.resize(200, 120)
window.show()
sys.exit(application.exec())
