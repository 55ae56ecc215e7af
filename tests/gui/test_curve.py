"""The curve: points as they come, a line that never overshoots, what is set, pointed at and taken; and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from comparing_help import ORIGINAL, POINTS, ToldPreviews, on_screen, picture
from oimg.faces.gui.comparing.curve import CurvePage
from oimg.faces.gui.comparing.line import Line, ticks
from oimg.faces.gui.comparing.points import Column, PointModel, place_of, recipe_taking
from oimg.faces.gui.main_window import MainWindow
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format
from oimg.words.preview import CurvePoint
from oimg.words.recipe import Mode, Recipe, Target

BY_SIZE = sorted(POINTS, key=lambda each: each.byte_size)


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[CurvePage]:
    yield from on_screen(CurvePage(), qtbot, 640)


@pytest.fixture
def full(page: CurvePage, qtbot: QtBot) -> CurvePage:
    page.use(ToldPreviews())
    qtbot.waitUntil(lambda: said(page).endswith("to set its score as the target."))
    return page


def said(page: CurvePage) -> str:
    (label,) = page.findChildren(QLabel)
    return label.text()


def middle_of(page: CurvePage, point: CurvePoint) -> QPoint:
    return page.chart.scale().at(point.byte_size, point.score).toPoint()


def test_points_come_one_by_one(page: CurvePage, qtbot: QtBot) -> None:
    previews = ToldPreviews(hold_after=2)
    page.use(previews)
    qtbot.waitUntil(lambda: len(page.chart.points) == 2)
    assert said(page) == "Measuring at several qualities…"
    previews.go.set()
    qtbot.waitUntil(lambda: page.chart.points == BY_SIZE)


def test_choosing_on_the_curve_does_not_measure_anew(full: CurvePage, qtbot: QtBot) -> None:
    previews = ToldPreviews()
    full.use(previews)
    for recipe in (Recipe(target=55), Recipe(mode=Mode.QUALITY, quality=33), Recipe(mode=Mode.SIZE, max_bytes=9)):
        full.look(picture(), recipe)
    assert full.chart.points == BY_SIZE
    full.look(picture(), Recipe(effort=9))
    assert full.chart.points == []
    qtbot.waitUntil(lambda: full.chart.points == BY_SIZE)
    assert len(previews.asked) == 1


@pytest.mark.parametrize(
    ("recipe", "size", "score"),
    [
        (Recipe(target=80.5), 40_000, 80.5),
        (Recipe(mode=Mode.QUALITY, quality=50), 20_000, 68),
        (Recipe(mode=Mode.SIZE, max_bytes=110_000), 110_000, 92),
    ],
)
def test_marks_what_is_set(full: CurvePage, recipe: Recipe, size: float, score: float) -> None:
    full.look(picture(), recipe)
    assert full.chart.setting.place == pytest.approx((size, score), rel=1e-6)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(target=99),
        Recipe(target=20),
        Recipe(mode=Mode.QUALITY, quality=99),
        Recipe(mode=Mode.SIZE, max_bytes=500_000),
        Recipe(mode=Mode.LOSSLESS),
    ],
)
def test_marks_nothing_beyond_what_was_measured(recipe: Recipe) -> None:
    line = Line.through([(each.byte_size, each.score) for each in POINTS])
    assert place_of(recipe, POINTS, line) is None


def test_the_pointer_previews_the_nearest_and_a_click_takes_it(full: CurvePage, qtbot: QtBot) -> None:
    wanted: list[Recipe | None] = []
    full.preview_wanted.connect(wanted.append)
    where = middle_of(full, POINTS[1]) + QPoint(4, 3)
    qtbot.mouseMove(full.chart, where + QPoint(1, 0))
    qtbot.mouseMove(full.chart, where)
    assert wanted == [Recipe(format=Target.JPEG, mode=Mode.QUALITY, quality=80)]
    assert said(full) == "Quality 80: 40.0 kB (−60 %), score 80.5, very good"
    with qtbot.waitSignal(full.recipe_chosen) as told:
        qtbot.mouseClick(full.chart, Qt.MouseButton.LeftButton, pos=where)
    assert told.args == [Recipe(target=80)]


def test_keys_step_from_point_to_point(full: CurvePage, qtbot: QtBot) -> None:
    full.setFocus()
    assert full.chart.hasFocus()
    stepped = []
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_Home,
        Qt.Key.Key_Left,
    ):
        qtbot.keyClick(full.chart, key)
        assert full.chart.current is not None
        stepped.append(full.chart.current.quality)
    assert stepped == [80, 95, 95, 80, 30, 30]  # begins where the recipe stands, stops at the ends
    qtbot.keyClick(full.chart, Qt.Key.Key_End)
    with qtbot.waitSignal(full.recipe_chosen) as told:
        qtbot.keyClick(full.chart, Qt.Key.Key_Return)
    assert told.args == [Recipe(target=92)]
    assert full.chart.accessibleName() == "Quality 95: 110 kB (+10 %), score 92.0, looks the same"
    full.chart.clearFocus()
    assert full.chart.current is None
    assert full.chart.accessibleName() == "Curve of size against score"


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (Recipe(target=40), {"target": 55.0}),
        (Recipe(mode=Mode.QUALITY), {"quality": 30}),
        (Recipe(mode=Mode.SIZE, max_bytes=5), {"max_bytes": 12_000}),
    ],
)
def test_taking_sets_what_the_recipe_is_about(recipe: Recipe, expected: dict[str, float]) -> None:
    assert recipe_taking(POINTS[3], recipe) == replace(recipe, **expected)  # type: ignore[arg-type]


def test_a_point_out_of_range_is_taken_as_near_as_can_be() -> None:
    assert recipe_taking(CurvePoint(0, 10, -30.0), Recipe()).target == 10
    assert recipe_taking(CurvePoint(0, 10, -30.0), Recipe(mode=Mode.QUALITY)).quality == 1


@pytest.mark.parametrize(
    ("format_", "recipe", "text"),
    [
        (Format.PNG, Recipe(), "PNG has no steps of quality, and so no curve."),
        (Format.HEIC, Recipe(), "HEIC has no steps of quality, and so no curve."),
        (Format.JPEG, Recipe(mode=Mode.LOSSLESS), "Without loss there is only one size, and so no curve."),
        (None, Recipe(), "Choose a picture in the list to see its curve."),
    ],
)
def test_says_why_there_is_no_curve(full: CurvePage, format_: Format | None, recipe: Recipe, text: str) -> None:
    previews = ToldPreviews()
    full.use(previews)
    full.look(None if format_ is None else picture("b", format_), recipe)
    assert said(full) == text
    assert (full.chart.points, full.chart.possible, previews.asked) == ([], False, [])
    assert not full.chart.grab().toImage().isNull()


def test_the_points_tell_the_format_that_is_best(full: CurvePage, qtbot: QtBot) -> None:
    full.look(picture("b.jpg"), Recipe(format=Target.AUTO))
    assert said(full) == "Measuring at several qualities…"
    qtbot.waitUntil(lambda: said(full) == "JPEG: click a point to set its score as the target.")
    with qtbot.waitSignal(full.preview_wanted) as told:
        qtbot.keyClick(full.chart, Qt.Key.Key_Home)
    assert told.args == [Recipe(format=Target.JPEG, mode=Mode.QUALITY, quality=30)]
    with qtbot.waitSignal(full.recipe_chosen) as told:
        qtbot.keyClick(full.chart, Qt.Key.Key_Return)
    assert told.args == [Recipe(format=Target.AUTO, target=55)]


def test_an_error_is_said(page: CurvePage, qtbot: QtBot) -> None:
    page.use(ToldPreviews(error=OimgError(ErrorCode.CHANGED)))
    qtbot.waitUntil(lambda: said(page) == "The file changed while it was being worked on")


def test_the_same_as_a_table(full: CurvePage, qtbot: QtBot) -> None:
    assert full.chart.accessibleDescription().splitlines()[1:3] == [
        "Quality 50: 20.0 kB (−80 %), score 68.0, visible loss",
        "Quality 65: about 28.0 kB (−72 %), score 75.0, good",
    ]
    full.findChild(QToolButton).click()
    assert full.table.isVisible()
    assert not full.chart.isVisible()
    wanted: list[Recipe | None] = []
    full.preview_wanted.connect(wanted.append)
    full.table.setCurrentIndex(full.model.index(2, 0))
    assert wanted == [Recipe(format=Target.JPEG, mode=Mode.QUALITY, quality=65)]
    with qtbot.waitSignal(full.recipe_chosen) as told:
        qtbot.keyClick(full.table, Qt.Key.Key_Return)
    assert told.args == [Recipe(target=75)]
    full.table.setCurrentIndex(full.model.index(-1, 0))
    assert wanted[-1] is None


def test_the_model_keeps_the_rules_of_qt() -> None:
    model = PointModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_points(BY_SIZE, ORIGINAL)
    assert [model.index(2, each).data() for each in Column] == ["65", "≈ 28.0 kB", "−72 %", "75.0", "Good"]
    heads = [model.headerData(each, Qt.Orientation.Horizontal) for each in Column]
    assert heads == ["Quality", "Size", "Saved", "Score", "Looks"]
    assert model.data(model.index(9, 9)) is None
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0


@pytest.mark.parametrize("size", [(326, 180), (640, 320), (1200, 500)])
@pytest.mark.parametrize("recipe", [Recipe(), Recipe(target=99), Recipe(mode=Mode.SIZE, max_bytes=30_000)])
def test_draws_every_point_inside_of_the_plot(full: CurvePage, recipe: Recipe, size: tuple[int, int]) -> None:
    full.resize(*size)
    full.look(picture(), recipe)
    scale, image = full.chart.scale(), full.chart.grab().toImage()
    for point in POINTS:
        where = scale.at(point.byte_size, point.score)
        assert scale.plot.contains(where)
        ring = image.pixelColor(where.toPoint() + QPoint(0, 4))
        assert ring.blue() > ring.red()
    assert full.chart.original <= scale.most_bytes
    assert full.chart.rect().contains(scale.plot.toRect())


numbers = st.floats(0, 1e6, allow_nan=False)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.floats(-50, 100)), min_size=2, max_size=12))
def test_the_line_goes_through_and_never_overshoots(points: list[tuple[int, float]]) -> None:
    line = Line.through(points)
    for x, y in line.points:
        assert line.at(x) == pytest.approx(y, abs=1e-6)
    for (left, low), (right, high) in pairwise(line.points):
        for part in (0.1, 0.35, 0.5, 0.8):
            y = line.at(left + (right - left) * part)
            assert y is not None
            assert min(low, high) - 1e-6 <= y <= max(low, high) + 1e-6
    assert len(line.controls()) == len(line.points) - 1


def test_the_line_is_found_by_its_height() -> None:
    line = Line.through([(0, 0), (10, 50), (20, 80), (40, 90)])
    for height in (1, 50, 65, 80, 89.5, 90):
        where = line.where(height)
        assert where is not None
        assert line.at(where) == pytest.approx(height, abs=1e-4)
    assert line.where(90.1) is None
    assert line.where(-1) is None
    assert line.where(0) == 0
    assert line.at(-1) is line.at(41) is None
    assert Line.through([]).where(1) is None
    assert Line.through([(3, 4)]).at(3) == 4


@given(numbers, numbers, st.integers(2, 12))
def test_ticks_are_few_and_within(low: float, width: float, most: int) -> None:
    made = ticks(low, low + width + 1, most)
    assert len(made) <= most
    assert all(low - 1e-3 <= each <= low + width + 1 + 1e-3 for each in made)


def test_ticks_are_round() -> None:
    assert ticks(0, 100, 5) == [0, 25, 50, 75, 100]
    assert ticks(50, 100, 6) == [50, 60, 70, 80, 90, 100]
    assert ticks(0, 640, 4) == [0, 250, 500]
    assert ticks(5, 5, 4) == [5]


def test_the_window_takes_a_point(filled: MainWindow, qtbot: QtBot) -> None:
    filled.use_recipe(Recipe(format=Target.WEBP))
    filled.comparing.use(ToldPreviews())
    filled.drawer.show_pane("curve")
    page = filled.comparing.curve
    qtbot.waitUntil(lambda: len(page.chart.points) == len(POINTS))
    qtbot.keyClick(page.chart, Qt.Key.Key_Home)
    qtbot.keyClick(page.chart, Qt.Key.Key_Return)
    assert filled.recipe == Recipe(format=Target.WEBP, target=55)
    assert len(page.chart.points) == len(POINTS)
