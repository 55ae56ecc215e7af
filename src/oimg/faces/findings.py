"""What a picture says, in the user's language: terms, numbers and units, dates, angles. Texts of the file stay."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from oimg.faces.messages import LANGUAGE, _, ngettext, number, printable, size
from oimg.words.i18n import LANGUAGES, N_, PN_
from oimg.words.privacy import Finding, Prospect
from oimg.words.sayings import (
    Angle,
    Coded,
    Extent,
    Joined,
    Moment,
    Number,
    Phrase,
    Saying,
    Size,
    parts_of,
    plain_number,
    without_context,
)

_LONGEST: Final = 4000
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_MONTHS: Final = (
    *(PN_("month", "January"), PN_("month", "February"), PN_("month", "March"), PN_("month", "April")),
    *(PN_("month", "May"), PN_("month", "June"), PN_("month", "July"), PN_("month", "August")),
    *(PN_("month", "September"), PN_("month", "October"), PN_("month", "November"), PN_("month", "December")),
)
_SIDES: Final = MappingProxyType(
    {"N": N_("{angle} N"), "S": N_("{angle} S"), "E": N_("{angle} E"), "W": N_("{angle} W")}
)
_MARKS: Final = MappingProxyType({", ": N_(", "), "; ": N_("; "), "-": "\N{EN DASH}"})
_NOT_FINITE: Final = MappingProxyType(
    {"undefined": N_("undefined"), "infinite": N_("infinite"), "-infinite": N_("-infinite")}
)


def value(finding: Finding) -> str:
    """Say what a finding says, a long text in full; what is from the file may hold any character."""
    if finding.said:
        return say(finding.said)[:_LONGEST]
    return str(dict(finding.facts).get("text", finding.value))


def in_a_line(finding: Finding) -> str:
    """Say what a finding says in one line that is safe to show."""
    return NO_BREAK.join(printable(part) for part in value(finding).split(NO_BREAK))


def left(prospect: Prospect) -> str:
    """Say in a line what can stay in the place of a finding; empty where nothing else does."""
    return _(" or ").join(in_a_line(each) for each in prospect.left)


def say(saying: Saying) -> str:
    """Say it in the user's language."""
    match saying:
        case str():
            return saying
        case Phrase():
            return _phrase(saying)
        case Joined():
            return _mark(saying.mark).join(map(say, saying.items))
        case Coded():
            return say(saying.saying)
        case _:
            return _plain(saying)


def _plain(saying: Number | Size | Extent | Angle | Moment) -> str:
    match saying:
        case Number():
            return _number(saying.value)
        case Size():
            return size(saying.count)
        case Extent():
            return _("{width} × {height}").format(width=saying.width, height=saying.height)
        case Angle():
            return _angle(saying)
        case Moment():
            return _moment(saying)


def _phrase(saying: Phrase) -> str:
    text = ngettext(saying.text, saying.many, saying.count) if saying.many else _(saying.text)
    return without_context(text).format(**{name: say(part) for name, part in saying.parts})


def _mark(mark: str) -> str:
    return _(_MARKS.get(mark, mark)) if mark else ""


def _number(told: float) -> str:
    shown = plain_number(told)
    word = _NOT_FINITE.get(shown)
    return shown.replace(".", LANGUAGES[LANGUAGE].decimal) if word is None else _(word)


def _angle(told: Angle) -> str:
    """Write an angle as maps do; it stays on one line."""
    degrees, minutes, seconds = parts_of(told.degrees, 10)
    shown = f"{degrees}° {minutes}′ {number(seconds, 1)}″"
    text = _(_SIDES[told.side]).format(angle=shown) if told.side in _SIDES else f"{shown} {told.side}".rstrip()
    return text.replace(" ", NO_BREAK)


def _moment(told: Moment) -> str:
    day, clock = "", told.clock.replace(".", LANGUAGES[LANGUAGE].decimal)
    if told.day is not None:
        year, month, date = told.day
        name = without_context(_(_MONTHS[month - 1]))
        day = _("{day} {month} {year}").format(day=date, month=name, year=year)
    zone = told.zone if told.zone in ("", "UTC") else f"UTC{told.zone}"
    time = _("{time} ({zone})").format(time=clock, zone=zone) if zone else clock
    return _("{date}, {time}").format(date=day, time=time) if day and time else day or time
