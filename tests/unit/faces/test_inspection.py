"""`oimg inspect` for people and for programs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import piexif
import pytest
from PIL import Image

from oimg.faces.cli import inspection, tell
from oimg.faces.verdicts import TOPICS, Topic, answer, topic_of
from oimg.words.privacy import Fate, Finding, MetadataGroup, MetadataPolicy, Prospect
from oimg.words.recipe import Recipe

G = MetadataGroup


@pytest.fixture
def revealing(tmp_path: Path) -> Path:
    tables = {
        "0th": {
            piexif.ImageIFD.Make: b"Apple",
            piexif.ImageIFD.Model: b"iPhone 12",
            piexif.ImageIFD.Copyright: b"(c) Ann",
            piexif.ImageIFD.Artist: "Ann \u202egnol\x1b[31m".encode(),
            piexif.ImageIFD.ImageDescription: b"word " * 100,
        },
        "Exif": {piexif.ExifIFD.BodySerialNumber: b"C39X1234", piexif.ExifIFD.DateTimeOriginal: b"2024:05:30 08:09:10"},
        "GPS": {
            1: b"N",
            2: ((52, 1), (31, 1), (12, 1)),
            3: b"E",
            4: ((13, 1), (24, 1), (18, 1)),
        },
    }
    Image.effect_noise((64, 48), 90).convert("RGB").save(tmp_path / "a.jpg", exif=piexif.dump(tables))
    return tmp_path / "a.jpg"


def shown(capsys: pytest.CaptureFixture[str], path: Path, recipe: Recipe | None = None) -> str:
    assert tell.inspect([path], recipe or Recipe(), as_json=False) == 0
    return capsys.readouterr().out


def test_verdicts_come_first_the_place_before_all(revealing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, revealing).splitlines()
    start = lines.index("  What it reveals:") + 1
    verdicts = lines[start : start + len(TOPICS)]
    assert [line[4:26].strip() for line in verdicts] == list(TOPICS.values())
    # 52 + 31/60 + 12/3600 and 13 + 24/60 + 18/3600
    assert verdicts[0][26:].startswith("52° 31′ 12.0″ N, 13° 24′ 18.0″ E")
    assert verdicts[2][26:] == "Apple, iPhone 12, serial C39X1234"
    assert verdicts[4][26:] == "no"
    assert verdicts[5][26:] == "30 May 2024, 08:09:10"


def test_every_thing_has_its_mark_and_its_column(revealing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, revealing)
    rows = [line for line in text.splitlines() if line[:6] in ("    - ", "    + ")]
    marks = {line[6:].split()[0]: line[4] for line in rows}
    assert marks["position"] == marks["Model"] == marks["BodySerialNumber"] == marks["Artist"] == "-"
    assert marks["Copyright"] == marks["DateTimeOriginal"] == "+"
    columns = {len(line) - len(line[6:].split(None, 1)[1]) for line in rows}
    assert len(columns) == 1
    assert (
        text.rstrip()
        .splitlines()[-1]
        .startswith("  With --metadata private (the default): removes all of place, device")
    )
    assert text.rstrip().endswith("leaves time, copyright and credit.")


def test_nothing_is_cut_off_and_nothing_moves_the_cursor(revealing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, revealing)
    assert ("word " * 100).strip() in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert all(line.isprintable() for line in text.splitlines())


def test_on_a_terminal_long_rows_go_on_below_themselves(
    revealing: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr(inspection.shutil, "get_terminal_size", lambda: os.terminal_size((72, 24)))
    text = shown(capsys, revealing)
    first = next(line for line in text.splitlines() if "ImageDescription" in line)
    following = text.splitlines()[text.splitlines().index(first) + 1]
    assert len(first) <= 72
    assert following.index("word") == first.index("word")


def test_other_recipes_are_named(revealing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = shown(capsys, revealing, Recipe(metadata=MetadataPolicy.KEEP)).splitlines()[-1]
    assert kept.startswith("  With --metadata keep: leaves place, device, owner and names, time")
    some = shown(capsys, revealing, Recipe(metadata=MetadataPolicy.STRIP, keep=frozenset({G.DEVICE}))).splitlines()[-1]
    assert "--metadata strip --keep device" in some
    assert "leaves device" in some


def test_what_would_be_kept_says_why(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, corpus / "conformance/gainmap-motion-mpo/seine_sdr_gainmap_srgb.jpg")
    assert "This recipe leaves the file as it is: HDR photo" in text
    assert "    - " not in text


def test_json_has_numbers_beside_the_words(revealing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tell.inspect([revealing], Recipe(), as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["position"] == {"latitude": 52.52, "longitude": 13.405, "altitude": None}
    assert told["kept"] is None
    found = {each["name"]: each for each in told["reveals"]}
    assert found["position"] == {
        "group": "location",
        "name": "position",
        "value": "52.520000, 13.405000",
        "removed": True,
        "fate": "removed",
        "left": [],
        "facts": {"latitude": 52.52, "longitude": 13.405},
    }
    assert found["Copyright"]["removed"] is False
    assert found["DateTimeOriginal"]["facts"] == {"iso": "2024-05-30T08:09:10"}
    assert found["ImageDescription"]["facts"]["text"] == ("word " * 100).strip()
    assert {"location", "device", "owner"} <= set(told["removed"])


def test_every_group_belongs_to_a_topic() -> None:
    for group in MetadataGroup:
        assert topic_of(Finding(group, "x", "y")) in TOPICS


def test_answers_are_short() -> None:
    def prospects(*pairs: tuple[str, str]) -> list[Prospect]:
        return [Prospect(Finding(G.OTHER, name, value), Fate.REMOVED) for name, value in pairs]

    assert answer(Topic.PLACE, []) == "no"
    assert answer(Topic.PLACE, prospects(("GPSVersionID", "2.3.0.0"))) == "no"
    assert answer(Topic.PLACE, prospects(("City", "Porto"), ("dc:x", "y"))) == "Porto (and 1 more)"
    twice = prospects(("Make", "Canon"), ("tiff:Make", "Canon"), ("Model", "EOS"), ("aux:SerialNumber", "1"))
    assert answer(Topic.DEVICE, twice) == "Canon, EOS, serial 1 (and 1 more)"
    history = Finding(G.HISTORY, "xmpMM:History", "3 entries: saved; saved; saved", (("entries", 3),))
    assert answer(Topic.SOFTWARE, [Prospect(history, Fate.REMOVED)]) == "history of 3 entries"
    assert answer(Topic.TEXTS, prospects(("xmp:Rating", "4"))) == "rating 4"
    assert len(answer(Topic.TEXTS, prospects(("UserComment", "x" * 200)))) == 60
