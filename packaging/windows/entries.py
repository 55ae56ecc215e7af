r"""What an installer of OIMG writes into the registry of Windows, taken from the program itself.

The verbs are those of `oimg integrate install`, made by the same code; OIMG is also offered under "Open with", for
every suffix that it reads, and is made the default for none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from oimg.words.file_types import SUFFIXES
from oimg.words.menus import Verb
from oimg.work.desktop.entry import entries
from oimg.work.desktop.windows import CLASSES, INSTALLER, MARK, Verbs

PROGRAM: Final = "$INSTDIR\\oimg-gui.exe"
PICTURE: Final = "OIMG.Picture"
TITLES: Final = {Verb.OPTIMIZE: "$(OptimizeTitle)", Verb.OPEN: "$(OpenTitle)"}
"""Names of texts in the installer, which chooses the language."""
_APPLICATION: Final = f"{CLASSES}\\Applications\\oimg-gui.exe"
_START: Final = f'"{PROGRAM}" "%1"'


class _Recorder:
    """An empty registry that remembers what is written to it, as of the installer."""

    def __init__(self) -> None:
        self.written: dict[str, Mapping[str, str]] = {}

    def values(self, key: str) -> Mapping[str, str] | None:
        return self.written.get(key)

    def keys(self, key: str) -> Sequence[str]:
        return [each for each in self.written if each.rpartition("\\")[0] == key]

    def values_for_all(self, _key: str) -> None:
        return None

    def write(self, key: str, values: Mapping[str, str]) -> None:
        # The digest by which the program knows keys of its own is of the real path, which is not known here.
        self.written[key] = {name: INSTALLER if name == MARK else value for name, value in values.items()}

    def delete(self, key: str) -> None:
        del self.written[key]


def verbs() -> dict[str, Mapping[str, str]]:
    """Give the keys of "Optimize with OIMG" and "Open in OIMG", each with its values by name."""
    titles = {verb: {"en": text} for verb, text in TITLES.items()}
    registry = _Recorder()
    Verbs(registry, entries(titles, PROGRAM, PROGRAM), "en").write()
    return registry.written


def own_keys() -> dict[str, Mapping[str, str]]:
    """Give the keys that are ours as a whole: verbs, the kind of file, and the program among those that can open it."""
    start = {"shell\\open\\command": {"": _START}, "DefaultIcon": {"": f"{PROGRAM},0"}}
    return {
        **verbs(),
        f"{CLASSES}\\{PICTURE}": {"": "$(PictureTitle)"},
        **{f"{CLASSES}\\{PICTURE}\\{key}": values for key, values in start.items()},
        _APPLICATION: {"FriendlyAppName": "OIMG"},
        **{f"{_APPLICATION}\\{key}": values for key, values in start.items()},
        f"{_APPLICATION}\\SupportedTypes": dict.fromkeys(SUFFIXES, ""),
        "Software\\Microsoft\\Windows\\CurrentVersion\\App Paths\\oimg.exe": {"": "$INSTDIR\\oimg.exe"},
        "Software\\Microsoft\\Windows\\CurrentVersion\\App Paths\\oimg-gui.exe": {"": PROGRAM},
    }


def shared_keys() -> dict[str, Mapping[str, str]]:
    """Give keys that others have values in, too."""
    return {f"{CLASSES}\\{suffix}\\OpenWithProgids": {PICTURE: ""} for suffix in SUFFIXES}


def writing() -> Iterator[str]:
    """Give the lines of the installer that write all keys."""
    for key, values in {**own_keys(), **shared_keys()}.items():
        for name, value in values.items():
            yield f"WriteRegStr SHCTX {_quoted(key)} {_quoted(name)} {_quoted(value)}"


def removing() -> Iterator[str]:
    """Give the lines of the uninstaller: all of ours goes, and keys above it that hold nothing then."""
    for key, values in shared_keys().items():
        for name in values:
            yield f"DeleteRegValue SHCTX {_quoted(key)} {_quoted(name)}"
    ours = own_keys()
    tops = [key for key in ours if not any(key.startswith(f"{other}\\") for other in ours)]
    for key in tops:
        yield f"DeleteRegKey SHCTX {_quoted(key)}"
    for key in _above([*tops, *(f"{key}\\." for key in shared_keys())]):
        yield f"DeleteRegKey /ifnosubkeys /ifnovalues SHCTX {_quoted(key)}"


def _above(keys: Sequence[str]) -> list[str]:
    """Give the keys below Classes that are above these, the deepest first; all others Windows has anyway."""
    found = set()
    for key in keys:
        if key.startswith(CLASSES):
            parts = key.split("\\")
            found |= {"\\".join(parts[:end]) for end in range(3, len(parts))}
    return sorted(found, key=lambda key: (-key.count("\\"), key))


def _quoted(text: str) -> str:
    """Write a text as NSIS reads it: our own variables and texts by name, any other dollar as it is."""
    return "'" + re.sub(r"\$(?!INSTDIR|\()", "$$$$", text) + "'"
