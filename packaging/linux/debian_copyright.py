"""Writes the package's copyright file in Debian's machine-readable form: OIMG, and each library that it brings.

The table is components.toml; the texts of licences are those that the wheels themselves carry.
"""

from __future__ import annotations

import os
import tomllib
from importlib.metadata import files
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
PLACE: Final = "usr/lib/oimg"
_FORMAT: Final = "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
_COMMON: Final = {"GPL-2+": "GPL-2", "GPL-3+": "GPL-3", "GPL-3": "GPL-3", "LGPL-3+": "LGPL-3"}
_LICENCE_FILES: Final = ("licen", "copying", "notice")


def components() -> list[dict[str, Any]]:
    """Read the table."""
    found: list[dict[str, Any]] = tomllib.loads((HERE / "components.toml").read_text("utf-8"))["component"]
    return found


def copyright_file() -> str:
    """Write the whole file."""
    stanzas = [
        f"Format: {_FORMAT}\nUpstream-Name: OIMG",
        "Files: *\nCopyright: 2026 The OIMG developers\nLicense: GPL-3+",
        "Files: usr/share/metainfo/*\nCopyright: 2026 The OIMG developers\nLicense: CC0-1.0",
    ]
    texts = {name: _common(name) for name in _COMMON}
    texts["CC0-1.0"] = "On Debian systems, see /usr/share/common-licenses/CC0-1.0."
    for each in components():
        lines = [f"Files: {' '.join(f'{PLACE}/{name}' for name in each['files'])}"]
        lines += [f"Copyright: {each['copyright']}", f"License: {each['license']}"]
        told = [each["name"], *([each["comment"]] if "comment" in each else [])]
        stanzas.append("\n".join([*lines, f"Comment: {_indented('. '.join(told)).strip()}"]))
        own = "\n\n".join(_texts(each))
        for name in each["license"].split(" and "):
            if name not in texts:
                texts[name] = own
    stanzas += [f"License: {name}\n{_indented(text)}" for name, text in texts.items()]
    return "\n\n".join(stanzas) + "\n"


def _texts(component: dict[str, Any]) -> list[str]:
    """The licence texts of a component; LookupError where there is none, for then it may not be given away."""
    python = Path(os.__file__).with_name("LICENSE.txt")
    paths = [python if name == "python" else HERE / name for name in component.get("texts", ())]
    listed = sorted(files(component["wheel"]) or []) if "wheel" in component else []
    told = [each for each in listed if any(word in each.name.lower() for word in _LICENCE_FILES)]
    paths += [Path(str(each.locate())) for each in told if ".dist-info" in str(each)]
    if not paths and not set(component["license"].split(" and ")) <= set(_COMMON):
        raise LookupError(f"no licence text of {component['name']}")
    return [path.read_text("utf-8") for path in paths]


def _common(name: str) -> str:
    later = "; either version {0} of the License, or (at your option) any later version" if name.endswith("+") else ""
    number = name.removesuffix("+").rpartition("-")[2]
    return (
        f"This may be redistributed and changed under the terms of the license {_COMMON[name]} as published by the "
        f"Free Software Foundation{later.format(number)}.\n"
        f"On Debian systems, the complete text is in /usr/share/common-licenses/{_COMMON[name]}."
    )


def _indented(text: str) -> str:
    """A field of several lines: each begins with a space, an empty one is a dot."""
    return "\n".join(f" {line.rstrip()}" if line.strip() else " ." for line in text.strip().splitlines())
