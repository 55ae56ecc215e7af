"""What a person sees: a line a file, totals, a bar on a terminal only, colours only where they are wanted."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given

from oimg.faces.cli import screen
from oimg.faces.cli.screen import Progress, Table, wants_color
from oimg.words.errors import ErrorCode
from oimg.words.images import Format, Header
from oimg.words.privacy import MetadataGroup
from oimg.words.report import (
    Failed,
    Kept,
    KeptCode,
    Notice,
    Optimized,
    Outcome,
    Record,
    Report,
    SourceFile,
    Stopped,
)
from strategies import records

SOURCE = SourceFile(Path("/p/a.png"), Path("/p"), 100_000, (1, 2, 3, 4), Header(Format.PNG, 4, 4))
BETTER = Optimized(
    SOURCE.path,
    SOURCE,
    Path("/p/a_optimized.webp"),
    Format.WEBP,
    40_000,
    4,
    4,
    1,
    81.234,
    warnings=(Notice.WRONG_SUFFIX,),
    removed=(MetadataGroup.LOCATION,),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def a_real_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


def row(outcome: Outcome, *, verbose: bool = False, out: io.StringIO | None = None) -> str:
    out = out or io.StringIO()
    Table(out, verbose=verbose).row(Record(outcome, 0.1))
    return out.getvalue()


def test_an_optimized_file_tells_before_after_saved_and_score() -> None:
    line = row(BETTER)
    for text in ("✓ a.png", "100 kB → ", "40.0 kB", "-60 %", "score 81.2", "→ a_optimized.webp"):
        assert text in line
    assert line.count("\n") == 1


def test_equal_pixels_are_called_lossless() -> None:
    same = Optimized(SOURCE.path, SOURCE, SOURCE.path, Format.PNG, 5, 4, 4, 1, 100)
    assert "lossless" in row(same)
    assert row(same).endswith("lossless\n")  # its name is no news


@pytest.mark.parametrize(
    ("outcome", "mark", "words"),
    [
        (Kept(SOURCE.path, SOURCE, KeptCode.NOT_SMALLER), "=", "kept: already as small as it gets"),
        (Kept(SOURCE.path, None, KeptCode.NOT_AN_IMAGE), "=", "kept: not a picture"),
        (Failed(SOURCE.path, ErrorCode.EMPTY), "✗", "failed: the file is empty"),
        (Stopped(SOURCE.path), "-", "stopped"),
    ],
)
def test_the_other_outcomes_tell_why(outcome: Outcome, mark: str, words: str) -> None:
    line = row(outcome)
    assert line.startswith(f"{mark} a.png")
    assert words in line


def test_verbose_tells_what_was_noticed_and_removed_and_where_it_is() -> None:
    assert "location" not in row(BETTER)
    verbose = row(BETTER, verbose=True)
    for text in ("its name claims another format", "removed: place", "→ /p/a_optimized.webp"):
        assert text in verbose
    assert row(Stopped(SOURCE.path), verbose=True).count("\n") == 1


@given(records())
def test_no_name_breaks_out_of_its_line(record: Record) -> None:
    out = io.StringIO()
    Table(out, verbose=False).row(record)
    assert out.getvalue().endswith("\n")
    assert out.getvalue()[:-1].isprintable()


def test_long_names_keep_their_beginning_and_end() -> None:
    line = row(Stopped(Path("/p") / ("begin" + "x" * 200 + "end.png")))
    assert "begin" in line
    assert "end.png" in line
    assert len(line) < 80


def test_the_summary_counts_and_sums() -> None:
    out = io.StringIO()
    outcomes: list[Outcome] = [
        BETTER,
        Kept(SOURCE.path, SOURCE, KeptCode.NOT_SMALLER),
        Failed(SOURCE.path, ErrorCode.EMPTY),
    ]
    Table(out, verbose=False).summary(Report("id", tuple(Record(each, 0) for each in outcomes), 65))
    assert out.getvalue() == "1 optimized, 1 kept, 1 failed: 200 kB → 140 kB (-30 %), saved 60.0 kB, 1:05\n"


def test_an_empty_summary() -> None:
    out = io.StringIO()
    Table(out, verbose=False).summary(Report("id", (Record(Stopped(SOURCE.path), 0),), 0))
    assert out.getvalue() == "0 optimized, 1 stopped: 0 B → 0 B (0 %), saved 0 B, 0.0 s\n"


def test_colours_only_on_a_terminal_that_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not wants_color(io.StringIO())
    assert wants_color(Terminal())
    assert "\033[32m✓\033[0m" in row(BETTER, out=Terminal())
    assert "\033" not in row(BETTER)
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_color(Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color(Terminal())
    monkeypatch.setenv("NO_COLOR", "")  # empty counts as not set
    assert wants_color(Terminal())


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(screen.time, "monotonic", lambda: self.now)


def test_a_bar_is_drawn_on_a_terminal_only() -> None:
    for stream, enabled in ((io.StringIO(), True), (Terminal(), False)):
        progress = Progress(stream, enabled=enabled)
        progress.looking(3)
        progress.working(1, 2, 0.5)
        progress.clear()
        assert stream.getvalue() == ""


def test_the_bar_tells_files_share_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, stream = Clock(monkeypatch), Terminal()
    progress = Progress(stream)
    progress.looking(7)
    assert "7" in stream.getvalue()
    progress.start()
    clock.now += 10
    progress.working(3, 8, 0.25)
    shown = stream.getvalue().rpartition("\r\033[K")[2]
    assert "3/8" in shown
    assert "25 %" in shown
    assert "about 30.0 s left" in shown
    assert "█" in shown
    progress.clear()
    assert stream.getvalue().endswith("\r\033[K")


def test_the_bar_is_not_drawn_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, stream = Clock(monkeypatch), Terminal()
    progress = Progress(stream)
    progress.working(1, 8, 0.1)
    first = stream.getvalue()
    clock.now += 0.05
    progress.working(2, 8, 0.2)
    assert stream.getvalue() == first
    clock.now += 0.1
    progress.working(3, 8, 0.3)
    assert len(stream.getvalue()) > len(first)
    assert "left" not in stream.getvalue()  # too early to tell


def test_messages_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    screen.stderr("a word")
    assert capsys.readouterr() == ("", "a word\n")
