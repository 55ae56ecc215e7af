"""A picture ready to be encoded, how its candidates are made and scored, and a finished file."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from oimg.engine.codecs import ENCODERS
from oimg.engine.search import SMALLEST_EXACT, Candidate, Judge, Trial, shown
from oimg.engine.search.appearance import has_sharp_colors, statistics
from oimg.engine.search.part import part_of
from oimg.engine.search.prior import Floats
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Format, Limits
from oimg.words.once import once
from oimg.words.recipe import Recipe

# Below these sides the metric lacks scales, and pictures that score 80 have visibly wrong colours: measured on the
# corpus's icons and sprites, mean colour differences (CIE 1976) of 3 to 11; most photos of that score stay under 3.
_SMALL_TARGETS: Final = ((32, 95.0), (SMALLEST_EXACT, 90.0))


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A finished file that could be written, of the picture `image`.

    `decoded` is what was scored; None means it must be lossless. `is_decoded` says that `decoded` was read from
    these very bytes, so that they need not be read again. `is_proven` leaves nothing to prove.
    """

    data: bytes
    format: Format
    image: DecodedImage
    score: float | None
    quality: float | None
    decoded: DecodedImage | None = None
    is_decoded: bool = False
    is_proven: bool = False


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture ready to be encoded in one format, and what the recipe asks of the encoding."""

    image: DecodedImage
    target: Format
    recipe: Recipe
    limits: Limits
    check: Callable[[], None]
    progress: Callable[[float], None]
    jpeg: bytes | None = None
    has_lossless: bool = False
    threads: Callable[[], int] = lambda: 1

    @once
    def judge(self) -> Judge:
        """Built on first use: lossless work needs none."""
        return Judge(self.image)

    @once
    def statistics(self) -> Floats:
        """What the picture looks like to a codec, by its first frame."""
        return statistics(shown(self.image, self.image.pixels))

    @once
    def needs_full_chroma(self) -> bool:
        """Whether colour would bleed in a JPEG at half resolution, or there is none: gray has the luma of 4:4:4."""
        pixels = shown(self.image, self.image.pixels)
        return self.image.color is ColorModel.GRAY or has_sharp_colors(pixels)

    @once
    def part(self) -> tuple[DecodedImage, Judge] | None:
        """Bands of a large picture, which are tried first, and who judges them."""
        image = part_of(self.image)
        return None if image is None else (image, Judge(image))

    def trial(self, **options: Any) -> Trial:
        """How candidates are made and judged; `options` change the shared ones."""
        codec, metadata = ENCODERS[self.target], self.image.metadata
        whole = Trial(
            self.target,
            EncodeOptions(effort=self.recipe.effort, **options),
            codec.capabilities.qualities,
            partial(self._encode, self.image),
            lambda data: codec.decode(data, self.limits),
            self.judge,
            self.check,
            pixels=math.prod(self.image.size) * len(self.image.frames),
            beside=len(self.image.icc) + len(metadata.exif) + len(metadata.xmp),
            statistics=self.statistics,
        )
        return replace(whole, part=lambda: self._on_part(whole))

    def _on_part(self, whole: Trial) -> Trial | None:
        """The same trial on a part of a large picture."""
        if self.part is None:
            return None
        image, judge = self.part
        encode = partial(self._encode, image)
        return replace(whole, encode=encode, judge=judge, pixels=math.prod(image.size), beside=len(image.icc))

    def _encode(self, image: DecodedImage, options: EncodeOptions) -> bytes:
        """Encode the picture or its part, with as many threads as are free at the moment."""
        return ENCODERS[self.target].encode(image, replace(options, threads=self.threads()))

    @property
    def least_score(self) -> float:
        """The score to reach. The metric is too kind to small pictures, so they get a higher one."""
        return least_score(self.image.size, self.recipe.target)

    def finish(self, data: bytes) -> bytes:
        """Pack a winner as well as the effort allows."""
        self.check()
        return ENCODERS[self.target].finish(data, self.recipe.effort)

    def propose(self, candidate: Candidate) -> Proposal:
        """Finish a winner."""
        data = self.finish(candidate.data)
        return Proposal(
            data,
            self.target,
            self.image,
            candidate.score,
            candidate.options.quality,
            candidate.decoded,
            is_decoded=data is candidate.data,
        )


def least_score(size: tuple[int, int], target: float) -> float:
    """The score that a picture of this width and height has to reach for a target."""
    side = min(size)
    least = next((score for below, score in _SMALL_TARGETS if side < below), 0.0)
    return max(target, least)
