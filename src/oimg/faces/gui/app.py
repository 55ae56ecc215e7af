"""The entry point of the window: arms the network guard before anything else; Qt is loaded much later."""

from __future__ import annotations

from oimg.words import netguard

netguard.arm()

import os  # noqa: E402 - the guard comes first
import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from oimg.faces import environment  # noqa: E402
from oimg.work.spool import Request, opened  # noqa: E402

environment.prepare()

if TYPE_CHECKING:
    from argparse import ArgumentParser

_NO_WINDOW = 2


def main(arguments: Sequence[str] | None = None, *, program: str = "oimg-gui") -> int:
    """Open the window with these pictures; returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    paths, quick = _plainly_asked(given) or _asked(given, program)
    if missing := _missing_display():
        return _refuse(program, missing)
    choosing = quick and not paths  # the user chooses the pictures, so this start does not join another one
    spool = None if choosing else opened("quick" if quick else "window")
    if spool is not None and spool.hand_over(Request(tuple(paths), _token())):
        return 0  # an existing window has taken them
    try:
        from oimg.faces.gui import display  # noqa: PLC0415 - the guard comes long before Qt
    except ImportError as error:
        return _refuse(program, _unloadable(error))
    return display.run(paths, lambda reason: _refuse(program, reason), quick=quick, spool=spool)


def _plainly_asked(given: list[str]) -> tuple[list[Path], bool] | None:
    """Parse simple arguments without argparse, whose import takes longer than handing paths over; None for others."""
    quick = given[:1] == ["--quick"]
    names = given[quick:]
    if names[:1] == ["--"]:
        names = names[1:]
    elif any(name.startswith("-") for name in names):
        return None
    return None if quick and not any(names) else (_absolute(names), quick)


def _absolute(names: Sequence[str]) -> list[Path]:
    try:
        here = os.getcwd()  # noqa: PTH109 - links stay links, so no `resolve`
    except OSError:  # the folder was deleted
        here = os.sep
    return [Path(os.path.normpath(Path(here, name))) for name in names if name]


def _token() -> str:
    """The desktop's activation token, with which a window may come to the front."""
    return os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID", "")


def _asked(given: list[str], program: str) -> tuple[list[Path], bool]:
    """Give the paths, and whether they are to be worked on at once."""
    accepted = parser(program)
    asked = accepted.parse_args(given)
    names = list(asked.paths)
    if asked.files_from:
        from oimg.faces.messages import _  # noqa: PLC0415
        from oimg.faces.path_lists import read_paths  # noqa: PLC0415

        try:
            names += read_paths(asked.files_from, null=asked.null)
        except OSError as error:
            accepted.error(f"--files-from: {error}")
        if asked.quick and not any(names):
            accepted.error(_("--quick wants to know which pictures"))
    paths = _absolute(names)
    return paths, asked.quick


def parser(program: str) -> ArgumentParser:
    """Build the grammar of the window's command line."""
    import argparse  # noqa: PLC0415

    from oimg import __version__  # noqa: PLC0415
    from oimg.faces.messages import _  # noqa: PLC0415

    grammar = argparse.ArgumentParser(
        prog=program, description=_("Open the window of OIMG, which makes pictures smaller on your own computer.")
    )
    grammar.add_argument("paths", nargs="*", metavar="PATH", help=_("pictures, and folders with pictures"))
    grammar.add_argument("--version", action="version", version=f"oimg {__version__}")
    grammar.add_argument("--quick", action="store_true", help=_("work on them at once, in a small window"))
    grammar.add_argument(
        "--files-from", metavar="FILE", help=_("read paths from a file, one per line; - is standard input")
    )
    grammar.add_argument("-0", "--null", action="store_true", help=_("paths in --files-from end with NUL"))
    return grammar


def _missing_display() -> str:
    """Report that no window can be opened, if that is clear beforehand: Qt would crash."""
    elsewhere = sys.platform != "linux" or "QT_QPA_PLATFORM" in os.environ
    if elsewhere or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    from oimg.faces.messages import _  # noqa: PLC0415 - texts are loaded where one is said

    return _("there is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)")


def _unloadable(error: ImportError) -> str:
    from oimg.faces.messages import _  # noqa: PLC0415

    return _("Qt cannot be loaded: {reason}").format(reason=error)


def _refuse(program: str, reason: str) -> int:
    from oimg.faces.messages import _  # noqa: PLC0415

    advice = _("`oimg optimize` does the same work without a window.")
    if sys.stderr is not None:
        sys.stderr.write(f"{program}: {reason}\n{advice}\n")
        sys.stderr.flush()
    return _NO_WINDOW
