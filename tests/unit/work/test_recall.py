"""What was done is not done again, in every place, and only as long as nothing has changed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oimg.engine import child
from oimg.words.recipe import Conflict, Fitting, Mode, Output, Place, Recipe, Resize, Target
from oimg.words.report import Failed, Kept, KeptCode, Notice, Optimized, Outcome
from oimg.work import pipeline
from oimg.work.cache import folder as cache_folder
from oimg.work.session import Session
from work_help import flat, into, photo, state

LOSSLESS = Recipe(mode=Mode.LOSSLESS)
IN_PLACE = replace(LOSSLESS, output=Output(place=Place.IN_PLACE))


@pytest.fixture(scope="module", autouse=True)
def _children() -> Iterator[None]:
    yield
    child.close_all()


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Collect the pictures that are really worked on."""
    calls: list[bytes] = []
    real = pipeline.transform

    def counted(request: Any) -> Any:
        calls.append(request.untrusted)
        return real(request)

    monkeypatch.setattr(pipeline, "transform", counted)
    return calls


def run(folder: Path, recipe: Recipe, **options: Any) -> dict[str, Outcome]:
    with Session(workers=1, **options) as session:
        going = session.start(session.prepare([folder], recipe), lambda _: None)
        going.wait()
        return {record.outcome.path.name: record.outcome for record in going.report().records}


def plain(outcome: Outcome) -> Outcome:
    """The outcome but for the word that it was known before, and for the state of the source's disk."""
    assert isinstance(outcome, Optimized | Kept)
    return replace(outcome, warnings=tuple(each for each in outcome.warnings if each is not Notice.DONE_BEFORE))


def known(outcomes: dict[str, Outcome]) -> set[str]:
    return {
        name
        for name, outcome in outcomes.items()
        if isinstance(outcome, Optimized | Kept) and Notice.DONE_BEFORE in outcome.warnings
    }


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    flat(folder / "a.png")
    flat(folder / "b.jpg", color=(1, 2, 3))  # a PNG under a wrong name
    photo(folder / "small.png", (40, 30)).write_bytes(_packed(folder / "small.png"))
    return folder


def _packed(path: Path) -> bytes:
    """A picture that OIMG can make no smaller, made by nobody else's word than its own first run."""
    outcome = run(path, replace(LOSSLESS, output=into(path.parent.parent / "packed")), use_cache=False)[path.name]
    assert isinstance(outcome, Optimized | Kept)
    assert outcome.output is not None
    return outcome.output.read_bytes()


PLACES: dict[str, Callable[[Path], Output]] = {
    "beside": lambda _: Output(),
    "suffix": lambda _: Output(suffix="-small"),
    "folder": into,
    "folder, overwrite": lambda out: into(out, conflict=Conflict.OVERWRITE),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_second_run_gives_the_same_and_works_on_nothing(
    pictures: Path, tmp_path: Path, worked: list[bytes], place: str
) -> None:
    recipe = replace(LOSSLESS, output=PLACES[place](tmp_path / "out"))
    first = run(pictures, recipe)
    assert len(worked) == 3
    assert known(first) == set()
    assert isinstance(first["a.png"], Optimized)
    assert isinstance(first["small.png"], Kept)
    before = state(tmp_path)
    for _ in range(2):
        second = run(pictures, recipe)
        assert len(worked) == 3
        assert known(second) == {"a.png", "b.jpg", "small.png"}
        assert {name: plain(second[name]) for name in first} == first
    assert state(tmp_path) == before


@pytest.mark.skipif(os.name != "posix", reason="NOT TESTED: without a time of change all is read")
@pytest.mark.parametrize("output", [Output(), Output(place=Place.FOLDER, path="out"), Output(place=Place.IN_PLACE)])
def test_a_second_run_opens_no_picture(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("oimg.work.cache.files._SETTLED_NS", -(1 << 62))  # as if the first run took seconds
    recipe = replace(LOSSLESS, output=output)
    run(pictures, recipe)
    opened: list[object] = []
    real = os.open

    def noted(path: object, *rest: Any, **named: Any) -> int:
        opened.append(path)
        return real(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", noted)
    assert known(run(pictures, recipe)) >= {"a.png", "b.jpg", "small.png"}
    assert [each for each in map(str, opened) if each.endswith((".png", ".jpg"))] == []


def test_the_outcome_is_what_it_would_be_without_a_memory(pictures: Path, tmp_path: Path) -> None:
    recipe = replace(LOSSLESS, output=into(tmp_path / "out"))
    run(pictures, recipe)
    remembered, anew = run(pictures, recipe), run(pictures, recipe, use_cache=False)
    assert {name: plain(outcome) for name, outcome in remembered.items()} == anew
    assert known(anew) == set()


def test_a_name_that_is_taken_is_passed_over_as_before(pictures: Path, worked: list[bytes]) -> None:
    flat(pictures / "a_optimized.png", color=(7, 7, 7))  # of somebody else, although its name is ours
    (pictures / "a_optimized.png").touch()
    first = run(pictures, LOSSLESS)["a.png"]
    assert isinstance(first, Optimized)
    assert first.output.name == "a_optimized (2).png"
    count = len(worked)
    second = run(pictures, LOSSLESS)["a.png"]
    assert plain(second) == first
    assert len(worked) == count


@pytest.mark.parametrize("output", [Output(), Output(place=Place.FOLDER, path="out")])
def test_a_result_that_is_missing_or_another_is_made_again(
    pictures: Path, tmp_path: Path, worked: list[bytes], monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = replace(LOSSLESS, output=output)
    first = run(pictures, recipe)["a.png"]
    assert isinstance(first, Optimized)
    data = first.output.read_bytes()
    first.output.unlink()
    assert run(pictures, recipe)["a.png"] == first
    assert first.output.read_bytes() == data
    facts = first.output.stat()
    changed = data[:-1] + bytes([data[-1] ^ 1])  # of one length, and of one date
    first.output.write_bytes(changed)
    os.utime(first.output, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    count = len(worked)
    third = run(pictures, recipe)["a.png"]
    assert isinstance(third, Optimized)
    assert (third.output.stem[-4:], third.output.read_bytes()) == (" (2)", data)
    assert first.output.read_bytes() == changed
    assert len(worked) == count + 1


def test_an_unchanged_copy_that_is_missing_is_copied_without_work(
    pictures: Path, tmp_path: Path, worked: list[bytes]
) -> None:
    recipe = replace(LOSSLESS, output=into(tmp_path / "out"))
    first = run(pictures, recipe)["small.png"]
    (tmp_path / "out" / "small.png").unlink()
    count = len(worked)
    second = run(pictures, recipe)["small.png"]
    assert plain(second) == first
    assert (tmp_path / "out" / "small.png").read_bytes() == (pictures / "small.png").read_bytes()
    assert len(worked) == count


def test_a_copy_that_tells_more_is_told_of_again(tmp_path: Path, worked: list[bytes]) -> None:
    path = tmp_path / "in" / "a.gif"  # a GIF of one pixel: nothing can be saved, and its comment stays with the copy
    path.parent.mkdir()
    Image.new("P", (1, 1)).save(path, comment=b"x" * 3)
    recipe = replace(Recipe(min_savings=99), output=into(tmp_path / "out"))
    first = run(path.parent, recipe)["a.gif"]
    assert isinstance(first, Kept)
    assert Notice.METADATA_STAYS in first.warnings
    assert plain(run(path.parent, recipe)["a.gif"]) == first
    assert len(worked) == 1
    beside = run(path.parent, replace(recipe, output=Output()))["a.gif"]
    assert isinstance(beside, Kept)
    assert Notice.METADATA_STAYS not in beside.warnings  # there is no copy
    assert len(worked) == 1


def test_a_changed_source_is_worked_on_again(pictures: Path, worked: list[bytes]) -> None:
    run(pictures, LOSSLESS)
    path = pictures / "a.png"
    facts = path.stat()
    other = flat(pictures.parent / "other.png", color=(11, 12, 13))
    data = other.read_bytes()
    assert len(data) == facts.st_size
    path.write_bytes(data)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    count = len(worked)
    outcomes = run(pictures, LOSSLESS)
    assert worked[count:] == [data]
    assert "a.png" not in known(outcomes)


def test_another_recipe_is_worked_on(pictures: Path, worked: list[bytes]) -> None:
    run(pictures, LOSSLESS)
    for recipe in (replace(LOSSLESS, effort=4), Recipe(format=Target.WEBP), replace(LOSSLESS, background="#123456")):
        count = len(worked)
        assert known(run(pictures, recipe)) <= {"small.png"}
        assert len(worked) > count


def test_what_failed_is_tried_again(tmp_path: Path, worked: list[bytes]) -> None:
    path = flat(tmp_path / "in" / "a.png")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    for count in (1, 2):
        assert isinstance(run(path.parent, LOSSLESS)["a.png"], Failed)
        assert len(worked) == count


def test_in_place_results_are_ours(pictures: Path, worked: list[bytes]) -> None:
    first = run(pictures, IN_PLACE)
    assert isinstance(first["a.png"], Optimized)
    assert len(worked) == 3
    before = state(pictures)
    second = run(pictures, IN_PLACE)
    assert len(worked) == 3
    assert all(isinstance(each, Kept) for each in second.values())
    assert known(second) == {"a.png", "b.jpg", "small.png"}
    assert state(pictures) == before
    moved = pictures / "elsewhere" / "x.png"
    moved.parent.mkdir()
    (pictures / "a.png").rename(moved)
    assert "x.png" in known(run(pictures, replace(IN_PLACE, resize=LOSSLESS.resize)))
    assert len(worked) == 3


def test_an_original_that_was_put_back_is_worked_on(pictures: Path, worked: list[bytes]) -> None:
    original = (pictures / "a.png").read_bytes()
    run(pictures, IN_PLACE)
    with Session() as session:
        assert session.undo().exit_code == 0
    assert (pictures / "a.png").read_bytes() == original
    outcome = run(pictures, IN_PLACE)["a.png"]
    assert isinstance(outcome, Optimized)
    assert Notice.DONE_BEFORE not in outcome.warnings
    assert worked[-3:].count(original) == 1
    assert (pictures / "a.png").read_bytes() != original


def test_a_half_that_is_halved_again_in_place_is_not_taken_for_done(pictures: Path) -> None:
    recipe = replace(IN_PLACE, resize=Resize(fitting=Fitting.SCALE, amount=50))
    for width in (20, 10):
        run(pictures, recipe)
        with Image.open(pictures / "a.png") as image:
            assert image.width == width


def test_nothing_is_remembered_where_it_is_not_wanted(pictures: Path, worked: list[bytes], own_home: Path) -> None:
    run(pictures, LOSSLESS, use_cache=False)
    settings = own_home / "config" / "oimg" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"schema": 1, "cache_limit": 0}')
    run(pictures, LOSSLESS)
    assert len(worked) == 6
    assert list(own_home.rglob("results.*")) == []


def test_what_is_forgotten_is_done_again(pictures: Path, worked: list[bytes], own_home: Path) -> None:
    run(pictures, LOSSLESS)
    with Session() as session:
        assert session.diagnose().cache_bytes > 0
        assert session.clear_cache() > 0
        assert session.diagnose().cache_bytes == 0
        assert session.clear_cache() == 0
    assert list(own_home.rglob("results.*")) == []
    run(pictures, LOSSLESS)
    assert len(worked) == 6


def test_a_damaged_store_costs_memory_alone(pictures: Path, worked: list[bytes]) -> None:
    first = run(pictures, LOSSLESS)
    path = cache_folder.folder() / "results.sqlite"
    path.write_bytes(path.read_bytes()[:5000] + b"junk" * 2000)
    again = run(pictures, LOSSLESS)
    assert {name: plain(again[name]) for name in first} == first
    count = len(worked)
    assert known(run(pictures, LOSSLESS)) == {"a.png", "b.jpg", "small.png"}
    assert len(worked) == count


def test_a_store_that_is_locked_does_not_stop_the_work(pictures: Path, worked: list[bytes]) -> None:
    run(pictures, LOSSLESS)
    database = sqlite3.connect(cache_folder.folder() / "results.sqlite", isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    outcomes = run(pictures, LOSSLESS)
    database.execute("ROLLBACK")
    database.close()
    assert len(worked) == 6
    assert isinstance(outcomes["a.png"], Optimized)
    assert outcomes["small.png"].code is KeptCode.NOT_SMALLER  # type: ignore[union-attr]
