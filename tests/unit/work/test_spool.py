"""Starts that meet in a folder: one takes what the others ask for, nothing is lost, nobody else can look."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from oimg.work.spool import Request, Spool, opened
from ordinary_user import as_ordinary_user
from process_help import environment, unmeasured

ODD = (
    "/p/a b.png",
    "/p/new\nline.jpg",
    "/p/100 %.png",
    '/p/it\'s "so".png',
    os.fsdecode(b"/p/\xff\xfe.jpg"),
    "/p/é日.png",
)
STARTUP = "gnome-shell-42_TIME123456"
posix = pytest.mark.skipif(os.name != "posix", reason="users and modes are those of POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "spool"
    made.mkdir(0o700)
    return made


@pytest.fixture
def first(folder: Path) -> Iterator[Spool]:
    made = Spool(folder)
    assert not made.hand_over(Request(()))
    assert made.held
    yield made
    made.close()


def asked(*names: str, token: str = "") -> Request:
    return Request(tuple(map(Path, names)), token)


class Handing(threading.Thread):
    """Another start, on a thread; locks are of open files, so it is kept out as another process is."""

    def __init__(self, folder: Path, request: Request, patience: float = 60) -> None:
        super().__init__()
        self.spool = Spool(folder)
        self._request, self._patience = request, patience
        self.taken: bool | None = None
        self.start()

    def run(self) -> None:
        self.taken = self.spool.hand_over(self._request, self._patience)

    def end(self) -> bool | None:
        self.join(60)
        self.spool.close()
        return self.taken


def taken(first: Spool, count: int) -> list[Request]:
    """Take until so many have come."""
    found: list[Request] = []
    deadline = time.monotonic() + 60
    while len(found) < count and time.monotonic() < deadline:
        found += first.take()
        time.sleep(0.005)
    return found


def test_the_first_start_is_on_its_own_and_holds_the_lock(first: Spool, folder: Path) -> None:
    assert not Spool(folder).claim()
    assert first.take() == []
    first.close()
    second = Spool(folder)
    assert second.claim()
    second.close()


def test_names_of_every_kind_arrive_as_they_are(first: Spool, folder: Path) -> None:
    other = Handing(folder, asked(*ODD, token=STARTUP))
    assert taken(first, 1) == [asked(*ODD, token=STARTUP)]
    assert other.end() is True
    assert not other.spool.held
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_a_start_without_paths_asks_only_for_the_window(first: Spool, folder: Path) -> None:
    other = Handing(folder, asked())
    assert taken(first, 1) == [Request(())]
    assert other.end() is True


def test_a_hundred_thousand_paths(first: Spool, folder: Path) -> None:
    many = asked(*(f"/home/ada/Pictures/Holiday {number:06}/IMG_{number}.jpg" for number in range(100_000)))
    other = Handing(folder, many)
    assert taken(first, 1) == [many]
    assert other.end() is True


def test_many_starts_at_once_lose_nothing(first: Spool, folder: Path) -> None:
    others = [Handing(folder, asked(f"/p/{number}.png")) for number in range(20)]
    found = taken(first, 20)
    assert {path.name for request in found for path in request.paths} == {f"{number}.png" for number in range(20)}
    assert [other.end() for other in others] == [True] * 20


def test_who_waits_becomes_the_next_when_the_first_goes(first: Spool, folder: Path) -> None:
    other = Handing(folder, asked("/p/a.png"))
    while not list(folder.glob("*.request")):
        time.sleep(0.005)
    first.close()
    other.join(60)
    assert (other.taken, other.spool.held) == (False, True)
    assert not list(folder.glob("*.request"))  # so its own paths come only once
    other.end()


def test_nobody_answers_and_the_request_is_withdrawn(first: Spool, folder: Path) -> None:
    other = Handing(folder, asked("/p/a.png"), patience=0.2)
    assert other.end() is False
    assert not other.spool.held
    assert first.take() == []


@posix
def test_a_killed_first_is_taken_over(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from oimg.work.spool import Request, Spool\n"
        "first = Spool(Path(sys.argv[1])); first.hand_over(Request(())); print('held', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        other = Handing(folder, asked("/p/a.png"))
        while not list(folder.glob("*.request")):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    other.join(60)
    assert (other.taken, other.spool.held) == (False, True)
    other.end()


def test_what_a_killed_start_left_is_cleared_away(first: Spool, folder: Path) -> None:
    left = [folder / "1-1.request", folder / "1-2.new", folder / "1-3.taken"]
    for path in left:
        path.write_bytes(b"\0/p/old.png\0")
        os.utime(path, (time.time() - 3600,) * 2)
    (folder / "2-1.new").write_bytes(b"being written")
    assert first.take() == []
    assert sorted(path.name for path in folder.iterdir()) == ["2-1.new", "lock"]


@pytest.mark.parametrize("data", [b"", b"token", b"token\0/p/torn", b"\0" * 3])
def test_what_is_no_request_is_nothing(first: Spool, folder: Path, data: bytes) -> None:
    (folder / "1-1.request").write_bytes(data)
    assert [request.paths for request in first.take() if request.paths] == []
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_a_folder_that_is_gone_is_no_obstacle(first: Spool, folder: Path) -> None:
    first.close()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    alone = Spool(folder)
    assert not alone.hand_over(asked("/p/a.png"))
    assert not alone.held
    assert alone.take() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir(mode=0o700)
    program = shutil.which("mount")
    done = program and subprocess.run(
        [program, "-t", "tmpfs", "-o", "size=64k", "none", str(folder)], capture_output=True, check=False
    )
    if not done or done.returncode:
        pytest.skip("NOT TESTED on a full disk: none can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_there_are_two_windows(small_disk: Path) -> None:
    first, other = Spool(small_disk), Spool(small_disk)
    assert first.claim()
    with suppress(OSError), (small_disk / "fill").open("wb", buffering=0) as fill:
        while True:
            fill.write(bytes(4096))
    assert not other.hand_over(asked(*(f"/p/{number}.png" for number in range(1000))), 0.2)
    assert not other.held
    assert sorted(path.name for path in small_disk.iterdir()) == ["fill", "lock"]
    first.close()


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session of its own, on a screen that is not there."""
    folder = tmp_path / "run"
    folder.mkdir(0o700)
    for name, value in {"XDG_RUNTIME_DIR": str(folder), "DISPLAY": ":7", "TMPDIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return folder


def place(kind: str = "window") -> Path:
    found = opened(kind)
    assert found is not None
    return found.folder


@posix
def test_the_folder_is_the_users_alone(runtime: Path) -> None:
    folder = place()
    assert folder.parents[1] == runtime / "oimg"
    for each in (folder, folder.parent, folder.parents[1]):
        assert stat.S_IMODE(each.stat().st_mode) == 0o700
    assert place() == folder
    assert place("quick") != folder


def test_every_screen_has_its_own(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runtime.is_dir()
    folders = {place()}
    monkeypatch.setenv("DISPLAY", ":7.0")
    assert place() in folders  # the same one by another name
    for display in (":8", "localhost:10.0", "host/../evil:1"):
        monkeypatch.setenv("DISPLAY", display)
        folders.add(place())
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
    folders.add(place())
    assert len(folders) == 5
    assert len({folder.parent.parent for folder in folders}) == 1


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "offscreen:enable_fonts", "xcb;offscreen"])
@pytest.mark.usefixtures("runtime")
def test_windows_that_nobody_sees_are_for_themselves(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert opened("window") is None


@posix
@pytest.mark.parametrize("session", [None, "", "relative", "/dev/null/run"])
def test_without_a_session_the_folder_for_temp_files_does(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, session: str | None
) -> None:
    if session is None:
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", session)
    assert place().parents[1] == runtime.parent / f"oimg-{os.geteuid()}"


@posix
@pytest.mark.parametrize("kind", ["open to others", "a link", "a file", "of another user"])
def test_a_folder_that_others_made_is_not_used(runtime: Path, kind: str) -> None:
    ours = runtime / "oimg"
    match kind:
        case "open to others":
            ours.mkdir()
            ours.chmod(0o755)
        case "a link":
            (runtime / "elsewhere").mkdir(0o700)
            ours.symlink_to(runtime / "elsewhere")
        case "a file":
            ours.touch()
        case _ if os.geteuid():
            pytest.skip("NOT TESTED with the folder of another user: only root can make one")
        case _:
            ours.mkdir(0o700)
            os.chown(ours, 65534, 65534)
    assert opened("window") is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can be in the session of another user")
def test_the_session_of_another_user_is_left_alone(runtime: Path) -> None:
    os.chown(runtime, 65534, 65534)
    assert place().parents[1] == runtime.parent / "oimg-0"
    assert list(runtime.iterdir()) == []


@posix
def test_a_folder_that_cannot_be_written_to_is_no_obstacle(runtime: Path) -> None:
    runtime.chmod(0o500)
    code = "from oimg.work.spool import opened; print(opened('window'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        **as_ordinary_user(),
    )
    runtime.chmod(0o700)
    assert done.stdout == "None\n"


def test_it_needs_no_socket_and_little_time_to_load() -> None:
    code = (
        "import sys; import oimg.work.spool\n"
        "heavy = {'socket', '_socket', 'dataclasses', 'inspect', 'json', 'hashlib', 'argparse', 'PySide6', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=unmeasured(), capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
