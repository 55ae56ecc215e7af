"""Quick looks: the right place, the right size, and about what will come out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metric_pictures import texture
from oimg.engine import child
from oimg.engine.codecs.webp import WebpCodec
from oimg.engine.metrics.ssimulacra2 import score
from oimg.engine.search.trial import Candidate, Trial
from oimg.words.errors import Cancelled
from oimg.words.images import DecodedImage, EncodeOptions
from oimg.words.preview import Glimpse, Region
from oimg.words.recipe import Fitting, Mode, Recipe, Resize, Target
from oimg.words.report import SourceFile
from oimg.words.task import CancelToken
from oimg.work.previews import Previews
from work_help import flat, photo, source

TOKEN = CancelToken()
LOSSY = (Target.JPEG, Target.WEBP, Target.AVIF, Target.JXL)


@pytest.fixture(autouse=True)
def no_children() -> Iterator[None]:
    yield
    child.close_all()


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> SourceFile:
    """A picture that is larger than the sample which glimpses learn from."""
    path = tmp_path_factory.mktemp("in") / "a.png"
    Image.fromarray(texture(4, 700, 900)).save(path)
    return source(path)


def compared(glimpse: Glimpse) -> float:
    assert glimpse.before is not None
    assert glimpse.before.size == glimpse.shown.size
    return score(glimpse.before.pixels, glimpse.shown.pixels)


@pytest.mark.parametrize("target", LOSSY)
@pytest.mark.parametrize("wanted", [85, 60])
def test_a_region_looks_as_good_as_asked(picture: SourceFile, target: Target, wanted: int) -> None:
    glimpse = Previews().glimpse(picture, Recipe(format=target, target=wanted), Region(101, 53, 400, 300), 1.0, TOKEN)
    assert glimpse.region == Region(101, 53, 400, 300)
    assert glimpse.shown.size == (400, 300)
    assert glimpse.approximate
    assert wanted - 6 < compared(glimpse) < wanted + 9


def test_a_better_target_looks_better(picture: SourceFile) -> None:
    previews = Previews()
    scores = [
        compared(previews.glimpse(picture, Recipe(format=Target.JPEG, target=each), Region(0, 0, 500, 400), 1.0, TOKEN))
        for each in (50, 70, 90)
    ]
    assert scores == sorted(scores)


@pytest.mark.parametrize("target", LOSSY)
def test_a_fixed_quality_is_the_one_that_is_tried(picture: SourceFile, target: Target) -> None:
    recipe = Recipe(format=target, mode=Mode.QUALITY, quality=37)
    assert Previews().glimpse(picture, recipe, Region(0, 0, 64, 64), 1.0, TOKEN).quality == 37


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The qualities that were tried on a sample."""
    made: list[float] = []
    run = Trial.run

    def counted(trial: Trial, quality: float) -> Candidate:
        made.append(quality)
        return run(trial, quality)

    monkeypatch.setattr(Trial, "run", counted)
    return made


@pytest.mark.parametrize("target", LOSSY)
def test_what_is_known_well_enough_is_not_tried(picture: SourceFile, target: Target, tries: list[float]) -> None:
    previews, region = Previews(), Region(0, 0, 64, 64)
    previews.glimpse(picture, Recipe(format=target, mode=Mode.QUALITY, quality=50), region, 1.0, TOKEN)
    assert tries == []
    previews.glimpse(picture, Recipe(format=target), region, 1.0, TOKEN)
    known = len(tries)
    assert 1 <= known <= 2
    for wanted in (80, 80.25, 79.75):
        previews.glimpse(picture, Recipe(format=target, target=wanted), region, 1.0, TOKEN)
    assert len(tries) == known


def test_a_large_part_is_coded_in_two_halves_that_fit(picture: SourceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    coded: list[tuple[int, int]] = []
    encode = WebpCodec.encode

    def counted(codec: WebpCodec, image: DecodedImage, options: EncodeOptions) -> bytes:
        coded.append(image.size)
        return encode(codec, image, options)

    recipe = Recipe(format=Target.WEBP, mode=Mode.QUALITY, quality=80)
    monkeypatch.setattr(WebpCodec, "encode", counted)
    glimpse = Previews().glimpse(picture, recipe, Region(0, 0, 900, 700), 1.0, TOKEN)
    assert sorted(coded) == [(900, 368), (900, 380)]  # 350 rows each, and those around them, to whole blocks
    assert glimpse.before is not None
    off = abs(glimpse.shown.pixels.astype(int) - glimpse.before.pixels)
    assert off[342:358].mean() < 1.3 * off.mean()
    small = Previews().glimpse(picture, recipe, Region(0, 0, 300, 200), 1.0, TOKEN)
    assert len(coded) == 3
    assert small.shown.size == (300, 200)


def test_fewer_bytes_look_worse(picture: SourceFile) -> None:
    previews = Previews()
    few, many = (
        previews.glimpse(
            picture, Recipe(format=Target.WEBP, mode=Mode.SIZE, max_bytes=size), Region(0, 0, 300, 300), 1.0, TOKEN
        )
        for size in (20_000, 200_000)
    )
    assert few.quality is not None
    assert many.quality is not None
    assert few.quality < many.quality
    assert compared(few) < compared(many)


def test_what_reaches_over_the_edges_is_cut_off(picture: SourceFile) -> None:
    glimpse = Previews().glimpse(picture, Recipe(format=Target.JPEG), Region(-50, 600, 2000, 400), 0.5, TOKEN)
    assert glimpse.region == Region(0, 600, 900, 100)
    assert glimpse.shown.size == (450, 50)


def test_pixels_are_not_made_larger(picture: SourceFile) -> None:
    glimpse = Previews().glimpse(picture, Recipe(format=Target.JPEG), Region(10, 10, 40, 30), 4.0, TOKEN)
    assert glimpse.scale == 1
    assert glimpse.shown.size == (40, 30)


def test_a_large_region_seen_small_is_coded_small(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.fromarray(np.tile(texture(4, 700, 900), (2, 2, 1))).save(path)
    found, previews = source(path), Previews()
    glimpses = [
        previews.glimpse(found, Recipe(format=Target.WEBP, target=each), Region(0, 0, 1800, 1400), 0.5, TOKEN)
        for each in (80, 40)
    ]
    assert all(each.shown.size == (900, 700) for each in glimpses)
    assert all(each.region == Region(0, 0, 1800, 1400) for each in glimpses)
    good, bad = (compared(each) for each in glimpses)
    # What is lost is fine: at half the size, 0.58 of its distance to 100 is seen.
    assert bad == pytest.approx(100 - 0.58 * 60, abs=5)
    assert good > bad + 12


def test_nothing_is_lost_without_loss(picture: SourceFile) -> None:
    recipe = Recipe(format=Target.WEBP, mode=Mode.LOSSLESS)
    glimpse = Previews().glimpse(picture, recipe, Region(0, 0, 100, 80), 1.0, TOKEN)
    assert compared(glimpse) == 100
    assert glimpse.quality is None
    assert not glimpse.approximate


def test_what_is_made_already_is_shown(picture: SourceFile) -> None:
    previews, recipe = Previews(), Recipe(format=Target.JPEG, target=70)
    result = previews.result(picture, recipe, TOKEN)
    assert result.shown is not None
    glimpse = previews.glimpse(picture, recipe, Region(30, 40, 200, 100), 1.0, TOKEN)
    assert not glimpse.approximate
    assert glimpse.quality == result.quality
    assert np.array_equal(glimpse.shown.pixels, result.shown.pixels[40:140, 30:230])


def test_a_file_that_is_kept_is_shown_as_it_is(picture: SourceFile) -> None:
    previews, recipe = Previews(), Recipe(format=Target.WEBP, min_savings=99.9)
    assert previews.result(picture, recipe, TOKEN).kept is not None
    glimpse = previews.glimpse(picture, recipe, Region(30, 40, 200, 100), 1.0, TOKEN)
    assert not glimpse.approximate
    assert np.array_equal(glimpse.shown.pixels, previews.original(picture, TOKEN).pixels[40:140, 30:230])


def test_a_result_that_became_smaller_is_not_cut_by_regions_of_the_base(picture: SourceFile) -> None:
    previews, recipe = Previews(), Recipe(format=Target.JPEG, mode=Mode.SIZE, max_bytes=8000)
    result = previews.result(picture, recipe, TOKEN)
    assert result.shown is not None
    assert result.shown.size < (900, 700)
    glimpse = previews.glimpse(picture, recipe, Region(800, 600, 100, 100), 1.0, TOKEN)
    assert glimpse.region == Region(800, 600, 100, 100)
    assert glimpse.shown.size == (100, 100)


def test_regions_are_those_of_the_resized_picture(picture: SourceFile) -> None:
    recipe = Recipe(format=Target.WEBP, resize=Resize(fitting=Fitting.SCALE, amount=50))
    glimpse = Previews().glimpse(picture, recipe, Region(400, 300, 100, 100), 1.0, TOKEN)
    assert glimpse.region == Region(400, 300, 50, 50)


@pytest.mark.parametrize("name", ["auto.png", "tall.png", "clear.png", "tiny.jpg", "gray.jpg"])
@pytest.mark.parametrize("target", [Target.AUTO, Target.KEEP, *LOSSY, Target.GIF, Target.TIFF])
def test_every_picture_has_a_glimpse(tmp_path: Path, name: str, target: Target) -> None:
    path = tmp_path / name
    if name == "tall.png":
        photo(path, (40, 8000))
    elif name == "clear.png":
        Image.fromarray(np.dstack([texture(2, 60, 70), np.full((60, 70), 90, np.uint8)])).save(path)
    elif name == "tiny.jpg":
        photo(path, (3, 2))
    elif name == "gray.jpg":
        Image.fromarray(texture(2, 60, 70)).convert("L").save(path)
    else:
        flat(path)
    glimpse = Previews().glimpse(source(path), Recipe(format=target), Region(0, 0, 9000, 9000), 0.5, TOKEN)
    assert glimpse.before is not None
    assert glimpse.shown.size == glimpse.before.size


def test_nobody_waits_for_what_was_given_up(picture: SourceFile) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        Previews().glimpse(picture, Recipe(format=Target.AVIF), Region(0, 0, 100, 100), 1.0, token)
