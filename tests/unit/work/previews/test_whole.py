"""What the window shows of results is what Optimize writes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oimg.engine import child
from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.images import Format
from oimg.words.recipe import Fitting, Mode, Recipe, Resize, Target
from oimg.words.report import KeptCode, Optimized
from oimg.words.task import CancelToken, Control
from oimg.work import pipeline
from oimg.work.pipeline import BatchContext, optimize_file
from oimg.work.previews import Previews
from oimg.work.previews import previews as module
from work_help import flat, into, photo, source, task_for

TOKEN = CancelToken()


@pytest.fixture(autouse=True)
def no_children() -> Iterator[None]:
    yield
    child.close_all()


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe(format=Target.WEBP, target=70),
        Recipe(format=Target.PNG, mode=Mode.LOSSLESS),
        Recipe(mode=Mode.QUALITY, quality=55, resize=Resize(fitting=Fitting.LONG_EDGE, amount=120)),
        Recipe(mode=Mode.SIZE, max_bytes=6000),
    ],
    ids=["visual", "webp", "lossless", "resized", "size"],
)
def test_a_result_is_what_optimize_writes(tmp_path: Path, recipe: Recipe) -> None:
    path = photo(tmp_path / "a.jpg", (240, 160), quality=97)
    result = Previews().result(source(path), recipe, TOKEN)
    there = replace(recipe, output=into(tmp_path / "out"))
    outcome = optimize_file(task_for(path, there), Control())
    assert isinstance(outcome, Optimized)
    assert (result.format, result.score, result.quality) == (outcome.format, outcome.score, outcome.quality)
    assert result.byte_size == outcome.output_bytes
    assert result.notices == outcome.warnings
    assert result.kept is None
    assert result.shown is not None
    assert result.shown.size == (outcome.width, outcome.height)
    with Image.open(outcome.output) as written:
        assert np.array_equal(result.shown.pixels, np.asarray(written.convert("RGB")))


def test_a_file_that_is_kept_says_why(tmp_path: Path) -> None:
    found = source(photo(tmp_path / "a.png", (64, 48)))
    result = Previews().result(found, Recipe(format=Target.JPEG, mode=Mode.LOSSLESS), TOKEN)
    assert result.kept == (KeptCode.LOSSLESS, "")
    assert result.shown is None
    assert (result.format, result.byte_size) == (Format.PNG, found.byte_size)


def test_lossless_is_told(tmp_path: Path) -> None:
    found = source(flat(tmp_path / "a.png"))
    previews = Previews()
    result = previews.result(found, Recipe(), TOKEN)
    assert result.lossless
    assert result.shown is not None
    assert np.array_equal(result.shown.pixels, previews.original(found, TOKEN).pixels)
    assert not previews.result(found, Recipe(format=Target.JPEG, mode=Mode.QUALITY, quality=50), TOKEN).lossless


def test_the_base_has_the_size_of_the_result(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = source(photo(tmp_path / "a.jpg", (160, 96), quality=95, exif=exif))
    recipe = Recipe(mode=Mode.QUALITY, resize=Resize(fitting=Fitting.FILL, width=50, height=50))
    previews = Previews()
    result = previews.result(found, recipe, TOKEN)
    assert result.shown is not None
    assert previews.base(found, recipe, TOKEN).size == result.shown.size == (50, 50)
    assert previews.base(found, Recipe(), TOKEN) is previews.original(found, TOKEN)


def test_where_results_go_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    transform = module.transform
    monkeypatch.setattr(module, "transform", lambda request: made.append(request) or transform(request))
    found, previews = source(photo(tmp_path / "a.jpg", (96, 64), quality=95)), Previews()
    first = previews.result(found, Recipe(), TOKEN)
    second = previews.result(found, Recipe(output=into(tmp_path)), TOKEN)
    assert first.shown is second.shown
    assert len(made) == 1
    previews.result(found, Recipe(target=60), TOKEN)
    assert len(made) == 2


def test_what_two_ask_for_at_the_same_time_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    begun, go_on = threading.Event(), threading.Event()
    transform = module.transform

    def transforming(request: object) -> object:
        made.append(request)
        begun.set()
        assert go_on.wait(60)
        return transform(request)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "transform", transforming)
    found, previews = source(photo(tmp_path / "a.jpg", (96, 64), quality=95)), Previews()
    results: list[object] = []

    def ask() -> None:
        results.append(previews.result(found, Recipe(), CancelToken()).shown)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert len(made) == 1
    assert len(results) == 3
    assert results[0] is results[1] is results[2]


def test_a_result_is_given_up_between_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = CancelToken()
    transform = module.transform

    def stopped(request: object) -> object:
        token.cancel()
        return transform(request)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "transform", stopped)
    found, previews = source(photo(tmp_path / "a.jpg", (96, 64), quality=95)), Previews()
    with pytest.raises(Cancelled):
        previews.result(found, Recipe(), token)
    monkeypatch.undo()
    assert previews.result(found, Recipe(), TOKEN).kept is None


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    found = source(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(OimgError):
        Previews().result(found, Recipe(), TOKEN)
    with pytest.raises(OimgError):
        Previews().result(source(path), Recipe(), TOKEN)


def test_optimize_takes_what_was_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photo(tmp_path / "a.jpg", (96, 64), quality=97)
    previews, context = Previews(), []
    result = previews.result(source(path), Recipe(), TOKEN)

    def forbidden(request: object) -> None:
        context.append(request)
        raise OimgError(ErrorCode.INTERNAL)

    monkeypatch.setattr(pipeline, "transform", forbidden)
    task = task_for(path, Recipe(output=into(tmp_path / "out")))
    outcome = optimize_file(task, Control(), BatchContext(previewed=previews.proven))
    assert isinstance(outcome, Optimized)
    assert (outcome.output_bytes, outcome.score) == (result.byte_size, result.score)
    assert context == []
    with pytest.raises(OimgError):
        optimize_file(task_for(path, Recipe(target=60)), Control(), BatchContext(previewed=previews.proven))
    assert previews.proven(path.read_bytes() + b" ", source(path), Recipe()) is None
