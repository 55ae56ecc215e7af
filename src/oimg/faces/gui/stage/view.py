"""The middle pane: the picture of the row that is looked at, from our own decoders, and what it is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from oimg.faces import messages
from oimg.faces.gui import theme
from oimg.faces.gui.background import Answer, Background, Call
from oimg.faces.gui.images import image_of
from oimg.faces.gui.queue.rows import Row, line, saved
from oimg.faces.gui.stage.canvas import Canvas
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Previews


class StageView(QFrame):
    """Shows one row at a time; a picture that was asked for earlier never takes the place of a later one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "stage")
        self._previews: Previews | None = None
        self._row: Row | None = None
        self._asked: Hashable = None
        self._title = QLabel(self)
        self._title.setFont(theme.font(bold=True))
        self._facts = QLabel(self)
        self._facts.setProperty("look", "quiet")
        self._facts.setFont(theme.font(theme.CAPTION))
        self.canvas = Canvas(self)
        self._background = Background("stage", keep=1, parent=self)
        self._background.arrived.connect(self._take)
        self.canvas.resized.connect(self._show_title)
        self.canvas.resized.connect(self._ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(2)
        layout.addWidget(self._title)
        layout.addWidget(self._facts)
        layout.addSpacing(10)
        layout.addWidget(self.canvas, 1)
        for each in (self._title, self._facts):
            each.setMinimumWidth(1)  # a long name is cut, and does not push the panes

    def use(self, previews: Previews) -> None:
        """From now on there is something to show."""
        self._previews = previews
        self._ask()

    def show_row(self, row: Row | None) -> None:
        """Look at a row, or at nothing."""
        another = row is None or self._row is None or row.source != self._row.source or row.path != self._row.path
        self._row = row
        self._show_title()
        facts = [] if row is None else [line(row), saved(row)]
        self._facts.setText("   ".join(each for each in facts if each))
        if another:
            self._asked = None
            self._background.forget()
            self.canvas.show_text("")
            self._ask()

    def _show_title(self) -> None:
        name = "" if self._row is None else messages.printable(self._row.path.name)
        room = self.canvas.width()
        self._title.setText(self._title.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room))

    def close_threads(self) -> None:
        """Ask for nothing more."""
        self._background.close()

    def _ask(self) -> None:
        if self._row is None or self._row.source is None or self._previews is None:
            return
        room = self.canvas.room()
        key = (self._row.path, self._row.source.identity, room.width(), room.height())
        if key != self._asked and room.width() > 1:
            self._asked = key
            self._background.forget()
            self._background.ask(key, _call(self._previews, self._row.source, room))

    def _take(self, answer: Answer) -> None:
        if answer.key != self._asked:
            return
        if isinstance(answer.value, QImage):
            self.canvas.show_image(answer.value)
        elif answer.error is not None:
            text = messages.error(answer.error.code, answer.error.detail)
            self.canvas.show_text(text[:1].upper() + text[1:])


def _call(previews: Previews, source: SourceFile, room: QSize) -> Call:
    def make(token: CancelToken) -> QImage:
        image = image_of(previews.original(source, token))
        token.check()
        if image.width() <= room.width() and image.height() <= room.height():
            return image
        smooth = Qt.TransformationMode.SmoothTransformation
        return image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, smooth)

    return make
