"""Scoring results: decoded by Pillow, compared by SSIMULACRA2, and that checked against plain float64 arithmetic."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt
import pillow_jxl  # noqa: F401 - registers itself with Pillow
from PIL import Image, UnidentifiedImageError

from oimg.engine.metrics.ssimulacra2 import Reference


class _Plain(Protocol):
    """What is used of tests/ssimulacra2_float64.py."""

    def score(self, original: npt.NDArray[np.uint8], candidate: npt.NDArray[np.uint8]) -> float:
        """Compare sRGB pixels."""


@dataclass(frozen=True, slots=True)
class Check:
    """Of how many pairs the two evaluations were compared, and by how much they differed at the most."""

    pairs: int
    largest: float


def pixels_of(path: Path) -> npt.NDArray[np.uint8]:
    """RGB, with alpha where the file has it, shape (h, w, 3 or 4)."""
    with Image.open(path) as opened:
        opened.load()
        transparent = opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info
        return np.asarray(opened.convert("RGBA" if transparent else "RGB"))


class Ruler:
    """One original, and the scores of what was made of it."""

    def __init__(self, original: Path) -> None:
        self.pixels = pixels_of(original)
        self._reference = Reference(self.pixels)

    def score(self, made: Path) -> float | None:
        """The score of a result, or None where there is no picture of the same size."""
        try:
            pixels = pixels_of(made)
        except (OSError, UnidentifiedImageError, ValueError, SyntaxError):
            return None
        return self._reference.score(pixels) if pixels.shape[:2] == self.pixels.shape[:2] else None


class Rulers:
    """A ruler for every original that is asked for, made once; for several threads."""

    def __init__(self) -> None:
        self._made: dict[Path, Ruler] = {}
        self._lock = threading.Lock()

    def score(self, original: Path, made: Path) -> float | None:
        """As `Ruler.score`."""
        with self._lock:
            if original not in self._made:
                self._made[original] = Ruler(original)
        return self._made[original].score(made)


def cross_check(pairs: Sequence[tuple[Path, Path]], largest_side: int = 384) -> Check:
    """Compare the score that is used here with the evaluation of the tests, on the middle of each pair of pictures."""
    plain = _float64_module()
    differences = []
    for original, made in pairs:
        first, second = (_middle(pixels_of(path), largest_side) for path in (original, made))
        if first.shape[:2] == second.shape[:2] and min(first.shape[:2]) >= 8:
            differences.append(abs(Reference(first).score(second) - plain.score(first, second)))
    return Check(len(differences), max(differences, default=0.0))


def _middle(pixels: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    height, width = (min(side, length) for length in pixels.shape[:2])
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def _float64_module() -> _Plain:
    path = Path(__file__).parents[2] / "tests" / "ssimulacra2_float64.py"
    spec = importlib.util.spec_from_file_location("ssimulacra2_float64", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("_Plain", module)
