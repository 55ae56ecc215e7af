"""What `transform` works from, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oimg.words.images import Format, Header, Limits
from oimg.words.privacy import MetadataGroup
from oimg.words.recipe import Recipe
from oimg.words.report import KeptCode, Notice


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A finished file in memory, proven. Sizes are in pixels; `score` is None where nothing was compared."""

    data: bytes
    format: Format
    width: int
    height: int
    frames: int
    score: float | None
    quality: float | None
    notices: tuple[Notice, ...]
    removed: tuple[MetadataGroup, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is nothing to write."""

    code: KeptCode
    detail: str = ""
    score: float | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A file and what to do with it.

    `check` raises Cancelled when the user has stopped; `threads` tells before each encoding how many it may use.
    Of a file that holds more than its plain picture, where only that is wanted, `untrusted` and `header` are the
    picture's. `beside` is how many bytes of the file are then not in `untrusted`, and `around` how many of those in
    `untrusted` are not the picture's either.
    """

    untrusted: bytes
    header: Header
    recipe: Recipe
    limits: Limits = Limits()
    check: Callable[[], None] = lambda: None
    progress: Callable[[float], None] = lambda _: None
    threads: Callable[[], int] = lambda: 1
    beside: int = 0
    around: int = 0

    @property
    def file_bytes(self) -> int:
        """Bytes of the file as it lies on the disk."""
        return len(self.untrusted) + self.beside

    @property
    def picture_bytes(self) -> int:
        """Bytes of the picture alone, which another lossy generation has to save a share of."""
        return len(self.untrusted) - self.around
