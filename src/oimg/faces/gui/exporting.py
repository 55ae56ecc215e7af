"""The report of a batch as a file: a table, or lines of JSON, just as the command line writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from oimg.faces import jsonl
from oimg.faces.gui.background import Answer, Background, Call
from oimg.faces.messages import _, printable
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.report import Report
from oimg.words.task import CancelToken


class Exporting(QObject):
    """Asks for a name and writes on a thread, since a report may have very many lines."""

    told = Signal(str, bool)
    """What came of it, and whether it is bad news."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._background = Background("report", parent=self)
        self._background.arrived.connect(self._take)

    def ask_for_csv(self, report: Report) -> QFileDialog:
        """Ask where the table goes."""
        return self._ask(report, "csv", _("Tables (*.csv)"), self.write_csv)

    def ask_for_json(self, report: Report) -> QFileDialog:
        """Ask where the lines go."""
        return self._ask(report, "jsonl", _("Lines of JSON (*.jsonl *.json)"), self.write_json)

    def write_csv(self, path: Path, report: Report) -> None:
        """Write a table."""
        self._background.ask(path, _call(lambda: jsonl.write_csv(path, report.records)))

    def write_json(self, path: Path, report: Report) -> None:
        """Write lines of JSON."""
        self._background.ask(path, _call(lambda: jsonl.write_json(path, report)))

    def close(self) -> None:
        """End the thread; nothing more is written."""
        self._background.close()

    def _ask(self, report: Report, suffix: str, kinds: str, write: Callable[[Path, Report], None]) -> QFileDialog:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or str(Path.home())
        name = _("OIMG report {batch}").format(batch=report.batch)
        dialog = QFileDialog(self._window, _("Export report"), str(Path(home) / f"{name}.{suffix}"), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.fileSelected.connect(lambda chosen: write(Path(chosen), report))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _take(self, answer: Answer) -> None:
        name = printable(Path(str(answer.key)).name)
        if answer.error is None:
            self.told.emit(_("The report is written to {name}.").format(name=name), False)
        else:
            text = _("The report could not be written to {name}: {reason}")
            self.told.emit(text.format(name=name, reason=printable(answer.error.detail)), True)


def _call(write: Callable[[], None]) -> Call:
    def call(_token: CancelToken) -> None:
        try:
            write()
        except OSError as error:
            raise OimgError(ErrorCode.WRITE, error.strerror or str(error)) from error

    return call
