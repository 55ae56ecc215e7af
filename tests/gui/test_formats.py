"""Compare formats: rows as they come, the smallest and the one in use, what is pointed at and what is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from comparing_help import ORIGINAL, TRIALS, ToldPreviews, on_screen, picture
from oimg.faces.gui.actions import Act
from oimg.faces.gui.comparing.formats import FormatsPage
from oimg.faces.gui.comparing.stream import Stream
from oimg.faces.gui.comparing.trials import TRIAL_ROLE, Column, TrialModel
from oimg.faces.gui.comparing.words import looks, score_text, why_not
from oimg.faces.gui.main_window import MainWindow
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format
from oimg.words.recipe import Output, Recipe, Target
from oimg.words.report import KeptCode
from oimg.words.task import CancelToken


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[FormatsPage]:
    yield from on_screen(FormatsPage(), qtbot, 760)


@pytest.fixture
def full(page: FormatsPage, qtbot: QtBot) -> FormatsPage:
    page.use(ToldPreviews())
    qtbot.waitUntil(lambda: said(page) == "Click a format, or press Enter, to use it.")
    return page


def said(page: FormatsPage) -> str:
    (label,) = page.findChildren(QLabel)
    return label.text()


def cells(page: FormatsPage, row: int) -> list[str]:
    return [page.model.index(row, column).data() for column in Column]


def test_rows_come_one_by_one(page: FormatsPage, qtbot: QtBot) -> None:
    previews = ToldPreviews(hold_after=2)
    page.use(previews)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert said(page) == "Trying every format…"
    assert page.model.smallest is TRIALS[1]
    previews.go.set()
    qtbot.waitUntil(lambda: page.model.rowCount() == len(TRIALS))
    assert page.model.smallest is TRIALS[2]


def test_tells_size_share_looks_and_time(full: FormatsPage) -> None:
    assert cells(full, 2) == ["AVIF", "24.0 kB", "−76 %", "", "91.2 · Looks the same", "6.2 s"]
    assert cells(full, 3) == ["PNG", "190 kB", "+90 %", "", "Identical", "9.4 s"]
    assert cells(full, 4) == ["JPEG XL", "No smaller than the original", "", "", "", ""]
    assert cells(full, 5) == ["GIF", "GIF cannot hold its colours; sRGB can", "", "", "", ""]


def test_what_was_estimated_is_replaced(page: FormatsPage) -> None:
    about, exact, reason = TRIALS[0], TRIALS[0], replace(TRIALS[5], format=Format.WEBP)
    assert about.result is not None
    about = replace(about, result=replace(about.result, byte_size=45_000, seconds=0.0), approximate=True)
    page.model.clear(ORIGINAL)
    for each in (about, replace(about, format=Format.WEBP)):
        page.model.add(each)
    assert cells(page, 0) == ["JPEG", "≈ 45.0 kB", "−55 %", "", "80.6 · Very good", ""]
    spoken = page.model.spoken(about)
    assert spoken.startswith("JPEG: 45.0 kB, −55 %, 80.6 · Very good, estimated from a part of the picture")
    page.model.add(exact)
    page.model.add(reason)
    assert page.model.rowCount() == 2
    assert cells(page, 0) == ["JPEG", "43.0 kB", "−57 %", "", "80.6 · Very good", "1.2 s"]
    assert page.view.columnSpan(1, Column.SIZE) == len(Column) - Column.SIZE


def test_every_row_says_all_of_itself(full: FormatsPage) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    spoken = [full.model.index(row, Column.SIZE).data(role) for row in range(len(TRIALS))]
    assert spoken[0] == "JPEG: 43.0 kB, −57 %, 80.6 · Very good, 1.2 s, in use"
    assert spoken[2] == "AVIF: 24.0 kB, −76 %, 91.2 · Looks the same, 6.2 s, the smallest"
    assert spoken[5] == "GIF: GIF cannot hold its colours; sRGB can"


@pytest.mark.parametrize(
    ("target", "expected"),
    [(Target.KEEP, Format.JPEG), (Target.AVIF, Format.AVIF), (Target.AUTO, None)],
)
def test_marks_the_format_in_use(full: FormatsPage, target: Target, expected: Format | None) -> None:
    full.look(picture(), Recipe(format=target))
    assert full.model.in_use is expected
    assert full.model.rowCount() == len(TRIALS)  # the format that is set makes no difference to the trials


def test_another_picture_or_recipe_begins_anew(page: FormatsPage, qtbot: QtBot) -> None:
    previews = ToldPreviews(hold_after=1)
    page.use(previews)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.look(picture(), Recipe(target=60))
    assert page.model.rowCount() == 0
    qtbot.waitUntil(lambda: len(previews.asked) == 2 and page.model.rowCount() == 1)
    assert previews.cancelled == 1
    page.look(picture("b.jpg"), Recipe(target=60))
    qtbot.waitUntil(lambda: len(previews.asked) == 3 and page.model.rowCount() == 1)
    page.look(picture("b.jpg"), Recipe(target=60, output=Output(suffix="-x"), format=Target.WEBP))
    qtbot.wait(300)
    assert [each[2].target for each in previews.asked] == [80, 60, 60]


def test_works_only_while_it_is_seen(page: FormatsPage, qtbot: QtBot) -> None:
    previews = ToldPreviews(hold_after=1)
    page.hide()
    page.use(previews)
    page.look(picture("b.jpg"), Recipe())
    qtbot.wait(300)
    assert previews.asked == []
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.hide()
    qtbot.waitUntil(lambda: previews.cancelled == 1)
    previews.go.set()
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == len(TRIALS))
    page.hide()
    page.show()
    assert page.model.rowCount() == len(TRIALS)  # what was found stays
    assert len(previews.asked) == 2


def test_a_picture_that_was_looked_at_is_there_at_once(full: FormatsPage, qtbot: QtBot) -> None:
    previews = ToldPreviews()
    full.use(previews)
    full.look(picture("b.jpg"), Recipe())
    assert full.model.rowCount() == 0
    qtbot.waitUntil(lambda: full.model.rowCount() == len(TRIALS))
    full.look(picture(), Recipe())
    assert full.model.rowCount() == len(TRIALS)
    assert said(full) == "Click a format, or press Enter, to use it."
    assert [each[1].path.name for each in previews.asked] == ["b.jpg"]


def test_arrow_keys_preview_and_enter_takes(full: FormatsPage, qtbot: QtBot) -> None:
    full.setFocus()
    wanted: list[Recipe | None] = []
    full.preview_wanted.connect(wanted.append)
    full.view.setCurrentIndex(full.model.index(0, 0))
    qtbot.keyClick(full.view, Qt.Key.Key_Down)
    assert wanted[-1] == Recipe(format=Target.WEBP)
    with qtbot.waitSignal(full.recipe_chosen) as told:
        qtbot.keyClick(full.view, Qt.Key.Key_Return)
    assert told.args == [Recipe(format=Target.WEBP)]
    full.view.clearFocus()
    assert wanted[-1] is None


def test_the_pointer_previews_and_a_click_takes(full: FormatsPage, qtbot: QtBot) -> None:
    wanted: list[Recipe | None] = []
    full.preview_wanted.connect(wanted.append)
    where = full.view.visualRect(full.model.index(2, Column.SIZE)).center()
    qtbot.mouseMove(full.view.viewport(), where + QPoint(3, 0))
    qtbot.mouseMove(full.view.viewport(), where)
    assert wanted[-1] == Recipe(format=Target.AVIF)
    with qtbot.waitSignal(full.recipe_chosen) as told:
        qtbot.mouseClick(full.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert told.args[0].format is Target.AVIF


def test_what_is_not_possible_is_explained_and_not_taken(full: FormatsPage, qtbot: QtBot) -> None:
    wanted: list[Recipe | None] = []
    full.preview_wanted.connect(wanted.append)
    full.view.setCurrentIndex(full.model.index(5, 0))
    assert said(full) == "GIF cannot hold its colours; sRGB can"
    with qtbot.assertNotEmitted(full.recipe_chosen):
        qtbot.keyClick(full.view, Qt.Key.Key_Return)
    assert wanted == [None]
    full.view.setCurrentIndex(full.model.index(4, 0))  # no smaller for this one, but possible
    assert wanted[-1] == Recipe(format=Target.JXL)


def test_an_error_is_said(page: FormatsPage, qtbot: QtBot) -> None:
    page.use(ToldPreviews(error=OimgError(ErrorCode.CORRUPT)))
    qtbot.waitUntil(lambda: said(page) == "The picture is damaged")
    page.look(None, Recipe())
    assert said(page) == "Choose a picture in the list to compare its formats."
    assert page.model.rowCount() == 0


@pytest.mark.parametrize(("width", "hidden"), [(760, set()), (420, {Column.TIME}), (320, {Column.TIME, Column.BAR})])
def test_tells_less_where_there_is_less_room(full: FormatsPage, qtbot: QtBot, width: int, hidden: set[Column]) -> None:
    full.resize(width, 320)
    qtbot.waitUntil(lambda: full.view.width() == width)
    assert hidden <= {column for column in Column if full.view.isColumnHidden(column)}
    shown = [column for column in Column if not full.view.isColumnHidden(column)]
    assert {Column.FORMAT, Column.SIZE, Column.SAVED, Column.LOOKS} <= set(shown)
    assert sum(full.view.columnWidth(column) for column in shown) == full.view.viewport().width()
    assert not full.grab().toImage().isNull()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_bar_begins_where_the_text_begins(full: FormatsPage, direction: Qt.LayoutDirection) -> None:
    full.setLayoutDirection(direction)
    full.resize(761, 320)
    box = full.view.visualRect(full.model.index(1, Column.BAR)).adjusted(8, 0, -8, 0)
    image = full.view.viewport().grab().toImage()
    row = [image.pixelColor(x, box.center().y() + 1).name() for x in (box.left() + 8, box.right() - 8)]
    assert row == (["#2e6ade", "#d9dde3"] if direction is Qt.LayoutDirection.LeftToRight else ["#d9dde3", "#2e6ade"])


def test_the_model_keeps_the_rules_of_qt() -> None:
    model = TrialModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.clear(ORIGINAL)
    for trial in TRIALS:
        model.add(trial)
    model.use(Recipe(), Format.JPEG)
    assert model.index(1, 0).data(TRIAL_ROLE) is TRIALS[1]
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None
    assert model.trial(99) is None
    heads = [model.headerData(each, Qt.Orientation.Horizontal) for each in Column]
    assert heads == ["Format", "Size", "Saved", "Of the original", "Looks", "Time"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None


@pytest.mark.parametrize("code", [*KeptCode, *ErrorCode, ""])
@pytest.mark.parametrize("format_", [Format.GIF, Format.HEIC])
def test_every_reason_is_a_sentence(code: str, format_: Format) -> None:
    text = why_not(format_, code)
    assert text[0].isupper()
    assert "{" not in text
    assert not text.endswith(".")


def test_looks_have_words() -> None:
    told = [looks(score) for score in (95, 89.96, 89.9, 80, 70, 50, 49.9)]
    assert told == ["Looks the same"] * 2 + ["Very good"] * 2 + ["Good", "Visible loss", "Poor"]
    assert score_text(None, lossless=False) == ""
    assert score_text(81.26, lossless=False, words=False) == "81.3"


def test_a_defect_ends_a_series_and_not_the_thread(qtbot: QtBot) -> None:
    def broken(_: CancelToken) -> Iterator[int]:
        yield 1
        raise RuntimeError("on purpose")

    def whole(_: CancelToken) -> Iterator[int]:
        yield from (2, 3)

    stream = Stream("test")
    told: list[int] = []
    stream.arrived.connect(told.append)
    with qtbot.waitSignal(stream.ended) as ended:
        stream.begin(broken)
    assert ended.args[0].code is ErrorCode.INTERNAL
    with qtbot.waitSignal(stream.ended) as ended:
        stream.begin(whole)
    assert ended.args == [None]
    assert told[-2:] == [2, 3]
    stream.close()


def test_the_window_takes_a_format(filled: MainWindow, qtbot: QtBot) -> None:
    filled.comparing.use(ToldPreviews())
    filled.actions_[Act.FORMATS].trigger()
    page = filled.comparing.formats
    qtbot.waitUntil(lambda: page.model.rowCount() == len(TRIALS))
    shown: list[Recipe] = []
    filled.stage.loader.change = shown.append  # type: ignore[method-assign]
    before = filled.recipe
    with qtbot.waitSignal(filled.comparing.preview_wanted):
        page.view.setCurrentIndex(page.model.index(1, 0))
    assert shown[-1] == replace(before, format=Target.WEBP)
    assert filled.recipe == before
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert filled.recipe == replace(before, format=Target.WEBP)
    assert page.model.in_use is Format.WEBP


def test_a_row_with_a_recipe_of_its_own_takes_it_alone(filled: MainWindow, qtbot: QtBot) -> None:
    own, before = Recipe(target=61), filled.recipe
    filled.model.change([0], lambda row: replace(row, recipe=own))
    filled.comparing.use(ToldPreviews())
    filled.actions_[Act.FORMATS].trigger()
    page = filled.comparing.formats
    qtbot.waitUntil(lambda: page.model.rowCount() == len(TRIALS))
    page.view.taken.emit(2)
    row = filled.model.row(0)
    assert row is not None
    assert row.recipe == replace(own, format=Target.AVIF)
    assert filled.recipe == before
