"""The Flatpak manifest: no network, only files that the packages' tree has, and each under a name that is exported."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from oimg.words.file_types import ALL_MEDIA_TYPES
from packaging_help import LINUX, need, run, script

bundle = script("bundle")
MANIFEST = LINUX / f"{bundle.IDENTIFIER}.json"
MAIN = f"{bundle.IDENTIFIER}.desktop"
OPEN_WITH = f"{bundle.IDENTIFIER}.zz-open.desktop"
# What flatpak-manifest(5) knows of a manifest and of a module, as far as it is used. Its rename-icon mends the icon of
# the application, but neither that of its actions nor that of a second desktop file; so the commands rename.
KNOWN = {"id", "runtime", "runtime-version", "sdk", "command", "finish-args", "modules"}
KNOWN_OF_A_MODULE = {"name", "buildsystem", "build-commands", "sources"}


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MANIFEST.read_text("utf-8"))
    return found


def commands() -> list[str]:
    (module,) = manifest()["modules"]
    found: list[str] = module["build-commands"]
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the packages, around programs that do nothing."""
    folder = tmp_path_factory.mktemp("flatpak")
    (folder / "built").mkdir()
    for program in bundle.PROGRAMS:
        (folder / "built" / program.name).touch(0o755)
    made = script("tree")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1760000000")
        made.programs(folder / "built", folder / "tree")
        made.surroundings(folder / "tree")
    return folder / "tree"


@pytest.fixture(scope="module")
def app(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build commands make of it, each run as flatpak-builder does; it becomes /app."""
    folder = tmp_path_factory.mktemp("build") / "files"
    environment = {**os.environ, "FLATPAK_ID": manifest()["id"], "FLATPAK_DEST": str(folder)}
    for command in commands():
        run("sh", "-c", f"cd {shlex.quote(str(root))} && {command}", env=environment)
    return folder


def entry(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(path.read_text("utf-8"))
    return parsed


def test_it_may_not_reach_a_network() -> None:
    granted = manifest()["finish-args"]
    assert not [each for each in granted if "network" in each or each in {"--socket=session-bus", "--allow=devel"}]
    assert not [each for each in granted if each.startswith("--share=") and each != "--share=ipc"]


def test_it_has_the_names_of_the_application() -> None:
    told = manifest()
    assert set(told) == KNOWN
    assert [set(module) for module in told["modules"]] == [KNOWN_OF_A_MODULE]
    assert told["id"] == bundle.IDENTIFIER
    assert told["command"] in {program.name for program in bundle.PROGRAMS}


def test_programs_are_where_the_path_of_a_flatpak_looks(app: Path) -> None:
    for program in bundle.PROGRAMS:
        there = app / "bin" / program.name
        assert there.resolve() == app / "lib/oimg" / program.name
        assert os.access(there, os.X_OK)


def exported(app: Path) -> Iterator[Path]:
    """What a desktop sees of an application, if it begins with the identifier of that: flatpak-build-finish(1)."""
    for folder in ("applications", "icons", "metainfo"):
        yield from (path for path in (app / "share" / folder).rglob("*") if path.is_file())


def test_every_file_for_the_desktop_is_exported_under_its_name(app: Path) -> None:
    found = list(exported(app))
    assert [path.name for path in found if not path.name.startswith(f"{bundle.IDENTIFIER}.")] == []
    assert {path.name for path in found if path.suffix == ".desktop"} == {MAIN, OPEN_WITH}
    icons = {path.parent.parent.name for path in found if path.stem == bundle.IDENTIFIER and path.parent.name == "apps"}
    assert icons == {"scalable", *(path.name for path in (bundle.ROOT / "assets/icons").iterdir())}


def test_every_icon_that_is_named_is_there(app: Path) -> None:
    named = [section["Icon"] for name in (MAIN, OPEN_WITH) for section in sections(app, name)]
    assert named == [bundle.IDENTIFIER] * 3  # the application, its action, and "Open with"


def sections(app: Path, name: str) -> list[configparser.SectionProxy]:
    parsed = entry(app / "share/applications" / name)
    return [parsed[section] for section in parsed.sections()]


def test_pictures_can_be_opened_with_it(app: Path) -> None:
    told = entry(app / "share/applications" / OPEN_WITH)["Desktop Entry"]
    assert set(told["MimeType"].removesuffix(";").split(";")) == set(ALL_MEDIA_TYPES)
    assert "MimeType" not in entry(app / "share/applications" / MAIN)["Desktop Entry"]
    for name in (MAIN, OPEN_WITH):
        for section in sections(app, name):
            assert (app / "bin" / shlex.split(section["Exec"])[0]).exists()


def test_the_desktop_files_are_valid(app: Path) -> None:
    need("desktop-file-validate")
    assert run("desktop-file-validate", *(app / "share/applications" / name for name in (MAIN, OPEN_WITH))) == ""


def test_the_metainfo_names_what_is_exported(app: Path) -> None:
    told = ET.parse(app / "share/metainfo" / f"{bundle.IDENTIFIER}.metainfo.xml").getroot()  # noqa: S314 - our own
    assert (told.findtext("id"), told.findtext("launchable")) == (bundle.IDENTIFIER, MAIN)
    assert told.findtext("icon") == bundle.IDENTIFIER


def test_flatpak_exports_both_desktop_files_and_all_icons(app: Path, tmp_path: Path) -> None:
    need("flatpak")
    shown = {path.relative_to(app): path.read_bytes() for path in exported(app)}
    run("cp", "-a", app, tmp_path / "files")
    facts = ("[Application]", f"name={bundle.IDENTIFIER}", "runtime=org.kde.Platform/x86_64/6.9")
    (tmp_path / "metadata").write_text("\n".join((*facts, "sdk=org.kde.Sdk/x86_64/6.9", "")))
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    told = manifest()
    granted = [f"--command={told['command']}", "--no-inherit-permissions", *told["finish-args"]]
    run("flatpak", "build-finish", *granted, tmp_path, env={**os.environ, **home})
    export = tmp_path / "export"
    found = {path.relative_to(export): path.read_bytes() for path in export.rglob("*") if path.is_file()}
    assert found == shown
    assert "network" not in (tmp_path / "metadata").read_text()


@pytest.mark.packaging
@pytest.mark.timeout(1800)
def test_what_it_copies_is_in_the_tree(tree: Path) -> None:
    copied = re.findall(r"(?<=\s)usr/\S+", " ".join(commands()).replace("$FLATPAK_ID", bundle.IDENTIFIER))
    assert len(copied) > 5
    for name in copied:
        assert (tree / name).exists() or (tree / name).is_symlink(), name
