"""Keeps Python's search for cyclic garbage short, however long the list of files is.

The search stops the whole program and walks through all that lives. With 100,000 files that took 0.12 s, again and
again while they came in (benchmarks/gui/README.md); and there is nothing to find: files, rows and outcomes are values
without cycles, which go as soon as nobody holds them.
"""

from __future__ import annotations

import gc


def set_apart() -> None:
    """Collect young objects, and exempt the survivors from later searches; reference counting still frees them."""
    gc.collect(1)
    gc.freeze()
