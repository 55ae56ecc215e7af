"""After a run: what it came to, originals brought back, reports, and files that failed worked on again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QTableWidget, QToolButton
from pytestqt.qtbot import QtBot

from oimg.faces import jsonl
from oimg.faces.gui import after_run
from oimg.faces.gui.actions import Act
from oimg.faces.gui.entry import Entry
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.outcomes import End, end_of, summed_up, without
from oimg.faces.gui.past_batches import PastBatches, introduction
from oimg.faces.gui.queue.rows import State
from oimg.faces.gui.tidings import Tidings
from oimg.faces.gui.undoing import Undone, undone_text
from oimg.words.errors import ErrorCode
from oimg.words.images import Format, Header
from oimg.words.recipe import Mode, Output, Place, Recipe
from oimg.words.report import Failed, Kept, KeptCode, Optimized, Outcome, Record, Report, SourceFile, Stopped
from oimg.words.undo import NotRestored, PastBatch, RefusalCode, Removed, Restored
from oimg.work.session import Session
from work_help import photo, state

PATIENCE = 60_000  # ms; a busy machine is no failure
Press = Callable[[MainWindow], None]
IN_PLACE = Recipe(mode=Mode.LOSSLESS, output=Output(place=Place.IN_PLACE))


def source(name: str, size: int = 1000) -> SourceFile:
    path = Path("/p") / name
    return SourceFile(path, path.parent, size, (1, 2, size, 3), Header(Format.PNG, 4, 3))


def better(name: str, after: int = 400) -> Optimized:
    return Optimized(Path("/p") / name, source(name), Path("/p") / name, Format.PNG, after, 4, 3, 1)


def kept(name: str, code: KeptCode) -> Kept:
    return Kept(Path("/p") / name, source(name), code)


def report(*outcomes: Outcome) -> Report:
    return Report("20260101-000000-abcd", tuple(Record(each, 0.5) for each in outcomes), 12.0, in_place=True)


MIXED = report(
    better("a"),
    kept("b", KeptCode.NOT_SMALLER),
    kept("c", KeptCode.ANIMATION),
    kept("d", KeptCode.GAIN_MAP),
    kept("e", KeptCode.ANIMATION),
    Failed(Path("/p/f"), ErrorCode.CORRUPT, "row 7", source("f")),
    Stopped(Path("/p/g"), source("g")),
)


def test_files_that_ended_alike_are_put_together() -> None:
    summary = summed_up(MIXED, (10, 11, 12, 13, 14, 15, 16))
    told = [(group.text, sorted(group.ids)) for group in summary.groups]
    assert told == [
        ("1 file optimized", [10]),
        ("1 file is already as small as it gets", [11]),
        ("3 files kept as they are", [12, 13, 14]),
        ("1 file failed", [15]),
        ("1 file stopped", [16]),
    ]
    reasons = [(reason.text, sorted(reason.ids)) for reason in summary.groups[2].reasons]
    assert reasons == [
        ("Animated: its frames cannot be carried over", [12, 14]),
        ("It is an HDR photo, and a new file would lose its extra brightness", [13]),
    ]
    assert [each.text for each in summary.groups[3].reasons] == ["The picture is damaged"]
    assert summary.ids(End.FAILED, End.STOPPED) == {15, 16}


def test_what_was_won_is_said_in_figures() -> None:
    summary = summed_up(MIXED, range(7))
    assert (summary.headline, summary.share) == ("600 B saved", "−12 %")
    assert summary.facts == "5.00 kB → 4.40 kB · 7 files in 12.0 s"
    assert summary.sentence == "1 file optimized, 600 B saved. 1 file failed."
    grown = summed_up(report(better("a", 1500)), (0,))
    assert (grown.headline, grown.share) == ("500 B more", "+50 %")


@pytest.mark.parametrize(
    ("outcome", "headline", "more"),
    [
        (kept("a", KeptCode.ALREADY_OPTIMIZED), "Nothing left to save", ""),
        (kept("a", KeptCode.ANIMATION), "Nothing was optimized", ""),
        (Failed(Path("/p/a"), ErrorCode.EMPTY), "Nothing was optimized", " 1 file failed."),
    ],
)
def test_a_run_that_saved_nothing_says_so(outcome: Outcome, headline: str, more: str) -> None:
    summary = summed_up(report(outcome), (0,))
    assert (summary.headline, summary.share, summary.sentence) == (headline, "", f"{headline}.{more}")


@pytest.mark.parametrize("code", KeptCode)
def test_every_kept_file_has_an_end_and_a_reason_or_needs_none(code: KeptCode) -> None:
    (group,) = summed_up(report(kept("a", code)), (0,)).groups
    assert group.end is end_of(kept("a", code))
    # What the heading of the group says is not said again.
    assert bool(group.reasons) == (code not in {KeptCode.NOT_SMALLER, KeptCode.ALREADY_OPTIMIZED})


def test_what_is_brought_back_is_no_result_any_more() -> None:
    summary = summed_up(report(better("a"), better("b", 900), kept("c", KeptCode.HDR)), (5, 6, 7))
    left = without(summary, {Path("/p/a")})
    assert left is not None
    assert (left.headline, left.ids(End.OPTIMIZED), left.rows) == ("100 B saved", {6}, (6, 7))
    assert without(summary, {Path("/p/a"), Path("/p/b")}) is None


def restored(name: str) -> Restored:
    return Restored(Path("/p") / name, Path("/p") / name, 1000)


def removed(name: str) -> Removed:
    return Removed(Path("/p") / name, Path("/p") / f"{name}.webp")


def refused(name: str, code: RefusalCode) -> NotRestored:
    return NotRestored(Path("/p") / name, Path("/p") / name, code)


@pytest.mark.parametrize(
    ("undone", "text"),
    [
        (Undone(), "There is nothing to bring back."),
        (Undone((restored("a.png"),)), "a.png is back as it was."),
        (Undone((restored("a"), restored("b"))), "2 originals are back."),
        (
            Undone((restored("a"), restored("b"), refused("c", RefusalCode.CHANGED))),
            "2 originals are back.\nc was left alone. The file was changed after it was optimized.",
        ),
        (
            Undone((refused("c", RefusalCode.MISSING), *[refused(name, RefusalCode.TAKEN) for name in "ab"])),
            (
                "2 files were left alone. There is another file now where the original was.\n"
                "1 file was left alone. The file is gone; “Undo for the selected files” brings its original back."
            ),
        ),
        (Undone((removed("a"),)), "a.webp was removed; the original was never touched."),
        (
            Undone((removed("a"), removed("b"), refused("c", RefusalCode.ORIGINAL))),
            (
                "2 results were removed; the originals were never touched.\n"
                "c was left alone. Its original is gone or was changed, so the result stays."
            ),
        ),
        (Undone((), (Path("/p/a"),)), "1 file was left alone: its original is not kept any more."),
    ],
)
def test_undo_says_what_it_did(undone: Undone, text: str) -> None:
    assert undone_text(undone) == text
    assert undone.complete == (bool(undone.results) and "left alone" not in text)


@pytest.fixture
def replaced(filled: MainWindow, optimize: Press) -> MainWindow:
    """The window after a run that replaced two originals."""
    filled.use_recipe(IN_PLACE)
    optimize(filled)
    return filled


def entries(window: MainWindow) -> list[str]:
    return [each.accessibleName() for each in window.after_run.sheet.findChildren(Entry) if each.isVisible()]


def undo_ends(window: MainWindow, qtbot: QtBot, act: Act) -> str:
    with (
        qtbot.waitSignal(window.importing.finished, timeout=PATIENCE),
        qtbot.waitSignal(window.after_run.undoing.ended, timeout=PATIENCE),
    ):
        window.actions_[act].trigger()
    return window.after_run.tidings.text


def test_the_results_open_by_themselves_and_close_by_esc(replaced: MainWindow, qtbot: QtBot) -> None:
    sheet = replaced.after_run.sheet
    assert sheet.isVisible()
    assert entries(replaced) == ["2 files optimized"]
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert replaced.focusWidget() is replaced.queue.view
    buttons = [each for each in replaced.foot.findChildren(QToolButton) if each.isVisible()]
    qtbot.waitUntil(lambda: any(each.accessibleName() == "Results" for each in buttons), timeout=PATIENCE)
    next(each for each in buttons if each.accessibleName() == "Results").click()
    assert sheet.isVisible()
    first = replaced.queue.view.visualRect(replaced.queue.proxy.index(0, 0)).center()
    qtbot.mouseClick(replaced.queue.view.viewport(), Qt.MouseButton.LeftButton, pos=first)
    qtbot.waitUntil(lambda: not sheet.isVisible(), timeout=PATIENCE)


def test_undo_brings_all_back_without_a_question(
    filled: MainWindow, pictures: Path, optimize: Press, qtbot: QtBot
) -> None:
    before = state(pictures)
    filled.use_recipe(IN_PLACE)
    optimize(filled)
    assert state(pictures) != before
    assert undo_ends(filled, qtbot, Act.UNDO) == "2 originals are back."
    assert state(pictures) == before
    assert [row.state for row in filled.model.rows()] == [State.WAITING, State.WAITING, State.FAILED]
    assert not filled.actions_[Act.UNDO].isEnabled()
    assert not filled.actions_[Act.RESULTS].isEnabled()


def test_undo_tells_what_it_could_not_put_back(replaced: MainWindow, pictures: Path, qtbot: QtBot) -> None:
    (pictures / "a.png").write_bytes(b"mine now")
    told = undo_ends(replaced, qtbot, Act.UNDO)
    assert told == "b.jpg is back as it was.\na.png was left alone. The file was changed after it was optimized."
    assert (pictures / "a.png").read_bytes() == b"mine now"
    assert replaced.actions_[Act.RESULTS].isEnabled()
    assert replaced.after_run.sentence.startswith("1 file optimized, ")


def test_one_file_is_brought_back_from_its_row(replaced: MainWindow, pictures: Path, qtbot: QtBot) -> None:
    before = state(pictures)
    replaced.queue.view.select(1)
    assert replaced.actions_[Act.UNDO_FILES].isEnabled()
    assert undo_ends(replaced, qtbot, Act.UNDO_FILES) == "b.jpg is back as it was."
    after = state(pictures)
    assert {name for name in after if after[name] != before[name]} == {"b.jpg"}
    states = {row.path.name: row.state for row in replaced.model.rows()}
    assert (states["a.png"], states["b.jpg"]) == (State.OPTIMIZED, State.WAITING)
    qtbot.waitUntil(lambda: not replaced.actions_[Act.UNDO_FILES].isEnabled(), timeout=PATIENCE)


def test_results_beside_the_originals_are_removed(
    filled: MainWindow, pictures: Path, optimize: Press, qtbot: QtBot
) -> None:
    before = state(pictures)
    optimize(filled)
    assert set(state(pictures)) - set(before) == {"a_optimized.png", "b_optimized.jpg"}
    assert filled.actions_[Act.SHOW_RESULTS].isEnabled()
    told = undo_ends(filled, qtbot, Act.UNDO)
    assert told == "2 results were removed; the originals were never touched."
    assert state(pictures) == before
    assert [row.state for row in filled.model.rows()] == [State.WAITING, State.WAITING, State.FAILED]
    assert not filled.actions_[Act.UNDO].isEnabled()
    optimize(filled)
    assert set(state(pictures)) - set(before) == {"a_optimized.png", "b_optimized.jpg"}


def test_the_result_of_one_file_is_removed_from_its_row(
    filled: MainWindow, pictures: Path, optimize: Press, qtbot: QtBot
) -> None:
    optimize(filled)
    filled.queue.view.select(0)
    qtbot.waitUntil(filled.actions_[Act.UNDO_FILES].isEnabled, timeout=PATIENCE)
    told = undo_ends(filled, qtbot, Act.UNDO_FILES)
    assert told == "a_optimized.png was removed; the original was never touched."
    assert not (pictures / "a_optimized.png").exists()
    assert (pictures / "b_optimized.jpg").exists()
    assert filled.after_run.sentence.startswith("1 file optimized, ")


def test_a_result_that_may_be_all_that_is_left_stays(
    filled: MainWindow, pictures: Path, optimize: Press, qtbot: QtBot
) -> None:
    optimize(filled)
    (pictures / "a.png").unlink()
    (pictures / "b_optimized.jpg").write_bytes(b"retouched")
    with qtbot.waitSignal(filled.after_run.undoing.ended, timeout=PATIENCE):
        filled.actions_[Act.UNDO].trigger()
    told = filled.after_run.tidings.text
    assert "Its original is gone or was changed, so the result stays." in told
    assert "The file was changed after it was optimized." in told
    assert (pictures / "a_optimized.png").is_file()
    assert (pictures / "b_optimized.jpg").read_bytes() == b"retouched"
    assert filled.actions_[Act.UNDO].isEnabled()


def test_a_lost_backup_is_told(replaced: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.clear_backups()
    replaced.queue.view.selectAll()
    undone = replaced.after_run.undoing
    with qtbot.waitSignal(undone.ended, timeout=PATIENCE) as end:
        replaced.actions_[Act.UNDO_FILES].trigger()
    assert len(end.args[0].unknown) == 2
    assert replaced.after_run.tidings.text == "2 files were left alone: their originals are not kept any more."
    with qtbot.waitSignal(undone.ended, timeout=PATIENCE):
        replaced.actions_[Act.UNDO].trigger()
    assert replaced.after_run.tidings.text == "There is nothing to bring back."


def test_a_backup_that_cannot_be_read_is_told(
    replaced: MainWindow, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(session, "undo", refuse)
    with qtbot.waitSignal(replaced.after_run.undoing.failed, timeout=PATIENCE):
        replaced.actions_[Act.UNDO].trigger()
    assert replaced.after_run.tidings.text == "The kept originals cannot be used: Permission denied"
    assert replaced.actions_[Act.UNDO].isEnabled()


def test_a_count_shows_just_its_files(filled: MainWindow, pictures: Path, optimize: Press) -> None:
    (pictures / "b.jpg").unlink()
    optimize(filled)
    found = {each.accessibleName(): each for each in filled.after_run.sheet.findChildren(Entry) if each.isVisible()}
    found["1 file failed"].click()
    names = [filled.queue.proxy.row_at(place).path.name for place in range(filled.queue.proxy.rowCount())]  # type: ignore[union-attr]
    assert names == ["b.jpg"]
    assert filled.queue.view.selected_ids() == [1]
    everything = next(each for each in filled.queue.findChildren(QToolButton) if each.text() == "Show all")
    everything.click()
    assert filled.queue.proxy.rowCount() == 3
    assert not everything.isVisible()


def test_files_that_failed_are_worked_on_again(
    filled: MainWindow, pictures: Path, optimize: Press, qtbot: QtBot
) -> None:
    (pictures / "b.jpg").unlink()
    optimize(filled)
    photo(pictures / "b.jpg", (64, 48), quality=95)
    with qtbot.waitSignal(filled.running.ended, timeout=PATIENCE) as end:
        filled.actions_[Act.RETRY_FAILED].trigger()
    assert end.args[0].count(Optimized) == 1
    assert [row.state for row in filled.model.rows()][:2] == [State.OPTIMIZED, State.OPTIMIZED]
    assert not filled.actions_[Act.RETRY_FAILED].isEnabled()


def test_results_lie_over_the_picture_and_so_need_a_list(replaced: MainWindow, qtbot: QtBot) -> None:
    """Once the list is cleared, a button that could show nothing is gone, and home says where results go."""
    results = replaced.actions_[Act.RESULTS]
    assert results.isEnabled()
    replaced.actions_[Act.CLEAR].trigger()
    qtbot.waitUntil(lambda: not results.isEnabled())
    assert replaced.home.isVisible()
    labels = [each for each in replaced.foot.findChildren(QLabel) if each.isVisible()]
    qtbot.waitUntil(lambda: any("replace the originals" in each.text() for each in labels), timeout=PATIENCE)


def test_results_are_shown_in_their_folder(
    replaced: MainWindow, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(after_run, "show_in_folder", asked.extend)
    replaced.actions_[Act.SHOW_RESULTS].trigger()
    assert asked == [pictures / "a.png", pictures / "b.jpg"]


def test_the_report_is_that_of_the_command_line(replaced: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    exporting = replaced.after_run.exporting
    summary = replaced.after_run.summary
    assert summary is not None
    with qtbot.waitSignal(exporting.told, timeout=PATIENCE):
        exporting.write_csv(tmp_path / "a.csv", summary.report)
    with (tmp_path / "a.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [Path(row["source"]).name for row in rows] == ["a.png", "b.jpg"]
    assert tuple(rows[0]) == jsonl.COLUMNS
    with qtbot.waitSignal(exporting.told, timeout=PATIENCE):
        exporting.write_json(tmp_path / "a.jsonl", summary.report)
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [each["event"] for each in lines] == ["file", "file", "summary"]
    assert lines[-1]["batch"] == summary.report.batch
    assert replaced.after_run.tidings.text == "The report is written to a.jsonl."
    with qtbot.waitSignal(exporting.told, timeout=PATIENCE):
        exporting.write_csv(tmp_path / "none" / "a.csv", summary.report)
    assert replaced.after_run.tidings.text.startswith("The report could not be written to a.csv: ")


def test_the_report_is_asked_a_name_for(replaced: MainWindow, qtbot: QtBot) -> None:
    for act, suffix in ((Act.EXPORT_CSV, "csv"), (Act.EXPORT_JSON, "jsonl")):
        replaced.actions_[act].trigger()
        (dialog,) = replaced.findChildren(QFileDialog)
        assert dialog.defaultSuffix() == suffix
        dialog.reject()
        qtbot.waitUntil(lambda: replaced.findChildren(QFileDialog) == [], timeout=PATIENCE)


def test_an_earlier_run_can_be_undone(replaced: MainWindow, pictures: Path, qtbot: QtBot) -> None:
    dialog = replaced.after_run.ask_for_batch()
    table = dialog.findChild(QTableWidget)
    assert table is not None
    qtbot.waitUntil(lambda: table.rowCount() == 1, timeout=PATIENCE)
    assert (table.item(0, 1).text(), table.item(0, 3).text()) == ("2 files", str(pictures))  # type: ignore[union-attr]
    undo = next(each for each in dialog.findChildren(QPushButton) if each.text() == "Bring the originals back")
    qtbot.waitUntil(undo.isEnabled, timeout=PATIENCE)
    with qtbot.waitSignal(replaced.importing.finished, timeout=PATIENCE):
        undo.click()
        assert not undo.isEnabled()
    qtbot.waitUntil(lambda: table.rowCount() == 0, timeout=PATIENCE)  # what is all back is not remembered
    assert "2 originals are back." in [each.text() for each in dialog.findChildren(QLabel)]
    assert not undo.isEnabled()
    dialog.reject()
    qtbot.waitUntil(lambda: replaced.findChildren(PastBatches) == [], timeout=PATIENCE)


def batch(**facts: Any) -> PastBatch:
    return replace(PastBatch("x", 1_700_000_000.0, 5, 5, 1000, 400, Path("/p")), **facts)


def test_every_state_of_an_earlier_run_is_said(qtbot: QtBot) -> None:
    dialog = PastBatches()
    qtbot.addWidget(dialog)
    some = [batch(running=True), batch(left=0), batch(left=2), batch(in_trash=True), batch()]
    dialog.show_batches(some)
    table = dialog.findChild(QTableWidget)
    assert table is not None
    states = [table.item(place, 4).text() for place in range(5)]  # type: ignore[union-attr]
    assert states == ["At work", "Undone", "2 left to undo", "In the trash", "Can be undone"]
    assert table.currentRow() == 2  # the first one that can be taken back
    with qtbot.waitSignal(dialog.undo_asked, timeout=PATIENCE):
        next(each for each in dialog.findChildren(QPushButton) if "originals" in each.text()).click()
    dialog.show_batches([])
    assert "nothing to undo" in introduction([])


def test_a_dialog_without_a_run_says_so_in_its_middle(qtbot: QtBot) -> None:
    dialog = PastBatches()
    qtbot.addWidget(dialog)
    dialog.show()
    said, table = dialog.findChild(QLabel), dialog.findChild(QTableWidget)
    undo = next(each for each in dialog.findChildren(QPushButton) if "originals" in each.text())
    assert said is not None
    assert table is not None
    for batches, centered in (((), True), ((batch(),), False), ((), True)):
        dialog.say(introduction(batches))
        dialog.show_batches(batches)
        assert (said.alignment() == Qt.AlignmentFlag.AlignCenter) is centered
        assert (table.isVisible(), undo.isVisible()) == (not centered, not centered)
        qtbot.waitUntil(lambda wide=centered: (said.height() > dialog.height() / 2) is wide, timeout=PATIENCE)


def test_news_go_by_themselves_unless_they_are_bad(qtbot: QtBot) -> None:
    strip = Tidings()
    qtbot.addWidget(strip)
    strip._timer.setInterval(20)
    strip.say("done")
    assert strip.text == "done"
    qtbot.waitUntil(lambda: strip.text == "", timeout=PATIENCE)
    strip.say("not done", stays=True)
    qtbot.wait(60)
    assert strip.text == "not done"
    qtbot.keyClick(strip, Qt.Key.Key_Escape)
    assert strip.text == ""


def test_the_sheet_says_all_there_is_in_narrow_and_wide_windows(replaced: MainWindow, qtbot: QtBot) -> None:
    for width in (900, 1600):
        replaced.resize(width, 600)
        qtbot.wait(20)
        shown = [each for each in replaced.after_run.sheet.findChildren(QToolButton) if each.isVisible()]
        for each in shown:
            assert each.width() >= each.sizeHint().width(), (width, each.text())
