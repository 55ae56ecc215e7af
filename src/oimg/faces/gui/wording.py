"""The sentences that all faces share, as the window says them: it calls switches by their names in the options."""

from __future__ import annotations

from typing import Final

from oimg.faces import messages
from oimg.faces.messages import Switches, _
from oimg.words.report import KeptCode, Outcome
from oimg.words.undo import RefusalCode

SWITCHES: Final = Switches(
    flatten=_("“Keep the plain picture only”"),
    srgb=_("“Convert colours to sRGB”"),
    format=_("“Format”"),
    undo_file=_("“Bring the original back”"),
)


def reason(outcome: Outcome) -> str:
    """Say why a file is kept, failed or stopped."""
    return sentence(messages.reason(outcome, SWITCHES))


def why_kept(code: KeptCode, detail: str = "") -> str:
    """Say why a file is kept as it is."""
    return sentence(messages.why_kept(code, detail, SWITCHES))


def not_restored(code: RefusalCode, detail: str = "") -> str:
    """Say why an original was not put back."""
    return sentence(messages.not_restored(code, detail, SWITCHES))


def sentence(text: str) -> str:
    """Begin with a capital, as a line of its own does."""
    return text[:1].upper() + text[1:]
