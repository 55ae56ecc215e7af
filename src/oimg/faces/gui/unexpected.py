"""Unexpected exceptions, in the window or on its threads: shown in plain words and logged; the window goes on."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, TypeAlias

import platformdirs
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from oimg import __version__
from oimg.faces.gui import theme
from oimg.faces.gui.bridge import Bridge
from oimg.faces.gui.privacy.glyph import text_label
from oimg.faces.messages import _

log = logging.getLogger(__name__)
_MOST: Final = 256_000
"""Bytes of the log; beyond it begins anew."""
_Kind: TypeAlias = type[BaseException]


@dataclass(frozen=True, slots=True)
class Mishap:
    """One exception: where it was raised, and its details."""

    place: tuple[str, str, int]
    details: str


def log_path() -> Path:
    """Where unexpected errors are written to."""
    return platformdirs.user_state_path("oimg", appauthor=False) / "errors.log"


def keep_log(path: Path) -> logging.Handler:
    """Write what goes wrong unexpectedly into a file, which is only made when something does."""
    with suppress(OSError):
        if path.stat().st_size > _MOST:
            path.unlink()
    handler = _LogFile(path, delay=True, encoding="utf-8", errors="backslashreplace")
    handler.setLevel(logging.ERROR)
    handler.setFormatter(logging.Formatter(f"%(asctime)s OIMG {__version__} %(name)s: %(message)s"))
    logging.getLogger("oimg").addHandler(handler)
    return handler


class _LogFile(logging.FileHandler):
    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; an error of the disk must not cause the next exception."""
        with suppress(OSError):
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Be silent."""


class Unexpected(QObject):
    """Handles uncaught exceptions of all threads. Each place in the code is shown once; all exceptions are logged."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        application.aboutToQuit.connect(self.close)
        self._told: set[tuple[str, str, int]] = set()
        self.dialog: UnexpectedDialog | None = None
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._show)
        self._before: tuple[Callable[..., object], Callable[..., object]] = (sys.excepthook, threading.excepthook)
        self._handler: logging.Handler = logging.NullHandler()

    def watch(self, path: Path) -> None:
        """Begin, and keep a log in a file."""
        self._handler = keep_log(path)
        sys.excepthook = self._take
        threading.excepthook = lambda args: self._take(args.exc_type, args.exc_value, args.exc_traceback)

    def close(self) -> None:
        """Leave it to those who were there before."""
        sys.excepthook, threading.excepthook = self._before
        logging.getLogger("oimg").removeHandler(self._handler)
        self._handler.close()
        self._bridge.close()

    def _take(self, kind: _Kind, error: BaseException | None, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):  # Ctrl-C and the end of the program
            self._before[0](kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace)).rstrip()
        last = traceback.extract_tb(trace)[-1:]
        place = (kind.__name__, last[0].filename if last else "", (last[0].lineno or 0) if last else 0)
        if place not in self._told:  # a paint event would fail again and again
            self._told.add(place)
            log.error("unexpected error on %s\n%s", threading.current_thread().name, details)
            self._bridge.put(Mishap(place, details))

    def _show(self, mishaps: list[Mishap]) -> None:
        for mishap in mishaps:
            if self.dialog is None:
                self.dialog = UnexpectedDialog(mishap.details, QApplication.activeWindow())
                self.dialog.finished.connect(self._closed)
                self.dialog.open()
            else:
                self.dialog.add(mishap.details)

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


class UnexpectedDialog(QDialog):
    """Says first what it means for the user; the details are for developers."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("OIMG")
        title = QLabel(_("Something went wrong in OIMG"), self)
        title.setFont(theme.font(theme.TITLE, bold=True))
        self._details = QPlainTextEdit(details, self)
        self._details.setReadOnly(True)
        self._details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._details.setTabChangesFocus(True)
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._details.setAccessibleName(_("Details"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        for text in (
            _("This is our mistake, not yours. No picture is lost: originals stay until results are safe."),
            _("You can go on. If the window behaves oddly, close it and open it again."),
        ):
            layout.addWidget(text_label(text))
        layout.addWidget(self._details, 1)
        where = QLabel(_("The details are kept on this computer only, in {file}.").format(file=log_path()), self)
        where.setTextFormat(Qt.TextFormat.PlainText)
        where.setWordWrap(True)
        where.setProperty("look", "quiet")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(where)
        layout.addWidget(self._buttons())
        self.resize(600, 420)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        copy = buttons.addButton(_("Copy the details"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy)
        go_on = buttons.addButton(_("Go on"), QDialogButtonBox.ButtonRole.AcceptRole)
        go_on.setDefault(True)
        go_on.setFocus()
        buttons.accepted.connect(self.accept)
        return buttons

    def add(self, details: str) -> None:
        """Add one more error while this one is still shown."""
        self._details.appendPlainText(f"\n{details}")

    def copy(self) -> None:
        """Put the details into the clipboard."""
        QGuiApplication.clipboard().setText(f"OIMG {__version__}, {sys.platform}\n\n{self._details.toPlainText()}\n")
