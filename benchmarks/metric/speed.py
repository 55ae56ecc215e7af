"""Print what SSIMULACRA2 costs with each back end, side by side: CPU time and memory by picture size, and the heat map.

Usage: python benchmarks/metric/speed.py [megapixels ...]

Times are CPU time of this process, which other work on the machine disturbs least, per megapixel: the median of
several runs, and the least. "reference" is paid once a picture, "candidate" for each comparison. Above CACHE_PIXELS
of a back end nothing is kept of the original, and its share is within each candidate's. "memory" is by how much one
reference and one comparison raise the peak of a process that has numpy, both pictures and a warm back end in memory;
it is for Linux and macOS.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Read by OpenBLAS when numpy is first imported; more threads would be counted as more CPU time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt

from oimg.engine.metrics import back_end
from oimg.engine.metrics.heatmap import local_scores, paint
from oimg.engine.metrics.ssimulacra2 import Reference

_RUNS = 7
_MEGAPIXELS = (0.4, 3.0, 12.0, 24.0)
_VIEWPORT = (1280, 800)


def picture(megapixels: float) -> npt.NDArray[np.uint8]:
    """Generated RGB pixels in 3:2 with smooth areas, edges and noise."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    width = round(height * 1.5)
    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)
    pixels = np.empty((height, width, 3), np.uint8)
    random = np.random.default_rng(0)
    for channel, wave in enumerate((np.sin(x / 31 + y / 47), np.sin(x / 7) + 0 * y, np.sign(np.sin(y / 23)) + 0 * x)):
        noise = random.normal(0, 4, (height, width)).astype(np.float32)
        pixels[..., channel] = np.clip(128 + 60 * wave + noise, 0, 255)
    return pixels


def cpu_milliseconds(run: Callable[[], Any], size: float) -> str:
    times = []
    for _ in range(_RUNS):
        start = time.process_time()
        run()
        times.append(1000 * (time.process_time() - start) / size)
    return f"{statistics.median(times):6.1f} (least {min(times):5.1f})"


def back_ends() -> list[str]:
    return ["native", "numpy"] if back_end.is_native_there() else ["numpy"]


def measure(megapixels: float) -> None:
    original = picture(megapixels)
    candidate = original // 8 * 8
    size = original.shape[0] * original.shape[1] / 1e6
    scores = {}
    for name in back_ends():
        os.environ[back_end.VARIABLE] = name
        reference = Reference(original)
        prepare = cpu_milliseconds(lambda: Reference(original), size)
        compare = cpu_milliseconds(lambda reference=reference: reference.score(candidate), size)  # type: ignore[misc]
        scores[name] = reference.score(candidate)
        memory = peak_mebibytes(name, megapixels)
        print(f"{size:6.1f}  {name:7} {prepare:24} {compare:24} {memory:>10}  {scores[name]:.4f}", flush=True)


def measure_map() -> None:
    width, height = _VIEWPORT
    original = np.ascontiguousarray(picture(2.0)[:height, :width])
    candidate = original // 8 * 8
    for name in back_ends():
        os.environ[back_end.VARIABLE] = name
        reference = Reference(original)
        scores = local_scores(reference, candidate)
        local = cpu_milliseconds(lambda reference=reference: local_scores(reference, candidate), 1)  # type: ignore[misc]
        painted = cpu_milliseconds(lambda scores=scores: paint(scores, _VIEWPORT), 1)  # type: ignore[misc]
        print(f"        {name:7} {local:24} {painted:24}")


def peak_mebibytes(name: str, megapixels: float) -> str:
    """The rise of the peak, measured in a new process."""
    if sys.platform == "win32":
        return "-"
    # glibc then gives every array back to the system, so that none hides in memory that was used before.
    environment = os.environ | {back_end.VARIABLE: name, "MALLOC_MMAP_THRESHOLD_": "65536"}
    command = [sys.executable, __file__, "--memory", str(megapixels)]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def print_memory(megapixels: float) -> None:
    import resource  # noqa: PLC0415  (not on Windows)

    def peak() -> int:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

    original = picture(megapixels)
    candidate = original // 8 * 8
    corner = original[:64, :64]
    Reference(corner).score(candidate[:64, :64])
    # The pictures' own making must not have left a peak that hides what comes.
    spare = np.ones(max(0, peak() - current_bytes()), np.uint8)
    before = peak()
    Reference(original).score(candidate)
    print(f"{(peak() - before) / 2**20:.0f} MiB")
    del spare


def current_bytes() -> int:
    """Memory that this process holds now."""
    if sys.platform == "linux":
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--memory"]:
        print_memory(float(arguments[1]))
        return
    print(f"    MP          {'reference, ms/MP':24} {'candidate, ms/MP':24} {'memory':>10}  score")
    for wanted in [float(argument) for argument in arguments] or _MEGAPIXELS:
        measure(wanted)
    print(f"heat map of {_VIEWPORT[0]}x{_VIEWPORT[1]}\n                {'local scores, ms':24} {'colors, ms':24}")
    measure_map()


if __name__ == "__main__":
    main(sys.argv[1:])
