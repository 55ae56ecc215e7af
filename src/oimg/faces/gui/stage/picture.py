"""A picture ready to be drawn at any scale: the shared pixels, and smaller copies of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from oimg.words.preview import Shown
from oimg.words.task import CancelToken

# From here on single pixels are shown as squares.
SQUARES: Final = 2.0
_SMALLEST: Final = 320
# Rows halved in one call: the binding holds Python up for as long as a call takes.
_ROWS: Final = 64


class Picture:
    """Draws what is seen of some pixels. Made on any thread by `picture_of`; they are shared, not copied."""

    def __init__(self, shown: Shown, levels: list[QImage]) -> None:
        self._shown = shown  # the images below look into its memory
        self._levels = levels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._shown.size

    @property
    def image(self) -> QImage:
        """The pixels as they are."""
        return self._levels[0]

    @property
    def smallest(self) -> QImage:
        """The smallest copy."""
        return self._levels[-1]

    @property
    def own_bytes(self) -> int:
        """The memory that the copies take."""
        return sum(each.sizeInBytes() for each in self._levels[1:])

    @property
    def has_alpha(self) -> bool:
        """Whether there is something to see through."""
        return self._shown.has_alpha

    def paint(self, painter: QPainter, target: QRectF, clip: QRectF) -> None:
        """Draw what of the picture lies in `clip`, where `target` is the place of the whole; device pixels."""
        part = target.intersected(clip)
        if part.isEmpty():
            return
        image = self._level_for(target.width())
        across, down = target.width() / image.width(), target.height() / image.height()
        left, top = int((part.left() - target.left()) / across) - 1, int((part.top() - target.top()) / down) - 1
        left, top = max(0, left), max(0, top)
        width = min(image.width() - left, int(part.width() / across) + 4)
        height = min(image.height() - top, int(part.height() / down) + 4)
        where = QRectF(target.left() + left * across, target.top() + top * down, width * across, height * down)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, across < SQUARES)
        painter.drawImage(where, image, QRectF(left, top, width, height))

    def _level_for(self, width: float) -> QImage:
        """The smallest image that need not be drawn larger than it is."""
        large_enough = [each for each in self._levels if each.width() >= width * 0.999]
        return large_enough[-1] if large_enough else self._levels[0]


def picture_of(shown: Shown, token: CancelToken | None = None) -> Picture:
    """Make a picture of pixels; takes a while for large ones, so it is for threads."""
    width, height = shown.size
    kind = QImage.Format.Format_RGBA8888 if shown.has_alpha else QImage.Format.Format_RGB888
    levels = [QImage(shown.pixels.data, width, height, shown.pixels.strides[0], kind)]
    while max(levels[-1].width(), levels[-1].height()) > _SMALLEST and min(levels[-1].width(), levels[-1].height()) > 1:
        levels.append(_halved(levels[-1], token))
    return Picture(shown, levels)


def _halved(image: QImage, token: CancelToken | None) -> QImage:
    """Take the mean of four pixels each, in a format that is quick to draw."""
    width, height = image.width() // 2, image.height() // 2
    clear = image.hasAlphaChannel()
    half = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied if clear else QImage.Format.Format_RGB32)
    painter = QPainter(half)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    try:
        for top in range(0, height, _ROWS):
            if token is not None:
                token.check()
            rows = min(_ROWS, height - top)
            strip = image.copy(0, 2 * top, 2 * width, 2 * rows).convertToFormat(half.format())
            painter.drawImage(0, top, strip.scaled(width, rows, mode=Qt.TransformationMode.SmoothTransformation))
    finally:
        painter.end()  # before the image goes
    return half
