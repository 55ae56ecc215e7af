"""Real disks that fail under the real program: the original stays, the exit code says it, the next start is clean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from process_help import Done, fingerprints, run_oimg, unfinished, unmeasured
from work_help import flat, photo

resource = pytest.importorskip("resource", reason="NOT TESTED: this system has no limits on file sizes")
MOUNTS = "NOT TESTED on a full disk: this user may not mount one"


def limited(folder: Path, most: int) -> Done:
    """Optimize in place where no file may grow beyond some bytes (setrlimit(2)), as under a quota."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    done = subprocess.run(
        [sys.executable, "-m", "oimg", "optimize", folder, "--in-place", "--json"],
        env={**unmeasured(), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=limit,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def codes(done: Done) -> dict[str, str | None]:
    return {Path(name).name: event["code"] for name, event in done.files.items()}


def test_a_limit_on_file_sizes_that_the_backup_does_not_fit_in(tmp_path: Path, own_home: Path) -> None:
    flat(tmp_path / "small.png", (20, 20))  # 1.3 kB, its backup fits
    flat(tmp_path / "large.png", (400, 200))  # 240 kB, its backup does not
    before = fingerprints(tmp_path)
    done = limited(tmp_path, 64_000)
    assert done.code == 1
    assert codes(done) == {"small.png": None, "large.png": "backup-failed"}
    assert fingerprints(tmp_path)["large.png"] == before["large.png"]
    assert unfinished(tmp_path, own_home) == []
    assert run_oimg("undo").code == 0
    assert fingerprints(tmp_path) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A disk of 512 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip(MOUNTS)
    return folder


@pytest.fixture
def unmounted(small_disk: Path) -> Iterator[Path]:
    yield small_disk
    subprocess.run(["umount", small_disk], check=True)


def fill(folder: Path, left: int) -> Path:
    """Fill a disk until there are only some bytes left."""
    facts = os.statvfs(folder)
    filler = folder / "filler.bin"
    filler.write_bytes(bytes(facts.f_bavail * facts.f_frsize - left))
    return filler


def test_a_full_disk_under_the_pictures(unmounted: Path, own_home: Path) -> None:
    photo(unmounted / "a.jpg", (400, 300), quality=97)
    filler = fill(unmounted, 0)
    before = fingerprints(unmounted)
    done = run_oimg("optimize", unmounted, "--in-place", "--json")
    assert done.code == 1
    assert codes(done)["a.jpg"] == "disk-full"
    assert fingerprints(unmounted) == before
    filler.unlink()
    assert run_oimg("optimize", unmounted, "--in-place").code == 0
    assert fingerprints(unmounted)["a.jpg"] != before["a.jpg"]
    assert run_oimg("undo").code == 0
    assert fingerprints(unmounted) == {"a.jpg": before["a.jpg"]}
    assert unfinished(unmounted, own_home) == []


def test_a_full_disk_under_the_backup(unmounted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    photo(folder / "a.jpg", (400, 300), quality=97)
    before = fingerprints(folder)
    filler = fill(unmounted, 24_576)  # room for the journal
    home = {"XDG_DATA_HOME": str(unmounted)}
    done = run_oimg("optimize", folder, "--in-place", "--json", env=home)
    assert done.code == 1
    assert codes(done) == {"a.jpg": "backup-failed"}
    assert fingerprints(folder) == before
    assert unfinished(folder, unmounted) == []
    filler.unlink()
    done = run_oimg("undo", "--json", env=home)
    assert json.loads(done.out)["files"] == 0


def test_a_disk_that_may_not_be_written_under_the_backup(unmounted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    flat(folder / "a.png")
    before = fingerprints(folder)
    subprocess.run(["mount", "-o", "remount,ro", unmounted], check=True)
    done = run_oimg("optimize", folder, "--in-place", "--json", env={"XDG_DATA_HOME": str(unmounted)})
    assert done.code == 1
    assert codes(done) == {"a.png": "backup-failed"}
    assert fingerprints(folder) == before


def test_a_disk_that_may_not_be_written_under_the_pictures(unmounted: Path) -> None:
    flat(unmounted / "a.png")
    before = fingerprints(unmounted)
    subprocess.run(["mount", "-o", "remount,ro", unmounted], check=True)
    done = run_oimg("optimize", unmounted, "--in-place", "--json")
    assert fingerprints(unmounted) == before
    assert codes(done) == {"a.png": "write-protected"}
