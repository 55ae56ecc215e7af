"""None, True and False last for ever, as they do from Python 3.12 on.

PySide6 6.12.0 gives and takes them without counting references, which is right only where they cannot go. On Python
3.11 each such call takes one reference away: the window would crash after some thousand calls (docs/dependencies.md).
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_PLENTY: Final = 1 << 40


def let_constants_last() -> None:
    """Give them more references than any program takes away; once is enough, more does no harm."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython" or sys.maxsize < _PLENTY:
        return
    for constant in (None, True, False):
        if sys.getrefcount(constant) < _PLENTY // 2:
            ctypes.c_ssize_t.from_address(id(constant)).value += _PLENTY  # CPython's objects begin with their count
