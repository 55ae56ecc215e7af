"""Quick Actions of the Finder, as files: what they show, for which types, and what the shell would run."""

from __future__ import annotations

import os
import plistlib
import subprocess
from pathlib import Path
from typing import Any

from menu_entries import NAMES, TITLES, recorder
from oimg.words.file_types import APPLE_TYPES
from oimg.words.menus import EntryState, FileManager
from oimg.work.desktop.menus import Menus


def menus(home: Path, program: str) -> Menus:
    return Menus(TITLES, "", "de", program, "darwin", {"HOME": str(home)})


def workflow(home: Path, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    contents = home / "Library" / "Services" / f"{name}.workflow" / "Contents"
    return (
        plistlib.loads((contents / "Info.plist").read_bytes()),
        plistlib.loads((contents / "document.wflow").read_bytes()),
    )


def test_both_quick_actions_come_and_go(tmp_path: Path) -> None:
    made = menus(tmp_path, "/bin/sh")
    assert [(each.manager, each.state) for each in made.status()] == [(FileManager.FINDER, EntryState.ABSENT)]
    assert [each.state for each in made.install()] == [EntryState.USER]
    info, _ = workflow(tmp_path, "Optimize with OIMG")
    (service,) = info["NSServices"]
    assert service["NSMenuItem"] == {"default": "Mit OIMG optimieren"}
    assert set(service["NSSendFileTypes"]) == {
        *(each for names in APPLE_TYPES.values() for each in names),
        "public.folder",
    }
    assert workflow(tmp_path, "Open in OIMG")[0]["NSServices"][0]["NSMenuItem"] == {"default": "In OIMG öffnen"}
    assert [each.state for each in menus(tmp_path, "/bin/ls").status()] == [EntryState.OUTDATED]
    assert [each.state for each in made.remove()] == [EntryState.ABSENT]
    assert list(tmp_path.iterdir()) == []


def test_the_shell_hands_every_name_on(tmp_path: Path) -> None:
    program, log = recorder(tmp_path / "bin")
    menus(tmp_path, str(program)).install()
    _, document = workflow(tmp_path, "Optimize with OIMG")
    ((action,),) = (tuple(each["action"] for each in document["actions"]),)
    script = action["ActionParameters"]["COMMAND_STRING"]
    assert action["ActionParameters"]["inputMethod"] == 1
    subprocess.run(["/bin/sh", "-c", script, "sh", *map(os.fsencode, NAMES)], check=True, timeout=60)
    assert log.read_bytes().split(b"\0")[:-1] == [b"--quick", b"--", *map(os.fsencode, NAMES)]
