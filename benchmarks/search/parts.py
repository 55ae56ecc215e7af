"""Measure how far a part of a large picture is from the whole: the ground of `engine/search/part.py`.

Usage: python benchmarks/search/parts.py CODING PICTURE ...

CODING is as in curves.py; pictures have at least 4 megapixels. Each is coded at five qualities, whole and in bands. For
scores from 62 to 93, printed are the logarithm of the ratio of distances (100 - score), and of bytes a pixel, part over
whole: mean and standard deviation over pictures, and how far qualities of one picture differ from its own mean.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import curves
import numpy as np

from oimg.engine.codecs import CODECS, ENCODERS, detect
from oimg.engine.search import Judge, shown
from oimg.engine.search.part import part_of
from oimg.words.images import DecodedImage, Format, Frame, Limits, Metadata

QUALITIES = (60, 75, 82, 88, 92)
SCORES = (62.0, 93.0)


def measure(image: DecodedImage, part: DecodedImage, coding: str) -> np.ndarray:
    """Ratios of distance and of bytes a pixel at each quality, as logarithms: shape (n, 2)."""
    codec = ENCODERS[Format(coding.partition("-")[0])]
    judges, found = (Judge(image), Judge(part)), []
    for quality in QUALITIES:
        options = curves.options(coding, quality, 5)
        made = [codec.encode(each, options) for each in (image, part)]
        scores = [judge.score(codec.decode(data, Limits())) for judge, data in zip(judges, made, strict=True)]
        if SCORES[0] < scores[0] < SCORES[1]:
            densities = [len(data) / each.pixels[..., 0].size for data, each in zip(made, (image, part), strict=True)]
            found.append([(100 - scores[1]) / (100 - scores[0]), densities[1] / densities[0]])
    return np.log(np.array(found, float).reshape(-1, 2))


def main(coding: str, *paths: str) -> None:
    every = []
    for path in map(Path, paths):
        untrusted = path.read_bytes()
        source = CODECS[detect(untrusted[:64]).format].decode(untrusted, Limits())
        plain = Frame(shown(source, source.pixels))
        image = replace(source, frames=(plain,), icc=b"", metadata=Metadata(), orientation=1)
        part = part_of(image)
        if part is None:
            print(f"{path.name}: too small")
            continue
        ratios = measure(image, part, coding)
        print(f"{path.name:32}", *(f"{distance:+.3f} {density:+.3f} " for distance, density in ratios), flush=True)
        if len(ratios):
            every.append(ratios)
    means = np.array([ratios.mean(axis=0) for ratios in every])
    within = np.concatenate([ratios - ratios.mean(axis=0) for ratios in every])
    for column, name in enumerate(("distance", "density")):
        spread = means[:, column].std(ddof=1) if len(means) > 1 else 0.0
        print(f"{name:8} mean {means[:, column].mean():+.3f} sd {spread:.3f} within {within[:, column].std():.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
