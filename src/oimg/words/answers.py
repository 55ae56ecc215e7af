"""Answers about a picture, a pair of pictures, and the program itself: plain values for faces to show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from oimg.words.images import Header
from oimg.words.preview import Shown
from oimg.words.privacy import MetadataGroup, Prospect
from oimg.words.report import KeptCode


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is and what it reveals.

    `prospects` are what it reveals, most telling first, each with what becomes of it under the recipe; `removed` are
    the metadata groups of which something would go. `kept` is why the recipe would leave the file as it is, as a code
    and its detail; None where it may be changed, as far as that can be told without doing it.
    """

    path: Path
    byte_size: int
    header: Header
    profile: str
    density: tuple[float, float] | None
    prospects: tuple[Prospect, ...]
    removed: frozenset[MetadataGroup]
    right_suffix: bool
    kept: tuple[KeptCode, str] | None


@dataclass(frozen=True, slots=True)
class EmbeddedPicture:
    """A small picture in the metadata of a file, by the name of its finding, turned as the file is shown."""

    name: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two pictures of one size differ. Differences are in 8-bit steps over all colour channels.

    `score` is SSIMULACRA2, 100 for equal; `worst` is the lowest local score of a cell of 8 by 8 pixels.
    """

    width: int
    height: int
    score: float
    worst: float
    mean_difference: float
    max_difference: int
    identical: bool
    approximate: bool


@dataclass(frozen=True, slots=True)
class CodecState:
    """One format: whether its library is there, and what it can do."""

    format: str
    library: str
    reads: bool
    writes: bool


@dataclass(frozen=True, slots=True)
class GuardLayer:
    """One layer of the network guard as it is at this moment."""

    name: str
    armed: bool
    detail: str


class StoredKind(StrEnum):
    """What the program keeps on this machine."""

    SETTINGS = "settings"
    PRESETS = "presets"
    WINDOW = "window"
    """The window's position and the last choices made in it."""
    ORIGINALS = "originals"
    """Those that results took the place of, for undo."""
    MEMORY = "memory"
    """The cache of results."""
    LOG = "log"
    """Details of unexpected errors."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One kind of stored data: where, how many bytes and items, and `oldest` in seconds since 1970."""

    kind: StoredKind
    path: Path
    byte_size: int
    count: int
    oldest: float | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The state of the program on this machine; `metric` is what computes the visual score: native or numpy.

    `memory_limit` is in bytes; `cache_bytes` is the size of the cache of results on the disk.
    """

    version: str
    python: str
    platform: str
    codecs: tuple[CodecState, ...]
    metric: str
    guard: tuple[GuardLayer, ...]
    folders: tuple[tuple[str, Path], ...]
    workers: int
    memory_limit: int
    cache_bytes: int
    notes: tuple[str, ...] = ()
