"""What the stage says: results and reasons in plain words."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from oimg.faces import messages
from oimg.faces.gui import wording
from oimg.faces.gui.stage.scene import ViewMode
from oimg.faces.messages import _
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.i18n import N_
from oimg.words.preview import Result
from oimg.words.report import KeptCode

# From the best down: the least score, and what people see at it.
_SCORES: Final = (
    (90.0, N_("looks the same")),
    (80.0, N_("very good")),
    (70.0, N_("good")),
    (50.0, N_("visible loss")),
    (0.0, N_("strong loss")),
)
_MODES: Final = MappingProxyType(
    {
        ViewMode.SPLIT: N_("Split"),
        ViewMode.SIDE: N_("Side by side"),
        ViewMode.ORIGINAL: N_("Original"),
        ViewMode.RESULT: N_("Result"),
        ViewMode.DIFFERENCE: N_("Difference"),
    }
)


def score(value: float, *, lossless: bool = False) -> str:
    """Say in words how much a result looks like its original."""
    if lossless:
        return _("identical")
    return _(next((text for least, text in _SCORES if value >= least), _SCORES[-1][1]))


def result_labels(result: Result) -> tuple[str, ...]:
    """Say in a label what a result is, in three lengths."""
    size = messages.size(result.byte_size)
    short = _("Result {size}").format(size=size)
    if result.lossless:
        whole = _("Result {size}, identical").format(size=size)
    elif result.score is None:
        whole = short
    else:
        whole = _("Result {size}, score {score}").format(size=size, score=f"{result.score:.0f}")
    return whole, short, size


def heat_labels(result: Result | None) -> tuple[str, ...]:
    """Name the map of differences; a map that is black all over says why."""
    if result is not None and result.lossless:
        return _("No differences: every pixel is the same"), _("No differences")
    return (_("Differences"),)


def glance_labels(quality: float | None) -> tuple[str, ...]:
    """Say in a label that these are quick pixels, and at which quality."""
    short = _("Quick look")
    return (short,) if quality is None else (_("Quick look, quality {quality}").format(quality=f"{quality:g}"), short)


def stays(code: KeptCode, detail: str) -> str:
    """Say in a sentence why a file stays as it is."""
    whole = _("This file stays as it is: {reason}.").format(reason=wording.kept(code))
    if code is KeptCode.TARGET_UNREACHABLE and detail:
        return _("{sentence} The best score was {score}.").format(sentence=whole, score=messages.printable(detail))
    if code in wording.FLATTENED:
        more = _("{sentence} To have one without it, turn on {switch} in the advanced options.")
        return more.format(sentence=whole, switch=wording.SWITCHES.flatten)
    return whole


def no_result(error: OimgError) -> str:
    """Say in a sentence why there is no result to look at."""
    return _("There is no result to show: {reason}.").format(reason=wording.error(error.code, error.detail))


def no_picture(error: OimgError, *, replaced: bool) -> str:
    """Say in a sentence why there is no picture to look at."""
    if replaced and error.code in (ErrorCode.CHANGED, ErrorCode.NOT_FOUND):
        return _("This picture is done: its smaller version has taken its place.")
    return _("This picture cannot be shown: {reason}.").format(reason=wording.error(error.code, error.detail))


def mode(value: ViewMode) -> str:
    """Give the name of a view."""
    return _(_MODES[value])


def zoom(scale: float) -> str:
    """Write a scale: 100 %."""
    return _("{percent} %").format(percent=f"{100 * scale:.0f}")


def described(view: ViewMode, share: float, scale: float) -> str:
    """Say what is seen, for who does not see it."""
    if view is ViewMode.SPLIT:
        text = _("Split view, original {share} percent. Zoom {zoom} percent.")
    elif view is ViewMode.SIDE:
        text = _("Side by side: original first, then the result. Zoom {zoom} percent.")
    elif view is ViewMode.ORIGINAL:
        text = _("The original. Zoom {zoom} percent.")
    elif view is ViewMode.RESULT:
        text = _("The result. Zoom {zoom} percent.")
    else:
        text = _("A map of the differences between original and result. Zoom {zoom} percent.")
    return text.format(share=round(100 * share), zoom=round(100 * scale))
