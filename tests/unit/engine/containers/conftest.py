"""What the container tests share: the real pictures and the one promise about hostile bytes."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Header

CORPUS = Path(__file__).resolve().parents[4].parent / "shared" / "corpus"
ALLOWED = {ErrorCode.CORRUPT, ErrorCode.TRUNCATED, ErrorCode.UNSUPPORTED, ErrorCode.TOO_LARGE}
PATIENCE = 8.0


@dataclass(frozen=True)
class Entry:
    path: Path
    name: str
    format: str
    width: int
    height: int
    expect: str
    note: str

    def header(self, read: Callable[[BinaryIO], Header]) -> Header:
        with self.path.open("rb") as stream:
            return read(stream)


@pytest.fixture(scope="session")
def entries() -> list[Entry]:
    table = CORPUS / "MANIFEST.tsv"
    if not table.exists():
        pytest.skip("CORPUS MISSING: no real pictures beside the checkout, real files are not tested")
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Entry(
            CORPUS / row["file"],
            row["file"],
            row["format"],
            int(row["width"] or 0),
            int(row["height"] or 0),
            row["expect"],
            row["note"],
        )
        for row in rows
    ]


@pytest.fixture(scope="session")
def real(entries: list[Entry]) -> Callable[[str], Path]:
    known = {entry.name: entry.path for entry in entries}
    return lambda name: known[name]


@pytest.fixture(scope="session")
def only_expected_errors() -> Callable[..., Any]:
    """Call a reader; only an OimgError with an allowed code may come out, and soon."""

    def call(read: Callable[..., Any], data: bytes, *rest: Any) -> Any:
        started = time.thread_time()
        caught: OimgError | None = None
        try:
            # A header reads a stream, everything else reads bytes.
            return read(io.BytesIO(data) if read.__name__ == "header" else data, *rest)
        except OimgError as error:
            caught = error
            return None
        finally:
            assert caught is None or caught.code in ALLOWED
            assert time.thread_time() - started < PATIENCE

    return call
