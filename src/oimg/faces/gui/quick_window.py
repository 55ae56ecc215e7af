"""The small window of the file manager's entry: works at once by the default preset, says what came of it, goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from oimg.faces.gui.foot import standing_text
from oimg.faces.gui.importing import Importing
from oimg.faces.gui.leaving import Leaving
from oimg.faces.gui.notifying import Notifying
from oimg.faces.gui.outcomes import End, Summary, summed_up
from oimg.faces.gui.queue.model import QueueModel
from oimg.faces.gui.queue.rows import Row
from oimg.faces.gui.quick_view import QuickView
from oimg.faces.gui.running import Item, Running, Standing
from oimg.faces.gui.showing import show_in_folder
from oimg.faces.gui.undoing import Undoing, Undone, undone_text
from oimg.faces.messages import _, ngettext, number
from oimg.words.recipe import Originals, Place, Recipe
from oimg.words.report import Failed, Kept, Optimized, Record, Report, SourceFile
from oimg.words.task import Finished
from oimg.work.settings import BUILT_IN, SettingsError

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow
    from oimg.work.session import Session

_SAFE = "balanced"


class QuickWindow(QWidget):
    """One for all files that were chosen. Begins as soon as there is a session."""

    open_asked = Signal()
    """The user wants to go on in the large window."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self.preset, self.recipe = _SAFE, BUILT_IN[_SAFE]
        self.summary: Summary | None = None
        self._paths = list(paths)
        self._session: Session | None = None
        self._left_out = 0
        self.model = QueueModel(self)
        self.importing = Importing(self)
        self.running = Running(self)
        self.undoing = Undoing(self)
        self.leaving = Leaving(self, self.running)
        self.view = QuickView(self)
        self.setWindowTitle("OIMG")
        self._join()
        self.notifying = Notifying(self, self.running, lambda: "" if self.summary is None else self.summary.sentence)
        self.view.show_text(_("Looking for pictures…"))

    def _join(self) -> None:
        self.importing.found.connect(self.model.add)
        self.importing.finished.connect(self._found)
        self.running.happened.connect(self.model.apply)
        self.running.moved.connect(self._moved)
        self.running.ended.connect(self._ended)
        self.undoing.ended.connect(self._undone)
        self.undoing.failed.connect(self.view.show_lines)
        self.leaving.close_now.connect(self.close)
        self.view.open.clicked.connect(self.open_asked)
        self.view.undo.clicked.connect(self._undo)
        self.view.show_results.clicked.connect(self._show_in_folder)
        self.view.close_button.clicked.connect(self.close)

    def use(self, session: Session) -> None:
        """Begin: there is a session now."""
        self._session = session
        self.preset, self.recipe = _chosen(session)
        self.undoing.use(session)
        self.importing.use(session)
        inside = (Path(self.recipe.output.path),) if self.recipe.output.place is Place.FOLDER else ()
        self.importing.add(self._paths, inside)

    def show_unusable(self, reason: str) -> None:
        """Say that there will be no session."""
        self.view.show_text(_("OIMG cannot work: {reason}").format(reason=reason))
        self.view.show_end(can_undo=False, can_show=False, can_open=False)

    def _found(self, left_out: int) -> None:
        self._left_out = left_out
        items = [Item(row.id, row.source, self.recipe) for row in self._open_rows() if row.source is not None]
        if items and self._session is not None:
            self.model.begin({item.id: item.recipe for item in items})
            self.running.start(self._session, items)
        else:
            self._show(Report("", (), 0.0), ())

    def _open_rows(self) -> list[Row]:
        return [row for row in self.model.rows() if row.is_open(self.recipe)]

    def _moved(self, standing: Standing) -> None:
        self.view.show_progress(standing_text(standing), standing.fraction)

    def _ended(self, report: Report | None) -> None:
        if report is None:
            self.view.show_text(_("The work could not be started."))
            self.view.show_end(can_undo=False, can_show=False, can_open=True)
        else:
            self._show(report, self.running.ids)

    def _show(self, report: Report, ids: Sequence[int]) -> None:
        """Show the batch, and the files that could not even be read."""
        worked_on = set(ids)
        unread = [row for row in self.model.rows() if row.outcome is not None and row.id not in worked_on]
        more = tuple(Record(row.outcome, 0.0) for row in unread if row.outcome is not None)
        whole = replace(report, records=(*report.records, *more))
        self.summary = summed_up(whole, (*ids, *(row.id for row in unread)))
        self.view.show_text(self._headline(self.summary), self.summary.facts if whole.source_bytes else "")
        self.view.show_lines("\n".join(self._lines(self.summary)))
        optimized = bool(self.summary.ids(End.OPTIMIZED))
        self.view.show_end(can_undo=report.undoable, can_show=optimized, can_open=bool(whole.records))

    def _headline(self, summary: Summary) -> str:
        if not summary.report.records:
            return _("There are no pictures here that OIMG could make smaller.")
        return summary.sentence

    def _lines(self, summary: Summary) -> list[str]:
        lines = []
        for group in summary.groups:
            if group.end is not End.OPTIMIZED:
                lines.append(group.text)
                lines += [f"    {reason.text}" for reason in group.reasons]
        if self._left_out:
            text = ngettext("{count} other file is no picture", "{count} other files are no pictures", self._left_out)
            lines.append(text.format(count=number(self._left_out)))
        return lines

    def _undo(self) -> None:
        if self.summary is not None:
            self.view.show_text(_("Bringing originals back…"))
            self.view.show_busy()
            self.undoing.batch(self.summary.report.batch)

    def _undone(self, undone: Undone) -> None:
        self.view.show_text(undone_text(undone))
        self.view.show_lines("")
        self.summary = None  # what is read anew by the large window waits for the work again
        self.view.show_end(can_undo=False, can_show=False, can_open=True)

    def _show_in_folder(self) -> None:
        if self.summary is not None:
            outcomes = (record.outcome for record in self.summary.report.records)
            show_in_folder([each.output for each in outcomes if isinstance(each, Optimized)])

    def hand_over(self, window: MainWindow) -> None:
        """Give the rows with all that came of them to the large window, which has the session already."""
        window.preset = self.preset
        window.use_recipe(self.recipe)
        if self.summary is None:
            window.add(self._paths)
            return
        found = (row.source or row.outcome for row in self.model.rows())
        window.model.add([each for each in found if isinstance(each, SourceFile | Kept | Failed)])
        ids = {row.path: row.id for row in window.model.rows()}
        records = self.summary.report.records
        rows = [ids[record.outcome.path] for record in records]
        window.model.begin(dict.fromkeys(rows, self.recipe))
        window.model.apply([(id_, Finished(0, record)) for id_, record in zip(rows, records, strict=True)])
        window.after_run.show_report(self.summary.report, rows)

    def leave(self) -> None:
        """Close without a question; what is under way is stopped."""
        self.leaving.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while a batch is under way."""
        if not self.leaving.may_close():
            event.ignore()
            return
        self.hide()
        for each in (self.importing, self.running, self.undoing):
            each.close()
        event.accept()


def _chosen(session: Session) -> tuple[str, Recipe]:
    """Give the user's default preset, the balanced one where it is gone, and originals kept as the user prefers it."""
    try:
        name, recipe = session.settings.preset, session.presets.get(session.settings.preset)
    except SettingsError:
        name, recipe = _SAFE, BUILT_IN[_SAFE]
    return name, replace(recipe, output=replace(recipe.output, originals=Originals(session.settings.originals)))
