"""The scripts of packaging/ for its tests, and what they ask of the machine."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINUX = ROOT / "packaging" / "linux"


def script(name: str) -> Any:
    """Import a script of packaging/ or packaging/linux/ by its name."""
    for folder in (
        str(ROOT / "packaging"),
        str(LINUX),
        *(str(ROOT / "packaging" / each) for each in ("windows", "macos")),
    ):
        if folder not in sys.path:
            sys.path.append(folder)  # at the end: they are for nothing else
    return importlib.import_module(name)


def need(*tools: str) -> None:
    """Skip, and say why, where one of some programs is missing."""
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        pytest.skip(f"NOT TESTED: {', '.join(missing)} not found (.ci/run installs them)")


def run(*command: str | Path, env: dict[str, str] | None = None, seconds: float = 900) -> str:
    """Run a program that has to succeed; gives what it printed."""
    done = subprocess.run(
        [*map(os.fspath, command)], env=env, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"{command} gave {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def lines(text: str) -> Sequence[str]:
    """The lines that are not empty, without what surrounds them."""
    return [line.strip() for line in text.splitlines() if line.strip()]
