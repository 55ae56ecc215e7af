"""The entries as key files: of Nemo, Dolphin, Thunar's Send To, PCManFM and PCManFM-Qt.

All are groups of `Key=value` lines, and each has rules of its own: how a command is quoted, what a percent sign means,
and how the types of what is selected are matched.
Sources: Desktop Entry Specification 1.5; DES-EMA 0.15 (desktop entries of file-manager actions) and how libfm and
libfm-qt read it; `sample.nemo_action` of Nemo; KDE's documentation of service menus.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Final

from oimg.work.desktop.entry import TYPES, Entry
from oimg.work.desktop.picture_types import OTHER_KINDS, OTHER_PICTURES
from oimg.work.desktop.piece import mark

_RESERVED: Final = frozenset('"`$\\')


def nemo(entry: Entry) -> str:
    """An action of Nemo, which splits the command like a shell; in double quotes it escapes all that it has to."""
    return _key_file(
        entry,
        "Nemo Action",
        [
            ("Active", "true"),
            *_named(entry),
            ("Exec", f"{_shell(entry)} %F"),
            ("Icon-Name", entry.icon),
            ("Selection", "notnone"),
            ("Mimetypes", _listed(TYPES)),
            ("Quote", "double"),
            ("EscapeSpaces", "false"),
            ("Dependencies", f"{entry.program};"),
        ],
    )


def service_menu(entries: Sequence[Entry]) -> str:
    """A service menu of Dolphin, with all entries. Remote files, which it would have to fetch, get none."""
    head = [
        ("Type", "Service"),
        ("X-KDE-ServiceTypes", "KonqPopupMenu/Plugin"),
        ("MimeType", _listed(TYPES)),
        ("X-KDE-Protocols", "file"),
        ("X-KDE-Priority", "TopLevel"),
        ("Actions", _listed(entry.verb for entry in entries)),
    ]
    text = _key_file(entries[0], "Desktop Entry", head)
    for entry in entries:
        lines = [*_named(entry), ("Icon", entry.icon), ("Exec", f"{_desktop(entry)} %F")]
        text += f"\n{_group(f'Desktop Action {entry.verb}', lines)}"
    return text


def send_to(entry: Entry) -> str:
    """A target of Thunar's Send To: an ordinary application, which its menu shows for these types.

    GLib looks for the program before it takes doubled percent signs for single ones, so it finds none that has any.
    """
    return _key_file(
        entry,
        "Desktop Entry",
        [
            ("Type", "Application"),
            ("Version", "1.0"),
            *_named(entry),
            ("Icon", entry.icon),
            ("TryExec", entry.program),
            ("Exec", f"{_desktop(entry)} %F"),
            ("MimeType", _listed(TYPES)),
            ("NoDisplay", "true"),
        ],
    )


def action(entry: Entry) -> str:
    """An action by DES-EMA, for PCManFM and PCManFM-Qt.

    Both want one type of the list to match all that is selected, so a list of ours would hide the entry from a PNG
    beside a JPEG. What is refused is told file by file, though: so this takes everything, and refuses all but ours.
    It has no tooltip, which PCManFM would show in place of the name, and no schemes, at which PCManFM 1.3.2 crashes.
    """
    refused = [f"!{kind}/*" for kind in OTHER_KINDS] + [f"!image/{name}" for name in OTHER_PICTURES]
    profile = [("MimeTypes", _listed(["all/all", *refused])), ("Exec", f"{_shell(entry)} %F")]
    head = [("Type", "Action"), *_named(entry), ("Icon", entry.icon), ("Profiles", "selected;")]
    return f"{_key_file(entry, 'Desktop Entry', head)}\n{_group('X-Action-Profile selected', profile)}"


def _named(entry: Entry) -> list[tuple[str, str]]:
    return [("Name", entry.title), *((f"Name[{language}]", text) for language, text in entry.translations)]


def _listed(names: Iterable[str]) -> str:
    return "".join(f"{name};" for name in names)


def _shell(entry: Entry) -> str:
    """The command for those who split it as a shell does, after their own percent signs are put in."""
    return shlex.join(entry.command).replace("%", "%%")


def _desktop(entry: Entry) -> str:
    """The command in the quotes of desktop entries."""
    return " ".join(_quoted(word) for word in entry.command).replace("%", "%%")


def _quoted(word: str) -> str:
    if shlex.quote(word) == word:
        return word
    return '"' + "".join(f"\\{each}" if each in _RESERVED else each for each in word) + '"'


def _key_file(entry: Entry, name: str, lines: Iterable[tuple[str, str]]) -> str:
    return f"# {mark(entry.program)}\n{_group(name, lines)}"


def _group(name: str, lines: Iterable[tuple[str, str]]) -> str:
    return f"[{name}]\n" + "".join(f"{key}={_escaped(value)}\n" for key, value in lines)


def _escaped(value: str) -> str:
    """Escape what a value of a key file cannot hold as it is."""
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
