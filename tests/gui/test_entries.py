"""The preferences show how the entries in file managers stand, and change them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from oimg.faces import menus
from oimg.faces.gui.actions import Act
from oimg.faces.gui.entries_field import EntriesField
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.preferences import Preferences
from oimg.words.menus import EntryState, EntryStatus, FileManager

PATIENCE = 60_000


def texts(field: EntriesField) -> list[str]:
    labels = [each for each in field.findChildren(QLabel) if each.isVisibleTo(field)]
    return [each.text().replace("\u200b", "") for each in labels if each.text()]  # where long words may break


@pytest.fixture
def field(qtbot: QtBot) -> EntriesField:
    made = EntriesField()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with Nautilus and Thunar, and this program."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("nautilus", "thunar", "oimg-gui"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/nowhere")
    monkeypatch.setenv("XDG_DATA_DIRS", "/nowhere")
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/nowhere")
    return folder


@pytest.fixture
def preferences(here: Path, window: MainWindow, qtbot: QtBot) -> Preferences:
    assert here.is_dir()  # the programs of this machine are looked for when the page opens
    window.actions_[Act.PREFERENCES].trigger()
    (made,) = window.findChildren(Preferences)
    qtbot.waitUntil(lambda: "Nautilus" in texts(made.entries), timeout=PATIENCE)
    return made


def test_buttons_install_and_remove(preferences: Preferences, own_home: Path, qtbot: QtBot) -> None:
    entries = preferences.entries
    assert texts(entries).count("not installed") == 2  # those that are not here have no line
    assert entries.install.isEnabled()
    assert not entries.remove.isEnabled()
    entries.install.click()
    qtbot.waitUntil(entries.remove.isEnabled, timeout=PATIENCE)
    assert not entries.install.isEnabled()
    assert any("started again" in text for text in texts(entries))
    qtbot.waitUntil(lambda: any(text.startswith("installed for you") for text in texts(entries)), timeout=PATIENCE)
    written = [path for path in own_home.rglob("*oimg*") if path.is_file()]
    assert written
    entries.remove.click()
    qtbot.waitUntil(entries.install.isEnabled, timeout=PATIENCE)
    assert not any(path.exists() for path in written)


@pytest.mark.usefixtures("here")
def test_a_sandbox_is_told(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLATPAK_ID", "io.github.oimg.oimg")
    entries = window.privacy.dialogs.show_preferences().entries
    qtbot.waitUntil(lambda: any("Flatpak" in text for text in texts(entries)), timeout=PATIENCE)
    assert not entries.install.isEnabled()
    assert not entries.remove.isEnabled()


def test_a_disk_that_refuses_is_told(preferences: Preferences, own_home: Path, qtbot: QtBot) -> None:
    (own_home / "data").write_text("a file where the folder should be")
    preferences.entries.install.click()

    def told() -> list[str]:
        return [each.text() for each in preferences.findChildren(QLabel) if "could not be changed" in each.text()]

    qtbot.waitUntil(lambda: bool(told()), timeout=PATIENCE)


@pytest.mark.usefixtures("here", "qtbot")
def test_before_the_session_is_there_nothing_can_be_pressed() -> None:
    window = MainWindow()
    entries = window.privacy.dialogs.show_preferences().entries
    assert "Nautilus" not in texts(entries)
    assert not entries.install.isEnabled()
    window.leave()


@pytest.mark.parametrize(
    ("state", "button", "can_install", "can_remove"),
    [
        (EntryState.ABSENT, "&Install", True, False),
        (EntryState.PACKAGE, "&Install", False, False),
        (EntryState.USER, "&Install", False, True),
        (EntryState.MOVED, "M&end", True, True),
        (EntryState.OUTDATED, "M&end", True, True),
        (EntryState.CHANGED, "&Install", False, False),
    ],
)
def test_buttons_do_what_can_be_done(
    field: EntriesField, state: EntryState, button: str, can_install: bool, can_remove: bool, qtbot: QtBot
) -> None:
    status = EntryStatus(FileManager.NEMO, state)
    field.show_statuses([EntryStatus(FileManager.CAJA, EntryState.USER)])
    field.show_statuses([status])
    qtbot.waitUntil(lambda: texts(field)[1:] == ["Nemo", menus.state(status)], timeout=PATIENCE)
    assert field.install.text() == button
    assert (field.install.isEnabled(), field.remove.isEnabled()) == (can_install, can_remove)


def test_what_hides_entries_is_said(field: EntriesField, qtbot: QtBot) -> None:
    field.show_statuses(
        [
            EntryStatus(FileManager.NAUTILUS, EntryState.USER, missing="python3-nautilus"),
            EntryStatus(FileManager.DOLPHIN, EntryState.ABSENT, found=False),
            EntryStatus(FileManager.CAJA, EntryState.OUTDATED),
            EntryStatus(FileManager.THUNAR, EntryState.USER, package=True),
        ]
    )
    expected = [
        "Nautilus",
        "installed for you (seen only with the package python3-nautilus)",
        "Caja",
        "out of date or incomplete; install again to mend it",
        "Thunar",
        "installed by a package of the system, and for you",
    ]
    qtbot.waitUntil(lambda: texts(field)[1:] == expected, timeout=PATIENCE)


def test_without_any_file_manager_all_are_told_of(field: EntriesField, qtbot: QtBot) -> None:
    field.show_statuses([EntryStatus(FileManager.CAJA, EntryState.USER, found=False)])
    expected = ["Caja", "installed for you (Caja is not on this computer)"]
    qtbot.waitUntil(lambda: texts(field)[1:] == expected, timeout=PATIENCE)


def test_every_button_says_what_it_does(field: EntriesField) -> None:
    names = [each.accessibleName() for each in field.findChildren(QPushButton)]
    assert len(set(names)) == 2
    assert all("file managers" in name for name in names)
    assert Path(menus.ICON).is_file()
