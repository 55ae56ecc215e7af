"""Makes the installer for Windows of a bundle; runs wherever NSIS is, so also on Linux (`apt install nsis`).

    python packaging/windows/installer.py BUNDLE OUTPUT_FOLDER

BUNDLE is the folder that PyInstaller made of packaging/windows/oimg.spec. Prints the path of the installer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import bundle
import entries
import icon_files

from oimg.faces.menus import titles
from oimg.words.menus import Verb

HERE: Final = Path(__file__).parent
_LANGUAGES: Final = {"en": "LANG_ENGLISH", "de": "LANG_GERMAN", "zh_CN": "LANG_SIMPCHINESE"}
# What only the installer says; all else is in the program's own catalogues.
_TEXTS: Final = {
    "PictureTitle": ("Picture", "Bild", "图片"),
    "CloseFirst": (
        "OIMG is running. Please close it, then try again.",
        "OIMG läuft noch. Bitte schließen und erneut versuchen.",
        "OIMG 正在运行。请先将其关闭，然后重试。",
    ),
    "AdministratorNeeded": (
        "Only an administrator can install OIMG for all users.",
        "Für alle Benutzer kann nur ein Administrator OIMG installieren.",
        "只有管理员才能为所有用户安装 OIMG。",
    ),
}


def name_of(version: str) -> str:
    """Name the installer of a version."""
    return f"OIMG-{version}-x64-setup.exe"


def content(tree: Path) -> str:
    """Write what differs from one version to the next: files, registry, texts; as NSIS reads it."""
    files = sorted(path.relative_to(tree) for path in tree.rglob("*") if path.is_file())
    parts = {
        "InstallFiles": _installing(tree, files),
        "RemoveFiles": _removing(files),
        "WriteEntries": entries.writing(),
        "RemoveEntries": entries.removing(),
    }
    macros = [
        f"!macro {name}\n" + "".join(f"  {line}\n" for line in lines) + "!macroend\n" for name, lines in parts.items()
    ]
    return "\n".join(["\n".join(_strings()) + "\n", *macros])


def _strings() -> Iterator[str]:
    made = titles()
    texts = {
        entries.TITLES[verb].strip("$()"): tuple(made[verb][language] for language in _LANGUAGES) for verb in Verb
    } | _TEXTS
    for name, translations in texts.items():
        for language, text in zip(_LANGUAGES.values(), translations, strict=True):
            yield f'LangString {name} ${{{language}}} "{text}"'


def _installing(tree: Path, files: Sequence[Path]) -> Iterator[str]:
    folder = None
    for path in files:
        if path.parent != folder:
            folder = path.parent
            yield f'SetOutPath "{_installed(folder)}"'
        yield f'File "{tree / path}"'


def _removing(files: Sequence[Path]) -> Iterator[str]:
    """Only what was installed: the folder may be one that the user has other files in."""
    for path in files:
        yield f'Delete "{_installed(path)}"'
    folders = {parent for path in files for parent in path.parents if parent != Path()}
    for folder in sorted(folders, key=lambda each: (-len(each.parts), each)):
        yield f'RMDir "{_installed(folder)}"'


def _installed(path: Path) -> str:
    return "\\".join(("$INSTDIR", *(part.replace("$", "$$") for part in path.parts)))


def build(tree: Path, output: Path, makensis: str = "makensis") -> Path:
    """Make the installer of a bundle; gives its path. Raises CalledProcessError with what NSIS says."""
    made = output / name_of(bundle.version())
    with tempfile.TemporaryDirectory() as folder:
        included, icon = Path(folder, "content.nsh"), Path(folder, "oimg.ico")
        included.write_text("\ufeff" + content(tree), encoding="utf-8")  # by the mark NSIS knows that it is UTF-8
        icon_files.write_ico(icon)
        facts = {"VERSION": bundle.version(), "ICON": icon, "OUTPUT": made, "CONTENT": included}
        subprocess.run(
            [makensis, "-V2", "-WX", *(f"-D{name}={value}" for name, value in facts.items()), HERE / "oimg.nsi"],
            check=True,
            capture_output=True,
            text=True,
        )
    return made


def main() -> int:
    """Make it where the command line says."""
    grammar = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    grammar.add_argument("bundle", type=Path, help="the folder with oimg.exe and oimg-gui.exe")
    grammar.add_argument("output", type=Path, help="the folder for the installer")
    given = grammar.parse_args()
    missing = [name for name in ("oimg.exe", "oimg-gui.exe") if not (given.bundle / name).is_file()]
    if missing:
        grammar.error(f"{given.bundle} has no {' and no '.join(missing)}")
    given.output.mkdir(parents=True, exist_ok=True)
    try:
        print(build(given.bundle.resolve(), given.output.resolve()))
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"{error.stdout}{error.stderr}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
