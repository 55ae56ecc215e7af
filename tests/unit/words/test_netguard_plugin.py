"""The pytest plugin fails the tests it has to fail, and no other: whole runs of pytest inside of pytest."""

import os
import platform
import sys
from pathlib import Path

import pytest

from oimg.words import netguard
from oimg.words.netguard import kernel

pytest_plugins = ["pytester"]

SOURCES = Path(netguard.__file__).parents[3]
PLUGINS = Path(__file__).parents[2]

on_linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in kernel._MACHINES,
    reason="the kernel filter exists on Linux for x86_64 and aarch64",
)


@pytest.fixture
def inner(pytester, monkeypatch):
    """Run pytest with the plugin over the given source; options are added to the command."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(SOURCES), str(PLUGINS)]))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    pytester.makeini("[pytest]\nmarkers = expects_refusal")

    def run(source, *options, plugins=("oimg_guard",)):
        pytester.makepyfile(source)
        loaded = [part for plugin in plugins for part in ("-p", plugin)]
        return pytester.runpytest_subprocess(*loaded, "-p", "no:cacheprovider", "-rA", "-q", *options, timeout=120)

    return run


IN_PYTHON = """
    import socket
    import pytest

    def test_open():
        socket.socket(socket.AF_INET)

    def test_c_type():
        import _socket
        _socket.socket()

    def test_look_up():
        socket.getaddrinfo("localhost", 80)

    def test_swallowed():
        try:
            socket.create_connection(("127.0.0.1", 9))
        except Exception:
            pass

    def test_skipped():
        try:
            socket.socket(socket.AF_INET6)
        except Exception:
            pytest.skip("no network")

    @pytest.mark.xfail
    def test_xfailed():
        socket.socket(socket.AF_INET)

    def test_in_a_thread():
        import threading
        def attempt():
            try:
                socket.socket(socket.AF_INET)
            except Exception:
                pass
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()

    @pytest.mark.expects_refusal
    def test_allowed():
        with pytest.raises(RuntimeError):
            socket.socket(socket.AF_INET)

    def test_clean():
        for end in socket.socketpair():
            end.close()
"""


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_an_attempt_in_python_fails_the_test(inner, options):
    result = inner(IN_PYTHON, *options)
    result.assert_outcomes(failed=7, passed=2)
    result.stdout.fnmatch_lines_random(["PASSED *test_allowed", "PASSED *test_clean"])
    result.stdout.fnmatch_lines(["*guard refused what this test tried: socket.getaddrinfo*"])


@on_linux
def test_an_attempt_around_python_fails_the_test(inner):
    pytest.importorskip("PySide6.QtCore")
    result = inner("""
        import ctypes, subprocess, sys

        def test_ctypes():
            assert ctypes.CDLL(None).socket(2, 1, 0) >= 0

        def test_child():
            subprocess.run([sys.executable, "-c", "import socket; socket.socket()"], check=True)

        def test_qt():
            from PySide6.QtNetwork import QTcpServer
            assert QTcpServer().listen()

        def test_clean():
            subprocess.run([sys.executable, "-c", "pass"], check=True)
    """)
    result.assert_outcomes(failed=3, passed=1)


def test_fixtures_and_imports_are_watched(inner, pytester):
    pytester.makepyfile(
        test_import="""
            import socket
            try:
                socket.socket(socket.AF_INET)
            except Exception:
                pass
        """
    )
    result = inner(
        """
        import socket, pytest

        def attempt():
            try:
                socket.socket(socket.AF_INET)
            except Exception:
                pass

        @pytest.fixture
        def early():
            attempt()

        @pytest.fixture
        def late():
            yield
            attempt()

        def test_early(early): pass
        def test_late(late): pass
        """,
        "--continue-on-collection-errors",
    )
    result.assert_outcomes(errors=3, passed=1)
    result.stdout.fnmatch_lines(["*tried the network while it was collected: socket.__new__*"])


def test_a_thread_left_running_fails_the_test(inner):
    result = inner("""
        import threading, time, pytest

        def until_the_end():
            while threading.main_thread().is_alive():
                time.sleep(0.01)

        def test_leak():
            threading.Thread(target=until_the_end, name="the-lost-one").start()

        def test_after_it(): pass

        def test_daemon():
            threading.Thread(target=until_the_end, daemon=True).start()

        def test_slow_to_end():
            threading.Timer(0.5, print).start()

        @pytest.fixture(scope="module")
        def wide():
            thread = threading.Thread(target=until_the_end)
            thread.start()

        @pytest.fixture
        def narrow():
            go = threading.Event()
            thread = threading.Thread(target=go.wait)
            thread.start()
            yield
            go.set()
            thread.join()

        def test_fixtures(wide, narrow): pass
    """)
    result.assert_outcomes(passed=5, errors=1)
    result.stdout.fnmatch_lines(["*left the running thread 'the-lost-one' (not a daemon) behind*"])
    result.stdout.fnmatch_lines(["ERROR *::test_leak*"])


@on_linux
def test_a_child_left_behind_fails_the_test_and_is_ended(inner):
    result = inner("""
        import pathlib, subprocess, sys
        kept = []

        def test_leak():
            kept.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))

        def test_after_it():
            assert kept[0].wait(10) == -9

        def test_waited():
            child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
            child.communicate(b"x")

        def test_ends_by_itself():
            kept.append(subprocess.Popen([sys.executable, "-c", "pass"]))
    """)
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*left the child process * (*time.sleep(60)) behind*"])
    result.stdout.fnmatch_lines(["ERROR *::test_leak*"])


def test_a_failure_keeps_its_own_message(inner):
    result = inner("""
        import socket

        def test_both():
            try:
                socket.socket(socket.AF_INET)
            except Exception:
                assert "this" == "that"
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 'this' == 'that'*", "*guard refused what this test tried*"])


def test_the_header_tells_what_guards_the_run(inner):
    result = inner("def test_clean(): pass", "-v")
    result.stdout.fnmatch_lines(["audit hook: armed (*)", "kernel filter: *"])


def test_a_run_that_nothing_guards_does_not_start(inner, pytester):
    pytester.makepyfile(
        veto="""
            import sys
            def veto(event, _):
                if event == "sys.addaudithook":
                    raise RuntimeError
            sys.addaudithook(veto)
        """
    )
    result = inner("def test_clean(): pass", plugins=("veto", "oimg_guard"))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*the network guard could not be armed*"])
