"""How formats, scores and reasons are called where pictures are compared."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from oimg.faces import messages
from oimg.faces.gui.options import words
from oimg.faces.messages import _, number
from oimg.words.errors import ErrorCode
from oimg.words.i18n import N_
from oimg.words.images import Format
from oimg.words.report import KeptCode

# From which score on a picture looks how.
_LOOKS: Final = (
    (90.0, N_("Looks the same")),
    (80.0, N_("Very good")),
    (70.0, N_("Good")),
    (50.0, N_("Visible loss")),
)
_NOT_SMALLER: Final = N_("No smaller than the original")
_REASONS: Final = MappingProxyType(
    {
        KeptCode.NOT_SMALLER: _NOT_SMALLER,
        KeptCode.BELOW_GATE: N_("Saves less than you ask for"),
        KeptCode.ALREADY_OPTIMIZED: N_("The original is small enough already"),
        KeptCode.WITHIN_SIZE: N_("The original is within the size already"),
        KeptCode.TARGET_UNREACHABLE: N_("{format} cannot look as good as you ask for"),
        KeptCode.SIZE_UNREACHABLE: N_("{format} cannot get that small"),
        KeptCode.ANIMATION: N_("{format} cannot take over the movement"),
        KeptCode.MULTI_PAGE: N_("{format} cannot hold all of its pages"),
        KeptCode.MULTI_PICTURE: N_("{format} cannot hold all of its pictures"),
        KeptCode.GAIN_MAP: N_("{format} would lose its HDR brightness"),
        KeptCode.MOTION_PHOTO: N_("{format} would lose its video"),
        KeptCode.DEPTH_MAP: N_("{format} would lose its depth map"),
        KeptCode.HDR: N_("{format} would lose its HDR brightness"),
        KeptCode.C2PA: N_("Its signature does not survive a change"),
        KeptCode.BIT_DEPTH: N_("{format} would lose fine shades of colour"),
        KeptCode.COLOR: N_("{format} cannot hold its colours; sRGB can"),
        KeptCode.GAMMA: N_("{format} would lose its colour correction"),
        KeptCode.LOSSLESS: N_("{format} gets no smaller without loss"),
        KeptCode.READ_ONLY_FORMAT: N_("OIMG can only read this format"),
        KeptCode.DAMAGED: N_("Parts of the picture are damaged"),
        KeptCode.DIMENSIONS: N_("The picture is too large for {format}"),
    }
)


def looks(score: float) -> str:
    """Say how a picture of some score looks."""
    return next((_(text) for least, text in _LOOKS if round(score, 1) >= least), _("Poor"))


def score_text(score: float | None, *, lossless: bool, words: bool = True) -> str:
    """Say how close a result comes: its score, and in words how that looks."""
    if lossless:
        return _("Identical")
    if score is None:
        return ""
    return _("{score} · {looks}").format(score=number(score, 1), looks=looks(score)) if words else f"{score:.1f}"


def why_not(format_: Format, code: str) -> str:
    """Say why there is no result in a format."""
    if code in set(KeptCode):
        kept = KeptCode(code)
        text = _(_REASONS[kept]) if kept in _REASONS else _sentence(_(messages.KEPT[kept]))
        return text.format(format=words.format_name(format_))
    if code in set(ErrorCode):
        return _sentence(messages.error(ErrorCode(code)))
    return _("{format} cannot hold this picture").format(format=words.format_name(format_))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
