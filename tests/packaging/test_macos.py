"""macOS: what the application tells the system of itself, and the Quick Actions; read back by two parsers."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oimg.engine.codecs import ENCODERS
from oimg.words.file_types import APPLE_TYPES, MEDIA_TYPES, SUFFIXES
from oimg.words.images import Format
from packaging_help import ROOT, need, run, script

bundle, application, icon_files = script("bundle"), script("application"), script("icon_files")
INFORMATION: dict[str, Any] = plistlib.loads(plistlib.dumps(application.information()))
# Information Property List (Apple Developer): what an application has to say.
REQUIRED = {
    "CFBundleExecutable",
    "CFBundleIdentifier",
    "CFBundleInfoDictionaryVersion",
    "CFBundleName",
    "CFBundlePackageType",
    "CFBundleShortVersionString",
    "CFBundleVersion",
    "LSMinimumSystemVersion",
}


def test_the_application_says_what_it_has_to() -> None:
    assert set(INFORMATION) >= REQUIRED
    assert INFORMATION["CFBundleIdentifier"] == bundle.IDENTIFIER
    assert INFORMATION["CFBundlePackageType"] == "APPL"
    assert INFORMATION["CFBundleExecutable"] in {program.name for program in bundle.PROGRAMS}
    assert INFORMATION["CFBundleShortVersionString"] == INFORMATION["CFBundleVersion"] == bundle.version()
    assert re.fullmatch(r"\d+\.\d+\.\d+", bundle.version())


def test_it_is_offered_for_every_format_and_the_default_for_none() -> None:
    told = INFORMATION["CFBundleDocumentTypes"]
    types = [name for each in told for name in each["LSItemContentTypes"]]
    assert sorted(types) == sorted([*(name for names in APPLE_TYPES.values() for name in names), "public.folder"])
    assert {each["LSHandlerRank"] for each in told} == {"Alternate"}
    for format_ in Format:
        (mine,) = (each for each in told if APPLE_TYPES[format_][0] in each["LSItemContentTypes"])
        assert mine["CFBundleTypeRole"] == ("Editor" if format_ in ENCODERS else "Viewer")


@pytest.mark.parametrize("format_", Format)
def test_every_type_is_declared_for_systems_that_do_not_know_it(format_: Format) -> None:
    declared = {each["UTTypeIdentifier"]: each for each in INFORMATION["UTImportedTypeDeclarations"]}
    assert len(declared) == len(Format)
    tags = declared[APPLE_TYPES[format_][0]]["UTTypeTagSpecification"]
    assert {f".{each}" for each in tags["public.filename-extension"]} == {
        suffix for suffix, each in SUFFIXES.items() if each is format_
    }
    assert tuple(tags["public.mime-type"]) == MEDIA_TYPES[format_]


def test_the_signed_program_may_not_use_a_network(tmp_path: Path) -> None:
    application.write_entitlements(tmp_path / "entitlements.plist")
    told = plistlib.loads((tmp_path / "entitlements.plist").read_bytes())
    assert told == {"com.apple.security.cs.allow-unsigned-executable-memory": True}
    assert not any("network" in key for key in told)


def test_finder_offers_the_quick_actions_for_every_format_and_for_folders(tmp_path: Path) -> None:
    written = application.write_quick_actions(tmp_path)
    assert [path.name for path in written] == ["Optimize with OIMG.workflow", "Open in OIMG.workflow"]
    for path, switch in zip(written, ("--quick ", ""), strict=True):
        (service,) = plistlib.loads((path / "Contents" / "Info.plist").read_bytes())["NSServices"]
        assert service["NSMenuItem"]["default"] == path.stem
        assert set(service["NSSendFileTypes"]) == {
            *(name for names in APPLE_TYPES.values() for name in names),
            "public.folder",
        }
        flow = plistlib.loads((path / "Contents" / "document.wflow").read_bytes())
        assert flow["workflowMetaData"]["workflowTypeIdentifier"] == "com.apple.Automator.servicesMenu"
        (step,) = flow["actions"]
        parameters = step["action"]["ActionParameters"]
        assert parameters["COMMAND_STRING"] == f'{application.PROGRAM} {switch}-- "$@"'
        assert parameters["inputMethod"] == 1


def test_the_script_of_a_quick_action_gets_every_name_as_it_is(tmp_path: Path) -> None:
    program = tmp_path / "oimg-gui"
    program.write_text('#!/bin/sh\nfor each; do printf "[%s]" "$each"; done\n')
    program.chmod(0o755)
    (first, _) = application.write_quick_actions(tmp_path)
    flow = plistlib.loads((first / "Contents" / "document.wflow").read_bytes())
    command = flow["actions"][0]["action"]["ActionParameters"]["COMMAND_STRING"]
    command = command.replace(application.PROGRAM, str(program))
    names = ["a b.png", "c'd\".png", "-e.png", "f\ng.png", "$(h) %1.png"]
    assert run("/bin/sh", "-c", command, "sh", *names) == "[--quick][--]" + "".join(f"[{name}]" for name in names)


def test_another_parser_reads_the_same(tmp_path: Path) -> None:
    need("plistutil")
    path, binary = tmp_path / "Info.plist", tmp_path / "Info.binary"
    path.write_bytes(plistlib.dumps(INFORMATION))
    run("plistutil", "-i", path, "-o", binary)
    assert binary.read_bytes().startswith(b"bplist")
    assert plistlib.loads(binary.read_bytes()) == INFORMATION


def test_the_icon_has_every_size(tmp_path: Path) -> None:
    icon_files.write_icns(tmp_path / "oimg.icns")
    with Image.open(tmp_path / "oimg.icns") as icon:
        for width, height, scale in [each for each in icon.info["sizes"] if each[0] * each[2] <= 512]:
            shown = icon.icns.getimage((width, height, scale)).convert("RGBA")  # type: ignore[attr-defined]
            side = width * scale
            with Image.open(ROOT / "assets" / "icons" / f"{side}x{side}" / "oimg.png") as drawn:
                assert shown.tobytes() == drawn.convert("RGBA").tobytes()


def test_the_recipe_of_the_bundle_is_python() -> None:
    compile((ROOT / "packaging" / "macos" / "oimg.spec").read_text("utf-8"), "oimg.spec", "exec")
