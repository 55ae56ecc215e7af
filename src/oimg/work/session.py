"""The front door to everything below the faces: the command line and the window both work through a `Session`."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from oimg.engine import child
from oimg.words.answers import Comparison, Diagnosis, EmbeddedPicture, Inspection, Stored, StoredKind
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Limits
from oimg.words.menus import Titles
from oimg.words.recipe import Conflict, Place, Recipe
from oimg.words.report import Failed, Kept, Optimized, Record, SourceFile
from oimg.words.task import CancelToken, Finished, OnEvent, Task
from oimg.words.undo import PastBatch, Recovery, Removing, Undoing, UndoReport
from oimg.work import settings, storage
from oimg.work.cache import folder as cache_folder
from oimg.work.cache.results import ResultCache
from oimg.work.files import commit, removal, temp
from oimg.work.files.destinations import format_of_name, plan
from oimg.work.files.probe import probe
from oimg.work.files.scan import Found, Selection, scan
from oimg.work.jobs import BatchRunner
from oimg.work.machine import codec_states, diagnosis, quarter_of_memory, usable_cores
from oimg.work.pipeline import optimize_file, planned_path
from oimg.work.prediction import predicted_outcome
from oimg.work.run import PlannedBatch, Run
from oimg.work.safety.keeper import Keeper, UnknownBatchError

if TYPE_CHECKING:
    from oimg.work.desktop.menus import Menus

    # It loads numpy, which a run in which all is done already does not need.
    from oimg.work.previews import Previews as Previews  # noqa: PLC0414 - so faces may have it from here

__all__ = [
    "PlannedBatch",
    "Run",
    "Selection",
    "Session",
    "UnknownBatchError",
    "codec_states",
    "format_of_name",
    "planned_path",
    "usable_cores",
]
_SMALLEST_LIMIT: Final = 256 << 20
# How many files are queued for each probing worker: enough that no worker runs out of names, few enough that a stop
# takes effect soon.
_AHEAD: Final = 16


class Session:
    """Holds the worker threads. Use it as a context manager; `abandon` ends everything at once instead.

    With `use_cache`, work that was done before is not repeated, if the settings allow a cache; a dry run only reads the
    cache. `memory_limit` is in bytes; for it and for `workers`, 0 means the settings' value, or else the machine's.
    """

    def __init__(
        self,
        *,
        workers: int = 0,
        memory_limit: int = 0,
        limits: Limits = Limits(),
        use_cache: bool = True,
        dry_run: bool = False,
    ) -> None:
        self.settings, self.notes = settings.load()
        self.workers = workers or self.settings.jobs or usable_cores()
        self.memory_limit = max(memory_limit or self.settings.memory_limit or quarter_of_memory(), _SMALLEST_LIMIT)
        self.presets = settings.PresetStore()
        self.limits = limits
        self._keeper = Keeper(self.settings)
        self._may_remember = use_cache
        self._use_cache = use_cache
        self._dry_run = dry_run
        self._cache: ResultCache | None = None
        self.recovered = Recovery()
        self._runner: BatchRunner | None = None
        self._previews: Previews | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Repair what a killed run left (see `recovered`); threads start with the first batch."""
        self.recovered = self._keeper.recover()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for the threads and end the children; after an exception, tasks are stopped first."""
        if kind is not None and self._runner is not None:
            self._runner.cancel()
        self.close()

    def find(
        self, paths: Sequence[Path], selection: Selection = Selection(), token: CancelToken | None = None
    ) -> Generator[SourceFile | Kept | Failed, None, None]:
        """Find files and read their headers on all workers; yields them in the order they are found, as they come.

        Ends soon after the token is set. The backup of originals is skipped.
        """
        stop = token or CancelToken()
        selection = Selection(selection.include, selection.exclude, (*selection.skip, self._keeper.folder))
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="oimg-probe")
        ahead: deque[Future[SourceFile | Kept | Failed]] = deque()
        try:
            for found in scan(paths, selection):
                ahead.append(self._probe_later(found, pool))
                while ahead and (ahead[0].done() or len(ahead) >= _AHEAD * self.workers):
                    if stop.cancelled:
                        return
                    yield ahead.popleft().result()
            while ahead and not stop.cancelled:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)  # Ctrl-C does not wait for the rest

    def plan(self, items: Sequence[tuple[SourceFile, Recipe]]) -> PlannedBatch:
        """Give every file a task, with a result name that no other file gets. Ids are positions in `items`."""
        cache = self._opened_cache()
        is_result_of = (lambda *_: False) if cache is None else cache.is_result_of
        tasks, twins = plan([(each, source, recipe) for each, (source, recipe) in enumerate(items)], is_result_of)
        return PlannedBatch(tasks, twins)

    def prepare(
        self,
        paths: Sequence[Path],
        recipe: Recipe,
        selection: Selection = Selection(),
        on_probed: Callable[[int], None] = lambda _: None,
    ) -> PlannedBatch:
        """Find files and plan a task for each, all with one recipe; ids count everything that was found."""
        if recipe.output.place is Place.FOLDER:
            inside = (*selection.skip, Path(recipe.output.path))
            selection = Selection(selection.include, selection.exclude, inside)
        probed: list[SourceFile | Kept | Failed] = []
        with closing(self.find(paths, selection)) as found:
            for result in found:
                probed.append(result)
                on_probed(len(probed))
        ids = [each for each, result in enumerate(probed) if isinstance(result, SourceFile)]
        planned = self.plan([(result, recipe) for result in probed if isinstance(result, SourceFile)])
        settled = tuple((each, result) for each, result in enumerate(probed) if not isinstance(result, SourceFile))
        twins = tuple((ids[each], outcome) for each, outcome in planned.settled)
        return PlannedBatch(tuple(replace(task, id=ids[task.id]) for task in planned.tasks), (*settled, *twins))

    def _probe_later(
        self, found: Found | Kept | Failed, pool: ThreadPoolExecutor
    ) -> Future[SourceFile | Kept | Failed]:
        """Probe a file on the pool; one whose header is cached is answered at once, which is faster than a thread."""
        told: Future[SourceFile | Kept | Failed] = Future()
        if not isinstance(found, Found):
            told.set_result(found)
            return told
        cache = self._opened_cache()
        known = None if cache is None else cache.files.known(found, self.limits)
        if known is None:
            return pool.submit(self._probe, found)
        told.set_result(known)
        return told

    def _probe(self, found: Found) -> SourceFile | Kept | Failed:
        cache = self._opened_cache()
        return probe(found, self.limits) if cache is None else cache.files.probe(found, self.limits)

    def _opened_cache(self) -> ResultCache | None:
        with self._lock:
            if self._use_cache and self._cache is None:
                self._cache = cache_folder.opened(self.settings.cache_limit, read_only=self._dry_run)
                self._use_cache = self._cache is not None
            return self._cache

    def predict(self, task: Task) -> Kept | Failed | None:
        """Predict the outcome of a file from its header; None where that takes work."""
        return predicted_outcome(task, self.limits)

    def start(self, planned: PlannedBatch, on_event: OnEvent) -> Run:
        """Start the work. `on_event` is called on worker threads; every file gets exactly one Finished."""
        with self._lock:
            if self._runner is None:
                self._runner = BatchRunner(workers=self.workers, memory_limit=self.memory_limit)
        cache = self._opened_cache()
        guarded = self._keeper.open(planned.tasks, self.limits)
        planned = PlannedBatch(guarded.tasks, (*planned.settled, *guarded.refused))
        for each, outcome in planned.settled:
            on_event(Finished(each, Record(outcome, 0.0)))
        context = replace(guarded.context, cache=cache)
        if self._previews is not None:  # what the window has previewed is verified, and need not be made again
            context = replace(context, previewed=self._previews.proven)
        work = partial(optimize_file, context=context)

        def end() -> None:
            if cache is not None:
                cache.close()
            guarded.close()

        return Run(guarded.id, planned, self._runner.start(guarded.tasks, work, on_event, end))

    def previews(self) -> Previews:
        """What the window shows of pictures before and after, all from one bounded cache of pixels."""
        from oimg.work.previews import Previews  # noqa: PLC0415 - imported on first use

        with self._lock:
            if self._previews is None:
                self._previews = Previews(self.limits, working=self.memory_limit)
            return self._previews

    def undo(
        self,
        batch: str | None = None,
        files: Sequence[Path] = (),
        on_result: Callable[[Undoing], None] = lambda _: None,
        *,
        dry_run: bool = False,
    ) -> UndoReport:
        """Put originals back: those of a batch (the last one by default) or of single files. A dry run predicts it.

        Raises UnknownBatchError, OSError, and what `on_result` raises, which ends the undo after that file.
        """
        return self._keeper.undo(batch, files, on_result, dry_run=dry_run)

    def backup(self) -> tuple[Path, int]:
        """The folder where originals are kept, and their size in bytes."""
        return self._keeper.folder, self._keeper.size()

    def past_batches(self) -> tuple[PastBatch, ...]:
        """The in-place batches that can be listed, newest first."""
        return self._keeper.past()

    def clear_backups(self) -> int:
        """Forget all in-place batches that are not at work and delete their originals; returns the bytes freed."""
        return self._keeper.clear()

    def clear_cache(self) -> int:
        """Delete the cache of results; returns the bytes freed. Raises OSError."""
        with self._lock:
            self._close_cache()
            return cache_folder.clear()

    def _close_cache(self) -> None:
        """Close the cache; it is reopened when it is needed, with the settings of that time."""
        if self._cache is not None:
            self._cache.close()
        self._cache, self._use_cache = None, self._may_remember

    def change_settings(self, wanted: settings.Settings) -> None:
        """Save other settings and apply them; threads and memory take effect at the next start. Raises OSError.

        If the cache is turned off, it is deleted.
        """
        settings.save(wanted)
        self._apply_settings(wanted)
        if not wanted.cache_limit:
            self.clear_cache()

    def _apply_settings(self, wanted: settings.Settings) -> None:
        with self._lock:
            self._close_cache()
            self.settings = wanted
            self._keeper = Keeper(wanted)

    def stored(self) -> tuple[Stored, ...]:
        """List what is kept on this machine: settings, presets, originals and so on. Raises OSError."""
        return storage.stored(self._keeper)

    def erase(self, kind: StoredKind) -> int:
        """Delete what is kept of one kind, but for batches at work; returns the bytes freed. Raises OSError."""
        match kind:
            case StoredKind.ORIGINALS:
                return self.clear_backups()
            case StoredKind.MEMORY:
                return self.clear_cache()
            case StoredKind.SETTINGS:
                self._apply_settings(settings.Settings())
            case StoredKind.PRESETS | StoredKind.WINDOW | StoredKind.LOG:
                pass
        return storage.erase_files(kind)

    def menus(self, titles: Titles, icon: str, language: str) -> Menus:
        """The entries in the file managers of this user."""
        from oimg.work.desktop.menus import Menus  # noqa: PLC0415 - parsers that nothing else needs

        return Menus(titles, icon, language)

    def remove_results(
        self, outcomes: Sequence[Optimized | Kept], on_result: Callable[[Removing], None] = lambda _: None
    ) -> tuple[Removing, ...]:
        """Delete what a run wrote beside originals or into another folder, where nothing is lost by it."""
        return tuple(removal.each_removed(outcomes, on_result))

    def inspect(self, path: Path, recipe: Recipe) -> Inspection:
        """What a file is, what it reveals, and what the recipe would leave of that. Raises OimgError."""
        from oimg.work.inspection import inspect  # noqa: PLC0415 - the metric is not needed for a batch of PNGs

        return inspect(path, recipe, self.limits)

    def embedded(self, path: Path) -> tuple[EmbeddedPicture, ...]:
        """The thumbnails inside a file, which may show what the picture no longer shows. Raises OimgError."""
        from oimg.work.inspection import embedded  # noqa: PLC0415

        return embedded(path, self.limits)

    def compare(self, one: Path, other: Path, heatmap: Path | None = None) -> Comparison:
        """Compare two pictures; writes the heat map as a PNG where asked. Raises OimgError."""
        from oimg.engine.codecs.png import assemble  # noqa: PLC0415
        from oimg.work.inspection import compare  # noqa: PLC0415

        if heatmap is not None and any(commit.same_file(heatmap, each) for each in (one, other)):
            raise OimgError(ErrorCode.WRITE, f"{heatmap.name} is one of the pictures")
        comparison, painted = compare(one, other, self.limits)
        if heatmap is not None:
            commit.write_new(assemble(painted), lambda _: heatmap, Conflict.OVERWRITE, source=one, like=None)
        return comparison

    def diagnose(self) -> Diagnosis:
        """The state of the program on this machine; every guard is tried out."""
        folders = (
            ("settings", settings.config_folder()),
            ("backups", self._keeper.folder),
            ("cache", cache_folder.folder()),
        )
        return diagnosis(folders, self.workers, self.memory_limit, cache_folder.size(), self.notes)

    def close(self) -> None:
        """Wait for the threads, end the children."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None
        if self._cache is not None:
            self._cache.close()
        child.close_all()

    def abandon(self) -> None:
        """End at once: children are gone, temp files are swept; threads in a native call die with the process."""
        if self._runner is not None:
            self._runner.close(wait=False)
        if self._cache is not None:
            self._cache.close()
        child.close_all(for_good=True)
        temp.sweep()
