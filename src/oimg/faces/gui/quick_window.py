"""The small window of the file manager's entry: works at once by the default preset, says what came of it, goes.

What is asked for within a moment is one batch. What comes while that is worked on is worked on next, in the same
window, which tells of all of it together in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from oimg.faces.gui.beginning import told_at_start
from oimg.faces.gui.foot import standing_text
from oimg.faces.gui.importing import Found, Importing
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
# Explorer and some file managers start the program once per file: milliseconds to wait for the next start.
_MOMENT: Final = 300
# Milliseconds after the end in which late starts still join; after that, the results stay on view and can be undone.
_LATE: Final = 2000


class QuickWindow(QWidget):
    """One window for all selected files. Begins as soon as there is a session."""

    open_asked = Signal()
    """Emitted when the user wants to go on in the large window."""
    settled = Signal()
    """Emitted when later starts need another window."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self.preset, self.recipe = _SAFE, BUILT_IN[_SAFE]
        self.summary: Summary | None = None
        self._paths = list(dict.fromkeys(paths))
        self._session: Session | None = None
        self._left_out = self._next = 0
        self._seen = set[Path]()
        self._reports = list[tuple[Report, tuple[int, ...]]]()
        self._gathering = QTimer(self, singleShot=True, interval=_MOMENT)
        self._settling = QTimer(self, singleShot=True, interval=_LATE)
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
        self._gathering.start()

    @property
    def paths(self) -> tuple[Path, ...]:
        """What was asked for."""
        return tuple(self._paths)

    def _join(self) -> None:
        self._gathering.timeout.connect(self._work)
        self._settling.timeout.connect(self.settled)
        self.importing.found.connect(self._add_rows)
        self.importing.finished.connect(self._found)
        self.running.happened.connect(self.model.apply)
        self.running.moved.connect(self._moved)
        self.running.ended.connect(self._ended)
        self.undoing.ended.connect(self._undone)
        self.undoing.failed.connect(self.view.show_lines)
        self.leaving.close_now.connect(self.close)
        for button in (self.view.open, self.view.undo):
            button.clicked.connect(self.settled)
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
        self._look_for(self._paths)

    def add(self, paths: Sequence[Path]) -> None:
        """Work on more pictures; those that were asked for before are skipped."""
        asked = set(self._paths)
        new = [path for path in dict.fromkeys(paths) if path not in asked]
        if not new:
            return
        self._paths += new
        self._settling.stop()
        self._gathering.start()
        if self._session is not None:
            self._look_for(new)
        if not self.running.active:
            self.view.show_text(_("Looking for pictures…"))
            self.view.show_lines("")
            self.view.show_busy()

    def _look_for(self, paths: Sequence[Path]) -> None:
        inside = (Path(self.recipe.output.path),) if self.recipe.output.place is Place.FOLDER else ()
        self.importing.add(list(paths), inside)

    def _add_rows(self, found: Sequence[Found]) -> None:
        """Take every file once: files that were already worked on are not probed again."""
        new = [each for each in found if each.path not in self._seen]
        self._seen |= {each.path for each in new}
        self.model.add(new)

    def show_unusable(self, reason: str) -> None:
        """Report that the session could not be opened."""
        self.view.show_text(_("OIMG cannot work: {reason}").format(reason=reason))
        self.view.show_end(can_undo=False, can_show=False, can_open=False)

    def _found(self, left_out: int) -> None:
        self._left_out += left_out
        self._next = len(self._waiting())
        self._work()

    def _work(self) -> None:
        """Start with the waiting files once they are complete; if none wait, show the outcome."""
        if self._session is None or self.importing.running or self.running.active or self._gathering.isActive():
            return
        items = [Item(row.id, row.source, self.recipe) for row in self._waiting() if row.source is not None]
        if items:
            self._next = 0
            self.model.begin({item.id: item.recipe for item in items})
            self.running.start(self._session, items)
        else:
            self._show()

    def _waiting(self) -> list[Row]:
        taken_up = {id_ for _report, ids in self._reports for id_ in ids}
        taken_up |= set(self.running.ids) if self.running.active else set()
        return [row for row in self.model.rows() if row.is_open(self.recipe) and row.id not in taken_up]

    def _moved(self, standing: Standing) -> None:
        text = standing_text(standing)
        if self._next:
            text = _("{standing} · then {count} more").format(standing=text, count=number(self._next))
        self.view.show_progress(text, standing.fraction)

    def _ended(self, report: Report | None) -> None:
        if self.leaving.under_way:
            return
        if report is None:
            self.view.show_text(_("The work could not be started."))
            self.view.show_end(can_undo=False, can_show=False, can_open=True)
            self.settled.emit()
            return
        self._reports.append((report, self.running.ids))
        self._put_together()
        self._work()

    def _put_together(self) -> None:
        """Sum up what was done so far, and the files that could not even be read."""
        reports = [report for report, _ids in self._reports]
        ids = [id_ for _report, ids in self._reports for id_ in ids]
        worked_on = set(ids)
        unread = [row for row in self.model.rows() if row.outcome is not None and row.id not in worked_on]
        more = (Record(row.outcome, 0.0) for row in unread if row.outcome is not None)
        records = (*(record for report in reports for record in report.records), *more)
        whole = Report(
            reports[-1].batch if reports else "",
            records,
            sum(report.seconds for report in reports),
            in_place=any(report.in_place for report in reports),
        )
        self.summary = summed_up(whole, (*ids, *(row.id for row in unread)))

    def _show(self) -> None:
        self._put_together()
        if self.summary is None:
            return
        whole = self.summary.report
        self.view.show_text(self._headline(self.summary), self.summary.facts if whole.source_bytes else "")
        self.view.show_lines("\n".join(self._lines(self.summary)))
        optimized = bool(self.summary.ids(End.OPTIMIZED))
        self.view.show_end(can_undo=whole.undoable or whole.removable, can_show=optimized, can_open=bool(whole.records))
        self._settling.start()

    def _headline(self, summary: Summary) -> str:
        if not summary.report.records:
            return _("There are no pictures here that OIMG could make smaller.")
        return summary.sentence

    def _lines(self, summary: Summary) -> list[str]:
        lines = []
        for group in summary.groups:
            if group.end is not End.OPTIMIZED:
                lines.append(group.text)
                lines += [f"•  {reason.text}" for reason in group.reasons]
        if self._left_out:
            text = ngettext(
                "{count} other file is not a picture", "{count} other files are not pictures", self._left_out
            )
            lines.append(text.format(count=number(self._left_out)))
        if self._session is not None and (told := told_at_start(self._session)):
            lines.append(told)
        return lines

    def _undo(self) -> None:
        if self.summary is not None:
            self.view.show_text(_("Undoing…"))
            self.view.show_busy()
            self.undoing.reports([report for report, _ids in reversed(self._reports)])

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
        """Hand the rows with their outcomes to the large window, which has the session already."""
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
        last = self.summary.report if len(self._reports) < 2 else self._reports[-1][0]
        window.after_run.show_report(last, [ids[record.outcome.path] for record in last.records])

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
    """The user's default preset (balanced if it was deleted), with originals kept where the user prefers."""
    try:
        name, recipe = session.settings.preset, session.presets.get(session.settings.preset)
    except SettingsError:
        name, recipe = _SAFE, BUILT_IN[_SAFE]
    return name, replace(recipe, output=replace(recipe.output, originals=Originals(session.settings.originals)))
