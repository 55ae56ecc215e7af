"""What IPTC datasets say, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oimg.engine.metadata.iptc import DataSet, is_utf8
from oimg.words.privacy import Finding, readable

_BINARY = {(2, 125), (2, 202)}


def findings(datasets: Iterable[DataSet]) -> Iterator[Finding]:
    """Yield what each dataset says."""
    datasets = tuple(datasets)
    utf8 = is_utf8(datasets)
    for item in datasets:
        if item.group is not None:
            yield Finding(item.group, item.name, readable(_value(item, utf8=utf8)))


def _value(item: DataSet, *, utf8: bool) -> str:
    if (item.record, item.number) in _BINARY or item.record >= 7:
        return f"{len(item.value)} bytes"
    try:
        return item.value.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        # Without a declaration it is some Western code page; with one, a damaged text.
        return item.value.decode("utf-8" if utf8 else "latin-1", errors="replace").strip("\0 ")
