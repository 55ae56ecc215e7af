"""Verification by decoding: nothing is written that was not read back and compared."""

from __future__ import annotations

from typing import Final

import numpy as np

from oimg.engine.codecs import CODECS
from oimg.engine.prepared import Proposal
from oimg.engine.steps.geometry import orient
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import DecodedImage, Format, Limits, Pixels

# Rows compared at a time, so that intermediate arrays stay in the processor's cache.
_BAND: Final = 64


def prove(proposal: Proposal, limits: Limits) -> None:
    """Decode a finished file and compare it with what it must show. Raises OimgError(VERIFY) if it differs.

    Lossless: every pixel equal. Lossy: every pixel equal to the candidate that was scored.
    """
    if proposal.is_proven:
        return
    wanted = proposal.image
    decoded = proposal.decoded if proposal.is_decoded else None
    again = _decode(proposal.data, proposal.format, limits) if decoded is None else decoded
    if again.size != wanted.size or len(again.frames) != len(wanted.frames):
        raise OimgError(ErrorCode.VERIFY, f"{again.size[0]}x{again.size[1]}, {len(again.frames)} frames")
    if again.orientation != 1:
        raise OimgError(ErrorCode.VERIFY, f"orientation {again.orientation}")
    if again.icc != wanted.icc:
        raise OimgError(ErrorCode.VERIFY, "colour profile")
    if decoded is None:
        _same_frames(again, wanted if proposal.decoded is None else proposal.decoded)
    if len(wanted.frames) > 1:
        _same_timing(again, wanted)


def prove_untouched(data: bytes, source: DecodedImage, format: Format, limits: Limits) -> None:  # noqa: A002
    """Decode a recompressed file: pixels, orientation, frames, delays, loop and profile must be the source's."""
    again = _decode(data, format, limits)
    if again.orientation != source.orientation:
        raise OimgError(ErrorCode.VERIFY, f"orientation {again.orientation}")
    if again.icc != source.icc:
        raise OimgError(ErrorCode.VERIFY, "colour profile")
    _same_frames(again, source)
    _same_timing(again, source)


def same_pixels(one: DecodedImage, other: DecodedImage) -> bool:
    """Whether two pictures show exactly the same, whatever channels they are stored in.

    Colours under full transparency count, as they do in the file.
    """
    if one.size != other.size or len(one.frames) != len(other.frames):
        return False
    return all(_same(a.pixels, b.pixels, one, other) for a, b in zip(one.frames, other.frames, strict=True))


def _same(before: Pixels, after: Pixels, one: DecodedImage, other: DecodedImage) -> bool:
    if before.shape[:2] != after.shape[:2]:
        return False
    alike = before.shape == after.shape and before.dtype == after.dtype and one.color is other.color
    for top in range(0, before.shape[0], _BAND):
        pair = before[top : top + _BAND], after[top : top + _BAND]
        if not alike:
            pair = _wide(pair[0], one), _wide(pair[1], other)
        if not np.array_equal(*pair):
            return False
    return True


def _decode(data: bytes, format: Format, limits: Limits) -> DecodedImage:  # noqa: A002
    try:
        codec = CODECS[format]
        if not codec.sniff(data[:64]):
            raise OimgError(ErrorCode.VERIFY, "the file is not of its own format")
        return codec.decode(data, limits)
    except OimgError as error:
        raise OimgError(ErrorCode.VERIFY, f"{error.code}: {error.detail}") from error


def _same_frames(again: DecodedImage, wanted: DecodedImage) -> None:
    if again.orientation != wanted.orientation:
        again, wanted = orient(again), orient(wanted)
    if not same_pixels(again, wanted):
        raise OimgError(ErrorCode.VERIFY, "pixels")


def _same_timing(again: DecodedImage, wanted: DecodedImage) -> None:
    if [frame.duration for frame in again.frames] != [frame.duration for frame in wanted.frames]:
        raise OimgError(ErrorCode.VERIFY, "delays")
    if len(wanted.frames) > 1 and again.loop != wanted.loop:
        raise OimgError(ErrorCode.VERIFY, f"loop {again.loop}, was {wanted.loop}")


def _wide(pixels: Pixels, image: DecodedImage) -> Pixels:
    """Bring 1 to 4 channels to one shape: gray and RGB with equal shades are the same picture.

    PNG packers store gray as such, drop an alpha that hides nothing and sixteen bits that repeat eight.
    """
    if image.color.channels == 4:
        return pixels
    channels, top = pixels.shape[2], np.iinfo(pixels.dtype).max
    wide = np.empty((*pixels.shape[:2], 4), np.uint16)
    wide[..., :3] = pixels[..., :3] if channels >= 3 else pixels[..., :1]
    wide[..., 3] = pixels[..., -1] if channels in (2, 4) else top
    return wide * np.uint16(257) if top == 255 else wide
