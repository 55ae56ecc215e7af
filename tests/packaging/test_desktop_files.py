"""What the desktop knows OIMG by: the application's file, its metainfo, its icons."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from oimg.faces.gui import app
from oimg.words.file_types import ALL_MEDIA_TYPES, MEDIA_TYPES, SUFFIXES
from oimg.words.i18n import LANGUAGES
from packaging_help import LINUX, ROOT, need, run, script

bundle = script("bundle")

DESKTOP = LINUX / "oimg.desktop"
OPEN_WITH = LINUX / "zz-oimg-open.desktop"
METAINFO = LINUX / f"{bundle.IDENTIFIER}.metainfo.xml"
MIME_GLOBS = Path("/usr/share/mime/globs2")
OTHERS = [language for language in LANGUAGES if language != "en"]


def desktop(path: Path = DESKTOP) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(path.read_text("utf-8"))
    return parsed


def test_the_application_opens_every_type_that_oimg_can() -> None:
    listed = desktop(OPEN_WITH)["Desktop Entry"]["MimeType"].removesuffix(";").split(";")
    assert len(listed) == len(set(listed))
    assert set(listed) == set(ALL_MEDIA_TYPES)


def test_no_viewer_loses_its_place_as_the_default() -> None:
    """Of those that list a type, the first file in the alphabet is the default (shared MIME cache of GLib)."""
    assert "MimeType" not in desktop()["Desktop Entry"]
    assert desktop(OPEN_WITH)["Desktop Entry"]["NoDisplay"] == "true"
    viewers = ("eog", "org.gnome.eog", "org.gnome.Loupe", "ristretto", "org.xfce.ristretto", "xviewer", "viewnior")
    assert all(f"{name}.desktop" < OPEN_WITH.name for name in viewers)


def test_every_suffix_leads_to_a_type_that_is_listed() -> None:
    if not MIME_GLOBS.is_file():
        pytest.skip(f"NOT TESTED: no {MIME_GLOBS} (package shared-mime-info)")
    known: dict[str, set[str]] = {}
    for line in MIME_GLOBS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            _, kind, glob = line.split(":")[:3]
            known.setdefault(glob.removeprefix("*"), set()).add(kind)
    told = {suffix: known[suffix] for suffix in SUFFIXES if suffix in known}
    assert {".jpg", ".png", ".heic", ".tif", ".webp"} <= set(told)
    for suffix, kinds in told.items():
        assert kinds & set(MEDIA_TYPES[SUFFIXES[suffix]]), f"{suffix} is {kinds}"


def test_commands_are_those_that_the_window_understands() -> None:
    for path in (DESKTOP, OPEN_WITH):
        words = shlex.split(desktop(path)["Desktop Entry"]["Exec"])
        assert (words[0], words[-1]) == ("oimg-gui", "%F")
        assert app.parser("oimg-gui").parse_args([*words[1:-1], "a.jpg", "b.png"]).paths == ["a.jpg", "b.png"]
    sections = desktop()
    assert sections["Desktop Entry"]["Actions"] == "optimize;"
    words = shlex.split(sections["Desktop Action optimize"]["Exec"])  # a launcher's menu has no files to give
    assert words[0] == "oimg-gui"
    assert app.parser("oimg-gui").parse_args(words[1:]).quick


@pytest.mark.parametrize("language", OTHERS)
def test_texts_are_in_every_language(language: str) -> None:
    entry, action = desktop()["Desktop Entry"], desktop()["Desktop Action optimize"]
    for key in ("GenericName", "Comment", "Keywords"):
        assert entry[f"{key}[{language}]"] not in {"", entry[key]}
    assert action[f"Name[{language}]"] not in {"", action["Name"]}
    told = ET.parse(METAINFO).getroot()  # noqa: S314 - our own
    marked = "{http://www.w3.org/XML/1998/namespace}lang"
    plain = [each for each in told.iter() if each.tag in {"summary", "p", "li"} and marked not in each.attrib]
    assert len(plain) == len([each for each in told.iter() if each.get(marked) == language])


def test_the_application_file_is_valid() -> None:
    need("desktop-file-validate")
    assert run("desktop-file-validate", DESKTOP, OPEN_WITH) == ""


def test_the_metainfo_is_valid(tmp_path: Path) -> None:
    need("appstreamcli")
    written = tmp_path / METAINFO.name
    text = METAINFO.read_text("utf-8").replace("@VERSION@", bundle.version()).replace("@DATE@", "2026-11-22")
    written.write_text(text, "utf-8")
    run("appstreamcli", "validate", "--no-net", "--pedantic", written)


def test_the_metainfo_names_the_application() -> None:
    told = ET.parse(METAINFO).getroot()  # noqa: S314 - our own
    assert told.findtext("id") == bundle.IDENTIFIER
    assert told.findtext("launchable") == DESKTOP.name
    assert told.findtext("icon") == desktop()["Desktop Entry"]["Icon"]
    assert [each.text for each in told.iter("binary")] == [program.name for program in bundle.PROGRAMS]


def test_icons_have_the_sizes_that_their_folders_say() -> None:
    folders = sorted((ROOT / "assets" / "icons").iterdir())
    assert {"16x16", "32x32", "48x48", "128x128", "256x256"} <= {folder.name for folder in folders}
    for folder in folders:
        with Image.open(folder / "oimg.png") as icon:
            assert f"{icon.width}x{icon.height}" == folder.name
