"""Reading key files as strictly as GLib does, and commands in them as file managers do."""

from __future__ import annotations

import re

Groups = dict[str, dict[str, str]]
_KEY = re.compile(r"[A-Za-z0-9-]+(?:\[[a-z]{2}(?:_[A-Z]{2})?\])?")
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


def parse(text: str) -> Groups:
    """Give the groups; asserts that everything is well-formed and nothing is there twice."""
    groups: Groups = {}
    group: dict[str, str] | None = None
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            assert line.endswith("]"), line
            assert line[1:-1] not in groups, line
            group = groups.setdefault(line[1:-1], {})
            continue
        key, equals, value = line.partition("=")
        assert equals, line
        assert _KEY.fullmatch(key), line
        assert group is not None, line
        assert key not in group, line
        group[key] = unescaped(value)
    return groups


def unescaped(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\]|\\[sntr\\])*", value), value
    return re.sub(r"\\(.)", lambda match: _ESCAPES[match[1]], value)


def listed(value: str) -> list[str]:
    assert value.endswith(";")
    return value.removesuffix(";").split(";")


def desktop_words(command: str) -> list[str]:
    """Split a command by the rules of the Desktop Entry Specification (The Exec key)."""
    words, rest = [], command
    while rest := rest.lstrip(" "):
        if rest.startswith('"'):
            match = re.match(r'"((?:[^"`$\\]|\\["`$\\])*)"(?= |$)', rest)
            assert match is not None, rest
            words.append(re.sub(r"\\(.)", r"\1", match[1]))
        else:
            match = re.match(r"[^ \t\n\"'\\><~|&;$*?#()`]+(?= |$)", rest)
            assert match is not None, rest
            words.append(match[0])
        rest = rest[match.end() :]
    return words


def field_codes(words: list[str], paths: list[str]) -> list[str]:
    """Put paths in the place of %F; every other percent sign has to be doubled."""
    given: list[str] = []
    for word in words:
        if word == "%F":
            given += paths
        else:
            assert re.fullmatch(r"(?:[^%]|%%)*", word), word
            given.append(word.replace("%%", "%"))
    return given
