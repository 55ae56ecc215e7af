"""Starting quickly and talking to nobody."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oimg import __version__
from process_help import command, environment, run_oimg, unmeasured
from work_help import flat, photo


def seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run(arguments, env=unmeasured(), capture_output=True, check=True)
    return time.perf_counter() - began


def test_the_version_costs_at_most_8_bare_starts() -> None:
    bare, version = [], []
    for _ in range(9):  # by turns, so that both see the same machine
        bare.append(seconds(sys.executable, "-S", "-E", "-c", ""))
        version.append(seconds(*command("--version")))
    assert statistics.median(version) <= 8 * statistics.median(bare)


def test_the_version_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command("--version")[1:]],
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"oimg {__version__}\n"
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "oimg" in loaded
    assert loaded.isdisjoint({"numpy", "PIL", "argparse", "json", "pillow_heif", "piexif", "PySide6", "socket"})


def loaded_by(*arguments: str | Path, code: int = 0) -> set[str]:
    """The modules that a run has loaded at its end. `-X importtime` tells less: standard error is closed to it."""
    program = (
        "import sys\nfrom oimg.faces.cli.main import main\ntry:\n    code = main(sys.argv[1:])\n"
        "except SystemExit as left:\n    code = left.code\nprint(*sys.modules)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "oimg.faces.cli.commands" in loaded
    return loaded


def test_usage_errors_load_no_codec() -> None:
    loaded = loaded_by("optimize", "--nonsense", code=2)
    assert loaded.isdisjoint({"numpy", "PIL", "pillow_heif", "pillow_jxl"})


def test_a_run_in_which_all_was_done_before_loads_no_codec(tmp_path: Path) -> None:
    pictures = [flat(tmp_path / "in" / "a.png"), photo(tmp_path / "in" / "b.jpg", (64, 48), quality=97)]
    into = ("optimize", tmp_path / "in", "-o", tmp_path / "out", "--json")
    heavy = {"numpy", "PIL", "oimg.engine.codecs.base", "oimg.engine.transform", "oimg.engine.metrics"}
    time.sleep(3.1)  # what was written within three seconds is read and looked at once more
    assert heavy - {"oimg.engine.metrics"} <= loaded_by(*into)
    time.sleep(3.1)
    assert heavy <= loaded_by(*into, "--target", "81")  # asked anew, so worked on
    loaded = loaded_by(*into)
    assert {each for each in loaded if each.partition(".")[0] in ("numpy", "PIL", "pillow_heif", "pillow_jxl")} == set()
    assert loaded.isdisjoint(heavy)
    pictures[0].write_bytes(pictures[1].read_bytes())
    assert heavy - {"oimg.engine.metrics"} <= loaded_by(*into)


def test_no_network_call_ever(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("NOT TESTED against the kernel: strace is not installed")
    for name in ("a.png", "b.jpg", "c.webp"):
        photo(tmp_path / "in" / name)
    log = tmp_path / "calls"
    tracing = [strace, "-f", "-qq", "-e", "trace=%network", "-o", str(log)]
    program = command("optimize", tmp_path / "in", "-o", tmp_path / "out", "-f", "auto", "--json")
    trying = "import contextlib, socket\nwith contextlib.suppress(OSError): socket.socket()"
    probe = subprocess.run([*tracing, sys.executable, "-c", trying], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip(f"NOT TESTED against the kernel: strace may not trace here ({probe.stderr.decode().strip()})")
    assert "AF_INET" in log.read_text()  # a try would be seen
    done = subprocess.run(
        [*tracing, *program], env=environment(), capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 3
    # The guard tries itself out: a refused socket (EAFNOSUPPORT) is what it looks for.
    made = [line for line in log.read_text().splitlines() if re.search(r"AF_INET|AF_PACKET|AF_NETLINK", line)]
    assert [line for line in made if "EAFNOSUPPORT" not in line and "EPERM" not in line] == []


def test_a_bundled_program_is_its_own_codec_process() -> None:
    done = run_oimg("--codec-child", data=b'{"call": "none", "options": {}, "bytes": 0}\n')
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out.splitlines()[0])["ok"] is False  # there is no such call
    assert run_oimg("--codec-child").code == 0


def test_works_without_a_home_that_can_be_written(tmp_path: Path) -> None:
    picture = flat(tmp_path / "a.png")
    done = run_oimg(picture, "-o", tmp_path / "out", env={"HOME": "/proc/none", "XDG_CONFIG_HOME": "/proc/none/config"})
    assert (done.code, done.err) == (0, "")
