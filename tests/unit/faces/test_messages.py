"""Sentences: one for every code, numbers people can read, and nothing that moves a terminal's cursor."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.faces import messages
from oimg.faces.messages import printable, reason, seconds, share, size
from oimg.words.errors import ErrorCode
from oimg.words.images import Format, Header
from oimg.words.report import Failed, Kept, KeptCode, Notice, Optimized, SourceFile, Stopped
from oimg.words.undo import RefusalCode

PATH = Path("/p/a.png")
SOURCE = SourceFile(PATH, PATH.parent, 10, (1, 2, 10, 3), Header(Format.PNG, 1, 1))


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (messages.ERRORS, ErrorCode),
        (messages.KEPT, KeptCode),
        (messages.NOTICES, Notice),
        (messages.UNDO, RefusalCode),
    ],
)
def test_every_code_has_a_sentence_of_its_own(table: dict[str, str], codes: type[ErrorCode]) -> None:
    assert set(table) == set(codes)
    assert len(set(table.values())) == len(table)
    for code, sentence in table.items():
        assert len(sentence) > 8, code
        assert code.value not in sentence.split()  # a sentence, not the code again
        assert not sentence.endswith((".", " "))


@pytest.mark.parametrize("code", ErrorCode)
def test_a_failure_is_told_with_its_facts(code: ErrorCode) -> None:
    assert messages.error(code) == messages.ERRORS[code]
    assert messages.error(code, "row 7") == f"{messages.ERRORS[code]} (row 7)"
    assert reason(Failed(PATH, code, "row\n7")) == f"{messages.ERRORS[code]} (row\\n7)"


@pytest.mark.parametrize("code", KeptCode)
def test_a_kept_file_is_told_why(code: KeptCode) -> None:
    said = reason(Kept(PATH, SOURCE, code, "71.3"))
    assert said.startswith(messages.why_kept(code))
    assert "{" not in said


def test_a_face_names_its_own_switches() -> None:
    photo = Kept(PATH, SOURCE, KeptCode.GAIN_MAP)
    assert reason(photo) == "HDR photo: --flatten-special would leave its gain map out"
    named = messages.Switches(flatten="“Plain”", srgb="“sRGB”", format="“Format”", undo_file="“Undo”")
    assert reason(photo, named) == "HDR photo: “Plain” would leave its gain map out"
    told = [messages.why_kept(code, "", named) for code in KeptCode]
    told += [messages.not_restored(code, "", named) for code in RefusalCode]
    assert not [text for text in told if "--" in text or "`" in text or "{" in text]
    assert messages.not_restored(RefusalCode.MISSING).startswith("the file is gone; `oimg undo --file` brings")


def test_a_target_out_of_reach_names_the_best_score() -> None:
    assert reason(Kept(PATH, SOURCE, KeptCode.TARGET_UNREACHABLE, "71.3")).endswith("71.3")


def test_the_other_outcomes() -> None:
    assert reason(Stopped(PATH)) == "stopped"
    assert reason(Optimized(PATH, SOURCE, PATH, Format.PNG, 5, 1, 1, 1)) == ""


@pytest.mark.parametrize("code", Notice)
def test_notices_are_told(code: Notice) -> None:
    assert messages.notice(code) == messages.NOTICES[code]


@pytest.mark.parametrize("code", ["unknown-preset", "unreadable-preset", "built-in-preset", "bad-preset-name"])
def test_preset_errors_are_told(code: str) -> None:
    assert messages.settings_error(code, "x\x1b") == f"{messages.SETTINGS[code]} (x\\x1b)"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (-999, "-999 B"),
        (1000, "1.00 kB"),
        (1234, "1.23 kB"),
        (-1234, "-1.23 kB"),
        (9994, "9.99 kB"),
        (9996, "10.0 kB"),
        (99_940, "99.9 kB"),
        (99_960, "100 kB"),
        (999_400, "999 kB"),
        (999_600, "1.00 MB"),
        (12_345_678, "12.3 MB"),
        (5 * 10**9, "5.00 GB"),
        (7 * 10**12, "7.00 TB"),
        (7 * 10**15, "7,000 TB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


@given(st.integers(1000, 10**15 - 10**12))
def test_a_size_shows_three_digits_and_is_near(count: int) -> None:
    number, unit = size(count).split()
    assert len(number.replace(".", "")) == 3
    assert float(number) * {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[unit] == pytest.approx(count, rel=0.006)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (100, 37, "-63 %"),
        (100, 104, "+4.0 %"),
        (1000, 1000, "0 %"),
        (100_000, 99_999, "0 %"),
        (100_000, 100_001, "0 %"),
        (100, 0, "-100 %"),
        (360_000, 109, "-99.9 %"),
        (1000, 4, "-99.6 %"),
        (1000, 6, "-99 %"),
        (1000, 900, "-10 %"),
        (100_000, 90_030, "-10 %"),
        (1000, 901, "-9.9 %"),
        (100, 300, "+200 %"),
        (0, 5, ""),
    ],
)
def test_shares(before: int, after: int, text: str) -> None:
    assert share(before, after) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.0 s"),
        (4.24, "4.2 s"),
        (59.9, "59.9 s"),
        (59.97, "1:00"),
        (65, "1:05"),
        (3599.6, "1:00:00"),
        (7389, "2:03:09"),
    ],
)
def test_times(value: float, text: str) -> None:
    assert seconds(value) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain é 语 😀.png", "plain é 语 😀.png"),
        ("a\nb", "a\\nb"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("bell\x07\x9b", "bell\\x07\\x9b"),
        ("not\udcffutf8", "not\\udcffutf8"),
        ("turn\u202egnp.exe", "turn\\u202egnp.exe"),
        ("line\u2028", "line\\u2028"),
    ],
)
def test_names_are_shown_not_sent(text: str, safe: str) -> None:
    assert printable(text) == safe


@given(st.text(st.characters()))
def test_nothing_printable_can_move_the_cursor(text: str) -> None:
    safe = printable(text)
    assert safe.isprintable()
    safe.encode()


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ("1,234,567", "1.23 MB", "-62.3 %", "4.2 s")),
        ("de", ("1.234.567", "1,23 MB", "-62,3 %", "4,2 s")),
        ("zh_CN", ("1,234,567", "1.23 MB", "-62.3 %", "4.2 s")),
    ],
)
def test_numbers_are_written_as_the_language_does(
    language: str, written: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LANGUAGE", language)
    assert (messages.number(1_234_567), size(1_234_567), f"-{messages.number(62.3, 1)} %", seconds(4.2)) == written
    assert share(100_000, 93_700) == f"-{messages.number(6.3, 1)} %"


def test_nouns_stay_large_in_german_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    assert messages.in_a_sentence("Camera settings") == "camera settings"
    monkeypatch.setattr(messages, "LANGUAGE", "de")
    assert messages.in_a_sentence("Kameraeinstellungen") == "Kameraeinstellungen"
