"""Generation loss: how few bytes another lossy encoding of a lossy picture must have to be worth its loss."""

from __future__ import annotations

import math
from typing import Final

from oimg.engine.codecs import jpeg
from oimg.engine.request import Request
from oimg.engine.targets import moves_pixels
from oimg.words.images import Format
from oimg.words.recipe import Mode

# A lossy picture is encoded with loss again only if that saves at least this share of its bytes: every generation costs
# quality that a score against the previous one does not show, and our own results must never be worth another pass. By
# mode: our own JPEGs, other JPEGs, other formats, whose encoder cannot be recognised. Measured by
# benchmarks/search/generations.py (docs/adr/0011-generation-loss.md).
GENERATION_GAIN: Final = {Mode.VISUAL: (0.55, 0.25, 0.45), Mode.QUALITY: (0.12, 0.05, 0.15)}


def most_bytes(request: Request) -> float:
    """The most bytes that another lossy encoding of the picture, with the same pixels, may have."""
    return request.picture_bytes * (1 - _least_gain(request))


def most_bytes_as(request: Request, target: Format) -> float:
    """The most bytes for a file of another format, chosen by `auto`; infinite for the source's own format."""
    if target is request.header.format or moves_pixels(request.header, request.recipe):
        return math.inf
    return most_bytes(request)


def _least_gain(request: Request) -> float:
    """The share of its bytes that another lossy encoding of this source has to save, 0 to 1."""
    gains = GENERATION_GAIN.get(request.recipe.mode)
    if gains is None or not request.header.lossy:
        return 0.0
    own, foreign, other = gains
    if request.header.format is not Format.JPEG:
        return other
    return own if jpeg.is_own(request.untrusted) else foreign
