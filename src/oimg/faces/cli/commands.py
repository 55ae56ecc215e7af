"""The commands: parse, call the session, print. Exit codes: 0 done, 1 some failed, 2 usage, 130 interrupted."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final

from oimg.faces import messages
from oimg.faces.cli import plain_text
from oimg.faces.cli.args import parser, with_default_command
from oimg.faces.cli.recipe_flags import recipe_from
from oimg.faces.cli.screen import drop_stdout, stderr
from oimg.faces.messages import _
from oimg.faces.path_lists import expanded
from oimg.words.recipe import Recipe, RecipeError

USAGE: Final = 2
INTERRUPTED: Final = 130


def run(arguments: list[str]) -> int:
    """Run one command."""
    # Pillow warns about odd files in its own words; outcomes say it in ours.
    warnings.simplefilter("ignore")
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    _use_any_text()
    try:
        try:
            return _command(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has closed the pipe
        drop_stdout()
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED


def _command(arguments: list[str]) -> int:
    grammar = parser()
    given = grammar.parse_args(with_default_command(arguments))
    if given.command is None:
        grammar.print_help()
        return USAGE
    try:
        return _COMMANDS[given.command](given)
    except RecipeError as error:
        stderr(f"oimg: {messages.printable(str(error))}")
        return USAGE


def _use_any_text() -> None:
    """Make the standard streams accept any text: file names may not fit the terminal's encoding.

    A stream that was closed before the start is replaced by one that discards its input.
    """
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=plain_text.ERRORS)


def listen() -> None:
    """From here on Ctrl-C raises KeyboardInterrupt, so that work can be cleaned up; before, it ended the process."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def base_recipe(given: argparse.Namespace) -> Recipe:
    """The recipe of --preset, or of the user's default preset. Raises RecipeError if there is none of this name."""
    from oimg.work.settings import PresetStore, SettingsError, load  # noqa: PLC0415

    settings, notes = load()
    for note in notes:
        stderr(f"oimg: {_('settings ignored')}: {messages.printable(note)}")
    name = given.preset if given.preset is not None else settings.preset
    try:
        return PresetStore().get(name)
    except SettingsError as error:
        raise RecipeError("--preset", messages.settings_error(error.reason, error.detail)) from error


def _optimize(given: argparse.Namespace) -> int:
    from oimg.faces.cli.optimize import optimize  # noqa: PLC0415 - each command loads what it needs

    listen()
    return optimize(given, base_recipe(given))


def _inspect(given: argparse.Namespace) -> int:
    from oimg.faces.cli.tell import inspect  # noqa: PLC0415

    listen()
    return inspect(
        [Path(name) for name in expanded(given.files)], recipe_from(given, base_recipe(given)), as_json=given.json
    )


def _compare(given: argparse.Namespace) -> int:
    from oimg.faces.cli.tell import compare  # noqa: PLC0415

    listen()
    return compare(Path(given.one), Path(given.other), given.heatmap and Path(given.heatmap), as_json=given.json)


def _doctor(given: argparse.Namespace) -> int:
    from oimg.faces.cli.tell import doctor  # noqa: PLC0415

    listen()
    return doctor(as_json=given.json, clear_cache=given.clear_cache)


def _undo(given: argparse.Namespace) -> int:
    from oimg.faces.cli.undo import undo  # noqa: PLC0415

    listen()
    return undo(given)


def _presets(given: argparse.Namespace) -> int:
    from oimg.faces.cli.presets import presets  # noqa: PLC0415

    listen()
    return presets(given, base_recipe)


def _integrate(given: argparse.Namespace) -> int:
    from oimg.faces.cli.integrate import integrate  # noqa: PLC0415

    listen()
    return integrate(given.action, as_json=given.json)


_COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "optimize": _optimize,
    "inspect": _inspect,
    "compare": _compare,
    "doctor": _doctor,
    "integrate": _integrate,
    "presets": _presets,
    "undo": _undo,
}
