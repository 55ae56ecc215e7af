"""PNG and APNG files (W3C PNG, third edition): header, metadata, colour chunks, rewrite without decoding."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from oimg.words.images import ColorModel, Feature, Format, Header, Metadata, Part

from . import photoshop, png_color, png_text, tiff_block
from .png_chunks import MAX_INFLATED, SIGNATURE, Chunk, Place, chunk, inflate, load, places
from .stream import corrupt, holds_data, length_of, opened, truncated, unsupported

# Depths the standard allows for each colour type (table 8).
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_GRAY = frozenset((0, 4))
_WITH_ALPHA = frozenset((4, 6))
_PALETTE = 3
_PQ, _HLG = 16, 18
_METRE = 1
_INCHES_PER_METRE = 0.0254
_COLOUR = frozenset(("gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCV", "cLLI"))
_ANIMATION = frozenset(("acTL", "fcTL", "fdAT"))
_PICTURE = frozenset(("IHDR", "PLTE", "IDAT", "IEND"))
_KEPT = _PICTURE | _ANIMATION | _COLOUR | {"tRNS", "sBIT", "bKGD", "pHYs"}
# The most bytes that these chunks can have (clause 11.3); what is longer holds something else.
_MOST_BYTES = {
    "gAMA": 4,
    "cHRM": 32,
    "sRGB": 1,
    "cICP": 4,
    "mDCV": 24,
    "cLLI": 8,
    "tRNS": 256,
    "sBIT": 4,
    "bKGD": 6,
    "pHYs": 9,
    "acTL": 8,
    "fcTL": 26,
}
# Signed with the whole file (C2PA): no part that could be carried on by itself.
_SIGNED = {"caBX"}
_SMALL = 1 << 16
_LONG = 1 << 22
_MAX_EXPANSION = 1032
_TEXT = frozenset(("tEXt", "zTXt", "iTXt"))
# sRGB as gAMA and cHRM say it (11.3.2.1, 11.3.2.2), in 1/100000.
_SRGB_GAMMA = 45455
_SRGB_CHROMATICITIES = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)


def header(stream: BinaryIO) -> Header:
    """Header from the chunk heads and small chunks; picture data is skipped."""
    walked = list(places(stream))
    if not walked:
        truncated("no IHDR chunk")
    width, height, depth, kind = _image_header(stream, walked[0])
    names = {place.name for place in walked}
    if "IDAT" not in names:
        truncated("no IDAT chunk")
    frames = _frames(stream, walked)
    return Header(
        Format.PNG,
        width,
        height,
        frames=frames,
        has_alpha=kind in _WITH_ALPHA or "tRNS" in names,
        # A palette holds 8-bit colours, however few bits an index has.
        bit_depth=8 if kind == _PALETTE else depth,
        color=ColorModel.GRAY if kind in _GRAY else ColorModel.RGB,
        orientation=_orientation(stream, walked),
        has_icc=not names.isdisjoint({"iCCP", "cICP"}),
        lossy=False,
        features=_features(stream, walked, frames),
    )


def _image_header(stream: BinaryIO, first: Place) -> tuple[int, int, int, int]:
    """Width, height, bit depth and colour type."""
    if first.name == "CgBI":
        unsupported("Apple CgBI variant of PNG")
    if first.name != "IHDR" or first.length != 13:
        corrupt("no IHDR chunk")
    stream.seek(first.start + 4)
    raw = stream.read(21)
    if len(raw) < 21:
        truncated("short IHDR chunk")
    if zlib.crc32(raw[:17]) != int.from_bytes(raw[17:], "big"):
        corrupt("IHDR checksum")
    width, height = int.from_bytes(raw[4:8], "big"), int.from_bytes(raw[8:12], "big")
    depth, kind, interlace = raw[12], raw[13], raw[16]
    if not (0 < width < 1 << 31 and 0 < height < 1 << 31):
        corrupt(f"dimensions {width}x{height}")
    if depth not in _DEPTHS.get(kind, ()) or raw[14] or raw[15] or interlace > 1:
        corrupt(f"bit depth {depth}, colour type {kind}")
    return width, height, depth, kind


def _frames(stream: BinaryIO, walked: list[Place]) -> int:
    """Frames of an animation; 1 where decoders show the default image only (acTL after IDAT is ignored)."""
    for place in walked:
        if place.name == "IDAT":
            break
        if place.name == "acTL":
            data = load(stream, place, 8)
            return max(1, min(int.from_bytes(data[:4], "big"), sum(p.name == "fcTL" for p in walked)))
    return 1


def _orientation(stream: BinaryIO, walked: list[Place]) -> int:
    """Orientation from eXIf, else from EXIF that ImageMagick keeps as text."""
    for place in walked:
        if place.name == "eXIf":
            return tiff_block.orientation(tiff_block.from_prefixed(load(stream, place, _LONG)))
    for place in walked:
        if place.name in {"tEXt", "zTXt"}:
            stream.seek(place.data)
            # Looking at the keyword first leaves long texts unread.
            if stream.read(20).lower().startswith((b"raw profile type exi", b"raw profile type app")):
                text = png_text.parse(place.name, load(stream, place, _LONG), _LONG)
                kind, data = png_text.raw_profile(text) if text else ("", b"")
                return tiff_block.orientation(tiff_block.from_prefixed(data)) if kind == "exif" else 1
    return 1


def _features(stream: BinaryIO, walked: list[Place], frames: int) -> frozenset[Feature]:
    found: set[Feature] = set()
    if frames > 1:
        found.add(Feature.ANIMATION)
    for place in walked:
        if place.name == "caBX":
            found.add(Feature.C2PA)
        elif place.name == "cICP" and load(stream, place, _SMALL)[1:2] in {bytes((_PQ,)), bytes((_HLG,))}:
            found.add(Feature.HDR)
    last = walked[-1]
    if last.name == "IEND" and holds_data(stream, last.end, length_of(stream)):
        found.add(Feature.TRAILING_DATA)
    return frozenset(found)


def chunks(untrusted: bytes) -> tuple[Chunk, ...]:
    """All complete chunks up to IEND; fails if the file is cut short before that."""
    stream = opened(untrusted)
    found: list[Chunk] = []
    for place in places(stream):
        if place.end > len(untrusted):
            truncated(f"{place.name} chunk cut short")
        crc = int.from_bytes(untrusted[place.end - 4 : place.end], "big")
        found.append(Chunk(place.name, untrusted[place.data : place.end - 4], crc))
    if not found or found[-1].name != "IEND":
        truncated("no IEND chunk")
    return tuple(found)


def _readable(untrusted: bytes) -> list[Chunk]:
    """Complete chunks with a good checksum; the picture data is left out."""
    found: list[Chunk] = []
    for place in places(opened(untrusted)):
        if place.name not in {"IDAT", "fdAT"} and place.end <= len(untrusted):
            crc = int.from_bytes(untrusted[place.end - 4 : place.end], "big")
            one = Chunk(place.name, untrusted[place.data : place.end - 4], crc)
            if one.intact:
                found.append(one)
    return found


def read_metadata(untrusted: bytes) -> tuple[Metadata, bytes]:
    """Metadata and ICC profile; chunks that are damaged or cannot be read are passed over."""
    exif, icc = b"", b""
    density: tuple[float, float] | None = None
    texts = _Texts()
    parts: list[Part] = []
    for one in _readable(untrusted):
        if one.name == "eXIf":
            exif = exif or tiff_block.from_prefixed(one.data)
        elif one.name == "iCCP":
            icc = icc or _profile(one.data)
        elif one.name == "pHYs":
            density = density or _density(one.data)
        elif one.name in _TEXT:
            texts.take(one)
        elif one.name not in _KEPT | _SIGNED and not one.name[0].isupper():
            parts.append(Part(Format.PNG, one.name, one.data))
    exif = exif or tiff_block.from_prefixed(texts.blocks["exif"])
    if not tiff_block.is_tiff(exif):
        exif = b""
    iptc, others = photoshop.split(texts.blocks["iptc"])
    metadata = Metadata(
        exif,
        texts.blocks["xmp"],
        iptc,
        tuple(texts.comments),
        density or tiff_block.density(exif),
        others,
        (*parts, *texts.parts),
    )
    return metadata, icc


class _Texts:
    """The text chunks of a file, sorted into blocks, comments and what cannot be read."""

    def __init__(self) -> None:
        self.blocks = {"exif": b"", "iptc": b"", "xmp": b""}
        self.comments: list[bytes] = []
        self.parts: list[Part] = []
        # All texts together, so that many small bombs are no better than one.
        self._budget = MAX_INFLATED

    def take(self, one: Chunk) -> None:
        """Take in one chunk."""
        text = png_text.parse(one.name, one.data, self._budget)
        # What could not be inflated has cost as much as deflate can at most expand to.
        self._budget -= len(text.text) if text else _MAX_EXPANSION * len(one.data)
        if text is None:
            self.parts.append(Part(Format.PNG, one.name, one.data))
            return
        kind, data = png_text.raw_profile(text)
        if text.keyword == png_text.XMP_KEYWORD:
            kind, data = "xmp", text.text
        if not (kind and data):
            self.comments.append(text.comment)
        elif not self.blocks[kind]:
            self.blocks[kind] = data
        elif self.blocks[kind] != data:
            self.parts.append(Part(Format.PNG, one.name, one.data))


def _density(data: bytes) -> tuple[float, float] | None:
    if len(data) != 9 or data[8] != _METRE:
        return None
    across, down = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    return (across * _INCHES_PER_METRE, down * _INCHES_PER_METRE) if across and down else None


def _profile(data: bytes) -> bytes:
    """The profile in an iCCP chunk: name, zero, method 0, deflated profile (11.3.2.3)."""
    _, zero, rest = data.partition(b"\0")
    return (inflate(rest[1:], MAX_INFLATED) if zero and rest[:1] == b"\0" else None) or b""


def colour_chunks(untrusted: bytes) -> frozenset[str]:
    """Names of the chunks that say what the colours mean."""
    return frozenset(one.name for one in _readable(untrusted) if one.name in _COLOUR)


def is_plain_srgb(untrusted: bytes) -> bool:
    """Whether nothing gives the colours another meaning than sRGB, within 3 %, that an ICC profile could not say.

    cICP counts before all others, a profile before gAMA and cHRM (third edition, 4.3).
    """
    said = {one.name: one.data for one in reversed(_readable(untrusted)) if one.name in _COLOUR}
    if "cICP" in said:
        return png_color.parse(said["cICP"]) is not None
    if "iCCP" in said or "sRGB" in said:
        return True
    gamma, primaries = said.get("gAMA"), said.get("cHRM")
    if gamma is not None and not _near(gamma, (_SRGB_GAMMA,)):
        return False
    return primaries is None or _near(primaries, _SRGB_CHROMATICITIES)


def _near(data: bytes, wanted: tuple[int, ...]) -> bool:
    values = [int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4)]
    return len(values) == len(wanted) and all(
        abs(value - target) <= 0.03 * target for value, target in zip(values, wanted, strict=True)
    )


def rewrite(untrusted: bytes, metadata: Metadata, icc: bytes | None) -> bytes:
    """The same coded picture with exactly the given metadata.

    `icc` None leaves the colour chunks as they are. A profile replaces all of them, empty bytes remove all.
    """
    dropped = frozenset() if icc is None else _COLOUR
    out = [SIGNATURE]
    pending = _blocks(metadata)
    for one in chunks(untrusted):
        if not one.intact:
            if one.name in _PICTURE | _ANIMATION:
                corrupt(f"{one.name} checksum")
            continue
        if one.name not in _KEPT - dropped or not _says_what_it_should(one, metadata):
            if one.name[0].isupper():
                # A decoder must understand every critical chunk; without it the picture would change.
                unsupported(f"critical chunk {one.name}")
            continue
        if one.name in {"IDAT", "fcTL"}:
            out.extend(pending)
            pending = []
        if one.name == "IEND":
            out.append(chunk("IEND", b""))
            break
        if one.name == "iCCP":
            # The name of a profile is free text, and bytes after the deflated data have no meaning.
            out.extend(_profile_chunk(_profile(one.data)))
            continue
        out.append(chunk(one.name, one.data))
        if one.name == "IHDR":
            out.extend(_profile_chunk(icc or b""))
    if pending:
        truncated("no IDAT chunk")
    return b"".join(out)


def _says_what_it_should(one: Chunk, metadata: Metadata) -> bool:
    """Whether a chunk of the picture is no longer than it can be; a density must be asked for, a shape stays."""
    if len(one.data) > _MOST_BYTES.get(one.name, len(one.data)):
        return False
    return one.name != "pHYs" or (metadata.density is None and one.data[8:] != bytes((_METRE,)))


def _profile_chunk(icc: bytes) -> list[bytes]:
    return [chunk("iCCP", b"ICC profile\0\0" + zlib.compress(icc, 9))] if icc else []


def _blocks(metadata: Metadata) -> list[bytes]:
    """The metadata chunks, all of which may stand before the picture data."""
    found: list[bytes] = []
    if metadata.density is not None:
        across, down = (max(1, min(0x7FFFFFFF, round(v / _INCHES_PER_METRE))) for v in metadata.density)
        found.append(chunk("pHYs", across.to_bytes(4, "big") + down.to_bytes(4, "big") + bytes((_METRE,))))
    if metadata.exif:
        found.append(chunk("eXIf", metadata.exif))
    if metadata.xmp:
        found.append(png_text.international(png_text.XMP_KEYWORD, metadata.xmp))
    if metadata.iptc or metadata.photoshop:
        # No chunk is made for IPTC; this is where ImageMagick and exiftool write and look.
        found.append(png_text.raw_resources(metadata.iptc, metadata.photoshop))
    found.extend(png_text.build(comment) for comment in metadata.comments)
    found.extend(chunk(part.name, part.data) for part in metadata.parts if carries(part))
    return found


def carries(part: Part) -> bool:
    """Whether a part may be written beside other picture data: its name says so (clause 14.2), or it is known."""
    return part.format is Format.PNG and (part.name == "tIME" or part.name[3].islower() or part.name in _TEXT)
