"""What keys do while the picture has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from oimg.faces.gui.stage.canvas import Canvas

_STEP: Final = 64.0
_BIG_STEP: Final = 320.0
_WAYS: Final = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


def press(canvas: Canvas, event: QKeyEvent) -> bool:
    """Do what a key asks for; tells whether it asked for anything."""
    key = Qt.Key(event.key())
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return False
    if key is Qt.Key.Key_Space:
        canvas.show_other(on=True)
    elif key in _WAYS:
        _move(canvas, event, _BIG_STEP if shifted else _STEP)
    elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        _to_end(canvas, end=key is Qt.Key.Key_End)
    elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        canvas.steps.emit(1 if key is Qt.Key.Key_PageDown else -1)
    elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
        canvas.zoom_by(-1 if key is Qt.Key.Key_Minus else 1)
    else:
        return False
    return True


def _move(canvas: Canvas, event: QKeyEvent, step: float) -> None:
    """Look further that way; where all is seen, move the line."""
    across, down = _WAYS[Qt.Key(event.key())]
    if canvas.moves_handle:
        canvas.handle.keyPressEvent(event)
    else:
        canvas.move_by(across * step, down * step)


def _to_end(canvas: Canvas, *, end: bool) -> None:
    if canvas.moves_handle:
        canvas.handle.take(float(end))
    elif canvas.viewport is not None:
        width, height = canvas.viewport.target[2:]
        way = -1 if end else 1
        canvas.move_by(way * width, way * height)
