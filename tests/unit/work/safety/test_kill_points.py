"""Killed at any call to the disk: the picture is whole, the next start leaves nothing behind, undo works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from process_help import SOURCES

TESTS = Path(__file__).parents[3]
SCENES = (
    *("replace", "replace-webp", "replace-links", "replace-trash", "replace-webp-trash"),
    *("undo", "undo-webp", "undo-links", "undo-trash", "undo-missing", "undo-missing-links"),
)
POORER_DISKS = (
    ("replace", "no-exchange"),
    ("replace-links", "no-exchange"),
    ("replace-webp", "no-links"),
    ("replace-webp", "no-links", "no-exchange"),
    ("undo", "no-exchange"),
    ("undo-links", "no-exchange"),
    ("undo-webp", "no-links"),
    ("undo-webp", "no-links", "no-exchange"),
    ("undo-missing", "no-links", "no-exchange"),
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="NOT TESTED: this system cannot fork")


def kills(folder: Path, *scene: str) -> int:
    """Run the scene in a process without threads, which may fork; it checks everything after each kill."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, TESTS / "kill_at_every_call.py", scene[0], folder, *scene[1:]],
        env={**environment, "PYTHONPATH": os.pathsep.join((SOURCES, str(TESTS)))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("scene", SCENES)
def test_a_process_may_be_killed_at_any_call(tmp_path: Path, scene: str) -> None:
    assert kills(tmp_path, scene) >= 2 * 15  # two moments of more calls than any shortcut would have


@pytest.mark.parametrize("scene", POORER_DISKS, ids="-".join)
def test_so_it_may_on_disks_that_can_do_less(tmp_path: Path, scene: tuple[str, ...]) -> None:
    assert kills(tmp_path, *scene) >= 2 * 15
