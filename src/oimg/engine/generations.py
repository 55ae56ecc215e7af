"""Another lossy generation of a lossy picture: how few bytes it must have to be worth what it costs the picture."""

from __future__ import annotations

import math
from typing import Final

from oimg.engine.codecs import jpeg
from oimg.engine.request import Request
from oimg.engine.targets import moves_pixels
from oimg.words.images import Format
from oimg.words.recipe import Mode

# A lossy picture is coded again with loss only where it saves at least this share: every generation costs quality
# that no score against the last one shows, and a result must never be worth another pass. By mode: a JPEG of our
# own, a JPEG of somebody else, any other format, whose encoder cannot be told. Measured by
# benchmarks/search/generations.py (docs/adr/0011-generation-loss.md).
GENERATION_GAIN: Final = {Mode.VISUAL: (0.55, 0.25, 0.45), Mode.QUALITY: (0.12, 0.05, 0.15)}


def most_bytes(request: Request) -> float:
    """Bytes that another lossy coding of the picture may have at most, its pixels as they are."""
    return request.picture_bytes * (1 - _least_gain(request))


def most_bytes_as(request: Request, target: Format) -> float:
    """Bytes that a file of another format, which nobody asked for by name, may have; of its own, it says nothing."""
    if target is request.header.format or moves_pixels(request.header, request.recipe):
        return math.inf
    return most_bytes(request)


def _least_gain(request: Request) -> float:
    """The share of its bytes that another lossy coding of this source has to save."""
    gains = GENERATION_GAIN.get(request.recipe.mode)
    if gains is None or not request.header.lossy:
        return 0.0
    own, foreign, other = gains
    if request.header.format is not Format.JPEG:
        return other
    return own if jpeg.is_own(request.untrusted) else foreign
