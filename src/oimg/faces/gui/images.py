"""Converts our pixels to images of Qt."""

from __future__ import annotations

from PySide6.QtGui import QImage

from oimg.words.preview import Shown


def image_of(shown: Shown) -> QImage:
    """Give pixels as an image of its own: it does not need the array any more. For any thread."""
    width, height = shown.size
    kind = QImage.Format.Format_RGBA8888 if shown.has_alpha else QImage.Format.Format_RGB888
    return QImage(shown.pixels.data, width, height, shown.pixels.strides[0], kind).copy()
