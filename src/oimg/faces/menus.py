"""Entries in the menus of file managers, in words: what they are called, and how they stand."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import oimg
from oimg.faces.messages import _
from oimg.words.i18n import LANGUAGES, N_, catalogue
from oimg.words.menus import EntryState, EntryStatus, FileManager, IntegrationCode, IntegrationError, Titles, Verb

_TITLES: Final = MappingProxyType({Verb.OPTIMIZE: N_("Optimize with OIMG"), Verb.OPEN: N_("Open in OIMG")})
ICON: Final = str(Path(oimg.__file__).with_name("faces") / "gui" / "icons" / "oimg.svg")
"""A picture, for an icon theme knows ours only where a package has brought it."""

NAMES: Final = MappingProxyType(
    {
        FileManager.NAUTILUS: "Nautilus",
        FileManager.NEMO: "Nemo",
        FileManager.CAJA: "Caja",
        FileManager.THUNAR: "Thunar",
        FileManager.DOLPHIN: "Dolphin",
        FileManager.PCMANFM: "PCManFM",
        FileManager.PCMANFM_QT: "PCManFM-Qt",
        FileManager.EXPLORER: "Explorer",
        FileManager.FINDER: "Finder",
    }
)
_STATES: Final = MappingProxyType(
    {
        EntryState.ABSENT: N_("not installed"),
        EntryState.PACKAGE: N_("installed by a package of the system"),
        EntryState.USER: N_("installed for you"),
        EntryState.MOVED: N_("calls a program that is not there any more; install again to mend it"),
        EntryState.OUTDATED: N_("out of date or incomplete; install again to mend it"),
        EntryState.CHANGED: N_("changed by somebody else, and left alone"),
    }
)


def titles() -> Titles:
    """What the entries are called, in all languages: file managers choose for themselves."""
    return {verb: {code: catalogue(code).gettext(text) for code in LANGUAGES} for verb, text in _TITLES.items()}


def state(status: EntryStatus) -> str:
    """Say how the entries stand in one file manager."""
    text = _(_STATES[status.state])
    if status.package and status.state is EntryState.USER:
        text = _("installed by a package of the system, and for you")
    return text


def remark(status: EntryStatus) -> str:
    """Say why entries that are installed cannot be seen; empty where nothing is in the way."""
    if not status.found:
        return _("{name} is not on this computer").format(name=NAMES[status.manager])
    if status.missing and status.state is not EntryState.ABSENT:
        return _("seen only with the package {package}").format(package=status.missing)
    return ""


def impossible(error: IntegrationError) -> str:
    """Say why there can be no entries."""
    match error.code:
        case IntegrationCode.NO_PROGRAM:
            return _("oimg-gui, which the entries would call, was not found beside this program")
        case IntegrationCode.SANDBOXED:
            text = _("OIMG runs in a {sandbox}, from where no file manager can be reached; “Open with” works there")
            return text.format(sandbox=error.detail)
