"""What XMP properties say, as findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from oimg.engine.metadata.xmp import Property
from oimg.words.privacy import Finding, MetadataGroup, readable

_NAMES_OF_PEOPLE = ("Name", "PersonDisplayName", "PersonName", "PersonInImage")


def findings(properties: Iterable[Property]) -> Iterator[Finding]:
    """Yield what the properties say; every named person is one finding."""
    properties = tuple(item for item in properties if item.leaves)
    place = _position({p.qualified: p.leaves[0][1] for p in properties})
    if place:
        yield Finding(MetadataGroup.LOCATION, "position", place)
    for item in properties:
        if item.group is MetadataGroup.PEOPLE:
            names = [(label, text) for label, text in item.leaves if label in _NAMES_OF_PEOPLE]
            prefix = item.qualified.rpartition(":")[0]
            for label, name in names:
                yield Finding(item.group, readable(f"{prefix}:{label}"), readable(name))
            if names:
                continue
        value = ", ".join(text for _, text in item.leaves[:50])
        yield Finding(item.group, readable(item.qualified), readable(value))


_ANGLE = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,20})?)(?:,(\d{1,2}(?:\.\d{1,20})?))?([NSEW])")


def _position(values: dict[str, str]) -> str | None:
    """Return decimal degrees from "DDD,MM.mmk" or "DDD,MM,SSk" (XMP part 2, GPSCoordinate)."""
    parts = []
    for name in ("exif:GPSLatitude", "exif:GPSLongitude"):
        match = _ANGLE.fullmatch(values.get(name, ""))
        if match is None:
            return None
        degrees, minutes, seconds, side = match.groups()
        angle = int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
        parts.append(-angle if side in "SW" else angle)
    return f"{parts[0]:.6f}, {parts[1]:.6f}"
