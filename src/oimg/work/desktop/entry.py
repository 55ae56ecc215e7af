"""A menu entry as every file manager needs it: its title and its command."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from oimg.words.file_types import ALL_MEDIA_TYPES, SUFFIXES
from oimg.words.menus import IntegrationCode, IntegrationError, Titles, Verb

FOLDER_TYPE: Final = "inode/directory"
TYPES: Final = (*ALL_MEDIA_TYPES, FOLDER_TYPE)
"""The media types for which entries are offered."""
PICTURE_SUFFIXES: Final = tuple(SUFFIXES)
_SWITCHES: Final = MappingProxyType({Verb.OPTIMIZE: ("--quick",), Verb.OPEN: ()})
_SANDBOXES: Final = MappingProxyType({"FLATPAK_ID": "Flatpak", "SNAP_NAME": "snap"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `icon` is a name in the icon theme or the path of a picture."""

    verb: Verb
    titles: Mapping[str, str]
    program: str
    icon: str

    @property
    def title(self) -> str:
        """The English title, for languages without one."""
        return self.titles["en"]

    @property
    def translations(self) -> list[tuple[str, str]]:
        """The titles that differ from the English one, by language."""
        return [(language, text) for language, text in self.titles.items() if text != self.title]

    @property
    def command(self) -> tuple[str, ...]:
        """The program and its switches; paths come after them."""
        return (self.program, *_SWITCHES[self.verb])


def entries(titles: Titles, program: str, icon: str) -> tuple[Entry, ...]:
    """Make the entries, in the order in which they are shown."""
    return tuple(Entry(verb, titles[verb], program, icon) for verb in Verb)


def find_program() -> str:
    """Find the `oimg-gui` that belongs to this program; IntegrationError where there is none."""
    for candidate in _candidates("oimg-gui.exe" if sys.platform == "win32" else "oimg-gui"):
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return os.path.abspath(candidate)  # noqa: PTH100 - links stay, they outlast a change of version
    raise IntegrationError(IntegrationCode.NO_PROGRAM)


def _candidates(name: str) -> Iterator[Path]:
    if getattr(sys, "frozen", False):
        yield Path(sys.executable).with_name(name)
        return
    started = Path(sys.argv[0])
    if started.stem in ("oimg", "oimg-gui"):
        yield started.with_name(name)
    yield Path(sys.executable).with_name(name)
    yield Path(sysconfig.get_path("scripts")) / name
    if found := shutil.which(name):
        yield Path(found)


def refuse_in_a_sandbox(environment: Mapping[str, str]) -> None:
    """Raise IntegrationError in a Flatpak or a snap, from where no file manager can be reached."""
    for name, sandbox in _SANDBOXES.items():
        if environment.get(name):
            raise IntegrationError(IntegrationCode.SANDBOXED, sandbox)
