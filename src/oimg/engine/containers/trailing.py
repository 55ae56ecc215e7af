"""What follows a picture in its file: how many bytes, and what they look like.

JPEG (T.81), PNG (third edition, 5.2), GIF (89a), WebP (RIFF) and files of boxes (ISO/IEC 14496-12) say where they end.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from oimg.words.errors import OimgError
from oimg.words.i18n import N_
from oimg.words.images import Format

from .boxes import boxes
from .gif_blocks import Kind, blocks, screen
from .jpeg_segments import EOI, segments
from .png_chunks import places
from .stream import opened

_MOST_PARTS = 32
_LOOK = 4096
_NOT_ZERO = re.compile(rb"[^\0]")
# The first bytes of what is found behind pictures: archives, documents, sound, programs.
_STARTS = (
    *(
        (b"PK\3\4", N_("ZIP archive")),
        (b"PK\5\6", N_("ZIP archive")),
        (b"Rar!\x1a\7", N_("RAR archive")),
        (b"\x1f\x8b\x08", "gzip"),
    ),
    *(
        (b"7z\xbc\xaf\x27\x1c", N_("7z archive")),
        (b"%PDF-", "PDF"),
        (b"\x89PNG\r\n", N_("PNG picture")),
        (b"GIF8", N_("GIF picture")),
    ),
    *(
        (b"MZ", N_("Windows program")),
        (b"\x7fELF", N_("Linux program")),
        (b"OggS", "Ogg"),
        (b"ID3", "MP3"),
        (b"fLaC", "FLAC"),
    ),
    *((b"<?xml", "XML"), (b"<?xpacket", "XMP"), (b"<svg", "SVG"), (b"<html", "HTML"), (b"<?php", "PHP")),
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of bytes behind the picture: where it starts, how long it is, and what it looks like (a marked text)."""

    start: int
    size: int
    kind: str


def end_of_picture(untrusted: bytes, format: Format) -> int | None:  # noqa: A002 - the field's own word
    """Where the picture ends; None where the format does not say, or the file is cut short."""
    try:
        match format:
            case Format.JPEG:
                return _end_of_jpeg(untrusted, 0)
            case Format.PNG:
                walked = list(places(opened(untrusted)))
                return walked[-1].end if walked and walked[-1].name == "IEND" else None
            case Format.GIF:
                stream = opened(untrusted)
                found = list(blocks(stream, screen(stream).end))
                return found[-1].end if found and found[-1].kind is Kind.TRAILER else None
            case Format.WEBP:
                size = int.from_bytes(untrusted[4:8], "little")
                return 8 + size + size % 2
            case Format.AVIF | Format.HEIC | Format.JXL:
                return _end_of_boxes(untrusted)
            case _:
                return None
    except OimgError:
        return None


def _end_of_jpeg(untrusted: bytes, start: int) -> int | None:
    last = None
    for last in segments(opened(untrusted), start):  # noqa: B007 - only the last one counts
        pass
    return last.end if last is not None and last.marker == EOI else None


def _end_of_boxes(untrusted: bytes) -> int | None:
    """Where the last box ends that can be one; a bare JPEG XL codestream does not say where it ends."""
    end: int | None = None
    with suppress(OimgError):
        for box in boxes(opened(untrusted), 0, len(untrusted)):
            if not box.whole or not all(0x20 <= byte < 0x7F for byte in box.kind):
                break
            end = box.end
    return end


def stretches(untrusted: bytes, start: int) -> tuple[Stretch, ...]:
    """The runs of bytes from `start` on; what is behind the 32nd counts to it."""
    found: list[Stretch] = []
    at, end = start, len(untrusted)
    while at < end and len(found) < _MOST_PARTS - 1:
        kind, size = _next(untrusted, at)
        found.append(Stretch(at, size, kind))
        at += size
    if at < end:
        found.append(Stretch(at, end - at, N_("data")))
    return tuple(found)


def _next(untrusted: bytes, at: int) -> tuple[str, int]:
    """What starts at `at`, and how far it reaches."""
    head = untrusted[at : at + _LOOK]
    if head[:1] == b"\0" and head[4:8] != b"ftyp":
        # Cameras align what follows; up to the first other byte it is padding.
        other = _NOT_ZERO.search(untrusted, at)
        size = (other.start() if other else len(untrusted)) - at
        if size > 7 or other is None:
            # The zeros in front of a box belong to its length.
            box = untrusted[at + size + 1 : at + size + 5] == b"ftyp"
            return N_("zeros"), size - 3 if box else size
    if head.startswith(b"\xff\xd8\xff"):
        return N_("JPEG picture"), _jpeg_size(untrusted, at)
    if head[4:8] == b"ftyp":
        return (N_("HEIF picture") if head[8:12] in {b"heic", b"mif1", b"avif", b"heix"} else N_("MP4 video")), len(
            untrusted
        ) - at
    return _by_start(head), _until_picture(untrusted, at)


def _jpeg_size(untrusted: bytes, at: int) -> int:
    """Bytes of the JPEG stream at `at`; one without an end reaches to that of the file."""
    try:
        end = _end_of_jpeg(untrusted, at)
    except OimgError:
        end = None
    return (end or len(untrusted)) - at


def _until_picture(untrusted: bytes, at: int) -> int:
    """Bytes up to the next picture or video, or up to the end."""
    following = [untrusted.find(b"\xff\xd8\xff\xe0", at + 1), untrusted.find(b"\xff\xd8\xff\xe1", at + 1)]
    box = untrusted.find(b"ftyp", at + 8)
    if box >= 0 and untrusted[box - 4 : box - 1] == b"\0\0\0":
        following.append(box - 4)
    return min((place for place in following if place > at), default=len(untrusted)) - at


def _by_start(head: bytes) -> str:
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF"):
        return {b"WEBP": N_("WebP picture"), b"WAVE": N_("WAVE sound"), b"AVI ": N_("AVI video")}.get(
            head[8:12], N_("RIFF data")
        )
    try:
        # The look may end inside a character.
        text = head[:-3].decode("utf-8") if len(head) == _LOOK else head.decode("utf-8")
    except UnicodeDecodeError:
        return N_("data")
    said = text.strip("\0")
    return N_("text") if said and all(each.isprintable() or each in "\r\n\t" for each in said) else N_("data")
