"""Measure the mean score by quality of every encoder as OIMG sets it: the table `PRIORS` of engine/search.py.

Usage: python benchmarks/search/priors.py FOLDER [FORMAT ...]   (FOLDER holds lossless photos, for example
the corpus folder photos/lossless; prints one table a format)
"""

from __future__ import annotations

import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np

from oimg.engine.codecs import CODECS, ENCODERS, detect
from oimg.engine.search import Judge
from oimg.engine.steps.color import fit_to
from oimg.words.images import DecodedImage, EncodeOptions, Format, Limits

QUALITIES = {
    Format.JPEG: (5, 20, 40, 60, 75, 85, 93, 100),
    Format.WEBP: (5, 20, 40, 60, 75, 85, 92, 100),
    Format.AVIF: (10, 25, 40, 50, 60, 70, 80, 90, 100),
    Format.JXL: (5, 30, 45, 60, 70, 80, 90, 99),
}


def photos(folder: Path) -> list[DecodedImage]:
    """Decode every picture below a folder to 8-bit RGB without alpha."""
    found = []
    for path in sorted(folder.rglob("*.png")):
        untrusted = path.read_bytes()
        detect(untrusted[:64]).probe(BytesIO(untrusted))
        image = CODECS[Format.PNG].decode(untrusted, Limits())
        found.append(replace(image, metadata=type(image.metadata)()))
    return found


def mean_scores(format_: Format, images: list[DecodedImage]) -> list[tuple[float, float, float]]:
    """Give (quality, mean score, standard deviation) for every quality of the grid."""
    codec, rows = ENCODERS[format_], []
    fitted = [fit_to(image, codec.capabilities, (255, 255, 255)).image for image in images]
    judges = [Judge(image) for image in fitted]
    for quality in QUALITIES[format_]:
        scores = []
        for image, judge in zip(fitted, judges, strict=True):
            data = codec.encode(image, EncodeOptions(quality=quality))
            scores.append(judge.score(codec.decode(data, Limits())))
        rows.append((float(quality), float(np.mean(scores)), float(np.std(scores))))
    return rows


def main() -> None:
    images = photos(Path(sys.argv[1]))
    for format_ in [Format(name) for name in sys.argv[2:]] or list(QUALITIES):
        print(f"{format_} ({len(images)} pictures)")
        for quality, mean, spread in mean_scores(format_, images):
            print(f"  quality {quality:5.1f}  score {mean:6.2f}  sd {spread:5.2f}")


if __name__ == "__main__":
    main()
