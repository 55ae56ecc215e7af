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
from oimg.faces.gui import icons
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.opening import Opening
from oimg.faces.gui.quick_window import QuickWindow
from oimg.faces.gui.theme import Choice, Theme
from oimg.faces.gui.unexpected import Unexpected, log_path
from oimg.faces.messages import _
from oimg.work.settings import load_window

log = logging.getLogger(__name__)
# Python threads take turns; with the usual 5 ms the window would wait long for its turn beside busy workers.
TURN = 0.001


class _Windows:
    """The window that is shown; the small one may hand over to the large one."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._state = load_window()
        self._shown: list[MainWindow | QuickWindow] = []

    def open_main(self, paths: Sequence[Path]) -> None:
        window = MainWindow(self._state)
        self._show(window)
        if paths:
            window.add(list(paths))

    def open_quick(self, paths: Sequence[Path]) -> None:
        self._theme = Theme(Choice(self._state.theme) if self._state.theme in set(Choice) else Choice.SYSTEM)
        window = QuickWindow(paths)
        window.open_asked.connect(lambda: self._hand_over(window))
        self._show(window)

    def _show(self, window: MainWindow | QuickWindow) -> None:
        self._opening.opened.connect(window.use)
        self._opening.failed.connect(window.show_unusable)
        self._shown.append(window)
        window.show()

    def _hand_over(self, quick: QuickWindow) -> None:
        self.open_main(())
        window = self._shown[-1]
        if isinstance(window, MainWindow) and self._opening.session is not None:
            window.use(self._opening.session)
            quick.hand_over(window)
        quick.close()

    def leave(self) -> None:
        self._shown[-1].leave()

    @property
    def left_at_work(self) -> bool:
        return any(window.leaving.left_at_work for window in self._shown)


def run(paths: Sequence[Path], refuse: Callable[[str], int], *, quick: bool = False) -> int:
    """Show a window until it is closed; gives the exit code. `refuse` tells that there can be no window."""
    qInstallMessageHandler(_messages(refuse))
    sys.setswitchinterval(TURN)
    application = application_of(sys.argv[:1])
    Unexpected(application).watch(log_path())
    opening = Opening()
    windows = _Windows(opening)
    notifier = _leave_on_signals(windows)
    if quick:
        windows.open_quick(paths)
    else:
        windows.open_main(paths)
    opening.start()
    code = application.exec()
    notifier.setEnabled(False)
    opening.close(abandon=windows.left_at_work)
    if windows.left_at_work:
        os._exit(code)  # Python would wait for threads that sit in a native call
    return code


def application_of(arguments: Sequence[str]) -> QApplication:
    """Make the one application, with our name, style and icon."""
    application = QApplication(list(arguments))
    application.setApplicationName("oimg")
    application.setApplicationDisplayName("OIMG")
    application.setDesktopFileName(os.environ.get("FLATPAK_ID", "oimg"))  # by which the desktop knows our windows
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


def _leave_on_signals(windows: _Windows) -> QSocketNotifier:
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
