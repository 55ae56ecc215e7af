"""The file managers of Linux: where each looks for entries, and what it needs to show them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from oimg.words.menus import FileManager
from oimg.work.desktop import key_files
from oimg.work.desktop.entry import Entry
from oimg.work.desktop.piece import OwnFile, Piece
from oimg.work.desktop.provider import extension
from oimg.work.desktop.thunar import Actions

_LIBRARIES: Final = ("/usr/lib", "/usr/lib64", "/usr/local/lib")


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of the XDG Base Directory Specification: of the user, and those of the system, in order."""

    data: Path
    config: Path
    system_data: tuple[Path, ...]
    system_config: tuple[Path, ...]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Places:
        """Read them from the environment; relative paths are ignored, as the specification says."""

        def folders(name: str, default: str) -> tuple[Path, ...]:
            named = [Path(each) for each in environment.get(name, "").split(":") if each.startswith("/")]
            return tuple(named or map(Path, default.split(":")))

        home = environment.get("HOME") or str(Path.home())
        return cls(
            folders("XDG_DATA_HOME", f"{home}/.local/share")[0],
            folders("XDG_CONFIG_HOME", f"{home}/.config")[0],
            folders("XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
            folders("XDG_CONFIG_DIRS", "/etc/xdg"),
        )


Files = Callable[[Sequence[Entry]], Mapping[str, str]]
"""Returns the files for entries: their texts by their path below a data folder."""


def _nautilus(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {"nautilus-python/extensions/oimg-menus.py": extension("Nautilus", entries)}


def _caja(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {"caja-python/extensions/oimg-menus.py": extension("Caja", entries)}


def _nemo(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {f"nemo/actions/{name}.nemo_action": key_files.nemo(entry) for name, entry in _numbered(entries)}


def _thunar(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {f"Thunar/sendto/{name}.desktop": key_files.send_to(entry) for name, entry in _numbered(entries)}


def _dolphin(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {"kio/servicemenus/oimg.desktop": key_files.service_menu(entries)}


def _pcmanfm(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {f"file-manager/actions/{name}.desktop": key_files.action(entry) for name, entry in _numbered(entries)}


def _numbered(entries: Sequence[Entry]) -> list[tuple[str, Entry]]:
    """One file name per entry; menus are sorted by these names."""
    return [(f"oimg-{number}-{entry.verb}", entry) for number, entry in enumerate(entries, 1)]


FILES: Final = MappingProxyType[FileManager, Files](
    {
        FileManager.NAUTILUS: _nautilus,
        FileManager.NEMO: _nemo,
        FileManager.CAJA: _caja,
        FileManager.THUNAR: _thunar,
        FileManager.DOLPHIN: _dolphin,
        FileManager.PCMANFM: _pcmanfm,
        FileManager.PCMANFM_QT: _pcmanfm,
    }
)
# KDE accepts a user's service menus only if they are executable, since any download could be one.
_EXECUTABLE: Final = frozenset({FileManager.DOLPHIN})
# What a file manager needs to show entries: the Debian package, and a file by which it is recognised.
_NEEDED: Final = MappingProxyType(
    {
        FileManager.NAUTILUS: ("python3-nautilus", "nautilus/extensions*/libnautilus-python.so"),
        FileManager.CAJA: ("python3-caja", "caja/extensions*/libcaja-python.so"),
        FileManager.PCMANFM: ("libfm-modules", "libfm/modules/gtk-menu-actions.so"),
    }
)


def user_pieces(manager: FileManager, entries: Sequence[Entry], places: Places, *, package: bool) -> list[Piece]:
    """The files of the user's own entries; beside a package's entries, only those that a package cannot install."""
    mode = 0o755 if manager in _EXECUTABLE else 0o644
    files = [] if package else FILES[manager](entries).items()
    pieces: list[Piece] = [OwnFile(places.data / name, text, mode) for name, text in files]
    if manager is FileManager.THUNAR:
        actions = Actions(
            places.config / "Thunar" / "uca.xml",
            tuple(folder / "Thunar" / "uca.xml" for folder in places.system_config),
            entries,
        )
        pieces += [actions] if actions.possible else []
    return pieces


def by_package(manager: FileManager, entries: Sequence[Entry], places: Places) -> bool:
    """Whether a package of the system has installed entries."""
    names = FILES[manager](entries)
    return any(all((folder / name).is_file() for name in names) for folder in places.system_data)


def is_found(manager: FileManager, path: str | None = None) -> bool:
    """Whether a file manager is on this machine."""
    return shutil.which(manager.value, path=path) is not None


def missing(manager: FileManager, libraries: Sequence[str] = _LIBRARIES) -> str:
    """The Debian package that a file manager needs to show entries, if it is missing; else empty."""
    if manager not in _NEEDED:
        return ""
    package, library = _NEEDED[manager]
    folders = [Path(each) for each in libraries if os.path.isdir(each)]  # noqa: PTH112 - "" is no folder
    there = any(any(folder.glob(f"{depth}{library}")) for folder in folders for depth in ("", "*/"))
    return "" if there else package
