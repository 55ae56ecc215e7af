"""JPEG XL files (ISO/IEC 18181-2: container; 18181-1: codestream): header, metadata, rewrite."""

from __future__ import annotations

from typing import BinaryIO

from oimg.words.images import ColorModel, Feature, Format, Header, Metadata, Part

from . import gain_map, jumbf, tiff_block
from .boxes import Box, boxes, build
from .jxl_codestream import SIGNATURE, ImageHeader, image_header
from .stream import corrupt, length_of, opened, truncated

_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
_FILE_TYPE = b"\0\0\0\x14ftypjxl \0\0\0\0jxl "
# Enough for 4096 named extra channels of any sane size.
_MAX_HEADER = 1 << 20
_METADATA = frozenset((b"Exif", b"xml ", b"brob"))
_STRUCTURE = frozenset((b"JXL ", b"ftyp", b"jxll", b"jxlc", b"jxlp", b"jxli", b"jbrd", b"jhgm", b"free", b"skip"))
# Kinds that a compressed box may stand for and that mean the same beside other pixels.
_PACKED = frozenset((b"Exif", b"xml "))
# No EXIF block and no packet that we read is larger; a box that unpacks to more is a bomb.
_MOST_UNPACKED = 16 << 20
_CODESTREAM = frozenset((b"jxlc", b"jxlp"))


def header(stream: BinaryIO) -> Header:
    """Header of a bare codestream or a container.

    The decoders apply the orientation, so the size is the upright one and the orientation 1. The format
    does not say how many frames an animation has: `frames` stays 1, `Feature.ANIMATION` tells.
    """
    found = _top(stream)
    kinds = {box.kind for box in found}
    said = image_header(_first_bytes(stream, found))
    width, height = (said.height, said.width) if said.orientation >= 5 else (said.width, said.height)
    return Header(
        Format.JXL,
        width,
        height,
        has_alpha=said.alpha,
        bit_depth=said.bit_depth,
        color=_color(said),
        has_icc=said.icc or not said.srgb,
        # A recompressed JPEG is DCT without XYB; only modular coding can be exact.
        lossy=said.xyb or said.dct is not False or b"jbrd" in kinds,
        features=_features(said) | _beside(stream, found),
    )


def _color(said: ImageHeader) -> ColorModel:
    if said.black:
        return ColorModel.CMYK
    return ColorModel.GRAY if said.gray else ColorModel.RGB


def _features(said: ImageHeader) -> frozenset[Feature]:
    found = {Feature.ANIMATION: said.animation, Feature.HDR: said.hdr}
    return frozenset(feature for feature, there in found.items() if there)


def _beside(stream: BinaryIO, found: list[Box]) -> set[Feature]:
    """What the boxes beside the codestream are; a compressed one (brob) says of what kind it is."""
    features: set[Feature] = set()
    for box in found:
        stream.seek(box.start)
        if box.kind == b"jhgm":
            features.add(Feature.GAIN_MAP)
            stream.seek(box.data)
            if gain_map.hdr_base_of_bundle(stream.read(min(box.size, 3 + gain_map.LENGTH))):
                features.add(Feature.HDR)
        elif box.kind == b"jumb" and jumbf.is_manifest_store(stream.read(jumbf.LONGEST_HEAD)):
            features.add(Feature.C2PA)
        elif box.kind == b"brob":
            stream.seek(box.data)
            inside = {b"jhgm": Feature.GAIN_MAP, b"jumb": Feature.C2PA}.get(stream.read(4))
            features |= {inside} if inside else set()
    return features


def _top(stream: BinaryIO) -> list[Box]:
    """Boxes of a container; none for a bare codestream."""
    stream.seek(0)
    head = stream.read(len(_CONTAINER))
    if head[:2] == SIGNATURE:
        return []
    if head != _CONTAINER:
        (truncated if _CONTAINER.startswith(head) else corrupt)("no JPEG XL signature")
    return list(boxes(stream, 0, length_of(stream)))


def _first_bytes(stream: BinaryIO, found: list[Box]) -> bytes:
    """The start of the codestream."""
    if not found:
        stream.seek(0)
        return stream.read(_MAX_HEADER)
    start = bytearray()
    for box in found:
        if box.kind in _CODESTREAM and len(start) < _MAX_HEADER:
            skipped = 4 if box.kind == b"jxlp" else 0
            stream.seek(box.data + skipped)
            start += stream.read(max(0, min(box.size - skipped, _MAX_HEADER - len(start))))
    if not start:
        truncated("no codestream box")
    return bytes(start)


def loses_profile(untrusted: bytes) -> bool:
    """Whether decoders leave the profile's colours: XYB holds none, and libjxl gives 8 bits of linear sRGB instead."""
    stream = opened(untrusted)
    said = image_header(_first_bytes(stream, _top(stream)))
    return said.xyb and said.icc


def has_jpeg_reconstruction(untrusted: bytes) -> bool:
    """Whether the file holds what is needed to give a JPEG file back byte for byte."""
    return any(box.kind == b"jbrd" for box in _top(opened(untrusted)))


def read_metadata(untrusted: bytes) -> tuple[Metadata, bytes]:
    """EXIF and XMP of a container; the profile is part of the codestream, so none is returned.

    Brotli-compressed boxes (brob) are opened. Those that cannot be, are parts, as are boxes of unknown kinds.
    """
    exif, xmp = b"", b""
    parts: list[Part] = []
    for box in _top(opened(untrusted)):
        if box.kind in _STRUCTURE:
            continue
        kind, data = _opened(box.kind, untrusted[box.data : box.end])
        if kind == b"Exif" and not exif:
            exif = exif_block(data)
        elif kind == b"xml " and not xmp:
            xmp = data
        else:
            parts.append(Part(Format.JXL, kind.decode("latin-1"), data))
    return Metadata(exif, xmp, density=tiff_block.density(exif), parts=tuple(parts)), b""


def _opened(kind: bytes, data: bytes) -> tuple[bytes, bytes]:
    """What a compressed box holds (18181-2, 9.7: the kind that it stands for, then a Brotli stream); others as is."""
    if kind != b"brob" or data[:4] not in _PACKED:
        return kind, data
    import brotli  # noqa: PLC0415 - rarely needed

    stream, out = brotli.Decompressor(), bytearray()
    try:
        piece = stream.process(data[4:], output_buffer_limit=_MOST_UNPACKED)
        while piece and len(out) + len(piece) <= _MOST_UNPACKED:
            out += piece
            piece = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=_MOST_UNPACKED)
    except brotli.error:
        return kind, data
    return (data[:4], bytes(out)) if stream.is_finished() and not piece else (kind, data)


def carries(part: Part) -> bool:
    """Whether a part may be written into another file: boxes that may be a signature over the old one may not."""
    if part.name == "brob":
        return part.format is Format.JXL and part.data[:4] in _PACKED
    return part.format is Format.JXL and part.name != "jumb"


def exif_block(untrusted: bytes) -> bytes:
    """The TIFF block of an Exif box or item, which starts with the offset of the TIFF header."""
    block = tiff_block.from_prefixed(untrusted[4 + int.from_bytes(untrusted[:4], "big") :])
    if not tiff_block.is_tiff(block):
        # Some writers count from elsewhere or leave the offset out.
        block = next(
            (found for found in map(tiff_block.from_prefixed, (untrusted[4:], untrusted)) if tiff_block.is_tiff(found)),
            b"",
        )
    return block


def rewrite(untrusted: bytes, metadata: Metadata, *, keep_reconstruction: bool = False) -> bytes:
    """The same codestream with exactly the given EXIF and XMP; bare if there is nothing to put beside it.

    JPEG reconstruction data takes parts of the JPEG file from the metadata boxes: decoders fail on a file
    whose boxes changed. So it is kept only when asked for and when EXIF and XMP are the file's own, and then
    those boxes stay as they are, the compressed ones too.
    """
    found = _top(opened(untrusted))
    codestream = _codestream(untrusted, found) if found else untrusted
    if codestream[:2] != SIGNATURE:
        corrupt("no JPEG XL codestream")
    own, _ = read_metadata(untrusted)
    same = (own.exif, own.xmp) == (metadata.exif, metadata.xmp)
    rebuilt = _joined(untrusted, found, b"jbrd") if keep_reconstruction and same else b""
    beside = [build(b"jxll", level)] if (level := _joined(untrusted, found, b"jxll")) else []
    if rebuilt:
        beside += [build(box.kind, untrusted[box.data : box.end]) for box in found if box.kind in _METADATA]
        beside.append(build(b"jbrd", rebuilt))
    else:
        beside += [build(b"Exif", b"\0\0\0\0", metadata.exif)] if metadata.exif else []
        beside += [build(b"xml ", metadata.xmp)] if metadata.xmp else []
        beside += [build(part.name.encode("latin-1"), part.data) for part in metadata.parts if carries(part)]
    if not beside:
        return codestream
    return b"".join((_CONTAINER, _FILE_TYPE, *beside, build(b"jxlc", codestream)))


def opened_boxes(untrusted: bytes, metadata: Metadata) -> bytes:
    """A file with JPEG reconstruction data, its compressed EXIF and XMP boxes replaced by plain ones.

    The metadata must be what those boxes hold, for the data of the JPEG file points into them.
    """
    plain = {b"Exif": b"\0\0\0\0" + metadata.exif, b"xml ": metadata.xmp}
    out: list[bytes] = []
    for box in _top(opened(untrusted)):
        inside = untrusted[box.data : box.data + 4] if box.kind == b"brob" else b""
        out.append(build(inside, plain[inside]) if inside in plain else untrusted[box.start : box.end])
    return b"".join(out)


def _joined(untrusted: bytes, found: list[Box], kind: bytes) -> bytes:
    """The content of the first box of a kind."""
    return next((untrusted[box.data : box.end] for box in found if box.kind == kind), b"")


def _codestream(untrusted: bytes, found: list[Box]) -> bytes:
    """The codestream, whole or put together from its numbered parts."""
    if not all(box.whole for box in found):
        truncated("box cut short")
    whole = _joined(untrusted, found, b"jxlc")
    if whole:
        return whole
    parts = [box for box in found if box.kind == b"jxlp"]
    numbers = [int.from_bytes(untrusted[box.data : box.data + 4], "big") for box in parts]
    if not parts or not numbers[-1] >> 31:
        truncated("last part of the codestream")
    if [number & 0x7FFFFFFF for number in numbers] != list(range(len(parts))):
        corrupt("codestream parts out of order")
    return b"".join(untrusted[box.data + 4 : box.end] for box in parts)
