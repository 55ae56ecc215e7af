"""Compare formats: the selected picture in every format, with the present recipe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QFrame, QHeaderView, QLabel, QVBoxLayout, QWidget

from oimg.faces import messages
from oimg.faces.gui import theme
from oimg.faces.gui.comparing.page import Page
from oimg.faces.gui.comparing.picking import PickView
from oimg.faces.gui.comparing.trial_delegate import TrialDelegate
from oimg.faces.gui.comparing.trials import Column, TrialModel, can_be_taken, reason, written
from oimg.faces.messages import _
from oimg.words.errors import OimgError
from oimg.words.recipe import Output, Recipe, Target
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken

if TYPE_CHECKING:
    from oimg.words.preview import FormatTrial
    from oimg.work.session import Previews

_Mode: TypeAlias = QHeaderView.ResizeMode


class TrialView(PickView):
    """The table; shows as many columns as fit."""

    def __init__(self, model: TrialModel, parent: QWidget | None = None) -> None:
        super().__init__(model, _("Formats"), (Column.TIME, Column.BAR), parent)
        self._trials = model
        self.setItemDelegate(TrialDelegate(self, model))
        model.rowsInserted.connect(self._span)
        model.known_better.connect(lambda place: self._span(QModelIndex(), place, place))
        model.modelReset.connect(self.clearSpans)

    def fit(self) -> None:
        """Say how a picture looks in words where there is room; the bar takes what is left."""
        for self._trials.brief in (False, True):
            super().fit()
            if not self.isColumnHidden(Column.BAR):
                break
        header, fit, stretch = self.horizontalHeader(), _Mode.ResizeToContents, _Mode.Stretch
        without_bar = self.isColumnHidden(Column.BAR)
        header.setSectionResizeMode(Column.BAR, stretch)
        header.setSectionResizeMode(Column.LOOKS, stretch if without_bar else fit)

    def _span(self, _parent: QModelIndex, first: int, last: int) -> None:
        """A reason takes the room of all figures."""
        for place in range(first, last + 1):
            trial = self._trials.trial(place)
            if trial is not None and written(trial) is None:
                self.setSpan(place, Column.SIZE, 1, len(Column) - Column.SIZE)


class FormatsPage(Page):
    """The table, and a line that says what can be done with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("formats", parent)
        self.model = TrialModel(self)
        self.view = TrialView(self.model, self)
        self._line = QLabel(self)
        self._line.setProperty("look", "quiet")
        self._line.setFont(theme.font(theme.CAPTION))
        self._line.setWordWrap(True)
        self._error: OimgError | None = None
        self.setFocusProxy(self.view)
        self.setAccessibleName(_("Compare formats"))
        foot = QFrame(self)
        foot.setProperty("look", "foot")
        inner = QVBoxLayout(foot)
        inner.setContentsMargins(12, 6, 12, 7)
        inner.addWidget(self._line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(foot)
        self.view.pointed.connect(self._point)
        self.view.taken.connect(self._choose)

    def _matter(self, recipe: Recipe) -> Recipe:
        return replace(recipe, format=Target.KEEP, output=Output())

    def _series(
        self, previews: Previews, source: SourceFile, recipe: Recipe, token: CancelToken
    ) -> Iterator[FormatTrial]:
        return previews.formats(source, recipe, token)

    def _clear(self) -> None:
        self._error = None
        self.model.clear(0 if self.source is None else self.source.byte_size)
        self._say(None)

    def _take(self, value: Any) -> None:
        self.model.add(value)

    def _end(self, error: OimgError | None) -> None:
        self._error = error
        self._say(None)

    def _mark(self) -> None:
        self.model.use(self.recipe, None if self.source is None else self.source.header.format)
        self._say(None)

    def _point(self, place: int) -> None:
        trial = self.model.trial(place)
        self._say(trial)
        self.preview_wanted.emit(self._recipe_of(trial) if trial is not None and can_be_taken(trial) else None)

    def _choose(self, place: int) -> None:
        trial = self.model.trial(place)
        if trial is not None and can_be_taken(trial):
            self.recipe_chosen.emit(self._recipe_of(trial))

    def _recipe_of(self, trial: FormatTrial) -> Recipe:
        return replace(self.recipe, format=Target(trial.format.value))

    def _say(self, trial: FormatTrial | None) -> None:
        """Say what is under way, what went wrong, why a format is not possible, or what can be done."""
        if self.source is None:
            text = _("Choose a picture in the list to compare its formats.")
        elif self._error is not None:
            text = messages.error(self._error.code, self._error.detail)
            text = text[:1].upper() + text[1:]
        elif trial is not None and written(trial) is None:
            text = reason(trial)
        elif not self._whole:
            text = _("Trying every format…")
        elif self.recipe.format is Target.AUTO:
            text = _("OIMG takes the best for each picture. Click a format, or press Enter, to use it for all.")
        else:
            text = _("Click a format, or press Enter, to use it.")
        self._line.setText(text)
