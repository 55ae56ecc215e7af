"""Running the real program, and reading its results with decoders that are not ours."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - registers itself with Pillow
from PIL import Image, ImageOps

import oimg

pillow_heif.register_heif_opener()
SOURCES = str(Path(oimg.__file__).resolve().parents[1])
FILE_KEYS = [
    "event",
    "source",
    "output",
    "outcome",
    "code",
    "detail",
    "source_format",
    "output_format",
    "source_bytes",
    "output_bytes",
    "width",
    "height",
    "frames",
    "score",
    "quality",
    "seconds",
    "warnings",
    "removed",
]
SUMMARY_KEYS = [
    "event",
    "files",
    "optimized",
    "kept",
    "failed",
    "stopped",
    "source_bytes",
    "output_bytes",
    "saved_bytes",
    "seconds",
    "batch",
]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "oimg", *map(os.fspath, arguments)]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the test's own environment (its home is isolated), with our sources first and no colours asked for."""
    return {**os.environ, "PYTHONPATH": SOURCES, "TERM": "xterm-256color", **(extra or {})}


def unmeasured(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The same where a coverage run must not reach into the program: it takes time, modules and disk."""
    return {name: value for name, value in environment(extra).items() if not name.startswith("COVERAGE_")}


@dataclass(frozen=True)
class Done:
    """What one run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every line of standard output as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """The file events by source."""
        return {event["source"]: event for event in self.events if event["event"] == "file"}

    @property
    def summary(self) -> dict[str, Any]:
        """The last line."""
        last = self.events[-1]
        assert last["event"] == "summary"
        return last


def run_oimg(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    data: bytes = b"",
    seconds: float = 120,
    **options: Any,
) -> Done:
    """Run the program to its end. `options` are subprocess.run's own, such as `user`."""
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(env),
        input=data,
        capture_output=True,
        timeout=seconds,
        check=False,
        **options,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def fingerprints(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Give hash, time of change (ns) and mode of every regular file below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        facts = path.lstat()
        if path.is_file() and not path.is_symlink():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path.relative_to(folder))] = (digest, facts.st_mtime_ns, facts.st_mode)
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """Give the bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unfinished(*folders: Path) -> list[Path]:
    """Give files that a writer left half done."""
    return [path for folder in folders for path in folder.rglob(".*") if path.name.startswith(".oimg-")]


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture as another decoder shows it: upright size, frames, and the first frame on white, in few cells."""

    size: tuple[int, int]
    frames: int
    small: np.ndarray


def shown(path: Path) -> Shown:
    """Decode a file whole with Pillow and its plugins."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd EXIF of test pictures
        with Image.open(path) as image:
            first = _small(image)
            frames = getattr(image, "n_frames", 1)
            for number in range(1, frames):  # forwards: APNG cannot be read the other way
                image.seek(number)
                image.load()
            return Shown(first.size, frames, first.small)


def _small(image: Image.Image) -> Shown:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I") or upright.mode == "F":  # more than 8 bits
        values = np.asarray(upright, np.float64)
        upright = Image.fromarray((values / (values.max() or 1) * 255).astype(np.uint8))
    white = Image.new("RGBA", upright.size, "white")
    flat = Image.alpha_composite(white, upright.convert("RGBA")).convert("RGB")
    cells = 16 if min(flat.size) >= 64 else 4
    return Shown(upright.size, 1, np.asarray(flat.resize((cells, cells), Image.Resampling.BOX), np.float64))


def looks_like(one: Shown, other: Shown) -> bool:
    """Whether two pictures are the same at a glance: no black picture, no turned one, no other colours."""
    return one.small.shape == other.small.shape and float(np.abs(one.small - other.small).mean()) < 8


def copy_all(sources: Sequence[Path], root: Path, folder: Path) -> None:
    """Copy files with the tree below `root`."""
    for path in sources:
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        os.utime(target, ns=(1_500_000_000_123_456_789, 1_500_000_000_987_654_321))


def small_files(corpus: Path, *, most: int = 3, largest: int = 40_000) -> list[Path]:
    """Choose a few small healthy pictures of every class of the corpus, always the same."""
    chosen: list[Path] = []
    counts: dict[Path, int] = {}
    for line in (corpus / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split("\t")
        path = corpus / fields[0]
        fits = fields[9] == "OK" and int(fields[4]) <= largest and int(fields[7] or 0) * int(fields[8] or 0) <= 200_000
        if fits and not fields[0].startswith("hostile/") and counts.get(path.parent, 0) < most:
            counts[path.parent] = counts.get(path.parent, 0) + 1
            chosen.append(path)
    return chosen
