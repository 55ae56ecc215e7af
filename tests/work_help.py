"""Small pictures and tasks for the tests of the work floor."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
from PIL import Image

from oimg.words.images import Format, Header, Limits
from oimg.words.recipe import Output, Place, Recipe
from oimg.words.report import SourceFile
from oimg.words.task import Task
from oimg.work.files.destinations import plan
from oimg.work.files.probe import probe
from oimg.work.files.scan import Found

BALANCED = Recipe()


def photo(path: Path, size: tuple[int, int] = (48, 32), *, seed: int = 0, **options: object) -> Path:
    """Write a picture with smooth areas and some noise, in the format of the suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    across = np.linspace(0, 255, size[0], dtype=np.float32)[None, :, None]
    down = np.linspace(0, 255, size[1], dtype=np.float32)[:, None, None]
    pixels = np.clip((across + down) / 2 + random.normal(0, 12, (size[1], size[0], 3)), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, **options)  # type: ignore[arg-type]
    return path


def flat(path: Path, size: tuple[int, int] = (40, 30), color: tuple[int, int, int] = (200, 30, 90)) -> Path:
    """Write a PNG of one colour, packed badly, so that there is always something to save."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path, "PNG", compress_level=0)
    return path


def source(path: Path, root: Path | None = None) -> SourceFile:
    """Probe a file that is there."""
    found = probe(Found(path, root or path.parent, named=True), Limits())
    assert isinstance(found, SourceFile), found
    return found


def invented(path: Path, root: Path, header: Header | None = None) -> SourceFile:
    """Give a source that need not exist; two of one path are one file, others are not."""
    inode = int.from_bytes(hashlib.sha256(os.fsencode(path)).digest()[:7], "big")
    return SourceFile(path, root, 1000, (1, inode, 1000, 3), header or Header(Format.PNG, 4, 4))


def task_for(path: Path, recipe: Recipe = BALANCED, root: Path | None = None) -> Task:
    """Plan one task for a file that is there."""
    return plan([(0, source(path, root), recipe)])[0][0]


def into(folder: Path, **options: object) -> Output:
    """Give an output that writes into a folder."""
    return Output(place=Place.FOLDER, path=str(folder), **options)  # type: ignore[arg-type]


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Give content, time of change (ns) and mode of every file below a folder, by its name."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
        for path in files
    }


def temp_files(folder: Path) -> list[Path]:
    """Give what a writer left behind."""
    return [path for path in folder.rglob("*") if path.name.startswith(".oimg-")]
