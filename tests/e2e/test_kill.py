"""The real program, killed at random moments of an in-place run: no picture is ever lost or half there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oimg.words.undo import Restored
from oimg.work.safety.folders import Folders
from oimg.work.safety.journal_reader import CLOSED, OPEN
from oimg.work.safety.keeper import Keeper, UnknownBatchError
from oimg.work.settings import Settings
from process_help import command, contents, fingerprints, run_oimg, unfinished, unmeasured

ROUNDS = 25
MODES = (0o600, 0o640, 0o644, 0o664)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Twelve small pictures with dates and modes of their own, one with two names."""
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    chance = np.random.default_rng(7)
    for number in range(11):
        across = np.linspace(0, 255, 96)[None, :, None] + chance.normal(0, 6, (64, 96, 3))
        image = Image.fromarray(np.clip(across, 0, 255).astype(np.uint8))
        place = folder / "below" if number % 3 == 2 else folder
        if number % 2:
            image.save(place / f"{number}.jpg", quality=98)
        else:
            image.quantize(16).save(place / f"{number}.png", compress_level=0)
    os.link(folder / "0.png", folder / "below" / "0 again.png")
    for number, path in enumerate(sorted(folder.rglob("*.*g"))):
        path.chmod(MODES[number % len(MODES)])
        os.utime(path, ns=(1_600_000_000_000_000_007, 1_500_000_000_123_456_789 + number))
    return folder


def start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command("optimize", folder, "--in-place", "--jobs", "2"),
        env=unmeasured(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def lines(folders: Folders, ending: str) -> int:
    """How far a run has come, counted in lines of its journal: clocks differ between machines and their busy hours."""
    return sum(path.read_bytes().count(b"\n") for path in folders.journal.glob(f"*{ending}"))


def wait_for_the_journal(folders: Folders, process: subprocess.Popen[bytes], wanted: int = 1) -> None:
    while process.poll() is None:
        with suppress(FileNotFoundError):  # renamed as it was read: the run is over
            if lines(folders, OPEN) >= wanted:
                return
        time.sleep(0.001)


def undo_all(folders: Folders) -> None:
    """Put every original back, in this process."""
    while True:
        try:
            report = Keeper(Settings(), folders).undo(None, (), lambda _: None, dry_run=False)
        except UnknownBatchError:
            return
        assert all(isinstance(each, Restored) for each in report.results), report


def check_data_folder(folders: Folders) -> None:
    """Beside journals and originals there is only the lock, and the key to the cache."""
    found = {path.relative_to(folders.root).parts[0] for path in folders.root.rglob("*") if path.is_file()}
    assert found <= {"journal", "backups", "lock", "results.key"}
    assert not list(folders.journal.glob("*.open"))


@pytest.mark.skipif(os.name != "posix", reason="NOT TESTED: this system has no kill -9")
def test_killed_25_times_and_nothing_is_lost(pictures: Path, own_home: Path) -> None:
    folders = Folders(own_home / "data" / "oimg")
    before, old = fingerprints(pictures), contents(pictures)
    began = time.monotonic()
    with start(pictures) as process:
        assert process.wait(60) == 0
    span = time.monotonic() - began
    whole = lines(folders, CLOSED)
    new = contents(pictures)
    assert sum(new[name] != old[name] for name in old) >= 10  # there is work to be killed at
    undo_all(folders)
    assert fingerprints(pictures) == before

    chance, in_the_middle = random.Random(20), 0  # noqa: S311 - moments, not secrets
    for number in range(ROUNDS):
        with start(pictures) as process:
            if number % 5:  # most of the time of so small a run goes by before its first picture
                wait_for_the_journal(folders, process, chance.randint(1, whole))
                time.sleep(chance.uniform(0, span / whole))
            else:
                time.sleep(chance.uniform(0, span))
            process.send_signal(signal.SIGKILL)
            process.wait(60)
        found = {name: data for name, data in contents(pictures).items() if ".oimg-" not in name}
        assert found.keys() == old.keys()
        for name, data in found.items():
            assert data in (old[name], new[name]), f"round {number}: {name} is neither the original nor a result"
            with Image.open(pictures / name) as image:
                image.load()
        in_the_middle += 0 < sum(found[name] != old[name] for name in old) < len(old)

        Keeper(Settings(), folders).recover()  # what every start does first
        assert unfinished(pictures, own_home) == []
        check_data_folder(folders)
        assert len({(pictures / name).stat().st_ino for name in ("0.png", "below/0 again.png")}) == 1
        if number % 2 == 0:  # every other round goes on where the last one was killed
            undo_all(folders)
            assert fingerprints(pictures) == before
    assert in_the_middle >= 6

    done = run_oimg("optimize", pictures, "--in-place")
    assert done.code == 0, done.err
    while "nothing to undo" not in done.err:
        done = run_oimg("undo")
        assert done.code == 0, done.err + done.out
    assert fingerprints(pictures) == before
    assert unfinished(pictures, own_home) == []
    assert not [path for path in folders.root.rglob("*") if path.is_file() and path.name not in ("lock", "results.key")]
