"""Telling what a picture is and reveals, and how two differ; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import piexif
import pytest
from PIL import Image

from oimg.engine import child
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format, Limits
from oimg.words.privacy import Fate, MetadataGroup, MetadataPolicy
from oimg.words.recipe import Recipe
from oimg.work.inspection import compare, embedded, inspect, look
from work_help import photo, state


@pytest.fixture(autouse=True)
def no_child_stays() -> Iterator[None]:
    """Some formats are read in a codec process."""
    yield
    child.close_all()


def code_of(path: Path) -> ErrorCode:
    with pytest.raises(OimgError) as caught:
        look(path, Limits())
    return caught.value.code


@pytest.fixture
def revealing(tmp_path: Path) -> Path:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = 6
    exif[0x8298] = "(c) somebody"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    return photo(tmp_path / "a.jpg", (60, 40), exif=exif)


def test_tells_what_a_picture_reveals_and_what_the_recipe_takes_out(revealing: Path) -> None:
    before = state(revealing.parent)
    found = inspect(revealing, Recipe(), Limits())
    fates = {each.finding.group: each.fate for each in found.prospects}
    assert fates[MetadataGroup.LOCATION] is fates[MetadataGroup.DEVICE] is Fate.REMOVED
    assert fates[MetadataGroup.COPYRIGHT] is Fate.STAYS
    assert found.kept is None
    assert {MetadataGroup.LOCATION, MetadataGroup.DEVICE} <= found.removed
    assert MetadataGroup.COPYRIGHT not in found.removed
    assert (found.header.format, found.header.upright_size, found.right_suffix) == (Format.JPEG, (40, 60), True)
    assert found.byte_size == revealing.stat().st_size
    assert state(revealing.parent) == before


def test_a_recipe_that_keeps_everything_removes_nothing(revealing: Path) -> None:
    found = inspect(revealing, Recipe(metadata=MetadataPolicy.KEEP), Limits())
    assert not {MetadataGroup.LOCATION, MetadataGroup.DEVICE, MetadataGroup.COPYRIGHT} & found.removed


def test_tells_a_wrong_suffix(tmp_path: Path) -> None:
    photo(tmp_path / "a.png").rename(tmp_path / "a.gif")
    assert not inspect(tmp_path / "a.gif", Recipe(), Limits()).right_suffix


def test_what_is_no_picture_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("dear diary")
    assert code_of(tmp_path / "a.txt") is ErrorCode.NOT_AN_IMAGE
    assert code_of(tmp_path / "gone.png") is ErrorCode.NOT_FOUND
    assert code_of(tmp_path) is ErrorCode.NOT_REGULAR


def test_equal_pictures_score_100_in_any_format(tmp_path: Path) -> None:
    one = photo(tmp_path / "a.png")
    with Image.open(one) as image:
        image.save(tmp_path / "b.webp", lossless=True)
    comparison, painted = compare(one, tmp_path / "b.webp", Limits())
    assert (comparison.score, comparison.identical) == (100, True)
    assert (comparison.mean_difference, comparison.max_difference) == (0, 0)
    assert painted.shape == (32 + 16, 48, 3)  # the map and its legend


def test_differences_are_counted_over_all_channels(tmp_path: Path) -> None:
    pixels = np.full((20, 30, 3), 100, np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    pixels[0, 0, 0] = 160
    Image.fromarray(pixels).save(tmp_path / "b.png")
    comparison, _ = compare(tmp_path / "a.png", tmp_path / "b.png", Limits())
    assert comparison.max_difference == 60
    assert comparison.mean_difference == pytest.approx(60 / (20 * 30 * 3))
    assert comparison.score < 100
    assert not comparison.identical


def test_worse_pictures_score_lower(tmp_path: Path) -> None:
    one = photo(tmp_path / "a.png", (128, 96))
    scores = []
    for quality in (95, 60, 10):
        with Image.open(one) as image:
            image.save(tmp_path / f"{quality}.jpg", quality=quality)
        scores.append(compare(one, tmp_path / f"{quality}.jpg", Limits())[0].score)
    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[-1] > 20


def test_a_turned_picture_is_compared_as_it_is_shown(tmp_path: Path) -> None:
    one = photo(tmp_path / "a.png", (60, 40))
    with Image.open(one) as image:
        exif = Image.Exif()
        exif[0x0112] = 6  # stored turned left: shown turned right again
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "b.png", exif=exif)
    assert compare(one, tmp_path / "b.png", Limits())[0].identical


def test_alpha_counts(tmp_path: Path) -> None:
    pixels = np.full((20, 30, 4), 255, np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    pixels[5:15, 5:15] = (255, 0, 0, 0)
    Image.fromarray(pixels).save(tmp_path / "b.png")
    comparison, painted = compare(tmp_path / "a.png", tmp_path / "b.png", Limits())
    assert not comparison.identical
    assert comparison.score < 100
    assert painted.shape[2] == 3


@pytest.mark.parametrize("other", [(48, 33), (47, 32), (32, 48)])
def test_pictures_of_two_sizes_cannot_be_compared(tmp_path: Path, other: tuple[int, int]) -> None:
    one, two = photo(tmp_path / "a.png", (48, 32)), photo(tmp_path / "b.png", other)
    with pytest.raises(OimgError) as caught:
        compare(one, two, Limits())
    assert caught.value.code is ErrorCode.SIZES_DIFFER
    assert "48x32" in caught.value.detail
    assert f"{other[0]}x{other[1]}" in caught.value.detail


def test_pages_of_a_tiff_are_one_picture(tmp_path: Path) -> None:
    first = photo(tmp_path / "a.png")
    with Image.open(first) as image:
        image.save(tmp_path / "pages.tif", save_all=True, append_images=[image.rotate(180)])
    assert compare(first, tmp_path / "pages.tif", Limits())[0].identical


def jpeg_of(size: tuple[int, int], color: str) -> bytes:
    stream = BytesIO()
    Image.new("RGB", size, color).save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("small", "orientation", "shown"),
    [((60, 40), 1, (60, 40)), ((60, 40), 6, (40, 60)), ((40, 60), 6, (40, 60)), ((1200, 800), 1, (512, 341))],
)
def test_embedded_pictures_are_given_out_as_the_file_is_shown(
    tmp_path: Path, small: tuple[int, int], orientation: int, shown: tuple[int, int]
) -> None:
    exif = piexif.dump({"0th": {274: orientation}, "1st": {259: 6}, "thumbnail": jpeg_of(small, "red")})
    photo(tmp_path / "a.jpg", (240, 160), exif=exif)
    (found,) = embedded(tmp_path / "a.jpg", Limits())
    assert (found.name, found.shown.size) == ("Thumbnail", shown)
    red, green, _ = found.shown.pixels[0, 0]
    assert red > 240
    assert green < 20
    assert not found.shown.pixels.flags.writeable


def test_a_thumbnail_that_cannot_be_decoded_is_not_given_out(tmp_path: Path) -> None:
    photo(
        tmp_path / "a.jpg",
        (240, 160),
        exif=piexif.dump(
            {
                "1st": {259: 6},
                "thumbnail": jpeg_of((9, 9), "red").replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x07"),
            }
        ),
    )
    assert embedded(tmp_path / "a.jpg", Limits()) == ()
    with pytest.raises(OimgError):
        embedded(tmp_path / "none.jpg", Limits())
