"""Shows pictures: zoom at the pointer, move, compare."""

from __future__ import annotations

from math import ceil, floor
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QLabel, QPinchGesture, QSizePolicy, QWidget

from oimg.faces.gui.stage import keys, words
from oimg.faces.gui.stage.geometry import Point, Size, Viewport, fitted, toward
from oimg.faces.gui.stage.handle import WIDTH, SplitHandle
from oimg.faces.gui.stage.minimap import Minimap
from oimg.faces.gui.stage.painting import paint_labels, paint_pictures, paint_text
from oimg.faces.gui.stage.scene import Pane, Scene, ViewMode, edge_at, panes, room_of_pane
from oimg.faces.gui.tokens import now
from oimg.faces.messages import _

# Eight notches of a wheel enlarge a picture four times.
_NOTCH: Final = 2**0.25
_MARGIN: Final = 12
_NARROW: Final = 360
_DRAGGING: Final = Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton


class Canvas(QWidget):
    """Shows a `Scene` in one of the views. Positions are in device pixels."""

    moved = Signal()
    """Emitted when another part is visible, or another scale is used."""
    shown = Signal()
    """Emitted when there is another picture, or none."""
    steps = Signal(int)
    """Emitted when the user asks for the next (1) or previous (-1) picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self.mode = ViewMode.SPLIT
        self.viewport: Viewport | None = None
        self._peeking = False
        self._held: QPointF | None = None
        self.handle = SplitHandle(self)
        self.minimap = Minimap(self)
        self.note = QLabel(self)
        self.note.setProperty("look", "banner")
        self.note.setWordWrap(True)
        self.setAccessibleName(_("Picture"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.handle.share_changed.connect(self._arrange)
        self.handle.dragged.connect(self._move_handle)
        self.minimap.asked.connect(self._look_at)
        self._arrange()

    def show_scene(self, scene: Scene) -> None:
        """Show another scene; the visible part stays the same if possible."""
        before, self.scene = self.scene.base, scene
        if scene.base is not None:
            size, room = scene.base.size, self._pane_room()
            there = self.viewport or fitted(size, room)
            self._see((there if there.picture == size else there.of_picture(size)).in_room(room))
        self._arrange()
        if before is not scene.base:
            self.shown.emit()

    def show_mode(self, mode: ViewMode) -> None:
        """Use another view."""
        self.mode = mode
        self._room_changed()

    def show_other(self, *, on: bool) -> None:
        """Show the original while this is on."""
        if on is not self._peeking:
            self._peeking = on
            self._room_changed()

    @property
    def image(self) -> QImage | None:
        """The original picture, if there is one."""
        return self.scene.base.image if self.scene.base is not None else None

    @property
    def shown_mode(self) -> ViewMode:
        """The view that is seen now."""
        return ViewMode.ORIGINAL if self._peeking or self.scene.alone else self.mode

    @property
    def ratio(self) -> float:
        """Device pixels per widget pixel."""
        return self.devicePixelRatioF()

    def zoom_to(self, scale: float | None) -> None:
        """Set the scale; None fits the whole picture."""
        if self.viewport is not None:
            self._see(self.viewport.fit() if scale is None else self.viewport.zoomed(scale))

    def zoom_by(self, steps: int) -> None:
        """Go to the next scale up or down."""
        if self.viewport is not None:
            self.zoom_to(self.viewport.step(steps))

    def move_by(self, across: float, down: float) -> None:
        """Move the picture, by widget pixels."""
        if self.viewport is not None:
            self._see(self.viewport.moved(across * self.ratio, down * self.ratio))

    def zoom_at(self, where: QPointF, factor: float) -> None:
        """Zoom around a point of the widget."""
        there = self.viewport
        if there is not None:
            scale = toward(there.scale, there.scale * factor)
            at = self._in_pane(where)
            # Zoomed out completely, the picture is fitted again, and stays fitted when the window grows.
            self._see(there.fit() if scale <= there.fit_scale else there.zoomed(scale, at))

    def _see(self, viewport: Viewport) -> None:
        if viewport != self.viewport:
            self.viewport = viewport
            self._arrange()
            self.moved.emit()

    def _room(self) -> Size:
        return max(1.0, self.width() * self.ratio), max(1.0, self.height() * self.ratio)

    def _pane_room(self) -> Size:
        return room_of_pane(self.shown_mode, self._room())

    def _room_changed(self) -> None:
        if self.viewport is not None:
            self._see(self.viewport.in_room(self._pane_room()))
        self._arrange()

    def _panes(self) -> list[Pane]:
        return panes(self.shown_mode, self._room(), self._edge(), mirrored=self.isRightToLeft())

    def _picture_area(self) -> QRectF:
        """The size of the undivided picture on the screen, in device pixels."""
        whole = QRectF(0, 0, *self._room())
        return whole if self.viewport is None else whole.intersected(QRectF(*self.viewport.target))

    def _edge(self) -> float:
        area = self._picture_area()
        return edge_at((area.left(), area.right()), self.handle.share, mirrored=self.isRightToLeft())

    def _in_pane(self, where: QPointF) -> Point:
        """A point of the widget, in the room of the pane that it lies in."""
        at = where * self.ratio
        pane = next((each for each in self._panes() if each.clip.contains(at)), self._panes()[0])
        return at.x() - pane.room.left(), at.y() - pane.room.top()

    def _arrange(self, _: object = None) -> None:
        """Lay out the widgets above the picture, and repaint."""
        there = self.scene.base is not None
        self.handle.setVisible(there and self.shown_mode is ViewMode.SPLIT)
        middle, area = self._edge() / self.ratio, self._picture_area()
        top, bottom = floor(area.top() / self.ratio), ceil(area.bottom() / self.ratio)
        self.handle.setGeometry(round(middle - WIDTH / 2), top, WIDTH, bottom - top)
        self._arrange_minimap()
        self._arrange_note()
        scale = self.viewport.scale if self.viewport is not None else 1.0
        text = words.described(self.shown_mode, self.handle.share, scale) if there else self.scene.text
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            self.handle.setAccessibleDescription(text)
        self.update()

    def _arrange_minimap(self) -> None:
        base, there = self.scene.base, self.viewport
        if base is None or there is None or there.all_seen:
            self.minimap.show_nothing()
            return
        left, top, width, height = there.seen
        across, down = there.picture
        self.minimap.show_part(base, QRectF(left / across, top / down, width / across, height / down), self.size())
        x = _MARGIN if self.isRightToLeft() else self.width() - self.minimap.width() - _MARGIN
        self.minimap.move(x, self.height() - self.minimap.height() - _MARGIN)
        self.minimap.show()

    def _arrange_note(self) -> None:
        """A sentence at the bottom of the picture, beside the overview if there is one."""
        self.note.setText(self.scene.note)
        self.note.setVisible(bool(self.scene.note))
        taken = self.minimap.width() + _MARGIN if self.minimap.isVisibleTo(self) else 0
        above = self.width() - 2 * taken < _NARROW  # there is no room beside the overview
        room = self.width() - 2 * _MARGIN - (0 if above else 2 * taken)
        width = min(self.note.fontMetrics().horizontalAdvance(self.scene.note) + 32, room)
        self.note.resize(width, self.note.heightForWidth(width))
        bottom = self.height() - _MARGIN - (self.minimap.height() + _MARGIN if taken and above else 0)
        self.note.move((self.width() - width) // 2, bottom - self.note.height())

    def _move_handle(self, x: float) -> None:
        area = self._picture_area()
        share = (x * self.ratio - area.left()) / max(1.0, area.width())
        self.handle.take(1 - share if self.isRightToLeft() else share)

    def _look_at(self, across: float, down: float) -> None:
        if self.viewport is not None:
            width, height = self.viewport.picture
            self._see(self.viewport.centered((across * width, down * height)))

    @property
    def moves_handle(self) -> bool:
        """Whether only the dividing line can be moved."""
        return self.shown_mode is ViewMode.SPLIT and (self.viewport is None or self.viewport.all_seen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._room_changed()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the direction of the texts."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._arrange()

    def event(self, event: QEvent) -> bool:
        """Handle pinch gestures, and changes of the screen's scale."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._room_changed()
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_at(event.position(), 1 + event.value())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.zoom_at(QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())), pinch.scaleFactor())
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; two fingers on a touchpad move the picture, or zoom with Ctrl."""
        turned, fine = event.angleDelta(), event.pixelDelta()
        fingers = event.deviceType() is QInputDevice.DeviceType.TouchPad and not fine.isNull()
        if fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.move_by(fine.x(), fine.y())
        else:
            self.zoom_at(event.position(), _NOTCH ** ((turned.y() or turned.x()) / 120))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() & _DRAGGING:
            self._held = event.position()
            if not self.moves_handle:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture, or the line if nothing else can move."""
        if self._held is None:
            return
        if self.moves_handle:
            self._move_handle(event.position().x())
        else:
            by = event.position() - self._held
            self.move_by(by.x(), by.y())
        self._held = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Switch between the whole picture and 100 % at this point."""
        there = self.viewport
        if there is not None and event.button() is Qt.MouseButton.LeftButton:
            near = there.fitted and there.scale != 1.0
            self._see(there.zoomed(1.0, self._in_pane(event.position())) if near else there.fit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what keys ask for."""
        if not keys.press(self, event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show the result again."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.show_other(on=False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QEvent) -> None:
        """Release the key if the focus is lost while it is held."""
        self.show_other(on=False)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is."""
        painter = QPainter(self)
        if self.scene.base is None or self.viewport is None:
            paint_text(painter, self.scene.text, QRectF(self.rect()))
        else:
            places = self._panes()
            paint_pictures(painter, self.scene, self.viewport, places, self.ratio)
            paint_labels(painter, self.scene, self.viewport, places, self.ratio, mirrored=self.isRightToLeft())
        if self.hasFocus():
            painter.setPen(QPen(QColor(now().accent), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()
