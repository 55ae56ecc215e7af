"""Looking at pictures: zoom, the line, keys, pinches, the overview, colours and words; also on fine screens."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oimg.engine.metrics import heatmap
from oimg.faces.gui.stage.canvas import Canvas
from oimg.faces.gui.stage.legend import STOPS, Legend, stops
from oimg.faces.gui.stage.picture import Picture, picture_of
from oimg.faces.gui.stage.scene import Scene, ViewMode
from oimg.faces.gui.tokens import LIGHT
from oimg.words.preview import Shown
from stage_scenes import plain

RED, BLUE = (200, 0, 0), (0, 0, 200)


def scene(size: tuple[int, int] = (2000, 1500)) -> Scene:
    return Scene(base=picture_of(plain(BLUE, size)), result=picture_of(plain(RED, size)))


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show_scene(scene())
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def color_at(canvas: Canvas, x: int, y: int) -> tuple[int, int, int]:
    return QColor(canvas.grab().toImage().pixel(x, y)).getRgb()[:3]  # type: ignore[return-value]


def wheel(canvas: Canvas, at: QPointF, notches: float) -> None:
    none, angle = QPoint(0, 0), QPoint(0, round(120 * notches))
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    where = QPointF(canvas.mapToGlobal(at.toPoint()))
    event = QWheelEvent(at, where, none, angle, no_button, no_key, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_at_the_pointer(canvas: Canvas) -> None:
    assert canvas.viewport is not None
    at = QPointF(330, 250)
    before = canvas.viewport.to_picture((330, 250))
    for _ in range(4):
        wheel(canvas, at, 1)
    assert canvas.viewport.scale == pytest.approx(0.5)
    after = canvas.viewport.to_picture((330, 250))
    assert after == pytest.approx(before, abs=3)  # the corner of a picture lies on a whole pixel
    wheel(canvas, at, 6)
    assert canvas.viewport.scale == 1.0  # not past it
    wheel(canvas, at, -30)
    assert canvas.viewport.fitted


def test_a_double_click_switches_between_all_and_the_pixels(canvas: Canvas) -> None:
    assert canvas.viewport is not None
    where = QPoint(120, 180)
    under = canvas.viewport.to_picture((120, 180))
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert canvas.viewport.scale == 1.0
    assert canvas.viewport.to_picture((120, 180)) == pytest.approx(under, abs=1)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert canvas.viewport.fitted


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_drags_move_the_picture(canvas: Canvas, button: Qt.MouseButton) -> None:
    canvas.zoom_to(1.0)
    assert canvas.viewport is not None
    left, top = canvas.viewport.target[:2]
    QTest.mousePress(canvas, button, pos=QPoint(100, 100))
    held = canvas.cursor().shape()
    QTest.mouseMove(canvas, QPoint(70, 120))
    QApplication.processEvents()
    QTest.mouseRelease(canvas, button, pos=QPoint(70, 120))
    assert held is Qt.CursorShape.ClosedHandCursor
    assert canvas.viewport.target[:2] == (left - 30, top + 20)


def test_a_pinch_zooms(canvas: Canvas) -> None:
    assert canvas.viewport is not None
    scale, at = canvas.viewport.scale, QPointF(200, 200)
    device = QPointingDevice.primaryPointingDevice()
    zoom = Qt.NativeGestureType.ZoomNativeGesture
    event = QNativeGestureEvent(zoom, device, 2, at, at, at, 0.5, QPointF(0, 0))
    QApplication.sendEvent(canvas, event)
    assert canvas.viewport.scale == pytest.approx(1.5 * scale)


def test_the_line_moves_by_keys(canvas: Canvas) -> None:
    handle = canvas.handle
    handle.setFocus()
    QTest.keyClick(handle, Qt.Key.Key_Right)
    assert handle.share == pytest.approx(0.51)
    QTest.keyClick(handle, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert handle.share == pytest.approx(0.41)
    assert canvas.accessibleDescription() == "Split view, original 41 percent. Zoom 25 percent."
    QTest.keyClick(handle, Qt.Key.Key_Home)
    assert color_at(canvas, 40, 200) == RED
    QTest.keyClick(handle, Qt.Key.Key_End)
    assert color_at(canvas, 460, 200) == BLUE
    QTest.mouseDClick(handle, Qt.MouseButton.LeftButton)
    assert handle.share == 0.5


def test_the_line_is_dragged_by_its_grip_or_by_a_picture_that_cannot_move(canvas: Canvas) -> None:
    handle = canvas.handle
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=handle.rect().center())
    QTest.mouseMove(handle, handle.rect().center() + QPoint(100, 0))
    QApplication.processEvents()
    assert handle.share == pytest.approx(0.7, abs=0.01)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 200))
    QTest.mouseMove(canvas, QPoint(50, 200))
    QApplication.processEvents()
    assert handle.share == pytest.approx(0.1, abs=0.01)


def test_from_right_to_left_the_original_is_at_the_right(canvas: Canvas) -> None:
    assert (color_at(canvas, 100, 300), color_at(canvas, 400, 300)) == (BLUE, RED)
    canvas.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert (color_at(canvas, 100, 300), color_at(canvas, 400, 300)) == (RED, BLUE)
    before = canvas.handle.x()
    QTest.keyClick(canvas.handle, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.handle.x() < before  # the key moves it where it points
    assert canvas.handle.share == pytest.approx(0.6)
    canvas.zoom_to(1.0)
    assert canvas.minimap.x() < canvas.width() / 2


def test_both_sides_move_together(canvas: Canvas) -> None:
    canvas.show_mode(ViewMode.SIDE)
    canvas.zoom_to(4.0)
    wheel(canvas, QPointF(400, 100), 1)
    canvas.move_by(-90, 33)
    places = canvas._panes()
    assert places[0].room.size() == places[1].room.size()
    # The same point of the picture lies at the same place of both rooms.
    assert canvas._in_pane(QPointF(60, 90)) == canvas._in_pane(QPointF(60 + places[1].room.left(), 90))
    assert (color_at(canvas, 100, 100), color_at(canvas, 400, 100)) == (BLUE, RED)
    assert not canvas.handle.isVisible()


def test_space_shows_the_original_while_it_is_held(canvas: Canvas) -> None:
    canvas.show_mode(ViewMode.RESULT)
    assert color_at(canvas, 250, 200) == RED
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    assert color_at(canvas, 250, 200) == BLUE
    assert canvas.accessibleDescription().startswith("The original.")
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert color_at(canvas, 250, 200) == RED
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    canvas.clearFocus()  # it is let go where nobody hears of it
    assert canvas.shown_mode is ViewMode.RESULT


def test_keys_move_zoom_and_step(canvas: Canvas, qtbot: QtBot) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Right)  # nothing to move but the line
    assert canvas.handle.share > 0.5
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.handle.share == 0
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.viewport is not None
    assert canvas.viewport.scale == 0.33
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    canvas.zoom_to(1.0)
    left = canvas.viewport.target[0]
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.viewport.target[0] < left
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.viewport.target[:2] == (0, 0)
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert canvas.viewport.target[:2] == (500 - 2000, 400 - 1500)
    for key, step in ((Qt.Key.Key_PageDown, 1), (Qt.Key.Key_PageUp, -1)):
        with qtbot.waitSignal(canvas.steps) as told:
            QTest.keyClick(canvas, key)
        assert told.args == [step]


def test_the_overview_is_there_while_a_part_is_seen_and_leads_there(canvas: Canvas) -> None:
    assert not canvas.minimap.isVisible()
    canvas.zoom_to(2.0)
    assert canvas.minimap.isVisible()
    assert canvas.minimap.geometry().right() < canvas.width()
    QTest.mousePress(canvas.minimap, Qt.MouseButton.LeftButton, pos=canvas.minimap.rect().topLeft() + QPoint(3, 3))
    assert canvas.viewport is not None
    assert canvas.viewport.target[:2] == (0, 0)
    canvas.zoom_to(None)
    assert not canvas.minimap.isVisible()
    assert canvas.minimap.picture is None


def test_pixels_are_squares_from_200_percent_on(canvas: Canvas) -> None:
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:, ::2] = 255
    canvas.show_scene(Scene(base=picture_of(Shown(pixels))))
    canvas.show_mode(ViewMode.ORIGINAL)
    canvas.zoom_to(4.0)
    seen = {QColor(canvas.grab().toImage().pixel(x, 190)).red() for x in range(200, 300)}
    assert seen == {0, 255}
    canvas.zoom_to(1.5)
    seen = {QColor(canvas.grab().toImage().pixel(x, 190)).red() for x in range(200, 300)}
    assert len(seen) > 2  # smooth


def test_what_is_transparent_shows_squares(canvas: Canvas) -> None:
    canvas.show_scene(Scene(base=picture_of(plain((9, 9, 9, 0), (300, 300)))))
    canvas.show_mode(ViewMode.ORIGINAL)
    image = canvas.grab().toImage()
    seen = {QColor(image.pixel(x, 200)).name() for x in range(110, 390)}
    assert seen == {LIGHT.surface, LIGHT.border}


def drawn(picture: Picture, scale: float) -> QImage:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    width, height = picture.size
    target = QRectF(0, 0, width * scale, height * scale)
    image = QImage(round(target.width()), round(target.height()), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    picture.paint(painter, target, target)
    painter.end()
    return image


@pytest.mark.parametrize("scale", [0.1, 0.25, 0.5, 0.9])
def test_smaller_copies_show_the_same_picture(scale: float) -> None:
    across = np.linspace(0, 255, 2000)[None, :, None]
    picture = picture_of(Shown(np.ascontiguousarray(np.broadcast_to(across, (1200, 2000, 3)), np.uint8)))
    image = drawn(picture, scale)
    for share in (0.1, 0.5, 0.9):
        value = QColor(image.pixel(int(share * image.width()), image.height() // 2)).red()
        assert value == pytest.approx(255 * share, abs=2)
    assert picture.own_bytes <= 1200 * 2000 * 4 // 3 + 4096


def test_the_legend_has_the_colours_of_the_map(qtbot: QtBot) -> None:
    assert STOPS == heatmap.STOPS
    legend = Legend()
    qtbot.addWidget(legend)
    legend.resize(500, 40)
    legend.show()
    places = [place for place, _ in stops()]
    assert (places[0], places[-1]) == (0.0, 1.0)
    assert places == sorted(places)
    scale = legend._scale
    assert scale.ends == ("no difference seen", "clearly visible")

    def ends() -> tuple[int, int]:
        image = scale.grab().toImage()
        return QColor(image.pixel(6, 5)).red(), QColor(image.pixel(scale.width() - 8, 5)).red()

    left, right = ends()
    assert left < 20
    assert right > 90
    legend.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert ends()[0] > 90  # it runs as one reads
    with qtbot.waitSignal(legend.gain_changed) as told:
        legend._slider.setValue(3)
    assert told.args == [3.0]
    assert scale.ends[1] == "3 times as strong as it is"


PROBE = """
import oimg.faces.gui
import numpy as np
from PySide6.QtWidgets import QApplication
from PySide6.QtGui import QImage
from oimg.faces.gui.stage.canvas import Canvas
from oimg.faces.gui.stage.picture import picture_of
from oimg.faces.gui.stage.scene import Scene, ViewMode
from oimg.words.preview import Shown
app = QApplication([])
pixels = np.random.default_rng(1).integers(0, 255, (900, 1200, 3), np.uint8)
canvas = Canvas()
canvas.resize(300, 201)
canvas.show_mode(ViewMode.ORIGINAL)
canvas.show_scene(Scene(base=picture_of(Shown(pixels))))
canvas.show()
canvas.zoom_to(1.0)
canvas.minimap.hide()
image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)[:, :3 * image.width()]
seen = rows.reshape(image.height(), image.width(), 3)
left, top = (round(each) for each in canvas.viewport.seen[:2])
part = pixels[top:top + image.height(), left:left + image.width()]
print(image.devicePixelRatio(), image.width(), bool((seen == part).all()))
"""


@pytest.mark.parametrize(("ratio", "width"), [("1", 300), ("2", 600), ("1.5", 450)])
def test_100_percent_is_one_pixel_of_the_screen_for_each_of_the_picture(ratio: str, width: int) -> None:
    environment = os.environ | {"QT_SCALE_FACTOR": ratio, "QT_SCALE_FACTOR_ROUNDING_POLICY": "PassThrough"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split() == [f"{float(ratio)}", f"{width}", "True"]
