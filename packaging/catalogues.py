"""Keeps the catalogues of translations in step with the code: finds texts, updates the .po, makes the .mo files.

    python packaging/catalogues.py            update all, and list what is not translated
    python packaging/catalogues.py --check    change nothing; exit 1 where something would change

Texts are what `_`, `N_`, `ngettext` and `NN_` are given, and `PN_` behind a context. An entry whose text is gone from
the code goes, too; a changed text is a new one, so that no translation ever says something else than the text.
"""

from __future__ import annotations

import argparse
import ast
import re
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

SOURCES: Final = Path(__file__).resolve().parents[1] / "src" / "oimg"
LOCALE: Final = SOURCES / "locale"
PLURALS: Final = {"de": "nplurals=2; plural=(n != 1);", "zh_CN": "nplurals=1; plural=0;"}
_SINGULAR: Final = {"_", "N_"}
_PLURAL: Final = {"ngettext", "NN_"}
_IN_CONTEXT: Final = "PN_"
_BETWEEN: Final = "\4"  # a context and its text, in keys of .mo files
_MAGIC: Final = 0x950412DE


@dataclass(frozen=True, slots=True)
class Entry:
    """One text, where it is in the code, and its translation: one form, or as many as the language has plurals.

    A text that has a context begins with it and `_BETWEEN`.
    """

    text: str
    plural: str = ""
    files: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def translated(self) -> bool:
        """Whether there is a translation that can be used."""
        return bool(self.forms) and all(self.forms) and "fuzzy" not in self.flags


def texts() -> dict[str, Entry]:
    """Find every text of the code, in the order of files and lines."""
    found: dict[str, Entry] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES.parent).as_posix()
        for text, plural in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            known = found.get(text, Entry(text, plural))
            files = known.files if name in known.files else (*known.files, name)
            found[text] = replace(known, plural=known.plural or plural, files=files)
    return found


def _marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        given = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if name in _SINGULAR and len(given) == 1:
            yield given[0], ""
        elif name in _PLURAL and len(given) == 2:
            yield given[0], given[1]
        elif name == _IN_CONTEXT and len(given) == 2:
            yield _BETWEEN.join(given), ""


def read(path: Path) -> dict[str, Entry]:
    """Read a .po file without its head."""
    blocks = path.read_text(encoding="utf-8").split("\n\n") if path.exists() else []
    entries = (_entry(block) for block in blocks)
    return {entry.text: entry for entry in entries if entry.text}


def _entry(block: str) -> Entry:
    files, flags, strings, last = [], [], {}, ""
    for line in block.splitlines():
        if line.startswith("#:"):
            files += line[2:].split()
        elif line.startswith("#,"):
            flags += [flag.strip() for flag in line[2:].split(",")]
        elif match := re.fullmatch(r'(msg\w+(?:\[\d\])?) "(.*)"', line):
            last = match[1]
            strings[last] = _plain(match[2])
        elif line.startswith('"'):
            strings[last] += _plain(line[1:-1])
    forms = tuple(value for name, value in strings.items() if name.startswith("msgstr"))
    context = f"{strings['msgctxt']}{_BETWEEN}" if "msgctxt" in strings else ""
    return Entry(context + strings.get("msgid", ""), strings.get("msgid_plural", ""), tuple(files), forms, tuple(flags))


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), quoted)


def updated(language: str, found: Mapping[str, Entry], known: Mapping[str, Entry]) -> list[Entry]:
    """Give the entries of a language: the texts of the code, with the translations that are known."""
    count = int(PLURALS[language].split("=")[1].split(";")[0])
    made = []
    for entry in found.values():
        size = count if entry.plural else 1
        old = known.get(entry.text)
        kept = old is not None and old.plural == entry.plural and len(old.forms) == size
        forms, flags = (old.forms, old.flags) if old is not None and kept else (("",) * size, ())
        made.append(replace(entry, forms=forms, flags=flags))
    return made


def po(language: str, entries: Sequence[Entry]) -> str:
    """Write a .po file."""
    return "\n".join([_block(Entry("", forms=(_head(language),))), *(_block(entry) for entry in entries)])


def _head(language: str) -> str:
    return (
        f"Project-Id-Version: oimg\nLanguage: {language}\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\nPlural-Forms: {PLURALS[language]}\n"
    )


def _block(entry: Entry) -> str:
    lines = [f"#: {name}" for name in entry.files]
    lines += [f"#, {', '.join(entry.flags)}"] if entry.flags else []
    context, _, text = entry.text.rpartition(_BETWEEN)
    lines += [f"msgctxt {_quoted(context)}"] if context else []
    lines += [f"msgid {_quoted(text)}"]
    if entry.plural:
        lines += [f"msgid_plural {_quoted(entry.plural)}"]
        lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(entry.forms)]
    else:
        lines += [f"msgstr {_quoted(entry.forms[0])}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Quote a text; one of several lines begins on a line of its own."""
    lines = [
        '"' + line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
        for line in text.splitlines(keepends=True)
    ]
    return "\n".join(['""', *lines] if len(lines) > 1 else lines) or '""'


def mo(language: str, entries: Sequence[Entry]) -> bytes:
    """Write a .mo file of what is translated: two tables of lengths and offsets, then the strings, all sorted."""
    pairs = {"": _head(language)}
    for entry in entries:
        if entry.translated:
            pairs["\0".join(filter(None, (entry.text, entry.plural)))] = "\0".join(entry.forms)
    strings = sorted((text.encode(), translation.encode()) for text, translation in pairs.items())
    count, start = len(strings), 28 + 16 * len(strings)
    tables, data = [b"", b""], b""
    for side in (0, 1):
        for pair in strings:
            tables[side] += struct.pack("<II", len(pair[side]), start + len(data))
            data += pair[side] + b"\0"
    return struct.pack("<7I", _MAGIC, 0, count, 28, 28 + 8 * count, 0, start) + tables[0] + tables[1] + data


def files() -> dict[Path, bytes]:
    """Give the files as they should be."""
    found = texts()
    made: dict[Path, bytes] = {}
    for language in PLURALS:
        folder = LOCALE / language / "LC_MESSAGES"
        entries = updated(language, found, read(folder / "oimg.po"))
        made[folder / "oimg.po"] = po(language, entries).encode()
        made[folder / "oimg.mo"] = mo(language, entries)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring the catalogues up to date, or tell whether they are."""
    grammar = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    grammar.add_argument("--check", action="store_true", help="change nothing; exit 1 where something would change")
    check = grammar.parse_args(arguments).check
    stale = {path: data for path, data in files().items() if not path.exists() or path.read_bytes() != data}
    for path, data in stale.items():
        print("stale" if check else "updated", path.relative_to(SOURCES))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for language in PLURALS:
        entries = read(LOCALE / language / "LC_MESSAGES" / "oimg.po").values()
        open_ = [entry.text for entry in entries if not entry.translated]
        print(f"{language}: {len(entries) - len(open_)} of {len(entries)} translated")
        print(*(f"  {text!r}" for text in open_), sep="\n" if open_ else "", end="\n" if open_ else "")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
