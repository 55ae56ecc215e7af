"""What XMP properties say, as findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree import ElementTree as ET

from oimg.engine.metadata.exif_values import Facts
from oimg.engine.metadata.xmp import Property
from oimg.engine.metadata.xmp_names import RDF
from oimg.engine.metadata.xmp_values import degrees, mirrored, number
from oimg.words.privacy import Finding, MetadataGroup, told

_NAMES_OF_PEOPLE: Final = ("Name", "PersonDisplayName", "PersonName", "PersonInImage")
_LI: Final = f"{{{RDF}}}li"
_MOST_LEAVES, _MOST_ENTRIES = 500, 200
# Labels that are languages, not names of fields: x-default, en, pt-BR.
_LANGUAGE: Final = re.compile(r"x-default|[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=\s]+")
_EVENT: Final = ("action", "softwareAgent", "when", "changed", "parameters", "instanceID")
_LISTS: Final = {"xmpMM:History": "entries", "xmpMM:Ingredients": "entries", "photoshop:DocumentAncestors": "documents"}
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


def _structured(item: Property) -> str:
    """Join the texts of a property; those of a structure with the names of its fields, binary ones by their size."""
    parts = []
    for label, text in item.leaves[:_MOST_LEAVES]:
        shown = f"{len(text)} characters of data" if _is_data(text) else text
        parts.append(f"{label}: {shown}" if label and not _LANGUAGE.fullmatch(label) else shown)
    return ", ".join(parts)


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
    yield Finding(MetadataGroup.LOCATION, "position", f"{parts[0]:.6f}, {parts[1]:.6f}", facts)


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
        about = f" ({', '.join(dict.fromkeys(kinds[:_MOST_LEAVES]))})" if kinds else ""
        marked = f"{regions} marked area{'s' if regions > 1 else ''}{about}"
        yield told(item.group, item.qualified, marked, (("regions", regions),))


def _list(item: Property) -> Finding:
    """Tell how many entries a history or a list of ancestors has, and what they are."""
    name = _LISTS[item.qualified]
    entries = [_event(li) for li in item.element.iter(_LI)] if item.element is not None else []
    shown = "; ".join(entry for entry in entries[:_MOST_ENTRIES] if entry)
    count = len(entries)
    text = f"{count} {name if count != 1 else name.removesuffix('s').replace('entrie', 'entry')}: {shown}"
    return told(item.group, item.qualified, text, ((name, count),))


def _event(li: ET.Element) -> str:
    """One entry of a history: what was done, with which program, when."""
    fields = {key.rpartition("}")[2]: value for each in li.iter() for key, value in each.items()}
    fields |= {
        each.tag.rpartition("}")[2]: (each.text or "").strip() for each in li.iter() if (each.text or "").strip()
    }
    known = [fields[name][:_LONGEST_PART] for name in _EVENT if fields.get(name)]
    return ", ".join(known) or (li.text or "").strip()[:_LONGEST_PART]
