"""Beyond the window: what the desktop is told over its bus, and silence where there is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusVirtualObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui import desktop_bus
from oimg.faces.gui.notifying import Notifying
from oimg.faces.gui.running import Running, Standing
from oimg.words import netguard
from oimg.words.report import Report

PATIENCE = 60_000  # ms; a busy machine is no failure
PORTAL = "org.freedesktop.portal.Desktop"
PLACE = "/org/freedesktop/portal/desktop"
REPORT = Report("20260101-000000-abcd", (), 1.0)


def standing(fraction: float) -> Standing:
    return Standing(1, 4, fraction, None, paused=False, stopping=False)


class Portal(QDBusVirtualObject):
    """A stand-in for the desktop: takes what it is told."""

    def introspect(self, _path: str) -> str:
        return ""

    def handleMessage(self, message: QDBusMessage, bus: QDBusConnection) -> bool:  # noqa: N802
        return bus.send(message.createReply())


class Overheard:
    """All that is said on the bus, word by word: PySide6 cannot look into the dictionaries of a message."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def messages(self, member: str) -> list[str]:
        parts = re.split(r"^(?=method |signal )", self._path.read_text(), flags=re.MULTILINE)
        return [each for each in parts if f"member={member}\n" in each]


@pytest.fixture(autouse=True)
def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of other tests may have been in front; here nothing is."""
    monkeypatch.setattr(Notifying, "_is_in_front", lambda _self: False)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A bus of the test's own."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not installed: NOTHING about notifications was tested")
    command = [program, "--session", "--nofork", "--print-address=1", f"--address=unix:path={tmp_path / 'bus'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


@pytest.fixture
def overheard(address: str, tmp_path: Path, qtbot: QtBot) -> Iterator[Overheard]:
    program = shutil.which("dbus-monitor")
    if program is None:
        pytest.skip("dbus-monitor is not installed: what is said to the desktop was NOT tested")
    path = tmp_path / "overheard"
    with path.open("wb") as out, subprocess.Popen([program, "--address", address], stdout=out) as monitor:
        qtbot.waitUntil(lambda: "member=NameLost" in path.read_text(), timeout=PATIENCE)  # it has become a monitor
        yield Overheard(path)
        monitor.terminate()


@pytest.fixture
def bus(address: str) -> Iterator[QDBusConnection]:
    yield QDBusConnection.connectToBus(address, "ours")
    QDBusConnection.disconnectFromBus("ours")


@pytest.fixture
def desktop(address: str) -> Iterator[QDBusConnection]:
    """The desktop's end of the bus."""
    yield QDBusConnection.connectToBus(address, "desktop")
    QDBusConnection.disconnectFromBus("desktop")


@pytest.fixture
def portal(desktop: QDBusConnection) -> Portal:
    made = Portal()
    assert desktop.registerVirtualObject(PLACE, made, QDBusConnection.VirtualObjectRegisterOption.SingleNode)
    assert desktop.registerService(PORTAL)
    return made


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.usefixtures("portal")
def test_an_unseen_end_is_told(
    overheard: Overheard, bus: QDBusConnection, window: QWidget, running: Running, qtbot: QtBot
) -> None:
    Notifying(window, running, lambda: "3 files optimized, 1.2 MB saved.", bus)
    running.ended.emit(REPORT)
    qtbot.waitUntil(lambda: len(overheard.messages("AddNotification")) == 1, timeout=PATIENCE)
    (said,) = overheard.messages("AddNotification")
    assert f"destination={PORTAL}" in said
    assert 'string "OIMG is done"' in said
    assert 'string "3 files optimized, 1.2 MB saved."' in said
    assert netguard.state()[0].armed


@pytest.mark.usefixtures("portal")
def test_what_is_seen_is_not_told(
    overheard: Overheard,
    bus: QDBusConnection,
    window: QWidget,
    running: Running,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Notifying, "_is_in_front", lambda _self: True)
    Notifying(window, running, lambda: "done", bus)
    running.moved.emit(standing(0.5))
    running.ended.emit(REPORT)
    running.ended.emit(None)
    qtbot.waitUntil(
        lambda: len(overheard.messages("Update")) == 2, timeout=PATIENCE
    )  # said after the rest would have been
    assert overheard.messages("AddNotification") == []


@pytest.mark.usefixtures("portal")
def test_a_press_on_the_notification_brings_the_window_up(
    desktop: QDBusConnection, bus: QDBusConnection, window: QWidget, running: Running, qtbot: QtBot
) -> None:
    Notifying(window, running, lambda: "done", bus)
    window.showMinimized()
    for id_ in ("of-another", "oimg-done"):
        qtbot.wait(100)
        assert window.isMinimized()
        pressed = QDBusMessage.createSignal(PLACE, "org.freedesktop.portal.Notification", "ActionInvoked")
        pressed.setArguments([id_, "show"])
        assert desktop.send(pressed)
    qtbot.waitUntil(lambda: not window.isMinimized(), timeout=PATIENCE)


def test_the_taskbar_is_told_how_far_it_is(
    overheard: Overheard, bus: QDBusConnection, window: QWidget, running: Running, qtbot: QtBot
) -> None:
    Notifying(window, running, lambda: "done", bus)
    for fraction in (0.0, 0.001, 0.5, 0.505):
        running.moved.emit(standing(fraction))
    running.ended.emit(None)
    qtbot.waitUntil(lambda: len(overheard.messages("Update")) == 3, timeout=PATIENCE)
    said = overheard.messages("Update")
    assert all('string "application://oimg.desktop"' in each for each in said)
    shown = [re.findall(r"(?:double|boolean) (\S+)", each) for each in said]
    assert shown == [["0", "true"], ["0.5", "true"], ["0.5", "false"]]


def test_without_a_portal_the_older_way_is_gone(
    bus: QDBusConnection,
    window: QWidget,
    running: Running,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = tmp_path / "told"
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}.new && mv {told}.new {told}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    Notifying(window, running, lambda: "-1 file", bus)
    running.ended.emit(REPORT)
    qtbot.waitUntil(told.exists, timeout=PATIENCE)
    assert told.read_text().splitlines()[-3:] == ["--", "OIMG is done", "-1 file"]


def test_where_there_is_no_bus_nothing_is_missed(
    window: QWidget, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert desktop_bus.session_bus() is None
    Notifying(window, running, lambda: "done")
    running.moved.emit(standing(0.5))
    running.ended.emit(REPORT)
