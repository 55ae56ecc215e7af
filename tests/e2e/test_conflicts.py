"""Run after run, by every rule for names that are taken: nothing grows, and nobody's picture is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from process_help import Done, contents, run_oimg, unfinished
from work_help import flat, photo

OVERWRITE = ("--on-conflict", "overwrite", "--json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A photo and a flat picture, whose results have the plain names and lie beside them."""
    photo(tmp_path / "in" / "a.jpg", (160, 120), quality=97)
    flat(tmp_path / "in" / "b.png")
    return tmp_path / "in"


def outputs(done: Done) -> dict[str, str | None]:
    """The name of each file's result, by the name of the file."""
    assert done.code == 0, done.err
    named = {Path(source).name: event["output"] for source, event in done.files.items()}
    return {name: output and Path(output).name for name, output in named.items()}


@pytest.mark.parametrize("rule", ["rename", "skip", "overwrite"])
@pytest.mark.parametrize(
    ("flags", "new"),
    [
        ((), {"a_optimized.jpg", "b_optimized.png"}),
        (("--suffix", "", "-f", "webp"), {"a.webp", "b.webp"}),
        (("-o", "out"), {"out/a.jpg", "out/b.png"}),
    ],
)
def test_three_runs_leave_what_one_leaves(folder: Path, flags: tuple[str, ...], new: set[str], rule: str) -> None:
    originals = contents(folder)
    first: dict[str, bytes] = {}
    for cache in ((), (), ("--no-cache",)):
        done = run_oimg(folder, *flags, "--on-conflict", rule, *cache, "--json", cwd=folder)
        assert done.code == 0, done.err
        after = contents(folder)
        first = first or after
        assert after == first
    assert first.keys() == originals.keys() | new
    assert {name: first[name] for name in originals} == originals


def test_results_in_the_folder_of_their_sources_are_not_copied_again_and_again(folder: Path) -> None:
    originals = contents(folder)
    for flags in ((), (), ("--no-cache",)):
        outputs(run_oimg(folder, "-o", folder, *flags, "--json"))
        after = contents(folder)
        assert after.keys() == {*originals, "a (2).jpg", "b (2).png"}
        assert {name: after[name] for name in originals} == originals


def test_overwriting_replaces_the_earlier_result_of_the_same_source(folder: Path) -> None:
    originals = contents(folder)
    run_oimg(folder, *OVERWRITE)
    earlier = contents(folder)
    for arguments in ((folder,), sorted(folder.iterdir())):
        for target in ("60", "90"):
            done = run_oimg(*arguments, "--target", target, *OVERWRITE)
            assert outputs(done)["a.jpg"] == "a_optimized.jpg"
            (code,) = (event["code"] for name, event in done.files.items() if name.endswith("a_optimized.jpg"))
            assert code == "own-result"
            after = contents(folder)
            assert after.keys() == earlier.keys()
            assert {name: after[name] for name in originals} == originals
            assert after["a_optimized.jpg"] != earlier["a_optimized.jpg"]
            earlier = after
    assert unfinished(folder) == []


def test_a_changed_source_gets_its_new_result_under_the_old_name(folder: Path) -> None:
    run_oimg(folder, *OVERWRITE)
    earlier = contents(folder)
    photo(folder / "a.jpg", (200, 100), seed=5, quality=97)
    assert outputs(run_oimg(folder, *OVERWRITE))["a.jpg"] == "a_optimized.jpg"
    after = contents(folder)
    assert after.keys() == earlier.keys()
    assert after["a_optimized.jpg"] != earlier["a_optimized.jpg"]


def test_a_picture_that_only_has_the_name_of_a_result_is_never_overwritten(folder: Path) -> None:
    own = photo(folder / "a_optimized.jpg", (80, 60), seed=9).read_bytes()
    for flags in ((), ("--target", "60"), ("--target", "60"), ("--target", "60", "--no-cache")):
        assert outputs(run_oimg(folder, *flags, *OVERWRITE))["a.jpg"] == "a_optimized (2).jpg"
        assert (folder / "a_optimized.jpg").read_bytes() == own
        assert sorted(path.name for path in folder.iterdir() if path.suffix == ".jpg") == [
            "a.jpg",
            "a_optimized (2).jpg",
            "a_optimized.jpg",
        ]


def test_a_result_that_its_owner_worked_on_is_his(folder: Path) -> None:
    run_oimg(folder, *OVERWRITE)
    result = folder / "a_optimized.jpg"
    facts, length = result.stat(), len(result.read_bytes())
    own = photo(result, (80, 60), seed=9).read_bytes().ljust(length, b"\0")  # as long as it was, and of its date
    result.write_bytes(own)
    os.utime(result, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert outputs(run_oimg(folder, "--target", "60", *OVERWRITE))["a.jpg"] == "a_optimized (2).jpg"
    assert result.read_bytes() == own


def test_a_result_under_the_name_of_another_source_is_not_overwritten(folder: Path) -> None:
    run_oimg(folder / "b.png", "-f", "jpeg", *OVERWRITE)
    (folder / "b_optimized.jpg").rename(folder / "a_optimized.jpg")
    moved = (folder / "a_optimized.jpg").read_bytes()
    assert outputs(run_oimg(folder, *OVERWRITE))["a.jpg"] == "a_optimized (2).jpg"
    assert (folder / "a_optimized.jpg").read_bytes() == moved


def test_without_a_memory_nothing_that_stands_is_overwritten(folder: Path) -> None:
    run_oimg(folder, *OVERWRITE)
    earlier = contents(folder)
    run_oimg("doctor", "--clear-cache")
    for flags in (("--no-cache",), ()):
        assert outputs(run_oimg(folder, "--target", "60", *flags, *OVERWRITE))["a.jpg"] == "a_optimized (2).jpg"
        after = contents(folder)
        assert {name: after[name] for name in earlier} == earlier


def test_two_sources_of_one_result_name_keep_a_result_each(tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg", (160, 120), quality=97)
    photo(tmp_path / "a.png", (96, 64), seed=3)
    expected = {"a.jpg": "a_optimized.jpg", "a.png": "a_optimized (2).jpg"}
    for target in ("80", "80", "60", "70"):
        done = outputs(run_oimg(tmp_path, "-f", "jpeg", "--target", target, *OVERWRITE))
        assert {name: done[name] for name in expected} == expected
        assert {path.name for path in tmp_path.iterdir()} == {*expected, *expected.values()}


def test_a_dry_run_names_what_would_be_overwritten_and_remembers_nothing(folder: Path, own_home: Path) -> None:
    run_oimg(folder, *OVERWRITE)
    (store,) = own_home.rglob("results.sqlite")
    before = contents(folder), store.read_bytes(), store.stat().st_mtime_ns
    told = run_oimg(folder, "--target", "60", "-n", *OVERWRITE).events
    plans = {Path(event["source"]).name: Path(event["output"]).name for event in told if event["event"] == "plan"}
    assert plans == {"a.jpg": "a_optimized.jpg", "b.png": "b_optimized.png"}
    assert (contents(folder), store.read_bytes(), store.stat().st_mtime_ns) == before


@pytest.mark.parametrize("flags", [("--suffix", ""), ("-o", ".")])
def test_overwriting_never_means_the_original_itself(folder: Path, flags: tuple[str, ...]) -> None:
    """Said before any work is done, by the dry run as by the run."""
    originals = contents(folder)
    for more in (("-n",), ()):
        done = run_oimg(folder, *flags, *more, *OVERWRITE, cwd=folder)
        assert done.code == 1
        assert [event["code"] for event in done.files.values()] == ["name-of-original"] * 2
        assert "in place" in done.files[str(folder / "a.jpg")]["detail"]
        assert contents(folder) == originals
    other = run_oimg(folder, *flags, "-f", "webp", *OVERWRITE, cwd=folder)
    assert outputs(other) == {"a.jpg": "a.webp", "b.png": "b.webp"}
