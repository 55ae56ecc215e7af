"""Fixtures for tests that run the engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oimg.engine import child
from oimg.engine.codecs import png


@pytest.fixture(scope="module", autouse=True)
def packer() -> Iterator[None]:
    """Start this thread's child before the first test: it may stay until the module is done."""
    import numpy as np

    child.call("oxipng", {"level": 0}, png.assemble(np.zeros((1, 1, 1), np.uint8)))
    yield
    child.close_all()
