"""Stopping in the middle: gone at once, finished files whole, nothing half done, nobody left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from process_help import command, environment, fingerprints, unfinished
from work_help import flat, photo

# 2 s is the promise; a busy machine gets twice that.
PATIENCE = 4.0


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few quick files, then many that take seconds each: AVIF at high effort, and PNG in a codec child."""
    folder = tmp_path_factory.mktemp("long") / "in"
    photo(folder / "slow.png", (800, 600))
    for number in range(40):
        os.link(folder / "slow.png", folder / f"slow-{number}.png")
    flat(folder / "quick.png", (900, 600))
    return folder


class Running:
    """The program under way, in a session of its own as a shell would start it."""

    def __init__(self, *arguments: str | Path, ignored: signal.Signals | None = None) -> None:
        self.process = subprocess.Popen(
            command("optimize", *arguments, "--json"),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
            preexec_fn=None if ignored is None else lambda: signal.signal(ignored, signal.SIG_IGN),  # noqa: PLW1509
        )

    def first_line(self) -> dict[str, object]:
        assert self.process.stdout is not None
        line: dict[str, object] = json.loads(self.process.stdout.readline())
        return line

    def group(self) -> list[int]:
        """Every process of this session that still runs."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[3]) == self.process.pid and fields[0] not in "ZX":
                    found.append(int(folder.name))
        return found

    def wait_for_children(self) -> list[int]:
        deadline = time.monotonic() + 30
        while len(self.group()) < 2:
            assert time.monotonic() < deadline, "no codec child came up"
            time.sleep(0.05)
        return self.group()

    def interrupt_once_loaded(self, library: str) -> float:
        """Send Ctrl-C as soon as a native library is mapped; gives the time."""
        maps, deadline = Path(f"/proc/{self.process.pid}/maps"), time.monotonic() + 30
        while library not in maps.read_text():
            assert time.monotonic() < deadline, f"{library} was not loaded"
            time.sleep(0.005)
        self.process.send_signal(signal.SIGINT)
        return time.monotonic()

    def gone(self) -> list[int]:
        """Wait a moment for all to go; gives who is still there."""
        deadline = time.monotonic() + PATIENCE
        while self.group() and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.group()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
@pytest.mark.parametrize(
    "flags", [["-f", "avif", "--effort", "8"], ["--lossless", "--effort", "10"]], ids=["avif", "png"]
)
def test_a_stop_in_the_middle(pictures: Path, tmp_path: Path, number: signal.Signals, flags: list[str]) -> None:
    before = fingerprints(pictures)
    running = Running(pictures, "-o", tmp_path / "out", "-j", "2", *flags)
    first = running.first_line()
    began = time.monotonic()
    running.process.send_signal(number)
    out, err = running.process.communicate(timeout=60)
    assert time.monotonic() - began < PATIENCE
    assert running.process.returncode == 130
    events = [first, *map(json.loads, out.splitlines())]
    summary = events[-1]
    assert summary["event"] == "summary"
    assert summary["files"] == 42 == len({event["source"] for event in events[:-1]}) == len(events) - 1
    assert summary["stopped"] > 30
    assert "Traceback" not in err
    finished = {Path(str(event["output"])) for event in events[:-1] if event["output"]}
    assert {path for path in (tmp_path / "out").iterdir() if path.is_file()} == finished
    for path in finished:
        with Image.open(path) as image:
            image.load()
    assert running.gone() == []
    assert unfinished(pictures, tmp_path) == []
    assert fingerprints(pictures) == before


def test_a_stop_does_not_wait_for_a_long_native_call(tmp_path: Path) -> None:
    """Nothing can end libjxl in the middle of a call; the process goes without it."""
    random = np.random.default_rng(1)
    for number in range(2):
        noise = random.integers(0, 255, (1500, 2000, 3), np.uint8)
        Image.fromarray(noise).save(tmp_path / f"{number}.png", compress_level=1)
    running = Running(tmp_path, "-o", tmp_path / "out", "-f", "jxl", "--lossless", "--effort", "10", "-j", "2")
    time.sleep(2)
    began = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    out, err = running.process.communicate(timeout=60)
    assert time.monotonic() - began < PATIENCE
    assert running.process.returncode == 130
    assert [json.loads(line).get("outcome") for line in out.splitlines()] == ["stopped", "stopped", None]
    assert "Traceback" not in err
    assert running.gone() == []
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["0.png", "1.png"]


def test_a_stop_while_files_are_looked_at(pictures: Path, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(3000):
        os.link(pictures / "quick.png", many / f"{number}.png")
    running = Running(many, "-o", tmp_path / "out")
    began = running.interrupt_once_loaded("_multiarray_umath")  # numpy is among the first, much is still to come
    out, err = running.process.communicate(timeout=60)
    assert time.monotonic() - began < PATIENCE
    assert running.process.returncode in {130, -signal.SIGINT}, err  # a shell calls both 130
    assert running.gone() == []
    assert unfinished(tmp_path) == []
    assert "Traceback" not in err
    assert len(out.splitlines()) < 3000


def test_two_signals_are_as_good_as_one(pictures: Path, tmp_path: Path) -> None:
    running = Running(pictures, "-o", tmp_path / "out", "-f", "avif", "-j", "2")
    running.first_line()
    for number in (signal.SIGINT, signal.SIGTERM) * 3:
        running.process.send_signal(number)
        time.sleep(0.02)
    out, err = running.process.communicate(timeout=60)
    assert running.process.returncode == 130
    assert json.loads(out.splitlines()[-1])["event"] == "summary"
    assert "Traceback" not in err
    assert running.gone() == []


def test_a_script_in_the_background_can_still_be_ended(pictures: Path, tmp_path: Path) -> None:
    """A shell without job control starts programs in the background with Ctrl-C ignored."""
    running = Running(pictures, "-o", tmp_path / "out", "-f", "avif", "-j", "2", ignored=signal.SIGINT)
    running.first_line()
    running.process.send_signal(signal.SIGINT)
    assert json.loads(running.process.stdout.readline())["event"] == "file"  # it goes on
    began = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    out, _ = running.process.communicate(timeout=60)
    assert time.monotonic() - began < PATIENCE
    assert running.process.returncode == 130
    assert json.loads(out.splitlines()[-1])["event"] == "summary"


def test_a_kill_leaves_no_child_and_no_half_file_under_a_final_name(pictures: Path, tmp_path: Path) -> None:
    before = fingerprints(pictures)
    running = Running(pictures, "-o", tmp_path / "out", "--lossless", "--effort", "10", "-j", "2")
    running.first_line()
    assert len(running.wait_for_children()) >= 2
    running.process.kill()
    running.process.communicate(timeout=60)
    assert running.gone() == []
    for path in (tmp_path / "out").iterdir():
        if not path.name.startswith(".oimg-"):
            with Image.open(path) as image:
                image.load()
    assert fingerprints(pictures) == before


def test_a_reader_that_goes_stops_the_program(pictures: Path, tmp_path: Path) -> None:
    running = Running(pictures, "-o", tmp_path / "out", "-f", "webp", "-j", "2")
    running.first_line()
    assert running.process.stdout is not None
    assert running.process.stderr is not None
    running.process.stdout.close()
    assert running.process.wait(60) == 130
    assert running.process.stderr.read() == ""
    running.process.stderr.close()
    assert running.gone() == []
    assert unfinished(tmp_path) == []
    assert len(list((tmp_path / "out").iterdir())) < 42
