"""Running the program as somebody whom permissions hold, also where the tests run as root."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

import pytest

_PR_SET_SECUREBITS = 28  # linux/prctl.h
_SECBIT_NOROOT = 1  # linux/securebits.h: a program that root starts gets no capabilities; see capabilities(7)


def as_ordinary_user() -> dict[str, Any]:
    """Give what subprocess needs for a child without root's powers: its files are its own, its modes hold it."""
    if os.geteuid() != 0:
        return {}
    if not sys.platform.startswith("linux"):
        pytest.skip("NOT TESTED as an ordinary user: root cannot lay down its powers on this system")
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def lay_down_powers() -> None:
        if prctl(_PR_SET_SECUREBITS, _SECBIT_NOROOT, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "the powers of root stay")

    return {"preexec_fn": lay_down_powers}
