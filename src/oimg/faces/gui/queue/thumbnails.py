"""Thumbnails for the visible rows, made in the background and cached in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from oimg.faces.gui.background import Answer, Background, Call
from oimg.faces.gui.images import image_of
from oimg.faces.gui.queue.rows import Row
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Previews

SIDE: Final = 40
_KEPT: Final = 1000


class Thumbnails(QObject):
    """Returns cached thumbnails and requests missing ones; `arrived` is emitted with the id of a row with a new one."""

    arrived = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._previews: Previews | None = None
        self._ready: OrderedDict[Hashable, QPixmap | None] = OrderedDict()
        self._asked: dict[Hashable, int] = {}
        self._background = Background("thumbnails", parent=self)
        self._background.arrived.connect(self._take)

    def use(self, previews: Previews) -> None:
        """Use this source of pictures from now on."""
        self._previews = previews

    def of(self, row: Row, scale: float) -> QPixmap | None:
        """Give the thumbnail of a row at the screen's scale, or None; it is asked for then, once."""
        if row.source is None or self._previews is None:
            return None
        key = (row.path, row.source.identity, scale)
        if key in self._ready:
            self._ready.move_to_end(key)
            return self._ready[key]
        self._asked[key] = row.id
        self._background.ask(key, _call(self._previews, row.source, round(SIDE * scale)))
        return None

    def close(self) -> None:
        """Make no more."""
        self._background.close()

    def _take(self, answer: Answer) -> None:
        made = answer.value
        self._ready[answer.key] = QPixmap.fromImage(made) if isinstance(made, QImage) else None
        while len(self._ready) > _KEPT:
            self._ready.popitem(last=False)
        id_ = self._asked.pop(answer.key, None)
        if id_ is not None:
            self.arrived.emit(id_)


def _call(previews: Previews, source: SourceFile, side: int) -> Call:
    def make(token: CancelToken) -> QImage:
        return image_of(previews.thumbnail(source, side, token))

    return make
