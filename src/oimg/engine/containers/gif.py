"""GIF files (GIF89a specification; Netscape looping; XMP Part 3, 1.1.2): header, frames, strip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from oimg.words.images import Feature, Format, Header, Metadata, Part

from .gif_blocks import TRAILER, Block, Kind, Screen, screen, sub_blocks
from .gif_blocks import blocks as walk
from .stream import corrupt, holds_data, length_of, opened, truncated

_LOOPING = frozenset((b"NETSCAPE2.0", b"ANIMEXTS1.0"))
_XMP = b"XMP DataXMP"
C2PA = b"C2PA_GIF\x01\0\0"  # C2PA 2.1, A.3.5
_ICC = b"ICCRGBG1012"
# XMP stands in the block as plain text; 257 bytes lead a reader of sub-blocks out of it, a zero ends it.
_XMP_TAIL = b"\x01" + bytes(range(0xFF, -1, -1))


@dataclass(frozen=True, slots=True)
class GifFrame:
    """One image with its control block. `delay` is in 1/100 s, `disposal` 0 to 7 as stored.

    `data` is the LZW data, sub-blocks joined. `palette` is the local one, three bytes a colour.
    """

    left: int
    top: int
    width: int
    height: int
    delay: int = 0
    disposal: int = 0
    transparent: int | None = None
    interlaced: bool = False
    palette: bytes = b""
    code_size: int = 8
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Gif:
    """A file taken apart.

    `loop` is None without a looping extension, 0 for ever, else how often the animation repeats.
    `complete` is False when the file ends before its trailer.
    """

    width: int
    height: int
    background: int
    palette: bytes
    frames: tuple[GifFrame, ...]
    loop: int | None = None
    comments: tuple[bytes, ...] = ()
    xmp: bytes = b""
    icc: bytes = b""
    parts: tuple[Part, ...] = ()
    trailing: bytes = b""
    complete: bool = True


def header(stream: BinaryIO) -> Header:
    """Header from one pass over the blocks."""
    canvas = screen(stream)
    frames, alpha, profile, end, width, height = 0, False, False, length_of(stream), 0, 0
    features: set[Feature] = set()
    for block in walk(stream, canvas.end):
        if block.kind is Kind.IMAGE:
            frames += 1
            if frames == 1:
                left, top, wide, high = _rectangle(block)
                width, height = left + wide, top + high
        elif block.kind is Kind.CONTROL and len(block.head) >= 4:
            alpha = alpha or bool(block.head[0] & 1)
        elif block.kind is Kind.APPLICATION:
            profile = profile or block.head == _ICC
            features |= {Feature.C2PA} if block.head == C2PA else set()
        elif block.kind is Kind.TRAILER:
            end = block.end
    if not frames:
        truncated("no image block")
    # Decoders enlarge a screen that is too small for its first image.
    width, height = max(width, canvas.width), max(height, canvas.height)
    if not (width and height):
        corrupt(f"dimensions {width}x{height}")
    if frames > 1:
        features.add(Feature.ANIMATION)
    if holds_data(stream, end, length_of(stream)):
        features.add(Feature.TRAILING_DATA)
    return Header(
        Format.GIF,
        width,
        height,
        frames=frames,
        has_alpha=alpha,
        has_icc=profile,
        lossy=False,
        features=frozenset(features),
    )


def _rectangle(block: Block) -> tuple[int, int, int, int]:
    left, top, width, height = (int.from_bytes(block.head[at : at + 2], "little") for at in range(0, 8, 2))
    return left, top, width, height


def blocks(untrusted: bytes) -> Gif:
    """Take a file apart; what is there of a truncated one is returned with `complete` False."""
    stream = opened(untrusted)
    canvas = screen(stream)
    return _assemble(untrusted, canvas, list(walk(stream, canvas.end)))


def _assemble(untrusted: bytes, canvas: Screen, found: list[Block]) -> Gif:
    """Put the blocks together."""
    frames: list[GifFrame] = []
    comments: list[bytes] = []
    loop: int | None = None
    parts: list[Part] = []
    xmp, icc, control = b"", b"", b""
    for block in found:
        if block.kind is Kind.CONTROL:
            control = block.head
        elif block.kind is Kind.IMAGE:
            frames.append(_frame(untrusted, block, control))
            control = b""
        elif block.kind is Kind.COMMENT:
            comments.append(sub_blocks(untrusted, block.data, block.end))
        elif block.head in _LOOPING:
            data = sub_blocks(untrusted, block.data, block.end)
            if loop is None and len(data) >= 3 and data[0] & 7 == 1:
                loop = int.from_bytes(data[1:3], "little")
        elif block.head == _XMP and not xmp:
            xmp = _packet(untrusted[block.data : block.end])
        elif block.head == _ICC:
            icc = icc or sub_blocks(untrusted, block.data, block.end)
        elif block.kind is not Kind.TRAILER:
            parts.append(Part(Format.GIF, block.kind.name, untrusted[block.start : block.end]))
    complete = bool(found) and found[-1].kind is Kind.TRAILER
    return Gif(
        canvas.width,
        canvas.height,
        canvas.background,
        canvas.palette,
        tuple(frames),
        loop,
        tuple(comments),
        xmp,
        icc,
        tuple(parts),
        untrusted[found[-1].end :] if complete else b"",
        complete,
    )


def _frame(untrusted: bytes, block: Block, control: bytes) -> GifFrame:
    """A frame from its image block and the control block before it (flags, delay, transparent index)."""
    left, top, width, height = _rectangle(block)
    known = len(control) >= 4
    return GifFrame(
        left,
        top,
        width,
        height,
        delay=int.from_bytes(control[1:3], "little") if known else 0,
        disposal=control[0] >> 2 & 7 if known else 0,
        transparent=control[3] if known and control[0] & 1 else None,
        interlaced=bool(block.head[8] & 0x40),
        palette=block.palette,
        code_size=block.head[9],
        data=sub_blocks(untrusted, block.data, block.end),
    )


def _packet(raw: bytes) -> bytes:
    """The packet of an XMP extension: plain text with its tail, or sub-blocks by writers that knew no better."""
    tail = raw.rfind(_XMP_TAIL)
    return raw[:tail] if tail >= 0 else sub_blocks(raw, 0, len(raw))


def rewrite(untrusted: bytes, metadata: Metadata) -> bytes:
    """The same frames with exactly the given comments, XMP and extensions of other programs around them.

    Palettes, frames, their control blocks, looping and the ICC profile stay as they are; bytes after the
    trailer and text that is drawn by no reader any more (plain text extension) go.
    """
    stream = opened(untrusted)
    canvas = screen(stream)
    found = list(walk(stream, canvas.end))
    if not found or found[-1].kind is not Kind.TRAILER:
        truncated("no GIF trailer")
    shown = [_shown(untrusted, block, found[number + 1]) for number, block in enumerate(found[:-1])]
    # Looping comes first; readers look for the rest before the first frame.
    frames = (number for number, block in enumerate(found) if block.kind in {Kind.CONTROL, Kind.IMAGE})
    first = next(frames, len(shown))
    parts = (untrusted[: canvas.end], *shown[:first], *_blocks(metadata), *shown[first:], bytes((TRAILER,)))
    return b"".join(parts)


def _shown(untrusted: bytes, block: Block, following: Block) -> bytes:
    """What a block has to do with the frames, written so that nothing else fits in; else nothing."""
    if block.kind is Kind.IMAGE or (block.kind is Kind.APPLICATION and block.head == _ICC):
        return untrusted[block.start : block.end]
    if block.kind is Kind.CONTROL and len(block.head) >= 4 and following.kind is not Kind.TEXT:
        return b"\x21\xf9\x04" + block.head[:4] + b"\0"
    if block.kind is Kind.APPLICATION and block.head in _LOOPING:
        data = sub_blocks(untrusted, block.data, min(block.data + 5, block.end))
        if len(data) >= 3 and data[0] & 7 == 1:
            return b"\x21\xff\x0b" + block.head + b"\3\1" + data[1:3] + b"\0"
    return b""


def _blocks(metadata: Metadata) -> Iterator[bytes]:
    """Comments, XMP and whole extensions."""
    for comment in metadata.comments:
        pieces = (comment[at : at + 255] for at in range(0, len(comment), 255))
        yield b"\x21\xfe" + b"".join(bytes((len(piece),)) + piece for piece in pieces) + b"\0"
    if metadata.xmp and b"\0" not in metadata.xmp:
        yield b"\x21\xff\x0b" + _XMP + metadata.xmp + _XMP_TAIL + b"\0"
    for part in metadata.parts:
        if carries(part):
            yield part.data


def carries(part: Part) -> bool:
    """Whether a part may be written into another file; text is laid out for one frame of the old one."""
    return part.format is Format.GIF and part.name != Kind.TEXT.name and C2PA not in part.data[:16]


def read_metadata(untrusted: bytes) -> tuple[Metadata, bytes]:
    """Comments, XMP and ICC profile."""
    stream = opened(untrusted)
    canvas = screen(stream)
    # Frames have nothing to say here, and their data is most of the file.
    found = _assemble(untrusted, canvas, [b for b in walk(stream, canvas.end) if b.kind is not Kind.IMAGE])
    return Metadata(xmp=found.xmp, comments=found.comments, parts=found.parts), found.icc
