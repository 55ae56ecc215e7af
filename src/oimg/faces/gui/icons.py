"""Our own icons: SVG files on a grid of 20 pixels, in the colours of the theme in use, sharp at every scale."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from oimg.faces.gui.tokens import now

SIZE: Final = 20
_APPLICATION_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)
_SMALL: Final = 24
_DIRECTED: Final = frozenset({"back", "undo"})
"""Arrows that point to what was before: to the right where one reads from there."""
_FOLDER: Final = Path(__file__).resolve().parent / "icons"


def path(name: str) -> Path:
    """The path of an icon's file."""
    return _FOLDER / f"{name}.svg"


def icon(name: str, color: str = "text") -> QIcon:
    """An icon in the colour of a token; in the faint colour while disabled."""
    return QIcon(_Engine(name, color))


def application() -> QIcon:
    """The icon of the program."""
    made = QIcon()
    for size in _APPLICATION_SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint(painter, application_name(size), QRectF(0, 0, size, size), "")
        painter.end()
        made.addPixmap(pixmap)
    return made


def application_name(size: int) -> str:
    """The name of the drawing of the program's icon for a size in pixels."""
    return "oimg-small" if size <= _SMALL else "oimg"


def paint(painter: QPainter, name: str, rect: QRectF, color: str) -> None:
    """Draw an icon in a colour."""
    _renderer(name, color).render(painter, rect)


class _Engine(QIconEngine):
    """Draws on demand, so that icons follow changes of the theme and of the screen's scale."""

    def __init__(self, name: str, color: str) -> None:
        super().__init__()
        self._name = name
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into a rectangle."""
        tokens = now()
        color = tokens.faint if mode is QIcon.Mode.Disabled else getattr(tokens, self._color)
        painter.save()
        if self._name in _DIRECTED and QGuiApplication.isRightToLeft():
            painter.translate(2 * rect.x() + rect.width(), 0)
            painter.scale(-1, 1)
        paint(painter, self._name, QRectF(rect), color)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw on its own, in pixels of the device."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Make another of the same."""
        return _Engine(self._name, self._color)


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    text = _text(name).replace("currentColor", color)
    return QSvgRenderer(QByteArray(text.encode()))


@lru_cache(maxsize=128)
def _text(name: str) -> str:
    return path(name).read_text(encoding="utf-8")
