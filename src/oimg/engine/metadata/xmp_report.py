"""What XMP properties say, as findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree import ElementTree as ET

from oimg.engine.metadata.exif_report import pair
from oimg.engine.metadata.exif_values import Facts
from oimg.engine.metadata.exif_words import flash
from oimg.engine.metadata.origin_words import SOURCE_TYPES, in_words
from oimg.engine.metadata.xmp import Property
from oimg.engine.metadata.xmp_names import RDF
from oimg.engine.metadata.xmp_values import degrees, mirrored, number
from oimg.words.i18n import N_, NN_, PN_
from oimg.words.privacy import Finding, MetadataGroup, told
from oimg.words.sayings import Coded, Phrase, Saying, contract, counted, joined, moment, phrase, without_context

_NAMES_OF_PEOPLE: Final = ("Name", "PersonDisplayName", "PersonName", "PersonInImage")
_LI: Final = f"{{{RDF}}}li"
_MOST_LEAVES, _MOST_ENTRIES = 500, 200
# Labels that are languages, not names of fields: x-default, en, pt-BR.
_LANGUAGE: Final = re.compile(r"x-default|[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=\s]+")
_EVENT: Final = ("action", "softwareAgent", "when", "changed", "parameters", "instanceID")
_LISTS: Final = {"xmpMM:History": "entries", "xmpMM:Ingredients": "entries", "photoshop:DocumentAncestors": "documents"}
_COUNTS: Final = {
    "entries": NN_("{count} entry: {list}", "{count} entries: {list}"),
    "documents": NN_("{count} document: {list}", "{count} documents: {list}"),
}
# What a history can say was done (stEvt:action), and what an area can be marked for (mwg-rs:Type).
_ACTIONS: Final = (
    *(PN_("history", "converted"), PN_("history", "copied"), PN_("history", "created"), PN_("history", "cropped")),
    *(PN_("history", "derived"), PN_("history", "edited"), PN_("history", "filtered"), PN_("history", "formatted")),
    *(PN_("history", "printed"), PN_("history", "produced"), PN_("history", "published"), PN_("history", "resized")),
    PN_("history", "saved"),
)
_KINDS: Final = (PN_("area", "Face"), PN_("area", "Pet"), PN_("area", "Focus"), PN_("area", "BarCode"))
_SWITCHES: Final = ("crs:", "exif:", "xmpRights:")
_FLASH: Final = (("Fired", 1), ("Return", 3), ("Mode", 3), ("Function", 1), ("RedEyeMode", 1))
_LONGEST_PART = 300


def findings(properties: Iterable[Property]) -> Iterator[Finding]:
    """Yield what the properties say; every named person is one finding."""
    properties = tuple(item for item in properties if item.leaves)
    values = {item.qualified: item.leaves[0][1] for item in properties}
    yield from _place(values)
    for item in properties:
        if item.group is MetadataGroup.PEOPLE and _is_regions(item):
            yield from _people(item)
        elif item.qualified in _LISTS:
            yield _list(item)
        else:
            texts = tuple(text for _, text in item.leaves[:_MOST_LEAVES])
            words = mirrored(item.qualified, texts, values.get("exif:GPSAltitudeRef", ""))
            yield told(item.group, item.qualified, *(words or (_structured(item), ())))


def _structured(item: Property) -> Saying:
    """Join the texts of a property; those of a structure with the names of its fields, binary ones by their size."""
    parts: list[Saying] = []
    for label, text in item.leaves[:_MOST_LEAVES]:
        named = bool(label) and _LANGUAGE.fullmatch(label) is None
        if _is_data(text):
            shown: Saying = phrase(N_("{count} characters of data"), count=str(len(text)))
            parts.append(phrase("{label}: {shown}", label=label, shown=shown) if named else shown)
        else:
            parts.append(f"{label}: {text}" if named else text)
    if item.qualified.startswith(_SWITCHES) and parts in (["True"], ["False"]):
        return Coded(item.leaves[0][1], Phrase(PN_("flag", "yes") if parts == ["True"] else PN_("flag", "no")))
    said = joined(parts)
    if item.qualified == "exif:Flash":
        return _flash(item, contract(said))
    if item.qualified.endswith(":DigitalSourceType") and isinstance(said, str):
        return in_words((said,), SOURCE_TYPES)
    return said


def _flash(item: Property, code: str) -> Saying:
    """Say what the parts of a flash mean, which are the bits of the field in EXIF (CIPA DC-010, exif:Flash)."""
    parts = dict(item.leaves)
    try:
        found = [_bits(parts.get(name, "0")) & most for name, most in _FLASH]
    except ValueError:
        return code
    fired, returned, mode, function, red_eye = found
    return Coded(code, flash(fired | returned << 1 | mode << 3 | function << 5 | red_eye << 6))


def _bits(text: str) -> int:
    return int({"true": "1", "false": "0"}.get(text.strip().lower(), text))


def _is_data(text: str) -> bool:
    """Whether a long text is base64: embedded pictures, and what phone cameras note for themselves."""
    return len(text) > _LONGEST_PART and _BASE64.fullmatch(text[:_LONGEST_PART]) is not None


def _place(values: dict[str, str]) -> Iterator[Finding]:
    """Yield the place as decimal degrees, with the facts that EXIF has, too."""
    parts = [degrees(values.get(name, "")) for name in ("exif:GPSLatitude", "exif:GPSLongitude")]
    if parts[0] is None or parts[1] is None:
        return
    facts: Facts = (("latitude", round(parts[0], 8)), ("longitude", round(parts[1], 8)))
    altitude = number(values.get("exif:GPSAltitude", ""))
    if altitude is not None and abs(altitude) < 1e6:
        facts = (*facts, ("altitude", -altitude if values.get("exif:GPSAltitudeRef") == "1" else altitude))
    yield told(MetadataGroup.LOCATION, "position", pair(parts[0], parts[1]), facts)


def _is_regions(item: Property) -> bool:
    return any(
        label in (*_NAMES_OF_PEOPLE, "Type", "Rectangle") or label in "xywh" for label, _ in item.leaves if label
    )


def _people(item: Property) -> Iterator[Finding]:
    """Yield the names in a property, and how many places of the picture are marked in it."""
    prefix = item.qualified.rpartition(":")[0]
    for label, name in item.leaves:
        if label in _NAMES_OF_PEOPLE:
            yield told(item.group, f"{prefix}:{label}", name)
    kinds = [text for label, text in item.leaves if label == "Type"]
    regions = 0 if item.element is None else sum(1 for each in item.element.iter(_LI))
    if regions:
        yield told(item.group, item.qualified, _marked(regions, kinds[:_MOST_LEAVES]), (("regions", regions),))


def _marked(regions: int, kinds: list[str]) -> Saying:
    if not kinds:
        return counted(NN_("{count} marked area", "{count} marked areas"), regions)
    about = joined([_known(_KINDS, kind) for kind in dict.fromkeys(kinds)])
    return counted(NN_("{count} marked area ({kinds})", "{count} marked areas ({kinds})"), regions, kinds=about)


def _known(words: tuple[str, ...], text: str) -> Saying:
    """One of the words of a standard as such, any other text as it is."""
    return next((Phrase(word) for word in words if without_context(word) == text), text)


def _list(item: Property) -> Finding:
    """Tell how many entries a history or a list of ancestors has, and what they are."""
    name = _LISTS[item.qualified]
    entries = [_event(li) for li in item.element.iter(_LI)] if item.element is not None else []
    shown = joined([entry for entry in entries[:_MOST_ENTRIES] if entry], "; ")
    count = len(entries)
    return told(item.group, item.qualified, counted(_COUNTS[name], count, list=shown), ((name, count),))


def _event(li: ET.Element) -> Saying:
    """One entry of a history: what was done, with which program, when."""
    fields = {key.rpartition("}")[2]: value for each in li.iter() for key, value in each.items()}
    fields |= {
        each.tag.rpartition("}")[2]: (each.text or "").strip() for each in li.iter() if (each.text or "").strip()
    }
    known = {name: fields[name][:_LONGEST_PART] for name in _EVENT if fields.get(name)}
    said: list[Saying] = [
        _known(_ACTIONS, text) if name == "action" else moment(text) if name == "when" else text
        for name, text in known.items()
    ]
    return joined(said) if said else (li.text or "").strip()[:_LONGEST_PART]
