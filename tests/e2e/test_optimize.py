"""`oimg optimize` on a mixed folder, the real process: the contract, the pictures, and the folder left alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from process_help import (
    FILE_KEYS,
    SUMMARY_KEYS,
    Done,
    contents,
    copy_all,
    fingerprints,
    looks_like,
    run_oimg,
    shown,
    small_files,
    unfinished,
)


@dataclass(frozen=True)
class Batch:
    """One run over a mixed folder; its tests only look."""

    home: Path
    out: Path
    before: dict[str, tuple[str, int, int]]
    done: Done
    table: Path


@pytest.fixture(scope="module")
def batch(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    folder = tmp_path_factory.mktemp("mixed")
    home, out = folder / "in", folder / "out"
    copy_all(small_files(corpus), corpus, home)
    (home / "notes.txt").write_text("dear diary")
    (home / "Thumbs.db").write_bytes(b"litter")
    (home / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    before = fingerprints(home)
    done = run_oimg("optimize", home, "-o", out, "--json", "--csv", folder / "all.csv", seconds=200)
    return Batch(home, out, before, done, folder / "all.csv")


def test_every_line_is_json_with_the_keys_of_the_contract(batch: Batch) -> None:
    *files, summary = batch.done.events
    assert [list(event) for event in files] == [FILE_KEYS] * len(files)
    assert list(summary) == SUMMARY_KEYS
    assert batch.done.code == 1  # broken.png
    assert batch.done.err == ""


def test_as_many_come_out_as_went_in(batch: Batch) -> None:
    files, summary = batch.done.files, batch.done.summary
    assert len(batch.done.events) == len(files) + 1
    assert set(files) == {str(batch.home / name) for name in batch.before} - {str(batch.home / "Thumbs.db")}
    counts = dict.fromkeys(("optimized", "kept", "failed", "stopped"), 0)
    for event in files.values():
        counts[event["outcome"]] += 1
    assert {kind: summary[kind] for kind in counts} == counts
    assert summary["files"] == len(files)
    assert [name for name, event in files.items() if event["outcome"] == "failed"] == [str(batch.home / "broken.png")]
    assert counts["optimized"] > 20
    assert summary["saved_bytes"] == summary["source_bytes"] - summary["output_bytes"] > 0


def test_the_sources_are_untouched(batch: Batch) -> None:
    assert fingerprints(batch.home) == batch.before


def test_the_output_folder_is_complete_and_mirrors_the_tree(batch: Batch) -> None:
    events = batch.done.files.values()
    outputs = [event["output"] for event in events if event["output"]]
    assert len(set(outputs)) == len(outputs)
    assert set(outputs) == {str(path) for path in batch.out.rglob("*") if path.is_file()}
    for event in events:
        picture = event["outcome"] == "optimized" or (event["outcome"] == "kept" and event["code"] != "not-an-image")
        assert (event["output"] is not None) == picture, event
        if picture:
            below = Path(event["source"]).relative_to(batch.home)
            assert Path(event["output"]).parent == batch.out / below.parent
            assert Path(event["output"]).stem == below.stem
    assert unfinished(batch.home, batch.out) == []


def test_no_result_is_larger_and_every_size_is_the_truth(batch: Batch) -> None:
    for event in batch.done.files.values():
        if event["output"] is None:
            continue
        size = Path(event["output"]).stat().st_size
        assert size == event["output_bytes"], event
        assert Path(event["source"]).stat().st_size == event["source_bytes"]
        if event["outcome"] == "kept":
            assert Path(event["output"]).read_bytes() == Path(event["source"]).read_bytes()
        else:
            assert size < event["source_bytes"] or event["output_format"] != event["source_format"], event


def test_every_result_shows_the_same_picture_to_other_decoders(batch: Batch) -> None:
    wrong = []
    for event in batch.done.files.values():
        if event["outcome"] != "optimized":
            continue
        before, after = shown(Path(event["source"])), shown(Path(event["output"]))
        facts = (event["width"], event["height"]), event["frames"]
        if (after.size, after.frames) != facts or before.size != after.size or before.frames != after.frames:
            wrong.append((event["source"], (before.size, before.frames), (after.size, after.frames), facts))
        elif not looks_like(before, after):
            wrong.append((event["source"], "looks different"))
    assert wrong == []


def test_dates_and_modes_are_carried_over(batch: Batch) -> None:
    for event in batch.done.files.values():
        if event["output"]:
            one, other = Path(event["source"]).stat(), Path(event["output"]).stat()
            assert (one.st_mtime_ns, one.st_mode) == (other.st_mtime_ns, other.st_mode), event["output"]


def test_the_table_holds_every_file(batch: Batch) -> None:
    with batch.table.open(encoding="utf-8", newline="") as stream:
        rows = {row["source"]: row for row in csv.DictReader(stream)}
    assert set(rows) == set(batch.done.files)
    for source, event in batch.done.files.items():
        assert rows[source]["outcome"] == event["outcome"]
        assert rows[source]["output_bytes"] == str(event["output_bytes"] or "")


def test_a_second_pass_over_the_results_keeps_them_all(batch: Batch, tmp_path: Path) -> None:
    done = run_oimg(batch.out, "-o", tmp_path / "again", "--json", seconds=200)
    assert done.code == 0
    assert [event["source"] for event in done.files.values() if event["outcome"] != "kept"] == []
    assert contents(tmp_path / "again") == contents(batch.out)
