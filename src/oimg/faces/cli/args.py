"""The command line's grammar: argparse in, plain values out."""

from __future__ import annotations

import argparse
from typing import Final

from oimg import __version__
from oimg.faces.cli.recipe_flags import recipe_flags
from oimg.faces.messages import _
from oimg.words.i18n import N_
from oimg.words.recipe import Conflict

COMMANDS: Final = ("optimize", "inspect", "compare", "undo", "presets", "integrate", "doctor", "gui")
_EPILOG: Final = N_("""examples:
  oimg Holiday/                            smaller copies beside the originals (name_optimized.jpg)
  oimg optimize Holiday/ -o Small/         the whole folder into another one, same tree
  oimg optimize *.png -f webp --target 90  WebP that looks the same
  oimg optimize big.jpg --max-size 500KB --fit 1600x1600
  oimg optimize Holiday/ --in-place        replace the originals; `oimg undo` brings them back
  oimg inspect photo.jpg                   what the picture is, and what it reveals about you

Pictures never leave this computer. `oimg COMMAND --help` tells more.""")


class _CommandList(argparse.RawDescriptionHelpFormatter):
    """Help whose column of names has room for the longest command, indented twice, before its text."""

    def __init__(self, prog: str) -> None:
        """Begin with that width: argparse itself forgets the second indent of commands."""
        super().__init__(prog)
        self._action_max_length = 2 * self._indent_increment + max(map(len, COMMANDS))


def parser() -> argparse.ArgumentParser:
    """Build the whole grammar."""
    root = argparse.ArgumentParser(
        prog="oimg",
        description=_("Make pictures smaller without visible loss, on your own computer."),
        epilog=_(_EPILOG),
        formatter_class=_CommandList,
    )
    root.add_argument("--version", action="version", version=f"oimg {__version__}")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", title=_("commands"))
    _optimize(
        commands.add_parser(
            "optimize",
            help=_("write smaller files (the default command)"),
            description=_("Write smaller files that still look right."),
        )
    )
    _inspect(commands.add_parser("inspect", help=_("tell what a picture is and what it reveals")))
    _compare(commands.add_parser("compare", help=_("score how much two pictures differ")))
    _undo(commands.add_parser("undo", help=_("put back the originals of the last in-place batch")))
    _presets(commands.add_parser("presets", help=_("list, show, save, delete, import and export presets")))
    doctor = commands.add_parser("doctor", help=_("show codecs, the network guard and folders"))
    doctor.add_argument("--json", action="store_true", help=_("machine-readable output"))
    doctor.add_argument("--clear-cache", action="store_true", help=_("forget which pictures were done"))
    commands.add_parser("gui", help=_("open the window (`oimg gui --help`)"))
    _integrate(commands.add_parser("integrate", help=_("entries in the menus of your file managers")))
    return root


def _optimize(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="*", metavar="PATH", help=_("pictures, and folders with pictures"))
    recipe_flags(command)
    where = command.add_argument_group(_("where results go"))
    where.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help=_("folder to write to (keeps the tree below each folder given), or one file"),
    )
    where.add_argument("--suffix", help=_("added to the name beside the original (default: _optimized)"))
    where.add_argument("--in-place", action="store_true", help=_("replace the originals; `oimg undo` brings them back"))
    where.add_argument(
        "--trash", action="store_true", help=_("with --in-place: originals into the desktop's trash, not the backup")
    )
    where.add_argument("--on-conflict", choices=list(Conflict), help=_("when a name is taken (default: rename)"))
    where.add_argument("--no-keep-dates", action="store_true", help=_("do not carry over dates and permissions"))
    which = command.add_argument_group(_("which files"))
    which.add_argument(
        "--files-from", metavar="FILE", help=_("read paths from a file, one per line; - is standard input")
    )
    which.add_argument("-0", "--null", action="store_true", help=_("paths in --files-from end with NUL"))
    which.add_argument("--include", action="append", default=[], metavar="GLOB", help=_("only these in folders"))
    which.add_argument("--exclude", action="append", default=[], metavar="GLOB", help=_("none of these in folders"))
    how = command.add_argument_group(_("how it runs"))
    how.add_argument(
        "-j", "--jobs", type=int, default=0, metavar="N", help=_("how many pictures at once (default: one per core)")
    )
    how.add_argument(
        "--memory-limit", metavar="SIZE", help=_("memory for pictures being worked on (default: a quarter)")
    )
    how.add_argument("--no-cache", action="store_true", help=_("do again what was done before, and remember nothing"))
    how.add_argument("-n", "--dry-run", action="store_true", help=_("show what would be done, write nothing"))
    how.add_argument("--quiet", action="store_true", help=_("no table and no progress, only errors"))
    how.add_argument("-v", "--verbose", action="store_true", help=_("also tell what was removed and noticed"))
    how.add_argument("--json", action="store_true", help=_("one JSON object per line on standard output"))
    how.add_argument("--csv", metavar="FILE", help=_("write a table of all results"))


def _inspect(command: argparse.ArgumentParser) -> None:
    command.description = _("Tell what a picture is, and what it reveals about you.")
    command.add_argument("files", nargs="+", metavar="FILE")
    command.add_argument("--json", action="store_true", help=_("machine-readable output"))
    recipe_flags(command)


def _compare(command: argparse.ArgumentParser) -> None:
    command.description = _("Score how much two pictures of one size differ: 100 is equal, 90 looks the same.")
    command.add_argument("one", metavar="A")
    command.add_argument("other", metavar="B")
    command.add_argument("--json", action="store_true", help=_("machine-readable output"))
    command.add_argument("--heatmap", metavar="OUT.png", help=_("write a map of where they differ"))


def _undo(command: argparse.ArgumentParser) -> None:
    command.description = _("Put back originals that --in-place replaced, unless the files were changed since.")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help=_("show the batches that are remembered, newest first"))
    which.add_argument(
        "--batch",
        action="append",
        metavar="ID",
        help=_("take back this batch (default: the last one); may be repeated"),
    )
    which.add_argument("--all", action="store_true", help=_("take back all batches that are remembered, newest first"))
    which.add_argument("--file", action="append", default=[], metavar="PATH", help=_("take back this; may be repeated"))
    which.add_argument("--clear", action="store_true", help=_("drop all kept originals for good, to free their space"))
    command.add_argument("-n", "--dry-run", action="store_true", help=_("show what would be put back, change nothing"))
    command.add_argument("--yes", action="store_true", help=_("with --clear and --all: do not ask"))
    command.add_argument("--json", action="store_true", help=_("one JSON object per line on standard output"))


def _presets(command: argparse.ArgumentParser) -> None:
    command.description = _("Presets are named recipes, shared by all of OIMG.")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help=_("all names")).add_argument("--json", action="store_true")
    for name, text in (("show", N_("a preset as JSON")), ("delete", N_("remove one of your presets"))):
        actions.add_parser(name, help=_(text)).add_argument("name")
    save = actions.add_parser("save", help=_("save the recipe that the flags make"))
    save.add_argument("name")
    recipe_flags(save)
    actions.add_parser("import", help=_("take over a preset file")).add_argument("file")
    export = actions.add_parser("export", help=_("write a preset file"))
    export.add_argument("name")
    export.add_argument("file")


def _integrate(command: argparse.ArgumentParser) -> None:
    command.description = _(
        "Put “Optimize with OIMG” and “Open in OIMG” into the menus of your file managers, for you alone."
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text in (
        ("install", N_("put them there, and mend what is out of date")),
        ("remove", N_("take away what was put there, and nothing else")),
        ("status", N_("show how they stand in each file manager")),
    ):
        actions.add_parser(name, help=_(text)).add_argument(
            "--json", action="store_true", help=_("machine-readable output")
        )


def with_default_command(arguments: list[str]) -> list[str]:
    """`oimg PATH` is `oimg optimize PATH`."""
    if not arguments or arguments[0] in COMMANDS or arguments[0] in {"-h", "--help", "--version"}:
        return arguments
    return ["optimize", *arguments]
