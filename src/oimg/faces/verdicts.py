"""What a picture reveals, in one line a topic: where it was taken, with what, by whom, when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import partial
from typing import Final

from oimg.faces import findings as said
from oimg.faces.messages import _, in_a_sentence, listed, ngettext, number
from oimg.words.i18n import N_
from oimg.words.privacy import Finding, MetadataGroup, Prospect


class Topic(StrEnum):
    """A question that a person asks about a picture; one or more metadata groups."""

    PLACE = "place"
    PREVIEW = "preview"
    DEVICE = "device"
    OWNER = "owner"
    PEOPLE = "people"
    TIME = "time"
    SOFTWARE = "software"
    TEXTS = "texts"
    RIGHTS = "rights"
    SETTINGS = "settings"
    REST = "rest"


TOPICS: Final[dict[Topic, str]] = {
    Topic.PLACE: N_("Place"),
    Topic.PREVIEW: N_("Embedded preview"),
    Topic.DEVICE: N_("Device"),
    Topic.OWNER: N_("Owner and names"),
    Topic.PEOPLE: N_("People shown"),
    Topic.TIME: N_("Time"),
    Topic.SOFTWARE: N_("Software and edits"),
    Topic.TEXTS: N_("Titles and comments"),
    Topic.RIGHTS: N_("Copyright and credit"),
    Topic.SETTINGS: N_("Camera settings"),
    Topic.REST: N_("Technical and other"),
}
"""Heading of each topic, the most telling first."""

_G = MetadataGroup
_TOPIC_OF: Final = {
    _G.LOCATION: Topic.PLACE,
    _G.THUMBNAIL: Topic.PREVIEW,
    _G.DEVICE: Topic.DEVICE,
    _G.MAKER_NOTES: Topic.DEVICE,
    _G.OWNER: Topic.OWNER,
    _G.PEOPLE: Topic.PEOPLE,
    _G.CAPTURE_DATE: Topic.TIME,
    _G.DATES: Topic.TIME,
    _G.SOFTWARE: Topic.SOFTWARE,
    _G.HISTORY: Topic.SOFTWARE,
    _G.DESCRIPTION: Topic.TEXTS,
    _G.COMMENTS: Topic.TEXTS,
    _G.COPYRIGHT: Topic.RIGHTS,
    _G.CREDIT: Topic.RIGHTS,
    _G.EXPOSURE: Topic.SETTINGS,
    _G.DENSITY: Topic.REST,
    _G.RENDERING: Topic.REST,
    _G.OTHER: Topic.REST,
}

# The fields that answer a topic best, by the end of their names in small letters; the first ones first.
_BEST: Final = {
    Topic.PLACE: (
        *("position", "sub-location", "city", "province-state", "state", "countryname", "country", "location"),
        *("gpslatitude", "gpslongitude", "gpsareainformation", "gpsprocessingmethod"),
    ),
    Topic.DEVICE: (
        "make",
        "model",
        "bodyserialnumber",
        "serialnumber",
        "internalserialnumber",
        "lensmodel",
        "lens",
        "cameramodelname",
        "makernote",
    ),
    Topic.OWNER: ("ownername", "artist", "creator", "by-line", "xpauthor", "photographer", "signer", "contact"),
    Topic.TIME: ("datetimeoriginal", "datecreated", "datetimedigitized", "createdate", "datetime", "modifydate"),
    Topic.SOFTWARE: ("software", "creatortool", "claimgenerator", "history", "c2pa", "documentancestors"),
    Topic.TEXTS: (
        *("usercomment", "comment", "imagedescription", "description", "caption-abstract", "title", "headline"),
        *("xptitle", "xpcomment", "keywords", "subject"),
    ),
    Topic.PREVIEW: ("thumbnail", "objectpreviewdata", "thumbnails"),
    Topic.REST: ("trailingdata", "profiledescription", "devicemodeldesc", "density"),
    Topic.SETTINGS: ("exposuretime", "fnumber", "isospeedratings", "focallength"),
}
_MOST: Final = 4
# What a camera without a position writes all the same.
_NO_PLACE: Final = frozenset({"GPSVersionID", "GPSMapDatum", "GPSStatus", "GPSDifferential", "GPSMeasureMode"})
_LONGEST: Final = 60
# Where the first of the best answers is there, it says it all.
_ONE: Final = frozenset({Topic.PLACE, Topic.PREVIEW, Topic.TIME})


def topic_of(finding: Finding) -> Topic:
    """The topic that a finding belongs to."""
    return _TOPIC_OF[finding.group]


def groups_of(topic: Topic) -> frozenset[MetadataGroup]:
    """The metadata groups that a topic is made of."""
    return frozenset(group for group, each in _TOPIC_OF.items() if each is topic)


def headings(groups: Iterable[MetadataGroup]) -> list[str]:
    """The topics of some groups, as they are called inside of a sentence."""
    topics = {_TOPIC_OF[group] for group in groups}
    return [in_a_sentence(_(heading)) for topic, heading in TOPICS.items() if topic in topics]


def by_topic(prospects: Iterable[Prospect]) -> dict[Topic, list[Prospect]]:
    """Sort what a picture reveals into topics, and within each the most telling fields first."""
    sorted_: dict[Topic, list[Prospect]] = {topic: [] for topic in TOPICS}
    for each in prospects:
        sorted_[topic_of(each.finding)].append(each)
    for topic, found in sorted_.items():
        ranks = _ranks(topic)
        found.sort(key=lambda each: _rank(ranks, each.finding))
    return sorted_


def telling(topic: Topic, prospects: Sequence[Prospect]) -> int:
    """How many of the things of a topic, as `by_topic` sorts them, are among those that answer it best."""
    ranks = _ranks(topic)
    return sum(_rank(ranks, each.finding) < len(ranks) for each in prospects) if ranks else len(prospects)


def _ranks(topic: Topic) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(_BEST.get(topic, ()))}


def _rank(ranks: dict[str, int], finding: Finding) -> int:
    return ranks.get(finding.name.lower().rpartition(":")[2], len(ranks))


def answer(topic: Topic, prospects: list[Prospect]) -> str:
    """Answer a topic in one line: "no", or the most telling values and how many more there are."""
    if not prospects:
        return _("no")
    findings = [each.finding for each in prospects]
    if topic is Topic.PLACE and all(finding.name in _NO_PLACE for finding in findings):
        return _("no")
    chosen = _most_telling(topic, findings)
    more = len(findings) - len(chosen)
    told = listed(_short(finding) for finding in chosen)
    return _("{told} (and {more} more)").format(told=told, more=more) if more else told


def _most_telling(topic: Topic, findings: list[Finding]) -> list[Finding]:
    ranks = _ranks(topic)
    rank = partial(_rank, ranks)

    if topic in _ONE and rank(first := min(findings, key=rank)) == 0:
        return [first]
    # The same may be told by EXIF, XMP and IPTC, in other words: one answer of a kind, and no value twice.
    chosen: dict[int, Finding] = {}
    for finding in findings:
        if rank(finding) < len(ranks) and all(said.value(finding) != said.value(each) for each in chosen.values()):
            chosen.setdefault(rank(finding), finding)
    return [chosen[each] for each in sorted(chosen)][:_MOST] or findings[:1]


def _short(finding: Finding) -> str:
    if finding.name == "xmpMM:History":
        count = next((fact for name, fact in finding.facts if name == "entries" and isinstance(fact, int)), 0)
        return ngettext("history of {count} entry", "history of {count} entries", count).format(count=number(count))
    value = said.in_a_line(finding)
    value = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    name = finding.name.lower()
    if name.endswith("serialnumber") and "lens" not in name:
        return _("serial {number}").format(number=value)
    if name.endswith("rating"):
        return _("rating {number}").format(number=value)
    return f"ISO {value}" if name.endswith("isospeedratings") else value
