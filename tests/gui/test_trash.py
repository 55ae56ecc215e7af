"""Originals in the desktop's trash: from the preferences to a run, to undo, also where somebody has emptied it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.quick_window import QuickWindow
from oimg.faces.gui.setting_fields import ChoiceField
from oimg.words.recipe import Originals, Output, Place, Recipe
from oimg.work.session import Session
from oimg.work.settings import PresetStore
from work_help import flat, photo, state

PATIENCE = 60_000  # ms; a busy machine is no failure
Optimize = Callable[[MainWindow], None]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="this kind of trash is that of Linux desktops")


@pytest.fixture
def trash(own_home: Path) -> Path:
    return own_home / "data" / "Trash"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    flat(tmp_path / "in" / "plain 100 %.png")
    photo(tmp_path / "in" / "é.jpg", (300, 200), quality=97)
    return tmp_path / "in"


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)], check=False).returncode:
        pytest.skip("NOT TESTED on another disk: none can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def prefer_trash(window: MainWindow) -> None:
    """Choose it in the preferences, as a user does."""
    preferences = window.privacy.dialogs.show_preferences()
    field: ChoiceField = preferences._originals
    field.setCurrentIndex(field.findData("trash"))
    field.activated.emit(field.currentIndex())
    preferences.close()


def in_place(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    window.use_recipe(Recipe(output=Output(place=Place.IN_PLACE, originals=window.recipe.output.originals)))
    with qtbot.waitSignal(window.importing.finished, timeout=PATIENCE):
        window.add([folder])


def undo(window: MainWindow, qtbot: QtBot) -> str:
    with qtbot.waitSignal(window.after_run.undoing.ended, timeout=PATIENCE):
        window.after_run.undo()
    return window.after_run.tidings.text


def thrown_away(trash: Path) -> set[str]:
    """Give the paths that the trash has noted, as a file manager reads them."""
    found = set()
    for info in (trash / "info").iterdir():
        assert (trash / "files" / info.stem).is_file()
        (line,) = (each for each in info.read_text().splitlines() if each.startswith("Path="))
        found.add(unescaped(line.removeprefix("Path=")))
    return found


def unescaped(path: str) -> str:
    """Read %20 and the like (RFC 3986, 2.1)."""
    first, *rest = path.encode().split(b"%")
    return os.fsdecode(first + b"".join(bytes.fromhex(part[:2].decode()) + part[2:] for part in rest))


def test_what_is_preferred_is_done_and_undone(
    window: MainWindow, folder: Path, trash: Path, optimize: Optimize, qtbot: QtBot
) -> None:
    before = state(folder)
    prefer_trash(window)
    assert window.recipe.output.originals is Originals.TRASH
    in_place(window, folder, qtbot)
    optimize(window)
    assert state(folder).keys() == before.keys()
    assert all(data != before[name][0] for name, (data, _time, _mode) in state(folder).items())
    assert thrown_away(trash) == {str(path) for path in folder.iterdir()}
    assert undo(window, qtbot) == "2 originals are back."
    assert state(folder) == before
    assert list((trash / "files").iterdir()) == list((trash / "info").iterdir()) == []


def test_an_emptied_trash_is_told_and_nothing_is_touched(
    window: MainWindow, folder: Path, trash: Path, optimize: Optimize, qtbot: QtBot
) -> None:
    prefer_trash(window)
    in_place(window, folder, qtbot)
    optimize(window)
    after = state(folder)
    for part in ("files", "info"):
        shutil.rmtree(trash / part)
    told = "2 files were left alone. The original is neither in the backup nor in the trash any more."
    assert undo(window, qtbot) == told
    assert state(folder) == after


def test_files_of_another_disk_come_back_too(
    window: MainWindow, other_disk: Path, trash: Path, optimize: Optimize, qtbot: QtBot
) -> None:
    flat(other_disk / "in" / "a.png")
    before = state(other_disk)
    prefer_trash(window)
    in_place(window, other_disk / "in", qtbot)
    optimize(window)
    assert state(other_disk) != before
    assert thrown_away(trash) == {str(other_disk / "in" / "a.png")}
    assert undo(window, qtbot) == "a.png is back as it was."
    assert state(other_disk) == before


def test_the_small_window_goes_by_it(
    window: MainWindow, session: Session, folder: Path, trash: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(folder)
    prefer_trash(window)
    monkeypatch.setattr(PresetStore, "get", lambda _self, _name: Recipe(output=Output(place=Place.IN_PLACE)))
    small = QuickWindow([folder])
    qtbot.addWidget(small)
    small.show()
    small.use(session)
    qtbot.waitUntil(lambda: small.summary is not None, timeout=PATIENCE)
    assert len(thrown_away(trash)) == 2
    with qtbot.waitSignal(small.undoing.ended, timeout=PATIENCE):
        small.view.undo.click()
    assert state(folder) == before
    small.leave()
