"""Folders of pictures that can be made smaller, what a file is beside its bytes, and the place of the backup."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from oimg.work.safety.folders import default

PAST = 1_234_567_890_123_456_789  # ns; 13 February 2009
MODES = (0o644, 0o600, 0o444, 0o755, 0o640)
# Suffix, and what makes the file larger than it has to be.
KINDS: tuple[tuple[str, dict[str, object]], ...] = (
    (".jpg", {"quality": 99, "subsampling": 0}),
    (".png", {"compress_level": 0}),
    (".webp", {"lossless": True, "method": 0, "quality": 0}),
    (".avif", {"quality": 100, "subsampling": "4:4:4"}),
    (".gif", {"optimize": False, "comment": b"seen by chance " * 100}),
    (".tif", {"compression": "raw"}),
    (".apng", {"compress_level": 0, "format": "PNG"}),
)


def pixels(size: tuple[int, int], seed: int) -> Image.Image:
    """Give a picture with a slope and some noise."""
    random = np.random.default_rng(seed)
    slope = np.linspace(0, 200, size[0])[None, :, None] + np.linspace(0, 40, size[1])[:, None, None]
    return Image.fromarray(np.clip(slope + random.normal(0, 6, (size[1], size[0], 3)), 0, 255).astype(np.uint8))


def picture(path: Path, size: tuple[int, int] = (40, 28), *, seed: int = 0, mode: int = 0o644) -> Path:
    """Write a picture in the format of its suffix that can be made smaller, with dates in the past."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = next((dict(each) for suffix, each in KINDS if suffix == path.suffix.lower()), {"format": "PNG"})
    image = pixels(size, seed)
    if path.suffix.lower() in (".gif", ".apng"):
        frames = [pixels(size, seed + number) for number in (1, 2)]
        options |= {"save_all": True, "append_images": frames, "duration": 80}
    image.save(path, **options)  # type: ignore[arg-type]
    path.chmod(mode)
    os.utime(path, ns=(PAST + 10**9 + seed, PAST + seed))
    return path


def scene(folder: Path, count: int) -> list[Path]:
    """Write so many small pictures of all kinds, in several folders and with several modes."""
    return [
        picture(
            folder / ("", "sub", "sub/below")[number % 3] / f"{number:03}{KINDS[number % len(KINDS)][0]}",
            (24 + number % 9, 20),
            seed=number,
            mode=MODES[number % len(MODES)],
        )
        for number in range(count)
    ]


@dataclass(frozen=True)
class Facts:
    """All that undo must bring back."""

    data: bytes
    mtime_ns: int
    atime_ns: int
    mode: int
    owner: tuple[int, int]
    extended: tuple[tuple[str, bytes], ...]


def facts(path: Path) -> Facts:
    """Look at a file without leaving a trace on its dates."""
    found = path.lstat()
    data = path.read_bytes()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    names = sorted(os.listxattr(path)) if hasattr(os, "listxattr") else []
    extended = tuple((name, os.getxattr(path, name)) for name in names)
    return Facts(data, found.st_mtime_ns, found.st_atime_ns, found.st_mode, (found.st_uid, found.st_gid), extended)


def state(folder: Path) -> dict[str, Facts | str]:
    """Give every file below a folder with its facts, links with what they say; hidden ones as well."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else facts(path)
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def opens(path: Path) -> None:
    """Decode a picture whole with Pillow, without leaving a trace on its dates."""
    found = path.stat()
    with Image.open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def kept_originals() -> list[Path]:
    """Every original in the backup of this test's home."""
    return [path for path in default().backups.rglob("*") if path.is_file()]


def journals() -> list[Path]:
    """Every journal in this test's home."""
    return [path for path in default().journal.rglob("*") if path.is_file()]
