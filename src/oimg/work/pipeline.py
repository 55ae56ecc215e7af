"""One file from disk to disk: read it, transform it, write the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from oimg.engine.request import Made, Refusal, Request
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format, Limits
from oimg.words.recipe import Conflict, Place, Recipe, Target
from oimg.words.report import Kept, KeptCode, Notice, Optimized, Outcome, SourceFile
from oimg.words.task import Control, Task
from oimg.work.cache.existing import existing_output
from oimg.work.cache.results import PastRefusal, PastResult, ResultCache
from oimg.work.files import attributes, temp
from oimg.work.files.attributes import Attributes, Carried
from oimg.work.files.commit import Written, holds, same_file, write_new
from oimg.work.files.destinations import (
    conflict_free,
    has_wrong_suffix,
    spared_paths,
    suffix_for,
)
from oimg.work.files.probe import check_unchanged, read_source
from oimg.work.prediction import kept_unread
from oimg.work.removable_metadata import has_removable_metadata
from oimg.work.safety.in_place import Change, InPlace


@dataclass(frozen=True, slots=True)
class BatchContext:
    """What all tasks of a batch share.

    `announce` is called with a temp file before it exists. `in_place` replaces originals (None: no task does). `cache`
    holds earlier results. `previewed` returns what the window has already made of the bytes of a source, if it has.
    """

    limits: Limits = Limits()
    announce: temp.Announce = lambda _: None
    in_place: InPlace | None = None
    cache: ResultCache | None = None
    previewed: Callable[[bytes, SourceFile, Recipe], Made | Refusal | None] = lambda *_: None


def optimize_file(task: Task, control: Control, context: BatchContext = BatchContext()) -> Outcome:
    """Do one task. Raises OimgError or Cancelled; the source is untouched then."""
    source = task.source
    if (kept := kept_unread(task)) is not None:
        return kept
    if context.cache is None:
        return _work(task, control, context, read_source(source))[1]
    return _recalled(task, control, context, context.cache)


def transform(request: Request) -> Made | Refusal:
    """Call the engine's `transform`, which is imported only when there is something to do."""
    from oimg.engine.transform import transform as work  # noqa: PLC0415 - a fifth of the start of a run

    return work(request)


def _work(task: Task, control: Control, context: BatchContext, untrusted: bytes) -> tuple[Made | Refusal, Outcome]:
    """Do what the recipe asks and write the result; returns what the engine made, and the outcome of the task."""
    source = task.source
    control.token.check()
    result = context.previewed(untrusted, source, task.recipe) or transform(
        Request(
            untrusted,
            source.header,
            task.recipe,
            context.limits,
            control.token.check,
            control.progress,
            control.threads,
        )
    )
    control.token.check()
    notices = _wrong_suffix(source)
    match result:
        case Made():
            return result, _write(task, result, untrusted, notices, context)
        case Refusal():
            return result, _keep(task, result, untrusted, notices, context)


def _recalled(task: Task, control: Control, context: BatchContext, cache: ResultCache) -> Outcome:
    """Do a task, unless the cache knows its outcome and nothing has changed since; remember the outcome."""
    source, recipe, limits = task.source, task.recipe, context.limits
    untrusted: bytes | None = None
    content = cache.files.content_of(source)
    if content is None:
        untrusted, content = cache.files.read(source)
    past = cache.recall(content, recipe, limits)
    if isinstance(past, PastResult) and (outcome := _made_before(task, past, cache)) is not None:
        return outcome
    if isinstance(past, PastRefusal) and (outcome := _kept_before(task, past, content, cache)) is not None:
        return outcome
    if untrusted is None:
        untrusted, now = cache.files.read(source)
        past, content = (past if now == content else None), now
    if isinstance(past, PastRefusal):
        outcome = _keep(task, past.refusal, untrusted, (*_wrong_suffix(source), Notice.DONE_BEFORE), context)
    else:
        result, outcome = _work(task, control, context, untrusted)
        match result:
            case Made():
                written = cache.keep_result(content, recipe, limits, result)
                if isinstance(outcome, Optimized) and not task.destination.names:
                    cache.keep_name(written, outcome.output, source.path)
            case Refusal():
                stays = has_removable_metadata(untrusted, source.header, recipe)
                cache.keep_refusal(content, recipe, limits, PastRefusal(result, stays))
    if isinstance(outcome, Optimized):  # beside its source, its header will be asked for as well
        beside = recipe.output.place in (Place.BESIDE, Place.IN_PLACE)
        cache.files.note_written(outcome.output, outcome.output_bytes, limits if beside else None)
    elif isinstance(outcome, Kept) and outcome.output is not None:
        cache.files.note_written(outcome.output, source.byte_size)
    return outcome


def _made_before(task: Task, result: PastResult, cache: ResultCache) -> Outcome | None:
    """The outcome of a result that was written before, if it is still there."""
    path = existing_output(cache, task, result.content, result.byte_size, suffix_for(result.format, task.source.path))
    if path is None:
        return None
    return _optimized(task, path, result, (*_wrong_suffix(task.source), *result.notices, Notice.DONE_BEFORE))


def _kept_before(task: Task, kept: PastRefusal, content: bytes, cache: ResultCache) -> Outcome | None:
    """The outcome of a file that was kept before; None if its copy in the output folder is missing."""
    source, refusal, output = task.source, kept.refusal, None
    notices = (*_wrong_suffix(source), *refusal.notices)
    if _wants_copy(task):
        output = existing_output(cache, task, content, source.byte_size, source.path.suffix)
        if output is None:
            return None
        notices = (*notices, *((Notice.METADATA_STAYS,) if kept.stays else ()))
    notices = (*notices, Notice.DONE_BEFORE)
    return Kept(source.path, source, refusal.code, refusal.detail, output, refusal.score, notices)


def _wrong_suffix(source: SourceFile) -> tuple[Notice, ...]:
    return (Notice.WRONG_SUFFIX,) if has_wrong_suffix(source) else ()


def _write(task: Task, made: Made, untrusted: bytes, notices: tuple[Notice, ...], context: BatchContext) -> Outcome:
    source = task.source
    try:
        if context.in_place is not None and task.destination.names:
            written = context.in_place.replace(_change(task, made, untrusted))
        else:
            written = _commit(task, made.data, suffix_for(made.format, source.path), context)
    except FileExistsError:
        return Kept(source.path, source, KeptCode.EXISTS)
    notices = (*notices, *made.notices, *_not_carried(task, written))
    return replace(_optimized(task, written.path, made, notices), written=written.identity)


def _optimized(task: Task, output: Path, made: Made | PastResult, notices: tuple[Notice, ...]) -> Optimized:
    source = task.source
    return Optimized(
        source.path,
        source,
        output,
        made.format,
        len(made.data) if isinstance(made, Made) else made.byte_size,
        made.width,
        made.height,
        made.frames,
        made.score,
        made.quality,
        notices,
        made.removed,
    )


def _change(task: Task, made: Made, untrusted: bytes) -> Change:
    """Describe the replacement of a file in place."""
    destination, source = task.destination, task.source
    suffix = suffix_in_place(task, made.format)
    return Change(
        task.id,
        destination.names,
        source.identity,
        untrusted,
        made.data,
        (lambda number: conflict_free(destination, suffix, number)) if suffix else None,
        destination.conflict is Conflict.SKIP,
        destination.keep_dates,
    )


def suffix_in_place(task: Task, result: Format) -> str:
    """The new suffix of a file in place; empty if its name stays, as it does (even if wrong) when the format stays."""
    name = task.destination.names[0]
    suffix = suffix_for(result, name)
    return suffix if result is not task.source.header.format and suffix != name.suffix else ""


def _not_carried(task: Task, written: Written) -> Iterator[Notice]:
    """Notices about attributes that the result could not take over from its original."""
    if not written.carried.dates:
        yield Notice.DATES_NOT_KEPT
    if not written.carried.rest and task.destination.names:  # a copy beside it belongs to whoever made it
        yield Notice.ATTRIBUTES_NOT_KEPT


def _keep(
    task: Task, refusal: Refusal, untrusted: bytes, notices: tuple[Notice, ...], context: BatchContext
) -> Outcome:
    """Keep the file; into another folder, copy it unchanged, so that the folder is complete."""
    source, output, identity = task.source, None, None
    notices = (*notices, *refusal.notices)
    if _wants_copy(task):
        if has_removable_metadata(untrusted, source.header, task.recipe):  # the copy may be made to be shared
            notices = (*notices, Notice.METADATA_STAYS)
        try:
            written = _commit(task, untrusted, source.path.suffix, context)
        except FileExistsError:
            return Kept(source.path, source, KeptCode.EXISTS)
        output, identity = written.path, written.identity
    return Kept(source.path, source, refusal.code, refusal.detail, output, refusal.score, notices, identity)


def planned_path(task: Task) -> Path:
    """The path planned for a task's result, as far as it is known before the work."""
    known = task.recipe.format not in (Target.KEEP, Target.AUTO)
    target = Format(task.recipe.format.value) if known else task.source.header.format
    if not task.destination.names:
        return conflict_free(task.destination, suffix_for(target, task.source.path), 1)
    suffix = suffix_in_place(task, target)
    return conflict_free(task.destination, suffix, 1) if suffix else task.destination.names[0]


def _wants_copy(task: Task) -> bool:
    """Whether a kept file has to be copied: not if it is in the output folder already, under its own name."""
    source, destination = task.source.path, task.destination
    return destination.copy_kept and not same_file(conflict_free(destination, source.suffix, 1), source)


def _commit(task: Task, data: bytes, suffix: str, context: BatchContext) -> Written:
    destination, source = task.destination, task.source
    check_unchanged(source)
    for path in spared_paths(destination, suffix):
        if holds(path, data):
            return Written(path, Carried())
    return write_new(
        data,
        lambda number: conflict_free(destination, suffix, number),
        destination.conflict,
        source=source.path,
        like=_attributes(source) if destination.keep_dates else None,
        announce=context.announce,
    )


def _attributes(source: SourceFile) -> Attributes:
    try:
        return attributes.of(source.path)
    except OSError as error:
        raise OimgError(ErrorCode.CHANGED, error.strerror or "") from error
