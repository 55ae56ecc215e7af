"""Several starts of the program on a real screen: one window, in front, with the pictures of all of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from process_help import command
from work_help import flat

from .conftest import Oimg, Screen, wait_for

Opened = Callable[[Sequence[Path]], Oimg]
OTHER = Path(__file__).with_name("drag_source.py")
pytestmark = pytest.mark.timeout(400)


def again(screen: Screen, *arguments: str | Path, seconds: float = 120) -> int:
    """Start the program once more, and wait for its end."""
    return subprocess.run(command("gui", *arguments), env=screen.environment, timeout=seconds, check=False).returncode


def shown(screen: Screen) -> list[str]:
    """Give the numbers of all windows of the program."""
    asked = ["xdotool", "search", "--onlyvisible", "--name", "^OIMG$"]
    return subprocess.run(asked, env=screen.environment, capture_output=True, text=True, check=False).stdout.split()


def results(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*_optimized.*"))


def put_something_in_front(screen: Screen) -> None:
    screen.start(sys.executable, OTHER)
    window = screen.window("^Drag source$")
    screen.xdo("windowactivate", "--sync", window)
    assert screen.xdo("getactivewindow").split() == [window]


def test_a_second_start_brings_its_pictures_to_the_window_and_the_window_to_the_front(
    opened: Opened, screen: Screen, tmp_path: Path
) -> None:
    odd = flat(tmp_path / "in" / 'it\'s 100 %\n"odd".png', (300, 200))
    raw = tmp_path / "in" / os.fsdecode(b"\xff\xfe.png")
    shutil.copy(odd, raw)
    oimg = opened([flat(tmp_path / "in" / "first.png", (400, 300))])
    oimg.ready()
    put_something_in_front(screen)
    assert again(screen, odd, raw) == 0
    wait_for(lambda: screen.xdo("getactivewindow").split() == [oimg.window], "the window does not come to the front")
    assert shown(screen) == [oimg.window]
    assert results(tmp_path / "in") == []  # opening starts no work
    screen.shot("appended")
    wait_for(lambda: again(screen) == 0 and oimg.can_optimize(), "the button to optimize is not switched on")
    screen.keys("ctrl+Return")
    wait_for(lambda: len(results(tmp_path / "in")) == 3, "three results")
    assert oimg.quit() == 0


def test_many_quick_starts_become_one_window(screen: Screen, tmp_path: Path) -> None:
    given = [flat(tmp_path / "in" / f"{number:02}.png") for number in range(20)]
    started = [screen.start(*command("gui", "--quick", path)) for path in given]
    wait_for(lambda: len(results(tmp_path / "in")) == 20, "twenty results", 300)
    wait_for(lambda: sum(each.poll() is None for each in started) == 1, "more than one start has stayed")
    assert len(shown(screen)) == 1
    assert sorted(each.poll() or 0 for each in started) == [0] * 20
    screen.shot("quick")
    screen.keys("Escape")
    wait_for(lambda: all(each.poll() == 0 for each in started), "the small window does not close")


def test_a_killed_window_is_no_obstacle(opened: Opened, screen: Screen, tmp_path: Path) -> None:
    first = opened([])
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(60)
    second = opened([flat(tmp_path / "a.png", (400, 300))])
    second.ready()
    assert again(screen, tmp_path) == 0
    assert shown(screen) == [second.window]
    assert second.quit() == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_the_window_has_no_socket_but_those_to_its_desktop(opened: Opened, screen: Screen, tmp_path: Path) -> None:
    oimg = opened([flat(tmp_path / "a.png", (400, 300))])
    oimg.ready()
    assert again(screen, tmp_path / "a.png") == 0
    (spool,) = Path(os.environ["XDG_RUNTIME_DIR"]).glob("oimg/*/window")
    open_files = {
        os.fspath(each.readlink()) for each in Path(f"/proc/{oimg.process.pid}/fd").iterdir() if each.is_symlink()
    }
    assert str(spool / "lock") in open_files
    sockets = {each[len("socket:[") : -1] for each in open_files if each.startswith("socket:[")}
    local = inodes(Path("/proc/net/unix"), 6)
    assert sockets
    assert sockets <= local
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp", "icmp6"):
        assert not sockets & inodes(Path(f"/proc/net/{kind}"), 9)
    assert oimg.quit() == 0


def inodes(table: Path, column: int) -> set[str]:
    """Read the numbers of sockets out of one of the kernel's tables (proc(5))."""
    if not table.exists():
        return set()
    rows = [line.split() for line in table.read_text().splitlines()[1:]]
    return {row[column] for row in rows if len(row) > column}


@pytest.mark.skipif(shutil.which("strace") is None, reason="NOT TESTED call by call: strace is not installed")
def test_no_start_asks_for_an_internet_socket(screen: Screen, tmp_path: Path) -> None:
    picture = flat(tmp_path / "a.png")
    trace = ["strace", "-f", "-qq", "-e", "trace=%network,io_uring_setup", "-o"]
    first = screen.start(*trace, tmp_path / "first", *command("gui", picture))
    window = screen.window("^OIMG$")
    handing = [*trace, os.fspath(tmp_path / "second"), *command("gui", picture)]
    assert subprocess.run(handing, env=screen.environment, timeout=120, check=False).returncode == 0
    os.kill(int(screen.xdo("getwindowpid", window)), signal.SIGTERM)
    assert first.wait(120) == 0
    assert (tmp_path / "second").read_text() == ""  # no socket of any kind
    calls = (tmp_path / "first").read_text()
    assert "socket(AF_UNIX" in calls  # to the screen
    assert "io_uring_setup" not in calls
    assert {line for line in calls.splitlines() if "socket(" in line and "AF_UNIX" not in line} == set()
