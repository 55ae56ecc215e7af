"""The real window on a real X server, with a window manager, real keys, a real pointer and another program's drag."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from process_help import run_oimg
from work_help import flat, photo

from .conftest import Oimg, Screen, wait_for

SOURCE = Path(__file__).with_name("drag_source.py")
Opened = Callable[[Sequence[Path]], Oimg]
pytestmark = pytest.mark.timeout(400)


def pictures(folder: Path) -> list[Path]:
    """Three pictures whose names are not easy."""
    return [
        flat(folder / "plain.png", (400, 300)),
        photo(folder / "with space é.jpg", (320, 240), quality=95),
        photo(folder / "it's a photo.png", (200, 150)),
    ]


def results(folder: Path) -> list[Path]:
    return sorted(folder.glob("*_optimized.*"))


def test_starts_with_paths_and_optimizes_by_keyboard(opened: Opened, screen: Screen, tmp_path: Path) -> None:
    given = pictures(tmp_path / "in")
    oimg = opened([tmp_path / "in"])
    oimg.ready()
    screen.shot("found")
    saved_before = screen.count("#1b7a4b", oimg.box)
    screen.keys("ctrl+Return")
    wait_for(lambda: len(results(tmp_path / "in")) == 3, "three results")
    wait_for(lambda: screen.count("#1b7a4b", oimg.box) > saved_before + 200, "what was saved is not shown")
    screen.shot("optimized")
    for source, result in zip(sorted(given), results(tmp_path / "in"), strict=True):
        assert result.stat().st_size < source.stat().st_size
    assert oimg.quit() == 0


def test_pictures_are_dragged_from_another_program(opened: Opened, screen: Screen, tmp_path: Path) -> None:
    given = pictures(tmp_path / "in")
    oimg = opened([])
    screen.shot("home")
    source = subprocess.Popen(
        [sys.executable, SOURCE, *given], env=screen.environment, stdout=subprocess.PIPE, text=True
    )
    screen.stack.callback(source.kill)
    try:
        drag(screen, oimg)
        assert source.stdout is not None
        assert source.stdout.readline() == "CopyAction\n"  # never a move: the files stay where they are
        oimg.ready()  # what is dropped is asked of its owner afterwards
        screen.shot("dropped")
    finally:
        source.kill()
        source.communicate()
    assert all(path.exists() for path in given)
    oimg.focus()
    screen.keys("ctrl+Return")
    wait_for(lambda: len(results(tmp_path / "in")) == 3, "three results")
    assert oimg.quit() == 0


def test_results_are_dragged_into_another_program(opened: Opened, screen: Screen, tmp_path: Path) -> None:
    pictures(tmp_path / "in")
    oimg = opened([tmp_path / "in"])
    oimg.ready()
    screen.keys("ctrl+Return")
    wait_for(lambda: len(results(tmp_path / "in")) == 3 and not oimg.can_optimize(), "three results")
    target = subprocess.Popen(
        [sys.executable, SOURCE.with_name("drag_target.py")], env=screen.environment, stdout=subprocess.PIPE, text=True
    )
    screen.stack.callback(target.communicate)
    screen.stack.callback(target.kill)
    window = screen.window("^Drop target$")
    screen.xdo("windowmove", "--sync", window, 1300, 100)
    oimg.focus()
    screen.keys("ctrl+a")
    left, top, *_ = oimg.box
    move(screen, (left + 120, top + 160), (1400, 180))
    screen.shot("dragged out")
    screen.xdo("mouseup", 1)
    assert target.stdout is not None
    told = []
    while (line := target.stdout.readline().rstrip("\n")) != "end":
        assert line, "the target has gone"
        told.append(line)
    assert sorted(told) == [f"CopyAction {path}" for path in results(tmp_path / "in")]
    assert oimg.quit() == 0


def drag(screen: Screen, oimg: Oimg) -> None:
    """Drag from the other program into the middle of the window."""
    window = screen.window("^Drag source$")
    screen.xdo("windowmove", "--sync", window, 1300, 100)
    left, top, right, bottom = oimg.box
    move(screen, (1400, 180), ((left + right) // 2, (top + bottom) // 2))
    screen.shot("dragging")
    screen.xdo("mouseup", 1)


def move(screen: Screen, begin: tuple[int, int], target: tuple[int, int]) -> None:
    """Press, and move the pointer in small steps: toolkits need motion to begin a drag, and to find what is below."""
    screen.xdo("mousemove", *begin, "sleep", 0.2, "mousedown", 1, "sleep", 0.2)
    for step in range(1, 11):
        x, y = (begin[axis] + (target[axis] - begin[axis]) * step // 10 for axis in (0, 1))
        screen.xdo("mousemove", x, y, "sleep", 0.06)
    screen.xdo("mousemove_relative", 3, 3, "sleep", 0.3, "mousemove_relative", 1, 1, "sleep", 0.3)


def test_replaced_originals_come_back(opened: Opened, screen: Screen, tmp_path: Path) -> None:
    given = pictures(tmp_path / "in")
    originals = {path: path.read_bytes() for path in given}
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "oimg"
    config.mkdir(parents=True)
    recipe = {"output": {"place": "in-place"}}
    (config / "window.json").write_text(json.dumps({"schema": 1, "theme": "light", "recipe": recipe}))
    oimg = opened([tmp_path / "in"])
    oimg.ready()
    screen.keys("ctrl+Return")
    wait_for(lambda: all(path.read_bytes() != originals[path] for path in given), "the originals are not replaced")
    wait_for(lambda: not oimg.can_optimize(), "there is still something to do")
    screen.shot("replaced")
    assert oimg.quit() == 0
    assert run_oimg("undo").code == 0
    assert {path: path.read_bytes() for path in given} == originals


def test_keys_alone_reach_the_sheet_of_keys_and_the_end(opened: Opened, screen: Screen) -> None:
    oimg = opened([])
    screen.keys("F1")
    screen.window("^Keyboard shortcuts")
    screen.shot("keys")
    screen.keys("Escape")
    wait_for(lambda: not found(screen, "^Keyboard shortcuts"), "the sheet does not close")
    assert oimg.quit() == 0


def found(screen: Screen, title: str) -> bool:
    command = ["xdotool", "search", "--onlyvisible", "--name", title]
    return subprocess.run(command, env=screen.environment, capture_output=True, check=False).returncode == 0
