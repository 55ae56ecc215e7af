"""The entry point: arms the network guard before anything else is loaded, then hands over to a command."""

from __future__ import annotations

from oimg.words import netguard

netguard.arm()

import os  # noqa: E402 - the guard comes first
import sys  # noqa: E402

from oimg.faces import environment  # noqa: E402

environment.prepare()


def main(arguments: list[str] | None = None) -> int:
    """Run `oimg` with these arguments (the process's own by default); gives the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"]:  # the quickest question gets the quickest answer
        from oimg import __version__  # noqa: PLC0415

        print(f"oimg {__version__}")
        return 0
    if given == ["--codec-child"]:  # how a bundled program starts its codec processes
        from oimg.engine.child.__main__ import main as serve  # noqa: PLC0415

        serve()
        return 0
    if given[:1] == ["gui"]:  # the window has an entry point of its own, which this one is no part of
        from oimg.faces.gui.app import main as window  # noqa: PLC0415

        return window(given[1:], program="oimg gui")
    _end_at_once_on_ctrl_c()
    if arguments is None and not {"-v", "--verbose"} & set(given):
        _quiet_libraries()
    from oimg.faces.cli.commands import run  # noqa: PLC0415 - the guard and --version come before the weight

    return run(given)


def _end_at_once_on_ctrl_c() -> None:
    """While modules load, Ctrl-C simply ends the process: NumPy would make an ImportError of the exception.

    A command takes Ctrl-C in hand before it begins to work (`commands.listen`).
    """
    import signal  # noqa: PLC0415 - not for --version

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # otherwise our parent process chose to ignore it
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _quiet_libraries() -> None:
    """Keep standard error for ourselves: libtiff and other libraries write there in words of their own.

    Outcomes report odd files in our words; with --verbose the libraries' messages are shown as well.
    """
    if sys.stderr is None:
        return
    sys.stderr.flush()
    try:
        own = os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1)
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:  # standard error is closed
        return
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = own


if __name__ == "__main__":
    sys.exit(main())
