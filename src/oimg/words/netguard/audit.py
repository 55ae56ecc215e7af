"""The Python layer of the network guard: an audit hook that refuses every network event.

Sources: PEP 578; the audit events table of the Python library reference; `sock_initobj_impl` in CPython's
Modules/socketmodule.c for the arguments of `socket.__new__` (self, family, type, protocol).

The hook covers this interpreter and all its threads. It does not see C code that calls socket(2) itself,
other processes, or a second interpreter made inside this process: those are for the kernel filter.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # known to type checkers by its name; the typing module is not light
if TYPE_CHECKING:
    from collections.abc import Callable

# AF_UNIX, bits/socket.h. The socket module would name it, and it is what must not be loaded.
_AF_UNIX = 1

# Whole families of events, so that an event a newer Python adds is refused before anyone has heard of it.
# A browser opened for the user would fetch on our behalf.
_NETWORK = (
    "socket.",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "poplib.",
    "imaplib.",
    "nntplib.",
    "telnetlib.",
    "webbrowser.",
)

# Reads the machine's own name and sends nothing.
_HARMLESS = "socket.gethostname"

# Events whose first argument is a socket that exists already, so its family can be asked.
_ON_A_SOCKET = ("socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg")

# The host name `is_refusing` asks for. It is known by identity, and never leaves the process.
_PROBE = "oimg-network-guard-probe.invalid"

_refused: list[str] = []
_added = False


class NetworkRefused(RuntimeError):  # noqa: N818 - a refusal is what it is, not a failure
    """Something in this process tried to use the network; the argument is the name of the audit event.

    Not an OSError on purpose: code that shrugs at an unreachable network must not shrug at this.
    """


def arm() -> None:
    """Add the hook, once per interpreter; it stays until the process ends."""
    global _added  # noqa: PLW0603 - the interpreter keeps one list of hooks and does not let it be read
    if _added:
        return
    _added = True
    sys.addaudithook(_make_hook())


def is_refusing() -> bool:
    """Whether a network event is refused now: raises a real one, for a name that is never looked up."""
    try:
        # host, port, family, type, protocol, as socket.getaddrinfo raises it
        sys.audit("socket.getaddrinfo", _PROBE, None, 0, 0, 0)
    except NetworkRefused:
        return True
    return False


def refusals() -> tuple[str, ...]:
    """Names of the events refused so far, oldest first; probes by `is_refusing` are not among them."""
    return tuple(_refused)


def forget_refusals() -> None:
    """Start counting afresh; the hook stays."""
    _refused.clear()


def _make_hook() -> Callable[[str, tuple[object, ...]], None]:
    """Make the hook, with all it needs bound to it: it is still called at exit, when globals are gone."""
    refused, error, probe = _refused, NetworkRefused, _PROBE
    network, harmless, on_a_socket, unix = _NETWORK, _HARMLESS, _ON_A_SOCKET, _AF_UNIX

    # CPython runs hooks untraced, so coverage cannot see this one run.
    def refuse(event: str, arguments: tuple[object, ...]) -> None:  # pragma: no cover
        if not event.startswith(network) or event == harmless:
            return
        # A family of -1 means "take it from the file number" or "the default", which is AF_INET: refused too.
        if event == "socket.__new__" and arguments[1] == unix:
            return
        if event in on_a_socket and getattr(arguments[0], "family", None) == unix:
            return
        if not arguments or arguments[0] is not probe:
            refused.append(event)
        raise error(event)

    return refuse
