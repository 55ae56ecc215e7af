"""What the window shows of pictures: values that the work floor makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oimg.words.images import Format
from oimg.words.report import KeptCode, Notice

if TYPE_CHECKING:  # a run in which all is done already loads no numpy
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Pixels for the screen: upright, sRGB, uint8, (height, width, 3 or 4), C-contiguous, alpha straight.

    Threads share them, so the array is read-only.
    """

    pixels: npt.NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])

    @property
    def has_alpha(self) -> bool:
        """Whether there is something to see through."""
        return int(self.pixels.shape[2]) == 4


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture as it will be written, in its pixels; it may reach over the edges."""

    left: int
    top: int
    width: int
    height: int

    def within(self, size: tuple[int, int]) -> Region:
        """The part of it inside a picture of this (width, height); at least the nearest pixel."""
        left, top = (min(max(0, at), side - 1) for at, side in zip((self.left, self.top), size, strict=True))
        right = min(max(left + 1, self.left + self.width), size[0])
        bottom = min(max(top + 1, self.top + self.height), size[1])
        return Region(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a recipe makes of a picture: exactly the file that Optimize would write, or why there is none.

    `shown` is None where the file would be kept, and `kept` says why, as a code and facts; `format` and `byte_size` are
    the source's own then. To a size in bytes, the picture may have become smaller than `Previews.base`. `lossless`
    says that no pixel differs. `seconds` is what the work took.
    """

    shown: Shown | None
    format: Format
    byte_size: int
    score: float | None
    quality: float | None
    seconds: float
    kept: tuple[KeptCode, str] | None = None
    notices: tuple[Notice, ...] = ()
    lossless: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A quick look at how a region will come out, until the whole is made.

    `region` lies within the picture, and `shown` has `scale` pixels for each of its own, 1 at most. `quality` is the
    one that was tried, None where nothing is lost. With `approximate` the whole may look a little different; `before`
    is then the same region of what it is compared with, made small in the same way.
    """

    shown: Shown
    region: Region
    scale: float
    quality: float | None
    approximate: bool = True
    before: Shown | None = None


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Where a result differs from the picture, in absolute colours, of the size of the result.

    `worst` is the lowest local score, `score` that of the whole.
    """

    shown: Shown
    worst: float
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class FormatTrial:
    """What one format makes of a picture; without a `result`, `code` says why: one of `KeptCode` or `ErrorCode`.

    The result has no pixels; to see them, request a result with that format in the recipe. With `approximate` it was
    estimated from a sample, and another trial of the format follows.
    """

    format: Format
    result: Result | None
    code: str = ""
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Bytes and score at one quality of a format; with `approximate`, estimated from a part of a large picture."""

    quality: float
    byte_size: int
    score: float
    approximate: bool = False
    format: Format | None = None
