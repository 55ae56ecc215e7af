"""One file from the disk to the disk: read it, transform it, write the result beside or elsewhere."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from oimg.engine.codecs import CODECS, SUFFIXES
from oimg.engine.eligibility import target_formats
from oimg.engine.metadata.policy import apply
from oimg.engine.transform import Made, Refusal, Request, transform
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Limits
from oimg.words.recipe import Place
from oimg.words.report import Kept, KeptCode, Notice, Optimized, Outcome, SourceFile
from oimg.words.task import Control, Task
from oimg.work.files.commit import Written, write_new
from oimg.work.files.destinations import conflict_free, has_wrong_suffix, is_taken, result_stem, suffix_for
from oimg.work.files.probe import read_source

_NUMBER: Final = re.compile(r" \([0-9]+\)$")


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
    """Whether a file is the result of its neighbour: a_optimized.jpg or a_optimized (2).jpg beside a.png."""
    output, path = task.recipe.output, task.source.path
    if output.place is not Place.BESIDE or not output.suffix:
        return False
    stems = {path.stem, _NUMBER.sub("", path.stem)}
    return any(stem.endswith(output.suffix) and _has_original(path, stem, output.suffix) for stem in stems)


def _has_original(path: Path, stem: str, suffix: str) -> bool:
    """Whether a file in the same folder gives its results this stem."""
    original = stem.removesuffix(suffix)
    if any((path.parent / (original + usual)).is_file() for usual in SUFFIXES):
        return True  # without a look at every name in the folder
    try:
        with os.scandir(path.parent) as entries:
            return any(
                entry.name.startswith(original)
                and entry.name != path.name
                and result_stem(Path(entry.name).stem, suffix) == stem
                and entry.is_file()
                for entry in entries
            )
    except OSError:
        return False


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
    notices = (*notices, *refusal.notices)
    if task.destination.copy_kept:
        notices = (*notices, *_still_told(task, untrusted))
        try:
            output = _commit(task, untrusted, source.path.suffix).path
        except FileExistsError:
            return Kept(source.path, source, KeptCode.EXISTS)
    return Kept(source.path, source, refusal.code, refusal.detail, output, refusal.score, notices)


def _still_told(task: Task, untrusted: bytes) -> tuple[Notice, ...]:
    """Warn of an unchanged copy that holds what the recipe would have taken out: it may be made to be shared."""
    header, recipe = task.source.header, task.recipe
    try:
        metadata, _ = CODECS[header.format].read_metadata(untrusted)
    except OimgError:
        return ()
    _, removed = apply(
        metadata,
        recipe.metadata,
        recipe.keep,
        orientation_left=header.orientation,
        size=header.upright_size,
        pixels_changed=False,
    )
    return (Notice.METADATA_STAYS,) if removed else ()


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
