"""The application around the window: Qt's start and end, and its messages."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from oimg.faces import messages
from oimg.faces.gui import desktop_bus, icons
from oimg.faces.gui.application import Application, leave_on_signals
from oimg.faces.gui.opening import Opening
from oimg.faces.gui.unexpected import Unexpected, log_path
from oimg.faces.gui.windows import Windows
from oimg.faces.messages import _
from oimg.work.spool import Spool

log = logging.getLogger(__name__)
# Python's thread switch interval; with the usual 5 ms the window would wait long for its turn beside busy workers.
TURN = 0.001


def run(paths: Sequence[Path], refuse: Callable[[str], int], *, quick: bool = False, spool: Spool | None = None) -> int:
    """Show a window until it is closed; gives the exit code. `refuse` tells that there can be no window.

    Where the lock of the spool is held, what later starts ask for comes to this window.
    """
    qInstallMessageHandler(_messages(refuse))
    sys.setswitchinterval(TURN)
    application = application_of(sys.argv[:1])
    Unexpected(application).watch(log_path())
    opening = Opening()
    windows = Windows(opening)
    application.files_opened.connect(windows.open_paths)
    unwatch = leave_on_signals(application, windows.leave)
    if quick:
        windows.open_quick(paths, spool)
    else:
        windows.open_main(paths, spool)
    opening.start()
    code = application.exec()
    windows.close()
    unwatch()
    opening.close(abandon=windows.left_at_work)
    if windows.left_at_work:
        os._exit(code)  # Python would wait for threads that are in native calls
    return code


def application_of(arguments: Sequence[str]) -> Application:
    """Make the one application, with our name, style and icon."""
    desktop_bus.start_none()
    application = Application(arguments)
    application.setApplicationName("oimg")
    application.setApplicationDisplayName("OIMG")
    application.setDesktopFileName(os.environ.get("FLATPAK_ID", "oimg"))  # by which the desktop knows our windows
    application.setStyle("Fusion")
    application.setWindowIcon(icons.application())
    speak(application)
    return application


def speak(application: QApplication) -> None:
    """Set the language of Qt's own texts, the writing direction and the numbers in fields to that of our texts."""
    locale = QLocale(messages.LANGUAGE)
    QLocale.setDefault(locale)
    application.setLayoutDirection(locale.textDirection())
    translator = QTranslator(application)
    if translator.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)


def _messages(refuse: Callable[[str], int]) -> Callable[[QtMsgType, QMessageLogContext, str], None]:
    """Send Qt's messages to the log; a fatal one, which ends the process, becomes a sentence and an exit code."""

    def take(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            first = (text or "").strip().partition("\n")[0]
            os._exit(refuse(_("Qt cannot open a window: {reason}").format(reason=first)))
        log.debug("%s", text)

    return take
