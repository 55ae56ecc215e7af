"""The real window and a desktop's service for notifications, on a bus of the session."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from process_help import command
from work_help import photo

from .conftest import Screen, end, wait_for

SERVICE = Path(__file__).with_name("notification_service.py")
OTHER = Path(__file__).with_name("drag_source.py")
SYSTEM_PYTHON = "/usr/bin/python3"  # which has the libraries of the desktop
pytestmark = pytest.mark.timeout(400)


@dataclass
class Desktop:
    """What has been told to it."""

    process: subprocess.Popen[str]
    record: Path
    address: str

    @property
    def told(self) -> list[Any]:
        lines = self.record.read_text(encoding="utf-8").splitlines() if self.record.exists() else []
        return [each for each in map(json.loads, lines) if each[0] in ("AddNotification", "Notify")]


@pytest.fixture
def desktop(request: pytest.FixtureRequest, tmp_path: Path, screen: Screen) -> Iterator[Desktop]:
    """A bus of the test's own with one service on it."""
    daemon = shutil.which("dbus-daemon")
    known = daemon and subprocess.run([SYSTEM_PYTHON, "-c", "import gi"], capture_output=True, check=False)
    if daemon is None or not known or known.returncode:
        pytest.skip("NOT TESTED with a desktop's notifications: dbus-daemon or python3-gi is not installed")
    options = ["--session", "--nofork", "--print-address=1", f"--address=unix:path={tmp_path / 'bus'}"]
    with subprocess.Popen([daemon, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as bus:
        assert bus.stdout is not None
        address = bus.stdout.readline().strip()
        record = tmp_path / "record"
        with subprocess.Popen(
            [SYSTEM_PYTHON, SERVICE, request.param, record],
            env={**screen.environment, "DBUS_SESSION_BUS_ADDRESS": address},
            stdout=subprocess.PIPE,
            text=True,
        ) as service:
            assert service.stdout is not None
            assert service.stdout.readline() == "ready\n"
            yield Desktop(service, record, address)
            service.terminate()
        bus.terminate()


def work_unseen(screen: Screen, desktop: Desktop, folder: Path) -> str:
    """Let the window work while another one is in front; gives its number."""
    given = [photo(folder / f"{number}.jpg", (1200, 900), seed=number, quality=95) for number in range(4)]
    screen.start(sys.executable, OTHER)
    other = screen.window("^Drag source$")
    oimg = subprocess.Popen(
        command("gui", "--quick", *given), env={**screen.environment, "DBUS_SESSION_BUS_ADDRESS": desktop.address}
    )
    screen.stack.callback(end, oimg)
    window = screen.window("^OIMG$")
    screen.xdo("windowactivate", "--sync", other)
    wait_for(lambda: len(list(folder.glob("*_optimized.jpg"))) == 4, "four results", 200)
    wait_for(lambda: bool(desktop.told), "nothing was told")
    assert screen.xdo("getactivewindow").split() == [other]
    return window


@pytest.mark.parametrize("desktop", ["portal"], indirect=True)
def test_the_portal_is_told_and_a_press_brings_the_window_up(screen: Screen, desktop: Desktop, tmp_path: Path) -> None:
    window = work_unseen(screen, desktop, tmp_path / "in")
    ((method, kind, (id_, facts)),) = desktop.told
    assert (method, kind, id_) == ("AddNotification", "(sa{sv})", "oimg-done")
    assert facts["title"] == "OIMG is done"
    assert facts["body"].startswith("4 files optimized, ")
    assert ".jpg" not in json.dumps(facts)  # no names of files
    desktop.process.send_signal(signal.SIGUSR1)
    wait_for(lambda: screen.xdo("getactivewindow").split() == [window], "the window does not come to the front")


@pytest.mark.skipif(shutil.which("notify-send") is None, reason="NOT TESTED: notify-send is not installed")
@pytest.mark.parametrize("desktop", ["notifications"], indirect=True)
def test_a_desktop_without_a_portal_is_told_the_older_way(screen: Screen, desktop: Desktop, tmp_path: Path) -> None:
    work_unseen(screen, desktop, tmp_path / "in")
    ((method, kind, (name, _id, icon, title, text, actions, hints, _time)),) = desktop.told
    assert (method, kind) == ("Notify", "(susssasa{sv}i)")
    assert (name, icon, title, actions) == ("OIMG", "oimg", "OIMG is done", [])
    assert text.startswith("4 files optimized, ")
    assert hints["desktop-entry"] == "oimg"
