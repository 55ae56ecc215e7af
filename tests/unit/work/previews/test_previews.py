"""What the window shows: upright, sRGB, eight bits; remembered within bounds; given up when asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oimg.engine import child
from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.images import Limits
from oimg.words.task import CancelToken
from oimg.work.previews import Previews
from oimg.work.previews import pixels as module
from work_help import flat, photo, source


@pytest.fixture(autouse=True)
def no_children() -> Iterator[None]:
    yield
    child.close_all()


def test_an_original_is_upright_and_ready_for_the_screen(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    shown = Previews().original(source(photo(tmp_path / "a.jpg", (60, 40), exif=exif)), CancelToken())
    assert shown.size == (40, 60)
    assert shown.pixels.dtype == np.uint8
    assert shown.pixels.flags.c_contiguous
    assert not shown.has_alpha
    with pytest.raises(ValueError, match="read-only"):
        shown.pixels[0, 0] = 0


@pytest.mark.parametrize(("mode", "color", "expected"), [("L", 90, 3), ("LA", (90, 40), 4), ("RGBA", (1, 2, 3, 4), 4)])
def test_gray_becomes_color_and_alpha_stays(tmp_path: Path, mode: str, color: object, expected: int) -> None:
    Image.new(mode, (9, 5), color).save(tmp_path / "a.png")  # type: ignore[arg-type]
    shown = Previews().original(source(tmp_path / "a.png"), CancelToken())
    assert shown.pixels.shape == (5, 9, expected)
    assert shown.has_alpha == (expected == 4)


def test_sixteen_bits_are_shown_as_eight(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 6), 0x8040, np.uint16)).save(tmp_path / "a.png")
    shown = Previews().original(source(tmp_path / "a.png"), CancelToken())
    assert shown.pixels.shape == (4, 6, 3)
    assert (shown.pixels == 0x80).all()


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tiff"])
def test_a_thumbnail_fits_its_side_and_shows_the_picture(tmp_path: Path, name: str) -> None:
    found = source(photo(tmp_path / name, (640, 320)))
    small = Previews().thumbnail(found, 40, CancelToken())
    assert small.size == (40, 20)
    whole = Previews().original(found, CancelToken())
    assert abs(float(small.pixels.mean()) - float(whole.pixels.mean())) < 2


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    assert Previews().thumbnail(source(flat(tmp_path / "a.png", (12, 7))), 40, CancelToken()).size == (12, 7)


def test_a_picture_is_decoded_once_while_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[Path] = []
    read = module.read_source

    def reading(found: object) -> bytes:
        decoded.append(found.path)  # type: ignore[attr-defined]
        return read(found)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "read_source", reading)
    first, second, third = (source(flat(tmp_path / f"{name}.png")) for name in "abc")
    previews = Previews(memory=2 * 40 * 30 * 3)
    for each in (first, first, second, first, third, first, second):
        previews.original(each, CancelToken())
    assert [path.stem for path in decoded] == ["a", "b", "c", "b"]


def test_a_changed_file_is_not_shown_as_it_was(tmp_path: Path) -> None:
    previews, path = Previews(), flat(tmp_path / "a.png")
    previews.original(source(path), CancelToken())
    flat(path, (50, 50))
    assert previews.original(source(path), CancelToken()).size == (50, 50)


def test_limits_come_before_pixels(tmp_path: Path) -> None:
    found = source(flat(tmp_path / "a.png"))
    with pytest.raises(OimgError) as caught:
        Previews(Limits(max_pixels=100)).original(found, CancelToken())
    assert caught.value.code is ErrorCode.TOO_LARGE


def test_a_child_that_was_ended_under_its_call_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = source(flat(tmp_path / "a.png"))
    decode = module.guarded.decode
    errors = [OimgError(ErrorCode.CODEC_CRASHED), OimgError(ErrorCode.CODEC_CRASHED), OimgError(ErrorCode.CORRUPT)]

    def decoding(*arguments: object) -> object:
        if errors:
            raise errors.pop(0)
        return decode(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module.guarded, "decode", decoding)
    for expected in (ErrorCode.CODEC_CRASHED, ErrorCode.CORRUPT):
        with pytest.raises(OimgError) as caught:
            Previews().original(found, CancelToken())
        assert caught.value.code is expected
    errors.append(OimgError(ErrorCode.CODEC_CRASHED))
    assert Previews().original(found, CancelToken()).size == (40, 30)


def test_nobody_waits_for_what_was_given_up(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    found = source(flat(tmp_path / "a.png"))
    for ask in (lambda: Previews().original(found, token), lambda: Previews().thumbnail(found, 40, token)):
        with pytest.raises(Cancelled):
            ask()
