"""The kernel layer of the network guard: a seccomp filter, on Linux for x86_64 and aarch64.

What it refuses, for this process, all its threads and everything it starts, and for good:

* socket(2) and socketpair(2) of every family but AF_UNIX: EAFNOSUPPORT;
* io_uring_setup(2): ENOSYS, because a ring can make sockets that no filter sees (IORING_OP_SOCKET);
* calls of a foreign architecture (i386, 32-bit ARM) and of x32: EPERM, because their numbers differ.

It cannot take back a socket that is open already, and it does not stop a socket handed over through AF_UNIX.
Price: NO_NEW_PRIVS comes with it, so children have no network and setuid programs gain nothing.

Sources: seccomp(2), bpf classic opcodes in linux/bpf_common.h, linux/seccomp.h, linux/filter.h,
linux/audit.h, linux/prctl.h, asm/unistd_64.h (x86_64) and asm-generic/unistd.h (aarch64).
"""

from __future__ import annotations

import errno
import os
import sys

# linux/prctl.h and linux/seccomp.h
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_TSYNC = 1
_SECCOMP_RET_ERRNO = 0x00050000
_SECCOMP_RET_ALLOW = 0x7FFF0000

# linux/bpf_common.h: BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_JMP|BPF_JGE|BPF_K, BPF_RET|BPF_K
_LOAD = 0x20
_IF_EQUAL = 0x15
_IF_AT_LEAST = 0x35
_RETURN = 0x06

# Offsets in struct seccomp_data, linux/seccomp.h. A family is an int: the low word of args[0] is all of it.
_AT_NUMBER = 0
_AT_ARCHITECTURE = 4
_AT_FIRST_ARGUMENT = 16

# __X32_SYSCALL_BIT, asm/unistd.h; no call of a 64-bit architecture has so high a number.
_X32_BIT = 0x40000000

# bits/socket.h
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_SOCK_STREAM = 1


class _Machine:
    """The numbers of one architecture."""

    __slots__ = ("audit_arch", "io_uring_setup", "seccomp", "socket", "socketpair")

    def __init__(self, audit_arch: int, socket: int, socketpair: int, seccomp: int, io_uring_setup: int) -> None:
        self.audit_arch = audit_arch
        self.socket = socket
        self.socketpair = socketpair
        self.seccomp = seccomp
        self.io_uring_setup = io_uring_setup


# By the machine name of uname(2). AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 are from linux/audit.h.
_MACHINES = {
    "x86_64": _Machine(0xC000003E, socket=41, socketpair=53, seccomp=317, io_uring_setup=425),
    "aarch64": _Machine(0xC00000B7, socket=198, socketpair=199, seccomp=277, io_uring_setup=425),
}

_installed = False


def arm() -> bool:
    """Give the filter to the kernel, once per process; False when this system cannot take it. Never raises.

    The filter applies to running threads as well (TSYNC). `state` shows the result.
    """
    global _installed  # noqa: PLW0603 - the kernel would stack a second copy of the filter
    machine = _machine()
    if _installed or machine is None:
        return _installed
    try:
        _installed = _install(machine)
    except (ImportError, OSError):  # a Python built without ctypes, or no libc to be found
        return False
    return _installed


def state() -> tuple[bool, str]:
    """Whether the kernel refuses network sockets now, and what was seen.

    Asks the kernel for two sockets, which are closed at once in case it grants them, and reads the seccomp
    mode of every thread (proc_pid_status(5)).
    """
    if sys.platform != "linux":
        return False, f"not available on {sys.platform}"
    try:
        answers = [_try_socket(family) for family in (_AF_INET, _AF_INET6)]
        modes = _thread_modes()
    except (ImportError, OSError) as failure:
        return False, f"cannot be checked: {failure}"
    if any(answer != errno.EAFNOSUPPORT for answer in answers):
        names = [errno.errorcode.get(answer, "granted") for answer in answers]
        return False, f"socket(AF_INET): {names[0]}, socket(AF_INET6): {names[1]}"
    # Mode 2 is SECCOMP_MODE_FILTER.
    filtered = modes.count("2")
    detail = f"socket(AF_INET): EAFNOSUPPORT, filter on {filtered} of {len(modes)} threads"
    return 0 < filtered == len(modes), detail


def _machine() -> _Machine | None:
    """Return the numbers of this process's architecture, None where the filter is not available."""
    # A 32-bit Python on a 64-bit kernel would have all of its own calls refused as foreign.
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    return _MACHINES.get(os.uname().machine)


def _program(machine: _Machine) -> tuple[tuple[int, int, int, int], ...]:
    """Build the filter as classic BPF: opcode, steps to skip when true, when false, and operand."""
    foreign = _SECCOMP_RET_ERRNO | errno.EPERM
    missing = _SECCOMP_RET_ERRNO | errno.ENOSYS
    family = _SECCOMP_RET_ERRNO | errno.EAFNOSUPPORT
    return (
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_IF_EQUAL, 1, 0, machine.audit_arch),
        (_RETURN, 0, 0, foreign),
        (_LOAD, 0, 0, _AT_NUMBER),
        (_IF_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, foreign),
        (_IF_EQUAL, 4, 0, machine.socket),  # to the family check
        (_IF_EQUAL, 3, 0, machine.socketpair),  # to the family check
        (_IF_EQUAL, 0, 1, machine.io_uring_setup),
        (_RETURN, 0, 0, missing),
        (_RETURN, 0, 0, _SECCOMP_RET_ALLOW),
        (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),  # the family check
        (_IF_EQUAL, 0, 1, _AF_UNIX),
        (_RETURN, 0, 0, _SECCOMP_RET_ALLOW),
        (_RETURN, 0, 0, family),
    )


def _install(machine: _Machine) -> bool:
    """Hand the filter over. False when the kernel says no, or names a thread it could not bring along."""
    import ctypes  # noqa: PLC0415 - only a process that is armed pays for it
    import struct  # noqa: PLC0415

    program = _program(machine)
    # struct sock_filter: __u16 code, __u8 jt, __u8 jf, __u32 k
    filters = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    # struct sock_fprog: unsigned short len, struct sock_filter *filter
    handle = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(filters)))
    # Without this, only a process with CAP_SYS_ADMIN may install a filter (seccomp(2)).
    if _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    arguments = (_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, ctypes.addressof(handle))
    return _call("syscall", machine.seccomp, *arguments) == 0


def _call(name: str, *arguments: int) -> int:
    """Call a function of libc; what it returned, or the negative errno. ImportError, OSError: no libc."""
    import ctypes  # noqa: PLC0415 - only a process that is armed or asked pays for it

    function = ctypes.CDLL(None, use_errno=True)[name]
    function.restype = ctypes.c_int
    # All as long: prctl(2) and syscall(2) read whole registers, a plain int leaves the upper half undefined.
    result = int(function(*(ctypes.c_long(argument) for argument in arguments)))
    return -ctypes.get_errno() if result == -1 else result


def _try_socket(family: int) -> int:
    """Ask libc for a socket; the errno it gave, 0 when it was granted (and closed again, never connected)."""
    answer = _call("socket", family, _SOCK_STREAM, 0)
    if answer < 0:
        return -answer
    os.close(answer)
    return 0


def _thread_modes() -> list[str]:
    """Read the seccomp mode of every thread; "none" where the kernel does not tell. OSError: no /proc."""
    modes = []
    for thread in os.listdir("/proc/self/task"):  # noqa: PTH208 - pathlib is not light
        try:
            with open(f"/proc/self/task/{thread}/status", encoding="utf-8", errors="replace") as status:  # noqa: PTH123
                lines = status.read().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread ended while we read
        modes.append(next((line.split()[1] for line in lines if line.startswith("Seccomp:")), "none"))
    return modes
