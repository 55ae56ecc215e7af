"""Translations keep up with the code: every text is there, nothing in doubt, placeholders and marks of keys match."""

from __future__ import annotations

import gettext
import importlib.util
import io
import os
import re
import string
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from oimg.engine.metadata import exif_words, origin_words
from oimg.words.i18n import LANGUAGES, PN_, catalogue, language_of

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    path = ROOT / "packaging" / "catalogues.py"
    spec = importlib.util.spec_from_file_location("catalogues", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["catalogues"] = module
    spec.loader.exec_module(module)
    return module


catalogues = load()
TRANSLATIONS = sorted(set(LANGUAGES) - {"en"})


def entries(language: str):
    return catalogues.read(catalogues.LOCALE / language / "LC_MESSAGES" / "oimg.po")


def fields(text: str) -> list[str]:
    return sorted(name or "" for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_every_language_has_a_catalogue() -> None:
    assert sorted(catalogues.PLURALS) == TRANSLATIONS
    assert sorted(path.name for path in catalogues.LOCALE.iterdir()) == TRANSLATIONS


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_of_the_code_is_translated(language: str) -> None:
    known = entries(language)
    missing = [text for text in catalogues.texts() if text not in known or not known[text].translated]
    assert not missing, "run packaging/catalogues.py, and translate these"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translations_have_the_placeholders_of_their_texts(language: str) -> None:
    for entry in entries(language).values():
        for form in entry.forms:
            assert fields(form) in (fields(entry.text), fields(entry.plural or entry.text)), entry.text


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_keys_can_be_underlined_where_they_are_in_the_text(language: str) -> None:
    for entry in entries(language).values():
        marks = re.findall(r"&\w", entry.text)
        for form in entry.forms:
            assert len(re.findall(r"&\w", form)) == len(marks), entry.text
            assert form[:1].isspace() == entry.text[:1].isspace()
            assert form.endswith("…") == entry.text.endswith("…"), entry.text


def test_chinese_has_its_own_punctuation() -> None:
    for entry in entries("zh_CN").values():
        for form in entry.forms:
            assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]|……", form), entry.text


def test_everything_is_in_step_with_the_code() -> None:
    stale = [path for path, data in catalogues.files().items() if path.read_bytes() != data]
    assert not stale, "run packaging/catalogues.py"


def test_the_tool_says_so() -> None:
    tool = ROOT / "packaging" / "catalogues.py"
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    count = len(catalogues.texts())
    assert done.stdout.splitlines() == [f"{each}: {count} of {count} translated" for each in catalogues.PLURALS]


def test_a_file_that_is_read_is_written_as_it_was(tmp_path: Path) -> None:
    made = [
        catalogues.Entry('a "quoted" \\ text\twith a tab', "", ("oimg/a.py",), ("eins",)),
        catalogues.Entry("several\nlines\n", "", ("oimg/a.py", "oimg/b.py"), ("mehrere\nZeilen\n",), ("fuzzy",)),
        catalogues.Entry("{count} file", "{count} files", ("oimg/b.py",), ("{count} Datei", "{count} Dateien")),
    ]
    path = tmp_path / "a.po"
    path.write_text(catalogues.po("de", made), encoding="utf-8")
    read = catalogues.read(path)
    assert list(read.values()) == made
    assert [entry.translated for entry in read.values()] == [True, False, True]


def test_a_made_file_is_read_by_gettext() -> None:
    made = [
        catalogues.Entry("Stop", forms=("Halt",)),
        catalogues.Entry("{} file", "{} files", forms=("{} Datei", "{} Dateien")),
        catalogues.Entry("in doubt", forms=("im Zweifel",), flags=("fuzzy",)),
        catalogues.Entry("open", forms=("",)),
    ]
    read = gettext.GNUTranslations(io.BytesIO(catalogues.mo("de", made)))
    assert read.gettext("Stop") == "Halt"
    assert [read.ngettext("{} file", "{} files", count) for count in (1, 2)] == ["{} Datei", "{} Dateien"]
    assert [read.gettext(text) for text in ("in doubt", "open")] == ["in doubt", "open"]
    assert language_of(read) == "de"


def test_every_term_of_metadata_can_be_translated() -> None:
    names = {"CCITT 1D", "LZW", "JPEG", "Deflate", "PackBits", "WebP", "JPEG XL", "RGB", "CMYK", "YCbCr", "CIE Lab"}
    names |= {"ICC Lab", "sRGB", "Adobe RGB", "D50", "D55", "D65", "D75", "km/h", "mph"}
    tables = (*exif_words.NUMBERS.values(), *exif_words.GPS_NUMBERS.values(), *exif_words.GPS_TEXTS.values())
    tables += (exif_words.INTEROP_INDEX, origin_words.SOURCE_TYPES, origin_words.ACTIONS)
    terms = {word for table in tables for word in table.values()} | set(exif_words.FILTERS)
    assert terms - names <= set(catalogues.texts())


def test_one_text_can_say_two_things(tmp_path: Path) -> None:
    made = [
        catalogues.Entry("Close", forms=("Schließen",)),
        catalogues.Entry(PN_("distance", "Close"), forms=("Nah",)),
    ]
    path = tmp_path / "a.po"
    path.write_text(catalogues.po("de", made), encoding="utf-8")
    assert list(catalogues.read(path).values()) == made
    assert 'msgctxt "distance"\nmsgid "Close"\nmsgstr "Nah"' in path.read_text(encoding="utf-8")
    read = gettext.GNUTranslations(io.BytesIO(catalogues.mo("de", made)))
    assert (read.gettext("Close"), read.pgettext("distance", "Close")) == ("Schließen", "Nah")
    assert read.gettext(PN_("distance", "Close")) == "Nah"


def test_a_changed_text_is_a_new_one() -> None:
    found = {"new": catalogues.Entry("new"), "same": catalogues.Entry("same"), "one": catalogues.Entry("one", "many")}
    known = {name: catalogues.Entry(name, forms=("alt",)) for name in ("old", "same", "one")}
    made = catalogues.updated("de", found, known)
    assert [(entry.text, entry.forms) for entry in made] == [("new", ("",)), ("same", ("alt",)), ("one", ("", ""))]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_language_can_be_chosen(language: str) -> None:
    chosen = catalogue(language)
    assert language_of(chosen) == language
    assert chosen.gettext("Optimize") != "Optimize"


def test_english_can_be_chosen_and_is_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    assert catalogue().gettext("Optimize") == "Optimieren"
    assert catalogue("en").gettext("Optimize") == "Optimize"
    monkeypatch.setenv("LANGUAGE", "tlh")
    assert (catalogue().gettext("Optimize"), language_of(catalogue())) == ("Optimize", "en")


def test_the_command_line_speaks_the_language_of_the_system_or_of_the_settings(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "oimg", "undo", "--list"]
    config = tmp_path / "oimg"
    config.mkdir()

    def said(**changes: str) -> str:
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "XDG_CONFIG_HOME": str(tmp_path), **changes}
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout

    assert said(LANGUAGE="en").startswith("No batch")
    assert said(LANGUAGE="de_AT:en").startswith("Kein Durchgang")
    assert said(LANGUAGE="", LC_ALL="zh_CN.UTF-8").startswith("没有批次")
    (config / "settings.json").write_text('{"schema": 1, "language": "de"}', encoding="utf-8")
    assert said(LANGUAGE="en").startswith("Kein Durchgang")
    (config / "settings.json").write_text('{"schema": 1, "language": "tlh"}', encoding="utf-8")
    assert said(LANGUAGE="en").startswith("No batch")
