r"""Verbs of Windows' Explorer, for the present user only: keys below `HKEY_CURRENT_USER\Software\Classes`.

Sources: "Verbs and file associations" and "Creating shortcut menu handlers" (Microsoft Learn). With MultiSelectModel
`Player`, Explorer starts the program once for each file, for at most 100 files; the starts join in one window.

Each verb carries a mark: the digest of what was written, so that it is known again, or the word of the installer, whose
uninstaller takes its verbs away. Those count as a package's, and are left alone.
"""

from __future__ import annotations

import hashlib
import ntpath
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from oimg.words.menus import Verb
from oimg.work.desktop.entry import PICTURE_SUFFIXES, Entry
from oimg.work.desktop.piece import PieceState

CLASSES: Final = "Software\\Classes"
KEYS: Final = {Verb.OPTIMIZE: "OIMG.Optimize", Verb.OPEN: "OIMG.Open"}
MARK: Final = "OimgMenuEntry"
INSTALLER: Final = "installer"
"""The mark of the installer, which cannot write a digest: folder and language are chosen when it runs."""
_COMMAND: Final = "command"


class Registry(Protocol):
    """A tree of keys with texts by name; "" is the name of a key's own value."""

    def values(self, key: str) -> Mapping[str, str] | None:
        """Give what a key holds; None where there is no such key."""
        ...

    def keys(self, key: str) -> Sequence[str]:
        """Give the names of the keys right below a key."""
        ...

    def values_for_all(self, key: str) -> Mapping[str, str] | None:
        """Give what a key holds for all users of the machine; None where there is no such key."""
        ...

    def write(self, key: str, values: Mapping[str, str]) -> None:
        """Make a key, and those above it, that holds just this. Raises OSError."""
        ...

    def delete(self, key: str) -> None:
        """Remove a key that has none below it. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class Verbs:
    """The verbs for all suffixes of pictures, and for folders."""

    registry: Registry
    entries: Sequence[Entry]
    language: str

    @property
    def path(self) -> Path:
        """Where they are, as the registry editor shows it."""
        return Path("HKEY_CURRENT_USER", CLASSES)

    @property
    def by_installer(self) -> bool:
        """Whether the installer has written them, for this user or for all."""
        looked_at = (self.registry.values, self.registry.values_for_all)
        return any((values(key) or {}).get(MARK) == INSTALLER for key, _ in self._wanted() for values in looked_at)

    def state(self) -> PieceState:
        """Look how they stand."""
        states = {self._state(key, entry) for key, entry in self._wanted()}
        if PieceState.FOREIGN in states:
            return PieceState.FOREIGN
        if len(states) == 1:
            return states.pop()
        return PieceState.MOVED if PieceState.MOVED in states else PieceState.OUTDATED

    def write(self) -> None:
        """Write those that are missing, or ours but outdated. Raises OSError."""
        for key, entry in self._wanted():
            if self._state(key, entry) not in (PieceState.FOREIGN, PieceState.CURRENT):
                values, command = self._values(entry)
                self.registry.write(key, values)
                self.registry.write(f"{key}\\{_COMMAND}", command)

    def remove(self) -> None:
        """Delete those that are ours, and the keys above them that are empty afterwards. Raises OSError."""
        for key, entry in self._wanted():
            if self._state(key, entry) not in (PieceState.FOREIGN, PieceState.ABSENT):
                for below in self.registry.keys(key):
                    self.registry.delete(f"{key}\\{below}")
                self.registry.delete(key)
                self._clear_above(key)

    def _wanted(self) -> Iterator[tuple[str, Entry]]:
        for suffix in PICTURE_SUFFIXES:
            for entry in self.entries:
                yield f"{CLASSES}\\SystemFileAssociations\\{suffix}\\shell\\{KEYS[entry.verb]}", entry
        for entry in self.entries:
            yield f"{CLASSES}\\Directory\\shell\\{KEYS[entry.verb]}", entry

    def _values(self, entry: Entry) -> tuple[dict[str, str], dict[str, str]]:
        """What the key of a verb holds, and the one below it with the command."""
        values = {
            "MUIVerb": entry.titles.get(self.language, entry.title),
            "Icon": f"{entry.program},0",
            "MultiSelectModel": "Player",
        }
        command = {"": f'"{entry.program}" {"".join(f"{each} " for each in entry.command[1:])}"%1"'}
        return {**values, MARK: _digest(values, command)}, command

    def _state(self, key: str, entry: Entry) -> PieceState:
        values = self.registry.values(key)
        if values is None:
            return PieceState.ABSENT
        command = self.registry.values(f"{key}\\{_COMMAND}") or {}
        content = {name: value for name, value in values.items() if name != MARK}
        if values.get(MARK) != _digest(content, command) or set(self.registry.keys(key)) - {_COMMAND}:
            return PieceState.FOREIGN
        if (dict(values), dict(command)) == self._values(entry):
            return PieceState.CURRENT
        program = command.get("", "").partition('" ')[0].removeprefix('"')
        return PieceState.OUTDATED if os.path.exists(program) else PieceState.MOVED  # noqa: PTH110 - of Windows

    def _clear_above(self, key: str) -> None:
        above = ntpath.dirname(key)
        while len(above.split("\\")) > 3 and not self.registry.keys(above) and not self.registry.values(above):
            self.registry.delete(above)
            above = ntpath.dirname(above)


def _digest(values: Mapping[str, str], command: Mapping[str, str]) -> str:
    lines = [f"{name}={value}" for each in (values, command) for name, value in sorted(each.items())]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
