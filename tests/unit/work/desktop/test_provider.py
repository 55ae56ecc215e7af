"""The extension of Nautilus and Caja, asked by their real interface, with files that stand in for theirs."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from menu_entries import NAMES, PROGRAMS, made
from oimg.words.file_types import ALL_MEDIA_TYPES, SUFFIXES
from oimg.work.desktop.provider import extension

SYSTEM_PYTHON = "/usr/bin/python3"
RUNNER = Path(__file__).resolve().parents[3] / "provider_in_gi.py"
HOSTS = [("Nautilus", "4.0"), ("Caja", "2.0")]
Selection = list[tuple[str, str, str, bool]]


def picture(path: str, kind: str = "image/png", scheme: str = "file") -> tuple[str, str, str, bool]:
    return os.fsencode(path).hex(), kind, scheme, False


def folder(path: str) -> tuple[str, str, str, bool]:
    return os.fsencode(path).hex(), "inode/directory", "file", True


@cache
def has_interface(name: str, version: str) -> bool:
    """Whether the system's Python can load the interface of a file manager."""
    if shutil.which(SYSTEM_PYTHON) is None:
        return False
    probe = f"import gi; gi.require_version({name!r}, {version!r})"
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def asked(host: tuple[str, str], file: Path, selections: list[Selection], language: str = "en") -> list[list[str]]:
    """Ask for the entries of selections; skips where the interface of the file manager is not installed."""
    if not has_interface(*host):
        pytest.skip(f"NOT TESTED in {host[0]}: gir1.2-{host[0].lower()}-{host[1]} is missing")
    done = subprocess.run(
        [SYSTEM_PYTHON, RUNNER, *host, file],
        input=json.dumps(selections),
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LANGUAGE": language, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program with a bad name that writes down what it was given: arguments, then the list on standard input."""
    path = tmp_path / 'it\'s 100% "mine" $HOME'
    path.write_text(
        f'#!/bin/sh\n{{ printf "%s\\n" "$@"; cat; }} > "{tmp_path}/given.new"\n'
        f'mv "{tmp_path}/given.new" "{tmp_path}/given"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


@pytest.fixture(params=HOSTS, ids=lambda host: host[0])
def host(request: pytest.FixtureRequest) -> tuple[str, str]:
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
def file(host: tuple[str, str], program: Path, tmp_path: Path) -> Path:
    path = tmp_path / "oimg-menus.py"
    path.write_text(extension(host[0], made(str(program))), encoding="utf-8")
    return path


def test_a_selection_arrives_whole_whatever_it_is_called(host: tuple[str, str], file: Path, tmp_path: Path) -> None:
    selection = [*(picture(name) for name in NAMES), folder("/home/ada/Ordner"), picture("/a.jpg", "image/jpeg")]
    assert asked(host, file, [selection]) == [["Optimize with OIMG", "Open in OIMG"]]
    given = (tmp_path / "given").read_bytes()
    expected = [*map(os.fsencode, NAMES), b"/home/ada/Ordner", b"/a.jpg"]
    assert given == b"--quick\n--files-from\n-\n--null\n" + b"".join(each + b"\0" for each in expected)


def test_a_hundred_thousand_files_arrive_too(host: tuple[str, str], file: Path, tmp_path: Path) -> None:
    names = [f"/home/ada/Pictures/A folder with a long name/IMG_{number:06}.jpg" for number in range(100_000)]
    assert len("".join(names)) > 2 << 20  # more than a command line can hold
    asked(host, file, [[picture(name, "image/jpeg") for name in names]])
    listed = (tmp_path / "given").read_bytes().removeprefix(b"--quick\n--files-from\n-\n--null\n")
    assert listed.split(b"\0")[:-1] == [name.encode() for name in names]


def test_only_what_is_opened_gets_entries(host: tuple[str, str], file: Path) -> None:
    both = ["Optimize with OIMG", "Open in OIMG"]
    unknown = "application/octet-stream"
    cases: list[tuple[Selection, list[str]]] = [
        *(([picture("/a", kind)], both) for kind in ALL_MEDIA_TYPES),
        *(([picture(f"/A{suffix.upper()}", unknown)], both) for suffix in SUFFIXES),
        ([folder("/b")], both),
        ([picture("/a.png"), folder("/b")], both),
        ([], []),
        ([picture("/a.svg", "image/svg+xml")], []),
        ([picture("/a.png"), picture("/a.txt", "text/plain")], []),
        ([picture("/a.bin", unknown)], []),
        ([picture("/a.png", scheme="mtp")], []),
        ([picture("/a.png", scheme="trash")], []),
    ]
    assert asked(host, file, [*(selection for selection, _ in cases), []]) == [*(told for _, told in cases), []]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("de", "Mit OIMG optimieren"),
        ("de_AT.UTF-8", "Mit OIMG optimieren"),
        ("zh_CN", "用 OIMG 优化"),
        ("fr:de", "Mit OIMG optimieren"),
        ("fr", "Optimize with OIMG"),
    ],
)
def test_titles_follow_the_language(host: tuple[str, str], file: Path, language: str, title: str) -> None:
    selection = [picture("/a.png")]
    assert asked(host, file, [selection], language)[0][0] == title


def test_there_are_no_entries_that_would_do_nothing(host: tuple[str, str], file: Path, program: Path) -> None:
    program.unlink()
    assert asked(host, file, [[picture("/a.png")]]) == [[]]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_extension_is_python_that_calls_the_program(name: str) -> None:
    tree = ast.parse(extension("Nautilus", made(name)))
    values = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert ast.literal_eval(values["PROGRAM"]) == name
    assert "@" not in extension("Caja", made("/x")).replace('partition("@")', "")
