"""Files of ours are known by themselves, mended when they are old, and removed without a trace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from menu_entries import PROGRAMS
from oimg.work.desktop.piece import OwnFile, PieceState, mark
from process_help import contents


def file(path: Path, said: str = "hello", program: str = "/bin/sh", mode: int = 0o644) -> OwnFile:
    return OwnFile(path, f"# {mark(program)}\n{said}\n", mode)


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_file_comes_and_goes_with_its_folders(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    piece = file(tmp_path / "there" / "a" / "b" / "c.txt")
    assert piece.state() is PieceState.ABSENT
    piece.write()
    assert piece.state() is PieceState.CURRENT
    before = contents(tmp_path)
    piece.write()
    assert contents(tmp_path) == before
    piece.remove()
    assert tree(tmp_path) == ["there"]
    piece.remove()
    assert piece.state() is PieceState.ABSENT


def test_folders_stay_where_they_were_before_or_where_something_else_is(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    piece = file(folder / "mine.txt")
    piece.write()
    piece.remove()
    assert tree(tmp_path) == ["a", "a/b"]
    other = file(tmp_path / "new" / "below" / "mine.txt")
    other.write()
    (tmp_path / "new" / "theirs.txt").write_text("x")
    other.remove()
    assert tree(tmp_path) == ["a", "a/b", "new", "new/theirs.txt"]


def test_another_version_of_ours_is_replaced_and_remembers_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "c.txt"
    file(path, "old").write()
    new = file(path, "new")
    assert new.state() is PieceState.OUTDATED
    new.write()
    assert new.state() is PieceState.CURRENT
    assert "new" in path.read_text()
    new.remove()
    assert tree(tmp_path) == []


def test_a_program_that_is_gone_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    file(path, program=str(tmp_path / "gone")).write()
    assert file(path).state() is PieceState.MOVED
    file(path).write()
    assert file(path).state() is PieceState.CURRENT


@pytest.mark.parametrize("change", ["append", "replace", "link", "folder"])
def test_what_somebody_else_changed_stays_as_it_is(tmp_path: Path, change: str) -> None:
    path = tmp_path / "c.txt"
    piece = file(path)
    if change == "append":
        piece.write()
        path.write_text(f"{path.read_text()}more\n")
    elif change == "replace":
        path.write_text("theirs")
    elif change == "link":
        (tmp_path / "target").write_text(piece.text)
        path.symlink_to("target")
    else:
        path.mkdir()
    before = contents(tmp_path)
    assert piece.state() is PieceState.FOREIGN
    piece.write()
    piece.remove()
    assert contents(tmp_path) == before
    assert os.path.lexists(path)


def test_a_program_has_to_be_executable_again(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    piece = file(path, mode=0o755)
    piece.write()
    assert path.stat().st_mode & 0o777 == 0o755
    path.chmod(0o644)
    assert piece.state() is PieceState.OUTDATED
    piece.write()
    assert path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("program", [*PROGRAMS, "/opt/a--b/\udcff/oimg-gui"])
def test_marks_hold_any_program_and_fit_into_any_comment(tmp_path: Path, program: str) -> None:
    made = mark(program)
    assert "--" not in made  # which a comment of XML could not hold
    assert "\n" not in made
    piece = OwnFile(tmp_path / "c.txt", f"# {made}\n{program}\n")
    piece.write()
    assert piece.state() is PieceState.CURRENT
    assert os.fsencode(program) in piece.path.read_bytes()


def test_nothing_is_left_when_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path, __: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="No space"):
            file(tmp_path / "c.txt").write()
    assert tree(tmp_path) == []
