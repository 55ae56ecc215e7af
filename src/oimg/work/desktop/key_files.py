"""The entries as key files, for Nemo, Dolphin, Thunar's Send To, PCManFM and PCManFM-Qt.

All of them are groups of `Key=value` lines. Each file manager has its own rules for quoting the command, for percent
signs, and for matching the types of the selected files.
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
    """An action of Nemo, which splits the command like a shell; with `Quote=double` it escapes paths correctly."""
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
    """A service menu of Dolphin with all entries; not for remote files, which Dolphin would have to download."""
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
    """A target of Thunar's Send To: an ordinary application, which the menu shows for these types.

    GLib looks for the program before it replaces `%%` by `%`, so it finds none with a percent sign in its path.
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

    Both require that one listed type matches all selected files, so a list of our types would hide the entry when a PNG
    and a JPEG are selected. Refused types, however, are checked file by file: so the entry accepts everything and
    refuses all types but ours. It has no tooltip, which PCManFM would show instead of the name, and no schemes, which
    crash PCManFM 1.3.2.
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
    """The command for file managers that expand percent signs and then split it like a shell."""
    return shlex.join(entry.command).replace("%", "%%")


def _desktop(entry: Entry) -> str:
    """The command, quoted as desktop entries require."""
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
