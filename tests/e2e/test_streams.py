"""Streams and locales: readers that go, terminals, odd names in a plain-ASCII world."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from process_help import command, contents, environment, run_oimg
from work_help import flat, photo

ODD_NAMES = [
    b"new\nline.png",
    b"-dash.png",
    b"--json.png",
    b"not\xffutf8.png",
    b"esc\x1b[31m.png",
    b"percent %s {} $HOME `id`.png",
    "é语😀.png".encode(),
    "e\u0301.png".encode(),
    b"n" * 251 + b".png",
]
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    data = flat(tmp_path / "one.png").read_bytes()
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ODD_NAMES:
        (folder / os.fsdecode(name)).write_bytes(data)
    return folder


@pytest.mark.parametrize("locale", [PLAIN, {"LC_ALL": "C.UTF-8"}], ids=["ascii", "utf-8"])
def test_odd_names_survive_any_locale(odd: Path, tmp_path: Path, locale: dict[str, str]) -> None:
    done = run_oimg(odd, "-o", tmp_path / "out", "--json", env=locale)
    assert (done.code, done.err) == (0, "")
    assert done.out.isascii()
    assert {os.fsencode(path.name) for path in (tmp_path / "out").iterdir()} == set(ODD_NAMES)
    if "PYTHONUTF8" not in locale:  # the names come back from the JSON byte for byte
        assert {os.fsencode(Path(name).name) for name in done.files} == set(ODD_NAMES)


@pytest.mark.parametrize("locale", [PLAIN, {"LC_ALL": "C.UTF-8"}], ids=["ascii", "utf-8"])
def test_the_table_shows_odd_names_and_sends_no_control_characters(
    odd: Path, tmp_path: Path, locale: dict[str, str]
) -> None:
    done = run_oimg(odd, "-o", tmp_path / "out", "-v", env=locale)
    assert (done.code, done.err) == (0, "")
    assert all(line.isprintable() for line in done.out.splitlines())
    assert "esc\\x1b[31m.png" in done.out
    gone = run_oimg(odd / "gone\x1b]0;title\x07.png", "--quiet", env=locale)
    assert gone.code == 1
    assert "\x1b" not in gone.err


def test_a_name_that_begins_with_a_dash_can_be_given(odd: Path) -> None:
    done = run_oimg("-n", "--json", "--", "-dash.png", "--json.png", cwd=odd)
    assert [Path(event["source"]).name for event in done.events] == ["-dash.png", "--json.png"]


@pytest.mark.parametrize("arguments", [["optimize", "in", "-o", "out"], ["presets", "list"], ["doctor"], ["--help"]])
def test_a_reader_that_has_enough_ends_it_quietly(tmp_path: Path, arguments: list[str]) -> None:
    for number in range(4):
        photo(tmp_path / "in" / f"{number}.png", seed=number)
    program = subprocess.Popen(
        command(*arguments), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    assert program.wait(60) in {0, 130}
    assert program.stderr.read() == b""
    program.stderr.close()


@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
def test_streams_that_were_never_open(tmp_path: Path, closed: str) -> None:
    flat(tmp_path / "a.png")
    redirect = {"stdout": ">&-", "stderr": "2>&-", "both": ">&- 2>&-"}[closed]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirect}', "sh", *command("a.png", "-o", "out")],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]


def on_a_terminal(*arguments: str | Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Run the program with a terminal for all its streams; gives its exit code and what it showed."""
    parent, child = pty.openpty()
    program = subprocess.Popen(command(*arguments), env=environment(env), stdin=child, stdout=child, stderr=child)
    os.close(child)
    shown = b""
    try:
        while data := os.read(parent, 65536):
            shown += data
    except OSError:  # what Linux says when the last writer has gone
        pass
    os.close(parent)
    return program.wait(60), shown.decode()


def lines_of(shown: str) -> list[str]:
    """Give the lines that stay on the terminal: what is left of each after the bar was wiped."""
    return [line.rpartition("\r\033[K")[2] for line in shown.rstrip().split("\r\n")]


@pytest.fixture(scope="module")
def slow_enough(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slow") / "in"
    for number in range(6):
        photo(folder / f"{number}.png", (200, 150), seed=number)
    return folder


def test_progress_and_colours_on_a_terminal(slow_enough: Path, tmp_path: Path) -> None:
    code, shown = on_a_terminal(slow_enough, "-o", tmp_path / "out", "-j", "1", "-f", "avif")
    assert code == 0
    assert "\r\033[K" in shown
    assert "/6" in shown
    assert "\033[32m✓" in shown
    assert lines_of(shown)[-1].startswith("6 optimized")


def test_no_colour_where_it_is_not_wanted(slow_enough: Path, tmp_path: Path) -> None:
    code, shown = on_a_terminal(slow_enough, "-o", tmp_path / "out", "--quiet")
    assert (code, shown) == (0, "")
    code, shown = on_a_terminal(slow_enough, "-o", tmp_path / "out2", env={"NO_COLOR": "1"})
    assert code == 0
    assert "\033[32m" not in shown
    assert "✓" in shown


def test_json_on_a_terminal_stays_json(slow_enough: Path, tmp_path: Path) -> None:
    code, shown = on_a_terminal(slow_enough, "-o", tmp_path / "out", "--json")
    lines = lines_of(shown)
    assert code == 0
    assert sum(line.startswith('{"event": "file"') for line in lines) == 6
    assert lines[-1].startswith('{"event": "summary"')


def test_ctrl_c_on_a_terminal(slow_enough: Path, tmp_path: Path) -> None:
    """The terminal sends the signal to the program and its codec children alike."""
    parent, child = pty.openpty()
    arguments = command(slow_enough, "-o", tmp_path / "out", "-j", "1", "--lossless", "--effort", "10")
    program = subprocess.Popen(
        arguments, env=environment(), stdin=child, stdout=child, stderr=child, start_new_session=True
    )
    os.close(child)
    shown = b""
    while b"\xe2\x9c\x93" not in shown:  # the first file is done
        shown += os.read(parent, 4096)
    began = time.monotonic()
    os.killpg(program.pid, signal.SIGINT)
    try:
        while data := os.read(parent, 4096):
            shown += data
    except OSError:
        pass
    os.close(parent)
    code = program.wait(60)
    assert time.monotonic() - began < 4
    assert code in {0, 130}  # 0 where the last file was just done
    assert "stopped" in shown.decode() or len(contents(tmp_path / "out")) == 6
    assert b"Traceback" not in shown
