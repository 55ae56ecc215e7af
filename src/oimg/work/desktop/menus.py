"""The entries in the file managers of this user: their status, installing and removing them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
# If the pieces of an entry have different states, the first of these is reported.
_TELLING: Final = (PieceState.FOREIGN, PieceState.MOVED, PieceState.OUTDATED)


@dataclass(frozen=True, slots=True)
class Menus:
    """The entries of one user, with these titles, in the language of the program where a system has but one.

    This is the only place that distinguishes systems; `registry` stands in for that of Windows.
    """

    titles: Titles
    icon: str
    language: str = "en"
    program: str = ""
    platform: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    registry: Registry | None = None

    def status(self) -> tuple[EntryStatus, ...]:
        """The status of the entries in every file manager of this system. Raises IntegrationError in a sandbox."""
        refuse_in_a_sandbox(self.environment)
        try:
            program = self.program or find_program()
        except IntegrationError:
            program = "oimg-gui"  # existing entries can be listed and removed all the same
        return tuple(self._status(manager, program) for manager in self._managers())

    def install(self) -> tuple[EntryStatus, ...]:
        """Install entries for every file manager, and repair outdated ones. Raises IntegrationError and OSError.

        Entries that somebody else changed are left alone, and so are file managers that have entries from a package.
        """
        refuse_in_a_sandbox(self.environment)
        program = self.program or find_program()
        wanted = [piece for manager in self._managers() for piece in self._pieces(manager, program)]
        paths = {piece.path for piece in wanted}
        self._remove(piece for piece in self._all_pieces() if piece.path not in paths)  # a package has them by now
        for piece in wanted:
            piece.write()
        return self.status()

    def remove(self) -> tuple[EntryStatus, ...]:
        """Remove everything that was installed, and nothing else. Raises IntegrationError in a sandbox, and OSError."""
        refuse_in_a_sandbox(self.environment)
        self._remove(self._all_pieces())
        return self.status()

    def _remove(self, pieces: Iterable[Piece]) -> None:
        for piece in reversed(list(pieces)):  # the first one made the folders that they share
            piece.remove()

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
            return EntryStatus(manager, state, package, files=paths)
        return EntryStatus(
            manager,
            state,
            package,
            linux.is_found(manager, self.environment.get("PATH")),
            linux.missing(manager),
            paths,
        )

    def _by_package(self, manager: FileManager, program: str) -> bool:
        if manager is FileManager.EXPLORER:
            return self._verbs(program).by_installer
        made = entries(self.titles, program, self.icon)
        return manager in linux.FILES and linux.by_package(manager, made, self._places)

    def _pieces(self, manager: FileManager, program: str) -> list[Piece]:
        """The files of the user's entries, without those that a package makes unnecessary."""
        return self._made(manager, program, package=self._by_package(manager, program))

    def _all_pieces(self) -> list[Piece]:
        """All files that the user's entries can consist of, even if a package has made them unnecessary since."""
        program = self.program or "oimg-gui"
        return [piece for manager in self._managers() for piece in self._made(manager, program, package=False)]

    def _made(self, manager: FileManager, program: str, *, package: bool) -> list[Piece]:
        if manager is FileManager.EXPLORER:
            return [] if package else [self._verbs(program)]
        if manager is FileManager.FINDER:
            return list(self._workflows(program))
        made = entries(self.titles, program, self.icon)
        return linux.user_pieces(manager, made, self._places, package=package)

    def _verbs(self, program: str) -> Verbs:
        made = entries(self.titles, program, self.icon)
        return Verbs(self.registry or _user_registry(), made, self.language)

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
