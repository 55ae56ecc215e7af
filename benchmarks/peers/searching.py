"""How many encodings the search takes: counted inside of OIMG, where the engine asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


def searched(pictures: Iterable[Picture], formats: Iterable[str], targets: Iterable[float]) -> list[Searched]:
    """Optimize pictures in this process and count; those that need no search, as lossless is small enough, are out."""
    rows = []
    search = candidates.for_score
    try:
        for picture, name, target in product(pictures, formats, targets):
            tried: list[int] = []
            setattr(candidates, "for_score", _counted(search, tried))  # noqa: B010 - mypy minds a plain assignment
            untrusted = source_of(picture, name).read_bytes()
            transform(Request(untrusted, inspect_header(untrusted), Recipe(format=Target(name), target=target)))
            if sum(tried):
                rows.append(Searched(name, picture.kind, picture.name, target, sum(tried)))
    finally:
        setattr(candidates, "for_score", search)  # noqa: B010
        child.close_all()
    return rows


def _counted(search: Callable[..., Any], tried: list[int]) -> Callable[..., Any]:
    @wraps(search)
    def counting(*arguments: Any, **options: Any) -> Any:
        found = search(*arguments, **options)
        tried.append(found.encodes)
        return found

    return counting
