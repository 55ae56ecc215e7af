"""The machine-readable contract: every key in every line, plain ASCII, the same facts as CSV."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oimg.faces import jsonl
from oimg.words.errors import ErrorCode
from oimg.words.images import Format, Header
from oimg.words.privacy import MetadataGroup
from oimg.words.report import Failed, Kept, KeptCode, Notice, Optimized, Record, Report, SourceFile, Stopped
from process_help import FILE_KEYS, SUMMARY_KEYS
from strategies import records

OUTCOMES = {Optimized: "optimized", Kept: "kept", Failed: "failed", Stopped: "stopped"}
PATH = Path("/p/a.jpg")
SOURCE = SourceFile(PATH, PATH.parent, 1000, (1, 2, 1000, 3), Header(Format.JPEG, 40, 30, orientation=6))


def event(outcome: Any, took: float = 0.12345) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(jsonl.line(jsonl.file_event(Record(outcome, took))))
    return made


@given(records())
def test_every_file_line_has_just_the_keys_of_the_contract(record: Record) -> None:
    line = jsonl.line(jsonl.file_event(record))
    assert line.isascii()
    assert "\n" not in line
    made = json.loads(line)
    assert list(made) == FILE_KEYS
    assert (made["event"], made["outcome"]) == ("file", OUTCOMES[type(record.outcome)])
    assert made["source"] == str(record.outcome.path)
    assert isinstance(made["warnings"], list)
    assert isinstance(made["removed"], list)
    assert (made["code"] is None) == (made["outcome"] in {"optimized", "stopped"})
    assert made["source_bytes"] is None or made["source_bytes"] > 0


def test_an_optimized_file() -> None:
    outcome = Optimized(
        PATH,
        SOURCE,
        Path("/p/b.webp"),
        Format.WEBP,
        400,
        30,
        40,
        1,
        81.23456,
        77.5,
        (Notice.WRONG_SUFFIX,),
        (MetadataGroup.LOCATION, MetadataGroup.OWNER),
    )
    assert event(outcome) == {
        "event": "file",
        "source": "/p/a.jpg",
        "output": "/p/b.webp",
        "outcome": "optimized",
        "code": None,
        "detail": None,
        "source_format": "jpeg",
        "output_format": "webp",
        "source_bytes": 1000,
        "output_bytes": 400,
        "width": 30,
        "height": 40,
        "frames": 1,
        "score": 81.235,
        "quality": 77.5,
        "seconds": 0.123,
        "warnings": ["wrong-suffix"],
        "removed": ["location", "owner"],
    }


def test_a_kept_file_with_and_without_its_copy() -> None:
    copied = event(Kept(PATH, SOURCE, KeptCode.NOT_SMALLER, "1200 bytes", Path("/out/a.jpg"), 90.0))
    assert (copied["code"], copied["detail"], copied["output"]) == ("not-smaller", "1200 bytes", "/out/a.jpg")
    assert (copied["output_format"], copied["output_bytes"], copied["score"]) == ("jpeg", 1000, 90.0)
    assert (copied["width"], copied["height"]) == (30, 40)  # upright, not as stored
    beside = event(Kept(PATH, SOURCE, KeptCode.NOT_SMALLER))
    assert (beside["output"], beside["output_format"], beside["output_bytes"]) == (None, None, None)
    assert event(Kept(PATH, None, KeptCode.NOT_AN_IMAGE))["source_bytes"] is None


def test_a_failed_and_a_stopped_file() -> None:
    failed = event(Failed(PATH, ErrorCode.CORRUPT, "row 7", SOURCE))
    assert (failed["code"], failed["source_bytes"]) == ("corrupt-data", 1000)
    assert "row 7" in failed["detail"]
    stopped = event(Stopped(PATH, SOURCE))
    assert (stopped["code"], stopped["detail"], stopped["output"]) == (None, None, None)


def test_a_name_that_is_no_text_can_be_told_back() -> None:
    made = event(Failed(Path("/p/\udcff\n.jpg"), ErrorCode.NOT_FOUND))
    assert Path(made["source"]) == Path("/p/\udcff\n.jpg")


@given(st.lists(records(), max_size=6).map(tuple))
def test_the_summary_adds_up(some: tuple[Record, ...]) -> None:
    report = Report("20260101-000000-abcd", some, 1.23456)
    made = json.loads(jsonl.line(jsonl.summary_event(report)))
    assert list(made) == SUMMARY_KEYS
    assert made["files"] == len(some) == sum(made[name] for name in OUTCOMES.values())
    assert made["saved_bytes"] == made["source_bytes"] - made["output_bytes"]
    assert (made["event"], made["seconds"], made["batch"]) == ("summary", 1.235, "20260101-000000-abcd")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(some=st.lists(records(), max_size=4))
def test_the_table_tells_the_same(tmp_path: Path, some: list[Record]) -> None:
    jsonl.write_csv(tmp_path / "a.csv", some)
    with (tmp_path / "a.csv").open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(some)
    for row, record in zip(rows, some, strict=True):
        made = jsonl.file_event(record)
        assert list(row) == FILE_KEYS[1:]
        assert row["source"] == made["source"]
        assert row["warnings"].split() == made["warnings"]
        assert row["source_bytes"] == ("" if made["source_bytes"] is None else str(made["source_bytes"]))


def test_a_planned_file() -> None:
    assert jsonl.plan_event(SOURCE, Path("/p/b.webp")) == {
        "event": "plan",
        "source": "/p/a.jpg",
        "output": "/p/b.webp",
        "source_format": "jpeg",
        "source_bytes": 1000,
        "width": 30,
        "height": 40,
        "frames": 1,
    }
