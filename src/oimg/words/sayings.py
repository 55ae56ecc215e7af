"""What a value of metadata says, so that it can be said in any language: terms, numbers with units, dates, angles.

Texts from a file are plain `str` and stay as they are. `contract` gives the English that programs read, which never
changes; a face says the same to people.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of ours, marked with `N_`; named places in them are filled. With `many` there is a plural, by `count`."""

    text: str
    parts: tuple[tuple[str, Saying], ...] = ()
    many: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be infinite, or none."""

    value: float


@dataclass(frozen=True, slots=True)
class Size:
    """A number of bytes."""

    count: int


@dataclass(frozen=True, slots=True)
class Extent:
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Angle:
    """Degrees of latitude or longitude; `side` is N, S, E, W, or empty where it is not told."""

    degrees: float
    side: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, a time, or both; `day` is year, month and day, `clock` such as 18:22:01.5, `zone` +02:00 or UTC."""

    day: tuple[int, int, int] | None
    clock: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """Several in a row, with `mark` between them."""

    items: tuple[Saying, ...]
    mark: str = ", "


@dataclass(frozen=True, slots=True)
class Coded:
    """What people are told of something that programs read in another form."""

    code: str
    saying: Saying


Saying: TypeAlias = str | Phrase | Number | Size | Extent | Angle | Moment | Joined | Coded

_CONTEXT: Final = "\4"  # between the context and the text, as gettext has it
_MOMENT: Final = re.compile(
    r"(?:(\d{4})[:-](\d\d)[:-](\d\d))?"
    r"(?:(?:[T ]|(?<!\d))(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(?: ?(Z|UTC|[+-]\d\d:\d\d))?)?"
)
_MOST: Final = (12, 31, 24, 59, 60)  # months, days, hours, minutes, seconds: one day in a while has a second more


def phrase(text: str, **parts: Saying) -> Phrase:
    """Make a phrase whose places are filled with `parts`."""
    return Phrase(text, tuple(parts.items()))


def counted(texts: tuple[str, str], count: int, **parts: Saying) -> Phrase:
    """Make a phrase of a text and its plural, as `NN_` marks them; `count` is one of its parts."""
    return Phrase(texts[0], (("count", str(count)), *parts.items()), texts[1], count)


def joined(items: list[Saying], mark: str = ", ") -> Saying:
    """Put several in a row; one is itself, and texts from the file alone are one text."""
    if len(items) == 1:
        return items[0]
    texts = [item for item in items if isinstance(item, str)]
    return mark.join(texts) if len(texts) == len(items) else Joined(tuple(items), mark)


def moment(text: str) -> Saying:
    """Read a date or a time as EXIF, XMP, IPTC and PNG write it; what is none stays a text."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None or not match[0]:
        return text
    year, *rest = (None if each is None else int(each) for each in match.groups()[:6])
    least = (1, 1, 0, 0, 0)
    if year == 0 or not all(
        each is None or low <= each <= most for low, each, most in zip(least, rest, _MOST, strict=True)
    ):
        return text
    month, day, *clock = rest
    fraction = (match[7] or "").rstrip("0").rstrip(".")
    shown = ":".join(f"{each:02}" for each in clock if each is not None) + fraction
    date = (year, month, day) if year is not None and month is not None and day is not None else None
    return Coded(text, Moment(date, shown, "UTC" if match[8] == "Z" else match[8] or ""))


def contract(saying: Saying) -> str:
    """Say it in the English that programs read."""
    match saying:
        case str():
            return saying
        case Phrase():
            text = saying.many if saying.many and saying.count != 1 else saying.text
            return without_context(text).format(**{name: contract(part) for name, part in saying.parts})
        case Joined():
            return saying.mark.join(map(contract, saying.items))
        case Coded():
            return saying.code
        case _:
            return _plain(saying)


def _plain(saying: Number | Size | Extent | Angle | Moment) -> str:
    match saying:
        case Number():
            return plain_number(saying.value)
        case Size():
            return f"{saying.count} bytes"
        case Extent():
            return f"{saying.width} x {saying.height}"
        case Angle():
            degrees, minutes, seconds = parts_of(saying.degrees, 100)
            return f"{degrees} deg {minutes}' {seconds:.2f}\" {saying.side}".rstrip()
        case Moment():
            day = "" if saying.day is None else "{:04}-{:02}-{:02}".format(*saying.day)
            return " ".join(filter(None, (day, saying.clock + saying.zone)))


def without_context(text: str) -> str:
    """Take the context off a marked text."""
    return text.rpartition(_CONTEXT)[2]


def parts_of(degrees: float, steps: int) -> tuple[int, int, float]:
    """Take an angle apart into degrees, minutes, and seconds rounded to one of `steps` parts."""
    whole, rest = divmod(round(degrees * (3600 * steps)), 3600 * steps)
    minutes, seconds = divmod(rest, 60 * steps)
    return whole, minutes, seconds / steps


def plain_number(number: float) -> str:
    """Write a number in six digits at most, without zeros that say nothing."""
    if math.isnan(number):
        return "undefined"
    if math.isinf(number):
        return "infinite" if number > 0 else "-infinite"
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else f"{number:.6g}"
