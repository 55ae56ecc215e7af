"""The start as a process: quick answers, a sentence where there is no display, a clean end when the system asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oimg import __version__

WINDOW = "import sys; from oimg.faces.gui.app import main; sys.exit(main(sys.argv[1:]))"
COMMAND = "import sys; from oimg.faces.cli.main import main; sys.exit(main(sys.argv[1:]))"


def environment(**changes: str | None) -> dict[str, str]:
    merged = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **changes}
    return {name: value for name, value in merged.items() if value is not None}


def run(code: str, *arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment(**changes), capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("code", "given", "name"), [(WINDOW, [], "oimg-gui"), (COMMAND, ["gui"], "oimg gui")])
def test_tells_its_version_and_help_without_a_display(code: str, given: list[str], name: str) -> None:
    nowhere = {"QT_QPA_PLATFORM": None, "DISPLAY": None, "WAYLAND_DISPLAY": None}
    version = run(code, *given, "--version", **nowhere)
    assert (version.returncode, version.stdout) == (0, f"oimg {__version__}\n")
    told = run(code, *given, "--help", **nowhere)
    assert told.returncode == 0
    assert f"usage: {name} " in told.stdout


def test_nothing_that_works_on_pictures_is_loaded_before_the_window_is_there() -> None:
    done = run(
        "import sys; from oimg.faces.gui import app, display, main_window;"
        "print(sorted({'numpy', 'PIL', 'oimg.engine', 'oimg.work.session', 'sqlite3'} & sys.modules.keys()))",
        **{name: None for name in os.environ if name.startswith("COVERAGE_")},  # it would load modules of its own
    )
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_says_so_where_there_is_no_display() -> None:
    done = run(WINDOW, QT_QPA_PLATFORM=None, DISPLAY=None, WAYLAND_DISPLAY=None)
    assert (done.returncode, done.stdout) == (2, "")
    assert "oimg-gui: there is no display to open a window on" in done.stderr
    assert "oimg optimize" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_says_so_where_qt_cannot_open_one() -> None:
    done = run(WINDOW, QT_QPA_PLATFORM="none-such")
    assert (done.returncode, done.stdout) == (2, "")
    assert "oimg-gui: Qt cannot open a window: " in done.stderr
    assert "Traceback" not in done.stderr


def test_says_so_where_qt_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text("raise ImportError('libEGL.so.1: cannot open')")
    done = run(WINDOW, PYTHONPATH=os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    assert done.returncode == 2
    assert "Qt cannot be loaded: libEGL.so.1: cannot open" in done.stderr


def test_the_guard_is_armed_before_qt_is_loaded() -> None:
    code = (
        "import sys; import oimg.faces.gui.app; from oimg.words import netguard\n"
        "print('PySide6' in sys.modules, netguard.state()[0].armed)"
    )
    assert run(code).stdout == "False True\n"


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc when the program is ready for a signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_when_the_system_asks(number: signal.Signals, tmp_path: Path) -> None:
    config = tmp_path / "config"
    command = [sys.executable, "-c", WINDOW, str(tmp_path)]
    with subprocess.Popen(command, env=environment(XDG_CONFIG_HOME=str(config)), stderr=subprocess.PIPE) as started:
        deadline = time.monotonic() + 30
        # Python's own handler stands until the window's does.
        while time.monotonic() < deadline and not _handles(started.pid, signal.SIGTERM):
            time.sleep(0.05)
        time.sleep(0.3)
        started.send_signal(number)
        _, complaint = started.communicate(timeout=30)
    assert (started.returncode, complaint) == (0, b"")
    assert (config / "oimg" / "window.json").is_file()


def _handles(process: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1]
    return bool(int(caught, 16) >> (number - 1) & 1)


def test_constants_outlast_a_binding_that_does_not_count() -> None:
    code = (
        "import oimg.faces.gui\n"
        "from PySide6.QtCore import QObject, Signal\n"
        "class Teller(QObject):\n"
        "    told = Signal(object)\n"
        "teller = Teller()\n"
        "teller.told.connect(lambda value: None)\n"
        "for _ in range(60_000):\n"
        "    teller.setObjectName('x')\n"
        "    for value in (None, True, False):\n"
        "        teller.told.emit(value)\n"
        "print('alive')\n"
    )
    done = run(code)
    assert (done.returncode, done.stdout) == (0, "alive\n")
