"""What the system tells the running program: files that Finder opens, and that it shall end."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from oimg.faces.gui import application
from work_help import flat

# The window itself, told to open files as macOS tells it; what is in its list then is printed.
OPENING = """
import sys
from pathlib import Path
import oimg.faces.gui
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from oimg.faces.gui import display
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.quick_window import QuickWindow

quick, *names = sys.argv[1:]

def window():
    return next((each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)), None)

def send():
    small = [each for each in QApplication.topLevelWidgets() if isinstance(each, QuickWindow)]
    if any(each.summary is None for each in small):  # still at work
        QTimer.singleShot(20, send)
        return
    for name in names:
        QCoreApplication.postEvent(QApplication.instance(), QFileOpenEvent(name))
    QCoreApplication.postEvent(QApplication.instance(), QFileOpenEvent(QUrl("https://example.org/a.png")))

def look():
    shown = window()
    if shown is not None and len(shown.model.rows()) == len(names):
        for row in shown.model.rows():
            print(row.path.name)
        timer.stop()
        for each in QApplication.topLevelWidgets():
            if isinstance(each, MainWindow | QuickWindow):
                each.leave()

def begin(*arguments):
    QTimer.singleShot(0, send)
    timer.timeout.connect(look)
    timer.start(20)
    return start(*arguments)

timer = QTimer()
start = display.Opening.start
display.Opening.start = begin
sys.exit(display.run([Path(quick)] if quick else [], lambda reason: 3, quick=bool(quick)))
"""


@pytest.mark.parametrize("quick", [False, True], ids=["a large window is open", "only a small one is"])
def test_files_that_finder_opens_come_to_the_window(tmp_path: Path, *, quick: bool) -> None:
    worked_on = flat(tmp_path / "other" / "z.png") if quick else ""
    paths = [flat(tmp_path / name) for name in ("a.png", "b 'c'.png", "é 100%.png")]
    command = [sys.executable, "-c", OPENING, str(worked_on), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [path.name for path in paths]


@pytest.mark.parametrize("wait", [application._on_time, application._when_woken], ids=["Windows", "elsewhere"])
def test_a_signal_reaches_the_window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, wait: object) -> None:
    monkeypatch.setattr(application, "_on_time" if sys.platform == "win32" else "_when_woken", wait)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    parent, asked = QObject(), []
    stop = application.leave_on_signals(parent, lambda: asked.append(True))
    try:
        signal.raise_signal(signal.SIGTERM)
        qtbot.waitUntil(lambda: asked == [True], timeout=30_000)
        signal.raise_signal(signal.SIGINT)
        qtbot.waitUntil(lambda: asked == [True, True], timeout=30_000)
    finally:
        stop()
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
