"""The machine-readable output: one JSON object per line, and the same facts as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from oimg.faces.messages import reason
from oimg.words.report import Failed, Kept, Optimized, Record, Report, SourceFile, Stopped

COLUMNS: Final = (
    "source",
    "output",
    "outcome",
    "code",
    "detail",
    "source_format",
    "output_format",
    "source_bytes",
    "output_bytes",
    "width",
    "height",
    "frames",
    "score",
    "quality",
    "seconds",
    "warnings",
    "removed",
)


def file_event(record: Record) -> dict[str, Any]:
    """One outcome, with every field of the JSON contract."""
    outcome = record.outcome
    event: dict[str, Any] = {"event": "file", **dict.fromkeys(COLUMNS)}
    event |= {"source": str(outcome.path), "seconds": round(record.seconds, 3), "warnings": [], "removed": []}
    match outcome:
        case Optimized():
            event |= _source_facts(outcome.source)
            event |= {
                "outcome": "optimized",
                "output": str(outcome.output),
                "output_format": outcome.format,
                "output_bytes": outcome.output_bytes,
                "width": outcome.width,
                "height": outcome.height,
                "frames": outcome.frames,
                "score": _rounded(outcome.score),
                "quality": _rounded(outcome.quality),
                "warnings": list(outcome.warnings),
                "removed": list(outcome.removed),
            }
        case Kept():
            event |= _source_facts(outcome.source)
            copied = outcome.output is not None and outcome.source is not None
            event |= {
                "outcome": "kept",
                "code": outcome.code,
                "detail": outcome.detail,
                "output": str(outcome.output) if outcome.output else None,
                "score": _rounded(outcome.score),
                "output_format": event["source_format"] if copied else None,
                "output_bytes": event["source_bytes"] if copied else None,
                "warnings": list(outcome.warnings),
            }
        case Failed():
            event |= _source_facts(outcome.source)
            event |= {"outcome": "failed", "code": outcome.code, "detail": reason(outcome)}
        case Stopped():
            event |= _source_facts(outcome.source)
            event |= {"outcome": "stopped"}
    return event


def _source_facts(source: SourceFile | None) -> dict[str, Any]:
    if source is None:
        return {}
    width, height = source.header.upright_size
    return {
        "source_format": source.header.format,
        "source_bytes": source.byte_size,
        "width": width,
        "height": height,
        "frames": source.header.frames,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def plan_event(source: SourceFile, output: Path) -> dict[str, Any]:
    """What a dry run predicts for one file."""
    return {
        "event": "plan",
        "source": str(source.path),
        "output": str(output),
        **_source_facts(source),
    }


def summary_event(report: Report) -> dict[str, Any]:
    """The totals of a batch."""
    return {
        "event": "summary",
        "files": len(report.records),
        "optimized": report.count(Optimized),
        "kept": report.count(Kept),
        "failed": report.count(Failed),
        "stopped": report.count(Stopped),
        "source_bytes": report.source_bytes,
        "output_bytes": report.output_bytes,
        "saved_bytes": report.source_bytes - report.output_bytes,
        "seconds": round(report.seconds, 3),
        "batch": report.batch,
    }


def line(event: dict[str, Any]) -> str:
    """One line of JSON in ASCII; bytes of a name that are not valid text appear as escaped lone surrogates."""
    return json.dumps(event)


def write_csv(path: Path, records: Iterable[Record]) -> None:
    """Write all outcomes as a table; lists are joined with spaces."""
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for record in records:
            event = file_event(record)
            table.writerow([" ".join(v) if isinstance(v := event[name], list) else v for name in COLUMNS])


def write_json(path: Path, report: Report) -> None:
    """Write all outcomes and the totals as the lines that `--json` prints."""
    with path.open("w", encoding="ascii", newline="\n") as stream:
        stream.writelines(f"{line(file_event(record))}\n" for record in report.records)
        stream.write(f"{line(summary_event(report))}\n")
