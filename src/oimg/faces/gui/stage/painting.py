"""Draws a scene: pictures in device pixels, with labels above them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPixmap

from oimg.faces.gui import icons, theme
from oimg.faces.gui.stage.geometry import Viewport
from oimg.faces.gui.stage.picture import Picture
from oimg.faces.gui.stage.scene import Glance, Pane, Part, Scene
from oimg.faces.gui.tokens import GRID, SMALL_RADIUS, Tokens, now

_LABEL: Final = 24.0
_EDGE: Final = 8.0
_VEIL: Final = 0.86


def paint_pictures(painter: QPainter, scene: Scene, viewport: Viewport, places: Sequence[Pane], ratio: float) -> None:
    """Draw the pictures. The painter works in pixels of the widget, and is left as it was."""
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    # A widget may begin between two pixels of the device, where the ratio is broken: 100 % would be blurred.
    corner = painter.deviceTransform().map(QPointF(0, 0))
    painter.translate(round(corner.x()) - corner.x(), round(corner.y()) - corner.y())
    for pane in places:
        picture = _picture(scene, pane.part)
        if picture is not None:
            target = QRectF(*viewport.target).translated(pane.room.topLeft())
            _paint_pane(painter, scene, pane, picture, target, ratio)
    painter.restore()


def _picture(scene: Scene, part: Part) -> Picture | None:
    """What is drawn for a part: the nearest that there is."""
    if part is Part.DIFFERENCE and scene.heat is not None:
        return scene.heat
    return scene.base if part is Part.ORIGINAL else scene.result or scene.base


def _paint_pane(painter: QPainter, scene: Scene, pane: Pane, picture: Picture, target: QRectF, ratio: float) -> None:
    painter.save()
    painter.setClipRect(pane.clip)
    if picture.has_alpha:
        painter.fillRect(target.intersected(pane.clip), checkerboard(ratio))
    picture.paint(painter, target, pane.clip)
    if pane.part is Part.RESULT and scene.glance is not None and scene.base is not None:
        _paint_glance(painter, scene.glance, scene.base.size, target, pane.clip, ratio)
    painter.restore()


def _paint_glance(
    painter: QPainter, glance: Glance, whole: tuple[int, int], target: QRectF, clip: QRectF, ratio: float
) -> None:
    """Lay quick pixels over the place that they show."""
    left, top, width, height = glance.place
    across, down = target.width() / whole[0], target.height() / whole[1]
    where = QRectF(target.left() + left * across, target.top() + top * down, width * across, height * down)
    if glance.picture.has_alpha:
        painter.fillRect(where.intersected(clip), checkerboard(ratio))
    glance.picture.paint(painter, where, clip)


def paint_labels(
    painter: QPainter, scene: Scene, viewport: Viewport, places: Sequence[Pane], ratio: float, *, mirrored: bool
) -> None:
    """Say in the upper corners of the pictures which is which."""
    for pane in places:
        original = pane.part is Part.ORIGINAL
        texts = scene.original_labels if original else scene.result_labels
        seen = QRectF(*viewport.target).translated(pane.room.topLeft()).intersected(pane.clip)
        at_left = (original or len(places) == 1) is not mirrored
        inside = _in_widget(seen, ratio)
        if not paint_label(painter, texts, inside, at_left=at_left, old=scene.old and not original):
            beside = QRectF(pane.clip)  # the picture is small
            if at_left:
                beside.setRight(seen.left())
            else:
                beside.setLeft(seen.right())
            beside.setTop(seen.top())
            area = _in_widget(beside, ratio)
            paint_label(painter, texts, area, at_left=not at_left, old=scene.old and not original)


def _in_widget(area: QRectF, ratio: float) -> QRectF:
    """Give an area in pixels of the widget, without its edge."""
    return QRectF(area.topLeft() / ratio, area.size() / ratio).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)


def paint_label(painter: QPainter, texts: Sequence[str], area: QRectF, *, at_left: bool, old: bool) -> bool:
    """Write the longest label that there is room for into an upper corner of an area; tells whether there was any."""
    tokens = now()
    font = theme.font(theme.CAPTION)
    metrics = QFontMetricsF(font)
    height = max(_LABEL, metrics.height() + 8)
    shown = next((each for each in texts if metrics.horizontalAdvance(each) + 16 <= area.width()), "")
    if not shown or area.height() < height:
        return False
    box = QRectF(area.left(), area.top(), metrics.horizontalAdvance(shown) + 16, height)
    if not at_left:
        box.moveRight(area.right())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil(tokens))
    painter.drawRoundedRect(box, SMALL_RADIUS, SMALL_RADIUS)
    painter.setPen(QColor(tokens.quiet if old else tokens.text))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()
    return True


def paint_text(painter: QPainter, text: str, area: QRectF) -> None:
    """Write a sentence where there is no picture; without one, draw what would be there."""
    tokens = now()
    if text:
        painter.setFont(theme.font())
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(area.adjusted(32, 0, -32, 0), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
    else:
        middle = area.center()
        icons.paint(painter, "picture", QRectF(middle.x() - 24, middle.y() - 24, 48, 48), tokens.border)


def veil(tokens: Tokens) -> QColor:
    """What lies under texts on pictures: texts can be read on it, whatever the picture."""
    color = QColor(tokens.surface)
    color.setAlphaF(_VEIL)
    return color


def checkerboard(ratio: float) -> QBrush:
    """What is seen through a picture; it stands still while the picture moves."""
    tokens = now()
    return QBrush(_squares(tokens.surface, tokens.border, round(GRID * ratio)))


@lru_cache(maxsize=8)
def _squares(light: str, dark: str, side: int) -> QPixmap:
    made = QPixmap(2 * side, 2 * side)
    made.fill(QColor(light))
    painter = QPainter(made)
    for left, top in ((0, 0), (side, side)):
        painter.fillRect(left, top, side, side, QColor(dark))
    painter.end()
    return made
