"""The window as a whole: from a drop to the result, remembered, closed cleanly, every control named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from oimg.faces.gui import showing
from oimg.faces.gui.actions import ROW_MENU, SPECS, Act
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.queue.rows import State
from oimg.faces.gui.stage.joining import show_view
from oimg.faces.gui.stage.scene import ViewMode
from oimg.faces.gui.theme import Choice
from oimg.faces.gui.tokens import DARK, now
from oimg.words import netguard
from oimg.words.recipe import Output, Place, Recipe
from oimg.work import session as module
from oimg.work.session import Session
from oimg.work.settings import BUILT_IN, WindowState, config_folder, load_window, save_window
from work_help import flat, state

Press = Callable[[MainWindow], None]
CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)


def states(window: MainWindow) -> dict[str, State]:
    return {row.path.name: row.state for row in window.model.rows()}


def foot_texts(window: MainWindow) -> list[str]:
    return [each.text().replace("\N{WORD JOINER}", "") for each in window.foot.findChildren(QLabel) if each.isVisible()]


def test_begins_at_home_and_shows_the_queue_when_there_is_one(window: MainWindow, pictures: Path, qtbot: QtBot) -> None:
    assert window.home.isVisible()
    with qtbot.waitSignal(window.importing.finished):
        window.add([pictures])
    assert not window.home.isVisible()
    assert window.queue.isVisible()
    assert states(window) == {"a.png": State.WAITING, "b.jpg": State.WAITING, "broken.png": State.FAILED}
    window.actions_[Act.CLEAR].trigger()
    assert window.home.isVisible()


def test_from_a_drop_to_the_result(filled: MainWindow, pictures: Path, optimize: Press, qtbot: QtBot) -> None:
    expected = "Results go beside the originals as …_optimized; the originals stay."
    qtbot.waitUntil(lambda: foot_texts(filled)[0].startswith("2 files, ") and foot_texts(filled)[0].endswith(expected))
    before = state(pictures)
    optimize(filled)
    assert states(filled) == {"a.png": State.OPTIMIZED, "b.jpg": State.OPTIMIZED, "broken.png": State.FAILED}
    after = state(pictures)
    assert {name: after[name] for name in before} == before
    assert sorted(set(after) - set(before)) == ["a_optimized.png", "b_optimized.jpg"]
    qtbot.waitUntil(lambda: foot_texts(filled)[0].startswith("2 files optimized, "))
    assert not filled.actions_[Act.PAUSE].isEnabled()


def test_the_first_row_is_looked_at(filled: MainWindow, qtbot: QtBot) -> None:
    row = filled.queue.view.current_row()
    assert row is not None
    assert row.path.name == "a.png"
    qtbot.waitUntil(lambda: filled.stage.canvas.image is not None)


def test_another_recipe_makes_files_wait_again(filled: MainWindow, optimize: Press, qtbot: QtBot) -> None:
    optimize(filled)
    primary = next(each for each in filled.foot.findChildren(QPushButton) if each.property("look") == "primary")
    qtbot.waitUntil(lambda: not primary.isEnabled())
    filled.choose_preset("smallest")
    qtbot.waitUntil(lambda: primary.text() == "Optimize 2 files")
    assert filled.recipe == BUILT_IN["smallest"]


def test_a_preset_leaves_the_place_alone(window: MainWindow, tmp_path: Path) -> None:
    output = Output(place=Place.FOLDER, path=str(tmp_path))
    window.use_recipe(replace(window.recipe, output=output))
    window.choose_preset("web")
    assert window.recipe == replace(BUILT_IN["web"], output=output)
    window.choose_preset("none such")
    assert window.preset == "web"


def test_only_the_selected_are_worked_on(filled: MainWindow, qtbot: QtBot) -> None:
    filled.queue.view.selectRow(1)
    with qtbot.waitSignal(filled.running.ended, timeout=60_000):
        filled.actions_[Act.OPTIMIZE_SELECTED].trigger()
    assert states(filled)["a.png"] is State.WAITING
    assert states(filled)["b.jpg"] is State.OPTIMIZED


def test_a_recipe_of_a_files_own_is_used(filled: MainWindow, pictures: Path, optimize: Press) -> None:
    own = Recipe(output=Output(suffix="-mine"))
    filled.model.change([0], lambda row: replace(row, recipe=own))
    optimize(filled)
    assert (pictures / "a-mine.png").is_file()
    assert (pictures / "b_optimized.jpg").is_file()


def test_a_failed_file_can_be_tried_again(filled: MainWindow, pictures: Path, qtbot: QtBot) -> None:
    flat(pictures / "broken.png")
    filled.queue.view.selectRow(2)
    with qtbot.waitSignal(filled.importing.finished):
        filled.actions_[Act.RETRY].trigger()
    assert states(filled)["broken.png"] is State.WAITING
    assert filled.model.rowCount() == 3


def test_removed_files_stay_on_the_disk(filled: MainWindow, pictures: Path) -> None:
    filled.queue.view.selectRow(0)
    filled.actions_[Act.REMOVE].trigger()
    assert list(states(filled)) == ["b.jpg", "broken.png"]
    assert (pictures / "a.png").is_file()


def test_the_filter_is_found_by_its_key(filled: MainWindow) -> None:
    filled.actions_[Act.SEARCH].trigger()
    filled.queue.search.setText("b.")
    assert filled.queue.proxy.rowCount() == 1


def test_shows_results_in_their_folder(
    filled: MainWindow, pictures: Path, optimize: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("oimg.faces.gui.main_window.show_in_folder", asked.extend)
    optimize(filled)
    filled.queue.view.selectAll()
    filled.actions_[Act.SHOW].trigger()
    assert asked == [pictures / "a_optimized.png", pictures / "b_optimized.jpg", pictures / "broken.png"]


def test_without_a_file_manager_that_selects_the_folder_is_opened(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(showing, "_asked_over_the_bus", lambda _: False)
    monkeypatch.setattr(showing.sys, "platform", "linux")
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).toLocalFile()))
    showing.show_in_folder([pictures / "a.png"])
    showing.show_in_folder([pictures / "gone.png"])
    showing.show_in_folder([])
    assert opened == [str(pictures), str(pictures)]


def test_the_panes_come_and_go(filled: MainWindow) -> None:
    for act, pane in ((Act.QUEUE, filled.queue), (Act.OPTIONS, filled.options)):
        filled.actions_[act].trigger()
        assert not pane.isVisible()
        filled.actions_[act].trigger()
        assert pane.isVisible()


def test_a_row_has_a_menu(filled: MainWindow) -> None:
    menu = filled.actions_.row_menu(filled)
    assert [each.text() for each in menu.actions() if not each.isSeparator()] == [
        filled.actions_[name].text() for name in ROW_MENU if name is not None
    ]
    menu.deleteLater()


class Slow:
    """Work that ends only when it is told to stop."""

    begun = 0

    def __call__(self, _: object, control: object, **__: object) -> object:
        self.begun += 1
        control.token.wait(30)  # type: ignore[attr-defined]
        return control.token.check()  # type: ignore[attr-defined]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    monkeypatch.setattr(module, "optimize_file", made)
    return made


def question(window: MainWindow) -> QMessageBox:
    (box,) = window.findChildren(QMessageBox)
    return box


def test_closing_while_it_works_asks_once(filled: MainWindow, slow: Slow, qtbot: QtBot) -> None:
    filled.optimize()
    qtbot.waitUntil(lambda: slow.begun > 0)
    filled.close()
    filled.close()
    box = question(filled)
    assert filled.isVisible()
    box.buttons()[1].click()  # go on working
    assert filled.running.active
    filled.close()
    qtbot.waitUntil(lambda: len(filled.findChildren(QMessageBox)) == 1)
    with qtbot.waitSignal(filled.running.ended):
        question(filled).buttons()[0].click()
    assert not filled.isVisible()
    assert not filled.leaving.left_at_work
    assert states(filled)["a.png"] is State.STOPPED


def test_pause_and_stop_are_there_while_it_works(filled: MainWindow, slow: Slow, qtbot: QtBot) -> None:
    filled.optimize()
    qtbot.waitUntil(lambda: slow.begun > 0)
    pause = filled.actions_[Act.PAUSE]
    assert pause.isEnabled()
    pause.trigger()
    assert filled.running.paused
    with qtbot.waitSignal(filled.running.ended):
        filled.actions_[Act.CANCEL].trigger()
    assert not pause.isChecked()
    assert not pause.isEnabled()


def test_what_was_chosen_is_remembered(qtbot: QtBot) -> None:
    window = MainWindow(load_window())
    assert load_window() == WindowState()
    window.resize(1111, 700)
    window.choose_preset("web")
    window.theme.choose(Choice.DARK)
    window.actions_[Act.COLUMNS].setChecked(True)
    show_view(window, "side")
    window.show()
    qtbot.waitExposed(window)
    window.close()
    again = MainWindow(load_window())
    assert again.height() == 700  # the screen of the tests is 800 wide, and a window is kept on it
    assert (again.preset, again.recipe, again.theme.choice) == ("web", BUILT_IN["web"], Choice.DARK)
    assert again.queue.view.columns_shown
    assert again.stage.canvas.mode is ViewMode.SIDE
    assert again.actions_[Act.VIEW_SIDE].isChecked()
    assert now() is DARK
    assert again.actions_[Act.THEME_DARK].isChecked()
    again.close()


@pytest.mark.parametrize("text", ["{ broken", '{"schema": 99}', "[]"])
def test_what_cannot_be_read_is_set_aside(text: str) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "window.json").write_text(text)
    assert load_window() == WindowState()
    assert (config_folder() / "window.bad").read_text() == text


def test_a_wrong_field_falls_back_alone() -> None:
    save_window(WindowState(preset="web", theme="dark"))
    path = config_folder() / "window.json"
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data | {"theme": 5, "recipe": {"target": 7}}))
    assert load_window() == WindowState(preset="web")


def test_a_strange_memory_does_no_harm(qtbot: QtBot) -> None:
    window = MainWindow(WindowState(geometry="é!", splitter="AAAA", theme="purple", preset="gone", view="?"))
    qtbot.addWidget(window)
    window.show()
    assert window.theme.choice is Choice.SYSTEM
    window.close()


def test_every_control_has_a_name(filled: MainWindow) -> None:
    nameless = [
        each
        for kind in CONTROLS
        for each in filled.findChildren(kind)
        if not isinstance(each, QScrollBar) and not _name(each) and not _is_inside(each)
    ]
    assert nameless == []


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


def _is_inside(widget: QWidget) -> bool:
    """Whether a part of Qt's own, such as the field in a spin box, speaks for its owner."""
    inner = widget.objectName().startswith("qt_")
    owner = widget.parentWidget()
    private = isinstance(owner, QLineEdit | QAbstractItemView | QComboBox | QAbstractSpinBox)
    return inner or private or widget.window().metaObject().className() == "QComboBoxPrivateContainer"


def test_no_two_actions_share_a_shortcut() -> None:
    keys = Counter(key for spec in SPECS.values() for key in spec.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_menus_hold_every_action(window: MainWindow) -> None:
    shown = [action for menu in window.menuBar().actions() for action in menu.menu().actions()]  # type: ignore[union-attr]
    names = {action.objectName() for action in shown if not action.isSeparator()}
    assert names == set(Act)


def test_only_the_window_takes_drops(window: MainWindow) -> None:
    assert window.acceptDrops()
    assert [each for each in window.findChildren(QWidget) if each.acceptDrops()] == [window.options.output.folder]


@pytest.mark.parametrize("size", [(900, 600), (1600, 1000)])
def test_can_be_drawn_small_and_large_and_the_other_way_round(
    filled: MainWindow, size: tuple[int, int], qtbot: QtBot
) -> None:
    for direction in (Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight):
        filled.setLayoutDirection(direction)
        filled.resize(*size)
        qtbot.wait(20)
        assert (filled.width(), filled.height()) == size  # nothing in it asks for more
        assert not filled.grab().isNull()


def test_the_guard_holds_with_the_window_open(window: MainWindow) -> None:
    assert window.isVisible()
    assert all(armed for _, armed, _ in netguard.state()[:2])


def test_a_session_that_cannot_be_opened_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from oimg.faces.gui.opening import Opening

    def fail(_: Session) -> Session:
        raise OSError("no home")

    monkeypatch.setattr(Session, "__enter__", fail)
    opening = Opening()
    with qtbot.waitSignal(opening.failed) as told:
        opening.start()
    assert told.args == ["OSError: no home"]
    opening.close()


def test_opens_the_session_beside_the_window(qtbot: QtBot) -> None:
    from oimg.faces.gui.opening import Opening

    opening = Opening()
    with qtbot.waitSignal(opening.opened) as told:
        opening.start()
    assert isinstance(told.args[0], Session)
    opening.close()
