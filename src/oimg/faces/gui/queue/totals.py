"""Totals over rows of the queue, computed in one pass, since there may be 100,000 rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oimg.faces.gui.queue.rows import Row, State


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the queue. `before` and `after` are of optimized files."""

    files: int = 0
    bytes: int = 0
    optimized: int = 0
    kept: int = 0
    failed: int = 0
    before: int = 0
    after: int = 0

    def __add__(self, other: Totals) -> Totals:
        """Add field by field."""
        return Totals(*(getattr(self, name) + getattr(other, name) for name in Totals.__slots__))

    def __sub__(self, other: Totals) -> Totals:
        """Subtract field by field."""
        return Totals(*(getattr(self, name) - getattr(other, name) for name in Totals.__slots__))


def totals_of(rows: Iterable[Row]) -> Totals:
    """Sum up rows."""
    files = size = optimized = kept = failed = before = after = 0
    for row in rows:
        own = row.source.byte_size if row.source is not None else 0
        files += 1
        size += own
        state = row.state
        if state is State.WAITING:  # most rows do, and there is nothing more to ask them
            continue
        optimized += state is State.OPTIMIZED
        kept += state is State.KEPT
        failed += state is State.FAILED
        if (written := row.after) is not None:
            before += own
            after += written
    return Totals(files, size, optimized, kept, failed, before, after)
