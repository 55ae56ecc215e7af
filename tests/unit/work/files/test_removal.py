"""Taking away what a run has written: nothing that is not its own, nothing that may be all that is left."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from oimg.words.recipe import Mode, Output, Place, Recipe
from oimg.words.report import Kept, Optimized, Report
from oimg.words.undo import NotRestored, RefusalCode, Removed, Removing
from oimg.work.session import Session
from work_help import flat, into, photo, state

LOSSLESS = Recipe(mode=Mode.LOSSLESS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    flat(tmp_path / "in" / "a.png")
    photo(tmp_path / "in" / "b.jpg", quality=95)
    return tmp_path / "in"


def run(paths: list[Path], recipe: Recipe) -> Report:
    with Session() as session:
        batch = session.start(session.prepare(paths, recipe), lambda _: None)
        assert batch.wait(60)
        return batch.report()


def remove(report: Report) -> list[Removing]:
    told: list[Removing] = []
    with Session() as session:
        outcomes = [record.outcome for record in report.records]
        done = session.remove_results([each for each in outcomes if isinstance(each, Optimized | Kept)], told.append)
    assert list(done) == told
    return told


def test_what_was_written_goes_and_nothing_else(folder: Path) -> None:
    before = state(folder)
    report = run([folder], LOSSLESS)
    assert report.removable
    assert not report.undoable
    names = {"a.png": "a_optimized.png", "b.jpg": "b_optimized.jpg"}
    assert remove(report) == [Removed(folder / name, folder / result) for name, result in names.items()]
    assert state(folder) == before


def test_copies_of_kept_files_go_as_well(folder: Path, tmp_path: Path) -> None:
    small = run([folder / "a.png"], LOSSLESS).records[0].outcome
    assert isinstance(small, Optimized)
    (folder / "a.png").unlink()
    report = run([folder], replace(LOSSLESS, output=into(tmp_path / "out")))
    assert {type(record.outcome) for record in report.records} == {Kept, Optimized}
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert all(isinstance(each, Removed) for each in remove(report))
    assert list((tmp_path / "out").iterdir()) == []


def test_in_place_there_is_nothing_to_remove(folder: Path) -> None:
    report = run([folder], replace(LOSSLESS, output=Output(place=Place.IN_PLACE)))
    assert report.undoable
    assert not report.removable
    assert remove(report) == []


def test_what_stood_there_before_stays(folder: Path) -> None:
    first = run([folder], LOSSLESS)
    again = run([folder / "a.png"], LOSSLESS)
    assert first.removable
    assert remove(again) == []
    assert (folder / "a_optimized.png").is_file()


@pytest.mark.parametrize("change", ["gone", "other"])
def test_a_result_stays_when_its_original_is_not_what_it_was(folder: Path, change: str) -> None:
    report = run([folder / "a.png"], LOSSLESS)
    (folder / "a.png").unlink()
    if change == "other":
        flat(folder / "a.png", color=(1, 2, 3))
    result = folder / "a_optimized.png"
    assert remove(report) == [NotRestored(folder / "a.png", result, RefusalCode.ORIGINAL)]
    assert result.is_file()


def test_a_result_that_was_changed_stays(folder: Path) -> None:
    report = run([folder / "a.png"], LOSSLESS)
    result = folder / "a_optimized.png"
    result.write_bytes(b"retouched")
    assert remove(report) == [NotRestored(folder / "a.png", result, RefusalCode.CHANGED)]
    assert result.read_bytes() == b"retouched"


def test_a_result_that_is_gone_counts_as_removed(folder: Path) -> None:
    report = run([folder / "a.png"], LOSSLESS)
    (folder / "a_optimized.png").unlink()
    assert remove(report) == [Removed(folder / "a.png", folder / "a_optimized.png")]


def test_what_cannot_be_removed_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = run([folder / "a.png"], LOSSLESS)

    def refuse(path: Path) -> None:
        raise PermissionError(13, os.strerror(13), str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    (told,) = remove(report)
    assert isinstance(told, NotRestored)
    assert (told.code, told.detail) == (RefusalCode.REMOVE, os.strerror(13))
