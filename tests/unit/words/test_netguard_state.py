"""Arming the network guard: once, for every thread, without weight; and telling how it stands."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oimg.words import netguard
from oimg.words.netguard import audit, kernel

SOURCES = str(Path(netguard.__file__).parents[3])
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel filter exists on Linux")


def told(code: str, *options: str) -> str:
    """What an interpreter without the audit hook printed; it must end well and in silence."""
    environment = os.environ | {"PYTHONPATH": SOURCES, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


def filters(thread: str = "self") -> int:
    """How many filters the kernel runs for a thread; -1 before Linux 5.9."""
    lines = Path(f"/proc/{thread}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Seccomp_filters:")), -1)


def test_this_process_is_guarded():
    layers = {layer.name: layer for layer in netguard.state()}
    assert list(layers) == ["audit hook", "kernel filter", "Qt network library"]
    assert layers["audit hook"].armed, layers
    assert layers["kernel filter"].armed is (kernel._machine() is not None), layers
    # Looking leaves no trace that a test would be failed for.
    assert netguard.refusals() == ()


def test_a_layer_unpacks():
    layer = netguard.Layer("name", True, "detail")
    assert (*layer,) == ("name", True, "detail") == (layer.name, layer.armed, layer.detail)


def test_state_is_live_and_not_remembered():
    code = (
        "from oimg.words import netguard as n\nprint(n.state()[0].armed); n.arm(); n.arm(); print(n.state()[0].armed)"
    )
    assert told(code).split() == ["False", "True"]


def test_a_hook_that_was_not_taken_is_not_claimed():
    # An earlier hook may veto later ones, and CPython then drops ours in silence (PEP 578).
    code = (
        "import sys\n"
        "def veto(event, _):\n"
        "    if event == 'sys.addaudithook': raise RuntimeError\n"
        "sys.addaudithook(veto)\n"
        "from oimg.words import netguard as n\n"
        "n.arm(); print(n.state()[0].armed)"
    )
    assert told(code) == "False"


@on_linux
def test_arming_again_changes_nothing(monkeypatch):
    added = []
    monkeypatch.setattr(sys, "addaudithook", added.append)
    before = filters()
    netguard.arm()
    assert (added, filters()) == ([], before)
    monkeypatch.setattr(audit, "_added", False)
    audit.arm()
    audit.arm()
    assert len(added) == 1


@on_linux
@pytest.mark.skipif(filters() < 0, reason="this kernel does not count filters")
def test_threads_that_run_already_get_the_filter():
    # The child has our filter already, so count: its own must reach every thread, and only once.
    code = (
        "import os, threading\n"
        "from oimg.words import netguard as n\n"
        "def counts():\n"
        "    for t in os.listdir('/proc/self/task'):\n"
        "        with open(f'/proc/self/task/{t}/status') as s:\n"
        "            yield next(int(l.split()[1]) for l in s if l.startswith('Seccomp_filters'))\n"
        "go = threading.Event(); t = threading.Thread(target=go.wait); t.start()\n"
        "before = list(counts()); n.arm(); n.arm(); after = list(counts())\n"
        "print(len(after), {b - a for a, b in zip(before, after)}); go.set(); t.join()"
    )
    assert told(code) == "2 {1}"


@on_linux
def test_the_kernel_layer_claims_only_what_it_sees(monkeypatch):
    for answers, modes in [((0, 97), ["2"]), ((97, 0), ["2"]), ((97, 97), ["2", "0"]), ((97, 97), [])]:
        given = dict(zip((kernel._AF_INET, kernel._AF_INET6), answers, strict=True))
        monkeypatch.setattr(kernel, "_try_socket", given.__getitem__)
        monkeypatch.setattr(kernel, "_thread_modes", lambda modes=modes: modes)
        armed, detail = kernel.state()
        assert not armed, detail
    assert kernel.state() == (False, "socket(AF_INET): EAFNOSUPPORT, filter on 0 of 0 threads")


@on_linux
def test_a_thread_that_ends_meanwhile_is_not_counted(monkeypatch):
    monkeypatch.setattr(kernel.os, "listdir", lambda _: ["no-such-thread"])
    assert kernel._thread_modes() == []


@on_linux
def test_a_granted_socket_is_seen_and_closed(monkeypatch):
    number = os.open(os.devnull, os.O_RDONLY)
    monkeypatch.setattr(kernel, "_call", lambda *_: number)
    assert kernel._try_socket(2) == 0
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.close(number)


@on_linux
def test_a_kernel_that_cannot_be_asked_is_not_claimed(monkeypatch):
    def broken(*_):
        raise ImportError("no ctypes")

    monkeypatch.setattr(kernel, "_call", broken)
    assert kernel.state() == (False, "cannot be checked: no ctypes")
    monkeypatch.setattr(kernel, "_installed", False)
    assert kernel.arm() is False


@on_linux
@pytest.mark.parametrize("answers", [{"prctl": -errno.EINVAL}, {"prctl": 0, "syscall": -errno.EACCES}])
def test_a_kernel_that_says_no_is_no_error(monkeypatch, answers):
    monkeypatch.setattr(kernel, "_call", lambda name, *_: answers[name])
    monkeypatch.setattr(kernel, "_installed", False)
    assert kernel.arm() is False


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_have_no_kernel_layer(monkeypatch, system):
    monkeypatch.setattr(kernel, "_installed", False)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", system)
        found = kernel.state(), kernel.arm(), netguard._qt_network()
    assert found == ((False, f"not available on {system}"), False, (True, "PySide6.QtNetwork is not loaded"))


@on_linux
def test_other_machines_have_no_kernel_layer(monkeypatch):
    monkeypatch.setattr(kernel, "_installed", False)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "maxsize", 2**31 - 1)
        assert kernel.arm() is False


def test_the_qt_network_library_is_noticed():
    pytest.importorskip("PySide6.QtCore")
    code = (
        "from oimg.words import netguard as n; import PySide6.QtCore\n"
        "print(n.state()[2].armed); import PySide6.QtNetwork; print(n.state()[2].armed)\n"
        "import sys; del sys.modules['PySide6.QtNetwork']; print(n.state()[2].armed)"
    )
    # Linux sees the library itself; elsewhere only the module can be seen.
    assert told(code).split() == ["True", "False", "False" if sys.platform == "linux" else "True"]


@on_linux
def test_without_proc_only_the_qt_module_is_looked_at(monkeypatch):
    def no_proc(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", no_proc)
    assert netguard._qt_network() == (True, "PySide6.QtNetwork is not loaded")


def test_the_guard_is_light():
    # -I -S: what the site module of this environment loads does not count.
    code = f"import sys; sys.path.insert(0, {SOURCES!r}); import oimg.words.netguard; print(*sys.modules)"
    loaded = set(told(code, "-I", "-S").split())
    heavy = {"collections", "ctypes", "dataclasses", "enum", "functools", "pathlib", "re", "struct", "typing"}
    assert not loaded & (heavy | {"_socket", "http", "socket", "ssl", "urllib"})


def test_the_hook_still_works_when_the_interpreter_ends():
    # Finalizers that run when the globals of the guard's modules are gone still raise audit events.
    code = (
        "import os, sys; from oimg.words import netguard; netguard.arm()\n"
        "class Late:\n"
        "    def __del__(self, os=(os.open, os.devnull, os.write), audit=sys.audit, kind=type):\n"
        "        os[0](os[1], 0)\n"
        "        try: audit('socket.getaddrinfo', 'localhost', 80, 0, 0, 0)\n"
        "        except RuntimeError as e: os[2](1, kind(e).__name__.encode())\n"
        "os.late, os.keep = Late(), netguard.audit"
    )
    assert told(code) == "NetworkRefused"
