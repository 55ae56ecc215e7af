"""The grammar of `oimg` and `oimg-gui`, read from their own parsers, for manual pages and completions."""
# ruff: noqa: SLF001 - argparse shows its parts in no other way

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

os.environ["LANGUAGE"] = "en"  # manual pages and completions are in English

from oimg.faces.cli import args
from oimg.faces.gui import app

# What stands for a value that names a file; all other values are typed.
_FILES: Final = frozenset({"PATH", "FILE", "OUT.png", "A", "B", "file"})


@dataclass(frozen=True, slots=True)
class Option:
    """A flag with all its names, what stands for its value ("" where it has none), and what it does."""

    flags: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    help: str

    @property
    def takes_file(self) -> bool:
        """Whether its value is the name of a file."""
        return self.value in _FILES


@dataclass(frozen=True, slots=True)
class Argument:
    """A value without a flag."""

    value: str
    help: str
    repeats: bool

    @property
    def takes_file(self) -> bool:
        """Whether it is the name of a file."""
        return self.value in _FILES


@dataclass(frozen=True, slots=True)
class Command:
    """A program or a command of it; options stand in groups, each with its title ("" for the first)."""

    words: tuple[str, ...]
    help: str
    description: str
    epilog: str
    groups: tuple[tuple[str, tuple[Option, ...]], ...]
    arguments: tuple[Argument, ...]
    commands: tuple[Command, ...]

    @property
    def name(self) -> str:
        """The last of its words."""
        return self.words[-1]

    @property
    def options(self) -> tuple[Option, ...]:
        """All its options."""
        return tuple(option for _, options in self.groups for option in options)

    def walk(self) -> Iterator[Command]:
        """Give it and all commands below it."""
        yield self
        for each in self.commands:
            yield from each.walk()


def command_line() -> Command:
    """Read the grammar of `oimg`."""
    found = _command(args.parser(), ("oimg",), "")
    inner = tuple(_gui(each) if each.name == "gui" else each for each in found.commands)
    return replace(found, commands=inner)


def window() -> Command:
    """Read the grammar of `oimg-gui`."""
    return _command(app.parser("oimg-gui"), ("oimg-gui",), "")


def _gui(listed: Command) -> Command:
    """`oimg gui` is read by the window's own parser."""
    return replace(window(), words=listed.words, help=listed.help)


def _command(parser: argparse.ArgumentParser, words: tuple[str, ...], text: str) -> Command:
    groups = []
    for group in parser._action_groups:
        options = tuple(_option(parser, each) for each in group._group_actions if each.option_strings)
        if options:
            groups.append(("" if group.title == "options" else group.title or "", options))
    plain = [each for each in parser._actions if not each.option_strings]
    return Command(
        words,
        text,
        parser.description or "",
        parser.epilog or "",
        tuple(groups),
        tuple(_argument(parser, each) for each in plain if not isinstance(each, argparse._SubParsersAction)),
        tuple(_below(plain, words)),
    )


def _below(actions: list[argparse.Action], words: tuple[str, ...]) -> Iterator[Command]:
    for action in actions:
        if isinstance(action, argparse._SubParsersAction):
            texts = {each.dest: each.help or "" for each in action._choices_actions}
            for name, parser in action.choices.items():
                yield _command(parser, (*words, name), texts.get(name, ""))


def _option(parser: argparse.ArgumentParser, action: argparse.Action) -> Option:
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    choices = tuple(str(each) for each in action.choices or ())
    return Option(tuple(action.option_strings), value, choices, _text(parser, action))


def _argument(parser: argparse.ArgumentParser, action: argparse.Action) -> Argument:
    return Argument(str(action.metavar or action.dest), _text(parser, action), action.nargs in {"*", "+"})


def _text(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return parser._get_formatter()._expand_help(action) if action.help else ""
