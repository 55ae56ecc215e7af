"""The Flatpak manifest: no network, the same names as everywhere, and only files that the packages' tree has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from packaging_help import LINUX, script

bundle = script("bundle")
MANIFEST = LINUX / f"{bundle.IDENTIFIER}.json"
# What flatpak-manifest(5) knows of a manifest, as far as it is used.
KNOWN = {"id", "runtime", "runtime-version", "sdk", "command", "rename-desktop-file", "rename-icon", "finish-args"}


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MANIFEST.read_text("utf-8"))
    return found


def test_it_may_not_reach_a_network() -> None:
    granted = manifest()["finish-args"]
    assert not [each for each in granted if "network" in each or each in {"--socket=session-bus", "--allow=devel"}]
    assert not [each for each in granted if each.startswith("--share=") and each != "--share=ipc"]


def test_it_has_the_names_of_the_application() -> None:
    told = manifest()
    assert set(told) == {*KNOWN, "modules"}
    assert told["id"] == bundle.IDENTIFIER
    assert told["command"] in {program.name for program in bundle.PROGRAMS}
    assert (LINUX / told["rename-desktop-file"]).is_file()
    assert f"\nIcon={told['rename-icon']}\n" in (LINUX / told["rename-desktop-file"]).read_text("utf-8")


@pytest.mark.packaging
@pytest.mark.timeout(1800)
def test_what_it_copies_is_in_the_tree(tree: Path) -> None:
    (module,) = manifest()["modules"]
    copied = re.findall(r"(?<=\s)usr/\S+", " ".join(module["build-commands"]))
    assert len(copied) > 5
    for name in copied:
        assert (tree / name).exists() or (tree / name).is_symlink(), name
