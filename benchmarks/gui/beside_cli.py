"""Measure whether the window is any slower at the same work than the command line.

Usage: python benchmarks/gui/beside_cli.py FOLDER [ROUNDS]   (3 rounds)

Each round makes smaller copies of the folder by `oimg optimize` and in a window that shows the list with thumbnails and
the first picture, one after the other, with nothing remembered. Printed are seconds on the clock from the first task to
the last file (the command line: of its summary), and seconds of processor time of the whole process and its children;
in the end the ratio of the sums, window to command line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {os.environ['QT_QPA_PLATFORM']}")
    sums = {"line": [0.0, 0.0], "window": [0.0, 0.0]}
    for _ in range(rounds):
        for way, spent in sums.items():
            told, cpu = measured([sys.executable, __file__, f"--{way}", str(folder)])
            spent[0] += told["seconds"]
            spent[1] += cpu
            run = f", {told['run']:.2f} s of it during the run" if "run" in told else ""
            print(f"{way:7}{told['seconds']:7.2f} s, CPU {cpu:7.2f} s{run}, {told['optimized']} optimized", flush=True)
    (line, line_cpu), (window, window_cpu) = sums.values()
    print(f"ratio  {window / line:7.2f}  , CPU {window_cpu / line_cpu:7.2f}")


def measured(command: list[str]) -> tuple[dict[str, Any], float]:
    with tempfile.TemporaryDirectory(prefix="oimg-gui-") as name:
        homes = {f"XDG_{each}_HOME": str(Path(name) / each.lower()) for each in ("CONFIG", "CACHE", "DATA", "STATE")}
        before = os.times()
        done = subprocess.run(
            [*command, str(Path(name) / "out")],
            env=os.environ | homes,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        after = os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return json.loads(done.stdout.splitlines()[-1]), cpu


def by_line(folder: Path, out: Path) -> None:
    from oimg.faces.cli.main import main as command

    sys.exit(command(["optimize", "--json", "--no-cache", "-o", str(out), str(folder)]))


def in_window(folder: Path, out: Path) -> None:
    from oimg.faces.gui import app, display  # noqa: F401 - the entry point arms the guard
    from oimg.faces.gui.main_window import MainWindow
    from oimg.words.recipe import Output, Place
    from oimg.work.session import Session
    from oimg.work.settings import WindowState

    application = display.application_of(["oimg"])
    sys.setswitchinterval(display.TURN)
    with Session(use_cache=False) as session:
        window = MainWindow(WindowState())
        window.use(session)
        window.show()
        window.use_recipe(replace(window.recipe, output=Output(place=Place.FOLDER, path=str(out))))
        until(window.importing.finished, lambda: window.add([folder]))
        began, before = time.monotonic(), sum(os.times()[:4])
        until(window.running.ended, window.optimize)
        told = {
            "seconds": time.monotonic() - began,
            "optimized": window.model.totals.optimized,
            "run": sum(os.times()[:4]) - before,
        }
        window.close()
    application.quit()
    print(json.dumps(told))


def until(signal: Any, begin: Callable[[], object]) -> None:
    from PySide6.QtCore import QEventLoop

    loop = QEventLoop()
    signal.connect(loop.quit)
    begin()
    loop.exec()


if __name__ == "__main__":
    if sys.argv[1] == "--line":
        by_line(Path(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1] == "--window":
        in_window(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
