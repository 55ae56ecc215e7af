"""Fixtures for tests that run the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest

from oimg.engine import child
from oimg.engine.codecs import png
from oimg.words.errors import OimgError


@pytest.fixture(scope="module", autouse=True)
def packer() -> Iterator[int]:
    """Start this thread's child before the first test: it may stay until the module is done."""
    with suppress(OimgError):  # pyoxipng has no wheel for this Python; the child is there all the same
        child.call("oxipng", {"level": 0}, png.assemble(np.zeros((1, 1, 1), np.uint8)))
    yield child._children.of_this_thread()._process.pid
    child.close_all()


@pytest.fixture(autouse=True)
def no_other_child(packer: int) -> Iterator[None]:
    """End the child that took the place of one that a test made to crash."""
    yield
    mine = getattr(child._children._mine, "child", None)
    if mine is not None and mine._process.pid != packer:
        child.close_all()
