"""Deletes what a run wrote beside originals or into another folder, only where nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from oimg.words.report import Identity, Kept, Optimized
from oimg.words.undo import NotRestored, RefusalCode, Removed, Removing
from oimg.work.files.identity import identity_in, identity_of


def each_removed(
    outcomes: Iterable[Optimized | Kept], on_result: Callable[[Removing], None] = lambda _: None
) -> Iterator[Removing]:
    """Delete results and copies that are unchanged since they were written, and whose originals are unchanged too.

    A result whose original is gone or changed may be all that is left of a picture, so it stays. What the run did not
    write (`written` is None) is skipped.
    """
    for outcome in outcomes:
        if outcome.written is not None and outcome.output is not None and outcome.source is not None:
            made = _removed(outcome.path, outcome.output, outcome.written, outcome.source.identity)
            yield made
            on_result(made)


def _removed(original: Path, output: Path, written: Identity, was: Identity) -> Removing:
    try:
        if identity_in(original.stat()) != was:
            return NotRestored(original, output, RefusalCode.ORIGINAL)
    except OSError:
        return NotRestored(original, output, RefusalCode.ORIGINAL)
    try:
        if identity_of(output) != written:
            return NotRestored(original, output, RefusalCode.CHANGED)
        output.unlink()
    except FileNotFoundError:
        return Removed(original, output)
    except OSError as error:
        return NotRestored(original, output, RefusalCode.REMOVE, error.strerror or str(error))
    return Removed(original, output)
