"""The application around the window: Qt's start and end, its messages, signals of the system."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QSocketNotifier,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from oimg.faces import messages
from oimg.faces.gui import desktop_bus, icons
from oimg.faces.gui.opening import Opening
from oimg.faces.gui.unexpected import Unexpected, log_path
from oimg.faces.gui.windows import Windows
from oimg.faces.messages import _
from oimg.work.spool import Spool

log = logging.getLogger(__name__)
# Python threads take turns; with the usual 5 ms the window would wait long for its turn beside busy workers.
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
    notifier = _leave_on_signals(windows)
    if quick:
        windows.open_quick(paths, spool)
    else:
        windows.open_main(paths, spool)
    opening.start()
    code = application.exec()
    windows.close()
    notifier.setEnabled(False)
    opening.close(abandon=windows.left_at_work)
    if windows.left_at_work:
        os._exit(code)  # Python would wait for threads that sit in a native call
    return code


def application_of(arguments: Sequence[str]) -> QApplication:
    """Make the one application, with our name, style and icon."""
    desktop_bus.start_none()
    application = QApplication(list(arguments))
    application.setApplicationName("oimg")
    application.setApplicationDisplayName("OIMG")
    application.setDesktopFileName("oimg")
    application.setStyle("Fusion")
    application.setWindowIcon(icons.application())
    speak(application)
    return application


def speak(application: QApplication) -> None:
    """Give Qt's own texts, the direction of writing and the numbers in fields the language that ours are in."""
    locale = QLocale(messages.LANGUAGE)
    QLocale.setDefault(locale)
    application.setLayoutDirection(locale.textDirection())
    translator = QTranslator(application)
    if translator.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)


def _messages(refuse: Callable[[str], int]) -> Callable[[QtMsgType, QMessageLogContext, str], None]:
    """Keep Qt's messages to the log; the fatal one, which ends the process, becomes a sentence and an exit code."""

    def take(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            first = (text or "").strip().partition("\n")[0]
            os._exit(refuse(_("Qt cannot open a window: {reason}").format(reason=first)))
        log.debug("%s", text)

    return take


def _leave_on_signals(windows: Windows) -> QSocketNotifier:
    """Let Ctrl-C and SIGTERM close the window as the user would, without a question."""
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # what the wake-up below does
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read)

    def leave() -> None:
        os.read(reading, 64)
        windows.leave()

    notifier.activated.connect(leave)
    return notifier
