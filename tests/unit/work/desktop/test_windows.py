"""Verbs of Explorer, in a registry that stands in for that of Windows: ours alone are written and removed."""

from __future__ import annotations

import copy
import ntpath
from pathlib import Path

import pytest

from menu_entries import TITLES, made
from oimg.words.file_types import SUFFIXES
from oimg.words.menus import EntryState, FileManager
from oimg.work.desktop.menus import Menus
from oimg.work.desktop.piece import PieceState
from oimg.work.desktop.windows import CLASSES, Verbs
from registry_stand_in import StandIn

JPG = f"{CLASSES}\\SystemFileAssociations\\.jpg\\shell"


@pytest.fixture
def registry() -> StandIn:
    made_by_others = StandIn()
    made_by_others.write(f"{CLASSES}\\SystemFileAssociations\\.png\\shell\\Edit\\command", {"": '"paint.exe" "%1"'})
    return made_by_others


def verbs(registry: StandIn, program: str = "/bin/sh", language: str = "de") -> Verbs:
    return Verbs(registry, made(program), language)


def test_verbs_come_and_go_and_leave_what_others_have(registry: StandIn) -> None:
    before = copy.deepcopy(registry.held)
    piece = verbs(registry)
    assert piece.state() is PieceState.ABSENT
    piece.write()
    assert piece.state() is PieceState.CURRENT
    once = copy.deepcopy(registry.held)
    piece.write()
    assert registry.held == once
    piece.remove()
    assert {key: values for key, values in registry.held.items() if key in before} == before
    assert not any("OIMG" in key for key in registry.held)
    assert not any(".jpg" in key for key in registry.held)


def test_every_suffix_and_folders_have_both_verbs_for_many_files(registry: StandIn) -> None:
    verbs(registry, r"C:\Program Files\OIMG\oimg-gui.exe").write()
    for suffix in SUFFIXES:
        key = f"{CLASSES}\\SystemFileAssociations\\{suffix}\\shell\\OIMG.Optimize"
        assert registry.held[f"{key}\\command"][""] == r'"C:\Program Files\OIMG\oimg-gui.exe" --quick "%1"'
        assert registry.held[key]["MultiSelectModel"] == "Player"
        assert registry.held[key]["MUIVerb"] == "Mit OIMG optimieren"
    folder = f"{CLASSES}\\Directory\\shell\\OIMG.Open"
    assert registry.held[f"{folder}\\command"][""] == r'"C:\Program Files\OIMG\oimg-gui.exe" "%1"'
    assert registry.held[folder]["MUIVerb"] == "In OIMG öffnen"


def test_a_program_that_moved_is_told_and_mended(registry: StandIn) -> None:
    verbs(registry, r"C:\old\oimg-gui.exe").write()
    assert verbs(registry).state() is PieceState.MOVED
    verbs(registry).write()
    assert verbs(registry).state() is PieceState.CURRENT
    assert not any(r"C:\old" in value for values in registry.held.values() for value in values.values())
    assert verbs(registry, language="en").state() is PieceState.OUTDATED


@pytest.mark.parametrize("change", ["title", "command", "below", "theirs"])
def test_what_somebody_else_changed_stays_as_it_is(registry: StandIn, change: str) -> None:
    piece = verbs(registry)
    key = f"{JPG}\\OIMG.Optimize"
    if change != "theirs":
        piece.write()
    if change == "title":
        registry.held[key]["MUIVerb"] = "Mine"
    elif change == "command":
        registry.held[f"{key}\\command"][""] = "evil.exe"
    elif change == "below":
        registry.write(f"{key}\\DropTarget", {"CLSID": "{0}"})
    else:
        registry.write(f"{key}\\command", {"": "theirs.exe"})
    before = {name: dict(values) for name, values in registry.held.items() if name.startswith(key)}
    assert piece.state() is PieceState.FOREIGN
    piece.write()
    piece.remove()
    assert {name: values for name, values in registry.held.items() if name.startswith(key)} == before


def test_the_explorer_is_told_of_as_a_whole(registry: StandIn, tmp_path: Path) -> None:
    menus = Menus(TITLES, "", "en", "/bin/sh", "win32", {"HOME": str(tmp_path)}, registry)
    assert [each.state for each in menus.status()] == [EntryState.ABSENT]
    (status,) = menus.install()
    assert (status.manager, status.state) == (FileManager.EXPLORER, EntryState.USER)
    assert [each.state for each in menus.remove()] == [EntryState.ABSENT]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("hive", ["held", "for_all"], ids=["one user", "all users"])
def test_what_the_installer_wrote_is_told_as_a_package_and_left_to_it(registry: StandIn, hive: str) -> None:
    verbs(registry, r"C:\Program Files\OIMG\oimg-gui.exe").write()
    for key, values in registry.held.items():
        if ntpath.basename(key).startswith("OIMG."):
            values["OimgMenuEntry"] = "installer"
    if hive == "for_all":
        registry.for_all, registry.held = registry.held, {}
    before = copy.deepcopy(registry)
    menus = Menus(TITLES, "", "de", "/bin/sh", "win32", {}, registry)
    for told in (menus.status(), menus.install(), menus.remove()):
        assert [(each.state, each.package, each.files) for each in told] == [(EntryState.PACKAGE, True, ())]
    assert registry == before


def test_own_verbs_make_way_for_those_of_the_installer(registry: StandIn) -> None:
    menus = Menus(TITLES, "", "en", "/bin/sh", "win32", {}, registry)
    before = copy.deepcopy(registry.held)
    menus.install()
    registry.for_all = {f"{JPG}\\OIMG.Open": {"OimgMenuEntry": "installer"}}
    assert [each.state for each in menus.install()] == [EntryState.PACKAGE]
    assert {key: values for key, values in registry.held.items() if key in before} == before
    assert not any("OIMG" in key for key in registry.held)
    registry.for_all = {}  # uninstalled
    assert [each.state for each in menus.install()] == [EntryState.USER]


def test_what_others_have_for_all_users_counts_for_nothing(registry: StandIn) -> None:
    registry.for_all = {f"{JPG}\\OIMG.Open": {"MUIVerb": "Open in OIMG"}}
    (status,) = Menus(TITLES, "", "en", "/bin/sh", "win32", {}, registry).status()
    assert (status.state, status.package) == (EntryState.ABSENT, False)
