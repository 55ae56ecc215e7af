"""All file managers of a user together: what is told of them, what comes, what goes, and what stays."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from menu_entries import TITLES
from oimg.words.menus import EntryState, FileManager, IntegrationCode, IntegrationError
from oimg.work.desktop import entry, linux
from oimg.work.desktop.entry import find_program
from oimg.work.desktop.menus import Menus
from process_help import contents

FOREIGN = FileManager.NEMO
STATES = Callable[[], dict[FileManager, EntryState]]


@pytest.fixture
def menus(tmp_path: Path) -> Menus:
    """A home with nothing in it, on a system where Thunar has actions of its own."""
    default = tmp_path / "etc" / "Thunar" / "uca.xml"
    default.parent.mkdir(parents=True)
    default.write_text("<actions>\n<action><name>Terminal</name></action>\n</actions>\n")
    (tmp_path / "home").mkdir()
    environment = {
        "HOME": str(tmp_path / "home"),
        "XDG_DATA_DIRS": str(tmp_path / "usr"),
        "XDG_CONFIG_DIRS": str(tmp_path / "etc"),
        "PATH": str(tmp_path / "bin"),
    }
    return Menus(TITLES, "oimg", "en", "/bin/sh", "linux", environment)


def states(menus: Menus) -> dict[FileManager, EntryState]:
    return {status.manager: status.state for status in menus.status()}


def all_are(state: EntryState) -> dict[FileManager, EntryState]:
    return dict.fromkeys(linux.FILES, state)


def test_entries_come_and_go_without_a_trace(menus: Menus, tmp_path: Path) -> None:
    assert states(menus) == all_are(EntryState.ABSENT)
    assert {each.manager: each.state for each in menus.install()} == all_are(EntryState.USER)
    before = contents(tmp_path)
    assert len(before) == 1 + 10  # the default, and what is ours
    menus.install()
    assert contents(tmp_path) == before
    assert {each.manager: each.state for each in menus.remove()} == all_are(EntryState.ABSENT)
    assert list((tmp_path / "home").iterdir()) == []
    menus.remove()
    assert list((tmp_path / "home").iterdir()) == []


def test_folders_that_were_there_stay(menus: Menus, tmp_path: Path) -> None:
    kept = tmp_path / "home" / ".local" / "share" / "nemo" / "actions"
    kept.mkdir(parents=True)
    menus.install()
    menus.remove()
    assert sorted((tmp_path / "home").rglob("*")) == [
        tmp_path / "home" / ".local",
        tmp_path / "home" / ".local" / "share",
        kept.parent,
        kept,
    ]


def test_files_tell_where_entries_are(menus: Menus, tmp_path: Path) -> None:
    menus.install()
    found = {path for status in menus.status() for path in status.files}
    assert found == {path for path in (tmp_path / "home").rglob("*") if path.is_file()}


def test_dolphin_takes_only_what_may_be_executed(menus: Menus) -> None:
    (status,) = [each for each in menus.install() if each.manager is FileManager.DOLPHIN]
    assert [path.stat().st_mode & 0o777 for path in status.files] == [0o755]


def test_what_somebody_else_changed_is_told_and_left(menus: Menus) -> None:
    menus.install()
    (status,) = [each for each in menus.status() if each.manager is FOREIGN]
    status.files[0].write_text("theirs")
    assert states(menus) == {**all_are(EntryState.USER), FOREIGN: EntryState.CHANGED}
    menus.install()
    menus.remove()
    assert status.files[0].read_text() == "theirs"
    assert states(menus) == {**all_are(EntryState.ABSENT), FOREIGN: EntryState.CHANGED}


def test_a_program_that_moved_is_told_and_mended(menus: Menus, tmp_path: Path) -> None:
    old = tmp_path / "old" / "oimg-gui"
    replace(menus, program=str(old)).install()
    assert states(menus) == all_are(EntryState.MOVED)
    old.parent.mkdir()
    old.touch()
    assert states(menus) == all_are(EntryState.OUTDATED)
    menus.install()
    assert states(menus) == all_are(EntryState.USER)
    menus.remove()
    assert list((tmp_path / "home").iterdir()) == []


def test_half_of_the_entries_are_completed(menus: Menus) -> None:
    menus.install()
    (status,) = [each for each in menus.status() if each.manager is FOREIGN]
    status.files[0].unlink()
    assert states(menus)[FOREIGN] is EntryState.OUTDATED
    menus.install()
    assert states(menus) == all_are(EntryState.USER)


def packaged(tmp_path: Path) -> None:
    """Do what a package does."""
    made = entry.entries(TITLES, "oimg-gui", "oimg")
    for files in linux.FILES.values():
        for name, text in files(made).items():
            path = tmp_path / "usr" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def test_what_a_package_brings_is_not_brought_twice(menus: Menus, tmp_path: Path) -> None:
    menus.install()
    packaged(tmp_path)
    menus.install()
    expected = {**all_are(EntryState.PACKAGE), FileManager.THUNAR: EntryState.USER}
    assert states(menus) == expected  # Thunar has its first-level entries from the user's file alone
    assert [each.name for each in (tmp_path / "home").rglob("*") if each.is_file()] == ["uca.xml"]
    menus.remove()
    assert states(menus) == all_are(EntryState.PACKAGE)
    assert list((tmp_path / "home").iterdir()) == []


def test_where_thunar_never_was_its_own_actions_stay_visible(menus: Menus, tmp_path: Path) -> None:
    (tmp_path / "etc" / "Thunar" / "uca.xml").unlink()
    menus.install()
    assert not any(path.name == "uca.xml" for path in tmp_path.rglob("*"))
    assert states(menus) == all_are(EntryState.USER)


@pytest.mark.parametrize(("name", "sandbox"), [("FLATPAK_ID", "Flatpak"), ("SNAP_NAME", "snap")])
def test_in_a_sandbox_nothing_can_be_done(menus: Menus, tmp_path: Path, name: str, sandbox: str) -> None:
    inside = replace(menus, environment={**menus.environment, name: "io.github.oimg.oimg"})
    for act in (inside.status, inside.install, inside.remove):
        with pytest.raises(IntegrationError) as caught:
            act()
        assert (caught.value.code, caught.value.detail) == (IntegrationCode.SANDBOXED, sandbox)
    assert list((tmp_path / "home").iterdir()) == []


def test_file_managers_are_found_and_what_they_lack(menus: Menus, tmp_path: Path) -> None:
    assert not any(status.found for status in menus.status())
    program = tmp_path / "bin" / "thunar"
    program.parent.mkdir()
    program.touch(mode=0o755)
    assert [status.manager for status in menus.status() if status.found] == [FileManager.THUNAR]
    library = tmp_path / "lib" / "x86_64-linux-gnu" / "nautilus" / "extensions-4" / "libnautilus-python.so"
    assert linux.missing(FileManager.NAUTILUS, [str(tmp_path / "lib")]) == "python3-nautilus"
    library.parent.mkdir(parents=True)
    library.touch()
    assert linux.missing(FileManager.NAUTILUS, [str(tmp_path / "lib")]) == ""
    assert linux.missing(FileManager.CAJA, [str(tmp_path / "lib")]) == "python3-caja"
    assert linux.missing(FileManager.DOLPHIN, []) == ""


def test_places_that_are_no_paths_do_not_count() -> None:
    told = {"HOME": "/home/ada", "XDG_DATA_HOME": "relative", "XDG_DATA_DIRS": "", "XDG_CONFIG_DIRS": "/a:b:/c"}
    places = linux.Places.of(told)
    assert places.data == Path("/home/ada/.local/share")
    assert places.system_data == (Path("/usr/local/share"), Path("/usr/share"))
    assert places.system_config == (Path("/a"), Path("/c"))


def test_the_program_of_this_installation_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "oimg-gui.exe" if sys.platform == "win32" else "oimg-gui"
    mine, frozen = tmp_path / "mine" / name, tmp_path / "frozen" / name
    for each in (mine, frozen):
        each.parent.mkdir()
        each.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(mine.with_name("oimg"))])
    assert find_program() == str(mine)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(frozen.with_name("oimg")))
    assert find_program() == str(frozen)
    frozen.chmod(0o644)
    with pytest.raises(IntegrationError) as caught:
        find_program()
    assert caught.value.code is IntegrationCode.NO_PROGRAM


def test_without_a_program_what_is_there_can_still_be_told_and_removed(
    menus: Menus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    menus.install()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone" / "oimg"))
    lost = replace(menus, program="")
    with pytest.raises(IntegrationError):
        lost.install()
    assert states(lost) == all_are(EntryState.OUTDATED)
    lost.remove()
    assert list((tmp_path / "home").iterdir()) == []
