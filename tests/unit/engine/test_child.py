"""The child process: reused, replaced when it dies, gone when it should be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from oimg.engine import child
from oimg.engine.child import Child, call, close_all
from oimg.engine.child.__main__ import oxipng, serve
from oimg.engine.codecs import png
from oimg.words.errors import Cancelled, ErrorCode, OimgError

LEVEL = {"level": 0}


def tiny(side: int = 8) -> bytes:
    return png.assemble(np.zeros((side, side, 3), np.uint8))


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """Every test starts and ends without children."""
    close_all()
    yield
    close_all()


def mine() -> Child:
    call("oxipng", LEVEL, tiny())
    return child._children.of_this_thread()


def pid_of(one: Child) -> int:
    return one._process.pid


def is_gone(pid: int) -> bool:
    """Ended, and its exit code taken: not even a zombie is left."""
    return not Path(f"/proc/{pid}").exists() if sys.platform == "linux" else True


def test_an_answer_and_the_same_child_again() -> None:
    once, twice = (call("oxipng", LEVEL, tiny()) for _ in range(2))
    assert once == twice == oxipng(tiny(), LEVEL)
    assert pid_of(mine()) == pid_of(mine())


def test_a_large_payload() -> None:
    noise = np.frombuffer(os.urandom(3_000_000), np.uint8).reshape(1000, 1000, 3)
    packed = call("oxipng", LEVEL, png.assemble(noise))
    assert len(packed) > 2_900_000


@pytest.mark.parametrize("payload", [b"", b"no png", tiny()[:40], b"\0" * 10_000])
def test_what_the_library_refuses_is_told_and_the_child_lives(payload: bytes) -> None:
    before = pid_of(mine())
    with pytest.raises(OimgError) as caught:
        call("oxipng", LEVEL, payload)
    assert caught.value.code is ErrorCode.ENCODE
    assert caught.value.detail.startswith("oxipng: ")
    assert pid_of(mine()) == before


def test_unknown_calls_and_options_are_errors() -> None:
    for name, options in (("rm", LEVEL), ("oxipng", {}), ("oxipng", {"level": "x"})):
        with pytest.raises(OimgError) as caught:
            call(name, options, tiny())
        assert caught.value.code is ErrorCode.ENCODE


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_child_that_dies_between_calls_is_replaced(how: signal.Signals) -> None:
    first = mine()
    os.kill(pid_of(first), how)
    first._process.wait(5)
    assert call("oxipng", LEVEL, tiny())
    assert pid_of(mine()) != pid_of(first)
    assert is_gone(pid_of(first))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_child_that_dies_in_a_call_is_told_and_replaced() -> None:
    victim = mine()
    heavy = png.assemble(np.frombuffer(os.urandom(1_500_000), np.uint8).reshape(500, 1000, 3))
    killer = threading.Timer(0.15, os.kill, (pid_of(victim), signal.SIGKILL))
    killer.start()
    with pytest.raises(OimgError) as caught:
        call("oxipng", {"level": 6}, heavy)
    killer.join()
    assert caught.value.code is ErrorCode.CODEC_CRASHED
    assert is_gone(pid_of(victim))
    assert call("oxipng", LEVEL, tiny())


def test_a_call_that_takes_too_long_is_ended() -> None:
    slow = mine()
    heavy = png.assemble(np.frombuffer(os.urandom(1_500_000), np.uint8).reshape(500, 1000, 3))
    started = time.perf_counter()
    with pytest.raises(OimgError) as caught:
        slow.call("oxipng", {"level": 6}, heavy, seconds=0.3)
    assert caught.value.code is ErrorCode.CODEC_CRASHED
    assert time.perf_counter() - started < 3
    assert not slow.alive
    assert is_gone(pid_of(slow))


@pytest.mark.parametrize(
    "says",
    ["print('what is this')", "print('{}')", "print('[1]')", "import sys; sys.exit(0)", "print('{\"ok\": true}')"],
)
def test_garbage_for_an_answer(monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    monkeypatch.setattr(child, "_command", lambda: [sys.executable, "-c", says])
    with pytest.raises(OimgError) as caught:
        call("oxipng", LEVEL, tiny())
    assert caught.value.code is ErrorCode.CODEC_CRASHED
    monkeypatch.undo()
    assert call("oxipng", LEVEL, tiny())


def test_an_answer_shorter_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    short = 'import sys; sys.stdin.readline(); print(\'{"ok": true, "bytes": 100}\'); print("abc")'
    monkeypatch.setattr(child, "_command", lambda: [sys.executable, "-c", short])
    with pytest.raises(OimgError) as caught:
        call("oxipng", LEVEL, tiny())
    assert caught.value.code is ErrorCode.CODEC_CRASHED


def test_two_threads_have_two_children() -> None:
    meet = threading.Barrier(2)

    def work() -> int:
        pid = pid_of(mine())
        meet.wait(10)
        return pid

    with ThreadPoolExecutor(2) as pool:
        pids = [future.result() for future in [pool.submit(work), pool.submit(work)]]
    assert len(set(pids)) == 2
    close_all()
    assert all(is_gone(pid) for pid in pids)


def test_close_all_and_start_again() -> None:
    first = pid_of(mine())
    close_all()
    assert is_gone(first)
    assert pid_of(mine()) != first


def test_closed_for_good_means_cancelled() -> None:
    mine()
    close_all(for_good=True)
    with pytest.raises(Cancelled):
        call("oxipng", LEVEL, tiny())
    close_all()
    assert call("oxipng", LEVEL, tiny())


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
def test_no_descriptor_leaks() -> None:
    mine()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        close_all()
        mine()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_the_child_goes_with_its_parent() -> None:
    script = (
        "import os, sys\nfrom oimg.engine import child\nfrom oimg.engine.codecs import png\nimport numpy as np\n"
        "child.call('oxipng', {'level': 0}, png.assemble(np.zeros((2, 2, 3), np.uint8)))\n"
        "print(child._children.of_this_thread()._process.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
    pid = int(ran.stdout)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state in "ZX":  # ended; whoever inherited it has not asked yet
            return
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


def test_the_servers_loop() -> None:
    from io import BytesIO

    request = b'{"call": "oxipng", "options": {"level": 0}, "bytes": %d}\n' % len(tiny()) + tiny()
    answers = BytesIO()
    serve(BytesIO(request + b'{"call": "what", "options": {}, "bytes": 0}\n'), answers)
    lines = answers.getvalue().split(b"\n", 1)
    assert b'"ok": true' in lines[0]
    assert lines[1].startswith(b"\x89PNG")
    assert b'"ok": false' in lines[1]
    assert b"KeyError" in lines[1]
    cut = BytesIO()
    serve(BytesIO(request[:-5]), cut)
    assert cut.getvalue() == b""


def test_sixteen_bits_are_laid_bare() -> None:
    deep = np.arange(64, dtype=np.uint16).reshape(8, 8, 1) * 1000
    plain = call("oxipng", {"unfilter": True}, png.assemble(deep))
    assert plain[24:26] == b"\x10\x00"  # bit depth 16, gray


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the bundle's program")
@pytest.mark.parametrize("started", ["oimg", "oimg-gui"])
def test_in_a_bundle_the_child_is_the_program_for_terminals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: str
) -> None:
    program = tmp_path / "oimg"
    program.write_text(
        f'#!/bin/sh\necho "$@" > "{tmp_path}/asked"\nexec "{sys.executable}" -m oimg.faces.cli.main "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / started))
    assert call("oxipng", LEVEL, tiny()) == oxipng(tiny(), LEVEL)
    assert (tmp_path / "asked").read_text() == "--codec-child\n"
