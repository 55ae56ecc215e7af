"""Names results: every source of a batch gets a name of its own, even on a file system that ignores case."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from oimg.engine.targets import target_formats
from oimg.words.file_types import SUFFIXES, USUAL_SUFFIXES
from oimg.words.images import Format
from oimg.words.recipe import Conflict, Output, Place, Recipe
from oimg.words.report import Kept, KeptCode, SourceFile
from oimg.words.task import Destination, Task

# Whether the first file is known to be the result that OIMG wrote for the second.
IsResultOf: TypeAlias = Callable[[SourceFile, SourceFile], bool]
_NAME_BYTES: Final = 255  # the limit of ext4, APFS and NTFS
_ROOM: Final = 16  # for " (999)" and a suffix such as ".jpeg" behind the stem of a result beside its source


def suffix_for(format: Format, source: Path) -> str:  # noqa: A002 - the field's own word
    """The suffix of a result: the source's own spelling if it fits the format, else the usual one."""
    if SUFFIXES.get(source.suffix.lower()) is format:
        return source.suffix
    return USUAL_SUFFIXES[format]


def has_wrong_suffix(source: SourceFile) -> bool:
    """Whether a file's suffix stands for another format than its content has; a file without suffix is right."""
    claimed = SUFFIXES.get(source.path.suffix.lower())
    return source.path.suffix != "" and claimed is not source.header.format


@dataclass(frozen=True, slots=True)
class _Series:
    """The numbered names that a result may get, each with every suffix that it may have."""

    folder: Path
    base: str
    suffixes: frozenset[str]

    def stem(self, number: int) -> str:
        return numbered(self.base, number, _NAME_BYTES - max(len(os.fsencode(suffix)) for suffix in self.suffixes))

    def names(self, number: int) -> frozenset[str]:
        stem = self.stem(number)
        return frozenset(_key(self.folder / (stem + suffix)) for suffix in self.suffixes)


class _Names:
    """The names of a batch: those already assigned, and those of sources, which no other file's result may replace."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self._taken: set[str] = set()
        # None: several names that the file system tells apart have this key.
        self._sources: dict[str, SourceFile | None] = {}
        for each in sources:
            key = _key(each.path)
            self._sources[key] = None if key in self._sources else each
        self.replaced: set[str] = set()  # sources that are earlier results, and will be replaced
        self._next: dict[frozenset[str], int] = {}  # thousands of files may have one name
        self._spared: dict[frozenset[str], list[str]] = {}

    def claim(self, series: _Series, source: SourceFile) -> tuple[str, tuple[str, ...]]:
        """Take the first stem that is free with every suffix; also returns the stems before it that sources have."""
        asked = series.names(1)
        number, spared = self._next.get(asked, 1), self._spared.setdefault(asked, [])
        while not self._take(names := series.names(number), source):
            if self._held(names, source):
                spared.append(series.stem(number))
            number += 1
        self._next[asked] = number + 1
        return series.stem(number), tuple(spared)

    def claim_earlier(self, series: _Series, source: SourceFile, is_result_of: IsResultOf) -> str | None:
        """Take the names of a file that is known as an earlier result of a source; returns their stem."""
        number = 1
        while held := self._held(names := series.names(number), source):
            earlier = [self._sources[each] for each in held]
            known = all(each is not None and is_result_of(each, source) for each in earlier)
            if known and names.isdisjoint(self._taken):
                self.replaced |= held
                self._taken |= names
                return series.stem(number)
            number += 1
        return None

    def _take(self, names: frozenset[str], source: SourceFile) -> bool:
        """Take names, all or none."""
        if not names.isdisjoint(self._taken) or self._held(names, source):
            return False
        self._taken |= names
        return True

    def _held(self, names: frozenset[str], source: SourceFile) -> set[str]:
        """The names among these that other sources have."""
        return {each for each in names if each in self._sources and each != _key(source.path)}


def plan(
    items: Sequence[tuple[int, SourceFile, Recipe]], is_result_of: IsResultOf = lambda *_: False
) -> tuple[tuple[Task, ...], tuple[tuple[int, Kept], ...]]:
    """Give each source (with its id and recipe) its task, with a name that no other of the batch can take.

    A file that has several names in the batch is worked on once where its result goes beside it or in its place;
    the other names are Kept. So is an earlier result that is to be overwritten: `is_result_of` is asked where a
    source has the name that the result of another would get.
    """
    # A user who lets results replace files does not mean the other pictures of the batch.
    guarded = any(_replaces(recipe.output) for _, _, recipe in items)
    names = _Names((source for _, source, _ in items) if guarded else ())
    files, earlier = _files(items), dict[int, str | None]()
    for (id_, source, recipe), *_ in files:
        if recipe.output.conflict is Conflict.OVERWRITE and recipe.output.place in (Place.BESIDE, Place.FOLDER):
            earlier[id_] = names.claim_earlier(_series(source, recipe), source, is_result_of)
    tasks, others = [], []
    for group in files:
        replaced = [each for each in group if _key(each[1].path) in names.replaced]
        others += [(id_, Kept(source.path, source, KeptCode.OWN_RESULT)) for id_, source, _ in replaced]
        if not (left := [each for each in group if each not in replaced]):
            continue
        (id_, source, recipe), *twins = left
        destination = _claim(source, recipe, names, [source, *(twin for _, twin, _ in twins)], earlier.get(id_))
        tasks.append(Task(id_, source, recipe, destination))
        others += [(each, Kept(twin.path, twin, KeptCode.SAME_FILE, str(source.path))) for each, twin, _ in twins]
    return tuple(tasks), tuple(others)


def _replaces(output: Output) -> bool:
    return output.conflict is Conflict.OVERWRITE or output.place is Place.IN_PLACE


def _files(items: Sequence[tuple[int, SourceFile, Recipe]]) -> list[list[tuple[int, SourceFile, Recipe]]]:
    """Group the names of one file, those that are no links first; with an output folder, each name is on its own."""
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
    """The paths of a file's names with all links resolved, in the order given."""
    real = dict.fromkeys(Path(os.path.realpath(each.path)) for each in same)
    # On a disk that ignores case, one name can be written in many ways.
    return tuple(real)[: same[0].links]


def numbered(stem: str, number: int, room: int) -> str:
    """The n-th name for a stem, in at most `room` bytes; a stem that is too long is cut at a whole character."""
    tail = "" if number == 1 else f" ({number})"
    while len(os.fsencode(stem + tail)) > room and stem:
        stem = stem[:-1]
    return stem + tail


def result_stem(stem: str, suffix: str) -> str:
    """The stem of a result beside its source; a long stem is shortened, so that the suffix stays whole."""
    return numbered(stem, 1, _NAME_BYTES - _ROOM - len(os.fsencode(suffix))) + suffix


def _in_place(same: Sequence[SourceFile], recipe: Recipe, names: _Names) -> Destination:
    """The destination of a result that replaces its original; `same` are the names the original has in the batch."""
    source, output, held = same[0], recipe.output, _real_names(same)
    real = held[0]
    others = frozenset(suffix_for(each, real) for each in target_formats(source.header, recipe)) - {real.suffix}
    stem = names.claim(_Series(real.parent, real.stem, others), source)[0] if others else real.stem
    links = tuple(each.path for each in same if each.path.is_symlink())
    return Destination(real.parent, stem, output.conflict, output.keep_dates, names=held, links=links)


def _claim(
    source: SourceFile, recipe: Recipe, names: _Names, same: Sequence[SourceFile], earlier: str | None
) -> Destination:
    """The destination of a source's result; `earlier` is the stem of an earlier result that it replaces."""
    output = recipe.output
    if output.place is Place.IN_PLACE:
        return _in_place(same, recipe, names)
    if output.place is Place.FILE:
        exact = Path(os.path.abspath(output.path))  # noqa: PTH100 - links in it are followed as the user meant them
        fits = SUFFIXES.get(exact.suffix.lower()) is source.header.format
        return Destination(exact.parent, exact.stem, output.conflict, output.keep_dates, copy_kept=fits, exact=exact)
    series = _series(source, recipe)
    stem, spared = names.claim(series, source) if earlier is None else (earlier, ())
    copies = output.place is Place.FOLDER
    return Destination(series.folder, stem, output.conflict, output.keep_dates, copy_kept=copies, spared=spared)


def _series(source: SourceFile, recipe: Recipe) -> _Series:
    output, beside = recipe.output, recipe.output.place is Place.BESIDE
    stem = result_stem(source.path.stem, output.suffix) if beside else source.path.stem
    return _Series(_folder(source, output), stem, _suffixes(source, recipe, beside=beside))


def _folder(source: SourceFile, output: Output) -> Path:
    if output.place is Place.BESIDE:
        return source.path.parent
    return Path(os.path.abspath(output.path)) / source.path.parent.relative_to(source.root)  # noqa: PTH100


def _suffixes(source: SourceFile, recipe: Recipe, *, beside: bool) -> frozenset[str]:
    """Every suffix the result may get; an output folder also gets copies of kept files, under their own."""
    suffixes = frozenset(suffix_for(each, source.path) for each in target_formats(source.header, recipe))
    return suffixes if beside and suffixes else suffixes | {source.path.suffix}


def _key(path: Path) -> str:
    """A path as seen by a file system that ignores case and Unicode composition (Unicode Standard, D145)."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", str(path)).casefold())


def conflict_free(destination: Destination, suffix: str, number: int) -> Path:
    """The n-th name to try for a result."""
    if destination.exact is not None:
        exact = destination.exact
        return exact if number == 1 else exact.with_name(_nth(exact.stem, number, exact.suffix))
    return destination.folder / _nth(destination.stem, number, suffix)


def spared_paths(destination: Destination, suffix: str) -> tuple[Path, ...]:
    """The names before its own that belong to other files of the batch."""
    return tuple(destination.folder / (stem + suffix) for stem in destination.spared)


def _nth(stem: str, number: int, suffix: str) -> str:
    return numbered(stem, number, _NAME_BYTES - len(os.fsencode(suffix))) + suffix


def format_of_name(path: Path) -> Format | None:
    """The format that a file name's suffix stands for."""
    return SUFFIXES.get(path.suffix.lower())


def is_taken(destination: Destination, suffixes: Iterable[str]) -> bool:
    """Whether the result's name is taken and the recipe says to skip such files."""
    if destination.conflict is not Conflict.SKIP:
        return False
    return any(os.path.lexists(conflict_free(destination, suffix, 1)) for suffix in suffixes)
