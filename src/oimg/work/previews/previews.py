"""What the window shows of pictures. The work is done on the calling thread; memory is bounded."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final

import numpy as np

from oimg.engine import allocation, difference, glimpse
from oimg.engine.codecs import CODECS
from oimg.engine.curve import points
from oimg.engine.footprint import peak_bytes
from oimg.engine.request import Made, Refusal, Request
from oimg.engine.steps import geometry, sizes
from oimg.words.errors import OimgError
from oimg.words.images import Format, Limits
from oimg.words.preview import CurvePoint, FormatTrial, Glimpse, HeatMap, Region, Result, Shown
from oimg.words.recipe import Mode, Output, Recipe, Target
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken
from oimg.work.files.probe import read_source
from oimg.work.jobs import MemoryGate
from oimg.work.pipeline import transform
from oimg.work.previews import pixels
from oimg.work.previews.glimpses import Glimpses, Look, of_known
from oimg.work.previews.shared_cache import SharedCache

# A photo of 12 megapixels before and after, and the next one before (benchmarks/gui/README.md).
MEMORY: Final = 128 << 20
# The order in which formats are tried: fast ones first.
_TRIED: Final = (Format.JPEG, Format.WEBP, Format.PNG, Format.JXL, Format.TIFF, Format.GIF, Format.AVIF)
# Pixels from which trying all formats takes so long that predictions are shown first.
_WORTH_PREDICTING: Final = 2_000_000
# Bytes that whole pictures may need while they are worked on, all threads together.
WORKING: Final = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """What the engine made of a source with this digest (`content`), and the seconds it took."""

    outcome: Made | Refusal
    seconds: float
    content: bytes

    @property
    def weight(self) -> int:
        return len(self.outcome.data) if isinstance(self.outcome, Made) else 0


class Previews:
    """Pictures before and after, ready to be shown; cached in up to `memory` bytes. Any number of threads may share it.

    Whole pictures are worked on while they need at most `working` bytes together. All methods raise OimgError for what
    cannot be shown, and Cancelled when the token is set.
    """

    def __init__(self, limits: Limits = Limits(), memory: int = MEMORY, working: int = WORKING) -> None:
        self._limits = limits
        self._cache = SharedCache(memory, lambda _: allocation.give_back())
        self._gate = MemoryGate(working)
        self._glimpses = Glimpses(self._cache, limits)

    def original(self, source: SourceFile, token: CancelToken) -> Shown:
        """A picture as it is, upright; of an animation or a document, the first frame or page."""
        make = lambda: pixels.of_image(pixels.decoded(source, self._limits, token))  # noqa: E731
        return self._shown(("original", *_file(source)), make, token)

    def thumbnail(self, source: SourceFile, side: int, token: CancelToken) -> Shown:
        """A small copy of a picture whose longer side has at most `side` pixels.

        It is not cached here: a thousand thumbnails would push out the large pictures.
        """
        large: Shown | None = self._cache.known(("original", *_file(source)))
        if large is None:
            large = pixels.of_image(pixels.decoded(source, self._limits, token, pixels.reduction(source, 2 * side)))
        token.check()
        return pixels.scaled(large, side)

    def base(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> Shown:
        """A picture as the recipe resizes it, which is what the result is compared with."""
        upright, key = source.header.upright_size, self._base_key(source, recipe)
        if key[0] == "original":
            return self.original(source, token)
        is_jpeg = source.header.format is Format.JPEG
        reduced = sizes.reduction(upright, recipe.resize) if is_jpeg else 1

        def make() -> Shown:
            image = pixels.decoded(source, self._limits, token, reduced)
            return pixels.of_image(geometry.resize(image, recipe.resize, reduced))

        return self._shown(key, make, token)

    def result(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> Result:
        """What Optimize makes of a file with this recipe: exactly the bytes it would write, decoded again."""
        whole = self._whole(source, recipe, token)
        if isinstance(whole.outcome, Refusal):
            return _result_of(whole, source, None)
        key = ("result", *_file(source), _essence(recipe))
        made = whole.outcome
        return _result_of(whole, source, self._shown(key, lambda: self._of_made(made, token), token))

    def prepare(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> None:
        """Make what will soon be asked for; only the base gets pixels, since more of them would take much memory."""
        self.base(source, recipe, token)
        self._whole(source, recipe, token)

    def glimpse(self, source: SourceFile, recipe: Recipe, region: Region, scale: float, token: CancelToken) -> Glimpse:
        """A quick look at how a region will come out; `scale` is screen pixels per picture pixel.

        Taken from the result itself if that is cached, else encoded at a predicted quality.
        """
        whole: _Whole | None = self._cache.known(("whole", *_file(source), _essence(recipe)))
        known: Shown | None = self._cache.known(("result", *_file(source), _essence(recipe)))
        _, size = sizes.plan_size(source.header.upright_size, recipe.resize)
        if whole is not None and isinstance(whole.outcome, Made) and known is not None and known.size == size:
            return of_known(known, region, scale, whole.outcome.quality)
        base = self.base(source, recipe, token)
        self._cache.hold(self._base_key(source, recipe))  # a slider that moves asks for it again and again
        token.check()
        if whole is not None and isinstance(whole.outcome, Refusal):  # the file stays as it is
            return of_known(base, region, scale, None)
        return self._glimpses.look(Look(source, recipe, base, region.within(base.size), min(1.0, scale), token))

    def heatmap(self, source: SourceFile, recipe: Recipe, gain: float, token: CancelToken) -> HeatMap:
        """A map of where the result differs from the base: one colour per score, with differences `gain` times larger.

        A file that is kept has no differences.
        """
        result = self.result(source, recipe, token)
        base = self.base(source, recipe, token)
        if result.shown is None:
            equal = np.full((1, 1), 100, np.float32)
            return HeatMap(pixels.sealed(difference.painted(equal, base.size, 1)), 100.0, 100.0)
        after = result.shown
        make = lambda: difference.local_scores(base.pixels, after.pixels, result.format, recipe.background)  # noqa: E731
        key = ("cells", *_file(source), _essence(recipe))
        with self._room(source, recipe, token):
            cells = self._cache.get(key, make, lambda cells: cells.nbytes, token)
        token.check()
        painted = pixels.sealed(difference.painted(cells, after.size, gain))
        return HeatMap(painted, float(cells.min()), 100.0 if result.score is None else result.score)

    def formats(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> Iterator[FormatTrial]:
        """Try the recipe with every format, fast ones first; a minimum of savings is ignored.

        For a large photo, predictions for the lossy formats come first.
        """
        yield from self._predicted(source, recipe, token)
        for target in _TRIED:
            asked = replace(recipe, format=Target(target.value), min_savings=0.0, min_saved_bytes=0)
            try:
                whole = self._whole(source, asked, token)
            except OimgError as error:
                yield FormatTrial(target, None, error.code.value)
                continue
            if isinstance(whole.outcome, Refusal):
                yield FormatTrial(target, None, whole.outcome.code.value)
            else:
                yield FormatTrial(target, _result_of(whole, source, None))

    def _predicted(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> Iterator[FormatTrial]:
        """Estimate from a sample what takes many seconds to find out on the whole picture."""
        header = source.header
        if header.pixels < _WORTH_PREDICTING or header.frames > 1 or header.features or recipe.mode is Mode.LOSSLESS:
            return
        base = self.base(source, recipe, token)
        for target in glimpse.PREDICTED_FORMATS:
            token.check()
            asked = replace(recipe, format=Target(target.value))
            if self._cache.known(("whole", *_file(source), _essence(asked))) is None:
                insight = glimpse.Insight(base.pixels, target, asked, self._limits, quickly=False)
                coding, score, size = insight.predicted(asked)
                result = Result(None, target, size, score, coding.options.quality, 0.0)
                yield FormatTrial(target, result, approximate=True)

    def curve(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> Iterator[CurvePoint]:
        """Bytes and score at several qualities of the recipe's format, the most informative first.

        A format without qualities has no points. The bytes do not include metadata.
        """
        base = self.base(source, recipe, token)
        target = glimpse.likely_format(base.pixels, source.header, recipe)
        if target is None or not glimpse.loses(target, replace(recipe, mode=Mode.QUALITY)):
            return
        asked = replace(recipe, format=Target(target.value))
        made = points(glimpse.ready(base.pixels, target, asked, self._limits, token.check))
        point: CurvePoint | None
        while True:
            with self._room(source, asked, token):  # released between points, so that others can work
                point = next(made, None)
            if point is None:
                return
            yield point

    def proven(self, untrusted: bytes, source: SourceFile, recipe: Recipe) -> Made | Refusal | None:
        """What was made of exactly these bytes before, for Optimize to reuse; None if it is not cached."""
        whole: _Whole | None = self._cache.known(("whole", *_file(source), _essence(recipe)))
        known = whole is not None and whole.content == _digest(untrusted)
        return whole.outcome if whole is not None and known else None

    def _base_key(self, source: SourceFile, recipe: Recipe) -> tuple[Hashable, ...]:
        upright = source.header.upright_size
        if sizes.plan_size(upright, recipe.resize) == (upright, upright):
            return "original", *_file(source)
        return "base", *_file(source), recipe.resize

    def _whole(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> _Whole:
        key = ("whole", *_file(source), _essence(recipe))
        return self._cache.get(key, lambda: self._transformed(source, recipe, token), lambda made: made.weight, token)

    def _transformed(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> _Whole:
        token.check()
        with self._room(source, recipe, token):
            untrusted = read_source(source)
            token.check()
            request = Request(untrusted, source.header, recipe, self._limits, token.check)
            began = time.perf_counter()
            outcome = pixels.patiently(lambda: transform(request), token)
            return _Whole(outcome, time.perf_counter() - began, _digest(untrusted))

    @contextmanager
    def _room(self, source: SourceFile, recipe: Recipe, token: CancelToken) -> Iterator[None]:
        """Wait until the memory for a whole picture is free; afterwards return it to the system."""
        cost = peak_bytes(source.header, recipe)
        self._gate.enter(cost, token)
        try:
            yield
        finally:
            self._gate.leave(cost)
            allocation.give_back()

    def _of_made(self, made: Made, token: CancelToken) -> Shown:
        token.check()
        header = CODECS[made.format].probe(BytesIO(made.data))
        return pixels.patiently(lambda: pixels.of_file(made.data, header, self._limits), token)

    def _shown(self, key: Hashable, make: Callable[[], Shown], token: CancelToken) -> Shown:
        return self._cache.get(key, make, lambda shown: shown.pixels.nbytes, token)


def _result_of(whole: _Whole, source: SourceFile, shown: Shown | None) -> Result:
    """Put the values together that describe a whole picture."""
    outcome, header = whole.outcome, source.header
    if isinstance(outcome, Refusal):
        kept = outcome.code, outcome.detail
        size = source.byte_size
        return Result(None, header.format, size, outcome.score, None, whole.seconds, kept, outcome.notices)
    return Result(
        shown,
        outcome.format,
        len(outcome.data),
        outcome.score,
        outcome.quality,
        whole.seconds,
        None,
        outcome.notices,
        lossless=outcome.score == 100 and outcome.quality is None,
    )


def _file(source: SourceFile) -> tuple[Hashable, ...]:
    """Part of a cache key: the file, and its state."""
    return source.path, source.identity


def _essence(recipe: Recipe) -> Recipe:
    """The recipe without its output, which does not change the bytes of a result."""
    return replace(recipe, output=Output())


def _digest(untrusted: bytes) -> bytes:
    return hashlib.sha256(untrusted).digest()
