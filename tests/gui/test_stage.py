"""The stage: results that are never stale, quick looks, files that stay, in words and in pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from oimg.faces.gui.queue.rows import State, row_of
from oimg.faces.gui.stage import words
from oimg.faces.gui.stage.scene import ViewMode
from oimg.faces.gui.stage.view import StageView
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format
from oimg.words.preview import Result
from oimg.words.recipe import Fitting, Recipe, Resize
from oimg.words.report import Failed, KeptCode
from oimg.work.previews import Previews
from stage_scenes import BROKEN, StandIn, row
from work_help import flat, source

Make = Callable[[StandIn], StageView]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    made: list[tuple[StageView, StandIn]] = []

    def show(previews: StandIn) -> StageView:
        stage = StageView()
        qtbot.addWidget(stage)
        stage.resize(560, 460)
        stage.show()
        stage.show_recipe(Recipe(target=80))
        stage.use(cast("Previews", previews))
        made.append((stage, previews))
        return stage

    yield show
    for stage, previews in made:
        previews.let_go(*range(101))
        stage.close_threads()


def red(stage: StageView) -> int:
    """The red of the result as it is drawn: the target of the recipe that it was made by."""
    return QColor(stage.canvas.grab().toImage().pixel(QPoint(stage.canvas.width() * 3 // 4, 220))).red()


def green(stage: StageView) -> int:
    return QColor(stage.canvas.grab().toImage().pixel(QPoint(stage.canvas.width() * 3 // 4, 220))).green()


def has_result(stage: StageView) -> bool:
    scene = stage.canvas.scene
    return scene.result is not None and not scene.old


def facts(stage: StageView) -> str:
    return " | ".join(each.text() for each in stage.facts.findChildren(QLabel))


def test_shows_original_and_result_with_their_numbers(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    stage = make(StandIn())
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: has_result(stage))
    image = stage.canvas.grab().toImage()
    assert QColor(image.pixel(stage.canvas.width() // 4, 220)).blue() == 200
    assert red(stage) == 80
    assert stage.canvas.scene.original_labels[0] == "Original 360 kB"
    assert stage.canvas.scene.result_labels[0] == "Result 1.23 kB, score 80"
    texts = facts(stage)
    for each in ("a.png", "360 kB → 1.23 kB", "very good (80)", "400 × 300", "−99.7 %"):
        assert each in texts, each
    assert "JPEG, quality 78" in stage.facts._line.toolTip()
    assert "made in 0.2 s" in stage.facts._line.toolTip()


def test_a_stale_result_never_appears(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn(slow=True)
    stage = make(previews)
    told: list[object] = []
    stage.result_shown.connect(lambda result: told.append(result.score) if result is not None else None)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: ("result", 80) in previews.asked)
    stage.show_recipe(Recipe(target=60))
    previews.let_go(80)  # too late
    qtbot.waitUntil(lambda: ("result", 60) in previews.asked)
    qtbot.wait(150)
    assert told == []
    assert stage.canvas.scene.result is None
    previews.let_go(60)
    qtbot.waitUntil(lambda: has_result(stage))
    assert (told, red(stage)) == ([60], 60)


def test_the_result_of_another_file_never_appears(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn(slow=True)
    stage = make(previews)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: ("result", 80) in previews.asked)
    stage.show_row(replace(row(tmp_path / "b.png", 2), recipe=Recipe(target=50)))
    assert stage.canvas.image is None  # never the one before under the new name
    previews.let_go(80)
    qtbot.waitUntil(lambda: ("result", 50) in previews.asked)
    qtbot.wait(100)
    assert stage.canvas.scene.result is None
    stage.show_row(None)
    previews.let_go(50)
    qtbot.wait(150)
    assert stage.canvas.image is None
    assert facts(stage).strip(" |") == ""


def test_the_old_result_stays_and_is_marked_until_the_new_one_is_there(
    make: Make, tmp_path: Path, qtbot: QtBot
) -> None:
    previews = StandIn(slow=True)
    previews.let_go(80)
    stage = make(previews)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: has_result(stage))
    stage.show_recipe(Recipe(target=60))
    assert stage.canvas.scene.old
    assert stage.canvas.scene.result_labels[0] == "Earlier result 1.23 kB"
    assert not stage.facts._share.isEnabled()
    qtbot.waitUntil(lambda: stage.busy.shows)
    assert red(stage) == 60  # the quick look, which lies over it
    assert green(stage) == 255
    assert stage.canvas.scene.result_labels[0] == "Quick look, quality 71"
    previews.let_go(60)
    qtbot.waitUntil(lambda: has_result(stage))
    assert (red(stage), green(stage)) == (60, 0)
    assert stage.facts._share.isEnabled()
    assert not stage.busy.shows


def test_while_a_slider_moves_there_are_quick_looks_and_one_result(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn()
    stage = make(previews)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: has_result(stage))
    previews.asked.clear()
    for target in range(79, 59, -1):
        stage.show_recipe(Recipe(target=target))
        qtbot.wait(10)
    qtbot.waitUntil(lambda: has_result(stage))
    looks = [each for each in previews.asked if each[0] == "glimpse"]
    results = [each for each in previews.asked if each[0] == "result"]
    assert len(looks) >= 2
    assert looks[-1] == ("glimpse", 60)
    assert results[-1] == ("result", 60)
    assert len(results) <= 2
    assert red(stage) == 60


def test_a_quick_look_is_taken_where_one_looks(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn(slow=True)
    stage = make(previews)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: bool(previews.regions))
    assert (previews.regions[0][0].width, previews.regions[0][0].height) == (400, 300)
    stage.canvas.zoom_to(4.0)
    qtbot.waitUntil(lambda: len(previews.regions) > 1)
    part, scale = previews.regions[-1]
    assert scale == 1.0  # no more pixels than there are
    assert part.width == pytest.approx(stage.canvas.width() / 4, abs=3)


def test_a_kept_file_shows_its_original_and_why(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn()
    previews.kept = (KeptCode.ALREADY_OPTIMIZED, "")
    stage = make(previews)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: bool(stage.canvas.scene.note))
    assert stage.canvas.note.text() == "This file stays as it is: it is already optimized."
    assert stage.canvas.note.isVisible()
    assert stage.canvas.shown_mode is ViewMode.ORIGINAL
    assert not stage.canvas.handle.isVisible()
    assert "stays as it is" in facts(stage)
    stage.show_mode(ViewMode.DIFFERENCE)
    qtbot.wait(50)
    assert ("heat", 1.0) not in previews.asked  # nothing to compare
    previews.kept = None
    stage.show_recipe(Recipe(target=70))
    assert not stage.canvas.note.isVisible()


def test_every_reason_is_a_sentence_without_flags() -> None:
    from oimg.faces.gui.stage import words

    for code in KeptCode:
        text = words.stays(code, "")
        assert text.endswith(".")
        assert "--" not in text
    assert words.stays(KeptCode.TARGET_UNREACHABLE, "61.2").endswith("The best score was 61.2.")


def test_what_cannot_be_made_is_said_under_the_original(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn()
    previews.error = BROKEN
    stage = make(previews)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: bool(stage.canvas.scene.note))
    assert stage.canvas.scene.note == "There is no result to show: the picture is damaged."
    assert stage.canvas.image is not None
    assert not stage.busy.shows


def test_says_why_there_is_no_picture(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn()
    previews.base_error = OimgError(ErrorCode.NOT_FOUND, "")
    stage = make(previews)
    found = row(tmp_path / "a.png")
    stage.show_row(found)
    qtbot.waitUntil(lambda: bool(stage.canvas.scene.text))
    assert stage.canvas.scene.text == "This picture cannot be shown: there is no such file."
    assert stage.canvas.accessibleDescription() == stage.canvas.scene.text
    stage.show_row(None)
    stage.show_row(replace(found, state=State.OPTIMIZED))
    qtbot.waitUntil(lambda: stage.canvas.scene.text.startswith("This picture is done"))
    previews.base_error = None
    stage.show_recipe(Recipe(target=50))  # tried anew
    qtbot.waitUntil(lambda: has_result(stage))


def test_a_row_without_a_picture_says_its_reason(make: Make) -> None:
    stage = make(StandIn())
    stage.show_row(row_of(1, Failed(Path("/x/a.png"), ErrorCode.EMPTY)))
    assert stage.canvas.scene.text == "The file is empty"
    stage.show_row(row_of(1, Failed(Path("/x") / f"{'long' * 99}.png", ErrorCode.EMPTY)))
    title = stage.facts.findChildren(QLabel)[0]
    assert "…" in title.text()
    assert title.fontMetrics().horizontalAdvance(title.text()) <= stage.facts.width()
    assert not stage.canvas.grab().toImage().isNull()


def test_differences_are_asked_for_where_they_are_seen(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn()
    stage = make(previews)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: has_result(stage))
    assert not [each for each in previews.asked if each[0] == "heat"]
    assert not stage.legend.isVisible()
    stage.show_mode(ViewMode.DIFFERENCE)
    qtbot.waitUntil(lambda: stage.canvas.scene.heat is not None)
    assert stage.legend.isVisible()
    assert stage.canvas.scene.result_labels == ("Differences",)
    stage.legend._slider.setValue(5)
    qtbot.waitUntil(lambda: ("heat", 5.0) in previews.asked)
    qtbot.waitUntil(lambda: QColor(stage.canvas.grab().toImage().pixel(stage.canvas.width() // 2, 220)).blue() == 5)
    stage.show_recipe(Recipe(target=55))
    assert stage.canvas.scene.heat is None  # it was of the recipe before
    qtbot.waitUntil(lambda: stage.canvas.scene.heat is not None)
    stage.show_mode(ViewMode.SPLIT)
    assert not stage.legend.isVisible()
    assert stage.canvas.scene.result_labels[0].startswith("Result")


def test_a_map_without_differences_says_why_it_is_black() -> None:
    result = Result(None, Format.PNG, 1234, None, None, 0.1, lossless=True)
    whole, short = words.heat_labels(result)
    assert "every pixel is the same" in whole
    assert len(short) < len(whole)
    assert words.heat_labels(replace(result, lossless=False, score=81.0)) == ("Differences",)
    assert words.heat_labels(None) == ("Differences",)


def test_another_size_asks_for_another_original(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn()
    stage = make(previews)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: has_result(stage))
    previews.size = (200, 150)
    stage.show_recipe(Recipe(target=80, resize=Resize(fitting=Fitting.SCALE, amount=50)))
    qtbot.waitUntil(lambda: has_result(stage))
    assert stage.canvas.scene.base is not None
    assert stage.canvas.scene.base.size == (200, 150)
    assert "400 × 300 → 200 × 150" in stage.facts._line.toolTip()


def test_the_next_picture_is_made_when_there_is_nothing_else_to_do(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    previews = StandIn()
    stage = make(previews)
    ahead = row(tmp_path / "next.png", 2)
    stage.show_ahead(lambda: ahead)
    stage.show_row(row(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: ("base", "next.png") in previews.asked)
    assert previews.asked.index(("base", "next.png")) > previews.asked.index(("result", 80))
    assert has_result(stage)


def test_with_the_real_previews(qtbot: QtBot, tmp_path: Path) -> None:
    stage = StageView()
    qtbot.addWidget(stage)
    stage.resize(500, 400)
    stage.show()
    stage.use(Previews())
    stage.show_row(row_of(1, source(flat(tmp_path / "large.png", (900, 600), (4, 5, 6)))))
    qtbot.waitUntil(lambda: has_result(stage), timeout=20_000)
    assert stage.canvas.image is not None
    assert stage.canvas.image.width() == 900
    assert "identical" in facts(stage)
    stage.close_threads()
