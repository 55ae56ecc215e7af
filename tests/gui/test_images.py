"""Pixels become images."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from oimg.faces.gui.images import image_of
from oimg.words.task import CancelToken
from oimg.work.previews import Previews
from work_help import source


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_images_are_the_pixels(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (3, 2), (10, 20, 30, 40)[: len(mode)]).save(tmp_path / "a.png")
    image = image_of(Previews().original(source(tmp_path / "a.png"), CancelToken()))
    assert (image.width(), image.height(), image.hasAlphaChannel()) == (3, 2, mode == "RGBA")
    color = image.convertToFormat(QImage.Format.Format_ARGB32).pixelColor(2, 1)
    assert (color.red(), color.green(), color.blue(), color.alpha()) == (10, 20, 30, 40 if mode == "RGBA" else 255)
