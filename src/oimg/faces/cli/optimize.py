"""`oimg optimize`: find, work, show each file as it finishes, sum up; stop cleanly when asked."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from oimg.faces import jsonl
from oimg.faces.cli.recipe_flags import bytes_from, recipe_from
from oimg.faces.cli.screen import Progress, Table, drop_stdout, stderr
from oimg.faces.cli.undo import tell_recovery, undo_hint
from oimg.faces.messages import _, printable, reason
from oimg.faces.path_lists import expanded, read_paths
from oimg.words.recipe import Place, Recipe, RecipeError, Target
from oimg.words.report import Failed, Record, Report
from oimg.words.task import Finished, JobEvent, Progressed, Started, Task
from oimg.work.session import PlannedBatch, Run, Selection, Session, format_of_name, planned_path

# Seconds that running native calls get to end by themselves after Ctrl-C before the process exits without them.
_GRACE: Final = 1.2


class _Show:
    """Where outcomes go: JSON lines, or a table and a progress bar."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.as_json = given.json
        self._quiet = given.quiet
        self._in_trash = given.trash
        self._table = None if given.json or given.quiet else Table(sys.stdout, verbose=given.verbose)
        self.progress = Progress(sys.stderr, enabled=not given.quiet)

    def record(self, record: Record) -> None:
        self.progress.clear()
        if self.as_json:
            print(jsonl.line(jsonl.file_event(record)), flush=True)
        elif self._table is not None:
            self._table.row(record)
        elif isinstance(record.outcome, Failed):
            stderr(f"{printable(str(record.outcome.path))}: {reason(record.outcome)}")

    def report(self, report: Report) -> None:
        self.progress.clear()
        if self.as_json:
            print(jsonl.line(jsonl.summary_event(report)), flush=True)
        elif self._table is not None:
            self._table.summary(report)
        if report.undoable and not self._quiet:
            stderr(undo_hint(report, in_trash=self._in_trash))


def optimize(given: argparse.Namespace, base: Recipe) -> int:
    """Run the command; gives the exit code."""
    paths = _paths(given)
    if not paths:
        stderr(f"oimg: {_('which pictures? Name files or folders, or see `oimg optimize --help`.')}")
        return 2
    recipe = _to_file(recipe_from(given, base), given, paths)
    if given.jobs < 0 or given.jobs > 512:
        raise RecipeError("--jobs", f"{given.jobs} is not between 1 and 512")
    memory = bytes_from(given.memory_limit, "--memory-limit") if given.memory_limit else 0
    selection = Selection(tuple(given.include), tuple(given.exclude))
    # A service or a terminal that ends us gets the same clean stop as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not given.verbose:  # an unexpected error has its line in the output; tracebacks are for --verbose
        logging.getLogger("oimg").addHandler(logging.NullHandler())
    cached = not given.no_cache
    session = Session(workers=given.jobs, memory_limit=memory, use_cache=cached, dry_run=given.dry_run)
    show = _Show(given)
    with session:
        tell_recovery(session.recovered)
        planned = session.prepare(paths, recipe, selection, show.progress.looking)
        if given.dry_run:
            return _dry_run(session, planned, show)
        return _finish(_work(session, planned, show, given), given, show)


def _paths(given: argparse.Namespace) -> list[Path]:
    names = expanded(given.paths)
    if given.files_from:
        try:
            names += read_paths(given.files_from, null=given.null)
        except OSError as error:
            raise RecipeError("--files-from", str(error)) from error
    if "" in names:  # most likely a variable of a script that is not set; Path("") would be all of this folder
        raise RecipeError("PATH", "is empty")
    return [Path(name) for name in names]


def _to_file(recipe: Recipe, given: argparse.Namespace, paths: list[Path]) -> Recipe:
    """`-o name.webp` for a single file means that file, and its suffix means the format."""
    if recipe.output.place is not Place.FOLDER:
        return recipe
    path = Path(recipe.output.path)
    named = format_of_name(path)
    single = len(paths) == 1 and not paths[0].is_dir() and named is not None and not path.is_dir()
    if not single or named is None or recipe.output.path.endswith(os.sep):
        if path.exists() and not path.is_dir():
            raise RecipeError("--output", f"{path} is a file, and there are several pictures")
        return recipe
    if named.value in set(Target):
        wanted = Target(named.value)
        if given.format not in (None, Target.KEEP, Target.AUTO, wanted):
            raise RecipeError("--output", f"{path.name} is no name for {given.format}")
        recipe = replace(recipe, format=wanted)
    elif format_of_name(paths[0]) is not named or given.format is not None:
        raise RecipeError("--output", f"{named} can be read, but not written")
    return replace(recipe, output=replace(recipe.output, place=Place.FILE))


def _work(session: Session, planned: PlannedBatch, show: _Show, given: argparse.Namespace) -> Report:
    events: SimpleQueue[JobEvent] = SimpleQueue()
    show.progress.start()
    run = session.start(planned, events.put)
    pixels = {task.id: task.source.weight for task in planned.tasks}
    left, done, total = planned.count, dict.fromkeys(pixels, 0.0), sum(pixels.values()) or 1
    reached = 0.0  # pixels that are done; a running sum, since adding all of them up at each event would be quadratic

    def is_at(task_id: int, fraction: float) -> None:
        nonlocal reached
        reached += pixels.get(task_id, 0) * (fraction - done.get(task_id, 0.0))
        done[task_id] = fraction

    unreported = {task.id for task in planned.tasks} | {each for each, _ in planned.settled}
    try:
        while left:
            with suppress(Empty):
                match events.get(timeout=0.2):
                    case Finished(task_id, record):
                        left -= 1
                        unreported.discard(task_id)
                        is_at(task_id, 1.0)
                        show.record(record)
                    case Progressed(task_id, fraction):
                        is_at(task_id, fraction)
                    case Started():
                        pass
            show.progress.working(planned.count - left, planned.count, min(1.0, reached / total))
    except KeyboardInterrupt:
        _stop(session, run, show, unreported, given)
    return run.report()


def _stop(session: Session, run: Run, show: _Show, unreported: set[int], given: argparse.Namespace) -> None:
    """Ask all tasks to stop, wait a moment, then exit without those that are still in a native call."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    show.progress.clear()
    stderr(_("Stopping; finished files stay."))
    run.cancel()
    finished = run.wait(_GRACE)
    report = run.report()
    with suppress(BrokenPipeError):
        for each in sorted(unreported):
            show.record(report.records[each])
    _finish(report, given, show)
    if finished:
        session.close()
    else:
        session.abandon()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Not sys.exit: Python would wait for the worker threads.
    os._exit(report.exit_code)


def _finish(report: Report, given: argparse.Namespace, show: _Show) -> int:
    """Write CSV and summary; returns the exit code. All work is done, even if nobody reads the output any more."""
    code = report.exit_code
    if given.csv:
        try:
            jsonl.write_csv(Path(given.csv), report.records)
        except OSError as error:
            stderr(f"oimg: --csv: {printable(str(error))}")
            code = code or 1
    try:
        show.report(report)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_stdout()
    return code


def _dry_run(session: Session, planned: PlannedBatch, show: _Show) -> int:
    """Show what would be done with each file, and do nothing."""
    began = time.monotonic()
    known = {task.id: session.predict(task) for task in planned.tasks}
    settled = [outcome for _, outcome in planned.settled] + [each for each in known.values() if each is not None]
    records = [Record(outcome, 0.0) for outcome in settled]
    for record in records:
        show.record(record)
    show.progress.clear()
    for task in planned.tasks:
        if known[task.id] is not None:
            continue
        path = planned_path(task)
        if show.as_json:
            print(jsonl.line(jsonl.plan_event(task.source, path)))
            continue
        header = task.source.header
        width, height = header.upright_size
        print(f"? {printable(str(task.source.path))}  {header.format} {width} × {height}  {_plan(task, path)}")
    report = Report("dry-run", tuple(records), time.monotonic() - began)
    return report.exit_code


def _plan(task: Task, path: Path) -> str:
    if path in task.destination.names:
        return _("would be replaced")
    if task.destination.names:
        return _("would be replaced by {}").format(printable(path.name))
    return f"→ {printable(str(path))}"
