"""Print what SSIMULACRA2 costs: CPU milliseconds per megapixel and extra memory, for three picture sizes.

Usage: python benchmarks/metric/speed.py [megapixels ...]

Every figure is the least of several runs, because other work on the machine only ever adds to it. Above
ssimulacra2.CACHE_PIXELS nothing is prepared ahead: the original's share is then within each candidate's.
"""

from __future__ import annotations

import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

# Read by OpenBLAS when numpy is first imported; more threads would be counted as more CPU time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics.ssimulacra2 import Reference

_RUNS = 5
_MEGAPIXELS = (0.4, 3.0, 12.0)


def picture(megapixels: float) -> npt.NDArray[np.uint8]:
    """Generated RGB pixels in 3:2 with smooth areas, edges and noise."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    width = round(height * 1.5)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    waves = np.stack([np.sin(x / 31 + y / 47), np.sin(x / 7), np.sign(np.sin(y / 23))], axis=-1)
    noise = np.random.default_rng(0).normal(0, 4, waves.shape).astype(np.float32)
    return np.clip(128 + 60 * waves + noise, 0, 255).astype(np.uint8)


def cpu_milliseconds(run: Callable[[], Any]) -> float:
    times = []
    for _ in range(_RUNS):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def peak_mebibytes(run: Callable[[], Any]) -> float:
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def measure(megapixels: float) -> None:
    original = picture(megapixels)
    candidate = original // 8 * 8
    size = original.shape[0] * original.shape[1] / 1e6
    reference = Reference(original)
    prepare = cpu_milliseconds(lambda: Reference(original)) / size
    compare = cpu_milliseconds(lambda: reference.score(candidate)) / size
    memory = peak_mebibytes(lambda: Reference(original).score(candidate))
    speed = f"reference {prepare:6.1f} ms/MP  candidate {compare:6.1f} ms/MP"
    print(f"{size:6.1f} MP  {speed}  peak {memory:6.0f} MiB")


if __name__ == "__main__":
    for wanted in [float(argument) for argument in sys.argv[1:]] or _MEGAPIXELS:
        measure(wanted)
