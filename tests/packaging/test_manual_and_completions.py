"""No flag is missing in manual pages and completions: they are held against what the programs print for --help."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import shlex
from pathlib import Path

import pytest

from oimg.faces.cli import args
from oimg.faces.gui import app
from packaging_help import lines, need, run, script

completions, manual = script("completions"), script("manual")


SAVE = ("presets", "save")


def help_of(*command: str) -> str:
    """What a command prints for --help."""
    grammar, words = (app.parser("oimg-gui"), ()) if command[0] in {"gui", "oimg-gui"} else (args.parser(), command)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
        grammar.parse_args([*words, "--help"])
    return printed.getvalue().partition("\nexamples:")[0]


def flags_of(command: tuple[str, ...]) -> set[str]:
    found = re.findall(r"^  (-.*?)(?:  |$)", help_of(*command), re.MULTILINE)
    return {word for line in found for word in re.findall(r"(?:^|\s)(--?[a-zA-Z0-9][\w-]*)", line)}


def actions_of(command: str) -> list[str]:
    """The actions that its help lists, such as those of `oimg presets`."""
    listed = help_of(command).partition("\n  ACTION\n")[2]
    return re.findall(r"^    (\w+)", listed, re.MULTILINE)


COMMANDS = [
    *((name,) for name in args.COMMANDS),
    *((name, action) for name in ("presets", "integrate") for action in actions_of(name)),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("man")
    manual.write(folder, "1.2.3", dt.date(2026, 11, 22))
    return folder


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completions")
    completions.write(folder)
    return folder / "usr" / "share"


def shown(page: Path) -> str:
    """The page as a terminal shows it, without bold and underlined."""
    return re.sub(r".\x08", "", run("mandoc", "-T", "ascii", "-O", "width=200", page))


def test_help_is_read_as_people_read_it() -> None:
    assert SAVE in COMMANDS
    assert ("integrate", "install") in COMMANDS
    assert {"-o", "--output", "--in-place", "-0", "--null", "--target", "-h"} <= flags_of(("optimize",))
    assert "--quick" in flags_of(("oimg-gui",))


@pytest.mark.parametrize("name", ["oimg.1", "oimg-gui.1"])
def test_pages_are_without_fault(pages: Path, name: str) -> None:
    need("mandoc")
    run("mandoc", "-T", "lint", "-W", "warning", pages / name)
    assert "1.2.3" in shown(pages / name)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_page_tells_of_every_flag(pages: Path, command: tuple[str, ...]) -> None:
    need("mandoc")
    text = shown(pages / "oimg.1")
    if len(command) == 1:
        section = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
        (found,) = [each for each in section if each.startswith(f"OIMG {command[0].upper()}\n")]
    else:
        found = text.partition(f"\n   oimg {' '.join(command)}")[2].partition("\n   oimg ")[0]
    words = set(re.findall(r"(?<![\w-])--?[a-zA-Z0-9][\w-]*", found))
    assert flags_of(command) <= words


def test_the_page_of_the_window_tells_of_every_flag(pages: Path) -> None:
    need("mandoc")
    words = set(re.findall(r"(?<![\w-])--?[a-zA-Z0-9][\w-]*", shown(pages / "oimg-gui.1")))
    assert flags_of(("oimg-gui",)) <= words


def asked_in_bash(share: Path, *typed: str) -> list[str]:
    """What bash offers after these words; the last one may be unfinished."""
    script = (
        f". {shlex.quote(str(share / 'bash-completion/completions/oimg'))}\n"
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oimg 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return list(lines(run("bash", "--norc", "-c", script, "bash", *typed)))


def asked_in_fish(share: Path, typed: str) -> list[str]:
    script = (
        f"source {shlex.quote(str(share / 'fish/vendor_completions.d/oimg.fish'))}; complete -C {shlex.quote(typed)}"
    )
    return [line.split("\t")[0] for line in lines(run("fish", "--no-config", "-c", script))]


ZSH = r"""
zmodload zsh/zpty
zpty typist 'SHARE=$SHARE FOUND=$FOUND zsh -f -i'
zpty -w typist 'fpath=($SHARE/zsh/vendor-completions $fpath); autoload -Uz compinit; compinit -u -D'
zpty -w typist 'oimg() { : }; oimg-gui() { : }; compdef _oimg oimg oimg-gui'
zpty -w typist 'compadd() { local -a hits; builtin compadd -O hits "$@"; print -rl -- $hits >> $FOUND
builtin compadd "$@" }'
zpty -w typist 'print ready > $FOUND.ready'
until [[ -e $FOUND.ready ]]; do sleep 0.05; done
zpty -w -n typist "$TYPED"$'\t'
zpty -w -n typist $'\C-u'
zpty -w typist ''
zpty -w typist 'print done > $FOUND.done'
until [[ -e $FOUND.done ]]; do sleep 0.05; done
zpty -d typist
"""


def asked_in_zsh(share: Path, folder: Path, typed: str) -> list[str]:
    """What zsh's completion system is given for a line that is typed at a terminal."""
    found = folder / "found"
    environment = {"PATH": "/usr/bin:/bin", "SHARE": str(share), "FOUND": str(found), "TYPED": typed, "TERM": "vt100"}
    run("zsh", "-f", "-c", ZSH, env={**environment, "HOME": str(folder)}, seconds=120)
    return list(lines(found.read_text())) if found.is_file() else []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_bash_offers_every_flag(share: Path, command: tuple[str, ...]) -> None:
    need("bash")
    assert set(asked_in_bash(share, "oimg", *command, "-")) == flags_of(command)


def test_bash_knows_commands_values_and_the_default_command(share: Path) -> None:
    need("bash")
    assert set(asked_in_bash(share, "oimg", "")) == set(args.COMMANDS)
    assert set(asked_in_bash(share, "oimg-gui", "-")) == flags_of(("oimg-gui",))
    assert set(asked_in_bash(share, "oimg", "a b.jpg", "--")) == {
        flag for flag in flags_of(("optimize",)) if flag.startswith("--")
    }
    assert asked_in_bash(share, "oimg", "optimize", "--metadata", "p") == ["private"]
    assert asked_in_bash(share, "oimg", "optimize", "--target", "") == []
    assert asked_in_bash(share, "oimg", "presets", "s") == ["show", "save"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_fish_offers_every_flag(share: Path, command: tuple[str, ...]) -> None:
    need("fish")
    wanted = flags_of(command)
    offered = {
        *asked_in_fish(share, f"oimg {' '.join(command)} -"),
        *asked_in_fish(share, f"oimg {' '.join(command)} --"),
    }
    assert {flag for flag in wanted if flag.startswith("--")} - {"--help"} <= offered
    assert not {word for word in offered if word.startswith("--")} - wanted


def test_fish_knows_commands_and_values(share: Path) -> None:
    need("fish")
    assert set(args.COMMANDS) <= set(asked_in_fish(share, "oimg "))
    assert asked_in_fish(share, "oimg optimize --metadata p") == ["private"]
    assert asked_in_fish(share, "oimg a.jpg --in-p") == ["--in-place"]
    assert asked_in_fish(share, "oimg-gui --q") == ["--quick"]


@pytest.mark.parametrize("command", [("optimize",), ("undo",), ("gui",), SAVE], ids=" ".join)
def test_zsh_offers_every_flag(share: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    need("zsh")
    offered = {word for word in asked_in_zsh(share, tmp_path, f"oimg {' '.join(command)} -") if word.startswith("-")}
    assert offered == flags_of(command)


def test_zsh_knows_commands_and_values(share: Path, tmp_path: Path) -> None:
    need("zsh")
    for name in ("commands", "values"):
        (tmp_path / name).mkdir()
    assert set(args.COMMANDS) <= set(asked_in_zsh(share, tmp_path / "commands", "oimg "))
    assert "private" in asked_in_zsh(share, tmp_path / "values", "oimg optimize --metadata ")
