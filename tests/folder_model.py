"""The values of a model of a folder in which files are replaced and taken back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache

from replacements import picture

NAMES = ("a.png", "b.png", "c.png", "below/a.png", "below/d.png")
VERSIONS = tuple(picture(number * 40) + b"version %d" % number for number in range(5))  # few: they will be equal
ALL_NAMES = (*NAMES, *(f"{name[:-4]}.webp" for name in NAMES))
KNOWN = {hashlib.sha256(data).hexdigest(): data for data in VERSIONS}  # all that may ever be in a picture


@cache
def result_of(data: bytes, suffix: str) -> bytes:
    """Give the result that stands for optimizing some bytes; the same for the same bytes, as with real encoders."""
    digest = hashlib.sha256(data).hexdigest()
    result = picture(int(digest[:2], 16), "WEBP" if suffix else "PNG") + b"result of " + digest.encode()
    KNOWN[hashlib.sha256(result).hexdigest()] = result
    return result


@dataclass(eq=False)
class File:
    """A file as the model has it; names that share one are hard links."""

    data: bytes
    mtime: int
    mode: int


@dataclass(frozen=True)
class Item:
    """A replacement that could be taken back."""

    names: tuple[str, ...]
    output: str | None
    old: bytes
    new: bytes
    mtime: int
    mode: int
    trash: bool

    @property
    def results(self) -> tuple[str, ...]:
        return self.names if self.output is None else (self.output,)

    @property
    def all_names(self) -> set[str]:
        return {*self.names, *self.results}


@dataclass
class Torn:
    """What was under way when the process died, and what a person has touched since."""

    items: list[Item]
    was_undo: bool
    touched: set[str] = field(default_factory=set)
