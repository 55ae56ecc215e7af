"""Measure the peak memory of one picture in work, in bytes a pixel: the ground of `engine/footprint.py`.

Usage: python benchmarks/memory.py [MEGAPIXELS [FORMAT ...]]   (Linux; 12 megapixels and all written formats by default)
       python benchmarks/memory.py batch COUNT MEGAPIXELS [LONG_EDGE]

Each row is a process of its own that optimizes one generated PNG, photo-like or drawn, into one format. From its peak
resident size that of the same work on a tiny picture is taken away: interpreter, libraries, tables. The codec
child of PNG counts along. `batch` runs so many JPEG files of that size through a session under its default memory
limit, made smaller where a length of the longer side is given, and prints the peak of the process beside the limit.
"""

from __future__ import annotations

import oimg.faces.cli.main  # noqa: F401 - first: sets for this process what it sets for the program  # isort: skip

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from oimg.engine import child
from oimg.engine.codecs.png import assemble
from oimg.engine.transform import Made, Request, inspect_header, transform
from oimg.words.recipe import Fitting, Output, Place, Recipe, Resize, Target
from oimg.work.session import Session

FORMATS = ("jpeg", "png", "webp", "avif", "jxl", "gif", "tiff")
KINDS = ("photo", "drawn")
TINY = 0.01


def picture(kind: str, megapixels: float) -> npt.NDArray[np.uint8]:
    """RGB pixels in 4:3, of few colours where it is drawn; made row by row, so that making them takes no peak."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = round(height * 4 / 3)
    pixels = np.empty((height, width, 3), np.uint8)
    random, x = np.random.default_rng(0), np.arange(width)
    for y in range(height):
        wave = 128 + 80 * np.sin(x / 37 + y / 53)
        row = wave[:, np.newaxis] + random.normal(0, 8, (width, 3)) if kind == "photo" else (wave // 32 * 32)[:, None]
        pixels[y] = np.clip(row, 0, 255)
    return pixels


def work(kind: str, megapixels: float, name: str) -> None:
    """Do the work in this process, and print what it and its child took at the most."""
    untrusted = assemble(picture(kind, megapixels))
    header = inspect_header(untrusted)
    result = transform(Request(untrusted, header, Recipe(format=Target(name))))
    child.close_all()
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    outcome = f"score {result.score:.1f}" if isinstance(result, Made) and result.score is not None else str(result)[:60]
    print(json.dumps({"bytes": peak * 1024, "pixels": header.pixels, "outcome": outcome}))


def measure(kind: str, megapixels: float, name: str) -> dict[str, float | str]:
    command = [sys.executable, "-W", "ignore", __file__, "--work", kind, str(megapixels), name]
    found: dict[str, float | str] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def batch(count: int, megapixels: float, edge: int) -> None:
    """Optimize links to one generated JPEG, all workers at once."""
    with tempfile.TemporaryDirectory() as folder, Session() as session:
        first = Path(folder, "0.jpg")
        Image.fromarray(picture("photo", megapixels)).save(first, quality=85)
        for each in range(1, count):
            Path(folder, f"{each}.jpg").hardlink_to(first)
        resize = Resize(fitting=Fitting.LONG_EDGE, amount=edge) if edge else Resize()
        recipe = Recipe(resize=resize, output=Output(place=Place.FOLDER, path=str(Path(folder, "out"))))
        prepared = session.prepare([Path(folder)], recipe)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.monotonic()
        run = session.start(prepared, lambda _: None)
        run.wait()
        wall, report = time.monotonic() - began, run.report()
        limit, workers = session.memory_limit, session.workers
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    outcomes = Counter(type(record.outcome).__name__ for record in report.records)
    print(f"{count} x {megapixels:g} MP, {workers} workers: {dict(outcomes)}, {wall:.1f} s")
    print(f"peak {peak:.0f} MiB, {before:.0f} before the batch; limit {limit / 2**20:.0f} MiB")


def main(megapixels: float, names: tuple[str, ...]) -> None:
    for name in names:
        for kind in KINDS:
            tiny, large = (measure(kind, each, name) for each in (TINY, megapixels))
            pixels = float(large["pixels"])
            share = (float(large["bytes"]) - float(tiny["bytes"])) / pixels
            print(
                f"{name:5} {kind:5} {pixels / 1e6:5.1f} MP  {share:5.1f} bytes a pixel  {large['outcome']}", flush=True
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2], float(sys.argv[3]), sys.argv[4])
    elif sys.argv[1:2] == ["batch"]:
        batch(int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 12.0, tuple(sys.argv[2:]) or FORMATS)
