"""Measure how soon the window is there, and how long it lets a user wait while it looks for pictures and works.

Usage: python benchmarks/gui/responsiveness.py [FILES [WORKED_ON]]   (10000 dropped, 1000 of them worked on)

start   from the start of a process to the first painting of its window; the best and the median of five warm starts
drop    files dropped in one folder: until the first rows are there, until all are, and the delay of the event loop
run     the work on some of them, likewise

A timer of 5 ms tells the delay: how much later than asked it comes is how long a key or a click would have waited. `of
that our own work` is no more of it than the processor's time that the process has used meanwhile, all threads together:
the rest was waiting for other programs. Memory is what is resident after the drop, by what it was before, a row. With
QT_QPA_PLATFORM=xcb the window is a real one, else it is drawn in memory. The pictures are generated, and lie with home
and results in a folder that is removed. `load` is the machine's at the start: with others at work, trust only ratios.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

STARTS = 5
TICK = 5  # ms
DIFFERENT = 500


def main() -> None:
    dropped = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    worked_on = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="oimg-gui-") as name:
        home = Path(name)
        for each in ("CONFIG", "CACHE", "DATA", "STATE"):
            os.environ[f"XDG_{each}_HOME"] = str(home / each.lower())
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {os.environ['QT_QPA_PLATFORM']}")
        starts = [start() for _ in range(STARTS + 1)][1:]
        wall, cpu = zip(*starts, strict=True)
        print(f"start   best {min(wall):.2f} s, median {statistics.median(wall):.2f} s, CPU {min(cpu):.2f} s")
        pictures(home / "in", dropped)
        subprocess.run([sys.executable, __file__, "--session", name, str(worked_on)], check=True)


def start() -> tuple[float, float]:
    """Start a process that shows the window and tells when it was painted: wall and CPU seconds."""
    began, before = time.time(), os.times()
    done = subprocess.run([sys.executable, __file__, "--start"], capture_output=True, check=True, text=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return float(done.stdout) - began, cpu


def pictures(folder: Path, count: int) -> None:
    """Write many small pictures, all different: by their pixels as many as are worked on, the others by a comment."""
    from io import BytesIO

    import numpy as np
    from PIL import Image

    folder.mkdir()
    random = np.random.default_rng(1)
    noise = random.integers(0, 255, (64, 64, 3), dtype=np.uint8)
    made: list[bytes] = []
    for number in range(min(count, DIFFERENT)):
        noise[0, 0] = number & 255, number >> 8 & 255, 0
        stream = BytesIO()
        Image.fromarray(noise).resize((320, 240), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=92)
        made.append(stream.getvalue())
    for number in range(count):
        data = made[number % DIFFERENT]
        (folder / f"{number:06}.jpg").write_bytes(data[:2] + b"\xff\xfe\0\x08%06d" % number + data[2:])


def paint_once() -> None:
    """The window of `oimg-gui`, until it is painted for the first time."""
    from oimg.faces.gui import app, display  # noqa: F401 - the entry point arms the guard
    from oimg.faces.gui.main_window import MainWindow
    from oimg.work.settings import load_window

    class Timed(MainWindow):
        """Tells when it was painted."""

        def paintEvent(self, event: object) -> None:
            """Tell the time, and end."""
            super().paintEvent(event)  # type: ignore[arg-type]
            print(time.time())
            sys.stdout.flush()
            os._exit(0)

    application = display.application_of(["oimg"])
    window = Timed(load_window())
    window.show()
    application.exec()


def delayed(what: str, begin: Callable[[], object], end: Any) -> None:
    """Do something until a signal comes, and print how late a timer came meanwhile."""
    from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer

    delays: list[tuple[float, float]] = []
    spent = [time.process_time()]
    clock, ticks, loop = QElapsedTimer(), QTimer(), QEventLoop()
    ticks.setTimerType(Qt.TimerType.PreciseTimer)

    def note() -> None:
        late, now = clock.nsecsElapsed() / 1e6 - TICK, time.process_time()
        delays.append((late, min(late, 1e3 * (now - spent[0]))))
        spent[0] = now
        clock.start()

    ticks.timeout.connect(note)
    end.connect(loop.quit)
    clock.start()
    ticks.start(TICK)
    began, cpu = time.monotonic(), time.thread_time()
    begin()
    loop.exec()
    ticks.stop()
    print(f"{what:7} {time.monotonic() - began:.2f} s, {time.thread_time() - cpu:.2f} s of the window's thread")
    for name, values in zip(("event loop late by", "of that our own work"), zip(*delays, strict=True), strict=True):
        ordered = sorted(values)
        p99 = ordered[int(len(ordered) * 0.99)]
        figures = f"{statistics.median(ordered):5.1f} (median), {p99:5.1f} (p99), {ordered[-1]:5.1f} ms (most)"
        print(f"{'':8}{name:21}{figures}")


def session(home: Path, worked_on: int) -> None:
    """Drop the pictures, then work on some."""
    from PySide6.QtCore import QEventLoop

    from oimg.faces.gui import app, display  # noqa: F401
    from oimg.faces.gui.main_window import MainWindow
    from oimg.faces.gui.opening import Opening
    from oimg.words.recipe import Output, Place
    from oimg.work.settings import WindowState

    application = display.application_of(["oimg"])
    sys.setswitchinterval(display.TURN)
    window, opening, loop = MainWindow(WindowState()), Opening(), QEventLoop()
    opening.opened.connect(window.use)
    opening.opened.connect(lambda _: loop.quit())
    window.show()
    opening.start()
    loop.exec()
    window.use_recipe(replace(window.recipe, output=Output(place=Place.FOLDER, path=str(home / "out"))))
    first, before = list[float](), resident()
    began = time.monotonic()
    window.model.rowsInserted.connect(lambda *_: first.append(time.monotonic() - began) if not first else None)
    delayed("drop", lambda: window.add([home / "in"]), window.importing.finished)
    rows = window.model.rowCount()
    print(f"        {rows} files, first rows after {first[0]:.3f} s, {(resident() - before) / rows:.0f} bytes a row")
    window.model.remove([row.id for row in window.model.rows()[worked_on:]])
    delayed("run", window.optimize, window.running.ended)
    print(f"        {window.model.totals.optimized} of {window.model.rowCount()} optimized")
    window.close()
    opening.close()
    application.quit()


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--start"]:
        paint_once()
    elif sys.argv[1:2] == ["--session"]:
        session(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
