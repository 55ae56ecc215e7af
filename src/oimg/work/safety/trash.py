"""The desktop's trash (FreeDesktop.org Trash specification 1.0): any file manager can put back what is in it."""

from __future__ import annotations

import os
import secrets
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oimg.work.files import temp
from oimg.work.files.attributes import Attributes
from oimg.work.files.destinations import numbered

_SUFFIX: Final = 16  # bytes of a suffix that is kept
_ROOM: Final = 240  # bytes; a name has 255, and ".trashinfo" is put behind it


def is_available() -> bool:
    """Whether this system's trash is of the kind that is supported here."""
    return os.name == "posix" and sys.platform != "darwin"


@dataclass(frozen=True, slots=True)
class Trash:
    """The trash in the user's home."""

    root: Path

    @classmethod
    def of_user(cls) -> Trash:
        """The trash that the user's desktop shows."""
        home = os.environ.get("XDG_DATA_HOME", "")
        data = Path(home) if os.path.isabs(home) else Path.home() / ".local" / "share"  # noqa: PTH117 - "" is none
        return cls(data / "Trash")

    def put(
        self, data: bytes, original: Path, like: Attributes, announce: temp.Announce, announce_copy: temp.Announce
    ) -> Path:
        """Put a copy of a file into the trash, synced, as if it had been thrown away; returns its path.

        `announce_copy` is called with that path before anything is written there. Its name has a random part, so that
        a file found under it is surely ours. Raises OSError; then nothing is left there.
        """
        files, info = self.root / "files", self.root / "info"
        for folder in (self.root, files, info):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy = files / _name(original)
        announce_copy(copy)
        written = temp.write(data, files, like, announce=announce)
        try:
            # The .trashinfo file comes first and reserves the name ("The contents of a trash directory").
            _describe(info / f"{copy.name}.trashinfo", original)
            written.path.replace(copy)
            for folder in (info, files):
                temp.sync_folder(folder, strict=True)
        except BaseException:
            temp.remove(written.path)
            forget(copy)
            raise
        temp.release(written.path)
        return copy


def _name(original: Path) -> str:
    """A name for a copy; file managers show the original's name, from the .trashinfo file."""
    suffix = original.suffix if len(os.fsencode(original.suffix)) <= _SUFFIX else ""
    token = f"-{secrets.token_hex(8)}{suffix}"
    return numbered(original.stem, 1, _ROOM - len(os.fsencode(token))) + token


def _describe(info: Path, original: Path) -> None:
    path = original.as_uri().removeprefix("file://")  # percent-encoded, as the specification asks
    text = f"[Trash Info]\nPath={path}\nDeletionDate={time.strftime('%Y-%m-%dT%H:%M:%S')}\n"
    with info.open("x", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def forget(path: Path) -> bool:
    """Delete a copy and its .trashinfo file; returns whether both are gone."""
    both = path, path.parents[1] / "info" / f"{path.name}.trashinfo"
    for each in both:
        with suppress(OSError):
            each.unlink()
    return not any(os.path.lexists(each) for each in both)
