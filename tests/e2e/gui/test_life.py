"""How the window begins and ends in real life: odd homes, odd screens, signals in the middle of the work."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from ordinary_user import as_ordinary_user
from process_help import command, contents, run_oimg, unfinished, unmeasured
from work_help import flat, photo

from .conftest import Oimg, Screen, wait_for

Opened = Callable[[Sequence[Path]], Oimg]
pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.skipif(sys.platform != "linux", reason="platforms, signals and children are looked at as on Linux"),
]
UNKNOWN = "what no compositor has given out"
IN_PLACE = '{"schema": 1, "theme": "light", "recipe": {"output": {"place": "in-place"}}}'


class Window:
    """A window that nobody sees, as a process."""

    def __init__(self, *arguments: str | Path, **changes: str | None) -> None:
        merged = {**unmeasured(), "QT_QPA_PLATFORM": "offscreen", **changes}
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            merged.setdefault(name, None)
        self.process = subprocess.Popen(
            command("gui", *arguments),
            env={name: value for name, value in merged.items() if value is not None},
            stderr=subprocess.PIPE,
            text=True,
            **as_ordinary_user(),
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end; gives its exit code and what it has complained of."""
        self.process.send_signal(number)
        _, complaint = self.process.communicate(timeout=120)
        return self.process.returncode, complaint


@pytest.fixture
def config(own_home: Path) -> Path:
    folder = own_home / "config" / "oimg"
    folder.mkdir(parents=True)
    return folder


def results(folder: Path) -> list[Path]:
    return sorted(folder.glob("*_optimized.*"))


def works(window: Window, folder: Path, count: int = 1) -> None:
    wait_for(lambda: len(results(folder)) == count or window.process.poll() is not None, f"{count} results", 200)
    assert len(results(folder)) == count


@pytest.mark.parametrize("platform", ["offscreen", "minimal"])
def test_works_on_screens_of_every_kind(tmp_path: Path, platform: str) -> None:
    window = Window("--quick", flat(tmp_path / "a.png"), QT_QPA_PLATFORM=platform)
    works(window, tmp_path)
    assert window.end() == (0, "")


def test_a_home_that_cannot_be_written_to_is_no_obstacle(own_home: Path, tmp_path: Path) -> None:
    picture = flat(tmp_path / "in" / "a.png")
    for folder in (own_home / "runtime", own_home):
        folder.chmod(0o500)
    try:
        window = Window("--quick", picture)
        works(window, tmp_path / "in")
        assert window.end() == (0, "")
        assert [path.name for path in own_home.iterdir()] == ["runtime"]
    finally:
        own_home.chmod(0o700)


def test_a_folder_that_is_gone_is_no_obstacle(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = "import os, sys; from oimg.faces.gui.app import main; os.rmdir(os.getcwd()); sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen(
        [sys.executable, "-c", code, "relative.png"],
        cwd=gone,
        env={**unmeasured(), "QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_for(lambda: catches_signals(process.pid), "the window does not come up")
        process.terminate()
        _, complaint = process.communicate(timeout=120)
    assert (process.returncode, complaint) == (0, "")


def test_without_any_home_it_works_all_the_same(tmp_path: Path) -> None:
    nowhere = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"))
    window = Window("--quick", flat(tmp_path / "a.png"), HOME="/dev/null/home", **nowhere)
    works(window, tmp_path)
    assert window.end() == (0, "")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema": 99}', "\udcff\x00", '{"schema": 1, "jobs": "many", "recipe": 7}', "[" * 100_000]
)
def test_broken_settings_are_set_aside(config: Path, tmp_path: Path, text: str) -> None:
    for name in ("settings.json", "window.json"):
        (config / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    window = Window("--quick", flat(tmp_path / "a.png"))
    works(window, tmp_path)
    assert window.end() == (0, "")
    large = Window(tmp_path)
    wait_for(lambda: is_ready(large), "the large window does not come up")
    assert large.end() == (0, "")
    if "jobs" not in text:
        assert (config / "settings.bad").read_text(encoding="utf-8", errors="surrogateescape") == text


def is_ready(window: Window) -> bool:
    """Whether it takes signals as a window does."""
    return catches_signals(window.process.pid)


def catches_signals(process: int) -> bool:
    """Whether SIGTERM is taken in hand; Python's own handler stands until then."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1]
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def test_folders_in_the_way_of_the_settings_are_no_obstacle(config: Path, tmp_path: Path) -> None:
    for name in ("settings.json", "window.json"):
        (config / name / "deep").mkdir(parents=True)
    window = Window("--quick", flat(tmp_path / "a.png"))
    works(window, tmp_path)
    assert window.end() == (0, "")


def many(folder: Path) -> list[Path]:
    """Pictures enough that nobody is through with them soon."""
    first = photo(folder / "00.jpg", (1600, 1200), quality=95)
    for number in range(1, 40):
        data = first.read_bytes()
        (folder / f"{number:02}.jpg").write_bytes(data[:2] + b"\xff\xfe\x00\x04%02d" % number + data[2:])
    return sorted(folder.glob("*.jpg"))


def descendants(process: int) -> set[int]:
    """Give the children of a process, and theirs."""
    found: set[int] = set()
    for task in Path(f"/proc/{process}/task").iterdir():
        try:
            children = {int(each) for each in (task / "children").read_text().split()}
        except OSError:
            continue
        found |= children.union(*(descendants(each) for each in children if Path(f"/proc/{each}").exists()))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_of_the_work_stops_it_cleanly(
    own_home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "in"
    given = [*many(folder), flat(folder / "p.png", (800, 600))]
    before = {path: path.read_bytes() for path in given}
    window = Window("--quick", folder)
    wait_for(lambda: bool(results(folder)), "no result at all")
    children = descendants(window.process.pid)
    assert window.end(number) == (0, "")
    assert len(results(folder)) < len(given)
    assert {path: path.read_bytes() for path in given} == before
    assert unfinished(tmp_path, own_home) == []
    assert [each for each in children if Path(f"/proc/{each}").exists()] == []
    for path in results(folder):  # what is finished is whole
        assert run_oimg("inspect", path).code == 0


def test_a_killed_window_is_put_right_by_the_next(
    opened: Opened, screen: Screen, config: Path, own_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    before = {path: path.read_bytes() for path in many(folder)}
    (config / "window.json").write_text(IN_PLACE, encoding="utf-8")
    oimg = opened([folder])
    oimg.ready()
    screen.keys("ctrl+Return")
    wait_for(lambda: sum(path.read_bytes() != data for path, data in before.items()) >= 3, "nothing is replaced")
    oimg.process.send_signal(signal.SIGKILL)
    oimg.process.wait(60)
    assert list((own_home / "data" / "oimg" / "journal").glob("*.open"))
    second = opened([folder])
    second.ready()
    wait_for(lambda: not list((own_home / "data" / "oimg" / "journal").glob("*.open")), "nothing was put right")
    time.sleep(1)  # it is told once it is done
    screen.shot("put-right")
    assert second.quit() == 0
    assert unfinished(tmp_path, own_home) == []
    assert run_oimg("undo").code == 0
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(contents(folder)) == sorted(path.name for path in before)


@pytest.fixture
def wayland(tmp_path: Path) -> Iterator[dict[str, str | None]]:
    """A Wayland compositor that shows what it is given to nobody."""
    program = shutil.which("weston")
    if program is None:
        pytest.skip("NOT TESTED under Wayland: weston is not installed")
    runtime = Path(os.environ["XDG_RUNTIME_DIR"])
    if len(os.fspath(runtime)) > 90:  # sockets have short names
        pytest.skip("NOT TESTED under Wayland: the folder for temp files has too long a name")
    options = ["--backend=headless-backend.so", "--socket=wayland-7", "--width=1280", "--height=800"]
    with (
        (tmp_path / "weston").open("wb") as log,
        subprocess.Popen([program, *options], stdout=log, stderr=log, env=unmeasured()) as weston,
    ):
        wait_for((runtime / "wayland-7").exists, "the compositor is not there")
        yield {"WAYLAND_DISPLAY": "wayland-7", "QT_QPA_PLATFORM": None}
        weston.terminate()


def test_under_wayland_it_works_and_takes_what_a_second_start_brings(
    wayland: dict[str, str | None], tmp_path: Path
) -> None:
    window = Window("--quick", flat(tmp_path / "a.png"), **wayland)
    wait_for(lambda: is_ready(window), "the window does not come up")
    second = Window("--quick", flat(tmp_path / "b.png"), **wayland, XDG_ACTIVATION_TOKEN=UNKNOWN)
    assert second.process.wait(120) == 0
    assert second.process.communicate()[1] == ""
    works(window, tmp_path, 2)
    assert window.end() == (0, "")
