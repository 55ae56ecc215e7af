"""What the window shows of pictures. Work is done on the thread that asks; memory is bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, cast

import numpy as np
import numpy.typing as npt

from oimg.engine import guarded
from oimg.engine.codecs.base import check_limits
from oimg.engine.search import shown
from oimg.engine.steps.geometry import orient, scale_to
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import DecodedImage, Format, Frame, Limits
from oimg.words.preview import Shown
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken
from oimg.work.files.probe import read_source

MEMORY: Final = 320 << 20
# At which sides a JPEG can be decoded smaller, the smallest first.
_REDUCTIONS: Final = (8, 4, 2)


class Previews:
    """Pictures as they are shown, remembered up to so many bytes of pixels. For any number of threads.

    All methods raise OimgError for what cannot be shown, and Cancelled when the token was set.
    """

    def __init__(self, limits: Limits = Limits(), memory: int = MEMORY) -> None:
        self._limits = limits
        self._shelf = _Shelf(memory)

    def original(self, source: SourceFile, token: CancelToken) -> Shown:
        """Give a picture as it is."""
        return self._shelf.get(("original", source.path, source.identity), lambda: self._decoded(source, token, 1))

    def thumbnail(self, source: SourceFile, side: int, token: CancelToken) -> Shown:
        """Give a picture so small that its longer side has at most `side` pixels.

        Whoever asks keeps it: what was shown large is not given up for a thousand small pictures.
        """
        known = self._shelf.known(("original", source.path, source.identity))
        large = known or self._decoded(source, token, _reduction(source, 2 * side))
        token.check()
        return _scaled(large, side)

    def _decoded(self, source: SourceFile, token: CancelToken, reduction: int) -> Shown:
        token.check()
        check_limits(source.header, source.byte_size, self._limits)
        untrusted = read_source(source)
        token.check()
        try:
            image = guarded.decode(untrusted, source.header, self._limits, reduction)
        except OimgError as error:  # a batch that is stopped ends all children, ours among them
            token.check()
            if error.code is not ErrorCode.CODEC_CRASHED:
                raise
            image = guarded.decode(untrusted, source.header, self._limits, reduction)
        token.check()
        return _as_shown(image)


class _Shelf:
    """Pixels by what they show; those that were not asked for the longest give way."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._used = 0
        self._kept: OrderedDict[Hashable, Shown] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, key: Hashable) -> Shown | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def get(self, key: Hashable, make: Callable[[], Shown]) -> Shown:
        """Give what is there, or make it. Two threads that ask for the same at the same time both make it."""
        found = self.known(key)
        if found is None:
            found = make()
            self._put(key, found)
        return found

    def _put(self, key: Hashable, made: Shown) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._used += made.pixels.nbytes - (before.pixels.nbytes if before else 0)
            self._kept[key] = made
            while self._used > self._memory and self._kept:
                self._used -= self._kept.popitem(last=False)[1].pixels.nbytes


def _reduction(source: SourceFile, side: int) -> int:
    """By how much a file may be decoded smaller, so that its longer side still has `side` pixels."""
    if source.header.format is not Format.JPEG:
        return 1
    longest = max(source.header.width, source.header.height)
    return next((factor for factor in _REDUCTIONS if longest >= factor * side), 1)


def _as_shown(image: DecodedImage) -> Shown:
    """The first frame as the screen takes it."""
    upright = orient(DecodedImage(image.frames[:1], image.color, image.icc, image.metadata, image.orientation))
    pixels = shown(upright, upright.pixels)
    if pixels.shape[2] < 3:  # gray
        alpha = pixels[..., 1:]
        pixels = np.concatenate([np.repeat(pixels[..., :1], 3, axis=2), alpha], axis=2)
    return _sealed(pixels)


def _scaled(large: Shown, side: int) -> Shown:
    width, height = large.size
    longest = max(width, height)
    if longest <= side:
        return large
    size = max(1, round(width * side / longest)), max(1, round(height * side / longest))
    return _sealed(cast("npt.NDArray[np.uint8]", scale_to(DecodedImage((Frame(large.pixels),)), size).pixels))


def _sealed(pixels: npt.NDArray[np.uint8]) -> Shown:
    """Give pixels out for good: a view that cannot be written to, so that no thread changes another's picture."""
    whole = np.ascontiguousarray(pixels).view()
    whole.flags.writeable = False
    return Shown(whole)
