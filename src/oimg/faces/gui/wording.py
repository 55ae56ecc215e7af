"""The sentences that all faces share, as the window says them: it calls switches by their names in the options."""

from __future__ import annotations

from typing import Final

from oimg.faces import messages
from oimg.faces.gui.actions import SPECS, Act, plain
from oimg.faces.messages import Switches, _
from oimg.words.report import KeptCode, Outcome
from oimg.words.undo import RefusalCode


def _named(label: str) -> str:
    return _("“{name}”").format(name=label)


# By the very texts that the controls bear: tests/gui/test_wording.py finds each on its control.
SWITCHES: Final = Switches(
    flatten=_named(_("Take the plain picture of special files")),
    srgb=_named(_("Convert to sRGB")),
    format=_named(_("Format")),
    undo_file=_named(plain(SPECS[Act.UNDO_FILES].text)),
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
