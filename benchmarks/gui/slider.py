"""Measure what a user sees of a slider: from its move to the new pixels on the screen, and to the next photo.

Usage: python benchmarks/gui/slider.py FOLDER [MOVES]   (20 moves for each format and view, then all photos of FOLDER)

slider  the window of 1280 by 800 over the first photo: the slider of the visual scale is moved, until the canvas was
        painted with what the new target makes of what is seen; fitted, and at 100 %
steps   every photo of the folder is looked at, as with the arrow keys: every tenth until its result is there, the
        others until they can be seen; resident memory before, at each, and when all is at rest

Milliseconds on the clock, and of the processor, all threads of the process together: the median and the most. `load` is
the machine's: with others at work only the processor's time says much.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from oimg.faces.gui import app, display  # the entry point arms the guard
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.opening import Opening
from oimg.words.recipe import Recipe, Target
from oimg.work.settings import WindowState

FORMATS = (Target.JPEG, Target.WEBP, Target.AVIF, Target.JXL)
# How long a hand rests between two moves: shorter than what lets the whole be made.
REST = 0.1
# How long the next photo may take to be prepared before memory is looked at.
SETTLED = 20


def main() -> None:
    folder, moves = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="oimg-gui-") as home:
        for each in ("CONFIG", "CACHE", "DATA", "STATE"):
            os.environ[f"XDG_{each}_HOME"] = str(Path(home) / each.lower())
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {os.environ['QT_QPA_PLATFORM']}")
        application = display.application_of(["oimg"])
        sys.setswitchinterval(display.TURN)
        looking = Looking(application.processEvents)
        looking.open(folder)
        for target in FORMATS:
            for name, scale in (("fit", None), ("100 %", 1.0)):
                looking.slide(target, name, scale, moves)
        looking.step_through()
        looking.close()


class Looking:
    """A window in which somebody looks at photos."""

    def __init__(self, turn: Callable[[], None]) -> None:
        self._turn = turn
        self.window, self.opening = MainWindow(WindowState()), Opening()
        self.opening.opened.connect(self.window.use)
        self.window.resize(1280, 800)
        self.window.show()
        self.opening.start()
        self.until(lambda: self.opening.session is not None)
        self._empty = resident()

    def open(self, folder: Path) -> None:
        """Drop a folder."""
        done: list[int] = []
        self.window.importing.finished.connect(done.append)
        self.window.add([folder])
        self.until(lambda: bool(done))
        print(f"{self.window.model.rowCount()} photos, {resident() >> 20} MiB resident")

    def slide(self, target: Target, name: str, scale: float | None, moves: int) -> None:
        """Move the slider, and wait each time for what it makes of what is seen."""
        window, glances = self.window, list[object]()
        window.use_recipe(Recipe(format=target, output=window.recipe.output))
        self.until(lambda: window.stage.canvas.image is not None)
        window.stage.canvas.zoom_to(scale)
        take = lambda glance, _quality: glances.append(glance)  # noqa: E731
        window.stage.loader.glance_made.connect(take)
        walls, cpus = [], []
        for move in range(moves):
            glances.clear()
            began, cpu = time.perf_counter(), time.process_time()
            window.options.recipe_changed.emit(replace(window.recipe, target=60 + 7 * move % 31))
            self.until(lambda: bool(glances))
            window.stage.canvas.repaint()
            walls.append(1e3 * (time.perf_counter() - began))
            cpus.append(1e3 * (time.process_time() - cpu))
            rest = time.monotonic() + REST
            self.until(lambda rest=rest: time.monotonic() > rest)
        window.stage.loader.glance_made.disconnect(take)
        seen = window.stage.canvas.viewport
        told = "" if seen is None else f", {seen.seen[2]:.0f} x {seen.seen[3]:.0f} pixels seen"
        print(f"slider {target:5}{name:6}{figures(walls)}; CPU {figures(cpus)}{told}", flush=True)

    def step_through(self) -> None:
        """Look at every photo until its result is there."""
        window, results = self.window, list[Any]()
        window.use_recipe(Recipe(format=Target.JPEG, output=window.recipe.output))
        window.stage.canvas.zoom_to(None)
        window.stage.result_shown.connect(results.append)
        before, seen = resident(), list[int]()
        for step, row in enumerate(list(window.model.rows())):
            results.clear()
            window.queue.view.select(row.id)
            self.until(lambda: window.stage.canvas.scene.base is not None)
            if step % 10 == 9:
                self.until(lambda: bool(results and results[-1] is not None))
            seen.append(resident())
        self.until(lambda: bool(results and results[-1] is not None))
        rest = time.monotonic() + SETTLED
        self.until(lambda: time.monotonic() > rest)
        told = f"{before >> 20} MiB before, {resident() >> 20} in the end, {max(seen) >> 20} most"
        print(f"steps   {len(seen)} photos, {told}; {self._empty >> 20} was the window before any photo")

    def close(self) -> None:
        """End all."""
        self.window.close()
        self.opening.close()

    def until(self, there: Callable[[], bool]) -> None:
        """Let the window work."""
        while not there():
            self._turn()
            time.sleep(0.002)


def figures(values: list[float]) -> str:
    return f"{statistics.median(values):5.0f} ms (median), {max(values):5.0f} (most)"


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    del app
    main()
