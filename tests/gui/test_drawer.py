"""The drawer: one pane at a time, opened by its action, closed by Esc, as high as it was left."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTabBar, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui.actions import Act
from oimg.faces.gui.drawer import Column, Drawer
from oimg.faces.gui.main_window import MainWindow
from oimg.work.settings import load_window


class Scene(QWidget):
    """A field above a drawer with two panes that can have the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.above = QPlainTextEdit(self)
        self.drawer = Drawer(self)
        self.column = Column(self.above, self.drawer, self)
        self.panes = {name: QLineEdit(self) for name in ("one", "two")}
        self.acts = {name: QAction(name, self, checkable=True) for name in self.panes}
        for name, pane in self.panes.items():
            self.drawer.add(name, name.title(), pane, self.acts[name])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.column)
        self.resize(600, 700)


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    made = Scene()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.above.setFocus()
    return made


def test_an_action_opens_and_closes_its_pane(scene: Scene) -> None:
    assert scene.drawer.current == ""
    scene.acts["two"].trigger()
    assert (scene.drawer.current, scene.panes["two"].isVisible()) == ("two", True)
    assert not scene.panes["one"].isVisible()
    scene.acts["one"].trigger()
    assert [each.isChecked() for each in scene.acts.values()] == [True, False]
    scene.acts["one"].trigger()
    assert scene.drawer.current == ""
    assert not any(each.isChecked() for each in scene.acts.values())


def test_tabs_turn_and_tell(scene: Scene, qtbot: QtBot) -> None:
    scene.drawer.show_pane("one")
    tabs = scene.drawer.findChild(QTabBar)
    tabs.setFocus()
    with qtbot.waitSignal(scene.drawer.turned) as told:
        qtbot.keyClick(tabs, Qt.Key.Key_Right)
    assert told.args == ["two"]
    assert scene.acts["two"].isChecked()
    assert tabs.hasFocus()


def test_esc_closes_and_gives_the_keyboard_back(scene: Scene, qtbot: QtBot) -> None:
    scene.drawer.show_pane("one")
    assert scene.panes["one"].hasFocus()
    with qtbot.waitSignal(scene.drawer.turned) as told:
        qtbot.keyClick(scene.panes["one"], Qt.Key.Key_Escape)
    assert told.args == [""]
    assert scene.above.hasFocus()
    scene.drawer.show_pane("one")
    scene.drawer.findChild(QToolButton).click()
    assert scene.drawer.current == ""


def test_is_as_high_as_it_was_left(scene: Scene, qtbot: QtBot) -> None:
    scene.drawer.show_pane("one")
    assert scene.drawer.height() == pytest.approx(320, abs=2)
    scene.column.moveSplitter(300, 1)
    left = scene.drawer.height()
    assert left == pytest.approx(400, abs=4)
    scene.drawer.shut()
    scene.drawer.show_pane("two")
    assert scene.drawer.height() == left
    again = Scene()
    qtbot.addWidget(again)
    again.column.restore(scene.column.state)
    again.show()
    qtbot.waitExposed(again)
    assert (again.drawer.current, again.drawer.height()) == ("two", left)


@pytest.mark.parametrize("state", ["", " ", "none such 12", "one x", "²"])
def test_what_cannot_be_understood_is_left_alone(scene: Scene, state: str) -> None:
    scene.column.restore(state)
    assert scene.drawer.current in ("", "one")


def test_a_low_window_leaves_room_for_the_picture(scene: Scene) -> None:
    scene.resize(600, 420)
    scene.drawer.show_pane("one")
    assert scene.drawer.height() == pytest.approx(420 * 0.52, abs=4)


def test_the_window_opens_it_and_remembers(filled: MainWindow, qtbot: QtBot) -> None:
    filled.actions_[Act.CURVE].trigger()
    assert filled.drawer.current == "curve"
    assert filled.comparing.curve.isVisible()
    filled.leave()
    qtbot.waitUntil(lambda: not filled.isVisible())
    assert load_window().drawer.startswith("curve ")


@pytest.mark.parametrize("width", [900, 1000, 1600])
def test_the_header_fits_the_window(filled: MainWindow, qtbot: QtBot, width: int) -> None:
    filled.resize(width, 640)
    qtbot.waitUntil(lambda: filled.header.width() == width)
    filled.header.add_to_end([filled.actions_[Act.OPTIMIZE], filled.actions_[Act.SELECT_ALL]] * (width < 1500))
    qtbot.wait(50)
    buttons = [each for each in filled.header.findChildren(QToolButton) if each.isVisible()]
    lefts = [each.mapTo(filled.header, QPoint()).x() for each in buttons]
    spans = sorted((left, left + each.width() - 1) for left, each in zip(lefts, buttons, strict=True))
    assert all(right < width for _, right in spans)
    assert all(end < start for (_, end), (start, _) in pairwise(spans))
