"""AVIF and HEIC files (ISO/IEC 23008-12; AV1 Image File Format 1.2): kind, header and metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from oimg.engine.icc import cicp
from oimg.words.errors import OimgError
from oimg.words.images import ColorModel, Feature, Format, Header, Metadata, Part

from . import isobmff_special, tiff_block
from .boxes import Box, boxes
from .isobmff_items import Items, content, parse
from .isobmff_tracks import Sequence, sequence
from .jxl import exif_block
from .stream import corrupt, holds_data, length_of, opened, truncated

_AVIF = frozenset((b"avif", b"avis"))
_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
# Brands that say "HEIF" without naming a codec.
_GENERIC = frozenset((b"mif1", b"mif2", b"msf1", b"miaf", b"1pic", b"tmap"))
_SEQUENCES = frozenset((b"avis", b"msf1", b"hevc", b"hevx", b"hevm", b"hevs"))
_TOP = frozenset((b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"wide", b"uuid", b"mpvd", b"moof"))
_TEXTS = frozenset((b"Exif", b"mime", b"uri "))
_PQ, _HLG = 16, 18
# A file describes one picture once or twice.
_MAX_DESCRIPTIONS = 16
_MAX_FILE_TYPE = 4096

# EXIF orientation for quarter turns anticlockwise, then: no mirror, axis 0 (top and bottom change places),
# axis 1 (left and right change places). ISO/IEC 23008-12, 6.5.10 and 6.5.12.
_ORIENTATIONS = ((1, 4, 2), (8, 5, 7), (3, 2, 4), (6, 7, 5))


@dataclass(slots=True)
class _File:
    """The top level of a file."""

    format: Format
    brands: frozenset[bytes]
    items: Items | None = None
    sequence: Sequence = field(default_factory=Sequence)
    features: set[Feature] = field(default_factory=set)


def sniff(head: bytes) -> Format | None:
    """Format by the brands of the file type box; None for films and anything else."""
    brands = _brands(head)
    if not brands:
        return None
    if brands[0] in _AVIF:
        return Format.AVIF
    if brands[0] in _HEIC:
        return Format.HEIC
    if brands[0] not in _GENERIC:
        return None
    return Format.AVIF if _AVIF & set(brands) and not _HEIC & set(brands) else Format.HEIC


def _brands(head: bytes) -> list[bytes]:
    """Major brand, then the compatible ones as far as they are in `head`."""
    if len(head) < 12 or head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4], "big"), len(head), _MAX_FILE_TYPE)
    return [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]


def _open(stream: BinaryIO) -> _File:
    """Walk the top level."""
    stream.seek(0)
    head = stream.read(_MAX_FILE_TYPE)
    kind = sniff(head)
    if kind is None:
        (truncated if len(head) < 12 else corrupt)("no AVIF or HEIC brand")
    brands = frozenset(_brands(head))
    found = _File(kind, brands)
    size = length_of(stream)
    end = 0
    try:
        for box in boxes(stream, 0, size):
            if not box.whole and box.kind not in _TOP:
                break
            end = box.end
            _take(stream, box, found)
    except OimgError:
        # What cannot be a box any more comes after the picture or instead of it.
        if found.items is None and not found.sequence.frames:
            raise
    if holds_data(stream, end, size):
        found.features.add(Feature.TRAILING_DATA)
    return found


def _take(stream: BinaryIO, box: Box, found: _File) -> None:
    """Take in one box of the top level."""
    if box.kind == b"ftyp" and box.start:
        # A second file in the first: the film that some cameras put behind the picture.
        found.features.add(Feature.MOTION_PHOTO)
    elif box.kind == b"meta" and found.items is None:
        found.items = parse(stream, box)
    elif box.kind == b"moov" and found.brands & _SEQUENCES:
        found.sequence = sequence(stream, box)
    elif box.kind == b"mpvd":
        found.features.add(Feature.MOTION_PHOTO)
    elif box.kind == b"uuid":
        stream.seek(box.data)
        if stream.read(16) == isobmff_special.C2PA:
            found.features.add(Feature.C2PA)


def header(stream: BinaryIO) -> Header:
    """Header of the primary item; of the picture track where there are no items.

    Width and height are those before irot and imir. libheif crops to the clean aperture while it decodes,
    so for HEIC they are the cropped ones; for AVIF the aperture is left to the viewer.
    """
    found = _open(stream)
    items = found.items
    frames = max(1, found.sequence.frames)
    if frames > 1:
        found.features.add(Feature.ANIMATION)
    if items is None or items.primary not in items.items:
        return _track_header(found, frames)
    own = items.properties_of(items.primary)
    tiles = items.targets(b"dimg", items.primary)
    told = own + (items.properties_of(tiles[0]) if tiles else [])
    width, height = _size(own, crop=found.format is Format.HEIC)
    if not (width and height):
        corrupt("no ispe property")
    depth, mono = _coding(told)
    found.features |= isobmff_special.features(stream, items)
    profile, transfer = _colour(told, gray=mono)
    if transfer in {_PQ, _HLG}:
        found.features.add(Feature.HDR)
    return Header(
        found.format,
        width,
        height,
        frames=frames,
        has_alpha=found.sequence.has_alpha or isobmff_special.has_alpha(items, {items.primary, *tiles}),
        bit_depth=depth,
        color=ColorModel.GRAY if mono else ColorModel.RGB,
        orientation=_orientation(own),
        has_icc=bool(profile),
        features=frozenset(found.features),
    )


def _track_header(found: _File, frames: int) -> Header:
    """Header of a file that is nothing but a sequence."""
    track = found.sequence
    if not (track.width and track.height):
        truncated("no primary item")
    return Header(
        found.format,
        track.width,
        track.height,
        frames=frames,
        has_alpha=track.has_alpha,
        features=frozenset(found.features),
    )


def _size(properties: list[tuple[bytes, bytes]], *, crop: bool) -> tuple[int, int]:
    """Size by ispe, or by clap: eight numbers, the first four being width and height as fractions."""
    width = height = 0
    for kind, data in properties:
        if kind == b"ispe" and len(data) >= 12 and not width:
            width, height = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
        elif kind == b"clap" and crop and len(data) >= 16:
            across, by, down, under = (int.from_bytes(data[at : at + 4], "big") for at in range(0, 16, 4))
            if by and under and 0 < across // by <= width and 0 < down // under <= height:
                width, height = across // by, down // under
    return width, height


def _coding(properties: list[tuple[bytes, bytes]]) -> tuple[int, bool]:
    """Bits per channel and whether there is luma only, from the decoder configuration or pixi."""
    for kind, data in properties:
        if kind == b"av1C" and len(data) >= 4:
            deep, twelve = data[2] & 0x40, data[2] & 0x20
            return (12 if twelve else 10) if deep else 8, bool(data[2] & 0x10)
        if kind == b"hvcC" and len(data) >= 19:
            return max(data[17] & 7, data[18] & 7) + 8, data[16] & 3 == 0
    for kind, data in properties:
        if kind == b"pixi" and len(data) >= 6:
            return max(1, min(data[5], 32)), data[4] == 1
    return 8, False


def _colour(properties: list[tuple[bytes, bytes]], *, gray: bool) -> tuple[bytes, int]:
    """ICC profile and transfer characteristics of the colr properties; code points make a profile where there is none.

    ISO/IEC 23008-12, 6.5.5: a profile counts before code points (nclx).
    """
    profile, primaries, transfer = b"", 0, 0
    for kind, data in properties:
        if kind != b"colr":
            continue
        if data[:4] in {b"prof", b"rICC"}:
            profile = profile or data[4:]
        elif data[:4] == b"nclx" and not transfer:
            primaries, transfer = int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big")
    return profile or cicp.profile(primaries, transfer, gray=gray), transfer


def _orientation(properties: list[tuple[bytes, bytes]]) -> int:
    """EXIF orientation of irot and imir, which apply in the order they are listed."""
    turns, mirror = 0, 0
    for kind, data in properties:
        if kind == b"irot" and data:
            # After a mirror, a turn goes the other way round.
            turns = (turns + (-data[0] if mirror else data[0])) % 4
        elif kind == b"imir" and data and not mirror:
            mirror = 1 + (data[0] & 1)
    return _ORIENTATIONS[turns][mirror]


def bytes_beside(untrusted: bytes) -> int:
    """How many bytes of the file belong to items that are not the primary picture, its tiles or its alpha plane."""
    items = _open(opened(untrusted)).items
    if items is None:
        return 0
    return min(len(untrusted), isobmff_special.bytes_beside(items))


def read_metadata(untrusted: bytes) -> tuple[Metadata, bytes]:
    """EXIF, XMP and ICC profile that belong to the primary item (or to none in particular).

    Further items that hold no picture, user descriptions and boxes of other programs are parts.
    """
    stream = opened(untrusted)
    found = _open(stream)
    items = found.items
    if items is None:
        return Metadata(), b""
    exif, xmp = b"", b""
    parts: list[Part] = []
    described = set(items.sources(b"cdsc", items.primary))
    # Items that describe the primary item come first; a stray one is better than none.
    texts = [number for number, item in items.items.items() if item.kind in _TEXTS]
    for number in sorted(texts, key=lambda item: item not in described)[:_MAX_DESCRIPTIONS]:
        item, data = items.items[number], content(untrusted, items, number)
        plain = item.kind == b"mime" and item.content_type == b"application/rdf+xml" and not item.encoded
        if item.kind == b"Exif" and not exif:
            exif = exif_block(data)
        elif plain and not xmp:
            xmp = data
        elif data:
            parts.append(Part(found.format, item.kind.decode("latin-1"), data))
    own = items.properties_of(items.primary)
    parts += [Part(found.format, "udes", data) for kind, data in own if kind == b"udes" and data.strip(b"\0")]
    parts += _other_boxes(stream, untrusted, found.format)
    tiles = items.targets(b"dimg", items.primary)
    told = own + (items.properties_of(tiles[0]) if tiles else [])
    profile, _ = _colour(told, gray=_coding(told)[1])
    return Metadata(exif, xmp, density=tiff_block.density(exif), parts=tuple(parts)), profile


def _other_boxes(stream: BinaryIO, untrusted: bytes, kind: Format) -> list[Part]:
    """User data and boxes with a UUID, on the top level or in the movie box."""
    parts: list[Part] = []
    try:
        for box in boxes(stream, 0, len(untrusted)):
            inside = boxes(stream, box.data, box.end) if box.kind == b"moov" else [box]
            for one in inside:
                if one.kind in {b"udta", b"uuid"} and len(parts) < _MAX_DESCRIPTIONS:
                    parts.append(Part(kind, one.kind.decode("latin-1"), untrusted[one.data : one.end]))
    except OimgError:  # what cannot be a box any more comes after the picture
        pass
    return parts
