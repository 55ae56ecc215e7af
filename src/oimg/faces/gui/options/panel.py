"""The right pane: all fields of the recipe. It emits only valid recipes, no more often than can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from oimg.faces.gui import theme
from oimg.faces.gui.options import words
from oimg.faces.gui.options.advanced import AdvancedSection
from oimg.faces.gui.options.draft import Draft
from oimg.faces.gui.options.fields import Section, stack
from oimg.faces.gui.options.fold import Fold
from oimg.faces.gui.options.metadata import MetadataSection
from oimg.faces.gui.options.output import OutputSection
from oimg.faces.gui.options.presets import PresetBar
from oimg.faces.gui.options.quality import QualitySection
from oimg.faces.gui.options.resize import ResizeSection
from oimg.faces.gui.options.scope import ScopeBar
from oimg.faces.messages import _
from oimg.words.recipe import Recipe, RecipeError
from oimg.work.settings import PresetStore

_PAUSE: Final = 50
"""Milliseconds between two recipes that are emitted while a slider moves."""


class OptionsPanel(QFrame):
    """Shows the common recipe or that of the selected files, and emits the one that the user makes of it."""

    recipe_changed = Signal(object)
    """The common `Recipe` that the user made."""
    preset_chosen = Signal(str)
    own_recipe_changed = Signal(object)
    """The `Recipe` that the user made for the selected files."""
    own_preset_chosen = Signal(str)
    own_recipe_dropped = Signal()
    """Emitted when the selected files shall use the common recipe again."""

    def __init__(self, store: PresetStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "pane")
        self._draft = Draft()
        self._common = ("", Recipe())
        self._selected: Recipe | None = None
        self._files, self._with_own = 0, 0
        self.is_own = False
        """Whether the options are those of the selected files only."""
        self._unsent, self._sending = False, False
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self.scope = ScopeBar()
        self.presets = PresetBar(store)
        self.quality, self.resize_, self.metadata = QualitySection(), ResizeSection(), MetadataSection()
        self.output, self.advanced = OutputSection(), AdvancedSection()
        self.folds = (
            Fold("resize", _("Size in pixels"), self.resize_),
            Fold("metadata", _("Metadata and privacy"), self.metadata),
            Fold("output", _("Where results go"), self.output),
            Fold("advanced", _("Advanced"), self.advanced),
        )
        self._lay_out()
        self._join()
        self._show()

    @property
    def sections(self) -> Sequence[Section]:
        """The sections that show the recipe."""
        return (self.quality, *(each.section for each in self.folds))

    def _lay_out(self) -> None:
        title = QLabel(_("Options"))
        title.setFont(theme.font(theme.TITLE, bold=True))
        content = QWidget()
        content.setObjectName("options")
        column = stack(content, 16)
        column.setContentsMargins(16, 16, 16, 16)
        for each in (title, self.scope, self.presets, self.quality):
            column.addWidget(each)
        folds = stack(spacing=4)
        for fold in self.folds:
            folds.addWidget(fold)
        column.addLayout(folds)
        column.addStretch()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(content)
        content.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area)

    def _join(self) -> None:
        for section in self.sections:
            section.changed.connect(self._change)
            section.settled.connect(self.flush)
        for fold in self.folds:
            fold.heading.clicked.connect(partial(QTimer.singleShot, 0, self, partial(self._reveal, fold)))
        self.presets.chosen.connect(self._choose_preset)
        self.scope.chosen.connect(self._choose_scope)
        self.scope.back_wanted.connect(self._drop_own)
        self._timer.timeout.connect(self.flush)

    def _reveal(self, fold: Fold) -> None:
        """Scroll to what was just opened; its heading stays in sight."""
        if fold.is_open:
            self.area.ensureWidgetVisible(fold, 0, 0)
            self.area.ensureWidgetVisible(fold.heading, 0, 0)

    def show_recipe(self, preset: str, recipe: Recipe) -> None:
        """Show the common recipe, and the preset that it is or came from."""
        self._common = preset, recipe
        if not self.is_own:
            self._show_if_other()

    def show_selected(self, files: int, with_own: int, recipe: Recipe | None) -> None:
        """Take how many files are selected, how many have a recipe of their own, and that of the one looked at.

        The options are for them where all have one of their own; else, until the user says so, for all files.
        """
        self.flush()
        self._files, self._with_own, self._selected = files, with_own, recipe
        self.is_own = files > 0 and with_own == files
        self._show_if_other()

    def show_own(self, with_own: int, recipe: Recipe) -> None:
        """Update after the recipes of the selected files were changed."""
        self._with_own, self._selected = with_own, recipe
        self._show_if_other()

    def show_picture(self, size: tuple[int, int] | None, name: str) -> None:
        """Take the upright size and the name of the picture that is looked at."""
        self.resize_.show_picture(size)
        self.output.show_example(name)

    def restore(self, folds: str, folders: str) -> None:
        """Open the folds, and take the folders, that were remembered."""
        for fold in self.folds:
            fold.set_open(is_open=fold.name in folds.split())
        self.output.show_recent([each for each in folders.split("\n") if each])

    def remembered(self) -> dict[str, str]:
        """The state for `restore`."""
        folds = " ".join(fold.name for fold in self.folds if fold.is_open)
        return {"folds": folds, "folders": "\n".join(self.output.folder.recent)}

    def flush(self) -> None:
        """Emit a recipe that is still waiting."""
        self._timer.stop()
        if self._unsent:
            self._send()

    def _show_if_other(self) -> None:
        """Show what is meant; fields that are being typed in stay where it is what they made."""
        preset, recipe = self._common
        if self.is_own and self._selected is not None:
            recipe = self._selected
            preset = self.presets.name_of(recipe)
        # An impossible value stays in its field only until a recipe is shown, even if that is the last valid one.
        if recipe != self._draft.recipe or not (self._draft.is_possible or self._sending):
            self._unsent = False
            self._draft.show(recipe)
            self._show()
        self.scope.show_selected(self._files, self._with_own, own=self.is_own)
        self.presets.show_recipe(preset, recipe)

    def _show(self) -> None:
        self.quality.show_values(self._draft.values)
        for fold in self.folds:
            fold.show_values(self._draft.values)
        for section in self.sections:
            section.praise()
        self.scope.show_selected(self._files, self._with_own, own=self.is_own)

    def _choose_preset(self, name: str) -> None:
        self._unsent = False
        (self.own_preset_chosen if self.is_own else self.preset_chosen).emit(name)

    def _drop_own(self) -> None:
        self._unsent = False
        self.own_recipe_dropped.emit()

    def _choose_scope(self, own: bool) -> None:
        self.flush()
        self.is_own = own
        self._draft.show(self._common[1])
        self._show()
        self._show_if_other()

    def _change(self, changes: dict[str, Any]) -> None:
        error = self._draft.change(changes)
        self._show()
        if error is not None:
            self._complain(error)
            return
        self._unsent = True
        if not self._timer.isActive():
            self._send()

    def _complain(self, error: RecipeError) -> None:
        """Show the error at its field, and unfold its section."""
        for section in self.sections:
            if section.complain(error.name, words.wrong(error)):
                break
        for fold in self.folds:
            if error.name in fold.section.fields():
                fold.set_open(is_open=True)

    def _send(self) -> None:
        self._unsent, self._sending = False, True
        self._timer.start()
        try:
            (self.own_recipe_changed if self.is_own else self.recipe_changed).emit(self._draft.recipe)
        finally:
            self._sending = False
