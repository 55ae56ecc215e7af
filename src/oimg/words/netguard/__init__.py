"""The network guard: nothing in this process may open a network socket, and that can be checked at any time.

Two layers refuse, one layer is only looked at:

* the audit hook (`audit`) refuses in Python, on every platform, and names what was tried;
* the kernel filter (`kernel`, Linux) refuses below Python, Qt and C libraries, and every child inherits it;
* the Qt network library must not be in the process at all.

This module is the first thing `oimg` imports, so it stays light: no typing, enum, dataclasses or socket, and
ctypes only when the kernel filter is armed or asked.

AF_UNIX stays allowed, because X11, Wayland and D-Bus need it. That is a known hole: a local service that
answers on a UNIX socket (D-Bus, nscd, systemd-resolved, docker) may talk to the network for whoever asks.
The audit hook refuses name look-ups made from Python; a look-up made by C code through such a service is
not refused. docs/adr/0008-network-guard.md lists what is left open.
"""

from __future__ import annotations

import sys

from oimg.words.netguard import audit, kernel
from oimg.words.netguard.audit import NetworkRefused, forget_refusals, refusals

TYPE_CHECKING = False  # known to type checkers by its name; the typing module is not light
if TYPE_CHECKING:
    from typing import Self

__all__ = ["Layer", "NetworkRefused", "arm", "forget_refusals", "refusals", "state"]


class Layer(tuple[str, bool, str]):
    """One layer of the guard as it is now: `name`, `armed`, and `detail`, the fact that was seen.

    A hand-made named tuple: `typing.NamedTuple` would load typing and collections.
    """

    __slots__ = ()

    def __new__(cls, name: str, armed: bool, detail: str) -> Self:
        """Make a layer that unpacks as (name, armed, detail)."""
        return super().__new__(cls, (name, armed, detail))

    @property
    def name(self) -> str:
        """Which layer this is."""
        return self[0]

    @property
    def armed(self) -> bool:
        """Whether it was seen to hold, just now."""
        return self[1]

    @property
    def detail(self) -> str:
        """What was seen."""
        return self[2]


def arm() -> None:
    """Refuse the network from here on; cannot be undone, and calling again changes nothing.

    The kernel filter is armed where it can be; where it cannot, that is no error and `state` says so.

    A window has to call this after its QApplication exists and before it opens a file: with `ssh -X` the
    X server is reached by TCP, and only a connection that is already open survives. `audit.arm()` alone may
    be called earlier, since Qt does not connect through Python.
    """
    audit.arm()
    kernel.arm()


def state() -> tuple[Layer, ...]:
    """Every layer, tried out at this moment and never remembered from `arm`."""
    refusing = audit.is_refusing()
    seen = "a name look-up is refused" if refusing else "a name look-up is not refused"
    return (
        Layer("audit hook", refusing, seen),
        Layer("kernel filter", *kernel.state()),
        Layer("Qt network library", *_qt_network()),
    )


def _qt_network() -> tuple[bool, str]:
    """Whether Qt's network library is absent, by module name and, on Linux, by the files mapped in memory."""
    if "PySide6.QtNetwork" in sys.modules:
        return False, "PySide6.QtNetwork is loaded"
    if sys.platform != "linux":
        return True, "PySide6.QtNetwork is not loaded"
    # A Qt plugin can bring the library in without the Python module.
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123 - pathlib is not light
            mapped = any("Qt6Network" in line for line in maps)
    except OSError:
        return True, "PySide6.QtNetwork is not loaded"
    return (False, "Qt6Network is mapped") if mapped else (True, "Qt6Network is not mapped")
