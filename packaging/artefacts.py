"""The files of a release: source archives, wheel, packages of Linux, filled templates, checksums."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import placeholders

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))  # for the table of formats
KINDS: Final = {"deb": "dpkg-deb", "rpm": "rpmbuild"}
"""Packages of Linux, and what each is made with."""
HOMEPAGE: Final = "https://github.com/oimg/oimg"
_CHECKSUMS: Final = "SHA256SUMS"
# Templates that describe a file of another system, by the placeholder of its name.
_FILES: Final = {"FILE_WINDOWS": "windows", "FILE_MACOS": "macos"}


def export(folder: Path) -> None:
    """Write what is committed into a folder, and nothing else."""
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "-C", ROOT, "archive", "HEAD"], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)


def build(sources: Path, output: Path, epoch: int, skipped: frozenset[str]) -> list[str]:
    """Build all that this machine can, without packages that are skipped; gives what it cannot, and why.

    Raises CalledProcessError.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "0"}
    _source_archive(sources.name, output)
    python = _builder(sources)
    command = [*python, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(output)]
    _run(command, sources, environment)
    missing = [] if not list(output.glob("*-none-any.whl")) else ["the wheel's C kernel: there is no C compiler"]
    kinds = []
    for kind, tool in KINDS.items():
        if kind in skipped:
            missing.append(f"the .{kind}: it was not wanted")
        elif shutil.which(tool) is None:
            missing.append(f"the .{kind}: there is no {tool}")
        else:
            kinds.append(kind)
    if kinds:  # all of them at once: they hold the same tree
        _run(["bash", "packaging/linux/build.sh", str(output), *kinds], sources, environment)
    return missing


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)


def _source_archive(name: str, output: Path) -> None:
    """Write all that is committed as one archive; git dates the files as the commit."""
    command = ["git", "-C", ROOT, "archive", f"--prefix={name}/", "HEAD"]
    archive = subprocess.run(command, capture_output=True, check=True).stdout
    (output / f"{name}-source.tar.gz").write_bytes(gzip.compress(archive, mtime=0))


def _builder(sources: Path) -> list[str]:
    """Give a Python that has what the wheel is built with; set one up where this one has not."""
    if all(importlib.util.find_spec(name) for name in ("hatchling", "setuptools")):
        return [sys.executable]
    folder = sources.parent / "builder"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin" / "python")
    wanted = tomllib.loads((sources / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    _run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted], sources, {**os.environ})
    return [python]


def fill_templates(version: str, epoch: int, output: Path, others: dict[str, Path]) -> list[str]:
    """Fill every template whose files are there; gives the others, and what they wait for."""
    facts = _facts(version, epoch) | _file_facts(output, others)
    missing = []
    for template in sorted(placeholders.TEMPLATES.iterdir()):
        text = template.read_text("utf-8")
        if waiting := sorted(
            system for name, system in _FILES.items() if name in placeholders.asked(text) - facts.keys()
        ):
            missing.append(f"{template.name}: it describes the file for {waiting[0]} (--{waiting[0]} FILE)")
        else:
            (output / template.name).write_text(placeholders.filled(text, facts), "utf-8")
    return missing


def _facts(version: str, epoch: int) -> dict[str, str]:
    import time

    from oimg.words.file_types import SUFFIXES

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "VERSION": version,
        "DATE": time.strftime("%Y-%m-%d", time.gmtime(epoch)),
        "HOMEPAGE": HOMEPAGE,
        "ADDRESS": os.environ.get("OIMG_DOWNLOADS", f"{HOMEPAGE}/releases/download/v{version}"),
        "TAGS": json.dumps(project["keywords"]),
        "SUFFIXES": json.dumps(sorted(suffix[1:] for suffix in SUFFIXES)),
    }


def _file_facts(output: Path, others: dict[str, Path]) -> dict[str, str]:
    files = {"SOURCE": next(output.glob("*-source.tar.gz")), **{name.upper(): path for name, path in others.items()}}
    facts = {f"FILE_{name}": path.name for name, path in files.items()}
    return facts | {f"SHA256_{name}": _digest(path) for name, path in files.items()}


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_checksums(output: Path) -> None:
    """Write the checksums of all files in a folder, as sha256sum checks them."""
    files = sorted(path for path in output.iterdir() if path.is_file() and path.name != _CHECKSUMS)
    text = "".join(f"{_digest(path)}  {path.name}\n" for path in files)
    (output / _CHECKSUMS).write_text(text, "utf-8")
