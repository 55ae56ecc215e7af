"""What a picture says, in every language: terms, numbers, dates and angles; what is from the file stays as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import piexif
import pytest
from PIL import Image

from oimg.faces import findings, messages
from oimg.faces.cli.columns import width
from oimg.words.i18n import N_, catalogue
from oimg.words.privacy import Fate, Finding, MetadataGroup, Prospect, told
from oimg.words.sayings import Angle, Extent, Joined, Number, Phrase, Saying, Size, counted, moment, phrase

G = MetadataGroup
SRC = Path(messages.__file__).resolve().parents[2]


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch):
    def change(language: str) -> None:
        chosen = catalogue(language)
        for module in (messages, findings):
            monkeypatch.setattr(module, "_", chosen.gettext)
            monkeypatch.setattr(module, "ngettext", chosen.ngettext)
            monkeypatch.setattr(module, "LANGUAGE", language)

    return change


IN_WORDS: list[tuple[Saying, str, str, str]] = [
    (
        Joined((Phrase("flash\4Did not fire"), Phrase("flash\4forced off"))),
        "Did not fire, forced off",
        "Blitz nicht ausgelöst, unterdrückt",
        "闪光灯未闪光，强制关闭",
    ),
    (Phrase("Aperture priority"), "Aperture priority", "Zeitautomatik", "光圈优先"),
    (Phrase("Shutter priority"), "Shutter priority", "Blendenautomatik", "快门优先"),
    (Phrase("Pattern"), "Pattern", "Mehrfeldmessung", "多区评价测光"),
    (Phrase("distance\4Close"), "Close", "Nah", "近景"),
    (phrase("f/{number}", number=Number(2.8)), "f/2.8", "f/2,8", "f/2.8"),
    (phrase("{number} s", number="1/250"), "1/250 s", "1/250 s", "1/250 秒"),
    (
        phrase("{lengths} mm f/{stops}", lengths=Joined((Number(18), Number(55)), "-"), stops=Number(3.5)),
        "18–55 mm f/3.5",
        "18–55 mm f/3,5",
        "18–55 mm f/3.5",
    ),
    (
        phrase("{number} m above sea level", number=Number(34.5)),
        "34.5 m above sea level",
        "34,5 m über dem Meeresspiegel",
        "海拔 34.5 米",
    ),
    (Angle(52.52, "N"), "52° 31′ 12.0″ N", "52° 31′ 12,0″ N", "北纬 52° 31′ 12.0″"),
    (Angle(13.405, "E"), "13° 24′ 18.0″ E", "13° 24′ 18,0″ O", "东经 13° 24′ 18.0″"),
    (
        moment("2023:07:14 18:22:01.25+02:00"),
        "14 July 2023, 18:22:01.25 (UTC+02:00)",
        "14. Juli 2023, 18:22:01,25 (UTC+02:00)",
        "2023年7月14日 18:22:01.25（UTC+02:00）",
    ),
    (moment("2023-07-14"), "14 July 2023", "14. Juli 2023", "2023年7月14日"),
    (moment("18:22Z"), "18:22 (UTC)", "18:22 (UTC)", "18:22（UTC）"),
    (Joined((Extent(160, 120), Size(5314))), "160 × 120, 5.31 kB", "160 × 120, 5,31 kB", "160 × 120，5.31 kB"),
    (
        counted(("{count} marked area", "{count} marked areas"), 2),
        "2 marked areas",
        "2 markierte Bereiche",
        "2 个标记区域",
    ),
    (Number(float("inf")), "infinite", "unendlich", "无穷大"),
]


@pytest.mark.parametrize(("saying", "english", "german", "chinese"), IN_WORDS)
def test_the_same_is_said_in_every_language(speak, saying: Saying, english: str, german: str, chinese: str) -> None:
    for language, expected in (("en", english), ("de", german), ("zh_CN", chinese)):
        speak(language)
        assert findings.say(saying).replace(findings.NO_BREAK, " ") == expected


def test_an_angle_stays_on_one_line(speak) -> None:
    speak("de")
    assert " " not in findings.say(Angle(52.52, "N"))
    assert " " not in findings.in_a_line(told(G.LOCATION, "GPSLatitude", Angle(52.52, "N")))


def test_a_line_is_safe_to_show() -> None:
    said = Joined(("a\x1b[31m\u202e", Size(1)))
    assert findings.in_a_line(told(G.COMMENTS, "Comment", said)) == "a\\x1b[31m\\u202e, 1 B"


@pytest.mark.parametrize("language", ["en", "de", "zh_CN"])
def test_texts_of_a_file_are_never_translated(speak, language: str) -> None:
    speak(language)
    assert findings.value(Finding(G.COMMENTS, "Comment", "Close")) == "Close"
    long = told(G.COMMENTS, "Comment", "Unknown " * 100)
    assert findings.value(long) == "Unknown " * 100


def test_what_stays_instead_is_said_too(speak) -> None:
    speak("de")
    later = told(G.CAPTURE_DATE, "DateTimeOriginal", "2024-05-30")
    size = told(G.RENDERING, "Size", phrase(N_("{number} m"), number=Number(1.5)))
    assert findings.left(Prospect(later, Fate.STAYS, (later, size))) == "30. Mai 2024 oder 1,5 m"


def test_a_hostile_history_stays_short(speak) -> None:
    speak("de")
    said = Joined((Size(1), *("x" * 300 for _ in range(200))))
    assert len(findings.value(told(G.HISTORY, "xmpMM:History", said))) == 4000


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "de",
            (
                "    - position          52° 31′ 12,0″ N, 13° 24′ 18,0″ O",
                "    + DateTimeOriginal  30. Mai 2024, 08:09:10",
                "    + Flash             Blitz nicht ausgelöst, unterdrückt",
                "    + MeteringMode      Mehrfeldmessung",
                "    + FNumber           f/2,8",
            ),
        ),
        (
            "zh_CN",
            (
                "    - position          北纬 52° 31′ 12.0″，东经 13° 24′ 18.0″",
                "    + DateTimeOriginal  2024年5月30日 08:09:10",
                "    + Flash             闪光灯未闪光，强制关闭",
                "    + MeteringMode      多区评价测光",
                "    + FNumber           f/2.8",
            ),
        ),
    ],
)
def test_inspect_speaks_the_language_of_the_user(tmp_path: Path, language: str, lines: tuple[str, ...]) -> None:
    exif = piexif.ExifIFD
    tables = {
        "Exif": {
            exif.DateTimeOriginal: b"2024:05:30 08:09:10",
            exif.Flash: 0x10,
            exif.MeteringMode: 5,
            exif.FNumber: (28, 10),
        },
        "GPS": {1: b"N", 2: ((52, 1), (31, 1), (12, 1)), 3: b"E", 4: ((13, 1), (24, 1), (18, 1))},
    }
    Image.new("RGB", (16, 16)).save(tmp_path / "a.jpg", exif=piexif.dump(tables))
    env = {**os.environ, "PYTHONPATH": str(SRC), "LANGUAGE": language, "PYTHONIOENCODING": "utf-8"}
    env["XDG_CONFIG_HOME"] = str(tmp_path)
    command = [sys.executable, "-m", "oimg", "inspect", str(tmp_path / "a.jpg")]
    shown = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    assert set(lines) <= set(shown)
    verdicts = [line for line in shown if line.startswith("    ") and line[4] not in "-+?"]
    starts = {width(line[: len(line) - len(line[4:].split("  ", 1)[1].lstrip())]) for line in verdicts}
    assert len(starts) == 1  # one column, however wide the characters are
