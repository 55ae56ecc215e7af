"""Makes a release: one version everywhere, its section in the changelog, all artefacts of this machine, checksums.

    scripts/release VERSION [--output FOLDER] [--compare] [--tag] [--skip deb|rpm] [--windows FILE] [--macos FILE]

The version is written in src/oimg/__init__.py alone. Where it is another one, or the changelog's section is still
called "Unreleased", both are set and committed. Everything is built from a copy of that commit. Nothing is pushed or
uploaded.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import artefacts
from artefacts import ROOT

_VERSION: Final = re.compile(r"\d+\.\d+\.\d+")
_WRITTEN: Final = re.compile(r'^__version__ = "(.*)"$', re.MULTILINE)
_SECTION: Final = re.compile(r"^## \[(?P<name>[^\]]+)\].*$", re.MULTILINE)


class ReleaseError(Exception):
    """Why there can be no release; a sentence for whoever makes it."""


def check(version: str) -> None:
    """Raise ReleaseError unless a release of this version can be made from what is committed."""
    if _VERSION.fullmatch(version) is None:
        raise ReleaseError(f"{version} is no version: three numbers with points between them are wanted")
    if changes := git("status", "--porcelain"):
        raise ReleaseError(f"there are changes that are not committed:\n{changes}")
    if git("tag", "--list", f"v{version}"):
        raise ReleaseError(f"the tag v{version} is there already")


def git(*arguments: str) -> str:
    """Ask git about the checkout; gives what it prints."""
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def with_version(source: str, version: str) -> str:
    """Set the version in the text of src/oimg/__init__.py. Raises ReleaseError."""
    changed, count = _WRITTEN.subn(f'__version__ = "{version}"', source)
    if count != 1:
        raise ReleaseError("src/oimg/__init__.py has no line that begins with __version__")
    return changed


def with_section(changelog: str, version: str, day: str) -> str:
    """Give the section of the coming version its name and date; one that it has is left. Raises ReleaseError."""
    sections = {found["name"]: found for found in _SECTION.finditer(changelog)}
    if version not in sections:
        if "Unreleased" not in sections:
            raise ReleaseError(f"CHANGELOG.md has neither a section {version} nor one called Unreleased")
        head = sections["Unreleased"]
        changelog = f"{changelog[: head.start()]}## [{version}] - {day}{changelog[head.end() :]}"
    if not notes(changelog, version):
        raise ReleaseError(f"the section {version} of CHANGELOG.md is empty")
    return changelog


def notes(changelog: str, version: str) -> str:
    """Give what the changelog says of a version."""
    for found in _SECTION.finditer(changelog):
        if found["name"] == version:
            return changelog[found.end() :].partition("\n## ")[0].strip()
    return ""


def set_version(version: str) -> bool:
    """Write version and section where they are not yet, and commit them; tells whether that was so."""
    source, changelog = ROOT / "src" / "oimg" / "__init__.py", ROOT / "CHANGELOG.md"
    wanted = {
        source: with_version(source.read_text("utf-8"), version),
        changelog: with_section(changelog.read_text("utf-8"), version, time.strftime("%Y-%m-%d", time.gmtime())),
    }
    changed = [path for path, text in wanted.items() if path.read_text("utf-8") != text]
    for path in changed:
        path.write_text(wanted[path], "utf-8")
    if changed:
        git("commit", "--quiet", "--message", f"Release {version}", "--", *map(str, changed))
    return bool(changed)


def make(version: str, output: Path, others: dict[str, Path], skipped: frozenset[str]) -> list[str]:
    """Build everything into a folder; gives what could not be made, and why. Raises CalledProcessError."""
    output.mkdir(parents=True, exist_ok=True)
    if any(output.iterdir()):
        raise ReleaseError(f"{output} is not empty")
    epoch = int(git("log", "-1", "--format=%ct"))
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder, f"oimg-{version}")
        artefacts.export(sources)
        missing = artefacts.build(sources, output, epoch, skipped)
    for each in others.values():
        (output / each.name).write_bytes(each.read_bytes())
    missing += artefacts.fill_templates(version, epoch, output, others)
    (output / "NOTES.md").write_text(f"{notes((ROOT / 'CHANGELOG.md').read_text('utf-8'), version)}\n", "utf-8")
    artefacts.write_checksums(output)
    return missing


def compared(first: Path, second: Path) -> list[str]:
    """Give the names of files that differ between two folders, or are in one only."""
    names = {path.relative_to(folder) for folder in (first, second) for path in folder.rglob("*") if path.is_file()}
    return sorted(str(name) for name in names if _bytes(first / name) != _bytes(second / name))


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _release(given: argparse.Namespace) -> None:
    check(given.version)
    if set_version(given.version):
        print(f"committed: version {given.version} and its section in CHANGELOG.md")
    output = given.output or ROOT / "dist" / given.version
    others = {name: path for name in ("windows", "macos") if (path := getattr(given, name)) is not None}
    missing = make(given.version, output, others, frozenset(given.skip))
    if given.compare:
        with tempfile.TemporaryDirectory() as folder:
            make(given.version, Path(folder), others, frozenset(given.skip))
            differing = compared(output, Path(folder))
        print(
            f"built twice; not the same: {', '.join(differing)}" if differing else "built twice, byte for byte the same"
        )
    if given.tag:
        git("tag", "--annotate", f"v{given.version}", "--message", f"OIMG {given.version}")
        print(f"tagged v{given.version}; nothing was pushed")
    for line in missing:
        print(f"not made: {line}")
    print((output / "SHA256SUMS").read_text("utf-8"), end="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a release as the command line says."""
    grammar = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    grammar.add_argument("version", help="three numbers: 1.2.3")
    grammar.add_argument("--output", type=Path, help="an empty folder for the files (dist/VERSION)")
    grammar.add_argument("--compare", action="store_true", help="build everything twice, and say what differs")
    grammar.add_argument("--tag", action="store_true", help="tag the commit; nothing is pushed")
    grammar.add_argument("--skip", action="append", default=[], choices=sorted(artefacts.KINDS), help="may be repeated")
    grammar.add_argument("--windows", type=Path, metavar="FILE", help="the installer that was made on Windows")
    grammar.add_argument("--macos", type=Path, metavar="FILE", help="the archive that was made on macOS")
    given = grammar.parse_args(arguments)
    try:
        _release(given)
    except ReleaseError as error:
        sys.stderr.write(f"release: {error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"release: {error}\n{error.stderr or ''}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
