"""What a colour profile costs in JPEG XL: bytes at a score without one (XYB) and with one, by the ways there are.

python benchmarks/color/jxl_profiles.py PICTURE-OR-FOLDER...
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from oimg.engine.codecs import jxl
from oimg.engine.containers.jxl_profile import with_profile
from oimg.engine.icc import cicp
from oimg.engine.search import Judge, Trial, for_score
from oimg.words.images import DecodedImage, EncodeOptions, Format, Frame, Limits

DISPLAY_P3 = cicp.profile(12, 13)


def pictures(names: list[str]) -> list[Path]:
    """Files as named, and PNG files of folders."""
    found: list[Path] = []
    for path in map(Path, names):
        found += sorted(path.glob("*.png")) if path.is_dir() else [path]
    return found


def smallest(image: DecodedImage, target: float, encode: Callable[[EncodeOptions], bytes]) -> int | None:
    """Bytes of the smallest encoding that reaches a score; None where none does."""
    codec = jxl.CODEC
    options = EncodeOptions(effort=5)
    trial = Trial(
        Format.JXL,
        options,
        codec.capabilities.qualities,
        encode,
        lambda data: codec.decode(data, Limits()),
        Judge(image),
        lambda: None,
        pixels=image.size[0] * image.size[1],
    )
    best = for_score(trial, target, budget=10).best
    return len(best.data) if best is not None else None


def main(names: list[str]) -> None:
    """Print the ratio to XYB of both ways, for each target."""
    ratios: dict[tuple[str, float], list[float]] = {}
    for path in pictures(names):
        with Image.open(path) as opened:
            pixels = np.asarray(opened.convert("RGB"))
        plain = DecodedImage((Frame(pixels),), loop=1)
        tagged = DecodedImage((Frame(pixels),), icc=DISPLAY_P3, loop=1)
        ways: dict[str, Callable[[EncodeOptions], bytes]] = {
            "packed JPEG": lambda options, image=tagged: jxl.CODEC.encode(image, options),  # type: ignore[misc]
            "no XYB": lambda options, image=tagged: with_profile(  # type: ignore[misc]
                jxl._coded(image, options, own_numbers=True),  # noqa: SLF001
                image.icc,
            ),
        }
        for target in (70.0, 80.0, 90.0):
            xyb = smallest(plain, target, lambda options, image=plain: jxl.CODEC.encode(image, options))  # type: ignore[misc]
            for name, encode in ways.items():
                size = smallest(tagged, target, encode)
                if xyb and size:
                    ratios.setdefault((name, target), []).append(size / xyb)
    for (name, target), values in sorted(ratios.items()):
        low, high = min(values), max(values)
        print(f"{name:12} target {target:.0f}  {len(values)} pictures  {median(values):.2f}  ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main(sys.argv[1:])
