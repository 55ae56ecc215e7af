"""The page behind the lock tries every guard and tells what is stored; preferences are saved as they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from oimg.faces.gui import unexpected
from oimg.faces.gui.actions import Act
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.preferences import Preferences
from oimg.faces.gui.privacy import guard_words, keeping, stored_list, stored_words
from oimg.faces.gui.privacy.guard_page import GuardPage
from oimg.faces.gui.setting_fields import ChoiceField, NumberField
from oimg.faces.gui.theme import Choice
from oimg.words import netguard
from oimg.words.answers import GuardLayer, Stored, StoredKind
from oimg.words.i18n import LANGUAGES
from oimg.words.recipe import Mode, Originals, Output, Place, Recipe
from oimg.work import settings as store
from oimg.work.session import Session
from oimg.work.settings import PresetStore, Settings, config_folder, highest, load, load_window

PATIENCE = 60_000  # ms: another program on the machine must not fail a test
Press = Callable[[MainWindow], None]
IN_PLACE = Recipe(mode=Mode.LOSSLESS, output=Output(place=Place.IN_PLACE))


def texts(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget) and each.text()]


def button(widget: QWidget, name: str) -> QAbstractButton:
    """Find a button by what it is called."""
    found = [each for each in widget.findChildren(QAbstractButton) if name in (each.accessibleName(), each.text())]
    assert len(found) == 1, name
    return found[0]


def answer(window: MainWindow, text: str) -> None:
    """Press a button of the question that is open."""
    (box,) = window.findChildren(QMessageBox)
    next(each for each in box.buttons() if each.text() == text).click()


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> GuardPage:
    lock = next(each for each in window.foot.findChildren(QAbstractButton) if "device" in each.text())
    lock.click()
    (made,) = window.findChildren(GuardPage)
    qtbot.waitUntil(lambda: any(text.startswith("Tried at") for text in texts(made)), timeout=PATIENCE)
    qtbot.waitUntil(lambda: "Looking…" not in texts(made), timeout=PATIENCE)
    return made


@pytest.fixture
def preferences(window: MainWindow) -> Preferences:
    window.actions_[Act.PREFERENCES].trigger()
    (made,) = window.findChildren(Preferences)
    return made


def test_the_lock_opens_the_promise_and_every_guard(page: GuardPage) -> None:
    seen = texts(page)
    assert "Your pictures never leave this computer." in seen
    for name, armed, detail in netguard.state():
        layer = GuardLayer(name, armed, detail)
        assert guard_words.title(layer) in seen
        assert guard_words.stops(layer) in seen
    assert seen.count("holds") == sum(armed for _, armed, _ in netguard.state())


def test_trying_again_tells_what_is_so_now(page: GuardPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = (netguard.Layer("audit hook", False, "a name look-up is not refused"), *netguard.state()[1:])
    monkeypatch.setattr(keeping.netguard, "state", lambda: lost)
    button(page, "Try them now").click()
    qtbot.waitUntil(lambda: "does not hold" in texts(page), timeout=PATIENCE)
    assert any("not every guard holds" in text for text in texts(page))
    assert "Seen just now by audit hook: a name look-up is not refused" in texts(page)
    monkeypatch.undo()
    button(page, "Try them now").click()
    qtbot.waitUntil(lambda: "does not hold" not in texts(page), timeout=PATIENCE)


def test_a_guard_that_only_linux_has_is_no_alarm_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = GuardLayer("kernel filter", armed=False, detail="not available on darwin")
    assert guard_words.state(layer)[1:] == ("bad", "does not hold")
    monkeypatch.setattr(guard_words.sys, "platform", "darwin")
    assert guard_words.state(layer)[1:] == ("quiet", "not on this system")
    assert guard_words.title(replace(layer, name="another")) == "another"


def test_originals_are_counted_shown_and_erased_after_one_question(
    window: MainWindow, pictures: Path, optimize: Press, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sum((pictures / name).stat().st_size for name in ("a.png", "b.jpg"))
    window.use_recipe(IN_PLACE)
    with qtbot.waitSignal(window.importing.finished, timeout=PATIENCE):
        window.add([pictures])
    optimize(window)
    page = window.privacy.dialogs.show_guards()
    expected = f"2 originals, {stored_list.messages.size(size)}, all from the last 24 hours"
    qtbot.waitUntil(lambda: expected in texts(page), timeout=PATIENCE)
    shown: list[Path] = []
    monkeypatch.setattr(stored_list, "show_in_folder", shown.extend)
    button(page, "Show in folder: Originals that were replaced").click()
    assert [path.name for path in shown] == ["oimg"]
    erase = button(page, "Erase: Originals that were replaced")
    erase.click()
    answer(window, "Keep")
    qtbot.waitUntil(lambda: not window.findChildren(QMessageBox), timeout=PATIENCE)
    assert expected in texts(page)
    erase.click()
    answer(window, "Erase")
    freed = f"Originals that were replaced: erased, {stored_list.messages.size(size)} freed."
    qtbot.waitUntil(lambda: freed in texts(page), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not erase.isEnabled(), timeout=PATIENCE)


def test_a_disk_that_refuses_is_told(page: GuardPage, window: MainWindow, qtbot: QtBot) -> None:
    def refuse(_: StoredKind) -> int:
        raise PermissionError(13, "Permission denied")

    session = window.privacy.keeping._session
    assert session is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "erase", refuse)
        window.privacy.keeping.erase_now(StoredKind.MEMORY)
        expected = "Memory of what was done: that did not work (Permission denied)."
        qtbot.waitUntil(lambda: expected in texts(page), timeout=PATIENCE)


def test_the_log_is_the_one_that_is_written(session: Session) -> None:
    assert unexpected.log_path() in {each.path for each in session.stored()}
    assert set(stored_words.ORDER) == set(StoredKind)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (Stored(StoredKind.PRESETS, Path("/x"), 0, 0), "Nothing is stored."),
        (Stored(StoredKind.PRESETS, Path("/x"), 900, 1), "1 preset, 900 B"),
        (Stored(StoredKind.ORIGINALS, Path("/x"), 5000, 3, 0.0), "3 originals, 5.00 kB, the oldest from "),
        (Stored(StoredKind.ORIGINALS, Path("/x"), 5000, 1), "1 original, 5.00 kB"),
        (Stored(StoredKind.WINDOW, Path("/x"), 900, 1), "900 B"),
    ],
)
def test_says_how_much_there_is(stored: Stored, expected: str) -> None:
    assert stored_words.amount(stored).startswith(expected)
    assert stored_words.title(stored.kind)
    assert stored_words.about(stored.kind)
    assert all(stored_words.question(stored.kind))


def test_preferences_show_what_is_set(window: MainWindow) -> None:
    session = window.privacy.keeping._session
    assert session is not None
    session.change_settings(Settings("web", 3, 512_000_000, 0, 5_000_000, 0, "de", "trash"))
    made = window.privacy.dialogs.show_preferences()
    assert made._preset.currentText() == "Web"
    assert made._jobs.text() == "3"
    assert made._memory.text() == "512 MB"
    assert made._days.text() == "Forever"
    assert made._most.text() == "1 GB"  # a little is not nothing
    assert made._cache.text() == "Remember nothing"
    assert made._language.currentText() == "Deutsch"
    assert made._originals.currentText() == "The trash"
    assert made._theme.currentText() == "Light"
    assert session.settings.backup_limit == 5_000_000  # looking changes nothing


@pytest.mark.parametrize(
    ("field", "value", "setting", "kept"),
    [
        ("_jobs", 2, "jobs", 2),
        ("_memory", 300, "memory_limit", 300_000_000),
        ("_days", 7, "backup_days", 7),
        ("_most", 3, "backup_limit", 3_000_000_000),
        ("_cache", 10, "cache_limit", 10_000_000),
    ],
)
def test_numbers_are_saved_at_once(preferences: Preferences, field: str, value: int, setting: str, kept: int) -> None:
    number: NumberField = getattr(preferences, field)
    number.setValue(value)
    assert getattr(load()[0], setting) == kept
    assert number.maximum() * number._unit <= highest(setting)


@pytest.mark.parametrize(
    ("field", "setting", "value"), [("_language", "language", "de"), ("_preset", "preset", "smallest")]
)
def test_choices_are_saved_at_once(preferences: Preferences, field: str, setting: str, value: str) -> None:
    choose(getattr(preferences, field), value)
    assert getattr(load()[0], setting) == value


def choose(field: ChoiceField, value: str) -> None:
    """Choose as with the keyboard."""
    field.setCurrentIndex(field.findData(value))
    field.activated.emit(field.currentIndex())


def test_every_language_is_offered_in_its_own_words(preferences: Preferences) -> None:
    offered = [preferences._language.itemText(each) for each in range(preferences._language.count())]
    assert offered == ["Follow the system", *(each.name for each in LANGUAGES.values())]


def test_the_place_of_originals_is_that_of_the_window_too(window: MainWindow, preferences: Preferences) -> None:
    choose(preferences._originals, Originals.TRASH)
    assert window.recipe.output.originals is Originals.TRASH
    assert load()[0].originals == "trash"


def test_a_theme_is_taken_and_remembered_at_once(window: MainWindow, preferences: Preferences) -> None:
    choose(preferences._theme, Choice.DARK)
    assert window.theme.choice is Choice.DARK
    assert window.actions_[Act.THEME_DARK].isChecked()
    assert load_window().theme == "dark"
    window.actions_[Act.THEME_LIGHT].trigger()
    assert preferences._theme.currentData() == Choice.LIGHT


def test_what_cannot_be_saved_is_told(preferences: Preferences, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Settings) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "save", full)
    preferences._jobs.setValue(4)
    assert "This could not be saved: No space left on device." in texts(preferences)
    assert load()[0].jobs == 0


def test_a_window_that_is_forgotten_is_not_written_again(
    window: MainWindow, preferences: Preferences, qtbot: QtBot
) -> None:
    store.save_window(window.state())
    window.privacy.keeping.ask_stored()
    forget = button(preferences, "Erase: Look of the window")
    qtbot.waitUntil(forget.isEnabled, timeout=PATIENCE)
    forget.click()
    answer(window, "Erase")
    qtbot.waitUntil(lambda: any("Look of the window: erased" in text for text in texts(preferences)), timeout=PATIENCE)
    window.leave()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert not (config_folder() / "window.json").exists()


def test_own_presets_can_be_the_usual_one_and_one_that_is_gone_is_still_named(window: MainWindow) -> None:
    PresetStore().save("mine", Recipe(target=70))
    made = window.privacy.dialogs.show_preferences()
    choose(made._preset, "mine")
    PresetStore().delete("mine")
    made.close()
    window.privacy.dialogs.show_preferences()
    assert made._preset.currentText() == "mine"


def test_before_the_session_is_there_settings_can_be_made(qtbot: QtBot) -> None:
    window = MainWindow()
    made = window.privacy.dialogs.show_preferences()
    made._jobs.setValue(2)
    assert load()[0].jobs == 2
    page = window.privacy.dialogs.show_guards()
    qtbot.waitUntil(lambda: any(text.startswith("Tried at") for text in texts(page)), timeout=PATIENCE)
    window.close()


def test_every_control_is_named_and_lets_drops_through(page: GuardPage, preferences: Preferences) -> None:
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QAbstractSlider)
    for dialog in (page, preferences):
        controls = [each for kind in kinds for each in dialog.findChildren(kind) if not isinstance(each, QScrollBar)]
        inner = [each for each in controls if each.objectName().startswith("qt_")]
        nameless = [each for each in controls if not (each.accessibleName() or getattr(each, "text", str)())]
        assert [each for each in nameless if each not in inner] == []
        assert [each for each in dialog.findChildren(QWidget) if each.acceptDrops()] == []


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_can_be_drawn_narrow_and_the_other_way_round(
    page: GuardPage, preferences: Preferences, direction: Qt.LayoutDirection, qtbot: QtBot
) -> None:
    for dialog in (page, preferences):
        dialog.setLayoutDirection(direction)
        dialog.resize(460, 400)
        qtbot.wait(20)
        assert dialog.width() == 460
        (area,) = dialog.findChildren(QScrollArea)
        assert area.widget().width() <= area.viewport().width()  # nothing is cut off at the side
        assert not dialog.grab().isNull()
        for each in dialog.findChildren(QPushButton):
            assert not each.isVisible() or each.width() >= each.sizeHint().width()
