"""One encoding that was tried, and how it is made and scored."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from oimg.engine.search.belief import Belief
from oimg.engine.search.judge import Judge
from oimg.engine.search.part import ask_part
from oimg.engine.search.prior import Floats, prior
from oimg.words.images import DecodedImage, EncodeOptions, Format

MAX_ENCODES: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One encoding that was tried. `score` is None where nothing was measured."""

    data: bytes
    options: EncodeOptions
    decoded: DecodedImage | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The smallest candidate that passes, or None; the best score and the fewest bytes that were reached."""

    best: Candidate | None
    highest: float
    encodes: int
    fewest: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """How to make and score candidates of one format for one picture.

    `options` are shared by all candidates; `qualities` are the lowest, the highest and the step of what may be tried.
    `pixels` counts all frames together, `beside` are the bytes of a file that are not pixels (metadata and so on),
    `statistics` are those of `appearance`. `part` returns a trial on a part of a large picture, or None.
    """

    format: Format
    options: EncodeOptions
    qualities: tuple[float, float, float]
    encode: Callable[[EncodeOptions], bytes]
    decode: Callable[[bytes], DecodedImage]
    judge: Judge
    check: Callable[[], None]
    pixels: int
    beside: int = 0
    statistics: Floats | None = None
    part: Callable[[], Trial | None] = lambda: None

    @property
    def coding(self) -> str:
        """What the priors call this way of encoding."""
        full = self.format is Format.JPEG and self.options.full_chroma
        return "jpeg-444" if full else self.format.value

    def belief(self) -> Belief:
        """What is known of the picture's curves before anything is encoded."""
        return Belief(prior(self.coding, self.options.effort), self.qualities, self.statistics)

    def informed(self, target: float, slack: float) -> Belief:
        """What is known before the whole is encoded; for a large picture, after tries on a part of it."""
        belief = self.belief()
        if (part := self.part()) is not None:
            ask_part(part, belief, target, slack)
        return belief

    def density(self, size: int) -> float:
        """The density of a file of so many bytes: the natural logarithm of its bytes per pixel."""
        return math.log(max(1, size - self.beside) / self.pixels)

    def make(self, quality: float) -> Candidate:
        """Encode only; asks before whether to stop."""
        self.check()
        options = replace(self.options, quality=quality)
        return Candidate(self.encode(options), options)

    def run(self, quality: float) -> Candidate:
        """Encode, decode and score; asks before and after encoding whether to stop."""
        made = self.make(quality)
        self.check()
        decoded = self.decode(made.data)
        return replace(made, decoded=decoded, score=self.judge.score(decoded))
