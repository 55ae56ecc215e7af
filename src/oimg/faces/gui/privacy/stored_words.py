"""What is kept on this machine, in words."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import Final

from oimg.faces.messages import _, ngettext, number, size
from oimg.words.answers import Stored, StoredKind
from oimg.words.i18n import N_

_TITLES: Final = MappingProxyType(
    {
        StoredKind.ORIGINALS: N_("Originals that were replaced"),
        StoredKind.MEMORY: N_("Memory of what was done"),
        StoredKind.PRESETS: N_("Your presets"),
        StoredKind.SETTINGS: N_("Preferences"),
        StoredKind.WINDOW: N_("Look of the window"),
        StoredKind.LOG: N_("Log of errors"),
    }
)
_ABOUT: Final = MappingProxyType(
    {
        StoredKind.ORIGINALS: N_("Kept so that you can undo."),
        StoredKind.MEMORY: N_("So that nothing is worked on twice. It holds no pictures and no readable names."),
        StoredKind.PRESETS: N_("The recipes that you named."),
        StoredKind.SETTINGS: N_("What you set in the preferences."),
        StoredKind.WINDOW: N_("Its size and place, and the options that you used last."),
        StoredKind.LOG: N_("Details of what went wrong in OIMG itself. Names of files can be in it."),
    }
)
_QUESTIONS: Final = MappingProxyType(
    {
        StoredKind.ORIGINALS: (
            N_("Erase the originals that were replaced?"),
            N_("The optimized pictures stay. What was replaced cannot be brought back afterwards."),
        ),
        StoredKind.MEMORY: (
            N_("Erase the memory of what was done?"),
            N_("Pictures stay as they are. If you add the same ones again, they are worked on again."),
        ),
        StoredKind.PRESETS: (
            N_("Erase all presets of your own?"),
            N_("The presets that come with OIMG stay."),
        ),
        StoredKind.SETTINGS: (
            N_("Erase your preferences?"),
            N_("Everything is set as it was at the first start."),
        ),
        StoredKind.WINDOW: (
            N_("Forget the look of the window?"),
            N_("The next start looks like the first one."),
        ),
        StoredKind.LOG: (N_("Erase the log of errors?"), N_("It is only needed to find out what went wrong.")),
    }
)
ORDER: Final = tuple(_TITLES)
"""The most weighty first."""


def title(kind: StoredKind) -> str:
    """Name a kind."""
    return _(_TITLES[kind])


def about(kind: StoredKind) -> str:
    """Say what it is for."""
    return _(_ABOUT[kind])


def question(kind: StoredKind) -> tuple[str, str]:
    """Give the question before it is erased, and what that means."""
    asked, means = _QUESTIONS[kind]
    return _(asked), _(means)


def amount(stored: Stored) -> str:
    """Say how much there is of it."""
    if not stored.byte_size and not stored.count:
        return _("Nothing is stored.")
    bytes_ = size(stored.byte_size)
    if stored.kind is StoredKind.ORIGINALS:
        text = ngettext("{count} original, {size}", "{count} originals, {size}", stored.count)
        told = text.format(count=number(stored.count), size=bytes_)
        return told if stored.oldest is None else f"{told}, {age(stored.oldest)}"
    if stored.kind is StoredKind.PRESETS:
        text = ngettext("{count} preset, {size}", "{count} presets, {size}", stored.count)
        return text.format(count=number(stored.count), size=bytes_)
    return bytes_


def age(since: float) -> str:
    """Say how long ago the oldest was put there."""
    days = max(0, int((time.time() - since) // 86_400))
    if not days:
        return _("all from the last 24 hours")
    return ngettext("the oldest from {count} day ago", "the oldest from {count} days ago", days).format(
        count=number(days)
    )
