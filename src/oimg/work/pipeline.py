"""One file from the disk to the disk: read it, transform it, write the result beside or elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oimg.engine.codecs import CODECS, SUFFIXES
from oimg.engine.eligibility import target_formats
from oimg.engine.metadata.policy import apply
from oimg.engine.transform import Made, Refusal, Request, transform
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format, Limits
from oimg.words.recipe import Conflict, Place
from oimg.words.report import Kept, KeptCode, Notice, Optimized, Outcome, SourceFile
from oimg.words.task import Control, Task
from oimg.work.files import attributes, temp
from oimg.work.files.attributes import Attributes
from oimg.work.files.commit import Written, write_new
from oimg.work.files.destinations import conflict_free, has_wrong_suffix, is_taken, result_stem, suffix_for
from oimg.work.files.probe import check_unchanged, read_source
from oimg.work.safety import in_place
from oimg.work.safety.in_place import Change, InPlace

_NUMBER: Final = re.compile(r" \([0-9]+\)$")


@dataclass(frozen=True, slots=True)
class Ways:
    """What all tasks of a batch share: limits, whom to tell of temp files, and who replaces originals."""

    limits: Limits = Limits()
    announce: temp.Announce = lambda _: None
    in_place: InPlace | None = None


def optimize_file(task: Task, control: Control, ways: Ways = Ways()) -> Outcome:
    """Do one task; raises OimgError or Cancelled, and the source is as it was then."""
    source, limits = task.source, ways.limits
    if (kept := foreseen(task)) is not None:
        return kept
    untrusted = read_source(source)
    control.token.check()
    result = transform(Request(untrusted, source.header, task.recipe, limits, control.token.check, control.progress))
    control.token.check()
    notices = (Notice.WRONG_SUFFIX,) if has_wrong_suffix(source) else ()
    match result:
        case Made():
            return _write(task, result, untrusted, notices, ways)
        case Refusal():
            return _keep(task, result, untrusted, notices, ways)


def foreseen(task: Task) -> Kept | None:
    """Tell why a file will be kept, as far as that can be told without reading it; OimgError where it must fail."""
    source, destination = task.source, task.destination
    if _is_own_result(task):
        return Kept(source.path, source, KeptCode.OWN_RESULT)
    targets = target_formats(source.header, task.recipe)
    if destination.names:
        same = set(targets) <= {source.header.format}
        if (refused := in_place.refusal(source, destination, same_format=same)) is not None:
            return Kept(source.path, source, *refused)
    elif is_taken(destination, {suffix_for(each, source.path) for each in targets}):
        return Kept(source.path, source, KeptCode.EXISTS)
    return None


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


def _write(task: Task, made: Made, untrusted: bytes, notices: tuple[Notice, ...], ways: Ways) -> Outcome:
    source = task.source
    try:
        if ways.in_place is not None and task.destination.names:
            written = ways.in_place.replace(_change(task, made, untrusted))
        else:
            written = _commit(task, made.data, suffix_for(made.format, source.path), ways)
    except FileExistsError:
        return Kept(source.path, source, KeptCode.EXISTS)
    notices = (*notices, *made.notices, *_not_carried(task, written))
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


def _change(task: Task, made: Made, untrusted: bytes) -> Change:
    """What is to happen to a file in place."""
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
    """The new suffix of a file in place; empty where its name stays, also a wrong one: its format stays the same."""
    name = task.destination.names[0]
    suffix = suffix_for(result, name)
    return suffix if result is not task.source.header.format and suffix != name.suffix else ""


def _not_carried(task: Task, written: Written) -> Iterator[Notice]:
    """Tell what a result should have from its original and has not."""
    if not written.carried.dates:
        yield Notice.DATES_NOT_KEPT
    if not written.carried.rest and task.destination.names:  # a copy is its maker's own
        yield Notice.ATTRIBUTES_NOT_KEPT


def _keep(task: Task, refusal: Refusal, untrusted: bytes, notices: tuple[Notice, ...], ways: Ways) -> Outcome:
    """Leave the file; in another folder, an unchanged copy keeps the folder complete."""
    source, output = task.source, None
    notices = (*notices, *refusal.notices)
    if task.destination.copy_kept:
        notices = (*notices, *_still_told(task, untrusted))
        try:
            output = _commit(task, untrusted, source.path.suffix, ways).path
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


def _commit(task: Task, data: bytes, suffix: str, ways: Ways) -> Written:
    destination, source = task.destination, task.source
    check_unchanged(source)
    return write_new(
        data,
        lambda number: conflict_free(destination, suffix, number),
        destination.conflict,
        source=source.path,
        like=_attributes(source) if destination.keep_dates else None,
        announce=ways.announce,
    )


def _attributes(source: SourceFile) -> Attributes:
    try:
        return attributes.of(source.path)
    except OSError as error:
        raise OimgError(ErrorCode.CHANGED, error.strerror or "") from error
