"""Writes the manual pages oimg(1) and oimg-gui(1) from the programs' own grammar, so that no flag is missing."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Final

import grammar
from grammar import Command, Option

_FILES: Final = (
    ("~/.config/oimg/settings.json", "settings, if you made any"),
    ("~/.config/oimg/presets/", "your presets"),
    ("~/.local/share/oimg/", "originals that were replaced, until they are too old, and what is needed to undo it"),
    ("~/.cache/oimg/", "what was done before, without names; `oimg doctor --clear-cache` forgets it"),
)
_EXIT: Final = (
    ("0", "all done; a picture that is kept as it is counts as done"),
    ("1", "some pictures failed"),
    ("2", "the command line was not understood, or there is no display for the window"),
    ("130", "interrupted; the files that were finished are whole"),
)


def page(program: Command, version: str, date: dt.date, other: str) -> str:
    """Write a page in the man macros; `other` is the program that it sends the reader to."""
    title = program.name.upper().replace("-", "\\-")
    lines = [
        f'.TH {title} 1 "{date.isoformat()}" "OIMG {version}" "User Commands"',
        ".SH NAME",
        f"{_plain(program.name)} \\- {_summary(program.name)}",
        ".SH SYNOPSIS",
        *_synopsis(program),
        ".SH DESCRIPTION",
        _plain(program.description),
        "Nothing leaves the computer: there is no network code, and the kernel refuses both programs network sockets.",
    ]
    lines += [".SH OPTIONS", *_arguments(program), *_options(program)]
    for command in program.commands:
        lines += _section(command)
    lines += [*_table("EXIT STATUS", _EXIT), *_table("FILES", _FILES)]
    if program.epilog:
        lines += [".SH EXAMPLES", ".nf", *(_plain(line) for line in _examples(program)), ".fi"]
    lines += [".SH SEE ALSO", f".BR {_plain(other)} (1)"]
    return "\n".join(lines) + "\n"


def _summary(name: str) -> str:
    if name == "oimg":
        return "make pictures smaller without making them look worse"
    return "the window of OIMG, which makes pictures smaller without making them look worse"


def _synopsis(program: Command) -> list[str]:
    lines = []
    for command in (program, *program.commands):
        words = " ".join(command.words)
        if command is program and program.commands:
            tail = "[OPTION...] [PATH...]"  # which is the command "optimize"
        elif command.commands:
            tail = "ACTION ..."
        else:
            tail = " ".join([*(["[OPTION...]"] if command.options else []), *map(_usage, command.arguments)])
        lines += [".br"] if lines else []
        lines.append(f"\\fB{_plain(words)}\\fP {_plain(tail)}".rstrip())
    return lines


def _usage(argument: grammar.Argument) -> str:
    return f"[{argument.value}...]" if argument.repeats else argument.value


def _section(command: Command) -> list[str]:
    """A command of the program, and the actions below it."""
    lines = [f'.SH "{_plain(" ".join(command.words).upper())}"', _plain(_sentence(command)), *_arguments(command)]
    lines += _options(command)
    for below in command.commands:
        lines += [f'.SS "{_plain(" ".join((*below.words, *map(_usage, below.arguments))))}"', _plain(_sentence(below))]
        lines += _options(below)
    return lines


def _sentence(command: Command) -> str:
    text = command.description or command.help
    return text if text.endswith(".") else f"{text[:1].upper()}{text[1:]}."


def _arguments(command: Command) -> list[str]:
    lines = []
    for argument in command.arguments:
        if argument.help:
            lines += [".TP", f"\\fI{_plain(argument.value)}\\fP", _plain(argument.help)]
    return lines


def _options(command: Command) -> list[str]:
    lines = []
    for title, options in command.groups:
        if title:
            lines += [".PP", f"{_plain(title[:1].upper() + title[1:])}:"]
        for option in options:
            lines += [".TP", _names(option), *([_plain(option.help)] if option.help else [])]
            if option.choices:
                lines += [".br", f"One of: {_plain(', '.join(option.choices))}."]
    return lines


def _names(option: Option) -> str:
    value = f" \\fI{_plain(option.value)}\\fP" if option.value else ""
    return ", ".join(f"\\fB{_plain(flag)}\\fP{value}" for flag in option.flags)


def _table(title: str, rows: tuple[tuple[str, str], ...]) -> list[str]:
    lines = [f'.SH "{title}"']
    for name, text in rows:
        lines += [".TP", f"\\fB{_plain(name)}\\fP", f"{_plain(text[:1].upper() + text[1:])}."]
    return lines


def _examples(program: Command) -> list[str]:
    """The indented lines of the help's epilogue."""
    return [line for line in program.epilog.splitlines() if line.startswith("  ")]


def _plain(text: str) -> str:
    """Escape what the macros would take for something else; a leading dot or quote would be a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("^", "\\(ha")
    escaped = escaped.replace("~", "\\(ti").replace('"', "\\(dq")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def write(folder: Path, version: str, date: dt.date) -> None:
    """Write both pages into a folder, uncompressed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "oimg.1").write_text(page(grammar.command_line(), version, date, "oimg-gui"), "utf-8")
    (folder / "oimg-gui.1").write_text(page(grammar.window(), version, date, "oimg"), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], dt.date.fromisoformat(sys.argv[3]))
