"""A world of pictures, data folder and trash for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from replacements import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("XDG_DATA_HOME", os.environ["XDG_DATA_HOME"])  # a world sets it; put back afterwards
    return World(tmp_path / "w")
