"""Entries in the menus of file managers: what they do, in which file managers, and their state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias


class Verb(StrEnum):
    """What an entry does with the files that are selected."""

    OPTIMIZE = "optimize"
    """Works on them at once by the usual preset, in the small window."""
    OPEN = "open"
    """Shows them in the large window."""


Titles: TypeAlias = Mapping[Verb, Mapping[str, str]]
"""What the entries are called, by the codes of languages; there is always one for "en"."""


class FileManager(StrEnum):
    """The file managers that entries are made for."""

    NAUTILUS = "nautilus"
    NEMO = "nemo"
    CAJA = "caja"
    THUNAR = "thunar"
    DOLPHIN = "dolphin"
    PCMANFM = "pcmanfm"
    PCMANFM_QT = "pcmanfm-qt"
    EXPLORER = "explorer"
    FINDER = "finder"


class EntryState(StrEnum):
    """The state of this user's entries in one file manager."""

    ABSENT = "not-installed"
    PACKAGE = "package"
    """Not the user's own: a package of the system has brought them."""
    USER = "user"
    MOVED = "program-moved"
    """They call a program that is not there any more."""
    OUTDATED = "outdated"
    """Another version wrote them, or some are missing."""
    CHANGED = "changed"
    """Somebody else has a file in their place, or changed them."""


@dataclass(frozen=True, slots=True)
class EntryStatus:
    """The entries in one file manager. `files` are those of the user that hold entries, or would.

    `package` says whether a package of the system has installed entries as well; `found`, whether the file manager
    itself is on this machine; `missing` is the Debian package that it lacks to show them.
    """

    manager: FileManager
    state: EntryState
    package: bool = False
    found: bool = True
    missing: str = ""
    files: tuple[Path, ...] = ()


class IntegrationCode(StrEnum):
    """Why there can be no entries."""

    NO_PROGRAM = "program-missing"
    """There is no `oimg-gui` to be called."""
    SANDBOXED = "sandboxed"
    """The program runs in a Flatpak or a snap, which has no way to the file manager; the detail says in which."""


class IntegrationError(Exception):
    """Entries cannot be made here at all."""

    def __init__(self, code: IntegrationCode, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
