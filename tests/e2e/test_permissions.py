"""What a file has beside its bytes, and what the system forbids, in the real program."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from file_attributes import ACCESS, DEFAULT, SHARED, give
from in_place_scenes import facts, opens, picture, state
from ordinary_user import as_ordinary_user
from process_help import Done, command, environment, run_oimg, unfinished


def run_ordinary(folder: Path, *arguments: str | Path) -> Done:
    return run_oimg(*arguments, cwd=folder, **as_ordinary_user())


@pytest.mark.parametrize("how", [[], ["-f", "webp"]], ids=["same", "webp"])
def test_extended_attributes_and_access_lists_go_over_and_come_back(tmp_path: Path, how: list[str]) -> None:
    path = picture(tmp_path / "a.png", mode=0o640)
    give(path, "user.xdg.tags", "Ferien, Süden".encode())
    give(path, "user.empty", b"")
    give(path, ACCESS, SHARED)
    os.utime(path, ns=(3, 5))
    before = state(tmp_path)
    done = run_oimg(path, "--in-place", *how, "--json")
    (event,) = done.files.values()
    assert event["outcome"] == "optimized"
    assert {"attributes-not-kept", "dates-not-kept"}.isdisjoint(event["warnings"])
    old, new = before["a.png"], facts(Path(event["output"]))
    assert (new.extended, new.mode, new.mtime_ns) == (old.extended, old.mode, 5)  # type: ignore[union-attr]
    assert len(new.extended) == 3
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before
    copied = run_oimg(path, "-o", tmp_path / "out", "--json")
    assert facts(Path(copied.files[str(path)]["output"])).extended == new.extended


def test_the_default_access_list_of_a_folder_does_not_open_a_private_file(tmp_path: Path) -> None:
    path = picture(tmp_path / "in" / "a.png", mode=0o600)
    give(tmp_path / "in", DEFAULT, SHARED)
    before = state(tmp_path)
    assert run_oimg(path, "--in-place", "--quiet").code == 0
    after = facts(path)
    assert (after.extended, after.mode & 0o777) == ((), 0o600)
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before
    run_oimg(path, "-o", tmp_path / "in" / "out", "--quiet")
    assert facts(tmp_path / "in" / "out" / "a.png").extended == ()


def test_root_leaves_files_to_their_owners(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root may give files away")
    path = picture(tmp_path / "a.png", mode=0o640)
    os.chown(path, 12345, 23456)
    os.utime(path, ns=(3, 5))
    before = state(tmp_path)
    done = run_oimg(path, "--in-place", "--json")
    assert done.files[str(path)]["warnings"] == []
    assert facts(path).owner == (12345, 23456)
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before


def test_somebody_else_s_file_is_replaced_with_a_word(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root may give files away")
    path = picture(tmp_path / "a.png", mode=0o4666)
    path.chmod(0o4666)
    os.chown(path, 12345, 23456)
    path.chmod(0o4666)
    data = path.read_bytes()
    done = run_ordinary(tmp_path, path, "--in-place", "--json")
    (event,) = done.files.values()
    assert (event["outcome"], event["warnings"]) == ("optimized", ["attributes-not-kept"])
    assert facts(path).owner == (os.geteuid(), os.getegid())
    assert facts(path).mode & 0o7777 == 0o666  # nobody's identity goes to bytes of another
    assert run_ordinary(tmp_path, "undo").code == 0
    assert path.read_bytes() == data


def test_write_protected_files_are_kept(tmp_path: Path) -> None:
    path = picture(tmp_path / "in" / "a.png", mode=0o444)
    before = state(path.parent)
    done = run_ordinary(tmp_path, "in", "--in-place", "--json")
    assert (done.code, [event["code"] for event in done.files.values()]) == (0, ["write-protected"])
    assert "write-protected; allow writing" in run_ordinary(tmp_path, "in", "--in-place").out
    assert state(path.parent) == before
    assert run_ordinary(tmp_path, "in", "-o", "out", "--json").summary["optimized"] == 1  # reading is enough for that


def test_a_read_only_folder_stays_as_it_is(tmp_path: Path) -> None:
    path = picture(tmp_path / "in" / "a.png")
    path.parent.chmod(0o555)
    before = state(path.parent)
    for how in (["--in-place"], ["--in-place", "-f", "webp"], []):
        done = run_ordinary(tmp_path, "in", *how, "--json")
        assert (done.code, [event["code"] for event in done.files.values()]) == (1, ["write-failed"]), how
    assert state(path.parent) == before
    assert unfinished(tmp_path) == []


def test_an_unreadable_file_and_folder_fail_alone(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "fine.png")
    picture(tmp_path / "in" / "hidden.png").chmod(0)
    (tmp_path / "in" / "closed").mkdir(0)
    done = run_ordinary(tmp_path, "in", "--in-place", "--json")
    codes = {Path(source).name: event["code"] for source, event in done.files.items()}
    assert (done.code, codes) == (1, {"fine.png": None, "hidden.png": "unreadable", "closed": "unreadable"})


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.06, 0.15])
def test_permission_lost_midway_loses_nothing(tmp_path: Path, moment: float) -> None:
    folder = tmp_path / "in"
    paths = [picture(folder / f"{number}.png", (150, 120), seed=number) for number in range(10)]
    before = state(folder)
    process = subprocess.Popen(
        command(folder, "--in-place", "--json"), env=environment(), stdout=subprocess.PIPE, **as_ordinary_user()
    )
    assert process.stdout is not None
    process.stdout.readline()  # it is at work
    time.sleep(moment)
    folder.chmod(0o555)
    out = process.stdout.read()
    process.stdout.close()
    assert process.wait(60) in (0, 1)
    assert b"Traceback" not in out
    for path in paths:
        opens(path)
    folder.chmod(0o755)
    undone = run_ordinary(tmp_path, "undo", "--json")  # also sweeps what could not be removed
    assert undone.code == 0
    assert state(folder) == before
    assert unfinished(tmp_path) == []


def test_dates_may_be_left_behind(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", mode=0o600)
    before = state(tmp_path)
    began = time.time_ns() - 10**9
    assert run_oimg(path, "--in-place", "--no-keep-dates", "--quiet").code == 0
    assert path.stat().st_mtime_ns > began
    assert path.stat().st_mode & 0o777 == 0o600  # in place, a private file stays private
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before
