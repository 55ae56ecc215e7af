"""Run one batch and print how much of its time native codecs and the metric took, and how well the cores were used.

Usage: python benchmarks/batch.py FOLDER [--jobs N] [--format F] [--target S]

wall     seconds from the first task to the last
native   seconds spent inside calls of codec libraries (for those in a child process: until it answered), summed
         over all workers
metric   seconds inside the perceptual score, summed over all workers
share    (native + metric) / (wall x workers): 100 % means that OIMG itself costs nothing and no core idles
ratio    wall / ((native + metric) / workers): the budget is 1.10
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import imagequant
import mozjpeg_lossless_optimization as mozjpeg
import pillow_jxl
import pyjpegli
from PIL import Image, ImageFile

from oimg.engine import child
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.words.recipe import Output, Place, Recipe, Target
from oimg.work.session import Session

_spent: dict[str, float] = defaultdict(float)
_lock = threading.Lock()
_inside = threading.local()


def timed(group: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Count the seconds of a call, the outermost one only."""

    @wraps(call)
    def wrapper(*args: Any, **options: Any) -> Any:
        if getattr(_inside, "busy", False):
            return call(*args, **options)
        _inside.busy, began = True, time.monotonic()
        try:
            return call(*args, **options)
        finally:
            _inside.busy = False
            with _lock:
                _spent[group] += time.monotonic() - began

    return wrapper


def instrument() -> None:
    """Put clocks around every native call that the engine makes."""
    for owner, name in (
        (ImageFile.ImageFile, "load"),
        (Image.Image, "save"),
        (Image.Image, "resize"),
        (pyjpegli, "encode"),
        (mozjpeg, "optimize"),
        (imagequant, "quantize_raw_rgba_bytes"),
        (child, "call"),
    ):
        setattr(owner, name, timed("native", getattr(owner, name)))
    for name in ("Encoder", "Decoder"):
        native = getattr(pillow_jxl, name)
        setattr(pillow_jxl, name, lambda native=native, **options: timed("native", native(**options)))
    for name in ("__init__", "score"):
        setattr(Reference, name, timed("metric", getattr(Reference, name)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--format", default="keep")
    parser.add_argument("--target", type=float, default=80)
    given = parser.parse_args()
    instrument()
    with tempfile.TemporaryDirectory() as output, Session(workers=given.jobs) as session:
        recipe = Recipe(
            format=Target(given.format), target=given.target, output=Output(place=Place.FOLDER, path=output)
        )
        prepared = session.prepare([given.folder], recipe)
        began = time.monotonic()
        run = session.start(prepared, lambda _: None)
        run.wait()
        wall = time.monotonic() - began
        report = run.report()
    workers = session.workers
    useful = _spent["native"] + _spent["metric"]
    pixels = sum(task.source.header.pixels for task in prepared.tasks) / 1e6
    print(f"{len(prepared.tasks)} pictures, {pixels:.1f} MP, {report.source_bytes} -> {report.output_bytes} bytes")
    print(f"wall {wall:.2f} s, {workers} workers, {pixels / wall:.2f} MP/s")
    print(f"native {_spent['native']:.2f} s, metric {_spent['metric']:.2f} s")
    print(f"share {useful / (wall * workers):.1%}, ratio {wall / (useful / workers):.3f}")


if __name__ == "__main__":
    main()
