"""The curve: what each step of quality costs in bytes and gains in score, for the selected picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from oimg.faces import messages
from oimg.faces.gui import icons
from oimg.faces.gui.comparing.chart import Chart, Setting
from oimg.faces.gui.comparing.page import Page
from oimg.faces.gui.comparing.picking import PickView
from oimg.faces.gui.comparing.points import Column, PointModel, place_of, point_text, recipe_showing, recipe_taking
from oimg.faces.gui.options.words import format_name
from oimg.faces.messages import _
from oimg.words.errors import OimgError
from oimg.words.images import Format
from oimg.words.recipe import Mode, Output, Recipe, Target
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken

if TYPE_CHECKING:
    from oimg.words.preview import CurvePoint
    from oimg.work.session import Previews

_WITH_QUALITY: Final = frozenset({Format.JPEG, Format.WEBP, Format.AVIF, Format.JXL})
_DEFAULT: Final = Recipe()


class CurvePage(Page):
    """A line of text above the chart; the same points as a table for those who prefer to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("curve", parent)
        self.setAccessibleName(_("Curve"))
        self.points: list[CurvePoint] = []
        self._error: OimgError | None = None
        self.chart = Chart(self)
        self.model = PointModel(self)
        self.table = PickView(self.model, _("Points of the curve"), (Column.LOOKS, Column.SAVED), self)
        self._line = QLabel(self)
        self._as_table = QToolButton(self)
        self._views = QStackedWidget(self)
        self._lay_out()
        self.chart.pointed.connect(self._point)
        self.chart.taken.connect(self._choose)
        self.table.pointed.connect(lambda row: self._point(self._in_row(row)))
        self.table.taken.connect(lambda row: self._choose(self._in_row(row)))
        self._as_table.toggled.connect(self._show_table)

    def _lay_out(self) -> None:
        self._line.setWordWrap(True)
        self._line.setTextFormat(Qt.TextFormat.PlainText)
        self._line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._as_table.setCheckable(True)
        self._as_table.setProperty("look", "plain")
        self._as_table.setIcon(icons.icon("table"))
        self._as_table.setAccessibleName(_("Show as table"))
        self._as_table.setToolTip(_("Show as table"))
        self.table.horizontalHeader().setStretchLastSection(True)
        for view in (self.chart, self.table):
            self._views.addWidget(view)
        self.setFocusProxy(self.chart)
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 8, 0)
        row.addWidget(self._line, 1)
        row.addWidget(self._as_table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self._views, 1)

    @property
    def format(self) -> Format | None:
        """The format of the curve; None if the recipe leaves it open and no point is known yet."""
        if self.source is None:
            return None
        if self.recipe.format is Target.AUTO:
            return self.points[0].format if self.points else None
        return self.source.header.format if self.recipe.format is Target.KEEP else Format(self.recipe.format.value)

    def _applies(self) -> bool:
        possible = self.recipe.format is Target.AUTO or self.format in _WITH_QUALITY
        return possible and self.recipe.mode is not Mode.LOSSLESS

    def _matter(self, recipe: Recipe) -> Recipe:
        """What is chosen on the curve does not change it."""
        chosen = {name: getattr(_DEFAULT, name) for name in ("mode", "target", "quality", "max_bytes")}
        gate = {name: getattr(_DEFAULT, name) for name in ("min_savings", "min_saved_bytes")}
        return replace(recipe, **chosen, **gate, output=Output())

    def _series(
        self, previews: Previews, source: SourceFile, recipe: Recipe, token: CancelToken
    ) -> Iterator[CurvePoint]:
        return previews.curve(source, recipe, token)

    def _clear(self) -> None:
        self._error, self.points = None, []
        self._show_points()

    def _take(self, value: Any) -> None:
        self.points.append(value)
        self._show_points()
        self._mark()

    def _end(self, error: OimgError | None) -> None:
        self._error = error
        self._show_points()
        self._say(self.chart.current)

    def _mark(self) -> None:
        score = self.recipe.target if self.recipe.mode is Mode.VISUAL else None
        limit = self.recipe.max_bytes if self.recipe.mode is Mode.SIZE else None
        place = place_of(self.recipe, self.points, self.chart.line)
        self.chart.show_setting(Setting(score if self._applies() else None, limit, place))
        self._say(self.chart.current)

    def _show_points(self) -> None:
        original = 0 if self.source is None else self.source.byte_size
        possible = self._applies() and self._error is None and (bool(self.points) or not self._whole)
        self.chart.show_points(self.points, original, possible=possible)
        self.model.show_points(self.chart.points, original)
        told = [point_text(each, original) for each in self.chart.points]
        self.chart.setAccessibleDescription("\n".join(told))

    def _in_row(self, row: int) -> CurvePoint | None:
        return self.model.points[row] if 0 <= row < len(self.model.points) else None

    def _point(self, point: CurvePoint | None) -> None:
        self._say(point)
        format_ = self.format
        wanted = None if point is None or format_ is None else recipe_showing(point, self.recipe, format_)
        self.preview_wanted.emit(wanted)

    def _choose(self, point: CurvePoint | None) -> None:
        if point is not None:
            self.recipe_chosen.emit(recipe_taking(point, self.recipe))

    def _show_table(self, shown: bool) -> None:
        view = self.table if shown else self.chart
        self._views.setCurrentWidget(view)
        self.setFocusProxy(view)

    def _say(self, point: CurvePoint | None) -> None:
        """Say what a point is; else why there is no curve, how far it is, or what can be done with it."""
        if point is not None and self.source is not None:
            text = point_text(point, self.source.byte_size)
            self.chart.setAccessibleName(text)
        else:
            text = self._standing()
            self.chart.setAccessibleName(_("Curve of size against score"))
        self._line.setText(text)

    def _standing(self) -> str:
        if self.source is None:
            return _("Choose a picture in the list to see its curve.")
        if self.recipe.mode is Mode.LOSSLESS:
            return _("Without loss there is only one size, and so no curve.")
        title = "" if self.format is None else format_name(self.format)
        if not self._applies():
            return _("{format} has no steps of quality, and so no curve.").format(format=title)
        if self._error is not None:
            text = messages.error(self._error.code, self._error.detail)
            return text[:1].upper() + text[1:]
        if not self._whole:
            return _("Measuring at several qualities…")
        if not self.points:
            return _("There is no curve for this picture.")
        return {
            Mode.QUALITY: _("{format}: click a point to set its quality."),
            Mode.SIZE: _("{format}: click a point to set its size as the largest."),
        }.get(self.recipe.mode, _("{format}: click a point to set its score as the target.")).format(format=title)
