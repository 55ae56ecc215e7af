"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The shared corpus of real pictures: the folder shared/corpus beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED on real pictures: the shared corpus is not at {folder}")
    return folder
