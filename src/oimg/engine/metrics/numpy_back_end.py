"""The numpy back end: always there, strip by strip and tile by tile."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from oimg.engine.metrics.error_maps import Comparison, PreparedPlane
from oimg.engine.metrics.ssimulacra2_constants import BACKGROUNDS, WEIGHTS, Plane
from oimg.engine.metrics.strips import Strip, cut, planes_of
from oimg.engine.metrics.sums import Sink
from oimg.engine.metrics.xyb import Pixels8, has_alpha

# The planes of a strip, and what they are made of, take about 10 bytes a pixel, for the candidate and for the original.
STRIP_PIXELS = 3_000_000
# A prepared original takes 20 bytes per pixel; larger ones are processed again for each candidate.
CACHE_PIXELS = 8_000_000


class Original:
    """An original whose planes, with mean and variance, are kept where they are small enough."""

    def __init__(self, pixels: Pixels8) -> None:
        self._pixels = pixels
        height, width = pixels.shape[:2]
        self._strips = cut(height, width, STRIP_PIXELS)
        self._prepared: dict[float | None, list[dict[Plane, PreparedPlane]]] = {}
        backgrounds = BACKGROUNDS if has_alpha(pixels) else (None,)
        if height * width * len(backgrounds) <= CACHE_PIXELS:
            comparison = Comparison()
            for background in backgrounds:
                self._prepared[background] = [
                    {
                        plane: comparison.prepare(padded, strip.rows(plane[0])[0])
                        for plane, padded in planes_of(pixels, strip, background).items()
                    }
                    for strip in self._strips
                ]

    def measure(self, candidate: Pixels8, background: float | None, sink: Sink) -> None:
        """Feed all errors of a candidate to a sink; transparency is laid over `background`."""
        comparison = Comparison()
        for strip, originals in self._originals(background):
            planes = planes_of(candidate, strip, background)
            for plane, original in originals.items():
                receiver = partial(sink.add, plane)
                comparison.compare(original, planes.pop(plane), WEIGHTS[plane], receiver)

    def _originals(self, background: float | None) -> Iterator[tuple[Strip, dict[Plane, PreparedPlane]]]:
        """Each strip with the original's planes, from memory or made now."""
        if not has_alpha(self._pixels):
            background = None
        ready = self._prepared.get(background)
        if ready:
            yield from zip(self._strips, ready, strict=True)
            return
        for strip in self._strips:
            planes = planes_of(self._pixels, strip, background)
            yield (
                strip,
                {plane: PreparedPlane(padded, None, strip.rows(plane[0])[0]) for plane, padded in planes.items()},
            )
