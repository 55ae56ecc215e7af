"""A desktop around a file manager: a bus of its own, entries that `oimg integrate` wrote, and what they started."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from process_help import SOURCES, unmeasured

from .conftest import PATIENCE, Screen, wait_for

# What the entries call: writes down how it was called, then is the real program where the test wants to see it.
RECORDER = """\
import json, os, sys
sys.path.insert(0, {sources!r})
given = sys.argv[1:]
listed = None
if "--files-from" in given:
    listed = sys.stdin.buffer.read().hex()
    os.lseek(0, 0, os.SEEK_SET)
with open({log!r}, "a") as log:
    log.write(json.dumps({{"arguments": [os.fsencode(each).hex() for each in given], "listed": listed}}) + "\\n")
if os.path.exists({real!r}):
    os.execv({python!r}, [{python!r}, "-m", "oimg", "gui", *given])
"""
TALLER = 3  # small letters are read badly
SLOW = 120.0  # seconds: the first start of a file manager on a busy machine


@dataclass
class Call:
    """One start of the program: its switches, and the paths that it was given in any way."""

    switches: list[str]
    paths: list[bytes]


class Desktop:
    """Everything that a file manager needs on one screen."""

    def __init__(self, screen: Screen, folder: Path) -> None:
        self.screen = screen
        self.folder = folder
        self._log = folder / "calls.jsonl"
        self._real = folder / "real"
        running = screen.stack.enter_context(
            tempfile.TemporaryDirectory(prefix="oimg-", ignore_cleanup_errors=True)
        )  # sockets have short names
        self._environment = {
            "XDG_RUNTIME_DIR": running,
            "XDG_SESSION_TYPE": "x11",
            "GDK_BACKEND": "x11",
            "GSETTINGS_BACKEND": "keyfile",
            "GIO_USE_VFS": "local",
            "GTK_A11Y": "none",
            "GSK_RENDERER": "cairo",  # an animation that a processor draws leaves no time for anything else
            "NO_AT_BRIDGE": "1",
            "LANG": "C.UTF-8",
            "PYTHONPATH": SOURCES,
        }
        # A preview that comes late is a change of its file, and Nautilus makes its menu anew then, under the pointer.
        for name, text in {
            "gtk-4.0/settings.ini": "[Settings]\ngtk-enable-animations=false\n",
            "glib-2.0/settings/keyfile": "[org/gnome/nautilus/preferences]\nshow-image-thumbnails='never'\n",
        }.items():
            settings = Path(os.environ["XDG_CONFIG_HOME"]) / name
            settings.parent.mkdir(parents=True)
            settings.write_text(text, encoding="utf-8")
        self._start_bus()
        self._make_programs()

    @property
    def environment(self) -> dict[str, str]:
        return {**self.screen.environment, **self._environment}

    def _start_bus(self) -> None:
        reading, writing = os.pipe()
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--print-address={writing}"],
            pass_fds=(writing,),
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        self.screen.stack.callback(bus.wait, PATIENCE)
        self.screen.stack.callback(bus.terminate)
        os.close(writing)
        with os.fdopen(reading, encoding="ascii") as told:
            self._environment["DBUS_SESSION_BUS_ADDRESS"] = told.readline().strip()

    def _make_programs(self) -> None:
        """Both programs in one folder, as an installation has them; its name needs every kind of quote."""
        programs = self.folder / 'it\'s "mine" $HOME'  # GLib and KIO find no program with a percent sign in its path
        programs.mkdir()
        facts = {"sources": SOURCES, "log": str(self._log), "real": str(self._real), "python": sys.executable}
        window = programs / "oimg-gui"
        window.write_text(f"#!{sys.executable}\n{RECORDER.format(**facts)}", encoding="utf-8")
        window.chmod(0o755)
        self.command_line = programs / "oimg"
        text = "import sys\nfrom oimg.faces.cli.main import main\nsys.exit(main())\n"
        self.command_line.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
        self.command_line.chmod(0o755)

    def oimg(self, *arguments: str) -> str:
        """Run the command line that the entries belong to."""
        done = subprocess.run(
            [self.command_line, *arguments],
            env=unmeasured(self._environment),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout

    def be_real(self) -> None:
        """From now on entries start the real window."""
        self._real.touch()

    def start(self, *command: str | Path) -> None:
        """Start a program that ends with the test."""
        process = subprocess.Popen(
            [*map(os.fspath, command)], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.screen.stack.callback(process.wait, PATIENCE)
        self.screen.stack.callback(process.kill)

    @property
    def calls(self) -> list[Call]:
        """What was started so far."""
        import json

        if not self._log.exists():
            return []
        found = []
        for line in self._log.read_text().splitlines():
            told = json.loads(line)
            given = [bytes.fromhex(each) for each in told["arguments"]]
            paths = [each for each in given if each.startswith(b"/")]
            if told["listed"] is not None:
                paths += [each for each in bytes.fromhex(told["listed"]).split(b"\0") if each]
            switches = [each.decode() for each in given if not each.startswith(b"/")]
            found.append(Call(switches, paths))
        return found

    def _was_called(self) -> bool:
        self.screen.shot("last-look")
        return bool(self.calls)

    def called(self) -> Call:
        """Wait until something is started; gives what, and forgets it."""
        wait_for(self._was_called, "the entry starts nothing", SLOW)
        time.sleep(1.0)  # a second start would be one too many
        (call,) = self.calls
        self._log.unlink()
        return call

    def place(self, text: str) -> Line:
        """Wait until something is written on the screen; gives where."""
        found: list[Line] = []

        def seen() -> bool:
            line = find(read(self.screen.shot("last-look")), text)
            found.extend([line] if line is not None else [])
            return line is not None

        wait_for(seen, f"{text!r} is not on the screen", SLOW)
        return found[-1]

    def menu(self, at: Line, until: str, name: str = "") -> list[Line]:
        """Select all, and open the menu by a right click at one of them; gives what can be read when `until` is."""
        deadline = time.monotonic() + SLOW
        while True:
            self.screen.xdo("mousemove", at.x, at.y, "click", 1, "sleep", 0.5)
            self.screen.keys("ctrl+a")
            self.screen.xdo("sleep", 0.7, "click", 3, "sleep", 1.5)
            lines = read(self.screen.shot(name))
            if find(lines, until) is not None:
                return lines
            assert time.monotonic() < deadline, f"{until!r} is not in {[each.text for each in lines]}"
            self.screen.keys("Escape")
            time.sleep(1.0)

    def choose(self, entry: str, at: Line, name: str = "") -> None:
        """Click an entry of the menu of all that is shown; a busy machine may lose a click, and the menu stays."""
        line = find(self.menu(at, entry, name), entry)
        for _ in range(5):
            assert line is not None
            self.screen.xdo("mousemove", line.x, line.y, "sleep", 0.4, "click", 1, "sleep", 1.5)
            again = find(read(self.screen.shot()), entry)
            if again is None or self.calls:
                return
            line = again


@dataclass(frozen=True)
class Line:
    """A line of text on the screen, and where its middle is."""

    text: str
    x: int
    y: int


def find(lines: list[Line], text: str) -> Line | None:
    """Find a line by a part of it; letters and figures are compared alone, for all else is read badly."""
    wanted = _letters(text)
    return next((line for line in lines if wanted in _letters(line.text)), None)


def _letters(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalnum())


def read(picture: Image.Image) -> list[Line]:
    """Read what is written on a picture of the screen."""
    large = ImageOps.grayscale(picture).resize(
        (picture.width * TALLER, picture.height * TALLER), Image.Resampling.LANCZOS
    )
    data = io.BytesIO()
    large.save(data, "PNG")
    told = subprocess.run(
        ["tesseract", "stdin", "stdout", "--psm", "11", "tsv"],
        input=data.getvalue(),
        env=unmeasured({"OMP_THREAD_LIMIT": "1"}),
        capture_output=True,
        timeout=PATIENCE * 2,
        check=True,
    ).stdout.decode()
    words: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for word in csv.DictReader(io.StringIO(told), delimiter="\t", quoting=csv.QUOTE_NONE):
        if word["text"].strip():
            words.setdefault((word["block_num"], word["par_num"], word["line_num"]), []).append(word)
    return [_line(each) for each in words.values()]


def _line(words: list[dict[str, str]]) -> Line:
    left = min(int(word["left"]) for word in words)
    right = max(int(word["left"]) + int(word["width"]) for word in words)
    middle = int(words[0]["top"]) + int(words[0]["height"]) // 2
    return Line(" ".join(word["text"] for word in words), (left + right) // 2 // TALLER, middle // TALLER)
