"""Replacing small pictures in place and taking that back, without encoders: the result's bytes are given."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from oimg.words.errors import OimgError
from oimg.words.images import Limits
from oimg.words.recipe import Originals, Output, Place, Recipe
from oimg.words.task import Task
from oimg.words.undo import UndoReport
from oimg.work.files.destinations import plan
from oimg.work.files.identity import identity_of
from oimg.work.safety import journal_reader
from oimg.work.safety.folders import Folders
from oimg.work.safety.in_place import Change
from oimg.work.safety.keeper import GuardedBatch, Keeper
from oimg.work.safety.vault import Vault, digest_of
from oimg.work.settings import Settings
from work_help import source

MTIME, ATIME = 1_500_000_000_987_654_321, 1_600_000_000_123_456_789


def picture(red: int, format_: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    """Give a small whole picture."""
    stream = io.BytesIO()
    Image.new("RGB", size, (red, 80, 120)).save(stream, format_, **({"lossless": True} if format_ == "WEBP" else {}))
    return stream.getvalue()


def original(path: Path, data: bytes, mode: int = 0o640) -> Path:
    """Write a file with dates and a mode that no default has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)
    os.utime(path, ns=(ATIME, MTIME))
    return path


def tasks_of(paths: Sequence[Path], originals: Originals = Originals.BACKUP) -> tuple[Task, ...]:
    """Plan to replace files in place; names of one file become one task."""
    recipe = Recipe(output=Output(place=Place.IN_PLACE, originals=originals))
    return plan([(number, source(path), recipe) for number, path in enumerate(paths)])[0]


def change_of(task: Task, after: bytes, suffix: str = "") -> Change:
    """Say what is to happen to one file; with a suffix, the result gets a name of its own."""
    first = task.destination.names[0]

    def name(number: int) -> Path:
        return first.with_name(f"{first.stem}{f' ({number})' if number > 1 else ''}{suffix}")

    return Change(
        task.id,
        task.destination.names,
        task.source.identity,
        first.read_bytes(),
        after,
        name if suffix else None,
        skip_taken=False,
        keep_dates=True,
    )


@dataclass
class World:
    """A folder of pictures, the program's data folder and the desktop's trash, below one root."""

    root: Path

    def __post_init__(self) -> None:
        self.pictures = self.root / "pictures"
        self.trash = self.root / "share" / "Trash"
        self.folders = Folders(self.root / "share" / "oimg")
        self.pictures.mkdir(parents=True, exist_ok=True)
        os.environ["XDG_DATA_HOME"] = str(self.root / "share")

    @property
    def keeper(self) -> Keeper:
        """The safety of a program that has just been started."""
        return Keeper(Settings(), self.folders)

    def begin(self, paths: Sequence[Path], originals: Originals = Originals.BACKUP) -> GuardedBatch:
        """Open a batch over files."""
        return self.keeper.open(tasks_of(paths, originals), Limits())

    def replace(
        self, results: dict[Path, bytes], originals: Originals = Originals.BACKUP, suffix: str = ""
    ) -> dict[Path, OimgError | None]:
        """Replace files by results in one batch; gives what went wrong, by path."""
        batch = self.begin(list(results), originals)
        outcome: dict[Path, OimgError | None] = {
            failed.path: OimgError(failed.code, failed.detail) for _, failed in batch.refused
        }
        try:
            for task in batch.tasks:
                outcome[task.source.path] = replaced(batch, change_of(task, results[task.source.path], suffix))
        finally:
            batch.close()
        return outcome

    def undo(self, files: Sequence[Path] = (), batch: str | None = None) -> UndoReport:
        """Put originals back: the last batch, a batch, or files."""
        return self.keeper.undo(batch, files, lambda _: None, dry_run=False)

    def contents(self) -> dict[str, bytes]:
        """Give the bytes of every file among the pictures by name."""
        return {
            str(path.relative_to(self.pictures)): path.read_bytes()
            for path in self.pictures.rglob("*")
            if path.is_file()
        }

    def facts(self) -> dict[str, tuple[bytes, int, int, int]]:
        """Give bytes, time of change (ns), mode and number of names of every file among the pictures."""
        return {
            name: (data, facts.st_mtime_ns, facts.st_mode, facts.st_nlink)
            for name, data in self.contents().items()
            for facts in [(self.pictures / name).stat()]
        }

    def temps(self) -> list[Path]:
        """Give the temp files anywhere."""
        return sorted(self.root.rglob(".oimg-*"))

    def trashed(self) -> list[str]:
        """Give the names in the trash; every copy must have its information and the other way round."""
        files = sorted(path.name for path in self.trash.glob("files/*") if not path.name.startswith(".oimg-"))
        assert files == sorted(path.name.removesuffix(".trashinfo") for path in self.trash.glob("info/*"))
        return files

    def backups(self) -> set[str]:
        """Give the digests in the backup, each checked against the bytes."""
        found = Vault(self.folders.backups).sizes()
        assert all(digest_of(Vault(self.folders.backups).path(each).read_bytes()) == each for each in found)
        return set(found)

    def journals(self) -> list[str]:
        """Give the suffixes of the journal files."""
        return sorted(path.suffix for path in journal_reader.paths(self.folders))


def replaced(batch: GuardedBatch, change: Change) -> OimgError | None:
    """Replace one file; gives what went wrong."""
    assert batch.context.in_place is not None
    try:
        batch.context.in_place.replace(change)
    except OimgError as error:
        return error
    return None


def same_file(*paths: Path) -> bool:
    """Whether all names are of one file."""
    return len({identity_of(path)[:2] for path in paths}) == 1


Act = Callable[[World], object]
