"""What cannot be taken back is asked for once, on a terminal; several batches go back at once."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from in_place_scenes import kept_originals
from process_help import command, contents, environment, run_oimg
from work_help import flat, photo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="NOT TESTED: pseudo-terminals are POSIX")


def answered(answer: bytes, *arguments: str) -> tuple[int, str, str]:
    """Run the program on a terminal and type an answer; gives the exit code, standard output and the terminal's."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments), env=environment(), stdin=theirs, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, answer)
    out, _ = process.communicate(timeout=60)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    return process.returncode, out.decode(), shown.decode()


@pytest.fixture
def originals(tmp_path: Path) -> dict[str, bytes]:
    """What two batches replaced: a.png once, b.jpg in both."""
    flat(tmp_path / "a.png")
    photo(tmp_path / "b.jpg", (160, 120), quality=97)
    before = contents(tmp_path)
    for arguments in (("--target", "95"), ("-q", "20", "--min-savings", "0%")):
        assert run_oimg(tmp_path, "--in-place", *arguments, "--json").summary["optimized"] >= 1
    assert contents(tmp_path) != before
    return before


@pytest.mark.parametrize("answer", [b"n\n", b"\n", b"\x04", b"yess\n"])
def test_originals_are_not_dropped_without_a_yes(originals: dict[str, bytes], tmp_path: Path, answer: bytes) -> None:
    code, out, shown = answered(answer, "undo", "--clear")
    assert (code, out) == (1, "")
    assert shown.count("[y/N]") == 1
    assert "Nothing was dropped" in shown
    assert run_oimg("undo", "--all", "--yes").code == 0
    assert contents(tmp_path) == originals


def test_a_yes_drops_them(originals: dict[str, bytes], tmp_path: Path) -> None:
    results = contents(tmp_path)
    code, out, shown = answered(b"y\n", "undo", "--clear")
    assert code == 0
    assert "gone" in out
    assert shown.count("[y/N]") == 1
    assert kept_originals() == []
    assert run_oimg("undo").code == 0
    assert contents(tmp_path) == results != originals


@pytest.mark.parametrize("arguments", [["--clear"], ["--clear", "--json"], ["--all"], ["--all", "--json"]])
def test_where_nobody_can_answer_yes_has_to_be_said(
    originals: dict[str, bytes], tmp_path: Path, arguments: Sequence[str]
) -> None:
    results, kept = contents(tmp_path), kept_originals()
    done = run_oimg("undo", *arguments, data=b"y\n")
    assert (done.code, done.out) == (2, "")
    assert arguments[0] in done.err
    assert "--yes" in done.err
    assert (contents(tmp_path), kept_originals()) == (results, kept)
    assert results != originals


def test_all_batches_go_back_newest_first(originals: dict[str, bytes], tmp_path: Path) -> None:
    results = contents(tmp_path)
    dry = run_oimg("undo", "--all", "-n")  # the older batch cannot be foretold while the newer one stands
    assert (dry.code, dry.out) == (2, "")
    assert contents(tmp_path) == results
    assert answered(b"n\n", "undo", "--all")[0] == 1
    assert contents(tmp_path) == results
    code, out, shown = answered(b"y\n", "undo", "--all")
    assert code == 0, shown
    assert "2 batches" in shown
    assert "3 originals are back" in out
    assert contents(tmp_path) == originals
    nothing = run_oimg("undo", "--all", "--yes", "--json")
    assert (nothing.code, nothing.summary["restored"]) == (0, 0)


def test_several_batches_go_back_by_name(originals: dict[str, bytes], tmp_path: Path) -> None:
    ids = [event["batch"] for event in run_oimg("undo", "--list", "--json").events]
    assert len(ids) == 2
    wrong = "20200101-000000-0000"
    done = run_oimg("undo", *(part for each in (*ids, wrong) for part in ("--batch", each)), "--json")
    assert done.code == 1
    assert wrong in done.err
    assert (done.summary["batch"], done.summary["restored"]) == (None, 3)
    assert contents(tmp_path) == originals


def test_yes_is_for_what_is_asked(tmp_path: Path) -> None:
    assert run_oimg("undo", "--yes").code == 2
    assert contents(tmp_path) == {}
