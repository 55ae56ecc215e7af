"""What a picture says about its owner, in words: groups of metadata, policies, findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from oimg.words.sayings import Saying, contract, moment


class MetadataGroup(StrEnum):
    """What a metadata field is about. The values are part of the JSON contract and never change meaning."""

    LOCATION = "location"
    """Where: GPS, place names, place codes."""
    DEVICE = "device"
    """With what: make, model, lens, serial numbers, firmware."""
    OWNER = "owner"
    """Whose: camera owner, artist or creator, names, contact."""
    PEOPLE = "people"
    """Who is shown: faces, persons."""
    CAPTURE_DATE = "capture-date"
    """When the picture was taken."""
    DATES = "dates"
    """Every other date and time zone."""
    COPYRIGHT = "copyright"
    CREDIT = "credit"
    SOFTWARE = "software"
    HISTORY = "history"
    """Edit history, document and instance ids, develop settings."""
    DESCRIPTION = "description"
    """Titles, captions, keywords, ratings."""
    COMMENTS = "comments"
    EXPOSURE = "exposure"
    """Aperture, shutter, sensitivity, focal length, flash and the like."""
    THUMBNAIL = "thumbnail"
    MAKER_NOTES = "maker-notes"
    DENSITY = "density"
    RENDERING = "rendering"
    """Colour space, orientation, pixel dimensions."""
    OTHER = "other"


class MetadataPolicy(StrEnum):
    """What becomes of the metadata of a source."""

    PRIVATE = "private"
    """Built from an allow-list: copyright, credit, capture date, density, plain exposure data."""
    KEEP = "keep"
    """Everything, corrected where the pixels changed."""
    STRIP = "strip"
    """Only what rendering needs."""


class Fate(StrEnum):
    """What becomes of one thing a picture says. The values are part of the JSON contract."""

    REMOVED = "removed"
    STAYS = "stays"
    DEPENDS = "depends"
    """On the format or the way of packing that turns out smallest."""


Fact: TypeAlias = str | int | float | bool | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a picture says.

    `name` is the field's own name ("GPSLatitude", "dc:creator"), never translated. `value` is short and
    readable: at most 200 characters, control characters escaped, safe to print on a terminal. `facts` say the same
    for programs, as pairs of a name and a value: numbers in the unit of the value, a text that was too long for it.
    `said` is what a face says in the user's language; empty where the value is a text from the file.
    """

    group: MetadataGroup
    name: str
    value: str
    facts: tuple[tuple[str, Fact], ...] = field(default=(), compare=False)
    said: Saying = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What becomes of one finding under a recipe.

    `left` is what can stay in its place, where the value of one is another than the finding's own.
    """

    finding: Finding
    fate: Fate
    left: tuple[Finding, ...] = ()


_LONGEST = 200


def readable(text: str) -> str:
    """Make `text` safe to show, in 200 characters at most; control and bidirectional characters are escaped.

    Whatever a file says ends up on terminals and in reports, so nothing in it may move the cursor or turn
    the reading direction.
    """
    # An escape makes a text longer, never shorter: what lies behind the limit cannot come into view.
    text = text[: _LONGEST + 1]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


_LONGEST_TEXT = 4000
_DATES = frozenset({MetadataGroup.CAPTURE_DATE, MetadataGroup.DATES})


def told(group: MetadataGroup, name: str, said: Saying, facts: tuple[tuple[str, Fact], ...] = ()) -> Finding:
    """Make a finding of what a file says; what is too long for its value is the fact "text" (4000 characters)."""
    if isinstance(said, str) and group in _DATES:
        said = moment(said)
    text = contract(said)
    value = readable(text)
    if len(text) > _LONGEST or value.endswith("…"):
        facts = (*facts, ("text", text[:_LONGEST_TEXT]))
    return Finding(group, readable(name), value, facts, "" if isinstance(said, str) else said)
