"""The middle pane: the current row's picture, what a recipe makes of it, and how the two differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil, floor
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from oimg.faces import messages
from oimg.faces.gui.queue.rows import Row, State, line
from oimg.faces.gui.stage import words
from oimg.faces.gui.stage.busy import BusyLine
from oimg.faces.gui.stage.canvas import Canvas
from oimg.faces.gui.stage.facts import FactsStrip
from oimg.faces.gui.stage.legend import Legend
from oimg.faces.gui.stage.loader import Loader, Made, Seen, Wanted
from oimg.faces.gui.stage.picture import Picture
from oimg.faces.gui.stage.scene import Glance, Scene, ViewMode
from oimg.faces.messages import _
from oimg.words.errors import OimgError
from oimg.words.preview import Region, Result
from oimg.words.recipe import Recipe

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Previews


class StageView(QFrame):
    """Shows one row at a time under one recipe. A late result never replaces a newer one."""

    result_shown = Signal(object)
    """The `Result` of the present row and recipe, or None while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "stage")
        self._row: Row | None = None
        self._recipe = Recipe()
        self._tried: Recipe | None = None
        self._result: Result | None = None
        self._quality: float | None = None
        self._ahead: Callable[[], Row | None] = lambda: None
        self.facts = FactsStrip(self)
        self.busy = BusyLine(self)
        self.canvas = Canvas(self)
        self.legend = Legend(self)
        self.legend.hide()
        self.loader = Loader(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(0)
        layout.addWidget(self.facts)
        layout.addSpacing(8)
        layout.addWidget(self.busy)
        layout.addSpacing(2)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.legend)
        self._join()

    def _join(self) -> None:
        loader = self.loader
        loader.base_made.connect(self._show_base)
        loader.base_failed.connect(self._show_no_picture)
        loader.glance_made.connect(self._show_glance)
        loader.result_made.connect(self._show_result)
        loader.result_failed.connect(self._show_no_result)
        loader.heat_failed.connect(lambda error: self._change(note=words.no_result(error)))
        loader.heat_made.connect(self._show_heat)
        loader.busy_changed.connect(lambda busy: self.busy.show_busy(busy=busy))
        loader.foresee(self._next_wanted)
        self.canvas.moved.connect(self._tell_what_is_seen)
        self.legend.gain_changed.connect(lambda gain: loader.show_heat(gain) if self.legend.isVisible() else None)

    def use(self, previews: Previews) -> None:
        """Use this source of pictures from now on."""
        self.loader.use(previews)

    def close_threads(self) -> None:
        """Stop all requests."""
        self.loader.close()
        self.busy.show_busy(busy=False)

    def show_ahead(self, next_row: Callable[[], Row | None]) -> None:
        """Set the row that will be shown next, so that it can be prepared."""
        self._ahead = next_row

    def show_row(self, row: Row | None) -> None:
        """Show a row, or nothing."""
        before, self._row = self._row, row
        if row is None or before is None or before.id != row.id:
            self._tried = None
        if row is None or row.source is None:
            self._result = None
            self.loader.look_away()
            self.canvas.show_scene(Scene(text="" if row is None else line(row)))
            self.result_shown.emit(None)
        elif before is None or before.source != row.source or before.path != row.path:
            self._result = None
            size = messages.size(row.source.byte_size)
            originals = (_("Original {size}").format(size=size), size)
            self.canvas.show_scene(Scene(original_labels=originals, result_labels=_waiting()))
            self.canvas.setAccessibleName(_("Picture {name}").format(name=messages.printable(row.path.name)))
            self.loader.look_at(row.source, self._wanted(row))
            self.result_shown.emit(None)
        else:
            self._take_recipe()
        self._show_facts()

    def show_recipe(self, recipe: Recipe) -> None:
        """Show what another common recipe makes of the picture; the result of the old one stays until it is there."""
        self._recipe = recipe
        self._take_recipe()

    def show_tried(self, recipe: Recipe | None) -> None:
        """Show what a recipe that is only pointed at makes of the picture; None for the row's own again."""
        self._tried = recipe
        self._take_recipe()

    def show_mode(self, mode: ViewMode) -> None:
        """Use another view."""
        self.canvas.show_mode(mode)
        self.legend.setVisible(mode is ViewMode.DIFFERENCE)
        self.loader.show_heat(self.legend.gain if mode is ViewMode.DIFFERENCE else None)
        self._label()

    def _wanted(self, row: Row) -> Recipe:
        return row.recipe_under(self._recipe) if self._tried is None else self._tried

    def _take_recipe(self) -> None:
        if self._row is None or self._row.source is None:
            return
        look = self.loader.look
        self.loader.change(self._wanted(self._row))
        if self.loader.look != look:
            self._change(old=True, alone=False, note="", heat=None)
            self._label()
            self._show_facts()
            self.result_shown.emit(None)

    def _show_base(self, base: Picture) -> None:
        self._change(base=base)
        self._tell_what_is_seen()

    def _show_no_picture(self, error: OimgError) -> None:
        replaced = self._row is not None and self._row.state is State.OPTIMIZED
        self.canvas.show_scene(Scene(text=words.no_picture(error, replaced=replaced)))

    def _show_glance(self, glance: Glance | None, quality: float | None) -> None:
        self._quality = quality
        self._change(glance=glance)
        self._label()

    def _show_result(self, made: Made) -> None:
        self._result = made.result
        note = "" if made.result.kept is None else words.stays(*made.result.kept)
        alone = made.picture is None
        self._change(result=made.picture, glance=None, heat=None, old=False, alone=alone, note=note)
        self._label()
        self._show_facts()
        self.result_shown.emit(made.result)

    def _show_no_result(self, error: OimgError) -> None:
        self._result = None
        self._change(result=None, glance=None, heat=None, old=False, alone=True, note=words.no_result(error))
        self._show_facts()

    def _show_heat(self, heat: Picture) -> None:
        self._change(heat=heat)
        self._label()

    def _change(self, **values: object) -> None:
        self.canvas.show_scene(replace(self.canvas.scene, **values))  # type: ignore[arg-type]

    def _label(self) -> None:
        """Say what is seen of the result."""
        scene, result = self.canvas.scene, self._result
        texts: tuple[str, ...]
        if self.canvas.mode is ViewMode.DIFFERENCE and scene.heat is None:
            texts = (_("The differences are being looked for…"), _("Working…"))
        elif self.canvas.mode is ViewMode.DIFFERENCE:
            texts = words.heat_labels(result)
        elif scene.glance is not None:
            texts = words.glance_labels(self._quality)
        elif result is None or result.shown is None:
            texts = _waiting()
        elif scene.old:
            texts = (_("Earlier result {size}").format(size=messages.size(result.byte_size)), _("Earlier result"))
        else:
            texts = words.result_labels(result)
        self._change(result_labels=texts)

    def _show_facts(self) -> None:
        self.facts.show_facts(self._row, self._result, old=self.canvas.scene.old)

    def _tell_what_is_seen(self) -> None:
        there = self.canvas.viewport
        if there is not None and self.canvas.scene.base is not None:
            left, top, width, height = there.seen
            region = Region(floor(left), floor(top), max(1, ceil(width) + 1), max(1, ceil(height) + 1))
            self.loader.show_part(Seen(region, there.scale))

    def _next_wanted(self) -> Wanted | None:
        row = self._ahead()
        return None if row is None or row.source is None else (row.source, row.recipe_under(self._recipe))


def _waiting() -> tuple[str, ...]:
    return _("The result is being made…"), _("Working…")
