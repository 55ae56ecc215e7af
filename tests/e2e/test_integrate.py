"""`oimg integrate` as a user runs it, and lists of files that no command line could hold."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from oimg import __version__
from process_help import Done, contents, environment, run_oimg

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED: entries are files on Linux alone")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder with `oimg-gui`, which is found on the path."""
    path = tmp_path / "bin" / "oimg-gui"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def integrate(*arguments: str, program: Path, **extra: str) -> Done:
    """Run the program as one that has no `oimg-gui` beside it."""
    told = {"PATH": f"{program.parent}:{os.environ['PATH']}", "XDG_DATA_DIRS": "/nowhere", **extra}
    return run_oimg("integrate", *arguments, env=told)


def test_installs_tells_and_removes(program: Path, own_home: Path) -> None:
    before = contents(own_home)
    status = integrate("status", program=program)
    assert status.code == 0
    assert status.out.count("not installed") == 7
    done = integrate("install", program=program)
    assert (done.code, done.err) == (0, "")
    assert done.out.count("installed for you") == 7
    told = [json.loads(line) for line in integrate("status", "--json", program=program).out.splitlines()]
    names = ["nautilus", "nemo", "caja", "thunar", "dolphin", "pcmanfm", "pcmanfm-qt"]
    assert [each["file_manager"] for each in told] == names
    assert all(each["state"] == "user" and each["package"] is False for each in told)
    assert all(Path(name).is_file() for each in told for name in each["files"])
    assert all(set(each) == {"file_manager", "state", "package", "found", "missing", "files"} for each in told)
    once = contents(own_home)
    integrate("install", program=program)
    assert contents(own_home) == once
    assert integrate("remove", program=program).code == 0
    assert contents(own_home) == before


def test_what_somebody_else_has_in_the_place_is_told(program: Path, own_home: Path) -> None:
    theirs = own_home / "data" / "kio" / "servicemenus" / "oimg.desktop"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")
    done = integrate("install", program=program)
    assert done.code == 1
    assert "Dolphin      changed by somebody else, and left alone" in done.out
    assert theirs.read_text() == "mine"


def test_a_disk_that_refuses_is_told(program: Path, own_home: Path) -> None:
    (own_home / "data").write_text("a file where the folder should be")
    done = integrate("install", program=program)
    assert done.code == 1
    assert str(own_home / "data") in done.err
    assert "Traceback" not in done.err


def test_a_sandbox_says_that_it_is_one(program: Path) -> None:
    done = integrate("install", program=program, FLATPAK_ID="io.github.oimg.oimg")
    assert (done.code, done.out) == (1, "")
    assert "Flatpak" in done.err


def test_wants_to_know_what_to_do() -> None:
    assert run_oimg("integrate").code == 2
    done = run_oimg("integrate", "--help")
    assert done.code == 0
    assert all(name in done.out for name in ("install", "remove", "status"))


def test_the_window_reads_lists_of_paths(tmp_path: Path) -> None:
    """Without a display it still says what it was asked for, and refuses."""
    nowhere = {name: value for name, value in environment().items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    quiet = {"QT_QPA_PLATFORM": "offscreen"}
    empty = run_oimg("gui", "--quick", "--files-from", "-", "-0", env={**nowhere, **quiet}, data=b"")
    assert empty.code == 2
    assert "--quick wants to know which pictures" in empty.err
    missing = run_oimg("gui", "--files-from", tmp_path / "missing", env=quiet)
    assert missing.code == 2
    assert "--files-from" in missing.err
    assert run_oimg("gui", "--version").out == f"oimg {__version__}\n"
