"""Measure how soon a picture is seen as it will come out, and what memory looking at many pictures takes.

Usage: python benchmarks/gui/preview.py PICTURE [STEPS]   (100 copies of the picture are stepped through)

base     from the file to the pixels that everything is compared with
glimpse  from the call to pixels: the whole picture in a window of 1000 by 750, and 1600 by 1000 pixels at 100 %; the
         first one, which also learns from a sample, and the median of those after it, each for another target
result   the whole, through everything that Optimize does
steps    resident memory after each of many pictures (original, glimpse, every tenth its result), above that before

Milliseconds on the clock, and of the processor, all threads of the process together (children not counted). `load` is
the machine's: with others at work only the processor's time says much.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oimg.engine import child
from oimg.words.images import Limits
from oimg.words.preview import Region
from oimg.words.recipe import Recipe, Target
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken
from oimg.work.files.probe import probe
from oimg.work.files.scan import Found
from oimg.work.previews import Previews

FORMATS = (Target.JPEG, Target.WEBP, Target.AVIF, Target.JXL)
TARGETS = (80, 74, 86, 68, 60)
WINDOW = 1000, 750
PART = 1600, 1000


def main() -> None:
    path, steps = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100
    source = probed(path)
    width, height = source.header.upright_size
    print(f"{width} x {height}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    previews = Previews()
    print(f"base              {spent(lambda: previews.base(source, Recipe(), CancelToken()))}")
    fit = min(1.0, WINDOW[0] / width, WINDOW[1] / height)
    views = ("fit", Region(0, 0, width, height), fit), ("100 %", Region(width // 3, height // 3, *PART), 1.0)
    for target in FORMATS:
        for name, region, scale in views:
            glimpses(previews, source, target, name, region, scale)
    for target in FORMATS:
        print(f"result  {target:5}     {spent(lambda target=target: result(previews, source, target))}", flush=True)
    step_through(path, steps)
    child.close_all()


def probed(path: Path) -> SourceFile:
    found = probe(Found(path, path.parent, named=True), Limits())
    if not isinstance(found, SourceFile):
        sys.exit(f"{path}: no picture")
    return found


def spent(call: Callable[[], Any]) -> str:
    wall, cpu = timed(call)
    return f"{wall:6.0f} ms, CPU {cpu:6.0f}"


def timed(call: Callable[[], Any]) -> tuple[float, float]:
    began, before = time.perf_counter(), time.process_time()
    call()
    return 1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - before)


def glimpses(previews: Previews, source: SourceFile, target: Target, name: str, region: Region, scale: float) -> None:
    look = lambda wanted: timed(  # noqa: E731
        lambda: previews.glimpse(source, Recipe(format=target, target=wanted), region, scale, CancelToken())
    )
    first, *others = [look(wanted) for wanted in TARGETS]
    wall, cpu = (statistics.median(each) for each in zip(*others, strict=True))
    print(f"glimpse {target:5}{name:6}{first[0]:5.0f} ms, CPU {first[1]:6.0f}; then {wall:5.0f} ms, CPU {cpu:6.0f}")


def result(previews: Previews, source: SourceFile, target: Target) -> None:
    previews.result(source, Recipe(format=target), CancelToken())


def step_through(picture: Path, steps: int) -> None:
    """Look at many pictures one after the other, as with the arrow keys."""
    previews, token = Previews(), CancelToken()
    with tempfile.TemporaryDirectory(prefix="oimg-preview-") as name:
        before, most = resident(), 0
        for step in range(steps):
            copy = Path(name) / f"{step:04}{picture.suffix}"
            shutil.copyfile(picture, copy)
            source = probed(copy)
            recipe = Recipe(format=Target.JPEG)
            width, height = source.header.upright_size
            previews.original(source, token)
            previews.glimpse(source, recipe, Region(0, 0, width, height), 0.25, token)
            if step % 10 == 0:
                previews.result(source, recipe, token)
            copy.unlink()
            most = max(most, resident() - before)
        print(f"steps   {steps} pictures: {(resident() - before) >> 20} MiB above the start, {most >> 20} at most")


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
