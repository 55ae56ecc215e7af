"""What tests of the window share: an application drawn in memory, a window on a real session, nothing left running."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.options.panel import OptionsPanel
from oimg.faces.gui.theme import Choice, Theme
from oimg.words.recipe import Mode, Recipe
from oimg.work.session import Session
from oimg.work.settings import PresetStore, WindowState
from options_help import Told
from work_help import flat, photo

LOSSLESS = Recipe(mode=Mode.LOSSLESS)


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> None:
    """Every test begins in the light theme of our style.

    What an earlier test's window has set apart from the search for garbage is garbage now: windows that nobody holds
    would be styled anew with each theme, more and more of them.
    """
    gc.unfreeze()
    if not qapp.property("styled"):  # all that is there would be styled anew
        qapp.setStyle("Fusion")
        qapp.setProperty("styled", True)
    Theme(Choice.LIGHT)


@pytest.fixture
def session() -> Iterator[Session]:
    with Session(workers=2) as opened:
        yield opened


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with two pictures, a broken one, and a file that is none."""
    folder = tmp_path / "in"
    flat(folder / "a.png")
    photo(folder / "b.jpg", (64, 48), quality=95)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "notes.txt").write_text("dear diary")
    return folder


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[MainWindow]:
    """A window that works without loss; closed in the end, with all of its threads and timers."""
    made = MainWindow(WindowState(theme="light", recipe=LOSSLESS))
    made.use(session)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.leave()
    qtbot.waitUntil(lambda: not made.isVisible())
    running = [timer for timer in made.findChildren(QTimer) if timer.isActive() and not timer.isSingleShot()]
    assert running == []
    made.deleteLater()


@pytest.fixture
def filled(window: MainWindow, pictures: Path, qtbot: QtBot) -> MainWindow:
    """The window with three rows: two pictures and a broken one."""
    with qtbot.waitSignal(window.importing.finished, timeout=60_000):
        window.add([pictures])
    return window


@pytest.fixture
def optimize(qtbot: QtBot) -> Callable[[MainWindow], None]:
    """Press the button, and wait for the end."""

    def press(window: MainWindow) -> None:
        with qtbot.waitSignal(window.running.ended, timeout=60_000):
            window.optimize()

    return press


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> OptionsPanel:
    made = OptionsPanel(PresetStore(tmp_path / "config"))
    qtbot.addWidget(made)
    made.resize(312, 640)
    made.restore("resize metadata output advanced", "")
    made.show()
    made.show_recipe("balanced", Recipe())
    return made


@pytest.fixture
def told(panel: OptionsPanel) -> Told:
    return Told(panel)
