"""The desktop's trash (FreeDesktop.org Trash specification 1.0): any file manager can put back what is in it."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oimg.work.files import temp
from oimg.work.files.attributes import Attributes
from oimg.work.files.destinations import numbered

_TRIES: Final = 10_000
_ROOM: Final = 240  # bytes; a name has 255, and ".trashinfo" is put behind it


def is_available() -> bool:
    """Whether this system's trash is one that we know."""
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

    def put(self, data: bytes, original: Path, like: Attributes, announce: temp.Announce) -> Path:
        """Put a copy of a file there, synced, as if it had been thrown away; gives its path. Raises OSError."""
        files, info = self.root / "files", self.root / "info"
        for folder in (self.root, files, info):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = temp.write(data, files, like, announce=announce)
        try:
            for number in range(1, _TRIES):
                name = numbered(original.stem, number, _ROOM - len(os.fsencode(original.suffix))) + original.suffix
                # The information comes first and holds the name (specification, "The contents of a trash directory").
                if self._claim(info / f"{name}.trashinfo", original):
                    if not os.path.lexists(files / name):
                        written.path.replace(files / name)
                        temp.sync_folder(files)
                        return files / name
                    (info / f"{name}.trashinfo").unlink()
            raise FileExistsError(str(files / original.name))
        finally:
            temp.remove(written.path)

    def _claim(self, info: Path, original: Path) -> bool:
        path = original.as_uri().removeprefix("file://")  # percent-encoded, as the specification asks
        text = f"[Trash Info]\nPath={path}\nDeletionDate={time.strftime('%Y-%m-%dT%H:%M:%S')}\n"
        try:
            with info.open("x", encoding="ascii") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
        except FileExistsError:
            return False
        return True


def forget(path: Path) -> None:
    """Take a file out of the trash that lies there no more for a reason."""
    with suppress(OSError):
        path.unlink()
        (path.parents[1] / "info" / f"{path.name}.trashinfo").unlink()
