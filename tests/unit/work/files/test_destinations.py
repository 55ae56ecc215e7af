"""Naming: N sources, N names, on any disk; suffixes that tell the truth; names that fit."""

from __future__ import annotations

import os
import time
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.words.images import Format, Header, Limits
from oimg.words.recipe import Conflict, Output, Place, Recipe, Target
from oimg.words.report import KeptCode, SourceFile
from oimg.words.task import Task
from oimg.work.files.destinations import (
    conflict_free,
    format_of_name,
    has_wrong_suffix,
    is_taken,
    plan,
    result_stem,
    suffix_for,
)
from oimg.work.files.probe import probe
from oimg.work.files.scan import Found
from work_help import flat, into, invented

HOME = Path("/pictures")
USUAL = {Format.JPEG: ".jpg", Format.PNG: ".png", Format.WEBP: ".webp", Format.AVIF: ".avif", Format.GIF: ".gif"}


def tasks_of(sources: list[SourceFile], recipe: Recipe) -> tuple[Task, ...]:
    return plan([(each, source, recipe) for each, source in enumerate(sources)])[0]


def path_of(source: SourceFile, recipe: Recipe, written: Format) -> Path:
    return conflict_free(tasks_of([source], recipe)[0].destination, suffix_for(written, source.path), 1)


def possible(task_index: int, sources: list[SourceFile], recipe: Recipe) -> set[str]:
    return possible_for(tasks_of(sources, recipe)[task_index])


def possible_for(task: Task) -> set[str]:
    """Every path a result may get: written in any format the recipe allows, or copied as it is."""
    own, recipe = task.source.path.suffix, task.recipe
    if recipe.format is Target.KEEP:
        formats = {task.source.header.format}
    else:
        auto = {Format.WEBP, Format.AVIF, Format.JPEG, Format.PNG, task.source.header.format}
        formats = {Format.WEBP} if recipe.format is Target.WEBP else auto
    claimed = {**{suffix: each for each, suffix in USUAL.items()}, ".jpeg": Format.JPEG}.get(own.lower())
    suffixes = {own if claimed is each else USUAL[each] for each in formats & set(USUAL)}
    if task.destination.copy_kept:
        suffixes |= {own}
    return {str(conflict_free(task.destination, suffix, 1)) for suffix in suffixes}


def folded(path: str) -> str:
    """Two names that a disk without case and composition takes for one come out equal."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


STEMS = st.sampled_from(["a", "A", "b", "é", "e\u0301", "É", "ß", "SS", "a (2)", "a_optimized", "x" * 250, "x" * 249])
SUFFIXES = st.sampled_from([".png", ".PNG", ".jpg", ".jpeg", ".JPG", ".webp", ".gif", ".txt", ""])
FOLDERS = st.sampled_from(["", "sub", "Sub", "other/deep"])
FORMATS = st.sampled_from([Format.PNG, Format.JPEG, Format.WEBP, Format.GIF])


@st.composite
def crowds(draw: st.DrawFn) -> list[SourceFile]:
    """Sources whose names fight for one result; each path once, roots as the user may have named them."""
    found: dict[Path, SourceFile] = {}
    for stem, suffix, folder, format_ in draw(
        st.lists(st.tuples(STEMS, SUFFIXES, FOLDERS, FORMATS), min_size=1, max_size=12)
    ):
        path = HOME / folder / (stem + suffix)
        root = draw(st.sampled_from([HOME, path.parent]))
        found[path] = invented(path, root, Header(format_, 4, 4))
    return list(found.values())


@given(
    crowds(),
    st.sampled_from([Target.KEEP, Target.WEBP, Target.AUTO]),
    st.sampled_from([into(Path("/out")), into(HOME), Output(), Output(suffix=""), Output(suffix="é")]),
    st.sampled_from(Conflict),
)
def test_no_two_sources_ever_get_one_name(
    sources: list[SourceFile], target: Target, output: Output, conflict: Conflict
) -> None:
    recipe = Recipe(format=target, output=replace(output, conflict=conflict))
    names = [{folded(each) for each in possible(index, sources, recipe)} for index in range(len(sources))]
    assert sum(map(len, names)) == len(set().union(*names))
    for every in names:
        assert all(len(os.fsencode(Path(each).name)) <= 255 for each in every)


@given(crowds(), st.sampled_from([Target.KEEP, Target.WEBP, Target.AUTO]))
def test_overwriting_spares_the_other_sources(sources: list[SourceFile], target: Target) -> None:
    recipe = Recipe(format=target, output=into(HOME, conflict=Conflict.OVERWRITE))
    for index, source in enumerate(sources):
        others = {folded(str(each.path)) for each in sources} - {folded(str(source.path))}
        assert others.isdisjoint(map(folded, possible(index, sources, recipe)))


@given(
    crowds(),
    st.sampled_from([Target.KEEP, Target.WEBP, Target.AUTO]),
    st.sampled_from([into(HOME), Output(), Output(suffix="")]),
    st.sets(st.sampled_from(["a_optimized", "a_optimized (2)", "a", "b", "a (2)"])),
)
def test_overwriting_replaces_what_is_known_and_nothing_else(
    sources: list[SourceFile], target: Target, output: Output, ours: set[str]
) -> None:
    recipe = Recipe(format=target, output=replace(output, conflict=Conflict.OVERWRITE))
    tasks, kept = plan(
        [(each, found, recipe) for each, found in enumerate(sources)], lambda result, _: result.path.stem in ours
    )
    replaced = {outcome.path for _, outcome in kept}
    assert {outcome.code for _, outcome in kept} <= {KeptCode.OWN_RESULT}
    assert {path.stem for path in replaced} <= ours
    assert {task.source.path for task in tasks} | replaced == {each.path for each in sources}
    names = [{folded(each) for each in possible_for(task)} for task in tasks]
    assert sum(map(len, names)) == len(set().union(*names))
    for task, every in zip(tasks, names, strict=True):
        others = {folded(str(each.path)) for each in sources if each.path not in replaced}
        assert (others - {folded(str(task.source.path))}).isdisjoint(every)


@given(
    crowds(),
    st.sampled_from([Target.KEEP, Target.WEBP, Target.AUTO]),
    st.sampled_from([Conflict.RENAME, Conflict.SKIP]),
)
def test_in_place_no_result_gets_the_name_of_another_source_or_result(
    sources: list[SourceFile], target: Target, conflict: Conflict
) -> None:
    recipe = Recipe(format=target, output=Output(place=Place.IN_PLACE, conflict=conflict))
    tasks = tasks_of(sources, recipe)
    given_away: list[str] = []
    for index, (source, task) in enumerate(zip(sources, tasks, strict=True)):
        others = {folded(str(each.path)) for each in sources if each is not source}
        # With the suffix that it has, a result keeps the name that it has.
        moved = {each for each in possible(index, sources, recipe) if Path(each).suffix != source.path.suffix}
        new = {folded(each) for each in moved}
        assert task.destination.names == (source.path,)
        assert others.isdisjoint(new)
        given_away += new
    assert len(given_away) == len(set(given_away))


def on_disk(*paths: Path) -> list[SourceFile]:
    found = [probe(Found(path, path.parent, named=True), Limits()) for path in paths]
    return [each for each in found if isinstance(each, SourceFile)]


IN_PLACE = Recipe(output=Output(place=Place.IN_PLACE))


def test_in_place_all_names_of_a_file_are_one_task(tmp_path: Path) -> None:
    first = flat(tmp_path / "a.png")
    second = tmp_path / "b.png"
    second.hardlink_to(first)
    other = flat(tmp_path / "c.png")
    tasks, kept = plan([(each, found, IN_PLACE) for each, found in enumerate(on_disk(second, other, first))])
    assert [(task.id, task.destination.names) for task in tasks] == [(0, (second, first)), (1, (other,))]
    assert [(each, outcome.path, outcome.code) for each, outcome in kept] == [(2, first, KeptCode.SAME_FILE)]


def test_in_place_a_link_stands_for_its_target(tmp_path: Path) -> None:
    real = flat(tmp_path / "real" / "a.png")
    (tmp_path / "folder").symlink_to("real")
    link, chain = tmp_path / "link.png", tmp_path / "chain.png"
    link.symlink_to("real/a.png")
    chain.symlink_to("link.png")
    through = tmp_path / "folder" / "a.png"
    sources = on_disk(chain, link, through, real)
    tasks, kept = plan([(each, found, IN_PLACE) for each, found in enumerate(sources)])
    assert [(task.source.path, task.destination.names) for task in tasks] == [(through, (real,))]
    assert tasks[0].destination.links == (chain, link)
    assert {outcome.path for _, outcome in kept} == {chain, link, real}
    alone = tasks_of(on_disk(chain), IN_PLACE)[0].destination
    assert (alone.names, alone.links) == ((real,), (chain,))
    assert tasks_of(on_disk(through), IN_PLACE)[0].destination.links == ()  # its name is a real one


def test_only_beside_and_in_place_names_of_one_file_are_worked_on_once(tmp_path: Path) -> None:
    first = flat(tmp_path / "a.png")
    (tmp_path / "b.png").hardlink_to(first)
    sources = on_disk(first, tmp_path / "b.png")
    for output, count in ((Output(), 1), (into(tmp_path / "out"), 2)):
        tasks, kept = plan([(each, found, Recipe(output=output)) for each, found in enumerate(sources)])
        assert (len(tasks), len(kept)) == (count, 2 - count)


def test_ids_run_in_the_order_given() -> None:
    sources = [invented(HOME / name, HOME) for name in ("b.png", "a.png")]
    tasks, kept = plan([(7, sources[0], Recipe()), (9, sources[1], Recipe())])
    assert [(task.id, task.source) for task in tasks] == [(7, sources[0]), (9, sources[1])]
    assert kept == ()


@pytest.mark.parametrize(
    ("name", "content", "target", "expected"),
    [
        ("IMG.JPG", Format.JPEG, Target.KEEP, "IMG_optimized.JPG"),
        ("a.jpeg", Format.JPEG, Target.KEEP, "a_optimized.jpeg"),
        ("a.jpg", Format.PNG, Target.KEEP, "a_optimized.png"),
        ("a", Format.PNG, Target.KEEP, "a_optimized.png"),
        ("a.b.c.png", Format.PNG, Target.WEBP, "a.b.c_optimized.webp"),
        ("a.txt", Format.PNG, Target.KEEP, "a_optimized.png"),
        (".png", Format.PNG, Target.KEEP, ".png_optimized.png"),
        ("a.TIF", Format.PNG, Target.WEBP, "a_optimized.webp"),
    ],
)
def test_the_suffix_tells_the_format(name: str, content: Format, target: Target, expected: str) -> None:
    source = invented(HOME / name, HOME, Header(content, 4, 4))
    written = content if target is Target.KEEP else Format(target.value)
    assert path_of(source, Recipe(format=target), written) == HOME / expected


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("a.jpg", Format.JPEG, False),
        ("a.JPEG", Format.JPEG, False),
        ("a.png", Format.JPEG, True),
        ("a.txt", Format.JPEG, True),
        ("a", Format.JPEG, False),
    ],
)
def test_tells_a_wrong_suffix(name: str, content: Format, wrong: bool) -> None:
    assert has_wrong_suffix(invented(HOME / name, HOME, Header(content, 4, 4))) is wrong


def test_an_output_folder_mirrors_the_tree_below_each_root() -> None:
    recipe = Recipe(output=into(Path("/out")))
    below = invented(HOME / "2024" / "may" / "a.png", HOME)
    named = invented(HOME / "2024" / "may" / "a.png", HOME / "2024" / "may")
    assert path_of(below, recipe, Format.PNG) == Path("/out/2024/may/a.png")
    assert path_of(named, recipe, Format.PNG) == Path("/out/a.png")


def test_a_relative_output_folder_is_taken_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = Recipe(output=into(Path("x/../out")))
    assert path_of(invented(HOME / "a.png", HOME), recipe, Format.PNG) == tmp_path / "out" / "a.png"


def test_twins_are_numbered_in_the_order_given() -> None:
    sources = [invented(HOME / name, HOME, Header(Format.PNG, 4, 4)) for name in ("a.png", "a.jpg", "A.gif")]
    tasks = tasks_of(sources, Recipe(format=Target.WEBP, output=into(Path("/out"))))
    assert [task.destination.stem for task in tasks] == ["a", "a (2)", "A (3)"]


def test_thousands_of_files_may_have_one_name() -> None:
    sources = [invented(HOME / str(number) / "cover.jpg", HOME / str(number)) for number in range(3000)]
    began = time.monotonic()
    tasks = tasks_of(sources, Recipe(output=into(Path("/out"))))
    assert time.monotonic() - began < 5  # a name is not looked for from the beginning each time
    assert [task.destination.stem for task in tasks[:3]] == ["cover", "cover (2)", "cover (3)"]
    assert len({task.destination.stem for task in tasks}) == 3000


def test_one_file_gets_the_name_the_user_gave() -> None:
    output = Output(place=Place.FILE, path="/out/small.webp")
    destination = tasks_of([invented(HOME / "a.png", HOME)], Recipe(format=Target.WEBP, output=output))[0].destination
    assert [conflict_free(destination, ".png", number) for number in (1, 2)] == [
        Path("/out/small.webp"),
        Path("/out/small (2).webp"),
    ]
    assert not destination.copy_kept  # a PNG that is kept must not be called .webp
    same = Recipe(output=Output(place=Place.FILE, path="/out/b.PNG"))
    assert tasks_of([invented(HOME / "a.png", HOME)], same)[0].destination.copy_kept


@pytest.mark.parametrize("letter", ["x", "é", "语", "😀", "\udcff"])
@pytest.mark.parametrize("place", ["beside", "folder"])
def test_long_names_are_cut_at_whole_characters(letter: str, place: str) -> None:
    width = len(os.fsencode(letter))
    name = letter * (251 // width) + ".png"
    assert 250 < len(os.fsencode(name)) + width <= 255 + width
    recipe = Recipe(format=Target.WEBP, output=Output() if place == "beside" else into(Path("/out")))
    source = invented(HOME / name, HOME)
    destination = tasks_of([source], recipe)[0].destination
    for number in (1, 2, 999, 9999):
        given_name = conflict_free(destination, ".webp", number).name
        assert len(os.fsencode(given_name)) <= 255
        stem = given_name.removesuffix(".webp")
        stem = stem.removesuffix(f" ({number})") if number > 1 else stem
        if place == "beside" and number < 9999:
            assert stem.endswith("_optimized")
        assert set(stem.removesuffix("_optimized")) == {letter}


def test_a_name_that_fits_stays_whole_in_another_folder() -> None:
    name = "x" * 251 + ".png"
    assert path_of(invented(HOME / name, HOME), Recipe(output=into(Path("/out"))), Format.PNG).name == name


def test_results_of_long_names_can_be_told_again() -> None:
    stem = "x" * 250
    assert result_stem(stem, "_small").endswith("_small")
    assert result_stem("a", "_small") == "a_small"


def test_a_taken_name_counts_only_where_it_is_to_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.webp").symlink_to(tmp_path / "nowhere")
    for conflict, expected in ((Conflict.SKIP, True), (Conflict.RENAME, False), (Conflict.OVERWRITE, False)):
        recipe = Recipe(format=Target.WEBP, output=into(tmp_path, conflict=conflict))
        destination = tasks_of([invented(HOME / "a.png", HOME)], recipe)[0].destination
        assert is_taken(destination, [".png", ".webp"]) is expected
        assert not is_taken(destination, [".png"])


@pytest.mark.parametrize(
    ("name", "expected"), [("a.JPG", Format.JPEG), ("a.jxl", Format.JXL), ("a.txt", None), ("a", None)]
)
def test_a_name_stands_for_a_format(name: str, expected: Format | None) -> None:
    assert format_of_name(Path(name)) is expected
