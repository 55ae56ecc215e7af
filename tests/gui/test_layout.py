"""Narrow windows, large texts, small pictures, windows that run from right to left: nothing is cut or in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QTextLayout
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from oimg.faces.gui.actions import Act
from oimg.faces.gui.foot import Foot
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.options.quality import in_short
from oimg.faces.gui.options.scale import VisualScale
from oimg.faces.gui.panes import TABLE
from oimg.faces.gui.slider import Slider
from oimg.faces.gui.stage.painting import paint_label
from oimg.faces.gui.tokens import LIGHT
from oimg.words.recipe import Fitting, MetadataPolicy, Mode, Output, Recipe, Resize, Target
from oimg.work.settings import BUILT_IN


@pytest.fixture
def large_texts(qapp: QApplication) -> Iterator[None]:
    before = qapp.font()
    larger = QFont(before)
    larger.setPointSizeF(before.pointSizeF() * 1.5)
    qapp.setFont(larger)
    yield
    qapp.setFont(before)


def colors(widget: QWidget, y: int) -> list[QColor]:
    image = widget.grab().toImage()
    ratio = image.devicePixelRatio()
    return [image.pixelColor(round(x * ratio), round(y * ratio)) for x in range(widget.width())]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_slider_is_filled_from_where_one_begins_to_read(direction: Qt.LayoutDirection, qtbot: QtBot) -> None:
    slider = Slider(1, 8)
    qtbot.addWidget(slider)
    slider.setLayoutDirection(direction)
    slider.resize(200, 24)
    slider.setValue(2)
    slider.show()
    filled = [x for x, color in enumerate(colors(slider, 12)) if color == QColor(LIGHT.accent)]
    begins_left = direction is Qt.LayoutDirection.LeftToRight
    assert filled
    assert all(x < 60 for x in filled) if begins_left else all(x > 140 for x in filled)
    assert (slider.place_of(1) < slider.place_of(8)) is begins_left
    assert slider.value_at(slider.place_of(5)) == 5
    assert slider.pageStep() == 1


def test_the_list_gives_way_to_the_picture_and_gets_its_room_back(filled: MainWindow, qtbot: QtBot) -> None:
    filled.resize(1280, 800)
    qtbot.waitUntil(lambda: filled.queue.width() == 360)
    filled.resize(1000, 640)
    qtbot.waitUntil(lambda: filled.stage.width() >= 398)
    assert 260 <= filled.queue.width() < 300
    assert filled.options.width() == 312
    filled.resize(900, 600)
    qtbot.waitUntil(lambda: filled.queue.width() == 260)
    filled.resize(1600, 1000)
    qtbot.waitUntil(lambda: filled.queue.width() == 360)
    assert filled.options.width() == 312


def test_a_list_with_columns_has_room_for_them(filled: MainWindow, qtbot: QtBot) -> None:
    """Nothing is to be scrolled sideways where the window is wide, and the room is given back."""
    filled.resize(1600, 800)
    list_, columns = filled.queue, filled.actions_[Act.COLUMNS]
    qtbot.waitUntil(lambda: filled.splitter.width() > 1500)
    before = list_.width()
    columns.trigger()
    qtbot.waitUntil(lambda: list_.width() == TABLE)
    qtbot.waitUntil(lambda: not list_.view.horizontalScrollBar().isVisible())
    columns.trigger()
    qtbot.waitUntil(lambda: list_.width() == before)
    filled.resize(900, 600)
    columns.trigger()
    qtbot.waitUntil(lambda: filled.splitter.width() <= 900)
    assert filled.stage.width() >= filled.column.minimumWidth()


@pytest.mark.usefixtures("large_texts")
def test_the_lock_goes_without_its_words_before_the_sentence_is_cut(filled: MainWindow, qtbot: QtBot) -> None:
    filled.resize(1000, 640)
    foot = Foot(*(filled.actions_[each] for each in ("pause", "cancel", "results")))  # type: ignore[arg-type]
    qtbot.addWidget(foot)
    foot.resize(1000, foot.height())
    foot.show()
    (lock,) = (each for each in foot.findChildren(QToolButton) if each.accessibleName() == "Processed on your device")
    foot.show_plan(17, 4, Output(), 4_300_000)
    assert lock.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    assert lock.toolTip() == "Processed on your device"
    label = foot._sentence
    qtbot.waitUntil(lambda: label.heightForWidth(label.width()) <= foot.height(), timeout=60_000)
    foot.resize(1900, foot.height())
    assert lock.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon


def test_no_line_ends_before_what_is_added_to_a_name(filled: MainWindow, qtbot: QtBot) -> None:
    foot = Foot(*(filled.actions_[each] for each in ("pause", "cancel", "results")))  # type: ignore[arg-type]
    qtbot.addWidget(foot)
    foot.show()
    foot.show_plan(17, 4, Output(), 4_300_000)
    label = foot._sentence
    assert "as …_optimized;" in label.toolTip()
    for width in range(900, 1600, 20):
        foot.resize(width, foot.height())
        qtbot.waitUntil(lambda: label.heightForWidth(label.width()) <= foot.height(), timeout=60_000)
        assert ends(label.text(), label.font(), label.width()) == [], width
    found = [ends(label.toolTip(), label.font(), width) for width in range(40, 900, 3)]
    assert any(found)  # as it would be


def ends(text: str, font: QFont, width: int) -> list[str]:
    """The lines that end where a name's ending should follow."""
    return [line for line in lines_of(text, font, width) if line.rstrip("\N{WORD JOINER} ").endswith("…")]


def lines_of(text: str, font: QFont, width: int) -> list[str]:
    """The lines of a text that is broken between words at a width."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    found = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        found.append(text[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return found


@pytest.mark.usefixtures("large_texts")
def test_names_of_stops_are_written_smaller_before_they_are_cut(qtbot: QtBot) -> None:
    scale = VisualScale()
    qtbot.addWidget(scale)
    scale.resize(240, 200)
    scale.show()
    for stop in scale._stops.values():
        font = stop._fitting()
        longest = max(stop.text().split(), key=len)
        assert stop.fontMetrics().horizontalAdvance(longest) * font.pointSizeF() / stop.font().pointSizeF() <= (
            stop.width() + 1
        )


@pytest.mark.parametrize(("width", "texts"), [(40, ("Original 162 kB",)), (400, ())])
def test_what_has_no_room_is_not_written(width: int, texts: tuple[str, ...]) -> None:
    image = QImage(QSize(400, 80), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.black)
    untouched = QImage(image)
    painter = QPainter(image)
    assert not paint_label(painter, texts, QRectF(0, 0, width, 60), at_left=True, old=False)
    painter.end()
    assert image == untouched


def test_a_label_that_has_room_is_written_into_its_corner() -> None:
    image = QImage(QSize(400, 80), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    assert paint_label(painter, ("Original",), QRectF(0, 0, 400, 60), at_left=False, old=False)
    painter.end()
    assert image.pixelColor(10, 12) == QColor(Qt.GlobalColor.black)
    assert image.pixelColor(395, 12) != QColor(Qt.GlobalColor.black)


def test_labels_of_small_pictures_stand_beside_them(filled: MainWindow, qtbot: QtBot) -> None:
    """The first picture is 32 pixels wide or so: no label fits into it."""
    canvas = filled.stage.canvas
    qtbot.waitUntil(lambda: canvas.image is not None, timeout=60_000)
    assert canvas.image is not None
    assert canvas.image.width() < 100
    filled.resize(1280, 800)
    qtbot.wait(50)
    image, area = canvas.grab().toImage(), canvas._picture_area()
    ratio = image.devicePixelRatio()
    y = round((area.top() / canvas.ratio + 20) * ratio)
    ground = image.pixelColor(2, 2)
    left = [x for x in range(round(area.left() / canvas.ratio * ratio)) if image.pixelColor(x, y) != ground]
    right = [
        x
        for x in range(round(area.right() / canvas.ratio * ratio) + 1, image.width())
        if image.pixelColor(x, y) != ground
    ]
    assert left
    assert right


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        (Recipe(), "Keep the format · Very good · Remove what is private"),
        (BUILT_IN["email"], "JPEG · At most 500 kB · Fits into 1600 × 1600 · Remove what is private"),
        (BUILT_IN["archive"], "JPEG XL · Without loss · Keep all"),
        (
            Recipe(
                format=Target.WEBP,
                mode=Mode.QUALITY,
                quality=70,
                metadata=MetadataPolicy.STRIP,
                resize=Resize(fitting=Fitting.SCALE, amount=50),
            ),
            "WebP · Quality 70 · 50 % of the size · Remove all",
        ),
    ],
)
def test_a_recipe_is_told_in_a_line(recipe: Recipe, told: str) -> None:
    assert in_short(recipe) == told


def test_home_says_what_the_chosen_preset_does(window: MainWindow) -> None:
    window.choose_preset("archive")
    assert window.home._meaning.text() == "JPEG XL · Without loss · Keep all"
