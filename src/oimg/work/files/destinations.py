"""Naming results: every source of a batch gets a name of its own, also on a disk that ignores case."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from oimg.engine.codecs import CODECS, SUFFIXES
from oimg.engine.eligibility import target_formats
from oimg.words.images import Format
from oimg.words.recipe import Conflict, Output, Place, Recipe
from oimg.words.report import Kept, KeptCode, SourceFile
from oimg.words.task import Destination, Task

_NAME_BYTES: Final = 255  # what ext4, APFS and NTFS take at the most
_ROOM: Final = 16  # for " (999)" and a suffix such as ".jpeg" behind the stem of a result beside its source


def suffix_for(format: Format, source: Path) -> str:  # noqa: A002 - the field's own word
    """Give the suffix of a result: the source's own spelling where it is right, the usual one otherwise."""
    if SUFFIXES.get(source.suffix.lower()) is format:
        return source.suffix
    return CODECS[format].capabilities.suffixes[0]


def has_wrong_suffix(source: SourceFile) -> bool:
    """Whether a file's name claims another format than its content has (no suffix claims nothing)."""
    claimed = SUFFIXES.get(source.path.suffix.lower())
    return source.path.suffix != "" and claimed is not source.header.format


class _Names:
    """The names of a batch: those given away, and those of sources that no result of another may replace."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self._taken: set[str] = set()
        self._sources = {_key(each.path) for each in sources}
        self._next: dict[tuple[str, frozenset[str]], int] = {}  # thousands of files may have one name

    def claim(self, folder: Path, stem: str, suffixes: frozenset[str], source: SourceFile) -> str:
        """Give the first stem that is free with every suffix, and take it."""
        room = _NAME_BYTES - max(len(os.fsencode(suffix)) for suffix in suffixes)
        asked = _key(folder / stem), suffixes
        number = self._next.get(asked, 1)
        while not self._take({_key(folder / (numbered(stem, number, room) + suffix)) for suffix in suffixes}, source):
            number += 1
        self._next[asked] = number + 1
        return numbered(stem, number, room)

    def _take(self, names: set[str], source: SourceFile) -> bool:
        """Take names, all or none."""
        if not names.isdisjoint(self._taken) or not (names - {_key(source.path)}).isdisjoint(self._sources):
            return False
        self._taken |= names
        return True


def plan(
    items: Sequence[tuple[int, SourceFile, Recipe]],
) -> tuple[tuple[Task, ...], tuple[tuple[int, Kept], ...]]:
    """Give each source (with its id and recipe) its task, with a name that no other of the batch can take.

    A file that has several names in the batch is worked on once where its result goes beside it or in its place;
    the other names are Kept.
    """
    # Whoever lets results replace files does not mean the other pictures of the batch.
    guarded = any(_replaces(recipe.output) for _, _, recipe in items)
    names = _Names((source for _, source, _ in items) if guarded else ())
    tasks, others = [], []
    for (id_, source, recipe), *twins in _files(items):
        destination = _claim(source, recipe, names, [source, *(twin for _, twin, _ in twins)])
        tasks.append(Task(id_, source, recipe, destination))
        others += [(each, Kept(twin.path, twin, KeptCode.SAME_FILE, str(source.path))) for each, twin, _ in twins]
    return tuple(tasks), tuple(others)


def _replaces(output: Output) -> bool:
    return output.conflict is Conflict.OVERWRITE or output.place is Place.IN_PLACE


def _files(items: Sequence[tuple[int, SourceFile, Recipe]]) -> list[list[tuple[int, SourceFile, Recipe]]]:
    """Put the names of one file together, the first that is no link in front; into another folder each goes alone."""
    groups: dict[object, list[tuple[int, SourceFile, Recipe]]] = {}
    for item in items:
        id_, source, recipe = item
        device, inode = source.identity[:2]
        together = inode and recipe.output.place in (Place.BESIDE, Place.IN_PLACE)
        groups.setdefault((device, inode) if together else id_, []).append(item)
    return [
        sorted(group, key=lambda each: each[1].path.is_symlink()) if len(group) > 1 else group
        for group in groups.values()
    ]


def _real_names(same: Sequence[SourceFile]) -> tuple[Path, ...]:
    """The real paths (no link on the way) of a file's names, in the order given."""
    real = dict.fromkeys(Path(os.path.realpath(each.path)) for each in same)
    # On a disk that ignores case, one name can be written in many ways.
    return tuple(real)[: same[0].links]


def numbered(stem: str, number: int, room: int) -> str:
    """Give the first, second, ... name for a stem, in so many bytes; what is too long is cut at a whole character."""
    tail = "" if number == 1 else f" ({number})"
    while len(os.fsencode(stem + tail)) > room and stem:
        stem = stem[:-1]
    return stem + tail


def result_stem(stem: str, suffix: str) -> str:
    """Give the stem of a result beside its source; a long stem loses its end, so that the suffix stays whole."""
    return numbered(stem, 1, _NAME_BYTES - _ROOM - len(os.fsencode(suffix))) + suffix


def _in_place(same: Sequence[SourceFile], recipe: Recipe, names: _Names) -> Destination:
    """Where the result of a file goes that takes the place of its original; `same` are its names in the batch."""
    source, output, held = same[0], recipe.output, _real_names(same)
    real = held[0]
    others = frozenset(suffix_for(each, real) for each in target_formats(source.header, recipe)) - {real.suffix}
    stem = names.claim(real.parent, real.stem, others, source) if others else real.stem
    links = tuple(each.path for each in same if each.path.is_symlink())
    return Destination(real.parent, stem, output.conflict, output.keep_dates, names=held, links=links)


def _claim(source: SourceFile, recipe: Recipe, names: _Names, same: Sequence[SourceFile]) -> Destination:
    output = recipe.output
    if output.place is Place.IN_PLACE:
        return _in_place(same, recipe, names)
    if output.place is Place.FILE:
        exact = Path(os.path.abspath(output.path))  # noqa: PTH100 - a link is the user's business
        fits = SUFFIXES.get(exact.suffix.lower()) is source.header.format
        return Destination(exact.parent, exact.stem, output.conflict, output.keep_dates, copy_kept=fits, exact=exact)
    folder = _folder(source, output)
    beside = output.place is Place.BESIDE
    stem = result_stem(source.path.stem, output.suffix) if beside else source.path.stem
    given = names.claim(folder, stem, _suffixes(source, recipe, beside=beside), source)
    return Destination(folder, given, output.conflict, output.keep_dates, copy_kept=not beside)


def _folder(source: SourceFile, output: Output) -> Path:
    if output.place is Place.BESIDE:
        return source.path.parent
    return Path(os.path.abspath(output.path)) / source.path.parent.relative_to(source.root)  # noqa: PTH100


def _suffixes(source: SourceFile, recipe: Recipe, *, beside: bool) -> frozenset[str]:
    """Every suffix the result may get; in another folder a kept file is copied under its own."""
    suffixes = frozenset(suffix_for(each, source.path) for each in target_formats(source.header, recipe))
    return suffixes if beside and suffixes else suffixes | {source.path.suffix}


def _key(path: Path) -> str:
    """A path as a disk sees it that tells neither case nor composition apart (Unicode, D145)."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", str(path)).casefold())


def conflict_free(destination: Destination, suffix: str, number: int) -> Path:
    """Give the n-th name to try for a result."""
    if destination.exact is not None:
        exact = destination.exact
        return exact if number == 1 else exact.with_name(_nth(exact.stem, number, exact.suffix))
    return destination.folder / _nth(destination.stem, number, suffix)


def _nth(stem: str, number: int, suffix: str) -> str:
    return numbered(stem, number, _NAME_BYTES - len(os.fsencode(suffix))) + suffix


def format_of_name(path: Path) -> Format | None:
    """Give the format that a file name stands for."""
    return SUFFIXES.get(path.suffix.lower())


def is_taken(destination: Destination, suffixes: Iterable[str]) -> bool:
    """Whether a name is taken on disk and the recipe says to leave it so."""
    if destination.conflict is not Conflict.SKIP:
        return False
    return any(os.path.lexists(conflict_free(destination, suffix, 1)) for suffix in suffixes)
