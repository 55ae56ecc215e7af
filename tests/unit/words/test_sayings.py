"""What metadata say, in the English that programs read: dates as four formats write them, angles, plurals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.words.i18n import PN_
from oimg.words.privacy import MetadataGroup, told
from oimg.words.sayings import (
    Angle,
    Coded,
    Extent,
    Joined,
    Moment,
    Number,
    Size,
    contract,
    counted,
    joined,
    moment,
    phrase,
)


@pytest.mark.parametrize(
    ("text", "day", "clock", "zone"),
    [
        ("2024:05:31 17:30:00", (2024, 5, 31), "17:30:00", ""),  # Exif 2.32, 4.6.5
        ("2024:05:31 17:30:00.50+02:00", (2024, 5, 31), "17:30:00.5", "+02:00"),
        ("2024-05-31T17:30Z", (2024, 5, 31), "17:30", "UTC"),  # XMP part 1, 8.2.1.2
        ("2024-05-31", (2024, 5, 31), "", ""),
        ("17:30:00-05:30", None, "17:30:00", "-05:30"),
        ("2024:05:31 17:30:00 UTC", (2024, 5, 31), "17:30:00", "UTC"),
        ("2024:05:31 17:30:00.00", (2024, 5, 31), "17:30:00", ""),
    ],
)
def test_dates_of_every_format_are_read(text: str, day: tuple[int, int, int] | None, clock: str, zone: str) -> None:
    assert moment(text) == Coded(text, Moment(day, clock, zone))


@pytest.mark.parametrize(
    "text",
    [
        *("", "0000:00:00 00:00:00", "2024:13:01", "2024:05:32", "1999:99:99 99:99:99", "2024", "yesterday"),
        *("2024:05:3117:30:00", "2024-05-31T", "25:00:00", "+02:00", "2024:05:31 17:30:00 and more"),
    ],
)
def test_what_is_no_date_stays_a_text(text: str) -> None:
    assert moment(text) == text


@given(st.text(max_size=30) | st.from_regex(r"\d{4}[:-]\d\d[:-]\d\d[ T]\d\d:\d\d", fullmatch=True))
def test_what_programs_read_of_a_date_is_what_the_file_says(text: str) -> None:
    assert contract(moment(text)) == text


def test_only_fields_of_dates_are_read_as_dates() -> None:
    assert told(MetadataGroup.DATES, "DateTime", "2024:05:31").said == moment("2024:05:31")
    assert told(MetadataGroup.COMMENTS, "Comment", "2024:05:31").said == ""


@pytest.mark.parametrize(
    ("angle", "text"),
    [
        (Angle(52.52, "N"), "52 deg 31' 12.00\" N"),
        (Angle(13.405), "13 deg 24' 18.00\""),
        (Angle(59.999999999, "E"), "60 deg 0' 0.00\" E"),  # rounded as a whole: never 60 seconds
    ],
)
def test_angles(angle: Angle, text: str) -> None:
    assert contract(angle) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2"), (0.1, "0.1"), (1 / 3, "0.333333"), (float("nan"), "undefined"), (float("-inf"), "-infinite")],
)
def test_numbers(value: float, text: str) -> None:
    assert contract(Number(value)) == text


def test_pieces_are_put_together() -> None:
    said = phrase("{size} of {what}", size=Size(3), what=Joined((Extent(160, 120), "{braces}"), "; "))
    assert contract(said) == "3 bytes of 160 x 120; {braces}"


@pytest.mark.parametrize(("count", "text"), [(0, "0 things: x"), (1, "1 thing: x"), (2, "2 things: x")])
def test_plurals(count: int, text: str) -> None:
    assert contract(counted(("{count} thing: {list}", "{count} things: {list}"), count, list="x")) == text


def test_a_context_is_not_said() -> None:
    assert contract(phrase(PN_("distance", "Close"))) == "Close"


def test_texts_of_a_file_alone_are_one_text() -> None:
    assert joined(["a", "b"]) == "a, b"
    assert joined([Size(1)]) == Size(1)
    assert joined([]) == ""
    assert joined(["a", Size(1)]) == Joined(("a", Size(1)))
