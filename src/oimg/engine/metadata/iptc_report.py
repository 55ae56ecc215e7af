"""What IPTC datasets say, as findings.

Source: IPTC-NAA Information Interchange Model version 4.2 (2014), chapters 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from oimg.engine.metadata.iptc import DataSet, is_utf8
from oimg.words.privacy import Finding, MetadataGroup, told
from oimg.words.sayings import Saying, Size, moment

_BINARY: Final = {(2, 125), (2, 202)}
_NUMBERS: Final = {
    (1, 0),
    (1, 20),
    (1, 22),
    (2, 0),
    (2, 200),
    (2, 201),
    (3, 20),
    (3, 30),
    (7, 10),
    (7, 20),
    (7, 90),
    (7, 95),
    (9, 10),
}
# Names of datasets that no policy tells apart.
_FURTHER_NAMES: Final = {
    (1, 5): "Destination",
    (1, 20): "FileFormat",
    (1, 22): "FileFormatVersion",
    (1, 30): "ServiceIdentifier",
    (1, 40): "EnvelopeNumber",
    (1, 50): "ProductID",
    (1, 60): "EnvelopePriority",
    (1, 120): "ARMIdentifier",
    (1, 122): "ARMVersion",
    (2, 3): "ObjectTypeReference",
    (2, 4): "ObjectAttributeReference",
    (2, 8): "EditorialUpdate",
    (2, 42): "ActionAdvised",
    (2, 45): "ReferenceService",
    (2, 50): "ReferenceNumber",
    (2, 75): "ObjectCycle",
    (2, 130): "ImageType",
    (2, 131): "ImageOrientation",
    (2, 135): "LanguageIdentifier",
    (2, 150): "AudioType",
    (2, 151): "AudioSamplingRate",
    (2, 152): "AudioSamplingResolution",
    (2, 153): "AudioDuration",
    (2, 154): "AudioOutcue",
    (7, 10): "SizeMode",
    (7, 20): "MaxSubfileSize",
    (7, 90): "ObjectSizeAnnounced",
    (7, 95): "MaximumObjectSize",
    (8, 10): "Subfile",
    (9, 10): "ConfirmedObjectSize",
}
_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TIME: Final = re.compile(r"(\d\d)(\d\d)(\d\d)(?:([+-]\d\d)(\d\d))?")
_OBJECT_DATA: Final = 7  # records from here on describe the object as bytes, or are it


def findings(datasets: Iterable[DataSet], *, structure: bool = False) -> Iterator[Finding]:
    """Yield what each dataset says; with `structure` also what only says how the block is written."""
    datasets = tuple(datasets)
    utf8 = is_utf8(datasets)
    for item in datasets:
        group = item.group or (MetadataGroup.RENDERING if structure else None)
        if group is not None:
            name = _FURTHER_NAMES.get((item.record, item.number), item.name)
            yield told(group, name, _value(item, utf8=utf8))


def _value(item: DataSet, *, utf8: bool) -> Saying:
    place = (item.record, item.number)
    if place in _NUMBERS and 0 < len(item.value) <= 4:
        return str(int.from_bytes(item.value, "big"))
    if place in _BINARY or item.record >= _OBJECT_DATA:
        return Size(len(item.value))
    if place == (1, 90):
        return "UTF-8" if utf8 else repr(item.value)[2:-1]
    try:
        text = item.value.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        # Without a declaration it is some Western code page; with one, a damaged text.
        text = item.value.decode("utf-8" if utf8 else "latin-1", errors="replace").strip("\0 ")
    return _moment(item.name, text)


def _moment(name: str, text: str) -> Saying:
    """Write a date as 2024:05:31 and a time as 17:30:00+02:00 (IIM 1:70 and 1:80: CCYYMMDD, HHMMSS±HHMM)."""
    if name.startswith("Date") or name.endswith("Date"):
        date = _DATE.fullmatch(text)
        return moment(":".join(date.groups())) if date is not None else text
    if name.startswith("Time") or name.endswith("Time"):
        time = _TIME.fullmatch(text)
        if time is not None:
            clock = ":".join(time.groups()[:3])
            return moment(f"{clock}{time[4]}:{time[5]}" if time[4] else clock)
    return text
