"""What can be done when a batch has ended: connects results, undo and report to the window."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt

from oimg.faces.gui.actions import Act
from oimg.faces.gui.background import Answer, Background
from oimg.faces.gui.beginning import told_at_start
from oimg.faces.gui.exporting import Exporting
from oimg.faces.gui.outcomes import End, Summary, summed_up, without
from oimg.faces.gui.past_batches import PastBatches, introduction
from oimg.faces.gui.queue.rows import Row, State
from oimg.faces.gui.results import ResultsSheet
from oimg.faces.gui.showing import show_in_folder
from oimg.faces.gui.tidings import Tidings
from oimg.faces.gui.undoing import Undoing, Undone, undone_text
from oimg.faces.messages import _, ngettext, number
from oimg.words.recipe import Place
from oimg.words.report import Kept, Optimized, Report

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow
    from oimg.work.session import Session

_BUTTONS: Final = (Act.UNDO, Act.SHOW_RESULTS, Act.RETRY_FAILED)
_EXPORTS: Final = (Act.EXPORT_CSV, Act.EXPORT_JSON)


def join(window: MainWindow) -> AfterRun:
    """Give the window its results sheet, undo and reports."""
    made = AfterRun(window)
    window.show_above_foot(made.tidings)
    return made


class AfterRun(QObject):
    """Holds the results of the last batch; it uses the window only in ways that a user could."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session: Session | None = None
        self.summary: Summary | None = None
        self._to_retry: frozenset[int] = frozenset()
        self._dialog: PastBatches | None = None
        buttons = tuple(window.actions_[each] for each in _BUTTONS)
        self.sheet = ResultsSheet(buttons, tuple(window.actions_[each] for each in _EXPORTS), window.stage)
        self.tidings = Tidings(window)
        self.undoing = Undoing(self)
        self.exporting = Exporting(window)
        self._past = Background("past", parent=self)
        self._join()
        self._join_actions()
        self.show_actions()

    def _join(self) -> None:
        window, view = self._window, self._window.queue.view
        window.session_opened.connect(self._use)
        window.closed.connect(self._close)
        window.actions_shown.connect(self.show_actions)
        window.running.began.connect(self._began)
        window.running.ended.connect(self._ended)
        window.importing.finished.connect(self._retry)
        view.clicked.connect(lambda _index: self.sheet.close_sheet())
        view.current_changed.connect(lambda _row: self.sheet.close_sheet() if view.hasFocus() else None)
        self.sheet.files_asked.connect(window.queue.show_only)
        self.sheet.closed.connect(lambda: view.setFocus(Qt.FocusReason.OtherFocusReason))
        self.exporting.told.connect(lambda text, bad: self.tidings.say(text, stays=bad))
        self.undoing.moved.connect(self._count)
        self.undoing.ended.connect(self._undone)
        self.undoing.failed.connect(self._tell_bad_news)
        self._past.arrived.connect(self._show_batches)

    def _join_actions(self) -> None:
        doings: dict[Act, Callable[[], object]] = {
            Act.RESULTS: self.sheet.open_sheet,
            Act.UNDO: self.undo,
            Act.UNDO_FILES: self.undo_selected,
            Act.UNDO_EARLIER: self.ask_for_batch,
            Act.RETRY_FAILED: self.retry_failed,
            Act.SHOW_RESULTS: self._show_in_folder,
            Act.EXPORT_CSV: lambda: self.summary and self.exporting.ask_for_csv(self.summary.report),
            Act.EXPORT_JSON: lambda: self.summary and self.exporting.ask_for_json(self.summary.report),
        }
        for name, do in doings.items():
            self._window.actions_[name].triggered.connect(lambda _=False, do=do: do())

    def show_actions(self) -> None:
        """Enable what can be done now."""
        summary, idle = self.summary, not self._window.running.active and not self.undoing.active
        can = {
            Act.RESULTS: summary is not None and idle and self._window.model.rowCount() > 0,  # it lies over the picture
            Act.UNDO: summary is not None and _can_be_undone(summary.report) and idle,
            Act.UNDO_FILES: idle and any(_is_replaced(row) or _has_written(row) for row in self._selected()),
            Act.UNDO_EARLIER: self._session is not None and idle,
            Act.RETRY_FAILED: summary is not None and bool(self._failed_rows(summary)) and idle,
            Act.SHOW_RESULTS: summary is not None and bool(summary.ids(End.OPTIMIZED)),
            Act.EXPORT_CSV: summary is not None,
            Act.EXPORT_JSON: summary is not None,
        }
        for name, enabled in can.items():
            self._window.actions_[name].setEnabled(enabled)

    @property
    def sentence(self) -> str:
        """The outcome of the last batch in words; empty before there was one."""
        return "" if self.summary is None else self.summary.sentence

    def show_report(self, report: Report, ids: Iterable[int]) -> None:
        """Show what came of a batch."""
        self.summary = summed_up(report, tuple(ids))
        self.sheet.show_summary(self.summary)
        self.show_actions()
        if self._window.isVisible():
            self.sheet.open_sheet()

    def undo(self) -> None:
        """Bring the originals of the last batch back, or remove the results that it wrote beside them."""
        if self.summary is not None:
            self._begin_to_undo(partial(self.undoing.reports, (self.summary.report,)))

    def undo_selected(self) -> None:
        """Bring the originals of the selected files back, or remove the results that lie beside them."""
        rows = list(self._selected())
        replaced = [_result(row) for row in rows if _is_replaced(row)]
        written = [row.outcome for row in rows if _has_written(row) and isinstance(row.outcome, Optimized | Kept)]
        self._begin_to_undo(partial(self.undoing.files, replaced, written))

    def undo_batch(self, id_: str) -> None:
        """Bring the originals of an earlier batch back."""
        self._begin_to_undo(partial(self.undoing.batch, id_))

    def ask_for_batch(self) -> PastBatches:
        """List earlier batches to choose one."""
        dialog = PastBatches(self._window)
        dialog.undo_asked.connect(self.undo_batch)
        dialog.finished.connect(self._dialog_closed)
        self._dialog = dialog
        self._list_batches(introduce=True)
        dialog.open()
        return dialog

    def retry_failed(self) -> None:
        """Probe the files that failed or were stopped again, and work on them."""
        if self.summary is not None:
            rows = self._failed_rows(self.summary)
            self._to_retry = frozenset(row.id for row in rows)
            self.sheet.close_sheet()
            self._window.add([row.path for row in rows])

    def _retry(self) -> None:
        rows = (self._window.model.row(id_) for id_ in sorted(self._to_retry))
        self._to_retry = frozenset()
        self._window.work_on([row for row in rows if row is not None and row.is_open(self._window.recipe)])

    def _use(self, session: Session) -> None:
        self._session = session
        self.undoing.use(session)
        if told := told_at_start(session):
            self.tidings.say(told, stays=True)

    def _close(self) -> None:
        for each in (self.undoing, self.exporting, self._past):
            each.close()

    def _began(self) -> None:
        self.tidings.hide()
        self.sheet.close_sheet()
        self._window.queue.show_all()

    def _ended(self, report: Report | None) -> None:
        if report is not None:
            self.show_report(report, self._window.running.ids)

    def _begin_to_undo(self, begin: Callable[[], None]) -> None:
        if self.undoing.active or self._window.running.active:
            return
        begin()
        if self._dialog is not None:
            self._dialog.show_busy(busy=True)
        self.show_actions()

    def _count(self, looked: int) -> None:
        text = ngettext("Undo… {count} file", "Undo… {count} files", looked)
        self.tidings.say(text.format(count=number(looked)), stays=True)

    def _undone(self, undone: Undone) -> None:
        text = undone_text(undone)
        self.tidings.say(text, stays=not undone.complete)
        restored, removed = {each.path for each in undone.restored}, {each.path for each in undone.removed}
        rows = self._rows_of(restored) if restored else []
        rows += [row for row in self._window.model.rows() if row.path in removed and _has_written(row)]
        if rows:
            self._window.add([row.path for row in rows])
        self._take_back(restored if self.summary is not None and self.summary.report.in_place else removed)
        self.sheet.close_sheet()
        self._window.queue.show_all()
        if self._dialog is not None:
            self._dialog.say(text)
            self._list_batches(introduce=False)
        self.show_actions()

    def _take_back(self, back: set[Path]) -> None:
        """Show what is left of the last batch after an undo."""
        if self.summary is None or not back:
            return
        self.summary = without(self.summary, back)
        if self.summary is not None:
            self.sheet.show_summary(self.summary)

    def _rows_of(self, restored: set[Path]) -> list[Row]:
        rows = [row for row in self._window.model.rows() if _is_replaced(row)]
        linked = restored - {row.path for row in rows}  # behind links, which takes long to find out for very many
        return [row for row in rows if row.path in restored or (linked and _real(row) in linked)]

    def _tell_bad_news(self, text: str) -> None:
        self.tidings.say(text, stays=True)
        if self._dialog is not None:
            self._dialog.say(text)
            self._dialog.show_busy(busy=False)
        self.show_actions()

    def _list_batches(self, *, introduce: bool) -> None:
        if self._session is not None:
            session = self._session
            self._past.ask(introduce, lambda _token: session.past_batches())

    def _show_batches(self, answer: Answer) -> None:
        if self._dialog is None:
            return
        if answer.error is not None:
            self._dialog.say(_("The list of earlier runs cannot be read: {reason}").format(reason=answer.error.detail))
            return
        self._dialog.show_batches(answer.value)
        self._dialog.show_busy(busy=False)
        if answer.key is True:
            self._dialog.say(introduction(answer.value))

    def _dialog_closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _show_in_folder(self) -> None:
        if self.summary is not None:
            outcomes = (record.outcome for record in self.summary.report.records)
            show_in_folder([each.output for each in outcomes if isinstance(each, Optimized)])

    def _selected(self) -> Iterable[Row]:
        if not self._window.model.totals.optimized:
            return ()
        return self._window.queue.view.selected_rows()

    def _failed_rows(self, summary: Summary) -> list[Row]:
        rows = (self._window.model.row(id_) for id_ in summary.ids(End.FAILED, End.STOPPED))
        return [row for row in rows if row is not None and row.state in (State.FAILED, State.STOPPED)]


def _is_replaced(row: Row) -> bool:
    """Whether the file's original was replaced by its result."""
    return row.state is State.OPTIMIZED and row.done_by is not None and row.done_by.output.place is Place.IN_PLACE


def _has_written(row: Row) -> bool:
    """Whether the last run wrote a file for it that is not in its original's place."""
    return isinstance(row.outcome, Optimized | Kept) and row.outcome.written is not None


def _can_be_undone(report: Report) -> bool:
    return report.undoable or report.removable


def _result(row: Row) -> Path:
    return row.outcome.output if isinstance(row.outcome, Optimized) else row.path


def _real(row: Row) -> Path:
    return Path(os.path.realpath(row.path))
