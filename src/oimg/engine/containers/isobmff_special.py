"""What an AVIF or HEIC file holds beside its primary picture, told by its tables.

ISO/IEC 23008-12 (auxiliary pictures, entity groups) with amendment 1 (tone-map items, ISO 21496-1), C2PA 2.1 A.5,
Android Motion Photo 1.0 (mpvd box), and what Apple's cameras write.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from oimg.words.images import Feature

from . import gain_map
from .isobmff_items import Items

C2PA: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_ALPHA: Final = frozenset((b"urn:mpeg:mpegb:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"))
# 23008-12, 6.6.2.1.1 and annex B.2.4 (depth); Apple's own names for mattes are many, and end alike.
_DEPTH: Final = frozenset((
    b"urn:mpeg:mpegb:cicp:systems:auxiliary:depth",
    b"urn:mpeg:hevc:2015:auxid:2",
    b"urn:com:apple:photo:2017:aux:depth",
    b"urn:com:apple:photo:2017:aux:disparity",
))  # fmt: skip
_MATTE: Final = b"matte"
# Apple: urn:com:apple:photo:2020:aux:hdrgainmap; others write urn:com:photo:aux:hdrgainmap.
_GAIN_MAP: Final = b":aux:hdrgainmap"
# Items that are no pictures: descriptions, and the tone-map item, whose pictures are counted themselves.
_NO_PICTURES: Final = frozenset((b"Exif", b"mime", b"uri ", b"tmap", b"prem"))
_LONGEST_TYPE: Final = 256
# Head of a tone-map item: one byte of version before the metadata of ISO 21496-1.
_TONE_MAP_HEAD: Final = 1


def aux_type(items: Items, item: int) -> bytes:
    """The type of an auxiliary picture in lower case (its auxC property ends it with a zero); empty for others."""
    for kind, data in items.properties_of(item):
        if kind == b"auxC":
            return data[4 : 4 + _LONGEST_TYPE].partition(b"\0")[0].lower()
    return b""


def has_alpha(items: Items, pictures: set[int]) -> bool:
    """Whether an alpha plane belongs to one of the pictures."""
    sources = {source for kind, source, to in items.references if kind == b"auxl" and to in pictures}
    return any(aux_type(items, source) in _ALPHA for source in sources)


def features(stream: BinaryIO, items: Items) -> frozenset[Feature]:
    """Gain maps (with HDR where the primary picture is the HDR one), depth maps and further pictures."""
    auxiliary = {source for kind, source, _ in items.references if kind == b"auxl"}
    found = {_auxiliary(aux_type(items, item)) for item in auxiliary}
    for number, item in items.items.items():
        if item.kind == b"tmap":
            found.add(Feature.GAIN_MAP)
            if gain_map.base_is_hdr(_first_bytes(stream, items, number)[_TONE_MAP_HEAD:]):
                found.add(Feature.HDR)
    parts = {to for kind, _, to in items.references if kind == b"dimg"}
    thumbnails = {source for kind, source, _ in items.references if kind == b"thmb"}
    others = items.items.keys() - parts - thumbnails - auxiliary - {items.primary}
    shown = any(not items.items[n].hidden and items.items[n].kind not in _NO_PICTURES for n in others)
    if shown or any(items.primary in group and len(group) > 1 for group in items.stereo):
        found.add(Feature.MULTI_PICTURE)
    return frozenset(feature for feature in found if feature is not None)


def bytes_beside(items: Items) -> int:
    """Bytes of all pictures but the primary one, its tiles and its alpha plane, as the location table gives them."""
    own = {items.primary, *items.targets(b"dimg", items.primary)}
    planes = {source for kind, source, to in items.references if kind == b"auxl" and to in own}
    own |= {source for source in planes if aux_type(items, source) in _ALPHA}
    own |= {to for kind, source, to in items.references if kind == b"dimg" and source in own}
    others = (place for number, place in items.places.items() if _is_picture(items, number) and number not in own)
    return sum(length for place in others for _, length in place.extents)


def _is_picture(items: Items, number: int) -> bool:
    return number in items.items and items.items[number].kind not in _NO_PICTURES


def _auxiliary(kind: bytes) -> Feature | None:
    """What an auxiliary picture is; one of no known kind counts as a further picture, so that it is not lost."""
    if kind in _ALPHA:
        return None
    if kind.endswith(_GAIN_MAP):
        return Feature.GAIN_MAP
    return Feature.DEPTH_MAP if kind in _DEPTH or kind.endswith(_MATTE) else Feature.MULTI_PICTURE


def _first_bytes(stream: BinaryIO, items: Items, number: int) -> bytes:
    """The start of an item, as far as its first extent goes."""
    place = items.places.get(number)
    if place is None or place.method > 1 or not place.extents:
        return b""
    offset, length = place.extents[0]
    stream.seek((items.inline[0] if place.method else 0) + offset)
    return stream.read(min(length or gain_map.LENGTH + 1, gain_map.LENGTH + 1))
