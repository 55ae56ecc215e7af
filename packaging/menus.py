"""Writes the entries in the menus of file managers that a package brings for all users.

    python packaging/menus.py ROOT        below ROOT/usr/share, as `oimg integrate install` does for one user

Prints the files, one a line.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from oimg.faces.menus import titles
from oimg.work.desktop.entry import entries
from oimg.work.desktop.linux import FILES
from oimg.work.desktop.piece import OwnFile


def install_into(root: Path, program: str = "oimg-gui", icon: str = "oimg") -> list[Path]:
    """Write the files of every file manager of Linux; those that two share are written once."""
    made = entries(titles(), program, icon)
    files = {name: text for files_of in FILES.values() for name, text in files_of(made).items()}
    pieces = [OwnFile(root / "usr" / "share" / name, text) for name, text in sorted(files.items())]
    for piece in pieces:
        piece.write()
    return [piece.path for piece in pieces]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write them where the command line says."""
    grammar = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    grammar.add_argument("root", type=Path, help="the folder that becomes the root of the system")
    grammar.add_argument("--program", default="oimg-gui", help="what the entries call")
    grammar.add_argument("--icon", default="oimg", help="the name of their icon, or its path")
    given = grammar.parse_args(arguments)
    print(*install_into(given.root, given.program, given.icon), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
