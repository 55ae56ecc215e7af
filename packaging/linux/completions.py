"""Writes completions for bash, zsh and fish from the programs' own grammar, so that no flag is missing.

`oimg PATH` is `oimg optimize PATH`: where no command was typed, the options of "optimize" are offered, too.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import grammar
from grammar import Command, Option

_DEFAULT: Final = "optimize"
_BASH_HEAD: Final = """\
# Completion of oimg and oimg-gui for bash; written by packaging/linux/completions.py.
_oimg() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local key offered
  COMPREPLY=()
"""
_BASH_TAIL: Final = """\
  case $key$'\\t'$previous in
%(values)s
  esac
  if [[ $current != -* ]]; then
    case $key in
%(words)s
      *) offered= ;;
    esac
  else
    case $key in
%(flags)s
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
}
complete -o bashdefault -o default -F _oimg oimg oimg-gui
"""


def bash(program: Command, window: Command) -> str:
    """Write the function that bash asks; what it does not know, bash completes as a file."""
    commands = _keyed(program, window)
    nested = [each for each in program.commands if each.commands]
    lines = ["  if [[ ${COMP_WORDS[0]##*/} == oimg-gui ]]; then key=gui; else", "    case ${COMP_WORDS[1]} in"]
    for each in nested:
        names = "|".join(below.name for below in each.commands)
        lines.append(f"      {each.name})")
        lines.append(f"        case $COMP_CWORD,${{COMP_WORDS[2]}} in 2,*) key={each.name} ;;")
        lines.append(f'          *,{names.replace("|", "|*,")}) key="{each.name} ${{COMP_WORDS[2]}}" ;; esac ;;')
    plain = "|".join(each.name for each in program.commands if not each.commands)
    lines.append(f"      {plain}) key=${{COMP_WORDS[1]}} ;;")
    lines += [f"      *) key={_DEFAULT} ;;", "    esac", "    (( COMP_CWORD == 1 )) && key=", "  fi"]
    values, words, flags = [], [], []
    for key, command in commands.items():
        values += _bash_values(key, command)
        flags.append(f"      {_quoted(key)}) offered={_quoted(' '.join(_flags(command)))} ;;")
        if command.commands:
            words.append(
                f"      {_quoted(key)}) offered={_quoted(' '.join(each.name for each in command.commands))} ;;"
            )
    tail = _BASH_TAIL % {"values": "\n".join(values), "words": "\n".join(words), "flags": "\n".join(flags)}
    return _BASH_HEAD + "\n".join(lines) + "\n" + tail


def _keyed(program: Command, window: Command) -> dict[str, Command]:
    """Commands by what was typed after the program's name; "" before any of it."""
    found = {" ".join(each.words[1:]): each for each in program.walk()}
    found["gui"] = window
    return found


def _bash_values(key: str, command: Command) -> list[str]:
    """What may follow each flag: one of some words, a file, or what only the user knows."""
    lines = []
    for option in (each for each in command.options if each.choices):
        offer = f'compgen -W {_quoted(" ".join(option.choices))} -- "$current"'
        lines.append(f"    {_after(key, option.flags)}) mapfile -t COMPREPLY < <({offer}); return ;;")
    typed = [each for each in command.options if each.value and not each.choices]
    files = [flag for option in typed if option.takes_file for flag in option.flags]
    others = [flag for option in typed if not option.takes_file for flag in option.flags]
    lines += [f"    {_after(key, files)}) return ;;"] if files else []
    lines += [f"    {_after(key, others)}) compopt +o default +o bashdefault; return ;;"] if others else []
    return lines


def _after(key: str, flags: Sequence[str]) -> str:
    return "|".join(f"{_quoted(key)}$'\\t'{flag}" for flag in flags)


def _flags(command: Command) -> list[str]:
    return [flag for option in command.options for flag in option.flags]


def zsh(program: Command, window: Command) -> str:
    """Write the function that zsh's completion system loads."""
    lines = ["#compdef oimg oimg-gui", "# Written by packaging/linux/completions.py.", "_oimg() {"]
    lines += [
        "  local -a offered",
        "  if [[ $service == oimg-gui ]]; then",
        *_zsh_arguments(window, "    "),
        "    return",
    ]
    lines += ["  fi", "  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then", "    offered=("]
    lines += [f"      {_quoted(f'{each.name}:{each.help}')}" for each in program.commands]
    lines += ["    )", "    _describe -t commands command offered", "    _files", "    return", "  fi"]
    lines += ["  case $words[2] in"]
    for each in program.commands:
        lines += [f"    {each.name})", "      shift words; (( CURRENT-- ))"]
        lines += _zsh_nested(each) if each.commands else _zsh_arguments(each, "      ")
        lines.append("      ;;")
    default = next(each for each in program.commands if each.name == _DEFAULT)
    lines += ["    *)", *_zsh_arguments(default, "      ", program.options), "      ;;", "  esac", "}", '_oimg "$@"']
    return "\n".join(lines) + "\n"


def _zsh_nested(command: Command) -> list[str]:
    lines = ["      if (( CURRENT == 2 )); then", "        offered=("]
    lines += [f"          {_quoted(f'{each.name}:{each.help}')}" for each in command.commands]
    lines += ["        )", "        _describe -t actions action offered", "        return", "      fi"]
    lines.append("      case $words[2] in")
    for each in command.commands:
        lines += [
            f"        {each.name}) shift words; (( CURRENT-- ))",
            *_zsh_arguments(each, "          "),
            "          ;;",
        ]
    return [*lines, "      esac"]


def _zsh_arguments(command: Command, indent: str, more: tuple[Option, ...] = ()) -> list[str]:
    known = {flag for option in command.options for flag in option.flags}
    options = [*command.options, *(each for each in more if not known & set(each.flags))]
    specs = [spec for option in options for spec in _zsh_option(option)]
    for argument in command.arguments:
        place = "*" if argument.repeats else ""
        specs.append(_quoted(f"{place}:{argument.value}:{'_files' if argument.takes_file else ' '}"))
    return [f"{indent}_arguments -s -S \\", *(f"{indent}  {spec} \\" for spec in specs[:-1]), f"{indent}  {specs[-1]}"]


def _zsh_option(option: Option) -> list[str]:
    text = option.help.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    value = ""
    if option.value:
        action = f"({' '.join(option.choices)})" if option.choices else "_files" if option.takes_file else " "
        value = f":{option.value.replace(':', chr(92) + ':')}:{action}"
    group = f"({' '.join(option.flags)})" if len(option.flags) > 1 else ""
    return [_quoted(f"{group}{flag}[{text}]{value}") for flag in option.flags]


def fish(program: Command, window: Command) -> str:
    """Write the list of rules that fish loads."""
    lines = ["# Completion of oimg and oimg-gui for fish; written by packaging/linux/completions.py."]
    names = " ".join(each.name for each in program.commands)
    lines += [f"complete -c oimg -n '__fish_use_subcommand' -a {each.name} -d {_fish(each.help)}" for each in
              program.commands]  # fmt: skip
    lines += [_fish_option("oimg", "__fish_use_subcommand", each) for each in program.options]
    lines += [_fish_option("oimg-gui", "", each) for each in window.options]
    others = " ".join(each.name for each in program.commands if each.name != _DEFAULT)
    for command in program.commands:
        seen = f"__fish_seen_subcommand_from {command.name}"
        if command.name == _DEFAULT:
            seen = f"not __fish_seen_subcommand_from {others}"
        if not any(argument.takes_file for argument in command.arguments) and not command.commands:
            lines.append(f"complete -c oimg -n '{seen}' -f")
        lines += [_fish_option("oimg", seen, each) for each in command.options if each.flags != ("-h", "--help")]
        below = " ".join(each.name for each in command.commands)
        for each in command.commands:
            first = f"{seen}; and not __fish_seen_subcommand_from {below}"
            lines.append(f"complete -c oimg -n '{first}' -f -a {each.name} -d {_fish(each.help)}")
            both = f"{seen}; and __fish_seen_subcommand_from {each.name}"
            lines += [_fish_option("oimg", both, option) for option in each.options]
    return "\n".join(dict.fromkeys(lines)) + f"\n# Commands: {names}\n"


def _fish_option(program: str, condition: str, option: Option) -> str:
    parts = [f"complete -c {program}", *([f"-n '{condition}'"] if condition else [])]
    parts += [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags]
    if option.choices:
        parts.append(f"-x -a {_fish(' '.join(option.choices))}")
    elif option.value:
        parts.append("-r -F" if option.takes_file else "-x")
    return " ".join([*parts, *([f"-d {_fish(option.help)}"] if option.help else [])])


def _quoted(text: str) -> str:
    """Quote for bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(text: str) -> str:
    """Quote for fish."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def write(root: Path) -> None:
    """Write all three below ROOT/usr/share, where the shells look."""
    program, window = grammar.command_line(), grammar.window()
    share = root / "usr" / "share"
    for path, text in (
        (share / "bash-completion/completions/oimg", bash(program, window)),
        (share / "zsh/vendor-completions/_oimg", zsh(program, window)),
        (share / "fish/vendor_completions.d/oimg.fish", fish(program, window)),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    # bash looks for a file by the name of the program.
    (share / "bash-completion/completions/oimg-gui").symlink_to("oimg")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
