"""The main window: connects its parts, which do not know one another. Their signals arrive here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import QDialog, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from oimg.faces import messages
from oimg.faces.gui import after_run
from oimg.faces.gui.about import About
from oimg.faces.gui.acting import join_actions, show_actions
from oimg.faces.gui.actions import Act, Actions
from oimg.faces.gui.comparing import joining as comparing
from oimg.faces.gui.drawer import Column, Drawer
from oimg.faces.gui.dropping import Dropping
from oimg.faces.gui.focus import order_tabs
from oimg.faces.gui.foot import Foot
from oimg.faces.gui.header import Header
from oimg.faces.gui.home import Home
from oimg.faces.gui.importing import Importing
from oimg.faces.gui.leaving import Leaving, places, remember, restore
from oimg.faces.gui.notifying import Notifying
from oimg.faces.gui.options.joining import join as join_options
from oimg.faces.gui.options.panel import OptionsPanel
from oimg.faces.gui.options.quality import in_short
from oimg.faces.gui.panes import WIDTHS, Panes
from oimg.faces.gui.privacy.joining import Privacy
from oimg.faces.gui.queue.model import QueueModel
from oimg.faces.gui.queue.panel import QueuePanel
from oimg.faces.gui.queue.rows import Row, open_rows
from oimg.faces.gui.queue.thumbnails import Thumbnails
from oimg.faces.gui.running import Item, Running, Standing
from oimg.faces.gui.showing import show_in_folder
from oimg.faces.gui.stage import joining as stage_joining
from oimg.faces.gui.stage.view import StageView
from oimg.faces.gui.theme import Choice, Theme
from oimg.faces.messages import _
from oimg.words.recipe import Place, Recipe
from oimg.words.report import Report
from oimg.words.task import JobEvent
from oimg.work.settings import PresetStore, SettingsError, WindowState

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Session

_SIZE = QSize(1280, 800)
_SMALLEST = QSize(900, 600)
# Counting what is to be done reads every row, so it is done at most a few times a second.
_PLAN = 150


class MainWindow(QMainWindow):
    """Holds the state that the parts show: the common recipe, the queue's model, the session."""

    session_opened = Signal(object)
    actions_shown = Signal()
    """Emitted after the actions were enabled or disabled."""
    closed = Signal()
    """Emitted when threads have to end."""
    recipe_used = Signal(object)
    """Emitted with the common `Recipe` when it changes."""

    def __init__(self, state: WindowState = WindowState()) -> None:
        super().__init__()
        self.recipe = state.recipe
        self.preset = state.preset
        self._session: Session | None = None
        self._note = ""
        self._presets = PresetStore()
        self.theme = Theme(Choice(state.theme) if state.theme in set(Choice) else Choice.SYSTEM, self)
        self.actions_ = Actions(self)
        self.model = QueueModel(self)
        self.importing = Importing(self)
        self.running = Running(self)
        self.leaving = Leaving(self, self.running)
        self.thumbnails = Thumbnails(self)
        names = self._presets.names()
        self.header = Header(self.actions_, self)
        ways = [self.actions_[each] for each in (Act.OPEN_FILES, Act.OPEN_FOLDER, Act.PASTE)]
        self.home = Home(ways, names, self)
        self.queue = QueuePanel(self.model, self.thumbnails, self.actions_[Act.COLUMNS], self)
        self.stage = StageView(self)
        self.drawer = Drawer(self)
        self.column = Column(self.stage, self.drawer, self)
        self.options = OptionsPanel(self._presets, self)
        self.foot = Foot(self.actions_[Act.PAUSE], self.actions_[Act.CANCEL], self.actions_[Act.RESULTS], self)
        self.splitter = Panes(self)
        self._pages = QStackedWidget(self)
        self._plan_timer = QTimer(self, singleShot=True, interval=_PLAN)
        self._lay_out()
        self.dropping = Dropping(self)
        self.dropping.let_through()
        self.about = About(self)
        self._join()
        join_actions(self)
        stage_joining.join(self)
        self.comparing = comparing.join(self)
        join_options(self, self._presets)
        self.after_run = after_run.join(self)
        self.notifying = Notifying(self, self.running, lambda: self.after_run.sentence)
        self.running.ended.connect(self._ended)  # after those who put the results together
        self.privacy = Privacy(self)
        for part in (self.header, self.queue, self.foot):
            order_tabs(part)
        self._restore(state)

    def _lay_out(self) -> None:
        self.setWindowTitle("OIMG")
        self.setMinimumSize(_SMALLEST)
        for pane, width in ((self.queue, 260), (self.column, 320), (self.options, 272)):
            pane.setMinimumWidth(width)
            self.splitter.addWidget(pane)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(1, 1)
        self._pages.addWidget(self.home)
        self._pages.addWidget(self.splitter)
        middle = QWidget(self)
        self._column = layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.foot)
        self.setCentralWidget(middle)
        self.actions_.fill(self.menuBar())

    def _join(self) -> None:
        self.dropping.paths.connect(self.add)
        self.dropping.image.connect(self.add_image)
        self.importing.found.connect(self.model.add)
        self.importing.progressed.connect(self.queue.show_import)
        self.importing.finished.connect(self.queue.show_left_out)
        self.importing.finished.connect(self.model.sort_again)
        self.queue.import_stopped.connect(self.importing.cancel)
        self.model.rows_changed.connect(self._rows_changed)
        self.model.totals_changed.connect(self._queue_changed)
        self.queue.view.current_changed.connect(self.stage.show_row)
        self.queue.view.selection_changed.connect(self._selected)
        self.queue.view.menu_wanted.connect(self._show_row_menu)
        self.running.began.connect(self._show_actions)
        self.running.happened.connect(self._happened)
        self.running.moved.connect(self._moved)
        self.leaving.close_now.connect(self.close)
        self.foot.optimize.connect(self.optimize)
        self.foot.optimize_selected.connect(self.optimize_selected)
        self.home.preset_chosen.connect(self.choose_preset)
        self.home.clicked.connect(self.actions_[Act.OPEN_FILES].trigger)
        self.options.preset_chosen.connect(self.choose_preset)
        self.options.recipe_changed.connect(self.use_recipe)
        self._plan_timer.timeout.connect(self._show_plan)

    def _restore(self, state: WindowState) -> None:
        self.resize(_SIZE)
        if not restore(self, self.splitter, state):
            self.splitter.setSizes(WIDTHS)
        self.actions_[Act.COLUMNS].setChecked(state.columns == "shown")
        self.options.restore(state.folds, state.folders)
        self.use_recipe(self.recipe)
        self._queue_changed()
        self.column.restore(state.drawer)
        stage_joining.show_view(self, state.view)
        self.home.setFocus()

    def use(self, session: Session) -> None:
        """Use this session from now on: pictures can be found, shown and optimized."""
        self._session = session
        previews = session.previews()
        self.stage.use(previews)
        self.thumbnails.use(previews)
        self.comparing.use(previews)
        self.importing.use(session)
        self.options.output.show_keeping(session.settings.backup_days)
        self.privacy.use(session)
        self.queue.view.viewport().update()
        self.session_opened.emit(session)
        self._show_plan()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """The parts that the keyboard jumps between, in reading order."""
        panes = (self.home, self.queue.view, self.stage, self.drawer, self.options, self.privacy.inspector)
        return (self.header, *panes, self.foot)

    def show_above_foot(self, strip: QWidget) -> None:
        """Give a strip its place above the foot."""
        self._column.insertWidget(self._column.count() - 1, strip)

    def show_unusable(self, reason: str) -> None:
        """Report that the session could not be opened."""
        QMessageBox(QMessageBox.Icon.Critical, "OIMG", _("OIMG cannot work: {reason}").format(reason=reason)).exec()

    def add(self, paths: Sequence[Path]) -> None:
        """Look for pictures in files and folders, and append them; files that are listed already are probed again."""
        inside = (Path(self.recipe.output.path),) if self.recipe.output.place is Place.FOLDER else ()
        self.importing.add(list(paths), inside)

    def add_image(self, image: QImage) -> None:
        """Append a picture that was pasted."""
        self.importing.add_image(image)

    def choose_preset(self, name: str) -> None:
        """Apply the recipe of a preset; where results go does not change."""
        try:
            recipe = self._presets.get(name)
        except SettingsError as error:
            self.foot.show_note(messages.settings_error(error.reason, error.detail))
            return
        self.preset = name
        self.use_recipe(replace(recipe, output=self.recipe.output))

    def use_recipe(self, recipe: Recipe) -> None:
        """Use another common recipe."""
        self.recipe = recipe
        self.home.show_preset(self.preset if self._is_preset() else "", in_short(recipe))
        self.options.show_recipe(self.preset, recipe)
        self.stage.show_recipe(recipe)
        self.comparing.look()
        self._note = ""
        self._plan_timer.start()
        self.recipe_used.emit(recipe)

    def _is_preset(self) -> bool:
        with suppress(SettingsError):
            return replace(self._presets.get(self.preset), output=self.recipe.output) == self.recipe
        return False

    def optimize(self) -> None:
        """Work on all files that are not done."""
        self.work_on(open_rows(self.model.rows(), self.recipe))

    def optimize_selected(self) -> None:
        """Work on the selected files that are not done."""
        self.work_on(open_rows(self.queue.view.selected_rows(), self.recipe))

    def work_on(self, rows: Sequence[Row]) -> None:
        """Start to work on some rows, each with its own recipe."""
        if self._session is None or self.running.active or not rows:
            return
        items = [Item(row.id, row.source, row.recipe_under(self.recipe)) for row in rows if row.source is not None]
        self._note = ""
        self.model.begin({item.id: item.recipe for item in items})
        self.running.start(self._session, items)

    def retry_selected(self) -> None:
        """Probe the selected files again, so that they can be optimized again."""
        self.add([row.path for row in self.queue.view.selected_rows()])

    def show_selected_in_folder(self) -> None:
        """Show results in the file manager, or the sources of files without one."""
        show_in_folder([row.file for row in self.queue.view.selected_rows()])

    def _show_row_menu(self, where: QPoint) -> None:
        menu = self.actions_.row_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def _happened(self, events: list[tuple[int, JobEvent]]) -> None:
        self.model.apply(events)

    def _moved(self, standing: Standing) -> None:
        self.foot.show_standing(standing)

    def _ended(self, report: Report | None) -> None:
        self._note = _("The work could not be started.") if report is None else ""
        self.actions_[Act.PAUSE].setChecked(False)
        self.model.sort_again()
        self._show_plan()

    def _rows_changed(self, ids: set[int]) -> None:
        current = self.queue.view.current_row()
        if current is not None and current.id in ids:
            self.stage.show_row(current)
        if not self.running.active:
            self._plan_timer.start()

    def _selected(self) -> None:
        self._show_actions()
        self._plan_timer.start()

    def _queue_changed(self) -> None:
        there = self.model.rowCount() > 0
        if there != (self._pages.currentIndex() == 1):
            self._pages.setCurrentIndex(int(there))
            self._show_actions()
            if there:
                self.queue.view.select_first()
            (self.queue.view if there else self.home).setFocus()
        self.header.show_panes(there=there)
        if not self.running.active:
            self._plan_timer.start()

    def _show_plan(self) -> None:
        self._show_actions()
        if self.running.active:
            return
        rows = self.model.rows()
        waiting = open_rows(rows, self.recipe)
        chosen = self.queue.view.selected_rows()
        selected = len(open_rows(chosen, self.recipe)) if len(chosen) > 1 else 0
        weight = sum(row.before or 0 for row in waiting)
        again = all(row.has_failed_by(self.recipe) for row in waiting)
        self.foot.show_plan(len(waiting), selected, self.recipe.output, weight, home=not rows, again=again)
        note = self._note or self.after_run.sentence
        if note and again and rows:
            self.foot.show_note(note)

    def _show_actions(self) -> None:
        show_actions(self)
        self.actions_shown.emit()

    def state(self) -> WindowState:
        """The state to remember for the next start."""
        columns = "shown" if self.queue.view.columns_shown else ""
        chosen = {"theme": self.theme.choice, "preset": self.preset}
        where = places(self, self.splitter) | self.options.remembered() | {"drawer": self.column.state}
        where["view"] = self.stage.canvas.mode
        return WindowState(**where, **chosen, columns=columns, recipe=self.recipe)

    def leave(self) -> None:
        """Close without a question; what is under way is stopped."""
        self.leaving.leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while a batch is under way; stop it, then close."""
        if not self.leaving.may_close():
            event.ignore()
            return
        if self.leaving.remembers:
            remember(self.state())
        self.hide()
        for dialog in self.findChildren(QDialog):  # Qt would leave those open that block nothing
            dialog.close()
        for each in (self.importing, self.running, self.thumbnails, self.comparing, self.privacy):
            each.close()
        self.closed.emit()
        self.stage.close_threads()
        event.accept()
