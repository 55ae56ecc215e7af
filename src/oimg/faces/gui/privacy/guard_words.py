"""The guards in plain words: what each one stops."""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import Final

from oimg.faces.messages import _
from oimg.words.answers import GuardLayer
from oimg.words.i18n import N_

# By the name of the layer: what it is called, and what it stops.
_WORDS: Final = MappingProxyType(
    {
        "audit hook": (
            N_("No part of OIMG may call out"),
            N_("Whatever in this program tries to connect, or only to look up an address, is refused."),
        ),
        "kernel filter": (
            N_("The system refuses it, too"),
            N_("The system itself gives OIMG and everything it starts no way into a network."),
        ),
        "Qt network library": (
            N_("Nothing to send with"),
            N_("The part of the window's toolkit that could talk to a network is not loaded."),
        ),
    }
)


def title(layer: GuardLayer) -> str:
    """Name a guard."""
    return _(_WORDS[layer.name][0]) if layer.name in _WORDS else layer.name


def stops(layer: GuardLayer) -> str:
    """Say what a guard stops."""
    return _(_WORDS[layer.name][1]) if layer.name in _WORDS else ""


def state(layer: GuardLayer) -> tuple[str, str, str]:
    """Give icon, colour and words for whether a guard holds at this moment."""
    if layer.armed:
        return "guard", "good", _("holds")
    if is_fine(layer):
        return "guard-off", "quiet", _("not on this system")
    return "guard-off", "bad", _("does not hold")


def is_fine(layer: GuardLayer) -> bool:
    """Whether a guard holds, or is one that only Linux has."""
    return layer.armed or (layer.name == "kernel filter" and sys.platform != "linux")
