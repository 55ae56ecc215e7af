"""The picture that is looked at, never an older one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from oimg.faces.gui.images import image_of
from oimg.faces.gui.queue.rows import Row, row_of
from oimg.faces.gui.stage.view import StageView
from oimg.words.errors import ErrorCode
from oimg.words.report import Failed
from oimg.words.task import CancelToken
from oimg.work.session import Previews
from work_help import flat, source


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[StageView]:
    made = StageView()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    made.use(Previews())
    yield made
    made.close_threads()


def row(path: Path, color: tuple[int, int, int], size: tuple[int, int] = (40, 30)) -> Row:
    return row_of(1, source(flat(path, size, color)))


def color_of(stage: StageView) -> str:
    image = stage.canvas.image
    return "" if image is None else QColor.fromRgb(image.pixel(1, 1)).name()


def test_shows_a_picture_as_large_as_fits_and_no_larger(stage: StageView, tmp_path: Path, qtbot: QtBot) -> None:
    stage.show_row(row(tmp_path / "small.png", (1, 2, 3)))
    qtbot.waitUntil(lambda: color_of(stage) == "#010203")
    assert stage.canvas.image is not None
    assert stage.canvas.image.width() == 40
    stage.show_row(row(tmp_path / "large.png", (4, 5, 6), (3000, 1000)))
    qtbot.waitUntil(lambda: color_of(stage) == "#040506")
    assert stage.canvas.image.width() == stage.canvas.width()
    assert not stage.canvas.grab().toImage().isNull()


def test_another_room_gets_another_picture(stage: StageView, tmp_path: Path, qtbot: QtBot) -> None:
    stage.show_row(row(tmp_path / "large.png", (4, 5, 6), (3000, 1000)))
    qtbot.waitUntil(lambda: stage.canvas.image is not None)
    stage.resize(700, 400)
    qtbot.waitUntil(lambda: stage.canvas.image is not None and stage.canvas.image.width() == stage.canvas.width())


def test_an_older_picture_never_takes_the_place_of_a_later_one(stage: StageView, tmp_path: Path, qtbot: QtBot) -> None:
    rows = [row(tmp_path / f"{each}.png", (each, 0, 0), (600, 600)) for each in range(1, 9)]
    seen: list[str] = []
    for each in rows:
        stage.show_row(each)
        assert stage.canvas.image is None  # never the one before under the new name
        qtbot.wait(3)
        seen.append(color_of(stage))
    qtbot.waitUntil(lambda: color_of(stage) == "#080000")
    qtbot.wait(80)
    assert color_of(stage) == "#080000"
    assert all(shown in ("", f"#{number:02x}0000") for number, shown in enumerate(seen, 1))


def test_says_why_there_is_no_picture(stage: StageView, tmp_path: Path, qtbot: QtBot) -> None:
    found = row(tmp_path / "a.png", (1, 2, 3))
    found.path.unlink()
    stage.show_row(found)
    qtbot.waitUntil(lambda: bool(stage.canvas._text))
    assert stage.canvas._text == "There is no such file"
    assert not stage.canvas.grab().toImage().isNull()


def test_shows_what_a_row_says_and_nothing_for_none(stage: StageView) -> None:
    stage.show_row(row_of(1, Failed(Path("/x/a.png"), ErrorCode.EMPTY)))
    assert [each.text() for each in stage.findChildren(QLabel)] == ["a.png", "The file is empty"]
    stage.show_row(row_of(1, Failed(Path("/x") / f"{'long' * 99}.png", ErrorCode.EMPTY)))
    title = stage.findChildren(QLabel)[0]
    assert "…" in title.text()
    assert title.sizeHint().width() <= stage.canvas.width()
    stage.show_row(None)
    assert [each.text() for each in stage.findChildren(QLabel)] == ["", ""]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_images_are_the_pixels(tmp_path: Path, mode: str) -> None:
    from PIL import Image

    Image.new(mode, (3, 2), (10, 20, 30, 40)[: len(mode)]).save(tmp_path / "a.png")
    image = image_of(Previews().original(source(tmp_path / "a.png"), CancelToken()))
    assert (image.width(), image.height(), image.hasAlphaChannel()) == (3, 2, mode == "RGBA")
    color = image.convertToFormat(QImage.Format.Format_ARGB32).pixelColor(2, 1)
    assert (color.red(), color.green(), color.blue(), color.alpha()) == (10, 20, 30, 40 if mode == "RGBA" else 255)
