"""Running programs, and what that takes: seconds, processor seconds, memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.peers.tools import Places, Tool, Work
from PIL import Image

_SAMPLE_SECONDS: Final = 0.02
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds from start to end, processor seconds of all processes, and the most memory they had together (bytes).

    Memory is the sum of the resident sizes, read every 20 ms; pages that processes share count for each of them.
    """

    wall: float
    cpu: float
    peak: int
    failed: int = 0


class _Watch:
    """Reads what all processes of some sessions have in memory, on a thread of its own."""

    def __init__(self) -> None:
        self.sessions: set[int] = set()
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def _sample(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(map(_resident, _processes(self.sessions))))

    def close(self) -> int:
        self._over.set()
        self._thread.join()
        return self.peak


def _processes(sessions: Iterable[int]) -> list[int]:
    wanted = set(sessions)
    found = []
    for entry in os.listdir("/proc"):  # noqa: PTH208 - fifty times a second
        if entry.isdigit():
            try:
                if os.getsid(int(entry)) in wanted:
                    found.append(int(entry))
            except OSError:
                continue
    return found


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def measured(commands: list[list[str]], parallel: int, told: Path | None = None) -> Spent:
    """Run commands, so many at once, and wait for all; an exit code above 0 counts as a failure.

    What they print goes into the file `told`, or nowhere.
    """
    watch = _Watch()
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    codes, seconds = [], []

    def run(command: list[str]) -> None:
        with (told or Path(os.devnull)).open("wb") as printed:
            process = subprocess.Popen(
                command, env=environment, stdout=printed, stderr=subprocess.DEVNULL, start_new_session=True
            )
        watch.sessions.add(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        codes.append(process.returncode)
        seconds.append(used.ru_utime + used.ru_stime)

    began = time.monotonic()
    with ThreadPoolExecutor(max(1, min(parallel, len(commands)))) as pool:
        list(pool.map(run, commands))
    wall = time.monotonic() - began
    return Spent(wall, sum(seconds), watch.close(), sum(code != 0 for code in codes))


def convert(tool: Tool, sources: list[Path], quality: float, folder: Path, places: Places) -> tuple[list[Path], Spent]:
    """Have a tool turn pictures at a quality; gives where the results are, whether they came to be or not.

    A tool that works in place gets its copies before the clock starts.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    outputs = [folder / f"{source.stem}{tool.suffix}" for source in sources]
    if tool.in_place:
        for source, output in zip(sources, outputs, strict=True):
            _copy(source, output, as_jpeg=tool.takes_jpeg)
    with tempfile.TemporaryDirectory() as scratch:
        pairs = tuple(zip(sources, outputs, strict=True))
        commands = tool.commands(Work(pairs, quality, Path(scratch), places))
        return outputs, measured(commands, places.parallel)


def _copy(source: Path, output: Path, *, as_jpeg: bool) -> None:
    """As it is, or as the JPEG that comes nearest to it."""
    if as_jpeg and source.suffix == ".png":
        with Image.open(source) as opened:
            opened.convert("RGB").save(output, "JPEG", quality=100, subsampling="4:4:4")
    else:
        shutil.copyfile(source, output)
