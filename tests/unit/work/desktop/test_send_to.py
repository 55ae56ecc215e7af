"""Thunar's Send To, as GLib reads and starts it, which is what Thunar does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from menu_entries import BAD_NAME, NAMES, made, recorder
from oimg.words.file_types import ALL_MEDIA_TYPES
from oimg.work.desktop import key_files

SYSTEM_PYTHON = "/usr/bin/python3"
START = """\
import json, os, sys
from gi.repository import Gio
entry = Gio.DesktopAppInfo.new_from_filename(sys.argv[1])
files = [Gio.File.new_for_path(os.fsdecode(bytes.fromhex(each))) for each in json.load(sys.stdin)]
entry.launch(files, None)
print(json.dumps([entry.get_name(), entry.get_supported_types()]))
"""


def launched(file: Path, names: tuple[str, ...], language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SYSTEM_PYTHON, "-c", START, file],
        input=json.dumps([os.fsencode(name).hex() for name in names]),
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "", "LANGUAGE": language},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(autouse=True)
def _gio() -> None:
    probe = [SYSTEM_PYTHON, "-c", "from gi.repository import Gio; Gio.DesktopAppInfo"]
    if shutil.which(SYSTEM_PYTHON) is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED with GLib: python3-gi is missing")


def test_glib_starts_the_program_with_every_name(tmp_path: Path) -> None:
    program, log = recorder(tmp_path / "bin", BAD_NAME.replace("%", ""))
    file = tmp_path / "oimg.desktop"
    file.write_text(key_files.send_to(made(str(program))[0]), encoding="utf-8")
    done = launched(file, NAMES)
    assert done.returncode == 0, done.stderr
    name, types = json.loads(done.stdout)
    assert name == "Optimize with OIMG"
    assert set(types) == {*ALL_MEDIA_TYPES, "inode/directory"}
    expected = [b"--quick", *map(os.fsencode, NAMES)]
    deadline = time.monotonic() + 60
    while not log.exists() or log.read_bytes().split(b"\0")[:-1] != expected:
        assert time.monotonic() < deadline, log.read_bytes() if log.exists() else "nothing was started"
        time.sleep(0.1)


def test_there_is_no_target_whose_program_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "oimg.desktop"
    file.write_text(key_files.send_to(made(str(tmp_path / "gone"))[0]), encoding="utf-8")
    assert "returned NULL" in launched(file, ()).stderr
