"""Connects the options with the window: the selected files, the current picture, the presets on the first page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from oimg.faces import messages
from oimg.faces.gui.queue.rows import Row, with_recipe
from oimg.words.recipe import Recipe
from oimg.work.settings import PresetStore, SettingsError

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow

_MANY: Final = 1000
_PAUSE: Final = 60
"""Milliseconds that the options wait until a selection of many files stops changing."""


def join(window: MainWindow, store: PresetStore) -> None:
    """Connect the options of a window with its other parts."""
    _Joint(window, store)


class _Joint(QObject):
    def __init__(self, window: MainWindow, store: PresetStore) -> None:
        super().__init__(window)
        self._window, self._store = window, store
        self._ids: list[int] = []
        self._own: Recipe | None = None
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._show_selected)
        options, view = window.options, window.queue.view
        view.selection_changed.connect(self._selected)
        view.current_changed.connect(self._look)
        window.model.rows_changed.connect(self._rows_changed)
        window.model.modelReset.connect(self._timer.start)  # after the view has taken it
        options.own_recipe_changed.connect(self._give)
        options.own_preset_chosen.connect(self._give_preset)
        options.own_recipe_dropped.connect(lambda: self._give(None))
        options.presets.presets_changed.connect(self._show_presets)
        options.presets.renamed.connect(self._take_name)

    def _selected(self, files: int) -> None:
        self._window.options.flush()  # what was meant for those that were selected
        if files > _MANY:
            self._timer.start()
        else:
            self._timer.stop()
            self._show_selected()

    def _show_selected(self) -> None:
        rows = self._window.queue.view.selected_rows()
        self._ids = [row.id for row in rows]
        current = self._window.queue.view.current_row()
        self._own = None if current is None else current.recipe
        self._window.options.show_selected(len(rows), sum(row.recipe is not None for row in rows), self._recipe())

    def _recipe(self) -> Recipe:
        """The recipe of the current file if it is selected, else of the first selected one."""
        current = self._window.queue.view.current_row()
        if self._ids and (current is None or current.id not in self._ids):
            current = self._window.model.row(self._ids[0])
        return self._window.recipe if current is None else current.recipe_under(self._window.recipe)

    def _look(self, row: Row | None) -> None:
        source = None if row is None else row.source
        name = "" if row is None else row.path.name
        self._window.options.show_picture(None if source is None else source.header.upright_size, name)

    def _rows_changed(self, ids: set[int]) -> None:
        current = self._window.queue.view.current_row()
        if current is not None and current.id in ids:
            self._look(current)
            if current.recipe != self._own:  # given by somebody else
                self._show_selected()

    def _give(self, recipe: Recipe | None) -> None:
        """Give the selected files a recipe of their own, or remove it."""
        window, self._own = self._window, recipe
        window.model.change(self._ids, lambda row: with_recipe(row, recipe))
        if recipe is None:
            self._show_selected()
        else:
            window.options.show_own(len(self._ids), recipe)

    def _give_preset(self, name: str) -> None:
        try:
            recipe = self._store.get(name)
        except SettingsError as error:
            self._window.foot.show_note(messages.settings_error(error.reason, error.detail))
            return
        self._give(replace(recipe, output=self._recipe().output))

    def _take_name(self, old: str, new: str) -> None:
        window = self._window
        if window.preset == old:
            window.preset = new
            window.use_recipe(window.recipe)

    def _show_presets(self) -> None:
        self._window.home.show_presets(self._store.names())
        self._window.use_recipe(self._window.recipe)
