"""Entries in the file managers of this user: how they stand, putting them there, taking them away."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from oimg.words.menus import EntryState, EntryStatus, FileManager, IntegrationError, Titles
from oimg.work.desktop import linux
from oimg.work.desktop.entry import entries, find_program, refuse_in_a_sandbox
from oimg.work.desktop.macos import quick_action
from oimg.work.desktop.piece import Piece, PieceState
from oimg.work.desktop.windows import Registry, Verbs

_STATES: Final = {
    PieceState.ABSENT: EntryState.ABSENT,
    PieceState.CURRENT: EntryState.USER,
    PieceState.OUTDATED: EntryState.OUTDATED,
    PieceState.MOVED: EntryState.MOVED,
    PieceState.FOREIGN: EntryState.CHANGED,
}
# When pieces stand differently, the one that tells most speaks for all of them.
_TELLING: Final = (PieceState.FOREIGN, PieceState.MOVED, PieceState.OUTDATED)


@dataclass(frozen=True, slots=True)
class Menus:
    """The entries of one user, with these titles, in the language of the program where a system has but one.

    Systems are told apart here alone; `registry` stands in for that of Windows.
    """

    titles: Titles
    icon: str
    language: str = "en"
    program: str = ""
    platform: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    registry: Registry | None = None

    def status(self) -> tuple[EntryStatus, ...]:
        """Look how the entries stand in every file manager of this system. Raises IntegrationError in a sandbox."""
        refuse_in_a_sandbox(self.environment)
        try:
            program = self.program or find_program()
        except IntegrationError:
            program = "oimg-gui"  # what is there can be told, and removed
        return tuple(self._status(manager, program) for manager in self._managers())

    def install(self) -> tuple[EntryStatus, ...]:
        """Put entries into every file manager, and mend what is out of date. Raises IntegrationError and OSError.

        What somebody else changed is left alone, and so are file managers for which a package has brought entries.
        """
        refuse_in_a_sandbox(self.environment)
        program = self.program or find_program()
        for manager in self._managers():
            wanted = self._pieces(manager, program)
            for piece in reversed(self._all_pieces(manager)):
                if piece.path not in [each.path for each in wanted]:
                    piece.remove()  # a package has made it needless
            for piece in wanted:
                piece.write()
        return self.status()

    def remove(self) -> tuple[EntryStatus, ...]:
        """Take away all that was put there, and nothing else. Raises IntegrationError in a sandbox, and OSError."""
        refuse_in_a_sandbox(self.environment)
        pieces = [piece for manager in self._managers() for piece in self._all_pieces(manager)]
        for piece in reversed(pieces):  # the first one made the folders that they share
            piece.remove()
        return self.status()

    def _managers(self) -> Sequence[FileManager]:
        if self.platform == "win32":
            return (FileManager.EXPLORER,)
        if self.platform == "darwin":
            return (FileManager.FINDER,)
        return tuple(linux.FILES)

    def _status(self, manager: FileManager, program: str) -> EntryStatus:
        pieces = self._pieces(manager, program)
        states = {piece.state() for piece in pieces}
        package = self._by_package(manager, program)
        if len(states) > 1:
            told = next((each for each in _TELLING if each in states), PieceState.OUTDATED)
        else:
            told = states.pop() if states else PieceState.ABSENT
        state = EntryState.PACKAGE if package and told is PieceState.ABSENT else _STATES[told]
        paths = tuple(piece.path for piece in pieces)
        if manager not in linux.FILES:
            return EntryStatus(manager, state, files=paths)
        return EntryStatus(
            manager,
            state,
            package,
            linux.is_found(manager, self.environment.get("PATH")),
            linux.missing(manager),
            paths,
        )

    def _by_package(self, manager: FileManager, program: str) -> bool:
        made = entries(self.titles, program, self.icon)
        return manager in linux.FILES and linux.by_package(manager, made, self._places)

    def _pieces(self, manager: FileManager, program: str) -> list[Piece]:
        """What the entries of the user are made of, as far as a package does not make them needless."""
        return self._made(manager, program, package=self._by_package(manager, program))

    def _all_pieces(self, manager: FileManager) -> list[Piece]:
        """The same, with what a package has made needless since."""
        return self._made(manager, self.program or "oimg-gui", package=False)

    def _made(self, manager: FileManager, program: str, *, package: bool) -> list[Piece]:
        made = entries(self.titles, program, self.icon)
        if manager is FileManager.EXPLORER:
            return [Verbs(self.registry or _user_registry(), made, self.language)]
        if manager is FileManager.FINDER:
            return list(self._workflows(program))
        return linux.user_pieces(manager, made, self._places, package=package)

    def _workflows(self, program: str) -> Iterator[Piece]:
        services = Path(self.environment.get("HOME") or Path.home()) / "Library" / "Services"
        for entry in entries(self.titles, program, self.icon):
            yield from quick_action(entry, services, self.language)

    @property
    def _places(self) -> linux.Places:
        return linux.Places.of(self.environment)


def _user_registry() -> Registry:
    if sys.platform == "win32":
        from oimg.work.desktop.user_registry import UserRegistry  # noqa: PLC0415 - there is none elsewhere

        return UserRegistry()
    raise NotImplementedError(sys.platform)
