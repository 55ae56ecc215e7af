"""Finds files: those that the user named, and those in named folders. No file is opened here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from oimg.words.errors import ErrorCode
from oimg.words.report import Failed, Kept, KeptCode

# Folders that file managers show as one file, and that hold a photo library.
_PACKAGES: Final = (".photoslibrary", ".photolibrary", ".aplibrary", ".lrdata", ".cocatalog")
_IS_WINDOWS: Final = os.name == "nt"
_MOUNT_POINT: Final = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT, winnt.h
_LITTER: Final = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})


@dataclass(frozen=True, slots=True)
class Found:
    """A file to look at. `root` is the named folder that it is in; `named` says that the user named the file itself."""

    path: Path
    root: Path
    named: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files of a folder to take: patterns for names or relative paths. `skip` are folders not to enter."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    skip: tuple[Path, ...] = ()

    def takes(self, path: Path, root: Path) -> bool:
        """Whether a file found in a folder is wanted."""
        if not self.include and not self.exclude:
            return True
        below = path.relative_to(root).as_posix()
        if self.include and not any(_matches(below, path.name, pattern) for pattern in self.include):
            return False
        return not any(_matches(below, path.name, pattern) for pattern in self.exclude)


def scan(paths: Sequence[Path], selection: Selection = Selection()) -> Iterator[Found | Kept | Failed]:
    """Yield every file once, folders in alphabetical order; links to folders are not followed.

    Hidden files and folders inside a named folder are skipped. A folder that cannot be read is yielded as Failed.
    """
    seen: set[Path] = set()
    skip = {os.path.realpath(each) for each in selection.skip}
    for path in paths:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the link that was named
        if not os.path.lexists(absolute):
            yield Failed(absolute, ErrorCode.NOT_FOUND)
        elif os.path.isdir(absolute):  # noqa: PTH112 - is_dir() raises where a link leads to what we may not see
            for item in _walk(absolute, absolute, selection, skip):
                if not isinstance(item, Found) or item.path not in seen:
                    seen.add(item.path)
                    yield item
        elif absolute not in seen:
            seen.add(absolute)
            yield Found(absolute, absolute.parent, named=True)


def _walk(folder: Path, root: Path, selection: Selection, skip: set[str]) -> Iterator[Found | Kept | Failed]:
    stack = [folder]
    while stack:
        current = stack.pop()
        try:
            with os.scandir(current) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            yield Failed(current, ErrorCode.UNREADABLE, error.strerror or "")
            continue
        below: list[Path] = []
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") or entry.name.lower() in _LITTER:
                continue
            if entry.is_dir(follow_symlinks=False) and not _is_junction(entry):
                if not entry.name.lower().endswith(_PACKAGES) and os.path.realpath(path) not in skip:
                    below.append(path)
            elif _is_folder_link(entry):
                yield Kept(path, None, KeptCode.FOLDER_LINK)
            elif selection.takes(path, root):
                yield Found(path, root, named=False)
        stack += reversed(below)


def _is_folder_link(entry: os.DirEntry[str]) -> bool:
    try:
        return (entry.is_symlink() or _is_junction(entry)) and entry.is_dir()
    except OSError:  # a link that leads to itself; reading it will say so
        return False


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Whether it is an NTFS junction, a link that `is_symlink` does not report (Python has `is_junction` from 3.12)."""
    if not _IS_WINDOWS:
        return False
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return getattr(facts, "st_reparse_tag", 0) == _MOUNT_POINT


def _matches(below: str, name: str, pattern: str) -> bool:
    return fnmatch(name.lower(), pattern.lower()) or fnmatch(below.lower(), pattern.lower())
