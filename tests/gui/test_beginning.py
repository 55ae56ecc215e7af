"""What the window says when it opens: a run that was killed, settings that could not be read."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from oimg.faces.gui.beginning import recovery_text, told_at_start
from oimg.faces.gui.main_window import MainWindow
from oimg.faces.gui.quick_window import QuickWindow
from oimg.words.undo import Recovery
from oimg.work.session import Session
from process_help import command, unmeasured
from work_help import photo

PATIENCE = 60_000  # ms; a busy machine is no failure


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A folder in which a run was killed when it had replaced some of its files."""
    folder = tmp_path / "killed"
    before = {path: path.read_bytes() for path in (photo(folder / f"{n}.jpg", (900, 700), seed=n) for n in range(30))}
    run = command("optimize", folder, "--in-place", "--jobs", "1")
    with subprocess.Popen(run, env=unmeasured(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while sum(path.read_bytes() != data for path, data in before.items()) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    return folder


@pytest.fixture
def after(killed: Path) -> Iterator[Session]:
    assert killed.is_dir()
    with Session(workers=2) as opened:
        yield opened


def test_a_run_that_was_cut_short_is_told_and_can_be_undone(
    window: MainWindow, after: Session, killed: Path, qtbot: QtBot
) -> None:
    assert window.after_run.tidings.text == ""
    window.use(after)
    told = window.after_run.tidings.text
    assert told.startswith("The last run was cut short.")
    replaced = after.recovered.replaced
    assert f"It had replaced {replaced} files; “Undo an earlier run” brings the originals back." in told
    (batch,) = after.past_batches()
    assert batch.left == replaced >= 2
    with qtbot.waitSignal(window.after_run.undoing.ended, timeout=PATIENCE):
        window.after_run.undo_batch(batch.id)
    assert window.after_run.tidings.text == f"{replaced} originals are back."
    assert sorted(path.name for path in killed.iterdir()) == sorted(f"{number}.jpg" for number in range(30))


def test_the_small_window_tells_it_too(after: Session, killed: Path, qtbot: QtBot) -> None:
    window = QuickWindow([killed / "29.jpg"])
    qtbot.addWidget(window)
    window.show()
    window.use(after)
    qtbot.waitUntil(lambda: window.summary is not None, timeout=PATIENCE)
    assert window.summary is not None
    assert "The last run was cut short." in "\n".join(window._lines(window.summary))
    window.leave()


def test_settings_that_cannot_be_read_are_told(own_home: Path, window: MainWindow) -> None:
    folder = own_home / "config" / "oimg"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text('{"schema": 1, "jobs": "many"}', encoding="utf-8")
    with Session(workers=1) as session:
        window.use(session)
        told = window.after_run.tidings.text
        assert told == f"Settings that could not be read have their usual values: {folder / 'settings.json'}: jobs"


def test_nothing_is_said_where_nothing_was(session: Session) -> None:
    assert told_at_start(session) == ""


def test_what_was_put_right_is_counted() -> None:
    told = recovery_text(Recovery(temps_removed=1, finished=1, rolled_back=2, unclear=(Path("/p"),), replaced=1))
    assert told == (
        "The last run was cut short. What it left half done was put right. 2 files are as they were. "
        "1 unfinished file was removed. 1 file cannot be looked at now; the next start tries again. "
        "It had replaced 1 file; “Undo an earlier run” brings the original back."
    )
