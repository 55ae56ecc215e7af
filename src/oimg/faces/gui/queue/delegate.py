"""How a row of the queue is drawn: thumbnail, name over a quiet line, the saved share, the state as an icon."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oimg.faces.gui import icons, theme
from oimg.faces.gui.queue.model import ROW_ROLE
from oimg.faces.gui.queue.rows import Row, State, line, saved
from oimg.faces.gui.queue.thumbnails import SIDE, Thumbnails
from oimg.faces.gui.tokens import Tokens, now
from oimg.faces.messages import printable

HEIGHT: Final = 56
_MARGIN: Final = 8
_GAP: Final = 10


class RowDelegate(QStyledItemDelegate):
    """Draws the first column; with `compact` all that there is to say, else what the other columns do not."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.compact = True
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as two lines of the system's font need."""
        return QSize(200, height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw a row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        _Drawing(painter, option, row, self._thumbnails).all(compact=self.compact)
        painter.restore()


def height() -> int:
    """The height of a row: 56, or more where the system's text is large."""
    lines = QFontMetrics(theme.font()).height() + QFontMetrics(theme.font(theme.CAPTION)).height()
    return max(HEIGHT, lines + 2 * _MARGIN)


class _Drawing:
    """One row while it is drawn. Boxes are taken from the room that is left, mirrored where text runs so."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem, row: Row, thumbnails: Thumbnails) -> None:
        self._painter, self._option, self._row, self._thumbnails = painter, option, row, thumbnails
        self._tokens: Tokens = now()
        # A name and its facts run as their own letters do, whichever way the window runs.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self._whole: QRect = option.rect
        self._room = self._whole.adjusted(_MARGIN, 0, -_MARGIN, 0)

    def all(self, *, compact: bool) -> None:
        self._background()
        self._thumbnail(self._take_leading(SIDE))
        if compact:
            self._state(self._take_trailing(icons.SIZE))
            if self._row.recipe is not None:
                icons.paint(
                    self._painter, "recipe", QRectF(self._middle(self._take_trailing(16), 16)), self._tokens.accent
                )
            self._share()
        self._texts(self._mirrored(self._room), compact=compact)

    def _background(self) -> None:
        state = self._option.state
        if state & QStyle.StateFlag.State_Selected:
            self._painter.fillRect(self._whole, QColor(self._tokens.selection))
        elif state & QStyle.StateFlag.State_MouseOver:
            self._painter.fillRect(self._whole, QColor(self._tokens.raised))
        if state & QStyle.StateFlag.State_HasFocus:
            self._painter.setPen(QPen(QColor(self._tokens.accent), 2))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRoundedRect(QRectF(self._whole).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)

    def _thumbnail(self, box: QRect) -> None:
        box = self._middle(box, SIDE)
        path = QPainterPath()
        path.addRoundedRect(QRectF(box), 5, 5)
        self._painter.fillPath(path, QColor(self._tokens.window))
        picture = self._thumbnails.of(self._row, self._painter.device().devicePixelRatioF())
        if picture is None or picture.isNull():
            rect = QRectF(box).adjusted(10, 10, -10, -10)
            icons.paint(self._painter, "picture", rect, self._tokens.faint)
            return
        size = picture.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        if max(picture.width(), picture.height()) < SIDE:
            size = picture.size()
        where = QRectF(0, 0, size.width(), size.height())
        where.moveCenter(QRectF(box).center())
        self._painter.setClipPath(path)
        self._painter.drawPixmap(where, picture, QRectF(picture.rect()))
        self._painter.setClipping(False)

    def _state(self, box: QRect) -> None:
        color = {
            State.OPTIMIZED: self._tokens.good,
            State.FAILED: self._tokens.bad,
            State.WORKING: self._tokens.accent,
            State.STOPPED: self._tokens.warn,
        }.get(self._row.state, self._tokens.quiet)
        icons.paint(self._painter, self._row.state.value, QRectF(self._middle(box, icons.SIZE)), color)

    def _share(self) -> None:
        text = saved(self._row)
        if not text:
            return
        self._painter.setFont(theme.font(bold=True))
        box = self._take_trailing(self._painter.fontMetrics().horizontalAdvance(text) + 2)
        grown = (self._row.after or 0) > (self._row.before or 0)
        self._painter.setPen(QColor(self._tokens.warn if grown else self._tokens.good))
        self._painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

    def _texts(self, box: QRect, *, compact: bool) -> None:
        large, small = QFontMetrics(theme.font()), QFontMetrics(theme.font(theme.CAPTION))
        quiet = self._quiet_line(compact=compact)
        top = box.top() + (box.height() - large.height() - (small.height() + 2 if quiet or self._works() else 0)) // 2
        name = QRect(box.left(), top, box.width(), large.height())
        self._painter.setFont(theme.font())
        self._painter.setPen(QColor(self._tokens.text))
        text = large.elidedText(printable(self._row.path.name), Qt.TextElideMode.ElideMiddle, box.width())
        self._painter.drawText(name, self._start(), text)
        below = QRect(box.left(), top + large.height() + 2, box.width(), small.height())
        if self._works():
            self._bar(below)
            return
        self._painter.setFont(theme.font(theme.CAPTION))
        bad = self._row.state is State.FAILED
        self._painter.setPen(QColor(self._tokens.bad if bad else self._tokens.quiet))
        self._painter.drawText(below, self._start(), small.elidedText(quiet, Qt.TextElideMode.ElideRight, box.width()))

    def _quiet_line(self, *, compact: bool) -> str:
        said_elsewhere = not compact and self._row.state not in (State.KEPT, State.FAILED)
        return "" if said_elsewhere else line(self._row)

    def _works(self) -> bool:
        return self._row.state is State.WORKING

    def _bar(self, box: QRect) -> None:
        track = QRectF(box.left(), box.center().y() - 1, box.width(), 4)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(self._tokens.border))
        self._painter.drawRoundedRect(track, 2, 2)
        done = QRectF(track)
        done.setWidth(max(4.0, track.width() * self._row.progress))
        if self._option.direction is Qt.LayoutDirection.RightToLeft:
            done.moveRight(track.right())
        self._painter.setBrush(QColor(self._tokens.accent))
        self._painter.drawRoundedRect(done, 2, 2)

    def _start(self) -> Qt.AlignmentFlag:
        start = QStyle.visualAlignment(self._option.direction, Qt.AlignmentFlag.AlignLeading)
        return Qt.AlignmentFlag.AlignVCenter | start

    def _take_leading(self, width: int) -> QRect:
        box = QRect(self._room.left(), self._room.top(), width, self._room.height())
        self._room.setLeft(self._room.left() + width + _GAP)
        return self._mirrored(box)

    def _take_trailing(self, width: int) -> QRect:
        box = QRect(self._room.right() - width + 1, self._room.top(), width, self._room.height())
        self._room.setRight(self._room.right() - width - _GAP)
        return self._mirrored(box)

    def _mirrored(self, box: QRect) -> QRect:
        return QStyle.visualRect(self._option.direction, self._whole, box)

    def _middle(self, box: QRect, size: int) -> QRect:
        return QRect(box.left(), box.top() + (box.height() - size) // 2, size, size)
