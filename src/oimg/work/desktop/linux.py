"""The file managers of Linux: where each looks for entries, and what it needs."""

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
        """Read them from the environment; what is not absolute does not count."""

        def told(name: str, default: str) -> tuple[Path, ...]:
            named = [Path(each) for each in environment.get(name, "").split(":") if each.startswith("/")]
            return tuple(named or map(Path, default.split(":")))

        home = environment.get("HOME") or str(Path.home())
        return cls(
            told("XDG_DATA_HOME", f"{home}/.local/share")[0],
            told("XDG_CONFIG_HOME", f"{home}/.config")[0],
            told("XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
            told("XDG_CONFIG_DIRS", "/etc/xdg"),
        )


Files = Callable[[Sequence[Entry]], Mapping[str, str]]
"""Gives the texts of the files for entries, by their place below a folder of data."""


def _nautilus(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {"nautilus-python/extensions/oimg-menus.py": extension("Nautilus", entries)}


def _caja(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {"caja-python/extensions/oimg-menus.py": extension("Caja", entries)}


def _nemo(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {f"nemo/actions/oimg-{entry.verb}.nemo_action": key_files.nemo(entry) for entry in entries}


def _thunar(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {f"Thunar/sendto/oimg-{entry.verb}.desktop": key_files.send_to(entry) for entry in entries}


def _dolphin(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {"kio/servicemenus/oimg.desktop": key_files.service_menu(entries)}


def _pcmanfm(entries: Sequence[Entry]) -> Mapping[str, str]:
    return {f"file-manager/actions/oimg-{entry.verb}.desktop": key_files.action(entry) for entry in entries}


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
# KDE takes service menus of the user only where they may be executed: else any download could be one.
_EXECUTABLE: Final = frozenset({FileManager.DOLPHIN})
# What shows entries and is no part of the file manager: the package of Debian, and the file that it brings.
_NEEDED: Final = MappingProxyType(
    {
        FileManager.NAUTILUS: ("python3-nautilus", "nautilus/extensions*/libnautilus-python.so"),
        FileManager.CAJA: ("python3-caja", "caja/extensions*/libcaja-python.so"),
        FileManager.PCMANFM: ("libfm-modules", "libfm/modules/gtk-menu-actions.so"),
    }
)


def user_pieces(manager: FileManager, entries: Sequence[Entry], places: Places, *, package: bool) -> list[Piece]:
    """What the user's own entries are made of. Where a package has brought entries, only what that cannot bring."""
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
    """Whether a package of the system has brought entries."""
    names = FILES[manager](entries)
    return any(all((folder / name).is_file() for name in names) for folder in places.system_data)


def is_found(manager: FileManager, path: str | None = None) -> bool:
    """Whether a file manager is on this machine."""
    return shutil.which(manager.value, path=path) is not None


def missing(manager: FileManager, libraries: Sequence[str] = _LIBRARIES) -> str:
    """What a file manager needs to show entries and does not have, as Debian calls it."""
    if manager not in _NEEDED:
        return ""
    package, library = _NEEDED[manager]
    folders = [Path(each) for each in libraries if os.path.isdir(each)]  # noqa: PTH112 - "" is no folder
    there = any(any(folder.glob(f"{depth}{library}")) for folder in folders for depth in ("", "*/"))
    return "" if there else package
