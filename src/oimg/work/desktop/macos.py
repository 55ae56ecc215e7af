"""Quick Actions of macOS' Finder, for this user alone: workflows in `~/Library/Services` that run a shell script.

Source: "Services Implementation Guide" and the `NSServices` keys (Apple Developer); the keys of a workflow are those
that Automator writes.
"""

from __future__ import annotations

import plistlib
import shlex
from pathlib import Path
from typing import Any, Final

from oimg.words.file_types import APPLE_TYPES
from oimg.work.desktop.entry import Entry
from oimg.work.desktop.piece import OwnFile, mark

_FOLDER_TYPE: Final = "public.folder"
_FILES: Final = "com.apple.Automator.fileSystemObject"


def quick_action(entry: Entry, services: Path, language: str) -> tuple[OwnFile, OwnFile]:
    """Give the two files of a workflow: what the Finder shows and for which types, and what is run."""
    contents = services / f"{entry.title}.workflow" / "Contents"
    types = [*(name for names in APPLE_TYPES.values() for name in names), _FOLDER_TYPE]
    service = {
        "NSMenuItem": {"default": entry.titles.get(language, entry.title)},
        "NSMessage": "runWorkflowAsService",
        "NSRequiredContext": {"NSApplicationIdentifier": "com.apple.finder"},
        "NSSendFileTypes": types,
    }
    return (
        OwnFile(contents / "Info.plist", _text({"NSServices": [service]}, entry.program)),
        OwnFile(contents / "document.wflow", _text(_workflow(entry), entry.program)),
    )


def _workflow(entry: Entry) -> dict[str, Any]:
    parameters = {
        "COMMAND_STRING": f'{shlex.join(entry.command)} -- "$@"',
        "CheckedForUserDefaultShell": True,
        "inputMethod": 1,  # what is selected comes as arguments
        "shell": "/bin/sh",
        "source": "",
    }
    script = {
        "AMAccepts": {"Container": "List", "Optional": True, "Types": ["com.apple.cocoa.path"]},
        "AMActionVersion": "2.0.3",
        "AMProvides": {"Container": "List", "Types": ["com.apple.cocoa.string"]},
        "ActionBundlePath": "/System/Library/Automator/Run Shell Script.action",
        "ActionName": "Run Shell Script",
        "ActionParameters": parameters,
        "BundleIdentifier": "com.apple.RunShellScript",
        "Class Name": "RunShellScriptAction",
        "CFBundleVersion": "2.0.3",
    }
    return {
        "AMApplicationVersion": "2.10",
        "AMDocumentVersion": "2",
        "actions": [{"action": script, "isViewVisible": 1}],
        "connectors": {},
        "workflowMetaData": {
            "serviceApplicationBundleID": "com.apple.finder",
            "serviceInputTypeIdentifier": _FILES,
            "serviceOutputTypeIdentifier": "com.apple.Automator.nothing",
            "serviceProcessesInput": 0,
            "workflowTypeIdentifier": "com.apple.Automator.servicesMenu",
        },
    }


def _text(content: dict[str, Any], program: str) -> str:
    """Write a property list with the mark in a comment at its end."""
    return f"{plistlib.dumps(content).decode()}<!-- {mark(program)} -->\n"
