"""Puts the pages that compare into the drawer, and tells them what is looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oimg.faces.gui.actions import Act
from oimg.faces.gui.comparing.curve import CurvePage
from oimg.faces.gui.comparing.formats import FormatsPage
from oimg.faces.messages import _
from oimg.words.recipe import Recipe

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow
    from oimg.work.session import Previews


class Comparing(QObject):
    """The pages as one: what they want shown, and what the user took in them."""

    preview_wanted = Signal(object)
    """The `Recipe` to show in the picture's place; None for its own again."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.formats = FormatsPage(window)
        self.curve = CurvePage(window)
        for page in (self.formats, self.curve):
            page.preview_wanted.connect(self.preview_wanted)
            page.recipe_chosen.connect(self._take)

    def use(self, previews: Previews) -> None:
        """From now on pictures can be compared."""
        for page in (self.formats, self.curve):
            page.use(previews)

    def look(self) -> None:
        """Look at the current row, under the recipe that it has now."""
        row = self._window.queue.view.current_row()
        source = None if row is None else row.source
        recipe = self._window.recipe if row is None else row.recipe_under(self._window.recipe)
        for page in (self.formats, self.curve):
            page.look(source, recipe)

    def close(self) -> None:
        """Ask for nothing more."""
        for page in (self.formats, self.curve):
            page.close_threads()

    def _take(self, recipe: Recipe) -> None:
        """Use a recipe for all files, or for the one alone that has a recipe of its own."""
        row = self._window.queue.view.current_row()
        if row is None or row.recipe is None:
            self._window.use_recipe(recipe)
        else:
            self._window.model.change([row.id], lambda each: replace(each, recipe=recipe))


def join(window: MainWindow) -> Comparing:
    """Put the pages into the drawer of a window."""
    made = Comparing(window)
    for key, title, page in ((Act.FORMATS, _("Compare formats"), made.formats), (Act.CURVE, _("Curve"), made.curve)):
        window.drawer.add(key, title, page, window.actions_[key])
    window.header.add_to_end([window.actions_[Act.FORMATS], window.actions_[Act.CURVE]])
    made.preview_wanted.connect(window.stage.show_tried)
    window.queue.view.current_changed.connect(made.look)
    window.model.rows_changed.connect(made.look)
    return made
