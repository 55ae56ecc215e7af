"""Names and kinds of files that a folder may hold, in place and elsewhere, in the real program."""

from __future__ import annotations

import os
import shutil
import socket  # noqa: TID251 - a name in a folder, not a network
import stat
import sys
import unicodedata
from pathlib import Path

import pytest

from in_place_scenes import picture, state
from process_help import run_oimg, unfinished

NAMES = (
    "new\nline.png",
    "quo'te\"s.png",
    "100% $HOME `ls` ${x}.png",
    "back\\slash;|&*?[a].png",
    "-rf.png",
    "--in-place.png",
    "😀 👩\u200d👩\u200d👧.png",
    "\u202egnp.exe.png",
    "\x1b[31mred.png",
    " leading and trailing .png",
    "a.PNG",
    "CON.png",
    "x" * 251 + ".png",
    "語" * 83 + ".png",
)


def folder_with(tmp_path: Path, *names: str) -> Path:
    for seed, name in enumerate(names):
        picture(tmp_path / "in" / name, (24 + seed, 20), seed=seed)
    return tmp_path / "in"


@pytest.mark.parametrize("how", [[], ["-f", "webp"]], ids=["same", "webp"])
def test_any_name_goes_and_comes_back(tmp_path: Path, how: list[str]) -> None:
    folder = folder_with(tmp_path, *NAMES, os.fsdecode(b"caf\xe9 \xff.png"))
    before = state(folder)
    # From within the folder, so that names with a dash in front stand alone.
    done = run_oimg(*how, "--in-place", "--json", "--", *os.listdir(folder), cwd=folder)  # noqa: PTH208 - bare names
    assert (done.code, done.summary["optimized"]) == (0, len(before))
    assert all(len(os.fsencode(path.name)) <= 255 for path in folder.iterdir())
    assert done.out.isascii()
    assert run_oimg("undo").code == 0
    assert state(folder) == before
    shown = run_oimg(folder, "--in-place", "--quiet").err + run_oimg("undo").out
    assert "\x1b[31m" not in shown
    assert "\u202e" not in shown
    assert state(folder) == before
    assert unfinished(tmp_path) == []


def test_names_that_differ_in_case_or_composition_only(tmp_path: Path) -> None:
    composed = unicodedata.normalize("NFC", "é.png")
    names = ("a.JPG", "a.jpg", "A.jpg", composed, unicodedata.normalize("NFD", composed))
    folder = folder_with(tmp_path, *names)
    if len(os.listdir(folder)) < len(names):  # noqa: PTH208
        pytest.skip("NOT TESTED: this disk takes such names for one")
    before = state(folder)
    done = run_oimg(folder, "--in-place", "-f", "webp", "--json")
    outputs = [event["output"] for event in done.files.values()]
    assert done.summary["optimized"] == len(names)
    folded = {unicodedata.normalize("NFD", output).casefold() for output in outputs}
    assert len(folded) == len(names)  # also a disk that takes them for one would hold them all
    assert run_oimg("undo").code == 0
    assert state(folder) == before
    assert run_oimg(folder, "--in-place", "--json").summary["optimized"] == len(names)
    assert run_oimg("undo").code == 0
    assert state(folder) == before


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "fine.png")
    os.mkfifo(folder / "pipe.png")
    listening = socket.socket(socket.AF_UNIX)
    here = os.open(folder, os.O_RDONLY)
    try:
        listening.bind(f"/proc/self/fd/{here}/socket.png" if sys.platform == "linux" else str(folder / "socket.png"))
    finally:
        listening.close()
        os.close(here)
    expected = {"fine.png": None, "pipe.png": "not-a-regular-file", "socket.png": "not-a-regular-file"}
    if os.geteuid() == 0:
        os.mknod(folder / "null.png", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        expected["null.png"] = "not-a-regular-file"
    modes = {path.name: path.lstat().st_mode for path in folder.iterdir()}
    done = run_oimg(folder, "--in-place", "--json")
    assert done.code == 1
    assert {Path(source).name: event["code"] for source, event in done.files.items()} == expected
    assert {path.name: path.lstat().st_mode for path in folder.iterdir()} == modes
    assert run_oimg("undo").code == 0


def test_a_file_that_is_given_twice_is_worked_on_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "a.png")
    path = folder / "a.png"
    before = state(folder)
    spellings = [path, "in/a.png", "./in/../in/a.png", f"{folder}//a.png", "in"]
    done = run_oimg(*spellings, "--in-place", "--json", cwd=tmp_path)
    assert [event["outcome"] for event in done.events[:-1]] == ["optimized"]
    assert run_oimg("undo").code == 0
    assert state(folder) == before


def test_very_deep_folders_and_paths_that_are_too_long(tmp_path: Path) -> None:
    deep = tmp_path / "in"
    while len(os.fsencode(deep)) < 3700:
        deep /= "d" * 200
    picture(deep / "a.png")
    before = state(tmp_path)
    done = run_oimg(tmp_path / "in", "--in-place", "-f", "webp", "--json")
    assert (done.code, done.summary["optimized"]) == (0, 1)
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before

    # One folder further than any path reaches; the system lets it be made step by step.
    bottom = os.open(deep, os.O_RDONLY)
    try:
        here = os.dup(bottom)
        for _ in range(3):
            os.mkdir("e" * 250, dir_fd=here)
            inner = os.open("e" * 250, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        os.close(here)
        beyond = run_oimg(tmp_path / "in", "--in-place", "--json")
        assert beyond.code == 1
        assert [event["code"] for event in beyond.files.values() if event["code"]] == ["unreadable"]
        assert beyond.summary["optimized"] == 1
        assert run_oimg("undo").code == 0
    finally:
        shutil.rmtree("e" * 250, dir_fd=bottom)
        os.close(bottom)
    assert state(tmp_path) == before
    for name in ("x" * 300 + ".png", "/".join(["y" * 250] * 20) + "/a.png"):
        long = run_oimg(tmp_path / name, "--in-place", "--json")
        assert (long.code, long.events[0]["code"]) == (1, "not-found")
        undone = run_oimg("undo", "--file", tmp_path / name)
        assert (undone.code, "Traceback" in undone.err) == (1, False)
