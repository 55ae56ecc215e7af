"""The real program, run again: it tells what it recognises, can be told not to, and forgets when asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from process_help import contents, run_oimg
from work_help import flat, photo


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    flat(tmp_path / "in" / "a.png")
    photo(tmp_path / "in" / "b.jpg", (64, 48), quality=97)
    return tmp_path / "in"


def recognised(*arguments: str | Path) -> list[bool]:
    done = run_oimg(*arguments, "--json")
    assert done.code == 0, done.err
    return ["done-before" in event["warnings"] for event in done.files.values()]


def test_recognises_forgets_and_can_be_told_not_to(pictures: Path, tmp_path: Path, own_home: Path) -> None:
    into = (pictures, "-o", tmp_path / "out")
    assert recognised(*into) == [False, False]
    before = contents(tmp_path / "out")
    assert recognised(*into) == [True, True]
    assert recognised(*into, "--no-cache") == [False, False]
    assert recognised(*into, "--target", "81") == [False, False]
    verbose = run_oimg(*into, "-v")
    assert verbose.out.count("nothing has changed since it was last worked on") == 2
    told = json.loads(run_oimg("doctor", "--json").out)
    assert dict(told["folders"])["cache"] == str(own_home / "cache" / "oimg")
    assert told["cache_bytes"] > 0
    assert str(own_home / "cache" / "oimg") in run_oimg("doctor").out
    cleared = run_oimg("doctor", "--clear-cache", "--json")
    assert json.loads(cleared.out) == {"event": "clear-cache", "freed_bytes": told["cache_bytes"]}
    assert "forgotten" in run_oimg("doctor", "--clear-cache").out
    assert list(own_home.rglob("results.*")) == []
    assert recognised(*into) == [False, False]
    assert {name: data for name, data in contents(tmp_path / "out").items() if name in before} == before


def test_in_place_and_back(pictures: Path) -> None:
    originals = contents(pictures)
    assert recognised(pictures, "--in-place") == [False, False]
    results = contents(pictures)
    assert recognised(pictures, "--in-place") == [True, True]
    assert contents(pictures) == results
    assert run_oimg("undo").code == 0
    assert contents(pictures) == originals
    assert recognised(pictures, "--in-place") == [False, False]
    assert contents(pictures) == results


def test_a_dry_run_remembers_nothing(pictures: Path, own_home: Path) -> None:
    assert run_oimg(pictures, "-n").code == 0
    assert list(own_home.rglob("results.*")) == []
