"""Joins the privacy pages and the preferences with the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from oimg.faces import messages
from oimg.faces.gui.actions import Act
from oimg.faces.gui.background import Answer, Background
from oimg.faces.gui.privacy.dialogs import Dialogs
from oimg.faces.gui.privacy.inspector import Inspector
from oimg.faces.gui.privacy.keeping import Keeping
from oimg.faces.gui.privacy.revealing import Revealed, reveal
from oimg.faces.gui.queue.rows import Row
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import Place, Recipe
from oimg.words.report import Optimized

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow
    from oimg.work.session import Session

# A slider that is dragged makes many recipes; a file is looked into when it rests.
_REST: Final = 200
_WIDTH: Final = 348
# Widths of the window from which options and inspector have room beside each other.
_BOTH: Final = 1420


class Privacy(QObject):
    """The inspector and the pages behind the lock, of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session: Session | None = None
        self._asked: object = None
        self._options_before = False
        self.inspector = Inspector(window)
        self.keeping = Keeping(self)
        self.dialogs = Dialogs(window, self.keeping)
        self._background = Background("inspector", keep=1, parent=self)
        self._background.arrived.connect(self._take)
        self._timer = QTimer(self, singleShot=True, interval=_REST)
        self._timer.timeout.connect(self._ask)
        window.splitter.addWidget(self.inspector)
        self.inspector.hide()
        self._join()

    def _join(self) -> None:
        window, actions = self._window, self._window.actions_
        window.header.add_to_end([actions[Act.PRIVACY]])
        actions[Act.PRIVACY].toggled.connect(self._turn)
        actions[Act.OPTIONS].toggled.connect(self._make_room)
        self.inspector.closed.connect(lambda: actions[Act.PRIVACY].setChecked(False))
        self.inspector.keep_wanted.connect(self._keep)
        self.inspector.privacy_wanted.connect(lambda: self._change(metadata=MetadataPolicy.PRIVATE))
        window.queue.view.current_changed.connect(lambda _: self._ask())
        window.model.rows_changed.connect(self._rows_changed)
        window.recipe_used.connect(lambda _: self._timer.start())

    def use(self, session: Session) -> None:
        """From now on files can be looked into."""
        self._session = session
        self.dialogs.use(session)
        self._ask()

    def close(self) -> None:
        """Ask for nothing more."""
        self._timer.stop()
        self._background.close()
        self.keeping.close()
        self.dialogs.close()

    def _turn(self, on: bool) -> None:
        """Show or hide the inspector; where there is no room for both, the options give way to it."""
        options = self._window.actions_[Act.OPTIONS]
        if on:
            self._options_before = options.isChecked() and self._window.width() < _BOTH
            if self._options_before:
                options.setChecked(False)
        self.inspector.setVisible(on)
        if on:
            self._give_width()
            self._asked = None
            self._ask()
        elif self._options_before:
            self._options_before = False
            options.setChecked(True)

    def _make_room(self, on: bool) -> None:
        """The options are wanted back."""
        if on and self.inspector.isVisible() and self._window.width() < _BOTH:
            self._options_before = False
            self._window.actions_[Act.PRIVACY].setChecked(False)

    def _give_width(self) -> None:
        sizes = self._window.splitter.sizes()
        taken = _WIDTH - sizes[-1]
        if sizes[-1] < self.inspector.minimumWidth():
            self._window.splitter.setSizes([sizes[0], max(1, sizes[1] - taken), *sizes[2:-1], _WIDTH])

    def _rows_changed(self, ids: set[int]) -> None:
        row = self._window.queue.view.current_row()
        if row is not None and row.id in ids:
            self._timer.start()

    def _ask(self) -> None:
        """Look into the current row, unless that is what is shown already."""
        self._timer.stop()
        if not self.inspector.isVisible():
            return
        row = self._window.queue.view.current_row()
        if row is None or self._session is None:
            self._asked = None
            self._background.forget()
            self.inspector.show_nothing()
            return
        recipe = row.recipe_under(self._window.recipe)
        key = (_path_of(row), row.source and row.source.identity, row.state, replace(recipe, output=Recipe().output))
        if key == self._asked:
            return
        if not isinstance(self._asked, tuple) or self._asked[:2] != key[:2]:
            self.inspector.show_nothing(messages.printable(row.path.name))
        self._asked = key
        self._background.forget()
        self._background.ask(key, reveal(self._session, _path_of(row), row.source, recipe))

    def _take(self, answer: Answer) -> None:
        row = self._window.queue.view.current_row()
        if answer.key != self._asked or row is None:
            return
        if answer.error is not None:
            self.inspector.show_error(messages.printable(row.path.name), answer.error)
        elif isinstance(answer.value, Revealed):
            self.inspector.show_revealed(answer.value, row.recipe_under(self._window.recipe))

    def _keep(self, groups: frozenset[MetadataGroup], on: bool) -> None:
        row = self._window.queue.view.current_row()
        if row is not None:
            before = row.recipe_under(self._window.recipe).keep
            self._change(keep=before | groups if on else before - groups)

    def _change(self, **values: object) -> None:
        """Change the recipe that the current row is worked on with: its own, or else that of all."""
        row = self._window.queue.view.current_row()
        if row is None:
            return
        recipe = replace(row.recipe_under(self._window.recipe), **values)  # type: ignore[arg-type]
        if row.recipe is None:
            self._window.use_recipe(recipe)
        else:
            self._window.model.change([row.id], lambda each: replace(each, recipe=recipe))
        self._ask()


def _path_of(row: Row) -> Path:
    """Where the file is now: a result that took the place of its original may have another name."""
    replaced = row.done_by is not None and row.done_by.output.place is Place.IN_PLACE
    return row.outcome.output if replaced and isinstance(row.outcome, Optimized) else row.path
