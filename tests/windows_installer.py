"""Installing for Windows on a machine that has none: NSIS makes the installer, Wine runs it."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from packaging_help import run

# A program that writes down how it was called; what is installed on Windows is made by PyInstaller, on Windows.
STUB = r"""
Target amd64-unicode
Name stub
OutFile "{path}"
SilentInstall silent
RequestExecutionLevel user
Section
  FileOpen $0 "$EXEDIR\started.txt" a
  FileSeek $0 0 END
  FileWriteUTF16LE $0 "$CMDLINE$\r$\n"
  FileClose $0
SectionEnd
"""
Keys = dict[str, dict[str, str]]


def payload(folder: Path) -> Path:
    """Make a tree as a bundle is one: two programs, and files with odd names in folders."""
    script = folder.parent / "stub.nsi"
    for name in ("oimg.exe", "oimg-gui.exe"):
        folder.mkdir(parents=True, exist_ok=True)
        script.write_text(STUB.format(path=folder / name))
        run("makensis", "-V1", script)
    for path in ("_internal/a b.txt", "_internal/sub/$c é.dll", "_internal/sub/deep/d.mo"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


@dataclass(frozen=True)
class Windows:
    """A Windows of its own, as Wine makes one."""

    prefix: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "WINEPREFIX": str(self.prefix),
            "WINEDEBUG": "-all",
            # Neither .NET nor a browser, no screen, and no entries in the menus of this machine.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "DISPLAY": "",
        }

    @property
    def drive(self) -> Path:
        return self.prefix / "drive_c"

    def start(self) -> None:
        self.run("wineboot", "-i")

    def run(self, *command: str | Path) -> int:
        """Run a program until it and all that it has started are over."""
        done = subprocess.run(
            [*map(os.fspath, command)], env=self.environment, capture_output=True, timeout=600, check=False
        )
        subprocess.run(["wineserver", "-w"], env=self.environment, timeout=600, check=True)
        return done.returncode

    def keys(self, hive: str) -> Keys:
        """Give all keys below Software of the user ("user") or the machine ("system"), each with its values."""
        found: Keys = {}
        values: dict[str, str] = {}
        for line in (self.prefix / f"{hive}.reg").read_text("utf-8", "replace").splitlines():
            if head := re.match(r"\[(.+)\] \d+$", line):
                values = found.setdefault(_unescaped(head[1]), {})
            elif value := re.match(r'(?:@|"((?:[^"\\]|\\.)*)")=(?:"((?:[^"\\]|\\.)*)"|(.+))$', line):
                text = value[2] if value[3] is None else value[3]
                values[_unescaped(value[1] or "")] = _unescaped(text or "")
        return {key: told for key, told in found.items() if key.startswith("Software\\")}

    def files(self) -> set[str]:
        """Give every file of users and of programs, but for temporary ones (NSIS runs its uninstaller from there)."""
        places = (self.drive / name for name in ("users", "Program Files", "ProgramData"))
        found = {path.relative_to(self.drive) for each in places for path in each.rglob("*") if path.is_file()}
        return {str(path) for path in found if "Temp" not in path.parts}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(x[0-9a-f]{1,4}|.)", lambda found: _character(found[1]), text)


def _character(code: str) -> str:
    return chr(int(code[1:], 16)) if len(code) > 1 else code
