"""Entries in the menus of real file managers, on a real screen: what they are given, whatever it is called."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from work_help import flat, photo

from .conftest import Screen, wait_for
from .desktop import Desktop, Line, find

OPTIMIZE, OPEN = "Optimize with OIMG", "Open in OIMG"
NEEDED = ("dbus-daemon", "tesseract")
COMMANDS = {
    "nautilus": ["nautilus", "--new-window"],
    "thunar": ["thunar"],
    "nemo": ["nemo", "--no-desktop"],
    "caja": ["caja", "--no-desktop", "--browser"],
    "pcmanfm": ["pcmanfm", "--no-desktop"],
    "pcmanfm-qt": ["pcmanfm-qt"],
    "dolphin": ["dolphin"],
}
# Qt keeps names as text: what is none is not handed on by these.
TEXT_ONLY = {"dolphin"}
pytestmark = pytest.mark.timeout(900)
Show = Callable[[str, Path], Line]


@pytest.fixture
def desktop(screen: Screen, tmp_path: Path) -> Desktop:
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"NOT TESTED in file managers: {', '.join(missing)} is missing")
    folder = tmp_path / "desktop"
    folder.mkdir()
    return Desktop(screen, folder)


@pytest.fixture
def show(desktop: Desktop) -> Show:
    """Install the entries, then show a folder in a file manager; gives where `photo.jpg` is seen."""

    def start(manager: str, folder: Path) -> Line:
        if shutil.which(manager) is None:
            pytest.skip(f"NOT TESTED in {manager}, which is not installed")
        desktop.oimg("integrate", "install")
        desktop.start(*COMMANDS[manager], folder)
        return desktop.place("photo.jpg")

    return start


def hostile(folder: Path, manager: str) -> list[Path]:
    """Pictures with names that a shell, a key file or a decoder could stumble over, and a folder."""
    names = ["a b é.png", 'it\'s 100%F "so" $HOME `x`.png', "new\nline.png", "-rf.png", "back\\slash.png"]
    made = [flat(folder / name, (40, 30)) for name in names]
    made.append(photo(folder / "photo.jpg", (64, 48), quality=95))
    if manager not in TEXT_ONLY:
        made.append(flat(folder / os.fsdecode(b"not\xfftext.png"), (40, 30)))
    below = folder / "Ordner ü"
    below.mkdir()
    return [*made, below]


@pytest.mark.parametrize("manager", COMMANDS)
def test_one_start_gets_all_that_is_selected(manager: str, desktop: Desktop, show: Show, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    given = sorted(os.fsencode(path) for path in hostile(folder, manager))
    at = show(manager, folder)
    desktop.choose(OPTIMIZE, at, "optimize")
    call = desktop.called()
    assert sorted(call.paths) == given
    assert call.switches[0] == "--quick"
    desktop.choose(OPEN, at)
    call = desktop.called()
    assert sorted(call.paths) == given
    assert "--quick" not in call.switches
    (folder / "zz notes.txt").write_text("no picture", encoding="utf-8")
    desktop.place("zz notes")
    lines = desktop.menu(at, "Properties", "with-text")
    assert find(lines, "OIMG") is None


@pytest.mark.parametrize("manager", ["nautilus", "thunar"])
def test_three_pictures_are_optimized_in_one_small_window(
    manager: str, desktop: Desktop, show: Show, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    flat(folder / "a b é.png", (400, 300))
    flat(folder / "it's 100%.png", (300, 200))
    photo(folder / "photo.jpg", (640, 480), quality=97)
    desktop.be_real()
    desktop.choose(OPTIMIZE, show(manager, folder))
    wait_for(lambda: len(list(folder.glob("*_optimized.*"))) == 3, "three results", 120)
    desktop.place("Show in folder")
    desktop.screen.shot("done")
    assert len(desktop.calls) == 1
    for result in folder.glob("*_optimized.*"):
        source = result.with_name(result.name.replace("_optimized", ""))
        assert 0 < result.stat().st_size < source.stat().st_size


@pytest.mark.parametrize("manager", ["nautilus", "thunar"])
def test_a_thousand_pictures_are_one_start(manager: str, desktop: Desktop, show: Show, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    first = photo(folder / "0 photo.jpg", (16, 12), quality=95)
    for number in range(1, 1000):
        os.link(first, folder / f"IMG_20261122_{number:06}.jpg")
    desktop.choose(OPTIMIZE, show(manager, folder), "thousand")
    assert sorted(desktop.called().paths) == sorted(os.fsencode(path) for path in folder.iterdir())
