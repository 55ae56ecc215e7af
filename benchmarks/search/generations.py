"""Measure what another lossy pass over OIMG's own results would save: the ground of `GENERATION_GAIN`.

Usage: python benchmarks/search/generations.py FOLDER [FORMAT ...]   (lossless pictures; prints, by format and
target, the saving of a second pass that no rule holds back: median, 95th percentile and largest)
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from oimg.engine import generations
from oimg.engine.transform import Made, Request, inspect_header, transform
from oimg.words.images import Format
from oimg.words.recipe import Mode, Recipe, Target

TARGETS = (60.0, 80.0, 90.0)


def second_pass_saving(untrusted: bytes, recipe: Recipe) -> float | None:
    """Give the share of bytes that a second pass saves, or None where the first one makes nothing."""
    first = transform(Request(untrusted, inspect_header(untrusted), recipe))
    if not isinstance(first, Made) or first.score == 100:
        return None
    again = transform(Request(first.data, inspect_header(first.data), replace(recipe, format=Target.KEEP)))
    return 1 - len(again.data) / len(first.data) if isinstance(again, Made) else 0.0


def main() -> None:
    vars(generations)["GENERATION_GAIN"] = {}  # measure without the rule
    pictures = [path.read_bytes() for path in sorted(Path(sys.argv[1]).rglob("*.png"))]
    for name in sys.argv[2:] or ["jpeg", "webp", "avif", "jxl"]:
        recipes = [(f"target {target:g}", Recipe(format=Target(name), target=target)) for target in TARGETS]
        recipes.append(("quality 80", Recipe(format=Target(Format(name)), mode=Mode.QUALITY, quality=80)))
        for label, recipe in recipes:
            found = [saving for each in pictures if (saving := second_pass_saving(each, recipe)) is not None]
            if found:
                middle, high, most = np.median(found), np.percentile(found, 95), max(found)
                facts = f"{len(found):3} pictures  median {middle:6.1%}  p95 {high:6.1%}  max {most:6.1%}"
                print(f"{name:5} {label:11} {facts}")


if __name__ == "__main__":
    main()
