"""Pictures come in: dropped anywhere, pasted, or chosen in a dialog. All ends in paths, or in an image."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QWidget

from oimg.faces.gui import icons, theme
from oimg.faces.gui.tokens import RADIUS, now
from oimg.faces.gui.urls import paths_in
from oimg.faces.messages import _


def image_in(data: QMimeData) -> QImage | None:
    """Give the picture itself that was copied, as from a browser or a screenshot."""
    if not data.hasImage():
        return None
    image = data.imageData()
    return image if isinstance(image, QImage) and not image.isNull() else None


class Dropping(QObject):
    """Makes a whole window a drop target, with an overlay while something is dragged over it."""

    paths = Signal(list)
    image = Signal(QImage)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.overlay = _Overlay(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def let_through(self) -> None:
        """Let fields of text hand drops on to the window, or a file's name would become text in them."""
        for each in self._window.findChildren(QWidget):
            each.setAcceptDrops(bool(each.property("takes_drops")))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is dragged over the window."""
        if isinstance(event, QDropEvent):  # the base of entering, moving and dropping
            return self._dragged(event)
        if event.type() == QEvent.Type.DragLeave:
            self.overlay.hide()
        elif event.type() == QEvent.Type.Resize:
            self.overlay.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)

    def _dragged(self, event: QDropEvent) -> bool:
        data = event.mimeData()
        if not isinstance(event, QDragMoveEvent):  # dropped, perhaps by a program that is gone and left nothing
            self.overlay.hide()
        if data is None or event.source() is not None or not (paths_in(data) or data.hasImage()):
            return False
        # Never a move, whatever the file manager offers: it would delete the files.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if isinstance(event, QDragEnterEvent):
            self.overlay.show_over()
        elif not isinstance(event, QDragMoveEvent):
            self.take(data)
        return True

    def paste(self) -> bool:
        """Take what was copied; tells whether there was something to take."""
        return self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData) -> bool:
        """Take files, or else a picture."""
        paths, image = paths_in(data), image_in(data)
        if paths:
            self.paths.emit(paths)
        elif image is not None:
            self.image.emit(image)
        return bool(paths) or image is not None

    def ask_for_files(self) -> QFileDialog:
        """Let the user choose pictures."""
        return self._ask(_("Open pictures"), QFileDialog.FileMode.ExistingFiles)

    def ask_for_folder(self) -> QFileDialog:
        """Let the user choose a folder."""
        return self._ask(_("Open a folder of pictures"), QFileDialog.FileMode.Directory)

    def _ask(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.paths.emit([Path(name) for name in names]))
        dialog.open()
        return dialog


class _Overlay(QWidget):
    """Says that what is dragged may be dropped."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_("Drop to add"))
        self.hide()

    def show_over(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a veil, a frame, an icon and a sentence."""
        tokens = now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(tokens.window)
        veil.setAlpha(225)
        painter.fillRect(self.rect(), veil)
        frame = QRectF(self.rect()).adjusted(16, 16, -16, -16)
        painter.setPen(QPen(QColor(tokens.accent), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        middle = frame.center()
        icons.paint(painter, "drop", QRectF(middle.x() - 24, middle.y() - 56, 48, 48), tokens.accent)
        painter.setPen(QColor(tokens.text))
        painter.setFont(theme.font(theme.WELCOME, bold=True))
        text = QRectF(frame.left(), middle.y() + 8, frame.width(), 48)
        painter.drawText(text, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, _("Drop to add"))
        painter.end()
