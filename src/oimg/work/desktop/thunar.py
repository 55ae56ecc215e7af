"""Thunar's custom actions: one file with the user's actions, of which two are ours.

The file belongs to the user: ours are inserted and removed as text, and nothing else in it is touched. If the user has
no file, Thunar shows the system's, which a file of ours would hide; so ours starts as a copy of it.

Thunar matches types only roughly: `image/*`, and folders. It passes the command to a shell as one argument, which the
kernel limits to 128 KiB (MAX_ARG_STRLEN, execve(2)); Send To has neither restriction.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from oimg.work.desktop.entry import Entry
from oimg.work.desktop.piece import (
    PieceState,
    encoded,
    is_there,
    make_folders,
    read,
    remove_folders,
)
from oimg.work.files.atomic import replace_file

_EMPTY: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<actions>\n</actions>\n'
_END: Final = "</actions>"
_FACTS: Final = ("icon", "command", "description", "patterns")
_KINDS: Final = ("directories", "audio-files", "image-files", "other-files", "text-files", "video-files")
_ID: Final = re.compile(r"oimg-(?:optimize|open)-[0-9a-f]{16}")
_OURS: Final = re.compile(
    rf"<action>(?:(?!</?action>)[\s\S])*?<unique-id>{_ID.pattern}</unique-id>(?:(?!</?action>)[\s\S])*?</action>\n?"
)
_MADE: Final = re.compile(r"<!-- oimg-menu-entry ([0-9a-f]{64}) (\d) -->\n")


@dataclass(frozen=True, slots=True)
class Actions:
    """Our actions in the user's file, `path`; `defaults` are the places of a file of the system."""

    path: Path
    defaults: Sequence[Path]
    entries: Sequence[Entry]

    @property
    def possible(self) -> bool:
        """Whether Thunar is used here: else our file would hide the default actions when Thunar is installed later."""
        return os.path.lexists(self.path) or any(each.is_file() for each in self.defaults)

    def state(self) -> PieceState:
        """Look how they stand."""
        text = self._text()
        if text is None:
            return PieceState.FOREIGN if os.path.lexists(self.path) else PieceState.ABSENT
        found = _actions(text)
        if found is None:
            return PieceState.FOREIGN
        ours = [each for each in found if _ID.fullmatch(each.findtext("unique-id", ""))]
        if len(_OURS.findall(text)) != len(ours) or any(not _intact(each) for each in ours):
            return PieceState.FOREIGN
        if not ours:
            return PieceState.ABSENT
        wanted = [_unique_id(entry) for entry in self.entries]
        if [each.findtext("unique-id") for each in ours] == wanted:
            return PieceState.CURRENT
        programs = [_program(each.findtext("command", "")) for each in ours]
        return PieceState.OUTDATED if all(map(is_there, programs)) else PieceState.MOVED

    def write(self) -> None:
        """Append our actions to the user's, unless they are there already or were changed. Raises OSError."""
        if self.state() in (PieceState.FOREIGN, PieceState.CURRENT):
            return
        text = self._text()
        made = ""
        if text is None:
            text = next((default for each in self.defaults if (default := read(each)) is not None), _EMPTY)
            if _actions(text) is None:
                text = _EMPTY
            digest = hashlib.sha256(encoded(text)).hexdigest()
            made = f"<!-- oimg-menu-entry {digest} {make_folders(self.path.parent)} -->\n"
        text = _OURS.sub("", text)
        place = text.rindex(_END)
        added = "".join(_action(entry) for entry in self.entries)
        self._write(f"{text[:place]}{added}{made}{text[place:]}")

    def remove(self) -> None:
        """Remove our actions, and the file if it is then as it was created. Raises OSError."""
        if self.state() in (PieceState.FOREIGN, PieceState.ABSENT):
            return
        text = _OURS.sub("", self._text() or "")
        made = _MADE.search(text)
        text = _MADE.sub("", text)
        if made is not None and hashlib.sha256(encoded(text)).hexdigest() == made[1]:
            self.path.unlink()
            remove_folders(self.path.parent, int(made[2]))
        else:
            self._write(text)

    def _text(self) -> str | None:
        """The text of the file; if it is a link, which users have for such files, that stays."""
        return read(self.path.resolve())

    def _write(self, text: str) -> None:
        target = self.path.resolve()
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        replace_file(target, encoded(text), mode)


def _actions(text: str) -> list[ET.Element] | None:
    """The actions of a file; None if it is not a file of Thunar's actions."""
    try:
        root = ET.fromstring(encoded(text))  # noqa: S314 - the user's own file, of bounded size
    except ET.ParseError:
        return None
    return list(root.iter("action")) if root.tag == "actions" and text.count(_END) == 1 else None


def _intact(element: ET.Element) -> bool:
    """Whether one of our actions still does what it was written for.

    Its name does not count: when the user edits any action, Thunar rewrites the file with the names of one language.
    """
    facts = [element.findtext(name, "") for name in _FACTS]
    kinds = [kind for kind in _KINDS if element.find(kind) is not None]
    return _digest(facts, kinds) == element.findtext("unique-id", "").rpartition("-")[2]


def _action(entry: Entry) -> str:
    told = {name: _escaped(value) for name, value in zip(_FACTS, _facts(entry), strict=True)}
    names = "".join(f'\t<name xml:lang="{code}">{_escaped(title)}</name>\n' for code, title in entry.translations)
    return (
        f"<action>\n\t<icon>{told['icon']}</icon>\n\t<name>{_escaped(entry.title)}</name>\n{names}"
        f"\t<submenu></submenu>\n\t<unique-id>{_unique_id(entry)}</unique-id>\n"
        f"\t<command>{told['command']}</command>\n\t<description></description>\n\t<range>*</range>\n"
        f"\t<patterns>{told['patterns']}</patterns>\n\t<directories/>\n\t<image-files/>\n</action>\n"
    )


def _facts(entry: Entry) -> tuple[str, ...]:
    return entry.icon, f"{shlex.join(entry.command).replace('%', '%%')} %F", "", "*"


def _unique_id(entry: Entry) -> str:
    return f"oimg-{entry.verb}-{_digest(_facts(entry), ('directories', 'image-files'))}"


def _digest(facts: Sequence[str], kinds: Sequence[str]) -> str:
    return hashlib.sha256(encoded("\0".join((*facts, *kinds)))).hexdigest()[:16]


def _escaped(value: str) -> str:
    return html.escape(value, quote=False)


def _program(command: str) -> str:
    try:
        return shlex.split(command.replace("%%", "%"))[0]
    except (ValueError, IndexError):
        return ""
