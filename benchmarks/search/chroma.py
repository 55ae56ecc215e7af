"""Measure where a JPEG needs colour at full resolution: the ground of `has_sharp_colors` in engine/search.

Usage: python benchmarks/search/chroma.py CORPUS [TARGET]

For every picture of evaluate.py: whether `has_sharp_colors` says so; the bytes of 4:4:4 relative to 4:2:0 at equal
score (80 unless given), both searched; and how far colours are off in each: the 99.5th percentile of the distance in
CIELAB's a and b (CIE 1976) over all pixels, lightness left out. 2.3 is about the least that is seen on large areas.
"""

from __future__ import annotations

import sys
from pathlib import Path

import curves
import numpy as np
import numpy.typing as npt
from evaluate import facts, pictures

from oimg.engine.codecs import ENCODERS
from oimg.engine.search import Judge, Trial, for_score, shown
from oimg.engine.search.appearance import has_sharp_colors
from oimg.engine.search.trial import Candidate
from oimg.engine.steps.color import fit_to
from oimg.words.images import DecodedImage, Format, Limits

# sRGB to CIE XYZ, D65 (IEC 61966-2-1), divided by the white point.
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) / np.array(
    [[0.9505], [1.0], [1.089]]
)


def chroma(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """a* and b* of CIELAB (CIE 15), of shape (h, w, 2)."""
    coded = pixels[..., :3] / 255.0
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    x, y, z = np.moveaxis(linear @ _TO_XYZ.T, -1, 0)
    fx, fy, fz = (np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116) for t in (x, y, z))
    return np.stack([500 * (fx - fy), 200 * (fy - fz)], axis=-1)


def smallest(image: DecodedImage, coding: str, target: float) -> Candidate | None:
    codec = ENCODERS[Format.JPEG]
    found = for_score(
        Trial(
            Format.JPEG,
            curves.options(coding, 0),
            codec.capabilities.qualities,
            lambda options: codec.encode(image, options),
            lambda data: codec.decode(data, Limits()),
            Judge(image),
            lambda: None,
            **facts(image),
        ),
        target,
    )
    return found.best


def off(image: DecodedImage, candidate: Candidate) -> float:
    after = ENCODERS[Format.JPEG].decode(candidate.data, Limits())
    apart = chroma(shown(image, image.pixels)) - chroma(shown(after, after.pixels))
    return float(np.percentile(np.hypot(apart[..., 0], apart[..., 1]), 99.5))


def main() -> None:
    target = float(sys.argv[2]) if len(sys.argv) > 2 else 80.0
    print(f"target {target:g}    sharp   4:4:4 / 4:2:0   off in 4:2:0   off in 4:4:4")
    for kind, name, picture in pictures(Path(sys.argv[1])):
        image = fit_to(picture, ENCODERS[Format.JPEG].capabilities, (255, 255, 255)).image
        if image.pixels.shape[2] != 3:
            continue
        half, full = (smallest(image, coding, target) for coding in ("jpeg", "jpeg-444"))
        sharp = "yes" if has_sharp_colors(shown(image, image.pixels)) else "no"
        ratio = f"{len(full.data) / len(half.data):5.3f}" if half and full else "    -"
        errors = "   ".join(f"{off(image, each):12.1f}" if each else f"{'-':>12}" for each in (half, full))
        print(f"{kind:7} {sharp:>6}   {ratio:>13}   {errors}   {name}")


if __name__ == "__main__":
    main()
