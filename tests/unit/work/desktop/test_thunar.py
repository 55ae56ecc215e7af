"""Thunar's file of actions is the user's: ours come and go, and not a byte of anything else changes."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from menu_entries import NAMES, PROGRAMS, made, recorder
from oimg.work.desktop.piece import PieceState
from oimg.work.desktop.thunar import Actions

THEIRS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- mine, by hand -->
<actions>
<action>
\t<icon>terminal</icon>
\t<name>Terminal &amp; more</name>
\t<unique-id>1367-1</unique-id>
\t<command>xterm</command>
\t<description>ü</description>
\t<patterns>*</patterns>
\t<directories/>
</action></actions>
"""


def actions(folder: Path, program: str = "/bin/sh", default: Path | None = None) -> Actions:
    return Actions(folder / "Thunar" / "uca.xml", (default,) if default else (), made(program))


def read(path: Path) -> list[ET.Element]:
    """All actions of a file."""
    return list(ET.fromstring(path.read_bytes()).iter("action"))  # noqa: S314 - the test wrote it


def names(path: Path) -> list[str]:
    """The first name of every action."""
    return [each.findtext("name", "") for each in read(path)]


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    path = tmp_path / "Thunar" / "uca.xml"
    path.parent.mkdir()
    path.write_text(THEIRS, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_ours_stand_behind_those_of_the_user_and_go_without_a_trace(theirs: Path, tmp_path: Path) -> None:
    piece = actions(tmp_path)
    assert piece.state() is PieceState.ABSENT
    piece.write()
    assert piece.state() is PieceState.CURRENT
    assert names(theirs) == ["Terminal & more", "Optimize with OIMG", "Open in OIMG"]
    once = theirs.read_bytes()
    piece.write()
    assert theirs.read_bytes() == once
    assert theirs.stat().st_mode & 0o777 == 0o640
    piece.remove()
    assert theirs.read_text(encoding="utf-8") == THEIRS
    assert list(theirs.parent.iterdir()) == [theirs]


def test_the_actions_of_the_system_are_taken_along(tmp_path: Path) -> None:
    default = tmp_path / "default.xml"
    default.write_text(THEIRS, encoding="utf-8")
    piece = actions(tmp_path / "config", default=default)
    assert piece.possible
    piece.write()
    assert names(piece.path) == ["Terminal & more", "Optimize with OIMG", "Open in OIMG"]
    piece.remove()
    assert not (tmp_path / "config").exists()


def test_a_file_of_ours_that_the_user_went_on_with_stays(tmp_path: Path) -> None:
    default = tmp_path / "default.xml"
    default.write_text(THEIRS, encoding="utf-8")
    piece = actions(tmp_path / "config", default=default)
    piece.write()
    piece.path.write_text(piece.path.read_text().replace("Terminal &amp; more", "My terminal"))
    piece.remove()
    assert piece.path.read_text() == THEIRS.replace("Terminal &amp; more", "My terminal")


def test_where_there_is_no_thunar_it_gets_no_file_that_would_hide_its_own(tmp_path: Path) -> None:
    assert not actions(tmp_path, default=tmp_path / "missing.xml").possible


def test_another_program_takes_the_place_of_the_old_one(theirs: Path, tmp_path: Path) -> None:
    actions(tmp_path, str(tmp_path / "gone")).write()
    assert actions(tmp_path).state() is PieceState.MOVED
    actions(tmp_path, "/bin/ls").write()
    assert actions(tmp_path).state() is PieceState.OUTDATED
    actions(tmp_path).write()
    assert names(theirs) == ["Terminal & more", "Optimize with OIMG", "Open in OIMG"]
    assert theirs.read_text().count("/bin/ls") == 0
    actions(tmp_path).remove()
    assert theirs.read_text(encoding="utf-8") == THEIRS


def as_thunar_writes(path: Path) -> None:
    """Write the file anew as Thunar's own dialog does: other spaces and order, the names of one language."""
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<actions>\n'
    for action in read(path):
        text += "<action>\n"
        for name in ("icon", "name", "submenu", "unique-id", "command", "description", "range", "patterns"):
            value = action.findtext(name, "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            text += f"\t<{name}>{value}</{name}>\n"
        text += "".join(f"\t<{name}/>\n" for name in ("directories", "image-files") if action.find(name) is not None)
        text += "</action>\n"
    path.write_text(f"{text}</actions>\n", encoding="utf-8")


@pytest.mark.parametrize("program", ["/bin/sh", '/opt/it\'s <100%> "mine" & Co/oimg-gui'])
def test_ours_are_known_after_thunar_wrote_the_file_anew(theirs: Path, tmp_path: Path, program: str) -> None:
    piece = actions(tmp_path, program)
    piece.write()
    as_thunar_writes(theirs)
    assert piece.state() is PieceState.CURRENT
    piece.remove()
    assert names(theirs) == ["Terminal & more"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" --quick %F", " --quick %F; xmessage"),
        ("<patterns>*</patterns>\n\t<directories/>\n\t<image-files/>", "<patterns>*.png</patterns>\n\t<image-files/>"),
        ("</actions>", "</action>"),
        ("</actions>", "<!-- </actions> --></actions>"),
    ],
)
def test_what_somebody_else_changed_stays_as_it_is(theirs: Path, tmp_path: Path, old: str, new: str) -> None:
    piece = actions(tmp_path)
    piece.write()
    before = theirs.read_text().replace(old, new)
    theirs.write_text(before)
    assert piece.state() is PieceState.FOREIGN
    piece.write()
    piece.remove()
    assert theirs.read_text() == before


def test_a_file_behind_a_link_stays_there(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "uca.xml"
    kept.parent.mkdir()
    kept.write_text(THEIRS, encoding="utf-8")
    piece = actions(tmp_path)
    piece.path.parent.mkdir()
    piece.path.symlink_to(kept)
    piece.write()
    assert piece.path.is_symlink()
    assert "Open in OIMG" in names(kept)
    piece.remove()
    assert piece.path.is_symlink()
    assert kept.read_text(encoding="utf-8") == THEIRS


def test_only_ours_are_taken_for_ours(theirs: Path, tmp_path: Path) -> None:
    copied = THEIRS.replace("1367-1", "oimg-optimize-mine")
    theirs.write_text(copied, encoding="utf-8")
    piece = actions(tmp_path)
    piece.write()
    piece.remove()
    assert theirs.read_text(encoding="utf-8") == copied


@pytest.mark.parametrize("program", PROGRAMS)
def test_titles_and_types(theirs: Path, tmp_path: Path, program: str) -> None:
    actions(tmp_path, program).write()
    last = read(theirs)[-1]
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert {each.get(lang): each.text for each in last.iter("name")} == {
        None: "Open in OIMG",
        "de": "In OIMG öffnen",
        "zh_CN": "在 OIMG 中打开",
    }
    assert [each.tag for each in last if each.tag.endswith(("-files", "directories"))] == ["directories", "image-files"]
    assert last.findtext("patterns") == "*"  # or no folder would match
    command = last.findtext("command", "")
    assert shlex.split(command.removesuffix(" %F").replace("%%", "%")) == [program]


def test_the_shell_hands_every_name_on(theirs: Path, tmp_path: Path) -> None:
    program, log = recorder(tmp_path / "bin")
    actions(tmp_path, str(program)).write()
    optimize = read(theirs)[1]
    command = optimize.findtext("command", "")
    quoted = " ".join("'" + path.replace("'", "'\\''") + "'" for path in NAMES)
    line = command.replace("%F", "\0").replace("%%", "%").replace("\0", quoted)
    subprocess.run(["/bin/sh", "-c", os.fsencode(line)], check=True, timeout=60)
    assert log.read_bytes().split(b"\0")[:-1] == [b"--quick", *map(os.fsencode, NAMES)]
