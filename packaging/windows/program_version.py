"""What Windows shows as the properties of the programs."""

from __future__ import annotations

from typing import Any


def resource(name: str, version: str) -> Any:
    """Give the version of a program as PyInstaller takes it."""
    from PyInstaller.utils.win32 import versioninfo as parts

    numbers = (*map(int, version.split(".")), 0)
    texts = {
        "CompanyName": "The OIMG developers",
        "FileDescription": "OIMG",
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "The OIMG developers, GPL-3.0-or-later",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "OIMG",
        "ProductVersion": version,
    }
    english_in_unicode = [0x0409, 1200]
    return parts.VSVersionInfo(
        ffi=parts.FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            parts.StringFileInfo(
                [parts.StringTable("040904B0", [parts.StringStruct(*each) for each in texts.items()])]
            ),
            parts.VarFileInfo([parts.VarStruct("Translation", english_in_unicode)]),
        ],
    )
