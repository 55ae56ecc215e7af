"""Where the picture is drawn, as large as fits and no larger than it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oimg.faces.gui import icons, theme
from oimg.faces.gui.tokens import GRID, now
from oimg.faces.messages import _


class Canvas(QWidget):
    """Shows an image, or a sentence in its place."""

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._text = ""
        self.setAccessibleName(_("Picture"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)

    def show_image(self, image: QImage) -> None:
        """Show an image."""
        self._image, self._text = image, ""
        self.update()

    def show_text(self, text: str) -> None:
        """Show a sentence where there is no picture."""
        self._image, self._text = None, text
        self.update()

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def room(self) -> QSize:
        """How many pixels of the device there are."""
        return self.size() * self.devicePixelRatioF()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that there is another room."""
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is None:
            self._draw_text(painter)
        else:
            self._draw_image(painter, self._image)
        painter.end()

    def _draw_text(self, painter: QPainter) -> None:
        tokens, middle = now(), QRectF(self.rect()).center()
        painter.setFont(theme.font())
        if self._text:
            painter.setPen(QColor(tokens.quiet))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(32, 0, -32, 0), wrapped, self._text)
        else:
            icons.paint(painter, "picture", QRectF(middle.x() - 24, middle.y() - 24, 48, 48), tokens.border)

    def _draw_image(self, painter: QPainter, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        natural = image.size() / ratio
        size = natural.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        if natural.width() <= self.width() and natural.height() <= self.height():
            size = natural
        where = QRectF(0, 0, size.width(), size.height())
        where.moveCenter(QRectF(self.rect()).center())
        where.moveTopLeft(where.topLeft().toPoint().toPointF())
        if image.hasAlphaChannel():
            painter.drawTiledPixmap(where, _checkerboard())
        painter.drawImage(where, image)


def _checkerboard() -> QPixmap:
    """What is seen through a picture."""
    tokens = now()
    made = QPixmap(2 * GRID, 2 * GRID)
    made.fill(QColor(tokens.surface))
    painter = QPainter(made)
    for left, top in ((0, 0), (GRID, GRID)):
        painter.fillRect(left, top, GRID, GRID, QColor(tokens.border))
    painter.end()
    return made
