"""Naming results: every source of a batch gets a name of its own, also on a disk that ignores case."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from oimg.engine.codecs import CODECS, SUFFIXES
from oimg.engine.transform import target_formats
from oimg.words.images import Format
from oimg.words.recipe import Conflict, Output, Place, Recipe
from oimg.words.report import SourceFile
from oimg.words.task import Destination, Task

_NAME_BYTES: Final = 255  # what ext4, APFS and NTFS take at the most
_ROOM: Final = 16  # for " (999)" and a suffix


def suffix_for(format: Format, source: Path) -> str:  # noqa: A002 - the field's own word
    """Give the suffix of a result: the source's own spelling where it is right, the usual one otherwise."""
    if SUFFIXES.get(source.suffix.lower()) is format:
        return source.suffix
    return CODECS[format].capabilities.suffixes[0]


def has_wrong_suffix(source: SourceFile) -> bool:
    """Whether a file's name claims another format than its content has (no suffix claims nothing)."""
    claimed = SUFFIXES.get(source.path.suffix.lower())
    return source.path.suffix != "" and claimed is not source.header.format


def plan(sources: Sequence[SourceFile], recipe: Recipe, first_id: int = 0) -> tuple[Task, ...]:
    """Give each source its task, with a name that no other of the batch can take."""
    taken: set[str] = set()
    return tuple(
        Task(first_id + index, source, recipe, _claim(source, recipe, taken)) for index, source in enumerate(sources)
    )


def numbered(stem: str, number: int) -> str:
    """Give the first, second, ... name for a stem."""
    return stem if number == 1 else f"{stem} ({number})"


def _claim(source: SourceFile, recipe: Recipe, taken: set[str]) -> Destination:
    output = recipe.output
    if output.place is Place.FILE:
        exact = Path(os.path.abspath(output.path))  # noqa: PTH100 - a link is the user's business
        fits = SUFFIXES.get(exact.suffix.lower()) is source.header.format
        return Destination(exact.parent, exact.stem, output.conflict, output.keep_dates, copy_kept=fits, exact=exact)
    folder = _folder(source, output)
    beside = output.place is Place.BESIDE
    stem = _shortened(source.path.stem + (output.suffix if beside else ""))
    number = 1
    while not (names := _names(folder, numbered(stem, number), source, recipe, beside=beside)).isdisjoint(taken):
        number += 1
    taken |= names
    return Destination(folder, numbered(stem, number), output.conflict, output.keep_dates, copy_kept=not beside)


def _folder(source: SourceFile, output: Output) -> Path:
    if output.place is Place.BESIDE:
        return source.path.parent
    return Path(os.path.abspath(output.path)) / source.path.parent.relative_to(source.root)  # noqa: PTH100


def _names(folder: Path, stem: str, source: SourceFile, recipe: Recipe, *, beside: bool) -> set[str]:
    """Every name the result may get, as a disk that ignores case and composition sees them."""
    formats: Iterable[Format] = target_formats(source.header, recipe)
    names = {stem + suffix_for(each, source.path) for each in formats}
    if not beside:  # a kept file is copied under its own suffix
        names.add(stem + source.path.suffix)
    return {unicodedata.normalize("NFC", str(folder / name)).casefold() for name in names}


def _shortened(stem: str) -> str:
    """Cut a stem so that the whole name fits into the 255 bytes of a directory entry, at a whole character."""
    raw = os.fsencode(stem)
    if len(raw) <= _NAME_BYTES - _ROOM:
        return stem
    while len(os.fsencode(stem)) > _NAME_BYTES - _ROOM:
        stem = stem[:-1]
    return stem


def conflict_free(destination: Destination, suffix: str, number: int) -> Path:
    """Give the n-th name to try for a result."""
    if destination.exact is not None:
        exact = destination.exact
        return exact if number == 1 else exact.with_name(numbered(exact.stem, number) + exact.suffix)
    return destination.folder / (numbered(destination.stem, number) + suffix)


def format_of_name(path: Path) -> Format | None:
    """Give the format that a file name stands for."""
    return SUFFIXES.get(path.suffix.lower())


def is_taken(destination: Destination, suffixes: Iterable[str]) -> bool:
    """Whether a name is taken on disk and the recipe says to leave it so."""
    if destination.conflict is not Conflict.SKIP:
        return False
    return any(os.path.lexists(conflict_free(destination, suffix, 1)) for suffix in suffixes)
