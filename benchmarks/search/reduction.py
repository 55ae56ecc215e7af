"""Measure what decoding a JPEG smaller before it is resized costs and saves: the ground of `sizes.reduction`.

Usage: python benchmarks/search/reduction.py FOLDER [LONG_EDGE ...]

A line for each JPEG, each new length of its longer side and each scale that decodes at least as many pixels: how many
times more than needed, the score (SSIMULACRA2) against a full decoding that is resized, and CPU milliseconds of
both ways. A star marks what `sizes.reduction` would take.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from oimg.engine.codecs import jpeg
from oimg.engine.metrics.ssimulacra2 import score
from oimg.engine.steps import geometry, sizes
from oimg.engine.transform import inspect_header
from oimg.words.errors import OimgError
from oimg.words.images import Format, Limits
from oimg.words.recipe import Fitting, Resize

EDGES = (2048, 1600, 1200, 800, 400)


def resized(untrusted: bytes, size: tuple[int, int], reduced: int) -> tuple[np.ndarray, float]:
    """Decode and resize; gives pixels and milliseconds."""
    began = time.thread_time()
    image = geometry.scale_to(jpeg.decode_reduced(untrusted, Limits(), reduced), size)
    return image.pixels, 1000 * (time.thread_time() - began)


def main() -> None:
    """Measure every picture."""
    edges = tuple(map(int, sys.argv[2:])) or EDGES
    for path in sorted(Path(sys.argv[1]).iterdir()):
        untrusted = path.read_bytes()
        try:
            header = inspect_header(untrusted)
        except OimgError:
            continue
        size = (header.width, header.height)
        for edge in edges if header.format is Format.JPEG else ():
            spec = Resize(fitting=Fitting.LONG_EDGE, amount=edge)
            final = sizes.plan_size(size, spec)[1]
            if final == size:
                continue
            full, took = resized(untrusted, final, 1)
            for factor in (2, 4, 8):
                spare = max(size) / factor / max(final)
                if spare >= 1:
                    small, quick = resized(untrusted, final, factor)
                    mark = "*" if sizes.reduction(size, spec) == factor else " "
                    facts = f"spare {spare:5.2f}  score {score(full, small):6.2f}  {quick:6.1f} of {took:6.1f} ms"
                    print(f"{path.name[:28]:28} to {edge:5}  1/{factor}{mark} {facts}", flush=True)


if __name__ == "__main__":
    main()
