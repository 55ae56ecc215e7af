"""The queue: a model that keeps its promises, totals that add up, rows that say what there is to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QDrag, QImage
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from oimg.faces.gui.queue.delegate import height
from oimg.faces.gui.queue.footer import files_text, saved_text
from oimg.faces.gui.queue.model import Column, QueueModel, Totals
from oimg.faces.gui.queue.proxy import QueueProxy
from oimg.faces.gui.queue.rows import State, line, saved, spoken
from oimg.faces.gui.queue.thumbnails import Thumbnails
from oimg.faces.gui.queue.view import QueueView
from oimg.faces.gui.urls import paths_in
from oimg.words.errors import ErrorCode
from oimg.words.images import Format
from oimg.words.recipe import Output, Place, Recipe
from oimg.words.report import Failed, Kept, KeptCode, Optimized, Outcome, Record, SourceFile, Stopped
from oimg.words.task import Finished, Progressed, Started
from oimg.work.previews import Previews
from work_help import flat, invented, photo, source

FOLDER = Path("/pictures")
RECIPE = Recipe()


def found(*names: str) -> list[SourceFile]:
    return [invented(FOLDER / name, FOLDER) for name in names]


def optimized(each: SourceFile, size: int = 370) -> Optimized:
    return Optimized(each.path, each, each.path, Format.PNG, size, 4, 4, 1, score=81.25)


def outcomes() -> list[Outcome]:
    one, two, three, four = found("a.png", "b.png", "c.png", "d.png")
    return [
        optimized(one),
        Kept(two.path, two, KeptCode.ALREADY_OPTIMIZED),
        Failed(three.path, ErrorCode.CORRUPT, "row 7", three),
        Stopped(four.path, four),
    ]


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[QueueModel]:
    made = QueueModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is made
    yield made
    del qtbot


@pytest.fixture
def done(model: QueueModel) -> QueueModel:
    """Four files with an outcome of each kind, one under way and one that waits."""
    model.add(found("a.png", "b.png", "c.png", "d.png", "e.png", "f.png"))
    model.apply([(each, Finished(each, Record(outcome, 0.5))) for each, outcome in enumerate(outcomes())])
    model.apply([(4, Started(4)), (4, Progressed(4, 0.25))])
    return model


def texts(model: QueueModel, place: int) -> list[str]:
    return [model.index(place, column).data() for column in Column]


def test_files_come_in_their_order(model: QueueModel) -> None:
    assert model.add(found("b.png", "a.png")) == 0
    assert [row.path.name for row in model.rows()] == ["b.png", "a.png"]
    assert texts(model, 0) == ["b.png", "1.00 kB", "", "", "", "Waiting"]
    assert model.totals == Totals(files=2, bytes=2000)


def test_what_could_not_be_read_is_a_row_with_its_reason(model: QueueModel) -> None:
    model.add([Failed(FOLDER / "x.png", ErrorCode.EMPTY)])
    (row,) = model.rows()
    assert (row.state, line(row)) == (State.FAILED, "The file is empty")
    assert not row.is_open(RECIPE)
    assert model.totals.failed == 1


def test_a_file_that_is_there_is_read_anew_and_keeps_its_recipe(done: QueueModel) -> None:
    own = Recipe(target=70)
    done.change([0, 4], lambda row: replace(row, recipe=own))
    changed = replace(found("a.png")[0], byte_size=5000)
    assert done.add([changed, *found("e.png"), *found("new.png")]) == 1
    row = done.row(0)
    assert row is not None
    assert (row.state, row.before, row.recipe, row.outcome) == (State.WAITING, 5000, own, None)
    working = done.row(4)
    assert working is not None
    assert working.state is State.WORKING
    assert done.rowCount() == 7


def test_events_become_states(done: QueueModel) -> None:
    assert [row.state for row in done.rows()] == [
        State.OPTIMIZED,
        State.KEPT,
        State.FAILED,
        State.STOPPED,
        State.WORKING,
        State.WAITING,
    ]
    assert texts(done, 0) == ["a.png", "1.00 kB", "370 B", "−63 %", "81.2", "Optimized"]
    assert line(done.rows()[0]) == "1.00 kB → 370 B"
    assert line(done.rows()[2]) == "The picture is damaged (row 7)"
    assert done.rows()[4].progress == 0.25
    assert done.totals == Totals(6, 6000, optimized=1, kept=1, failed=1, before=1000, after=370)


def test_a_row_can_be_heard(done: QueueModel) -> None:
    text = done.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "a.png, Optimized, −63 %, 1.00 kB → 370 B"
    assert spoken(done.rows()[5]) == "f.png, Waiting, 1.00 kB · 4 × 4 · PNG"


def test_a_larger_result_says_so(model: QueueModel) -> None:
    (each,) = found("a.png")
    model.add([each])
    model.apply([(0, Finished(0, Record(optimized(each, 1500), 0.1)))])
    assert saved(model.rows()[0]) == "+50 %"


def test_what_is_to_be_done(done: QueueModel) -> None:
    done.begin({0: RECIPE, 1: RECIPE})
    done.apply([(each, Finished(each, Record(outcome, 0.5))) for each, outcome in enumerate(outcomes()[:2])])
    assert [row.id for row in done.rows() if row.is_open(RECIPE)] == [2, 3, 5]
    assert [row.id for row in done.rows() if row.is_open(Recipe(target=60))] == [0, 1, 2, 3, 5]
    replaced = Recipe(output=Output(place=Place.IN_PLACE))
    done.change([0], lambda row: replace(row, done_by=replaced))
    assert 0 not in [row.id for row in done.rows() if row.is_open(Recipe(target=60))]


def test_rows_are_removed_but_those_under_way(done: QueueModel) -> None:
    done.remove([0, 2, 3, 4, 99])
    assert [row.id for row in done.rows()] == [1, 4, 5]
    assert done.totals == Totals(3, 3000, kept=1)
    assert done.place(4) == 1
    assert done.row(0) is None
    done.apply([(0, Progressed(0, 0.5))])  # it is gone; nothing happens
    done.add(found("a.png"))
    assert [row.id for row in done.rows()] == [1, 4, 5, 6]


def test_many_scattered_rows_are_removed_at_once(model: QueueModel) -> None:
    model.add(found(*(f"{each:03}.png" for each in range(300))))
    model.remove(range(0, 300, 2))
    assert [row.id for row in model.rows()] == list(range(1, 300, 2))
    assert model.totals == Totals(150, 150_000)


def test_changes_are_told_by_id(done: QueueModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(done.rows_changed) as told:
        done.apply([(4, Progressed(4, 0.5)), (5, Started(5))])
    assert told.args == [{4, 5}]


def names(proxy: QueueProxy) -> list[str]:
    return [proxy.index(each, 0).data() for each in range(proxy.rowCount())]


def test_sorts_by_what_a_column_means(done: QueueModel) -> None:
    proxy = QueueProxy(done)
    QAbstractItemModelTester(proxy, QAbstractItemModelTester.FailureReportingMode.Fatal)
    done.add([replace(found("B2.png")[0], byte_size=999)])
    proxy.sort(Column.NAME)
    assert names(proxy) == ["a.png", "b.png", "B2.png", "c.png", "d.png", "e.png", "f.png"]
    proxy.sort(Column.BEFORE)
    assert names(proxy)[0] == "B2.png"
    proxy.sort(Column.SAVED, Qt.SortOrder.DescendingOrder)
    assert names(proxy)[0] == "a.png"
    proxy.sort(-1)
    assert names(proxy)[-1] == "B2.png"


def test_an_order_is_kept_when_rows_come_and_change(done: QueueModel) -> None:
    done.sort(Column.SAVED, Qt.SortOrder.DescendingOrder)
    done.add(found("0.png"))
    (each,) = found("f.png")
    done.apply([(5, Finished(5, Record(optimized(each, 10), 0.1)))])
    done.sort_again()
    assert [row.path.name for row in done.rows()][:2] == ["f.png", "a.png"]
    assert done.place(5) == 0
    done.sort(-1)
    done.sort_again()
    assert [row.id for row in done.rows()] == list(range(7))


def test_filters_by_name_and_state(done: QueueModel) -> None:
    proxy = QueueProxy(done)
    proxy.search(" FAIL ")
    assert names(proxy) == ["c.png"]
    assert proxy.place_of(2) == 0
    assert proxy.place_of(0) == -1
    proxy.search("e.p")
    assert names(proxy) == ["e.png"]
    proxy.search("")
    assert [row.id for each in range(6) if (row := proxy.row_at(each))] == [0, 1, 2, 3, 4, 5]


def test_totals_are_told_in_words() -> None:
    totals = Totals(12, 5_000_000, 10, 1, 1, 4_000_000, 1_480_000)
    assert files_text(totals, 1) == "12 files · 5.00 MB"
    assert files_text(totals, 3) == "12 files · 5.00 MB · 3 selected"
    assert files_text(Totals(1, 10), 0) == "1 file · 10 B"
    assert saved_text(totals) == "4.00 MB → 1.48 MB (−63 %), 2.52 MB saved"
    assert saved_text(Totals(3, 10)) == ""


@pytest.fixture
def view(done: QueueModel, qtbot: QtBot) -> Iterator[QueueView]:
    thumbnails = Thumbnails()
    made = QueueView(QueueProxy(done, done), thumbnails)
    qtbot.addWidget(made)
    made.resize(360, 500)
    made.show()
    yield made
    thumbnails.close()


def drawn(view: QueueView) -> QImage:
    return view.viewport().grab().toImage()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("shown", [False, True], ids=["compact", "columns"])
def test_every_state_can_be_drawn(view: QueueView, direction: Qt.LayoutDirection, *, shown: bool) -> None:
    view.setLayoutDirection(direction)
    view.show_columns(shown=shown)
    image = drawn(view)
    for place in range(6):
        row = image.copy(0, place * height(), image.width(), height())
        colors = {row.pixel(x, y) for x in range(0, row.width(), 2) for y in range(0, row.height(), 2)}
        assert len(colors) > 5, place


def test_a_row_looks_different_when_it_is_selected_and_when_it_is_done(view: QueueView, done: QueueModel) -> None:
    before = drawn(view).copy(0, 5 * height(), 360, height())
    done.apply([(5, Started(5))])
    working = drawn(view).copy(0, 5 * height(), 360, height())
    view.selectRow(5)
    selected = drawn(view).copy(0, 5 * height(), 360, height())
    assert before != working != selected


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_row_is_selected_whichever_way_the_window_runs(view: QueueView, direction: Qt.LayoutDirection) -> None:
    view.setLayoutDirection(direction)
    view.select_first()
    assert view.selected_ids() == [0]
    view.select(4)
    assert view.selected_ids() == [4]
    row = view.current_row()
    assert row is not None
    assert row.id == 4


def test_tells_of_the_row_and_the_selection(view: QueueView) -> None:
    rows, counts = list[object](), list[int]()
    view.current_changed.connect(rows.append)
    view.selection_changed.connect(counts.append)
    view.select(3)
    assert [getattr(row, "id", None) for row in rows] == [3]
    view.selectAll()
    assert counts[-1] == 6
    assert view.selected_ids() == [0, 1, 2, 3, 4, 5]
    view.selectionModel().select(view.model().index(1, 0), QItemSelectionModel.SelectionFlag.Deselect
                                 | QItemSelectionModel.SelectionFlag.Rows)  # fmt: skip
    assert view.selected_ids() == [0, 2, 3, 4, 5]
    view.setCurrentIndex(QModelIndex())
    assert rows[-1] is None


def test_the_selection_stays_with_its_rows_in_another_order(view: QueueView, done: QueueModel) -> None:
    view.select(1)
    view.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert view.selected_ids() == [1]
    assert view.currentIndex().row() == 4
    view.selectAll()
    assert view.selected_ids() == [5, 4, 3, 2, 1, 0]
    view._proxy.search("a.p")
    view.selectAll()
    assert view.selected_ids() == [0]
    del done


def test_columns_come_and_go(view: QueueView) -> None:
    assert not view.columns_shown
    assert view.isColumnHidden(Column.SCORE)
    view.show_columns(shown=True)
    assert view.columns_shown
    assert not view.isColumnHidden(Column.SCORE)
    assert view.horizontalHeader().isVisible()


def test_thumbnails_come_for_rows_that_are_asked_for(model: QueueModel, tmp_path: Path, qtbot: QtBot) -> None:
    thumbnails = Thumbnails()
    model.add([source(photo(tmp_path / "a.png", (300, 150)))])
    (row,) = model.rows()
    assert thumbnails.of(row, 1.0) is None  # nothing to make it with yet
    thumbnails.use(Previews())
    with qtbot.waitSignal(thumbnails.arrived) as told:
        assert thumbnails.of(row, 2.0) is None
    assert told.args == [row.id]
    made = thumbnails.of(row, 2.0)
    assert made is not None
    assert (made.width(), made.height()) == (80, 40)
    thumbnails.close()


def test_a_file_that_cannot_be_shown_is_asked_for_once(model: QueueModel, tmp_path: Path, qtbot: QtBot) -> None:
    thumbnails = Thumbnails()
    thumbnails.use(Previews())
    path = photo(tmp_path / "a.png")
    model.add([source(path)])
    path.unlink()
    (row,) = model.rows()
    with qtbot.waitSignal(thumbnails.arrived):
        thumbnails.of(row, 1.0)
    with qtbot.assertNotEmitted(thumbnails.arrived, wait=100):
        assert thumbnails.of(row, 1.0) is None
    thumbnails.close()


def test_rows_are_dragged_out_as_files(view: QueueView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drags: list[tuple[list[Path], Qt.DropAction]] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, offered: drags.append((paths_in(drag.mimeData()), offered)))
    source, result = flat(tmp_path / "f.png", (4, 4)), flat(tmp_path / "f_optimized.png", (4, 4))
    model = view.model().sourceModel()  # type: ignore[attr-defined]
    model.add([invented(source, tmp_path)])
    view.select(6)
    view.startDrag(Qt.DropAction.MoveAction)
    assert drags.pop() == ([source], Qt.DropAction.CopyAction)
    done = replace(optimized(invented(source, tmp_path)), output=result)
    model.apply([(6, Finished(6, Record(done, 0.5)))])
    view.selectAll()
    view.startDrag(Qt.DropAction.MoveAction)
    assert drags.pop() == ([result], Qt.DropAction.CopyAction)  # all others are not on the disk
    result.unlink()
    view.startDrag(Qt.DropAction.MoveAction)
    assert drags == []
