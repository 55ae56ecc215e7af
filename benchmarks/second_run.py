"""Run OIMG twice over the same pictures, as real processes, and print how much faster the second run is.

Usage: python benchmarks/second_run.py [FILES [WIDTHxHEIGHT]]   (1000 480x360, or 10000 160x120)
       python benchmarks/second_run.py --place beside           or in-place; results go into a folder by default
       python benchmarks/second_run.py --store                  what one look into the store costs

start    one picture that was done before, alone: what the interpreter and the imports take
first    nothing is remembered yet
second   sources and results are recognised by their state, but for those of the last three seconds, which are read
third    nothing is read any more
changed  as the third, with a hundredth of the pictures written anew
again    with --no-cache: what the second run would take without a memory

Seconds are wall / CPU of the process and its children; ratios are of both against `first`. The third ratio is CPU
seconds of `first`, shared among all cores, to those of the run: that of wall seconds where nothing else runs, as the
first run uses all cores and the others hardly more than one. The pictures are generated, always the same; home, cache
and results lie in a folder that is removed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from oimg.work.cache.store import Store

# Seconds after which the state of a file counts (`oimg.work.cache.files`): people's pictures are older.
_SETTLED = 3.1


def picture(path: Path, number: int, width: int, height: int) -> None:
    """Write a JPEG of smooth shapes under a camera's noise."""
    random = np.random.default_rng(number)
    coarse = Image.fromarray(random.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)
    noisy = smooth + random.normal(0, 6, (height, width, 1))
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(path, quality=93)


def run(root: Path, *arguments: str) -> tuple[float, float, dict[str, int]]:
    """Run OIMG with a home of its own: wall and CPU seconds, and the totals that it tells."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {f"XDG_{name}_HOME": str(root / name.lower()) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    # An installed program is compiled; so is this one, from its second start on.
    environment |= {"HOME": str(root), "PYTHONPYCACHEPREFIX": str(root / "compiled")}
    before, began = os.times(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "oimg", "optimize", *arguments, "--json"],
        env=environment,
        capture_output=True,
        check=True,
    )
    wall, after = time.monotonic() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    lines = done.stdout.splitlines()
    summary = json.loads(lines[-1])
    recognised = sum(b'"done-before"' in line for line in lines)
    return wall, cpu, {**{name: summary[name] for name in ("files", "optimized", "kept")}, "recognised": recognised}


def compare_runs(files: int, width: int, height: int, place: str) -> None:
    with tempfile.TemporaryDirectory(prefix="oimg-") as folder:
        root = Path(folder)
        sources, output = root / "in", root / "out"
        sources.mkdir()
        for number in range(files):
            picture(sources / f"{number:06}.jpg", number, width, height)
        one = root / "one.jpg"
        picture(one, files, width, height)
        run(root, str(one), "-o", str(root / "out-one"))
        time.sleep(_SETTLED)
        start = run(root, str(one), "-o", str(root / "out-one"))
        print(f"{files} JPEGs of {width} x {height}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        print(f"start   {start[0]:8.2f} s wall {start[1]:8.2f} s CPU")
        where = {"folder": ["-o", str(output)], "beside": [], "in-place": ["--in-place"]}[place]
        overwrite = [] if place == "in-place" else ["--on-conflict", "overwrite"]
        first, first_cpu = 0.0, 0.0
        for name in ("first", "second", "third", "changed", "again"):
            if name == "changed":
                for number in range(0, files, 100):
                    picture(sources / f"{number:06}.jpg", files + number, width, height)
            flags = ["--no-cache"] if name == "again" else overwrite if name == "changed" else []
            wall, cpu, told = run(root, str(sources), *where, *flags)
            first, first_cpu = first or wall, first_cpu or cpu
            facts = ", ".join(f"{count} {fact}" for fact, count in told.items())
            shared = first_cpu / (os.cpu_count() or 1)
            ratios = f"{first / wall:6.1f} x {first_cpu / cpu:6.1f} x {shared / cpu:6.1f} x"
            print(f"{name:7} {wall:8.2f} s wall {cpu:8.2f} s CPU  {ratios}  {facts}", flush=True)
        size = sum(each.stat().st_size for each in (root / "cache").rglob("*") if each.is_file())
        print(f"store   {size} bytes, {size / files:.0f} a picture")


def look_up(rows: int) -> None:
    """Print what a look into the store costs that has so many rows."""
    with tempfile.TemporaryDirectory(prefix="oimg-") as folder:
        store = Store(Path(folder) / "results.sqlite", 1 << 30)
        keys = [hashlib.blake2b(str(each).encode(), digest_size=16).digest() for each in range(rows)]
        began = time.process_time()
        for key in keys:
            store.put(key, key * 10)
        store.close()
        wrote = time.process_time() - began
        began = time.process_time()
        asked = keys[:: max(1, rows // 30_000)]
        assert all(store.get(key) is not None for key in asked)  # noqa: S101
        read = time.process_time() - began
        size = store.size()
        store.close()
    costs = f"{1e6 * wrote / rows:.1f} us to write a row, {1e6 * read / len(asked):.1f} us to read one"
    print(f"{rows} rows, {size / 1e6:.1f} MB: {costs} (CPU)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=int, nargs="?", default=1000)
    parser.add_argument("size", nargs="?", default="480x360")
    parser.add_argument("--place", choices=["folder", "beside", "in-place"], default="folder")
    parser.add_argument("--store", action="store_true")
    given = parser.parse_args()
    if given.store:
        look_up(200_000)
        return
    width, height = map(int, given.size.split("x"))
    compare_runs(given.files, width, height, given.place)


if __name__ == "__main__":
    main()
