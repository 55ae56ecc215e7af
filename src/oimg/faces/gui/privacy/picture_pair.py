"""The picture beside a small one that is hidden in its metadata, which may show what was cropped or painted over."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from oimg.faces.gui import theme
from oimg.faces.gui.images import image_of
from oimg.faces.gui.privacy.glyph import Glyph, text_label
from oimg.faces.gui.tokens import SMALL_RADIUS, now
from oimg.faces.messages import _
from oimg.words.preview import Shown

_HEIGHT: Final = 104


class PicturePair(QWidget):
    """Shows both, and warns where they differ."""

    def __init__(
        self, picture: Shown | None, small: Shown, *, same: bool | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        width, height = small.size
        inside = _("Inside it ({width} × {height})").format(width=width, height=height)
        for column, (shown, caption) in enumerate(((picture, _("The picture")), (small, inside))):
            frame = _Frame(None if shown is None else image_of(shown), caption, self)
            label = text_label(caption, look="quiet", scale=theme.CAPTION)
            grid.addWidget(frame, 0, column)
            grid.addWidget(label, 1, column)
            grid.setColumnStretch(column, 1)
        if same is not None:
            grid.addLayout(_verdict(same=same), 2, 0, 1, 2)


def _verdict(*, same: bool) -> QHBoxLayout:
    words = (
        _("The small preview shows the picture.")
        if same
        else _("The small preview shows something else than the picture: perhaps what was cropped or painted over.")
    )
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(Glyph("optimized" if same else "failed", "good" if same else "bad", 18), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(text_label(words, look="" if same else "bad", bold=not same), 1)
    return row


class _Frame(QWidget):
    """Draws an image as large as fits; an empty frame where there is none."""

    def __init__(self, image: QImage | None, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._image = image
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setMinimumWidth(60)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the image."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(ground, SMALL_RADIUS, SMALL_RADIUS)
        painter.fillPath(outline, QColor(now().window))
        if self._image is not None:
            painter.setClipPath(outline)
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            where = QRectF(0, 0, size.width(), size.height())
            where.moveCenter(ground.center())
            painter.drawImage(where, self._image)
            painter.setClipping(False)
        painter.setPen(QPen(QColor(now().border), 1))
        painter.drawPath(outline)
        painter.end()
