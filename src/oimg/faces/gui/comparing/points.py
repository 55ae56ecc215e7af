"""The points of the curve as words, as a table, and as recipes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum
from math import floor
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from oimg.faces.gui.comparing.line import Line
from oimg.faces.gui.comparing.words import looks
from oimg.faces.messages import _, number, share, size
from oimg.words.recipe import Mode, Recipe, Target, facts_of

if TYPE_CHECKING:
    from oimg.words.images import Format
    from oimg.words.preview import CurvePoint

_Index: TypeAlias = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


class Column(IntEnum):
    """The columns of the table."""

    QUALITY = 0
    SIZE = 1
    SAVED = 2
    SCORE = 3
    LOOKS = 4


class PointModel(QAbstractTableModel):
    """The points as a table, the smallest file first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.points: Sequence[CurvePoint] = ()
        self._original = 0

    def show_points(self, points: Sequence[CurvePoint], original: int) -> None:
        """Show points by size."""
        self.beginResetModel()
        self.points, self._original = tuple(points), original
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """One row a point."""
        return 0 if parent.isValid() else len(self.points)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """As many as there are columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name the columns."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.QUALITY: _("Quality"),
            Column.SIZE: _("Size"),
            Column.SAVED: _("Saved"),
            Column.SCORE: _("Score"),
            Column.LOOKS: _("Looks"),
        }[Column(section)]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what is asked for."""
        if not 0 <= index.row() < len(self.points):
            return None
        point = self.points[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell(point, Column(index.column()), self._original)
            case Qt.ItemDataRole.AccessibleTextRole:
                return point_text(point, self._original)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case _:
                return None


def point_text(point: CurvePoint, original: int) -> str:
    """Say everything about a point."""
    text = _("Quality {quality}: {size} ({saved}), score {score}, {looks}")
    if point.approximate:
        text = _("Quality {quality}: about {size} ({saved}), score {score}, {looks}")
    return text.format(
        quality=f"{point.quality:g}",
        size=size(point.byte_size),
        saved=share(original, point.byte_size).replace("-", "−"),
        score=number(point.score, 1),
        looks=looks(point.score).lower(),
    )


def recipe_showing(point: CurvePoint, recipe: Recipe, format_: Format) -> Recipe:
    """The recipe that makes exactly the file of a point."""
    quality = round(_within("quality", point.quality))
    return replace(recipe, format=Target(format_.value), mode=Mode.QUALITY, quality=quality)


def recipe_taking(point: CurvePoint, recipe: Recipe) -> Recipe:
    """The recipe that chooses a point: by its quality, its size or its score, depending on the recipe's mode."""
    match recipe.mode:
        case Mode.QUALITY:
            return replace(recipe, quality=round(_within("quality", point.quality)))
        case Mode.SIZE:
            return replace(recipe, max_bytes=point.byte_size)
        case _:  # never above what the point reaches: the result would be larger than the point's
            return replace(recipe, target=float(floor(_within("target", point.score))))


def place_of(recipe: Recipe, points: Sequence[CurvePoint], line: Line) -> tuple[float, float] | None:
    """Size and score of the present setting, interpolated between the points; None beyond them."""
    byte_size: float | None = None
    match recipe.mode:
        case Mode.VISUAL:
            byte_size = line.where(recipe.target)
        case Mode.QUALITY:
            qualities = Line.through([(each.quality, each.byte_size) for each in points])
            byte_size = qualities.at(recipe.quality)
        case Mode.SIZE:
            byte_size = recipe.max_bytes
        case Mode.LOSSLESS:
            pass
    score = None if byte_size is None else line.at(byte_size)
    return None if byte_size is None or score is None else (byte_size, score)


def _cell(point: CurvePoint, column: Column, original: int) -> str:
    match column:
        case Column.QUALITY:
            return f"{point.quality:g}"
        case Column.SIZE:
            return f"≈ {size(point.byte_size)}" if point.approximate else size(point.byte_size)
        case Column.SAVED:
            return share(original, point.byte_size).replace("-", "−")
        case Column.SCORE:
            return number(point.score, 1)
        case Column.LOOKS:
            return looks(point.score)


def _within(name: str, value: float) -> float:
    facts = facts_of(Recipe, name)
    return min(max(value, facts.low or 0), facts.high or 100)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeading if column == Column.LOOKS else Qt.AlignmentFlag.AlignTrailing
    return side | Qt.AlignmentFlag.AlignVCenter
