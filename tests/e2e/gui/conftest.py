"""A screen of its own for every test: Xvfb with openbox, keys and a pointer by xdotool, pictures of what is shown."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from process_help import unmeasured

TOOLS = ("Xvfb", "openbox", "xdotool")
SIZE = (1600, 900)
ARTEFACTS = Path(__file__).resolve().parents[3] / "ci-artifacts" / "gui"
PATIENCE = 60.0
# Servers choose a free display, but another one in a root folder of its own may answer under that name.
ATTEMPTS = 5
Box = tuple[int, int, int, int]


def wait_for(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(20)


@dataclass
class Screen:
    """One X display and what happens on it."""

    display: str
    name: str
    stack: ExitStack
    pictures: list[Path] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        found = unmeasured(
            {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "LANGUAGE": "en", "QT_SCALE_FACTOR": "1"}
        )
        found.pop("WAYLAND_DISPLAY", None)
        return found

    def start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        """Start a program on this screen; it ends with the test."""
        process = subprocess.Popen([*map(os.fspath, command)], env=self.environment)
        self.stack.callback(end, process)
        return process

    def xdo(self, *arguments: str | int) -> str:
        command = ["xdotool", *map(str, arguments)]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=True
        ).stdout

    def window(self, title: str) -> str:
        """Wait for a window to be visible; gives its number."""
        return self.xdo("search", "--sync", "--onlyvisible", "--name", title).split()[-1]

    def keys(self, *names: str) -> None:
        """Press keys, one after the other."""
        for name in names:
            self.xdo("key", "--clearmodifiers", name)

    def shot(self, name: str = "") -> Image.Image:
        """Give what is on the screen; with a name, keep it for people to look at."""
        raw = subprocess.run(
            ["import", "-silent", "-window", "root", "png:-"],
            env=self.environment,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        ).stdout
        picture = Image.open(io.BytesIO(raw)).convert("RGB")
        if name:
            ARTEFACTS.mkdir(parents=True, exist_ok=True)
            picture.save(ARTEFACTS / f"{self.name}-{name}.png")
        return picture

    def count(self, color: str, box: Box) -> int:
        """Count the pixels of a colour in a part of the screen."""
        wanted = tuple(bytes.fromhex(color.lstrip("#")))
        return sum(count for count, found in self.shot().crop(box).getcolors(1 << 24) or [] if found == wanted)


@dataclass
class Oimg:
    """The real window as a process: what is done to it, and what can be seen of it."""

    screen: Screen
    process: subprocess.Popen[bytes]
    window: str

    @property
    def box(self) -> Box:
        told = self.screen.xdo("getwindowgeometry", "--shell", self.window)
        values = dict(line.split("=") for line in told.split())
        left, top, width, height = (int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        return left, top, left + width, top + height

    @property
    def foot(self) -> Box:
        left, _, right, bottom = self.box
        return left, bottom - 60, right, bottom

    def ready(self) -> None:
        """Wait until the big button can be pressed."""
        wait_for(self.can_optimize, "the button to optimize is not switched on")

    def can_optimize(self) -> bool:
        """Whether the big button has its colour; the frame around what is dropped has fewer pixels of it."""
        return self.screen.count("#2e6ade", self.foot) > 3000

    def focus(self) -> None:
        self.screen.xdo("windowactivate", "--sync", self.window)

    def quit(self) -> int:
        self.focus()
        self.screen.keys("ctrl+q")
        return self.process.wait(PATIENCE)


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> Iterator[Screen]:
    """A display with a window manager; skipped where there can be none."""
    missing = [tool for tool in (*TOOLS, "import") if shutil.which(tool) is None]
    if missing or sys.platform != "linux":
        pytest.skip(f"NOT TESTED on a real screen: {', '.join(missing) or sys.platform} is missing")
    with ExitStack() as stack:
        for _ in range(ATTEMPTS):
            made = Screen(_display(stack), request.node.name, stack)
            manager = made.start("openbox")
            wait_for(lambda made=made, manager=manager: _managed(made) or manager.poll() is not None, "no answer")
            if manager.poll() is None:
                break
        wait_for(lambda: _managed(made), "the window manager is not there")
        yield made


def _display(stack: ExitStack) -> str:
    """Start a server that chooses a display; gives its name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "{}x{}x24".format(*SIZE), "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    stack.callback(end, server)
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as told:
        number = told.readline().strip()
    assert number, "Xvfb did not start"
    return f":{number}"


def _managed(screen: Screen) -> bool:
    command = ["xdotool", "get_num_desktops"]  # only a window manager tells that
    done = subprocess.run(command, env=screen.environment, capture_output=True, check=False, timeout=PATIENCE)
    return done.returncode == 0 and bool(done.stdout.strip())


@pytest.fixture
def opened(screen: Screen) -> Callable[[Sequence[Path]], Oimg]:
    """Start the window with paths, at the left of the screen, in the light theme."""

    def start(paths: Sequence[Path] = ()) -> Oimg:
        config = Path(os.environ["XDG_CONFIG_HOME"]) / "oimg"
        config.mkdir(parents=True, exist_ok=True)
        state = config / "window.json"
        if not state.exists():
            state.write_text('{"schema": 1, "theme": "light"}', encoding="utf-8")
        process = screen.start(sys.executable, "-m", "oimg", "gui", *paths)
        window = screen.window("^OIMG$")
        screen.xdo("windowsize", "--sync", window, 1100, 760, "windowmove", window, 10, 40)
        time.sleep(0.5)
        made = Oimg(screen, process, window)
        made.focus()
        return made

    return start
