"""How pictures come in: dropped anywhere, pasted, or chosen in a dialog; as paths, or as an image."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, QStandardPaths, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetricsF,
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
from oimg.words.file_types import SUFFIXES

_VEIL: Final = 215
_PICTURES: Final = QStandardPaths.StandardLocation.PicturesLocation


def let_see_pictures(dialog: QFileDialog) -> None:
    """Show only what OIMG opens by its name, and let all files be shown: a name may lack its suffix, or have another.

    Suffixes are in capitals, too, for cameras write them so and not every dialog of a system is indifferent to that.
    """
    patterns = " ".join(f"*{written}" for each in SUFFIXES for written in (each, each.upper()))
    dialog.setNameFilters([f"{_('Pictures')} ({patterns})", f"{_('All files')} (*)"])
    dialog.setOption(QFileDialog.Option.HideNameFilterDetails)


def image_in(data: QMimeData) -> QImage | None:
    """The image data on the clipboard, as from a browser or a screenshot."""
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
        self._last = ""
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def let_through(self) -> None:
        """Let text fields pass drops on to the window; otherwise they would insert the file's name."""
        for each in self._window.findChildren(QWidget):
            each.setAcceptDrops(bool(each.property("takes_drops")))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle drags over the window, and drops."""
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
        """Paste from the clipboard; returns whether there was something to paste."""
        data: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None where the clipboard is nobody's
        return data is not None and self.take(data)

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
        if mode is QFileDialog.FileMode.ExistingFiles:
            let_see_pictures(dialog)
        dialog.setDirectory(self._last or QStandardPaths.writableLocation(_PICTURES))
        dialog.directoryEntered.connect(self._remember)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._take_chosen)
        dialog.open()
        return dialog

    def _take_chosen(self, names: list[str]) -> None:
        self._remember(str(Path(names[0]).parent))
        self.paths.emit([Path(name) for name in names])

    def _remember(self, folder: str) -> None:
        """Begin there the next time."""
        self._last = folder


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
        """Draw a veil, a frame, and a card with an icon and a sentence, so that no text below shows through it."""
        tokens = now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(tokens.window)
        veil.setAlpha(_VEIL)
        painter.fillRect(self.rect(), veil)
        frame = QRectF(self.rect()).adjusted(16, 16, -16, -16)
        painter.setPen(QPen(QColor(tokens.accent), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        font = theme.font(theme.WELCOME, bold=True)
        text, metrics = _("Drop to add"), QFontMetricsF(font)
        card = QRectF(0, 0, max(metrics.horizontalAdvance(text) + 96, 240), metrics.height() + 120)
        card.moveCenter(frame.center())
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        icons.paint(painter, "drop", QRectF(card.center().x() - 24, card.top() + 28, 48, 48), tokens.accent)
        painter.setPen(QColor(tokens.text))
        painter.setFont(font)
        below = QRectF(card.left(), card.top() + 88, card.width(), metrics.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
