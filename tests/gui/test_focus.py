"""The keyboard: Tab goes as one reads, jumps go from part to part, Esc leads back; all that is said to who listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui.actions import Act
from oimg.faces.gui.focus import jump, stops
from oimg.faces.gui.main_window import MainWindow
from oimg.words.recipe import Place, Recipe

PATIENCE = 60_000


@pytest.fixture
def shown(filled: MainWindow, qtbot: QtBot) -> MainWindow:
    filled.resize(1280, 800)
    filled.activateWindow()
    qtbot.waitUntil(lambda: filled.stage.canvas.image is not None, timeout=PATIENCE)
    return filled


def name(widget: QWidget | None) -> str:
    return "" if widget is None else widget.accessibleName() or getattr(widget, "text", str)()


def tabbed(window: MainWindow, most: int = 80) -> list[str]:
    """Press Tab until it comes back to where it began."""
    found: list[QWidget] = []
    for _ in range(most):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in found:
            break
        found.append(focus)
    return [name(each) for each in found]


def test_tab_goes_through_the_window_as_one_reads(shown: MainWindow, qtbot: QtBot) -> None:
    shown.use_recipe(Recipe())
    button = "Optimize 2 files"  # once the files are counted
    qtbot.waitUntil(lambda: button in [each.text() for each in shown.foot.findChildren(QPushButton)])
    last = stops(shown.foot)
    next(each for each in reversed(last) if each.isVisible() and each.isEnabled()).setFocus()
    names = tabbed(shown)
    wanted = [
        *("Add pictures", "Paste", "Split", "Difference", "Zoom out", "Zoom in", "Compare formats", "Privacy"),
        *("Show the options", "Filter", "Show columns", "Files", "Line between original and result"),
        *("For all files", "Preset", "Format", "By eye", "How good it looks", "Size in pixels, folded"),
        *("Advanced, folded", "Processed on your device", "Optimize 2 files"),
    ]
    places = [names.index(each) for each in wanted]
    assert places == sorted(places)
    assert len(names) == len(tabbed(shown))  # and round again


def test_jumps_go_from_part_to_part_and_back(shown: MainWindow) -> None:
    shown.queue.view.setFocus()
    seen = []
    for _ in range(4):
        shown.actions_[Act.NEXT_PART].trigger()
        seen.append(next(part for part in shown.parts if part.isAncestorOf(QApplication.focusWidget())))
    assert seen == [shown.stage, shown.options, shown.foot, shown.header]
    shown.actions_[Act.PREVIOUS_PART].trigger()
    assert shown.foot.isAncestorOf(QApplication.focusWidget())


def test_a_part_keeps_what_had_the_focus_in_it(shown: MainWindow) -> None:
    shown.options.presets.box.setFocus()
    jump(shown.parts, 1)
    assert not shown.options.isAncestorOf(QApplication.focusWidget())
    jump(shown.parts, -1)
    assert QApplication.focusWidget() is shown.options.presets.box


def test_the_filter_is_left_by_escape_in_two_steps(shown: MainWindow) -> None:
    shown.actions_[Act.SEARCH].trigger()
    search = shown.queue.search
    QTest.keyClicks(search, "b.jpg")
    assert shown.queue.proxy.rowCount() == 1
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert (search.text(), search.hasFocus(), shown.queue.proxy.rowCount()) == ("", True, 3)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert shown.queue.view.hasFocus()


def test_a_filter_that_finds_nothing_says_so_and_the_picture_comes_back(shown: MainWindow) -> None:
    view, search = shown.queue.view, shown.queue.search
    view.select(1)
    search.setText("no such name")
    assert shown.queue._nothing.isVisible()
    assert shown.queue._nothing.text() == "No file matches the filter."
    assert view.current_row() is None
    search.setText("")
    assert not shown.queue._nothing.isVisible()
    row = view.current_row()
    assert row is not None
    assert row.id == 1
    search.setText("a.png")
    search.setText("nothing")
    search.setText("b.jpg")
    row = view.current_row()
    assert row is not None
    assert row.path.name == "b.jpg"


def test_escape_closes_the_inspector(shown: MainWindow) -> None:
    shown.actions_[Act.PRIVACY].setChecked(True)
    inspector = shown.privacy.inspector
    assert inspector.isVisible()
    QTest.keyClick(inspector, Qt.Key.Key_Escape)
    assert not inspector.isVisible()
    assert not shown.actions_[Act.PRIVACY].isChecked()


def spoken(interface: QAccessibleInterface, depth: int = 0) -> Iterator[QAccessibleInterface]:
    """Give all that a screen reader finds below something, but what is hidden."""
    assert depth < 40
    if interface.state().invisible:  # type: ignore[attr-defined]
        return
    yield interface
    for place in range(min(interface.childCount(), 200)):
        child = interface.child(place)
        if child is not None:
            yield from spoken(child, depth + 1)


ROLES = {
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.Slider,
    QAccessible.Role.SpinBox,
    QAccessible.Role.Table,
    QAccessible.Role.RadioButton,
    QAccessible.Role.ProgressBar,
}


def test_whatever_can_be_used_is_named_to_who_listens(shown: MainWindow) -> None:
    whole = QAccessible.queryAccessibleInterface(shown)
    assert whole is not None
    nameless, found = [], set()
    for each in spoken(whole):
        if each.role() in ROLES:
            found.add(each.role())
            parent = each.parent()
            inside = parent is not None and parent.role() in (QAccessible.Role.SpinBox, QAccessible.Role.ComboBox)
            if not each.text(QAccessible.Text.Name) and not inside:
                nameless.append(f"{each.object()} in {each.object().parent()}")  # type: ignore[union-attr]
    assert nameless == []
    assert {QAccessible.Role.Button, QAccessible.Role.Slider, QAccessible.Role.EditableText} <= found


def test_rows_say_name_state_and_facts(shown: MainWindow) -> None:
    table = QAccessible.queryAccessibleInterface(shown.queue.view)
    assert table is not None
    said = [each.text(QAccessible.Text.Name) for each in spoken(table) if each.role() == QAccessible.Role.Cell]
    assert any(text.startswith("a.png, Waiting, ") for text in said)
    assert any(text.startswith("broken.png, Failed, ") for text in said)


def test_custom_controls_tell_role_value_and_meaning(shown: MainWindow) -> None:
    canvas = QAccessible.queryAccessibleInterface(shown.stage.canvas)
    handle = QAccessible.queryAccessibleInterface(shown.stage.canvas.handle)
    track = QAccessible.queryAccessibleInterface(shown.options.quality.target.slider)
    assert canvas is not None
    assert handle is not None
    assert track is not None
    assert canvas.text(QAccessible.Text.Name).startswith("Picture ")
    assert "Zoom" in canvas.text(QAccessible.Text.Description)
    assert (handle.role(), track.role()) == (QAccessible.Role.Slider, QAccessible.Role.Slider)
    assert handle.valueInterface().currentValue() == 500  # type: ignore[attr-defined]
    assert track.text(QAccessible.Text.Name) == "How good it looks"


def test_home_says_where_results_will_go(window: MainWindow, qtbot: QtBot) -> None:
    def told() -> str:
        return window.foot._sentence.text().replace("\N{WORD JOINER}", "")

    expected = "Results will go beside the originals as …_optimized; the originals stay."
    qtbot.waitUntil(lambda: told() == expected)
    window.use_recipe(Recipe(output=Recipe().output.__class__(place=Place.IN_PLACE)))
    qtbot.waitUntil(lambda: told() == "Results will replace the originals, and Undo brings those back.")


def test_the_pause_says_what_it_would_do_next(shown: MainWindow, optimize: Callable[[MainWindow], None]) -> None:
    pause = shown.actions_[Act.PAUSE]
    assert pause.iconText() == "Pause"
    pause.setChecked(True)
    assert pause.iconText() == "Resume"
    pause.setChecked(False)
    assert pause.iconText() == "Pause"
    optimize(shown)
    assert pause.iconText() == "Pause"
