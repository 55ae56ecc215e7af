"""A picture in each format, as a table model: one row a format, in the order in which they were tried."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from oimg.faces.gui.comparing.words import score_text, why_not
from oimg.faces.gui.options.words import format_name
from oimg.faces.messages import _, seconds, share, size
from oimg.words.images import Format
from oimg.words.recipe import Recipe, Target
from oimg.words.report import KeptCode

if TYPE_CHECKING:
    from oimg.words.preview import FormatTrial, Result

TRIAL_ROLE: Final = Qt.ItemDataRole.UserRole
"""The `FormatTrial` of a row."""
# Reasons that speak of bytes only: the format could hold this picture, and serves others.
_NO_GAIN: Final = frozenset(
    {
        *(KeptCode.NOT_SMALLER, KeptCode.BELOW_GATE, KeptCode.ALREADY_OPTIMIZED, KeptCode.WITHIN_SIZE),
        *(KeptCode.LOSSLESS, KeptCode.TARGET_UNREACHABLE, KeptCode.SIZE_UNREACHABLE),
    }
)
_ROOT: Final = QModelIndex()
_Index: TypeAlias = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns of the table."""

    FORMAT = 0
    SIZE = 1
    SAVED = 2
    BAR = 3
    LOOKS = 4
    TIME = 5


class TrialModel(QAbstractTableModel):
    """Holds the trials of one picture, knows the smallest and the one in use."""

    known_better = Signal(int)
    """A row that was estimated is known now, and may be a reason."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trials: list[FormatTrial] = []
        self.original = 0
        """Bytes of the original."""
        self.in_use: Format | None = None
        """The format that the recipe takes for this picture."""
        self.brief = False
        """Whether scores are shown without words, to save room."""

    def clear(self, original: int) -> None:
        """Start again for another picture or recipe."""
        self.beginResetModel()
        self._trials, self.original = [], original
        self.endResetModel()

    def add(self, trial: FormatTrial) -> None:
        """Append a format, or take what is known better of one that is there."""
        there = next((at for at, each in enumerate(self._trials) if each.format is trial.format), None)
        if there is not None:
            self._trials[there] = trial
            self.known_better.emit(there)
            self._redraw()
            return
        place = len(self._trials)
        self.beginInsertRows(_ROOT, place, place)
        self._trials.append(trial)
        self.endInsertRows()
        self._redraw()

    def use(self, recipe: Recipe, own: Format | None) -> None:
        """Mark the format that a recipe takes for a picture of the format `own`."""
        match recipe.format:
            case Target.AUTO:
                self.in_use = None
            case Target.KEEP:
                self.in_use = own
            case other:
                self.in_use = Format(other.value)
        self._redraw()

    def trial(self, place: int) -> FormatTrial | None:
        """Give the trial in a row."""
        return self._trials[place] if 0 <= place < len(self._trials) else None

    @property
    def smallest(self) -> FormatTrial | None:
        """The trial with the fewest bytes, of those that give a file."""
        made = [each for each in self._trials if written(each) is not None]
        return min(made, key=lambda each: each.result.byte_size if each.result else 0, default=None)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """One row a format."""
        return 0 if parent.isValid() else len(self._trials)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """As many as there are columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return {
                Column.FORMAT: _("Format"),
                Column.SIZE: _("Size"),
                Column.SAVED: _("Saved"),
                Column.BAR: _("Of the original"),
                Column.LOOKS: _("Looks"),
                Column.TIME: _("Time"),
            }[Column(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what is asked for."""
        trial = self.trial(index.row())
        if trial is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(trial, Column(index.column()))
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.spoken(trial)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(Column(index.column()) if written(trial) else Column.FORMAT)
            case _:
                return trial if role == TRIAL_ROLE else None

    def spoken(self, trial: FormatTrial) -> str:
        """Say everything about a format."""
        result = written(trial)
        if result is None:
            facts = [reason(trial)]
        else:
            saved = share(self.original, result.byte_size).replace("-", "−")
            looks = score_text(result.score, lossless=result.lossless)
            facts = [size(result.byte_size), saved, looks]
            facts.append(_("estimated from a part of the picture") if trial.approximate else seconds(result.seconds))
        if trial.format is self.in_use:
            facts.append(_("in use"))
        if result is not None and trial is self.smallest:
            facts.append(_("the smallest"))
        told = _("{format}: {facts}")
        return told.format(format=format_name(trial.format), facts=_(", ").join(each for each in facts if each))

    def _text(self, trial: FormatTrial, column: Column) -> str:
        if column is Column.FORMAT:
            return format_name(trial.format)
        result = written(trial)
        if result is None:
            return reason(trial) if column is Column.SIZE else ""
        match column:
            case Column.SIZE:
                return f"≈ {size(result.byte_size)}" if trial.approximate else size(result.byte_size)
            case Column.SAVED:
                return share(self.original, result.byte_size).replace("-", "−")
            case Column.LOOKS:
                return score_text(result.score, lossless=result.lossless, words=not self.brief)
            case Column.TIME:
                return "" if trial.approximate else seconds(result.seconds)
            case Column.BAR:
                return ""

    def _redraw(self) -> None:
        if self._trials:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._trials) - 1, len(Column) - 1))


def written(trial: FormatTrial) -> Result | None:
    """Give the result of a trial where it is a file that would be written."""
    return None if trial.result is None or trial.result.kept is not None else trial.result


def reason(trial: FormatTrial) -> str:
    """Say why a format gives no file."""
    return why_not(trial.format, _code(trial))


def can_be_taken(trial: FormatTrial) -> bool:
    """Whether the format can hold the picture, even where it would be no smaller."""
    return written(trial) is not None or _code(trial) in _NO_GAIN


def _code(trial: FormatTrial) -> str:
    kept = None if trial.result is None else trial.result.kept
    return trial.code if kept is None else kept[0]


def _alignment(column: Column) -> Qt.AlignmentFlag:
    numbers = (Column.SIZE, Column.SAVED, Column.TIME)
    side = Qt.AlignmentFlag.AlignTrailing if column in numbers else Qt.AlignmentFlag.AlignLeading
    return side | Qt.AlignmentFlag.AlignVCenter
