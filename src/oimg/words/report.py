"""What came of the work: one outcome per file, one report per batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from oimg.words.errors import ErrorCode
from oimg.words.images import Format, Header, Limits
from oimg.words.privacy import MetadataGroup


class KeptCode(StrEnum):
    """Why a file stays as it is. The values are part of the JSON contract and never change meaning."""

    NOT_SMALLER = "not-smaller"
    BELOW_GATE = "below-minimum-savings"
    ALREADY_OPTIMIZED = "already-optimized"
    WITHIN_SIZE = "already-within-size"
    TARGET_UNREACHABLE = "target-unreachable"
    SIZE_UNREACHABLE = "size-unreachable"
    EXISTS = "destination-exists"
    OWN_RESULT = "own-result"
    ANIMATION = "animation-not-carried"
    MULTI_PAGE = "pages-not-carried"
    MULTI_PICTURE = "pictures-not-carried"
    GAIN_MAP = "gain-map-not-carried"
    MOTION_PHOTO = "motion-not-carried"
    DEPTH_MAP = "depth-map-not-carried"
    HDR = "hdr-not-carried"
    C2PA = "content-credentials-not-carried"
    BIT_DEPTH = "bit-depth-not-carried"
    COLOR = "color-not-carried"
    GAMMA = "gamma-not-carried"
    LOSSLESS = "lossless-not-possible"
    READ_ONLY_FORMAT = "format-not-writable"
    DAMAGED = "damaged"
    NOT_AN_IMAGE = "not-an-image"
    FOLDER_LINK = "folder-link-not-followed"
    DIMENSIONS = "too-large-for-format"
    SAME_FILE = "same-file"
    LINKED = "linked-elsewhere"
    PROTECTED = "write-protected"


class Notice(StrEnum):
    """Something the user should know about a result that is otherwise fine."""

    WRONG_SUFFIX = "wrong-suffix"
    CMYK_GUESSED = "cmyk-without-profile"
    BAD_PROFILE = "unusable-color-profile"
    NOT_CONVERTED = "color-not-converted"
    ALPHA_FLATTENED = "transparency-flattened"
    METADATA_DROPPED = "metadata-not-carried"
    APPROXIMATE_SCORE = "approximate-score"
    METADATA_STAYS = "metadata-not-removed"
    DATES_NOT_KEPT = "dates-not-kept"
    ATTRIBUTES_NOT_KEPT = "attributes-not-kept"
    PREVIEW_DROPPED = "embedded-preview-dropped"
    TRAILING_DATA = "trailing-data-dropped"
    GAIN_MAP_DROPPED = "gain-map-dropped"
    MOTION_DROPPED = "motion-dropped"
    DEPTH_MAP_DROPPED = "depth-map-dropped"
    PICTURES_DROPPED = "second-picture-dropped"
    CREDENTIALS_DROPPED = "content-credentials-dropped"
    DONE_BEFORE = "done-before"


Identity: TypeAlias = tuple[int, int, int, int]
"""Identifies a file and its state: device, inode, size in bytes, modification time in ns."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The user's file, with its header.

    `root` is the folder it was found under (its own folder if it was named itself); an output folder mirrors the tree
    below it. `identity` shows whether the file has changed; `links` is its number of hard links.
    """

    path: Path
    root: Path
    byte_size: int
    identity: Identity
    header: Header
    links: int = 1

    @property
    def weight(self) -> int:
        """Its share of the work, for progress: its pixels, but no more than its bytes can plausibly hold.

        A header that claims more is refused without work (`Limits.max_pixels_per_byte`).
        """
        return max(1, min(self.header.pixels, Limits().max_pixels_per_byte * self.byte_size))


@dataclass(frozen=True, slots=True)
class Optimized:
    """A smaller (or explicitly requested) file was verified and written.

    `written` identifies the new file under `output`; None if it replaced the original, or was there before.
    """

    path: Path
    source: SourceFile
    output: Path
    format: Format
    output_bytes: int
    width: int
    height: int
    frames: int
    score: float | None = None
    quality: float | None = None
    warnings: tuple[Notice, ...] = ()
    removed: tuple[MetadataGroup, ...] = ()
    written: Identity | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """Nothing to gain, or refused for a reason. `output` is the unchanged copy in another folder, `written` as above.

    `source` is None for a file found in a folder that is not a picture.
    """

    path: Path
    source: SourceFile | None
    code: KeptCode
    detail: str = ""
    output: Path | None = None
    score: float | None = None
    warnings: tuple[Notice, ...] = ()
    written: Identity | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """The file could not be read, made or written."""

    path: Path
    code: ErrorCode
    detail: str = ""
    source: SourceFile | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The user stopped before this file was finished."""

    path: Path
    source: SourceFile | None = None


Outcome: TypeAlias = Optimized | Kept | Failed | Stopped


@dataclass(frozen=True, slots=True)
class Record:
    """One outcome and the seconds it took on its worker."""

    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """A whole batch, in the order the files were given; `in_place` says that results took the place of originals."""

    batch: str
    records: tuple[Record, ...]
    seconds: float
    in_place: bool = False

    def count(self, kind: type[Outcome]) -> int:
        """How many outcomes are of one kind."""
        return sum(isinstance(record.outcome, kind) for record in self.records)

    @property
    def undoable(self) -> bool:
        """Whether there is something that undo could take back."""
        return self.in_place and self.count(Optimized) > 0

    @property
    def removable(self) -> bool:
        """Whether there are results, or copies, that it wrote beside originals or into another folder."""
        outcomes = (record.outcome for record in self.records)
        return any(isinstance(each, Optimized | Kept) and each.written is not None for each in outcomes)

    @property
    def exit_code(self) -> int:
        """0 done, 1 some failed, 130 interrupted."""
        if self.count(Stopped):
            return 130
        return int(self.count(Failed) > 0)

    @property
    def source_bytes(self) -> int:
        """Bytes of all sources that were optimized or kept."""
        return sum(before for before, _ in map(bytes_of, self.records))

    @property
    def output_bytes(self) -> int:
        """Bytes of their results; a kept file counts with its own size."""
        return sum(after for _, after in map(bytes_of, self.records))


def bytes_of(record: Record) -> tuple[int, int]:
    """Bytes before and after; a failed or stopped file counts for neither."""
    match record.outcome:
        case Optimized(source=source, output_bytes=after):
            return source.byte_size, after
        case Kept(source=SourceFile(byte_size=size)):
            return size, size
        case Kept() | Failed() | Stopped():
            return 0, 0
