"""What Windows shows as the properties of the programs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# As PyInstaller reads it: a call of its own classes. The numbers are those of winver.h: a program of Windows NT.
_TEXT: Final = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0),
  kids=[
    StringFileInfo([StringTable("040904B0", [{texts}])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""


def write(path: Path, name: str, version: str) -> Path:
    """Write the file that PyInstaller takes the properties of a program from; gives its path."""
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
    entries = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in texts.items())
    path.write_text(_TEXT.format(numbers=numbers, texts=entries), "utf-8")
    return path
