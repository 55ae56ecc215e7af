"""What will become of a file, predicted without reading it: from its name, its neighbours and its header."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from oimg.engine.containers.png_chunks import places
from oimg.engine.targets import target_formats
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.file_types import SUFFIXES
from oimg.words.images import Feature, Format, Limits
from oimg.words.recipe import Conflict, Place
from oimg.words.report import Failed, Kept, KeptCode, SourceFile
from oimg.words.task import Task
from oimg.work.files.commit import same_file
from oimg.work.files.destinations import conflict_free, is_taken, result_stem, suffix_for
from oimg.work.files.probe import open_regular, read_source
from oimg.work.safety import in_place

_NUMBER: Final = re.compile(r" \([0-9]+\)$")


def predicted_outcome(task: Task, limits: Limits) -> Kept | Failed | None:
    """Predict the outcome of a task, as far as its header allows; None where it takes work."""
    from oimg.engine.codecs.base import check_limits  # noqa: PLC0415 - both only for a dry run
    from oimg.engine.eligibility import refusal  # noqa: PLC0415

    source = task.source
    try:
        if (kept := kept_unread(task)) is not None:
            return kept
        pages = Feature.MULTI_PAGE in source.header.features  # each is checked by itself
        check_limits(replace(source.header, frames=1) if pages else source.header, source.byte_size, limits)
        targets = target_formats(source.header, task.recipe)
        if not targets:
            return Kept(source.path, source, KeptCode.READ_ONLY_FORMAT, source.header.format)
        refused = refusal(lambda: _before_picture(source), source.header, task.recipe, targets)
    except OimgError as error:
        return Failed(source.path, error.code, error.detail, source)
    return None if refused is None else Kept(source.path, source, *refused)


def _before_picture(source: SourceFile) -> bytes:
    """Read a PNG up to its pixels, since everything about its colours comes before them; other formats whole."""
    if source.header.format is not Format.PNG:
        return read_source(source)
    with open_regular(source.path) as stream:
        start = next((place.data for place in places(stream) if place.name == "IDAT"), source.byte_size)
        stream.seek(0)
        return stream.read(start)


def kept_unread(task: Task) -> Kept | None:
    """Why a file will be kept, if that is known without reading it. Raises OimgError where it is sure to fail."""
    source, destination = task.source, task.destination
    if _is_own_result(task):
        return Kept(source.path, source, KeptCode.OWN_RESULT)
    targets = target_formats(source.header, task.recipe)
    if destination.names:
        same = set(targets) <= {source.header.format}
        if (refused := in_place.refusal(source, destination, same_format=same)) is not None:
            return Kept(source.path, source, *refused)
        return None
    suffixes = {suffix_for(each, source.path) for each in targets}
    if is_taken(destination, suffixes):
        return Kept(source.path, source, KeptCode.EXISTS)
    _check_original_spared(task, suffixes)
    return None


def _check_original_spared(task: Task, suffixes: set[str]) -> None:
    """Say that a result can only overwrite its own original before any work is done for it."""
    destination, source = task.destination, task.source.path
    names = [conflict_free(destination, suffix, 1) for suffix in suffixes]
    if destination.conflict is Conflict.OVERWRITE and names and all(same_file(name, source) for name in names):
        raise OimgError(ErrorCode.ORIGINAL, names[0].name)


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
