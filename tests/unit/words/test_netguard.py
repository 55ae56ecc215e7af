"""The network guard bites in every way we know to open a socket, and says truly whether it does."""

import _socket
import ctypes
import errno
import ftplib
import http.client  # noqa: TID251
import imaplib
import os
import platform
import poplib
import shutil
import smtplib
import socket  # noqa: TID251 - what is guarded against
import struct
import subprocess
import sys
import threading
import urllib.request  # noqa: TID251
import webbrowser
from pathlib import Path
from types import SimpleNamespace

import pytest

from oimg.words import netguard
from oimg.words.netguard import kernel

SOURCES = str(Path(netguard.__file__).parents[3])
# A kernel that should take the filter and did not is a failure of these tests, not a reason to skip them.
on_linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in kernel._MACHINES,
    reason="the kernel filter exists on Linux for x86_64 and aarch64",
)


def fresh(code: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run code in an interpreter without the audit hook; it inherits the kernel filter of this process."""
    environment = os.environ | {"PYTHONPATH": SOURCES, "QT_QPA_PLATFORM": "offscreen"} | more
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def told(code: str, *options: str) -> str:
    """What the code printed; it must end well and in silence."""
    done = fresh(code, *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


PYTHON_ATTEMPTS = {
    "AF_INET": (lambda: socket.socket(socket.AF_INET), "socket.__new__"),
    "AF_INET6": (lambda: socket.socket(socket.AF_INET6), "socket.__new__"),
    "UDP sendto": (
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
        "socket.__new__",
    ),
    "_socket": (lambda: _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM), "socket.__new__"),
    "_socket default": (_socket.socket, "socket.__new__"),
    "adopted number": (lambda: socket.socket(fileno=0), "socket.__new__"),
    "create_connection": (lambda: socket.create_connection(("127.0.0.1", 9)), "socket.getaddrinfo"),
    "getaddrinfo": (lambda: socket.getaddrinfo("localhost", 80), "socket.getaddrinfo"),
    "gethostbyname": (lambda: socket.gethostbyname("localhost"), "socket.gethostbyname"),
    "gethostbyaddr": (lambda: socket.gethostbyaddr("127.0.0.1"), "socket.gethostbyaddr"),
    "getnameinfo": (lambda: socket.getnameinfo(("127.0.0.1", 80), 0), "socket.getnameinfo"),
    "http": (lambda: http.client.HTTPConnection("127.0.0.1", 9).connect(), "http.client.connect"),
    "urllib": (lambda: urllib.request.urlopen("http://127.0.0.1:9/"), "urllib.Request"),
    "ftp": (lambda: ftplib.FTP("127.0.0.1"), "ftplib.connect"),  # noqa: S321
    "smtp": (lambda: smtplib.SMTP("127.0.0.1", 9), "smtplib.connect"),
    "pop": (lambda: poplib.POP3("127.0.0.1", 9), "poplib.connect"),
    "imap": (lambda: imaplib.IMAP4("127.0.0.1", 9), "imaplib.open"),
    "browser": (lambda: webbrowser.GenericBrowser("true").open("http://127.0.0.1:9/"), "webbrowser.open"),
}


@pytest.mark.expects_refusal
@pytest.mark.parametrize("way", PYTHON_ATTEMPTS)
def test_python_is_refused(way):
    attempt, event = PYTHON_ATTEMPTS[way]
    with pytest.raises(netguard.NetworkRefused, match=event):
        attempt()
    assert netguard.refusals() == (event,)


@pytest.mark.expects_refusal
@pytest.mark.parametrize("event", ["bind", "connect", "sendto", "sendmsg"])
def test_a_socket_that_was_open_before_arming_is_refused(event):
    opened_before = SimpleNamespace(family=socket.AF_INET)
    with pytest.raises(netguard.NetworkRefused):
        sys.audit(f"socket.{event}", opened_before, ("127.0.0.1", 9))


def test_refused_in_every_thread():
    caught = []

    def attempt():
        try:
            sys.audit("socket.getaddrinfo", "localhost", 80, 0, 0, 0)
        except netguard.NetworkRefused as refusal:
            caught.append(refusal)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert len(caught) == 1
    netguard.forget_refusals()
    assert netguard.refusals() == ()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no AF_UNIX in this Python")
def test_unix_sockets_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path may be only 107 bytes long
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("door")
        server.listen()
        client.connect("door")
    left, right = socket.socketpair()
    with left, right:
        left.sendmsg([b"x"])
        assert right.recv(1) == b"x"
    assert socket.gethostname()
    assert netguard.refusals() == ()


# AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_BLUETOOTH, AF_VSOCK, and one that does not exist yet
FAMILIES = [2, 10, 16, 17, 31, 40, 250]


@on_linux
@pytest.mark.parametrize("family", FAMILIES)
def test_libc_is_refused_by_the_kernel(family):
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.socket(family, 1, 0) == -1
    assert ctypes.get_errno() == errno.EAFNOSUPPORT
    pair = (ctypes.c_int * 2)()
    assert libc.socketpair(family, 1, 0, pair) == -1
    assert ctypes.get_errno() == errno.EAFNOSUPPORT


@on_linux
def test_raw_calls_are_refused_by_the_kernel():
    libc = ctypes.CDLL(None, use_errno=True)
    machine = kernel._MACHINES[platform.machine()]
    assert libc.syscall(machine.socket, 2, 1, 0) == -1
    assert ctypes.get_errno() == errno.EAFNOSUPPORT
    assert libc.syscall(machine.io_uring_setup, 4, ctypes.create_string_buffer(120)) == -1
    assert ctypes.get_errno() == errno.ENOSYS
    assert libc.syscall(kernel._X32_BIT | machine.socket, 2, 1, 0) == -1
    assert ctypes.get_errno() == errno.EPERM


@on_linux
@pytest.mark.skipif(platform.machine() != "x86_64", reason="i386 calls exist on x86_64")
def test_i386_calls_are_refused_by_the_kernel():
    # push rbx; mov eax, 20 (getpid of i386); int 0x80; pop rbx; ret
    done = fresh(
        "import ctypes, mmap; m = mmap.mmap(-1, 4096, prot=7)\n"
        "m.write(bytes.fromhex('53b814000000cd805bc3'))\n"
        "print(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))())"
    )
    if done.returncode < 0:
        pytest.skip("this kernel has no i386 calls")
    assert int(done.stdout) == -errno.EPERM


def filter_verdict(program, architecture, number, family):
    """Run a filter as the kernel would (only the four opcodes it is made of)."""
    data = struct.pack("<iIQ6Q", number, architecture, 0, family, 1, 0, 0, 0, 0)
    at, value = 0, 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            (value,) = struct.unpack_from("<I", data, operand)
        else:
            holds = {0x15: value == operand, 0x35: value >= operand}[code]
            at += if_true if holds else if_false


@pytest.mark.parametrize("name", ["x86_64", "aarch64"])
def test_the_filter_decides_as_promised(name):
    machine = kernel._MACHINES[name]
    program = kernel._program(machine)

    def verdict(number, family=0, architecture=machine.audit_arch):
        return filter_verdict(program, architecture, number, family)

    refused = {error: kernel._SECCOMP_RET_ERRNO | error for error in (errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT)}
    no_family = refused[errno.EAFNOSUPPORT]
    for call in (machine.socket, machine.socketpair):
        assert verdict(call, family=1) == kernel._SECCOMP_RET_ALLOW
        assert {verdict(call, family=family) for family in [0, *FAMILIES]} == {no_family}
        # Registers are 64 bits wide; a family hidden behind upper bits is still read as the kernel reads it.
        assert verdict(call, family=2**32 + 2) == no_family
    assert verdict(machine.io_uring_setup) == refused[errno.ENOSYS]
    assert verdict(kernel._X32_BIT + machine.socket, family=2) == refused[errno.EPERM]
    for foreign in (0x40000003, 0x40000028):  # AUDIT_ARCH_I386, AUDIT_ARCH_ARM
        assert verdict(machine.socket, family=1, architecture=foreign) == refused[errno.EPERM]
    others = set(range(600)) - {machine.socket, machine.socketpair, machine.io_uring_setup}
    assert {verdict(number) for number in others} == {kernel._SECCOMP_RET_ALLOW}


OPEN_ONE = (
    "import socket, errno\n"
    "try: socket.socket(socket.AF_INET)\n"
    "except OSError as e: assert e.errno == errno.EAFNOSUPPORT, e; print('refused')"
)


@on_linux
def test_a_child_is_refused():
    assert told(OPEN_ONE) == "refused"


@on_linux
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_grandchild_is_refused(method):
    code = (
        "import multiprocessing, sys\n"
        "if __name__ == '__main__':\n"
        f"    p = multiprocessing.get_context({method!r}).Process(target=exec, args=({OPEN_ONE!r},))\n"
        "    p.start(); p.join(); sys.exit(p.exitcode)"
    )
    assert told(code) == "refused"


@on_linux
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_gets_no_socket():
    done = subprocess.run(
        ["curl", "-sSv", "-m", "5", "http://127.0.0.1:9/"], capture_output=True, text=True, check=False
    )
    # With a socket, it would tell that port 9 refused the connection.
    assert (done.returncode, "refused" in done.stderr.lower()) == (7, False), done.stderr


@on_linux
def test_qt_gets_no_socket():
    pytest.importorskip("PySide6.QtCore")
    code = (
        "from PySide6.QtCore import QCoreApplication, QEventLoop, QUrl\n"
        "from PySide6.QtNetwork import QNetworkAccessManager, QNetworkRequest, QTcpServer, QTcpSocket\n"
        "app = QCoreApplication([]); socket = QTcpSocket(); socket.connectToHost('127.0.0.1', 9)\n"
        "print(socket.waitForConnected(3000), socket.error().name, QTcpServer().listen())\n"
        "web = QNetworkAccessManager(); reply = web.get(QNetworkRequest(QUrl('http://127.0.0.1:9/')))\n"
        "loop = QEventLoop(); reply.finished.connect(loop.quit); loop.exec(); print(reply.error().name)"
    )
    # ConnectionRefusedError would mean that there was a socket.
    assert told(code).split() == [
        *("False", "UnsupportedSocketOperationError", "False"),
        "UnknownNetworkError",
    ]
