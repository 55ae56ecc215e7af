"""Somebody presses whatever can be pressed, at any moment: nothing breaks, and no picture is lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from oimg.faces.gui.actions import Act
from oimg.faces.gui.main_window import MainWindow
from oimg.words.recipe import Fitting, Mode, Place, Recipe, Resize, Target
from oimg.words.undo import RefusalCode, Restored
from oimg.work.safety.keeper import UnknownBatchError
from oimg.work.session import Session
from process_help import contents, unfinished
from work_help import flat, photo

STEPS = 120
# What begins, ends and takes back the work is worth more tries than what only changes the view.
OFTEN = (Act.OPTIMIZE, Act.OPTIMIZE_SELECTED, Act.CANCEL, Act.PAUSE, Act.UNDO, Act.UNDO_FILES, Act.SELECT_ALL)
NEVER = {Act.QUIT, Act.SHOW, Act.SHOW_RESULTS}  # what leads out of the program
RECIPES = (
    Recipe(mode=Mode.LOSSLESS),
    Recipe(mode=Mode.QUALITY, quality=40),
    Recipe(target=60, format=Target.WEBP, effort=1),
    Recipe(mode=Mode.SIZE, max_bytes=900, effort=1),
    Recipe(mode=Mode.QUALITY, quality=30, resize=Resize(fitting=Fitting.FIT, width=20, height=20)),
)
KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Tab, Qt.Key.Key_Return)


class Walk:
    """Random steps through a window, the same ones for the same seed."""

    def __init__(self, window: MainWindow, folder: Path, seed: int) -> None:
        self.window, self.folder, self.chance = window, folder, random.Random(seed)  # noqa: S311
        acts = sorted(set(Act) - NEVER)
        self.steps: list[Callable[[], None]] = [
            *(lambda act=each: self.window.actions_[act].trigger() for each in (*acts, *OFTEN, *OFTEN)),
            *[self.add] * 8,
            *[self.change_recipe] * 8,
            *[self.select] * 8,
            *[self.press_key] * 4,
            *[self.resize] * 2,
            *[self.filter] * 2,
        ]

    def step(self) -> None:
        """Do one thing, and close what it has opened half of the time."""
        self.chance.choice(self.steps)()
        if self.chance.random() < 0.5:
            for dialog in open_dialogs():
                dialog.reject()

    def add(self) -> None:
        self.window.add([self.chance.choice([self.folder, *sorted(self.folder.rglob("*"))])])

    def change_recipe(self) -> None:
        recipe = self.chance.choice(RECIPES)
        place = self.chance.choice([Place.IN_PLACE, Place.IN_PLACE, Place.BESIDE])
        self.window.use_recipe(replace(recipe, output=replace(recipe.output, place=place)))

    def select(self) -> None:
        rows = list(self.window.model.rows())
        if rows:
            self.window.queue.view.select(self.chance.choice(rows).id)

    def press_key(self) -> None:
        widget = QApplication.focusWidget() or self.window
        QTest.keyClick(widget, self.chance.choice(KEYS))

    def resize(self) -> None:
        self.window.resize(self.chance.randint(700, 1600), self.chance.randint(480, 1000))

    def filter(self) -> None:
        self.window.queue.search.setText(self.chance.choice(["", "", "jpg", "no such name"]))


def open_dialogs() -> Iterator[QDialog]:
    return (each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible())


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    for number in range(4):
        photo(folder / f"{number}.jpg", (90 + number, 60), quality=97)
        flat(folder / "below" / f"{number}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


def all_undone(session: Session) -> bool:
    """Undo every run, the newest first; False while the window itself still undoes one."""
    while True:
        try:
            report = session.undo()
        except UnknownBatchError:
            return True
        left = [each for each in report.results if not isinstance(each, Restored)]
        if any(each.code is RefusalCode.IN_USE for each in left):
            return False
        assert left == []


@pytest.fixture
def menus_close(qapp: QApplication) -> Iterator[None]:
    """Close every menu soon: while one is open, whoever opened it waits."""

    def close() -> None:
        popup = qapp.activePopupWidget()
        if popup is not None:
            popup.close()

    timer = QTimer(interval=100)
    timer.timeout.connect(close)
    timer.start()
    yield
    timer.stop()


@pytest.mark.usefixtures("menus_close")
@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_pressed_no_picture_is_lost(
    window: MainWindow, session: Session, many: Path, own_home: Path, qtbot: QtBot, seed: int
) -> None:
    before = contents(many)
    walk = Walk(window, many, seed)
    window.resize(1200, 700)
    for _ in range(STEPS):
        walk.step()
        qtbot.wait(walk.chance.choice([0, 1, 5, 20, 60]))
    for dialog in open_dialogs():
        dialog.reject()
    window.actions_[Act.CANCEL].trigger()
    qtbot.waitUntil(lambda: not window.running.active, timeout=60_000)
    qtbot.waitUntil(lambda: all_undone(session), timeout=60_000)
    after = contents(many)
    assert {name: after.get(name) for name in before} == before
    assert unfinished(many, own_home) == []
