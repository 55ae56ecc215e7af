"""One file from the disk to the disk: read it, transform it, write the result beside or elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from oimg.engine.transform import Made, Refusal, Request, target_formats, transform
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Limits
from oimg.words.recipe import Place
from oimg.words.report import Kept, KeptCode, Notice, Optimized, Outcome, SourceFile
from oimg.words.task import Control, Task
from oimg.work.files.commit import Written, write_new
from oimg.work.files.destinations import conflict_free, has_wrong_suffix, is_taken, suffix_for
from oimg.work.files.probe import read_source


def optimize_file(task: Task, control: Control, limits: Limits = Limits()) -> Outcome:
    """Do one task; raises OimgError or Cancelled, and leaves the source as it is in any case."""
    source = task.source
    if _is_own_result(task):
        return Kept(source.path, source, KeptCode.OWN_RESULT)
    suffixes = {suffix_for(each, source.path) for each in target_formats(source.header, task.recipe)}
    if is_taken(task.destination, suffixes):
        return Kept(source.path, source, KeptCode.EXISTS)
    untrusted = read_source(source)
    control.token.check()
    result = transform(Request(untrusted, source.header, task.recipe, limits, control.token.check, control.progress))
    control.token.check()
    notices = (Notice.WRONG_SUFFIX,) if has_wrong_suffix(source) else ()
    match result:
        case Made():
            return _write(task, result, notices)
        case Refusal():
            return _keep(task, result, untrusted, notices)


def _is_own_result(task: Task) -> bool:
    """Whether a file in a walked folder is the result of its neighbour: a.jpg and a_optimized.jpg."""
    output, path = task.recipe.output, task.source.path
    if output.place is not Place.BESIDE or not output.suffix or not path.stem.endswith(output.suffix):
        return False
    original = path.stem.removesuffix(output.suffix)
    try:
        return any(
            other.is_file() and other.stem == original
            for other in (path.with_name(original + suffix) for suffix in _suffixes_beside(path, original))
        )
    except OSError:
        return False


def _suffixes_beside(path: Path, stem: str) -> list[str]:
    with os.scandir(path.parent) as entries:
        return [Path(e.name).suffix for e in entries if Path(e.name).stem == stem]


def _write(task: Task, made: Made, notices: tuple[Notice, ...]) -> Outcome:
    source = task.source
    try:
        written = _commit(task, made.data, suffix_for(made.format, source.path))
    except FileExistsError:
        return Kept(source.path, source, KeptCode.EXISTS)
    notices = (*notices, *made.notices, *(() if written.keeps_dates else (Notice.DATES_NOT_KEPT,)))
    return Optimized(
        source.path,
        source,
        written.path,
        made.format,
        len(made.data),
        made.width,
        made.height,
        made.frames,
        made.score,
        made.quality,
        notices,
        made.removed,
    )


def _keep(task: Task, refusal: Refusal, untrusted: bytes, notices: tuple[Notice, ...]) -> Outcome:
    """Leave the file; in another folder, an unchanged copy keeps the folder complete."""
    source, output = task.source, None
    if task.destination.copy_kept:
        try:
            output = _commit(task, untrusted, source.path.suffix).path
        except FileExistsError:
            return Kept(source.path, source, KeptCode.EXISTS)
    return Kept(source.path, source, refusal.code, refusal.detail, output, refusal.score, (*notices, *refusal.notices))


def _commit(task: Task, data: bytes, suffix: str) -> Written:
    destination, source = task.destination, task.source
    like = _facts(source) if destination.keep_dates else None
    return write_new(
        data,
        lambda number: conflict_free(destination, suffix, number),
        destination.conflict,
        source=source.path,
        like=like,
    )


def _facts(source: SourceFile) -> os.stat_result:
    """The source's dates and mode, read just before they are carried over; it must still be the same file."""
    try:
        facts = source.path.stat()
    except OSError as error:
        raise OimgError(ErrorCode.CHANGED, error.strerror or "") from error
    if (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns) != source.identity:
        raise OimgError(ErrorCode.CHANGED)
    return facts
