"""How many encodings the search takes: counted inside of OIMG, where the engine asks for them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import wraps
from itertools import product
from typing import Any

from benchmarks.peers.measure import source_of
from benchmarks.peers.pictures import Picture

from oimg.engine import candidates, child
from oimg.engine.transform import Request, inspect_header, transform
from oimg.words.recipe import Recipe, Target


@dataclass(frozen=True, slots=True)
class Searched:
    """Encodings at qualities that were tried for a picture in a format, all searches for it together."""

    format: str
    kind: str
    picture: str
    target: float
    encodes: int


def searched(
    pictures: Iterable[Picture], formats: Iterable[str], targets: Iterable[float], parallel: int = 1
) -> list[Searched]:
    """Optimize pictures in this process and count; those that need no search, as lossless is small enough, are out."""
    search, here = candidates.for_score, threading.local()

    @wraps(search)
    def counting(*arguments: Any, **options: Any) -> Any:
        found = search(*arguments, **options)
        here.encodes += found.encodes
        return found

    def count(picture: Picture, name: str, target: float) -> Searched:
        here.encodes = 0
        untrusted = source_of(picture, name).read_bytes()
        transform(Request(untrusted, inspect_header(untrusted), Recipe(format=Target(name), target=target)))
        return Searched(name, picture.kind, picture.name, target, here.encodes)

    try:
        candidates.for_score = counting
        with ThreadPoolExecutor(parallel) as pool:
            rows = list(pool.map(lambda each: count(*each), product(pictures, formats, targets)))
    finally:
        candidates.for_score = search
        child.close_all()
    return [row for row in rows if row.encodes]
