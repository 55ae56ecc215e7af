"""Measure how long the window holds a user up when its list is very long.

Usage: python benchmarks/gui/many_rows.py [ROWS [BATCH]]   (100000 rows, a batch of 10000 of them)

add      rows come as an import delivers them, 600 at a time; memory a row, all that belongs to it
scroll   the whole list from the first row to the last in 600 steps, each painted
filter   a name typed letter by letter, and taken out again
sort     by a column
select   all rows, and what the window does about it
own      all of them get a recipe of their own, and lose it again
begin    a batch is started, its events come 600 at a time, it ends with its results
undo     all that it replaced is brought back, and read anew
remove   every second row, then all that are left; clear, from all rows anew

For each the longest time that the loop was held up at once, in milliseconds of the clock and of the window's thread,
and the same for 99 of 100 turns of the loop where there are many. No file is read or written: rows, events and reports
are invented, so that nothing but the window is measured. With others at work, only the processor's time says much.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from oimg.faces.gui import app, display  # the entry point arms the guard
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.queue.rows import open_rows
from oimg.faces.gui.running import Item
from oimg.faces.gui.undoing import Undone
from oimg.words.images import Format, Header
from oimg.words.recipe import Output, Place, Recipe
from oimg.words.report import Optimized, Record, Report, SourceFile
from oimg.words.task import Finished, JobEvent, Progressed, Started
from oimg.words.undo import Restored
from oimg.work.settings import WindowState

AT_ONCE = 600
FRAMES = 600
TYPED = "img_0999"


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    batch = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="oimg-gui-") as home:
        for each in ("CONFIG", "CACHE", "DATA", "STATE"):
            os.environ[f"XDG_{each}_HOME"] = str(Path(home) / each.lower())
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {os.environ['QT_QPA_PLATFORM']}, {rows} rows")
        application = display.application_of(["oimg"])
        Measured(MainWindow(WindowState()), application.processEvents).all(rows, batch)


class Measured:
    """A window, and how long each thing that is done to it takes."""

    def __init__(self, window: MainWindow, turn: Callable[[], None]) -> None:
        self.window, self.turn = window, turn
        window.resize(1280, 800)
        window.show()
        self.settle()

    def all(self, rows: int, batch: int) -> None:
        """Measure everything, in the order of the usage above."""
        files = list(sources(rows))
        self.add(files)
        self.scroll()
        self.filter()
        self.tell("sort", [lambda: self.window.queue.proxy.sort(0)])
        self.tell("unsort", [lambda: self.window.queue.proxy.sort(-1)])
        self.tell("select", [self.window.queue.view.selectAll])
        self.settle()
        self.tell("own recipe", [lambda: self.window.options.own_recipe_changed.emit(Recipe(target=70))])
        self.tell("common again", [self.window.options.own_recipe_dropped.emit])
        self.tell("unselect", [self.window.queue.view.select_first])
        self.run(files[:batch])
        everything = [row.id for row in self.window.model.rows()]
        self.tell("remove a half", [lambda: self.window.model.remove(everything[::2])])
        self.tell("select", [self.window.queue.view.selectAll])
        self.tell("remove all", [lambda: self.window.model.remove(self.window.queue.view.selected_ids())])
        self.add(files)
        self.tell("clear", [lambda: self.window.model.remove([row.id for row in self.window.model.rows()])])

    def add(self, files: Sequence[SourceFile]) -> None:
        """Deliver files as an import does."""
        before, deliver = resident(), self.window.importing._take  # noqa: SLF001
        self.tell("add", [lambda at=at: deliver(files[at : at + AT_ONCE]) for at in steps(files)])
        print(f"{'':14}{(resident() - before) / len(files):6.0f} bytes a row in the window, beside what was found")

    def scroll(self) -> None:
        """Paint the list at many places."""
        view, bar = self.window.queue.view, self.window.queue.view.verticalScrollBar()

        def show(step: int) -> None:
            bar.setValue(bar.maximum() * step // FRAMES)
            view.viewport().repaint()

        self.tell("scroll", [lambda step=step: show(step) for step in range(FRAMES + 1)])

    def filter(self) -> None:
        """Type, key by key."""
        search = self.window.queue.search.setText
        texts = [TYPED[:end] for end in range(1, len(TYPED) + 1)]
        self.tell("filter", [lambda text=text: search(text) for text in (*texts, *reversed(texts[:-1]))])
        self.tell("all again", [lambda: search("")])
        self.tell("by state", [lambda text=text: search(text) for text in ("w", "wa", "wai")])
        search("")
        self.settle()

    def run(self, files: Sequence[SourceFile]) -> None:
        """Work on files in place, and take it back."""
        window = self.window
        recipe, in_place = window.recipe, Output(place=Place.IN_PLACE)
        window.use_recipe(type(recipe)(output=in_place))
        self.settle()
        rows = window.model.rows()[: len(files)]
        self.tell("open rows", [lambda: open_rows(window.model.rows(), window.recipe)])
        items = [Item(row.id, row.source, window.recipe) for row in rows if row.source is not None]
        self.tell("begin", [lambda: window.model.begin({item.id: item.recipe for item in items})])
        events = [pair for item in items for pair in happened(item)]
        self.tell("events", [lambda at=at: window.model.apply(events[at : at + AT_ONCE]) for at in steps(events)])
        report = Report("20261122-120000-abcd", tuple(record_of(item.source) for item in items), 60.0, in_place=True)
        ids = [item.id for item in items]
        self.tell("results", [lambda: window.after_run.show_report(report, ids)])
        self.tell("all selected", [window.queue.view.selectAll])
        undone = Undone(tuple(Restored(each.path, each.path, each.byte_size) for each in files))
        window.importing.add = lambda *_: None  # type: ignore[method-assign]  # what it finds is delivered below
        self.tell("undone", [lambda: window.after_run._undone(undone)])  # noqa: SLF001
        self.tell("read anew", [lambda at=at: window.model.add(files[at : at + AT_ONCE]) for at in steps(files)])

    def settle(self) -> None:
        """Let timers that wait for a pause do what they have to."""
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            self.turn()
            time.sleep(0.002)

    def tell(self, what: str, doings: Sequence[Callable[[], object]]) -> None:
        """Do things one after the other, each with what the loop has to do for it; print how long that took."""
        spent: list[tuple[float, float]] = []
        for do in doings:
            spent += measured(do), measured(self.turn)
        end = time.monotonic() + 0.6
        while time.monotonic() < end:  # what was put off
            spent.append(measured(self.turn))
            time.sleep(0.002)
        figures = []
        for values in zip(*spent, strict=True):
            ordered = sorted(values)
            figures.append((ordered[-1], ordered[int(len(ordered) * 0.99)]))
        (wall, wall99), (cpu, cpu99) = figures
        print(f"{what:14}longest {wall:6.1f} ms, CPU {cpu:6.1f}; p99 {wall99:6.1f} ms, CPU {cpu99:6.1f}", flush=True)


def measured(do: Callable[[], object]) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.thread_time()
    do()
    return 1e3 * (time.perf_counter() - began), 1e3 * (time.thread_time() - cpu)


def steps(values: Sequence[object]) -> range:
    return range(0, len(values), AT_ONCE)


def sources(count: int) -> Iterator[SourceFile]:
    """Files as they are found: no two values are shared but the folder."""
    folder = Path("/pictures/2026/Holiday by the sea")
    for each in range(count):
        path = folder / f"IMG_{each:06}.jpg"
        size = 2_000_000 + 37 * each % 1_000_003
        yield SourceFile(path, folder, size, (1, each, size, 3), Header(Format.JPEG, 4032, 3024))


def record_of(source: SourceFile) -> Record:
    size = source.byte_size // 2
    return Record(Optimized(source.path, source, source.path, Format.JPEG, size, 4032, 3024, 1, 81.2, 80), 1.5)


def happened(item: Item) -> list[tuple[int, JobEvent]]:
    """What is told of a file while it is worked on."""
    id_ = item.id
    middle = [(id_, Progressed(id_, share)) for share in (0.3, 0.6, 0.9)]
    return [(id_, Started(id_)), *middle, (id_, Finished(id_, record_of(item.source)))]


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    del app
    main()
    sys.stdout.flush()
    os._exit(0)
