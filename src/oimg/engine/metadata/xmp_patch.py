"""Correcting an XMP packet in place, so that every byte that is still true stays. Nothing here raises.

Source: Adobe XMP specification parts 1 (2012) and 2 (2016).
"""

from __future__ import annotations

import re

from oimg.engine.metadata.xmp import MAX_BYTES, encoding
from oimg.engine.metadata.xmp_names import EXIF, TIFF


def corrected(
    packet: bytes,
    *,
    orientation: int,
    size: tuple[int, int],
    drop_pictures: bool,
    drop_regions: bool = False,
) -> bytes:
    """Return the packet with the facts about the pixels put right, every other byte as it was.

    With `drop_pictures` the pictures embedded in the packet (thumbnails, Google's originals and depth maps)
    are taken out: they show what the file no longer shows. With `drop_regions` faces and other marked places go,
    which a turn or a crop has moved.
    """
    if len(packet) > MAX_BYTES:
        return packet
    codec = encoding(packet)
    # Latin-1 maps every byte to one character and back, whatever a broken packet holds.
    codec = "latin-1" if codec == "utf-8" else codec
    try:
        before = text = packet.decode(codec)
        facts = (
            *(
                (TIFF, "Orientation", orientation),
                (TIFF, "ImageWidth", size[0]),
                (TIFF, "ImageLength", size[1]),
            ),
            *((EXIF, "PixelXDimension", size[0]), (EXIF, "PixelYDimension", size[1])),
        )
        for namespace, name, value in facts:
            for prefix in _prefixes_in(text, namespace):
                text = _with_value(text, f"{prefix}:{name}", str(value))
        for namespace, name in (*(_PICTURES if drop_pictures else ()), *(_REGIONS if drop_regions else ())):
            for prefix in _prefixes_in(text, namespace):
                text = _without(text, f"{prefix}:{name}")
        return packet if text == before else text.encode(codec)
    except UnicodeError:
        return packet


_PICTURES = (
    ("http://ns.adobe.com/xap/1.0/", "Thumbnails"),
    ("http://ns.google.com/photos/1.0/image/", "Data"),
    ("http://ns.google.com/photos/1.0/depthmap/", "Data"),
)
# Metadata Working Group 2.0 (5.9), Microsoft People Tagging, IPTC Photo Metadata 2019.1, Exif in XMP
_REGIONS = (
    ("http://www.metadataworkinggroup.com/schemas/regions/", "Regions"),
    ("http://ns.microsoft.com/photo/1.2/", "RegionInfo"),
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "ImageRegion"),
    (EXIF, "SubjectArea"),
    (EXIF, "SubjectLocation"),
)


def _prefixes_in(text: str, namespace: str) -> tuple[str, ...]:
    found = re.findall(rf"xmlns:([\w.-]{{1,50}})\s{{0,20}}=\s{{0,20}}[\"']{re.escape(namespace)}[\"']", text)
    return tuple(dict.fromkeys(found))[:8]


def _with_value(text: str, name: str, value: str) -> str:
    name = re.escape(name)
    text = re.sub(rf"(\s{name}\s{{0,20}}=\s{{0,20}}[\"'])[^\"'<>]{{0,40}}([\"'])", rf"\g<1>{value}\g<2>", text)
    return re.sub(rf"(<{name}\s{{0,20}}>)[^<>]{{0,40}}(</{name}\s{{0,20}}>)", rf"\g<1>{value}\g<2>", text)


def _without(text: str, name: str) -> str:
    """Take out a property in both forms; found by plain search, because the value may be megabytes long."""
    parts, at, start = [], 0, text.find(f"<{name}")
    while start >= 0:
        inside = start + 1 + len(name)
        if text[inside : inside + 1] not in tuple(" \t\r\n>/"):
            start = text.find(f"<{name}", inside)  # another name that starts alike
            continue
        end = text.find(">", inside)
        if end < 0:
            break
        if text[end - 1] != "/":
            close = text.find(f"</{name}", end)
            end = text.find(">", close) if close >= 0 else -1
            if end < 0:
                break
        parts.append(text[at:start])
        at = end + 1
        start = text.find(f"<{name}", at)
    text = "".join(parts) + text[at:]
    return re.sub(rf"\s{re.escape(name)}\s{{0,20}}=\s{{0,20}}(?:\"[^\"<]*\"|'[^'<]*')", "", text)
