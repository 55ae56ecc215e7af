"""Scoring results: decoded by Pillow, compared by SSIMULACRA2, and that checked against plain float64 arithmetic."""

from __future__ import annotations

import importlib.util
import threading
from functools import lru_cache
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


def plain_score(original: Path, made: Path) -> float:
    """The score by the evaluation of the tests, which has nothing in common with ours but the paper; slow."""
    return _float64_module().score(pixels_of(original), pixels_of(made))


@lru_cache(maxsize=1)
def _float64_module() -> _Plain:
    path = Path(__file__).parents[2] / "tests" / "ssimulacra2_float64.py"
    spec = importlib.util.spec_from_file_location("ssimulacra2_float64", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("_Plain", module)
