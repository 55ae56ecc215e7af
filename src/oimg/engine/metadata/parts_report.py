"""What image resources of Photoshop and parts of one container say, as findings. Nothing here raises.

Source: "Adobe Photoshop File Formats Specification" (2019), Image Resource IDs; W3C PNG 11.3.4.5 (tIME).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oimg.engine.containers.photoshop import Resource, resources
from oimg.engine.metadata.comments import part_group
from oimg.engine.metadata.exif_report import jpeg_size
from oimg.engine.metadata.exif_values import Facts
from oimg.engine.metadata.photoshop import group_of
from oimg.words.i18n import PN_
from oimg.words.images import Part
from oimg.words.privacy import Finding, MetadataGroup, told
from oimg.words.sayings import Extent, Joined, Phrase, Saying, Size, moment

THUMBNAILS: Final = (0x0409, 0x040C)
THUMBNAIL_AT: Final = 28  # bytes of a thumbnail resource before its JPEG stream
_NAMES: Final = {
    0x03ED: "ResolutionInfo",
    0x03EE: "AlphaChannelsNames",
    0x03F0: "Caption",
    0x0404: "IPTC",
    0x0406: "JPEG_Quality",
    0x0409: "PhotoshopBGRThumbnail",
    0x040A: "CopyrightFlag",
    0x040B: "URL",
    0x040C: "PhotoshopThumbnail",
    0x040F: "ICC_Profile",
    0x0414: "DocumentSpecificIDs",
    0x041A: "SliceInfo",
    0x041B: "WorkflowURL",
    0x041E: "URL_List",
    0x0421: "VersionInfo",
    0x0422: "EXIFInfo",
    0x0423: "ExifInfo2",
    0x0424: "XMP",
    0x0425: "IPTCDigest",
}
_COPYRIGHT_FLAG: Final = 0x040A
_TEXTS: Final = (0x040B, 0x041B)
_UNICODE: Final = (0x041A, 0x0421)  # hold strings of a four-byte length and UTF-16BE among other things
_LONGEST: Final = 2000


def resource_findings(block: bytes, *, structure: bool) -> Iterator[Finding]:
    """Yield what each resource says; with `structure` also those that repeat or sum up others."""
    for each in resources(block):
        group = group_of(each) or (MetadataGroup.RENDERING if structure else None)
        if group is None or not each.data.strip(b"\0"):
            continue
        name = _NAMES.get(each.number, f"0x{each.number:04X}")
        yield told(group, f"Photoshop:{name}", *_resource(each))


def _resource(resource: Resource) -> tuple[Saying, Facts]:
    data, count = resource.data, len(resource.data)
    facts: Facts = (("bytes", count),)
    if resource.number in THUMBNAILS:
        size = jpeg_size(data[THUMBNAIL_AT:])
        return (Joined((Extent(*size), Size(count))) if size else Size(count)), facts
    if resource.number == _COPYRIGHT_FLAG:
        return Phrase(PN_("flag", "yes") if any(data) else PN_("flag", "no")), ()
    if resource.number in _TEXTS:
        return data[:_LONGEST].decode("utf-8", errors="replace"), ()
    words = _strings(data[:_LONGEST]) if resource.number in _UNICODE else ""
    return (words, ()) if words else (Size(count), facts)


def _strings(data: bytes) -> str:
    """The Unicode strings in a resource: a count of characters in four bytes, then UTF-16BE."""
    found, at = [], 0
    while at + 4 < len(data):
        count = int.from_bytes(data[at : at + 4], "big")
        text = data[at + 4 : at + 4 + 2 * count].decode("utf-16-be", errors="replace").rstrip("\0")
        if 0 < count <= 255 and len(text) >= 2 and text.isprintable() and text.isascii():
            found.append(text)
            at += 4 + 2 * count
        else:
            at += 1
    return ", ".join(dict.fromkeys(found))


def part_finding(part: Part) -> Finding:
    """Return what a part of one container says: the time of a PNG, a thumbnail of a JFIF file, the size of the rest."""
    data = part.data
    if part.name == "tIME" and len(data) == 7:
        numbers = (int.from_bytes(data[:2], "big"), *data[2:])
        return told(part_group(part), "tIME", moment("{:04}:{:02}:{:02} {:02}:{:02}:{:02} UTC".format(*numbers)))
    shown = data[:_LONGEST].strip(b"\0 ")
    if shown and all(0x20 <= byte < 0x7F or byte in b"\t\r\n" for byte in shown):
        return told(part_group(part), part.name, shown.decode("ascii"))
    return told(part_group(part), part.name, Size(len(data)), (("bytes", len(data)),))
