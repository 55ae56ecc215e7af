"""How a row of the comparison is drawn: the format in use has a check, the smallest is bold, a bar tells its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView

from oimg.faces.gui import icons
from oimg.faces.gui.comparing.picking import PickDelegate
from oimg.faces.gui.comparing.trials import TRIAL_ROLE, Column, TrialModel, written
from oimg.faces.gui.tokens import now

if TYPE_CHECKING:
    from oimg.words.preview import FormatTrial

_ICON: Final = 16
_GAP: Final = 6
_BAR: Final = 6


class TrialDelegate(PickDelegate):
    """Knows marks and bars."""

    def __init__(self, view: QTableView, model: TrialModel) -> None:
        super().__init__(view)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Leave room for the check; a reason spans what other columns need, and needs nothing itself."""
        size = super().sizeHint(option, index)
        if index.column() == Column.FORMAT:
            return size + QSize(_ICON + _GAP, 0)
        return size if written(index.data(TRIAL_ROLE)) else QSize(0, size.height())

    def draw_cell(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        room: QRect,
    ) -> None:
        """Draw what is in a cell."""
        trial: FormatTrial = index.data(TRIAL_ROLE)
        column = Column(index.column())
        if column is Column.BAR:
            self._bar(painter, option, trial, room)
            return
        if column is Column.FORMAT:
            room = self._mark(painter, option, trial, room)
        self.draw_text(painter, option, index, room, self._color(trial, column), bold=trial is self._model.smallest)

    def _mark(self, painter: QPainter, option: QStyleOptionViewItem, trial: FormatTrial, room: QRect) -> QRect:
        box = QRect(room.left(), room.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        if trial.format is self._model.in_use:
            where = QStyle.visualRect(option.direction, room, box)
            icons.paint(painter, "check", QRectF(where), now().accent)
        return QStyle.visualRect(option.direction, room, room.adjusted(_ICON + _GAP, 0, 0, 0))

    def _color(self, trial: FormatTrial, column: Column) -> str:
        result, tokens = written(trial), now()
        if result is None:
            return tokens.quiet
        if column is Column.SAVED:
            return tokens.warn if result.byte_size > self._model.original else tokens.good
        return tokens.quiet if trial.approximate or column is Column.TIME else tokens.text

    def _bar(self, painter: QPainter, option: QStyleOptionViewItem, trial: FormatTrial, room: QRect) -> None:
        result, tokens = written(trial), now()
        if result is None or not self._model.original or room.width() < 2 * _BAR:
            return
        track = QRectF(room.left(), room.center().y() - _BAR / 2 + 1, room.width(), _BAR)
        filled = QRectF(track)
        filled.setWidth(max(_BAR, track.width() * min(1.0, result.byte_size / self._model.original)))
        if option.direction is Qt.LayoutDirection.RightToLeft:
            filled.moveRight(track.right())
        grown = result.byte_size > self._model.original
        color = tokens.warn if grown else tokens.good if trial is self._model.smallest else tokens.accent
        painter.setPen(Qt.PenStyle.NoPen)
        for box, fill in ((track, tokens.border), (filled, color)):
            painter.setBrush(QColor(fill))
            painter.drawRoundedRect(box, _BAR / 2, _BAR / 2)
