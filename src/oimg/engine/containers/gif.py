"""GIF files (GIF89a specification; Netscape looping; XMP Part 3, 1.1.2): header, frames, strip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from oimg.words.images import Feature, Format, Header, Metadata

from .gif_blocks import Block, Kind, Screen, screen, sub_blocks
from .gif_blocks import blocks as walk
from .stream import corrupt, holds_data, length_of, opened, truncated

_LOOPING = frozenset((b"NETSCAPE2.0", b"ANIMEXTS1.0"))
_XMP = b"XMP DataXMP"
_C2PA = b"C2PA_GIF\x01\0\0"  # C2PA 2.1, A.3.5
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
            features |= {Feature.C2PA} if block.head == _C2PA else set()
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
        elif block.head == _XMP:
            xmp = xmp or _packet(untrusted[block.data : block.end])
        elif block.head == _ICC:
            icc = icc or sub_blocks(untrusted, block.data, block.end)
    last = found[-1] if found else None
    complete = last is not None and last.kind is Kind.TRAILER
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
        untrusted[last.end :] if last is not None and complete else b"",
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


def strip(untrusted: bytes, *, keep_comments: bool) -> bytes:
    """The file without comments (unless kept), XMP, unknown extensions and bytes after the trailer.

    Palettes, frames, control blocks, looping, plain text and the ICC profile stay byte for byte.
    """
    stream = opened(untrusted)
    canvas = screen(stream)
    found = list(walk(stream, canvas.end))
    if not found or found[-1].kind is not Kind.TRAILER:
        truncated("no GIF trailer")
    out = [untrusted[: canvas.end]]
    out.extend(untrusted[block.start : block.end] for block in found if _stays(block, keep_comments=keep_comments))
    return b"".join(out)


def _stays(block: Block, *, keep_comments: bool) -> bool:
    if block.kind is Kind.APPLICATION:
        return block.head in _LOOPING or block.head == _ICC
    if block.kind is Kind.COMMENT:
        return keep_comments
    return block.kind is not Kind.UNKNOWN


def read_metadata(untrusted: bytes) -> tuple[Metadata, bytes]:
    """Comments, XMP and ICC profile."""
    stream = opened(untrusted)
    canvas = screen(stream)
    # Frames have nothing to say here, and their data is most of the file.
    found = _assemble(untrusted, canvas, [b for b in walk(stream, canvas.end) if b.kind is not Kind.IMAGE])
    return Metadata(xmp=found.xmp, comments=found.comments), found.icc
