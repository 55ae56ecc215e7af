"""Run one batch and print where its time went: native codecs, the metric, OIMG itself, and idle cores.

Usage: python benchmarks/batch.py FOLDER [--jobs N] [--format F] [--target S] [--long-edge PIXELS]

wall     seconds from the first task to the last
native   seconds spent inside calls of codec libraries (for those in a child process: until it answered), summed
         over all workers
metric   seconds inside the perceptual score, summed over all workers
own      seconds of the workers in none of these: Python, copies of pixels, files
idle     seconds of workers without a task, at the end of the batch or before the memory gate
ratio    wall / ((native + metric) / workers): the budget is 1.10
CPU      seconds of processor time: all of this process and its children, and what of it was native or metric. Their
         ratio tells what OIMG itself costs on a machine that does other things, too; not for AVIF, whose own threads
         are in no call's CPU time
peak     resident memory of this process

Below stands what took the most: calls by their clocks, and the functions of OIMG that were seen outside of any call
when the workers were looked at every few milliseconds.
"""

from __future__ import annotations

import oimg.faces.cli.main  # noqa: F401 - first: sets for this process what it sets for the program  # isort: skip

import argparse
import resource
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, Final

import imagequant
import mozjpeg_lossless_optimization as mozjpeg
import pillow_jxl
import pyjpegli
from PIL import Image, ImageCms, ImageFile

from oimg.engine import child
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.words.recipe import Fitting, Output, Place, Recipe, Resize, Target
from oimg.words.task import Finished, JobEvent
from oimg.work.session import Session

LOOK_EVERY: Final = 0.004
MOST: Final = 12


class Clocks:
    """Seconds by call, outermost calls only: (group, name) -> [elapsed, CPU of the thread]."""

    def __init__(self) -> None:
        self.spent: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.inside: set[int] = set()
        self._lock = threading.Lock()

    def timed(self, group: str, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Count the seconds of a call."""

        @wraps(call)
        def wrapper(*args: Any, **options: Any) -> Any:
            me = threading.get_ident()
            if me in self.inside:
                return call(*args, **options)
            self.inside.add(me)
            began, cpu = time.monotonic(), time.thread_time()
            try:
                return call(*args, **options)
            finally:
                elapsed = time.monotonic() - began, time.thread_time() - cpu
                self.inside.discard(me)
                with self._lock:
                    self.spent[group, name] = [sum(pair) for pair in zip(self.spent[group, name], elapsed, strict=True)]

        return wrapper

    def total(self, group: str, kind: int = 0) -> float:
        """Elapsed seconds (0) or CPU seconds (1) of a group."""
        return sum(seconds[kind] for (each, _), seconds in self.spent.items() if each == group)


def instrument(clocks: Clocks) -> None:
    """Put clocks around every native call that the engine makes."""
    for owner, attribute, name in (
        (ImageFile.ImageFile, "load", "decode with Pillow"),
        (Image.Image, "save", "encode with Pillow"),
        (Image.Image, "resize", "resize with Pillow"),
        (ImageCms, "applyTransform", "convert colours with Little CMS"),
        (pyjpegli, "encode", "encode with jpegli"),
        (mozjpeg, "optimize", "pack with mozjpeg"),
        (imagequant, "quantize_raw_rgba_bytes", "reduce with imagequant"),
        (child, "call", "calls in a child"),
    ):
        setattr(owner, attribute, clocks.timed("native", name, getattr(owner, attribute)))
    for name in ("Encoder", "Decoder"):
        native = getattr(pillow_jxl, name)
        clocked = lambda native=native, name=name, **options: clocks.timed(  # noqa: E731
            "native", f"JPEG XL {name}", native(**options)
        )
        setattr(pillow_jxl, name, clocked)
    for attribute, name in (("__init__", "prepare a reference"), ("score", "score")):
        setattr(Reference, attribute, clocks.timed("metric", name, getattr(Reference, attribute)))


class Watcher(threading.Thread):
    """Looks every few milliseconds where workers are that are in no native call."""

    def __init__(self, clocks: Clocks) -> None:
        super().__init__(daemon=True)
        self._clocks = clocks
        self._over = threading.Event()
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(LOOK_EVERY):
            workers = {each.ident for each in threading.enumerate() if each.name.startswith("oimg_")}
            for ident, frame in sys._current_frames().items():  # noqa: SLF001 - documented, and the only way
                if ident in workers and ident not in self._clocks.inside:
                    self.seen[_own(frame)] += 1

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


def _own(frame: FrameType | None) -> str:
    """The innermost function of OIMG."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("oimg."):
            return f"{module.removeprefix('oimg.')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "waiting for a task"


def cpu_seconds(*kinds: int) -> float:
    """Processor time of this process, of its ended children, or of both."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--format", default="keep")
    parser.add_argument("--target", type=float, default=80)
    parser.add_argument("--long-edge", type=int, default=0)
    given = parser.parse_args()
    clocks = Clocks()
    instrument(clocks)
    resize = Resize(fitting=Fitting.LONG_EDGE, amount=given.long_edge) if given.long_edge else Resize()
    busy: list[float] = []

    def on_event(event: JobEvent) -> None:
        if isinstance(event, Finished):
            busy.append(event.record.seconds)

    with tempfile.TemporaryDirectory() as output, Session(workers=given.jobs) as session:
        recipe = Recipe(
            format=Target(given.format),
            target=given.target,
            resize=resize,
            output=Output(place=Place.FOLDER, path=output),
        )
        prepared = session.prepare([given.folder], recipe)
        watcher = Watcher(clocks)
        watcher.start()
        began, cpu = time.monotonic(), cpu_seconds(resource.RUSAGE_SELF)
        run = session.start(prepared, on_event)
        run.wait()
        wall, cpu = time.monotonic() - began, cpu_seconds(resource.RUSAGE_SELF) - cpu
        watcher.stop()
        report = run.report()
    in_children = cpu_seconds(resource.RUSAGE_CHILDREN)
    pixels = sum(task.source.header.pixels for task in prepared.tasks) / 1e6
    print(f"{len(prepared.tasks)} pictures, {pixels:.1f} MP, {report.source_bytes} -> {report.output_bytes} bytes")
    tell(clocks, session.workers, wall, sum(busy))
    useful = clocks.total("native", 1) + clocks.total("metric", 1) + in_children
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"CPU {cpu + in_children:.2f} s, of it useful {useful:.2f} s: ratio {(cpu + in_children) / useful:.3f}")
    print(f"{pixels / wall:.2f} MP/s, peak {peak:.0f} MiB\n")
    print_profile(clocks, watcher)


def tell(clocks: Clocks, workers: int, wall: float, busy: float) -> None:
    """Print the sums."""
    native, metric = clocks.total("native"), clocks.total("metric")
    print(f"wall {wall:.2f} s x {workers} workers = native {native:.2f} + metric {metric:.2f}", end=" ")
    print(f"+ own {busy - native - metric:.2f} + idle {wall * workers - busy:.2f}")
    print(f"ratio {wall / ((native + metric) / workers):.3f}")


def print_profile(clocks: Clocks, watcher: Watcher) -> None:
    """Print what took the most."""
    ranked = sorted(clocks.spent.items(), key=lambda each: -each[1][0])
    for (group, name), (elapsed, cpu) in ranked[:MOST]:
        print(f"{group:6} {name:40} {elapsed:8.2f} s {cpu:8.2f} CPU s")
    every = sum(watcher.seen.values())
    for name, count in watcher.seen.most_common(MOST):
        print(f"own    {name:60} {count / every:6.1%} of {every} looks")


if __name__ == "__main__":
    main()
