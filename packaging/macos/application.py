"""What macOS has to know of the application and its Quick Actions, taken from the program's own tables."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any, Final

import bundle

from oimg.faces.menus import titles
from oimg.words.file_types import APPLE_TYPES, MEDIA_TYPES, SUFFIXES
from oimg.words.images import Format
from oimg.work.desktop.entry import entries
from oimg.work.desktop.macos import quick_action

NAME: Final = "OIMG"
PROGRAM: Final = f"/Applications/{NAME}.app/Contents/MacOS/oimg-gui"
OLDEST: Final = "13.0"
"""The oldest macOS for which Qt 6.11 has its libraries."""
# What a system needs to read from memory that it has written to: Python's ctypes makes calls from C that way.
ENTITLEMENTS: Final = {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def information() -> dict[str, Any]:
    """Give what Info.plist says beside what PyInstaller writes there."""
    version = bundle.version()
    return {
        "CFBundleIdentifier": bundle.IDENTIFIER,
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleExecutable": "oimg-gui",
        "CFBundleIconFile": "oimg.icns",
        "CFBundlePackageType": "APPL",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "de", "zh-Hans"],
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "LSMinimumSystemVersion": OLDEST,
        "LSApplicationCategoryType": "public.app-category.photography",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "The OIMG developers, GPL-3.0-or-later",
        "CFBundleDocumentTypes": [*map(_document_type, Format), _FOLDERS],
        "UTImportedTypeDeclarations": [*map(_declaration, Format)],
    }


_FOLDERS: Final = {
    "CFBundleTypeName": "Folder",
    "CFBundleTypeRole": "Viewer",
    "LSHandlerRank": "Alternate",
    "LSItemContentTypes": ["public.folder"],
}


def _document_type(format_: Format) -> dict[str, Any]:
    """Offer OIMG under "Open with", behind whatever opens such files by default."""
    from oimg.engine.codecs import ENCODERS

    return {
        "CFBundleTypeName": f"{format_.name} image",
        "CFBundleTypeRole": "Editor" if format_ in ENCODERS else "Viewer",
        "LSHandlerRank": "Alternate",
        "LSItemContentTypes": list(APPLE_TYPES[format_]),
    }


def _declaration(format_: Format) -> dict[str, Any]:
    """Tell systems that do not know a type what it is; those that do go by their own word."""
    return {
        "UTTypeIdentifier": APPLE_TYPES[format_][0],
        "UTTypeDescription": f"{format_.name} image",
        "UTTypeConformsTo": ["public.image"],
        "UTTypeTagSpecification": {
            "public.filename-extension": [suffix[1:] for suffix, each in SUFFIXES.items() if each is format_],
            "public.mime-type": list(MEDIA_TYPES[format_]),
        },
    }


def write_quick_actions(folder: Path) -> list[Path]:
    """Write the workflows for Finder's menu into a folder; gives them."""
    written = []
    for entry in entries(titles(), PROGRAM, ""):
        for piece in quick_action(entry, folder, "en"):
            piece.write()
        written.append(folder / f"{entry.title}.workflow")
    return written


def write_entitlements(path: Path) -> None:
    """Write what the signed program may do. Network is not among it."""
    path.write_bytes(plistlib.dumps(ENTITLEMENTS))
