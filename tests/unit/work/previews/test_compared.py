"""Heat map, comparison of formats, and the curve of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metric_pictures import texture
from oimg.engine import child
from oimg.engine.metrics import heatmap
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.words.errors import Cancelled, ErrorCode
from oimg.words.images import Format
from oimg.words.preview import CurvePoint
from oimg.words.recipe import Mode, Recipe, Target
from oimg.words.report import KeptCode, SourceFile
from oimg.words.task import CancelToken
from oimg.work.previews import Previews
from oimg.work.previews import previews as module
from work_help import flat, photo, source

TOKEN = CancelToken()


@pytest.fixture(autouse=True)
def no_children() -> Iterator[None]:
    yield
    child.close_all()


@pytest.fixture
def picture(tmp_path: Path) -> SourceFile:
    path = tmp_path / "a.png"
    Image.fromarray(texture(4, 200, 240)).save(path)
    return source(path)


def test_a_heat_map_is_that_of_the_metric(picture: SourceFile) -> None:
    previews, recipe = Previews(), Recipe(format=Target.WEBP, mode=Mode.QUALITY, quality=30)
    result = previews.result(picture, recipe, TOKEN)
    assert result.shown is not None
    cells = heatmap.local_scores(Reference(previews.base(picture, recipe, TOKEN).pixels), result.shown.pixels)
    found = previews.heatmap(picture, recipe, 1.0, TOKEN)
    assert np.array_equal(found.shown.pixels, heatmap.paint(cells, (240, 200)))
    assert found.worst == pytest.approx(float(cells.min()))
    assert found.score == result.score
    stronger = previews.heatmap(picture, recipe, 2.0, TOKEN)
    assert np.array_equal(stronger.shown.pixels, heatmap.paint(np.clip(2 * cells - 100, 0, 100), (240, 200)))
    assert (stronger.worst, stronger.score) == (found.worst, found.score)


def test_transparency_is_compared_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.fromarray(np.dstack([texture(2, 120, 130), np.full((120, 130), 90, np.uint8)])).save(path)
    recipe = Recipe(format=Target.JPEG, mode=Mode.QUALITY, quality=95, background="#204060")
    assert Previews().heatmap(source(path), recipe, 1.0, TOKEN).worst > 70


def test_a_smaller_result_has_a_smaller_heat_map(picture: SourceFile) -> None:
    previews, recipe = Previews(), Recipe(format=Target.JPEG, mode=Mode.SIZE, max_bytes=3000)
    result = previews.result(picture, recipe, TOKEN)
    assert result.shown is not None
    assert result.shown.size < (240, 200)
    assert previews.heatmap(picture, recipe, 1.0, TOKEN).shown.size == result.shown.size


def test_nothing_differs_in_a_file_that_is_kept(picture: SourceFile) -> None:
    found = Previews().heatmap(picture, Recipe(format=Target.JPEG, mode=Mode.LOSSLESS), 4.0, TOKEN)
    assert (found.worst, found.score) == (100, 100)
    assert found.shown.size == (240, 200)
    assert len(np.unique(found.shown.pixels.reshape(-1, 3), axis=0)) == 1


def test_every_format_is_tried(picture: SourceFile) -> None:
    previews = Previews()
    trials = list(previews.formats(picture, Recipe(min_savings=99), TOKEN))
    assert (trials[0].format, trials[-1].format) == (Format.JPEG, Format.AVIF)
    assert {trial.format for trial in trials} == {Format(each.value) for each in Target if each.value in set(Format)}
    for trial in trials:
        assert (trial.result is None) == bool(trial.code)
        if trial.result is not None:
            assert trial.result.format is trial.format
            assert trial.result.byte_size > 0
            assert trial.result.score is not None
    lossy = {trial.format: trial.result for trial in trials}
    for each in (Format.JPEG, Format.WEBP, Format.JXL, Format.AVIF):
        made = lossy[each]
        assert made is not None
        assert made.score is not None
        assert made.score >= 80


def test_what_a_large_photo_will_give_is_foretold(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.fromarray(np.tile(texture(4, 512, 512), (3, 3, 1))).save(path, compress_level=1)
    found, previews, recipe = source(path), Previews(), Recipe(target=70)
    exact = previews.result(found, replace(recipe, format=Target.WEBP), TOKEN)
    trials = previews.formats(found, recipe, TOKEN)
    foretold = [next(trials) for _ in range(3)]
    assert [each.format for each in foretold] == [Format.JPEG, Format.JXL, Format.AVIF]  # WebP is known already
    first = next(trials)
    assert [each.approximate for each in (*foretold, first)] == [True, True, True, False]
    for about, known in ((foretold[0].result, first.result), (next(trials).result, exact)):
        assert about is not None
        assert known is not None
        assert about.byte_size == pytest.approx(known.byte_size, rel=0.2)
        assert about.score == pytest.approx(known.score, abs=4)


@pytest.mark.parametrize("recipe", [Recipe(mode=Mode.LOSSLESS), Recipe()])
def test_what_is_quick_or_certain_is_not_foretold(picture: SourceFile, recipe: Recipe) -> None:
    assert not next(Previews().formats(picture, recipe, TOKEN)).approximate


def test_why_a_format_is_not_possible_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    trials = {trial.format: trial for trial in Previews().formats(source(path), Recipe(), TOKEN)}
    assert trials[Format.JPEG].code == KeptCode.ANIMATION
    found = source(flat(tmp_path / "b.png"))
    (tmp_path / "b.png").unlink()
    assert {trial.code for trial in Previews().formats(found, Recipe(), TOKEN)} == {ErrorCode.NOT_FOUND}


def test_a_format_that_was_tried_is_there_at_once(picture: SourceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    previews = Previews()
    trial = next(previews.formats(picture, Recipe(), TOKEN))
    monkeypatch.setattr(module, "transform", None)
    result = previews.result(picture, Recipe(format=Target.JPEG), TOKEN)
    assert trial.result is not None
    assert trial.result.shown is None
    assert result.byte_size == trial.result.byte_size
    assert result.shown is not None


@pytest.mark.parametrize("target", [Target.JPEG, Target.WEBP])
def test_a_curve_rises(picture: SourceFile, target: Target) -> None:
    previews, recipe = Previews(), Recipe(format=target)
    found = list(previews.curve(picture, recipe, TOKEN))
    assert len(found) >= 8
    assert len({point.quality for point in found}) == len(found)
    ordered = sorted(found, key=lambda point: point.quality)
    assert [point.byte_size for point in ordered] == sorted(point.byte_size for point in found)
    assert [point.score for point in ordered] == sorted(point.score for point in found)
    assert not any(point.approximate for point in found)
    fixed = Recipe(format=target, mode=Mode.QUALITY, quality=80)
    result = previews.result(picture, fixed, TOKEN)
    point = next(point for point in found if point.quality == 80)
    assert (point.byte_size, point.score) == (result.byte_size, result.score)


def test_a_large_picture_is_reckoned_from_a_part(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.fromarray(np.tile(texture(4, 512, 512), (4, 4, 1))).save(path, compress_level=1)
    found, previews = source(path), Previews()
    points: dict[float, CurvePoint] = {}
    for point in previews.curve(found, Recipe(format=Target.JPEG), TOKEN):
        points[point.quality] = point
        if len(points) == 3:
            break
    assert all(point.approximate for point in points.values())
    exact = previews.result(found, Recipe(format=Target.JPEG, mode=Mode.QUALITY, quality=50), TOKEN)
    assert exact.score is not None
    assert points[50].byte_size == pytest.approx(exact.byte_size, rel=0.15)
    assert points[50].score == pytest.approx(exact.score, abs=3)


def test_what_has_no_qualities_has_no_curve(picture: SourceFile) -> None:
    assert list(Previews().curve(picture, Recipe(format=Target.TIFF), TOKEN)) == []


def test_all_of_it_can_be_given_up(tmp_path: Path) -> None:
    found = source(photo(tmp_path / "a.jpg", (200, 200)))
    token, previews = CancelToken(), Previews()
    trials, points = previews.formats(found, Recipe(), token), previews.curve(found, Recipe(), token)
    next(trials)
    next(points)
    token.cancel()
    with pytest.raises(Cancelled):
        next(trials)
    with pytest.raises(Cancelled):
        next(points)
    with pytest.raises(Cancelled):
        previews.heatmap(found, Recipe(), 1.0, token)
