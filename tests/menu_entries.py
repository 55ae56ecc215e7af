"""Entries for tests, and programs that write down what they are given."""

from __future__ import annotations

import sys
from pathlib import Path

from oimg.words.menus import Titles, Verb
from oimg.work.desktop.entry import Entry, entries

TITLES: Titles = {
    Verb.OPTIMIZE: {"en": "Optimize with OIMG", "de": "Mit OIMG optimieren", "zh_CN": "用 OIMG 优化"},
    Verb.OPEN: {"en": "Open in OIMG", "de": "In OIMG öffnen", "zh_CN": "在 OIMG 中打开"},
}
# Folders of an installation that every format has to quote in a way of its own.
PROGRAMS = (
    "/usr/bin/oimg-gui",
    "/opt/my programs/oimg-gui",
    '/opt/it\'s 100%F "so"/oimg-gui',
    "/opt/$HOME/`x`/back\\slash/oimg-gui",
    "/opt/<Ä> & Co;/oimg-gui",
)
NAMES = (
    "/home/ada/a b é.png",
    '/tmp/it\'s 100%F "so" $HOME `x`.png',  # noqa: S108
    "/home/ada/new\nline.png",
    "/home/ada/-rf.png",
    "/home/ada/back\\slash.png",
    "/home/ada/not\udcfftext.png",
    "/home/ada/Ordner ü",
)


def made(program: str = "/usr/bin/oimg-gui", icon: str = "oimg") -> tuple[Entry, ...]:
    return entries(TITLES, program, icon)


BAD_NAME = 'it\'s 100% "mine" $HOME'


def recorder(folder: Path, name: str = BAD_NAME) -> tuple[Path, Path]:
    """A program with a bad name, and the file in which it writes its arguments, each with a NUL at its end."""
    folder.mkdir(parents=True, exist_ok=True)
    program, log = folder / name, folder / "log"
    code = "import os, sys; open({!r}, 'ab').write(b''.join(os.fsencode(each) + b'\\0' for each in sys.argv[1:]))"
    program.write_text(f"#!{sys.executable}\n{code.format(str(log))}\n", encoding="utf-8")
    program.chmod(0o755)
    return program, log
