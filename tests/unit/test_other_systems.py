"""Systems that are not here: nothing is asked of Python that it does not have there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from oimg.work import machine
from process_help import SOURCES
from work_help import flat, photo

TESTS = Path(__file__).resolve().parents[1]


def test_every_module_loads_and_pictures_are_replaced_and_brought_back_without_what_linux_alone_has(
    tmp_path: Path,
) -> None:
    pictures = [flat(tmp_path / "in" / "a.png"), photo(tmp_path / "in" / "b.jpg", (96, 64), quality=97)]
    before = {path: path.read_bytes() for path in pictures}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((SOURCES, str(TESTS))), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, TESTS / "on_macos.py", tmp_path / "in"],
        env={name: value for name, value in environment.items() if not name.startswith("COVERAGE_")},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    first, *events = done.stdout.splitlines()
    files = list((Path(SOURCES) / "oimg").rglob("*.py"))
    assert int(first.removesuffix(" modules")) >= len(files) - 1  # the package itself is not in it
    told = [json.loads(line) for line in events]
    assert [each["outcome"] for each in told if each["event"] == "file"] == ["optimized", "optimized"]
    assert [each["outcome"] for each in told if each["event"] == "undo"] == ["restored", "restored"]
    assert {path: path.read_bytes() for path in pictures} == before
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["a.png", "b.jpg"]


def test_memory_is_guessed_where_python_cannot_tell(monkeypatch) -> None:
    monkeypatch.delattr(os, "sysconf")
    assert machine.quarter_of_memory() == 2 << 30
