"""Work in place while others change, replace and remove the files, and where room or descriptors run out."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from in_place_scenes import Facts, kept_originals, opens, picture, scene, state
from oimg.work.safety.folders import default
from process_help import command, environment, run_oimg, unfinished, unmeasured


def edit(path: Path, text: bytes) -> None:
    """As a program does that writes over a file."""
    path.write_bytes(text)


def put_another(path: Path, text: bytes) -> None:
    """As a program does that writes a new file and renames it."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(text)
    fresh.replace(path)


def remove(path: Path, _: bytes) -> None:
    path.unlink(missing_ok=True)


@pytest.mark.parametrize("disturb", [edit, put_another, remove])
@pytest.mark.parametrize("how", [[], ["-f", "webp"]], ids=["same", "webp"])
def test_what_somebody_writes_meanwhile_is_never_lost(
    tmp_path: Path, disturb: Callable[[Path, bytes], None], how: list[str]
) -> None:
    paths = [picture(tmp_path / f"{number:02}.png", (70, 60), seed=number) for number in range(24)]
    before = state(tmp_path)
    process = subprocess.Popen(
        command(tmp_path, "--in-place", "--json", *how), env=environment(), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]  # it is at work
    touched: dict[Path, bytes] = {}

    def others() -> None:
        chance = random.Random(5)  # noqa: S311 - the same moments each time
        for path in chance.sample(paths, len(paths)):
            time.sleep(chance.random() * 0.02)
            if path.exists() or disturb is not remove:
                touched[path] = b"written later into " + os.fsencode(path.name)
                disturb(path, touched[path])

    thread = threading.Thread(target=others)
    thread.start()
    thread.join()
    lines += process.stdout.readlines()
    process.stdout.close()
    assert process.wait(60) in (0, 1)
    assert touched
    for path in paths:
        if path in touched and disturb is not remove:
            assert path.read_bytes() == touched[path]
        elif path in touched:
            assert not path.exists()
    events = [json.loads(line) for line in lines]
    allowed = {None, "source-changed", "not-found", "not-an-image", "unreadable", "truncated-data"}
    assert {event["code"] for event in events[:-1]} <= allowed
    assert unfinished(tmp_path) == []
    run_oimg("undo", "--json")
    after = state(tmp_path)
    for path in paths:
        if path not in touched:
            assert after[path.name] == before[path.name]
        elif disturb is not remove:
            assert path.read_bytes() == touched[path]


def test_two_processes_that_write_into_one_folder(tmp_path: Path) -> None:
    for name in ("one", "two"):
        for number in range(12):
            picture(tmp_path / name / f"{number:02}.png", seed=number + 100 * (name == "two"))
    out = tmp_path / "out"
    running = [
        subprocess.Popen(command(tmp_path / name, "-o", out, "--json"), env=environment(), stdout=subprocess.PIPE)
        for name in ("one", "two")
    ]
    outputs: list[str] = []
    for process in running:
        told, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        outputs += [json.loads(line)["output"] for line in told.splitlines()[:-1]]
    assert len(set(outputs)) == 24
    assert sorted(outputs) == sorted(str(path) for path in out.iterdir())
    for path in out.iterdir():
        opens(path)


def no_larger_than(count: int) -> Callable[[], None]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (count, count))

    return limit


def test_no_room_for_a_backup_leaves_the_file_alone(tmp_path: Path) -> None:
    small, large = picture(tmp_path / "s.png", (20, 16)), picture(tmp_path / "l.png", (200, 160), seed=1)
    before = state(tmp_path)
    assert small.stat().st_size < 16_000 < large.stat().st_size
    done = run_oimg(tmp_path, "--in-place", "--json", env=unmeasured(), preexec_fn=no_larger_than(16_000))
    assert done.code == 1
    codes = {Path(source).name: event["code"] for source, event in done.files.items()}
    assert codes["s.png"] is None
    assert codes["l.png"] in ("backup-failed", "write-failed")
    assert state(tmp_path)["l.png"] == before["l.png"]
    assert unfinished(tmp_path, default().root) == []
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Path:
    """Give a file system with room for 300 kB, where root may mount one."""
    mount, folder = shutil.which("mount"), tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or mount is None:
        pytest.skip("NOT TESTED on a full disk: only root may mount one")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=300k", "none", str(folder)], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"NOT TESTED on a full disk: {done.stderr.decode().strip()}")
    return folder


@pytest.mark.parametrize("full", ["pictures", "backup"])
def test_a_full_disk_loses_nothing(tmp_path: Path, tiny_disk: Path, full: str) -> None:
    try:
        folder = tiny_disk / "in" if full == "pictures" else tmp_path / "in"
        env = {} if full == "pictures" else {"XDG_DATA_HOME": str(tiny_disk / "data")}
        for number in range(4 if full == "pictures" else 8):
            picture(folder / f"{number}.png", (160, 130), seed=number)  # 62 kB each
        if full == "pictures":
            (tiny_disk / "filler").write_bytes(bytes(40_000))
        before = state(folder)
        done = run_oimg(folder, "--in-place", "--json", env=env)
        codes = {event["code"] for event in done.files.values()}
        assert done.code == 1
        assert codes & ({"disk-full"} if full == "pictures" else {"backup-failed"})
        now = state(folder)
        for source, event in done.files.items():
            opens(Path(source))
            if event["code"]:
                assert now[Path(source).name] == before[Path(source).name]
        assert unfinished(tiny_disk, tmp_path) == []
        (tiny_disk / "filler").unlink(missing_ok=True)
        assert run_oimg("undo", env=env).code == 0
        assert state(folder) == before
    finally:
        subprocess.run(["umount", str(tiny_disk)], check=False)


def test_many_files_with_few_descriptors(tmp_path: Path) -> None:
    first = picture(tmp_path / "0000.png", (12, 8)).read_bytes()
    for number in range(1, 400):
        (tmp_path / f"{number:04}.png").write_bytes(first)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    done = run_oimg(tmp_path, "--in-place", "--json", env=unmeasured(), preexec_fn=few, seconds=300)
    assert (done.code, done.summary["optimized"]) == (0, 400)
    assert len(kept_originals()) == 1  # one content is kept once
    undone = run_oimg("undo", "--json", env=unmeasured(), preexec_fn=few, seconds=300)
    assert (undone.code, undone.summary["restored"]) == (0, 400)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


def test_kept_and_failed_files_are_not_touched_at_all(tmp_path: Path) -> None:
    paths = scene(tmp_path, 7)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(paths[0].read_bytes()[:200])
    before = state(tmp_path)
    identities = {path: path.stat().st_ino for path in tmp_path.rglob("*.*")}
    done = run_oimg(tmp_path, "--in-place", "--min-savings", "99%", "--json")
    assert {event["outcome"] for event in done.files.values()} == {"kept", "failed"}
    assert state(tmp_path) == before
    assert {path: path.stat().st_ino for path in tmp_path.rglob("*.*")} == identities
    assert kept_originals() == []
    assert all(isinstance(each, Facts) for each in before.values())
