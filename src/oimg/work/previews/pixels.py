"""Pixels for the screen, from files and from the engine's pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast

import numpy as np
import numpy.typing as npt

from oimg.engine import guarded
from oimg.engine.codecs.base import check_limits
from oimg.engine.search import shown
from oimg.engine.steps.geometry import orient, scale_to
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import DecodedImage, Format, Frame, Header, Limits
from oimg.words.preview import Shown
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken
from oimg.work.files.probe import read_source

T = TypeVar("T")
# By what factors a JPEG's sides can be divided while it is decoded, the largest first.
_REDUCTIONS: Final = (8, 4, 2)


def decoded(source: SourceFile, limits: Limits, token: CancelToken, reduced: int = 1) -> DecodedImage:
    """Decode the first frame of a file, upright; `reduced` divides a JPEG's sides. Raises OimgError, Cancelled."""
    token.check()
    check_limits(source.header, source.byte_size, limits)
    untrusted = read_source(source)
    token.check()
    image = patiently(lambda: guarded.decode_first(untrusted, source.header, limits, reduced), token)
    token.check()
    return orient(image)


def patiently(call: Callable[[], T], token: CancelToken) -> T:
    """Make a call that may need a child process; repeat it once if that died: stopping a batch ends all children."""
    try:
        return call()
    except OimgError as error:
        token.check()
        if error.code is not ErrorCode.CODEC_CRASHED:
            raise
        return call()


def of_file(data: bytes, header: Header, limits: Limits) -> Shown:
    """The first frame of a file that OIMG wrote."""
    return of_image(orient(guarded.decode_first(data, header, limits.without_ratio())))


def of_image(image: DecodedImage) -> Shown:
    """The first frame of an upright picture."""
    pixels = shown(image, image.pixels)
    if pixels.shape[2] < 3:  # gray
        alpha = pixels[..., 1:]
        pixels = np.concatenate([np.repeat(pixels[..., :1], 3, axis=2), alpha], axis=2)
    return sealed(pixels)


def scaled(large: Shown, side: int) -> Shown:
    """Scale so that the longer side has `side` pixels, unless it has fewer already."""
    width, height = large.size
    longest = max(width, height)
    if longest <= side:
        return large
    size = max(1, round(width * side / longest)), max(1, round(height * side / longest))
    return sealed(cast("npt.NDArray[np.uint8]", scale_to(DecodedImage((Frame(large.pixels),)), size).pixels))


def sealed(pixels: npt.NDArray[np.uint8]) -> Shown:
    """Wrap pixels in a view that cannot be written to, so that no thread changes another's picture."""
    whole = np.ascontiguousarray(pixels).view()
    whole.flags.writeable = False
    return Shown(whole)


def reduction(source: SourceFile, side: int) -> int:
    """The factor (1, 2, 4, 8) by which a JPEG may be decoded smaller, so that its longer side keeps `side` pixels."""
    if source.header.format is not Format.JPEG:
        return 1
    longest = max(source.header.width, source.header.height)
    return next((factor for factor in _REDUCTIONS if longest >= factor * side), 1)
