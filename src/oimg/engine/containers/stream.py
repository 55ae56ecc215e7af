"""Bounded reads from an untrusted stream: short data becomes an error, never a short value."""

from __future__ import annotations

import io
from typing import BinaryIO, NoReturn

from oimg.words.errors import ErrorCode, OimgError

# Long enough to make a pass over a big file cheap, short enough to stay out of the way in memory.
PIECE = 1 << 20
# A stray byte or a short line of text after the end of a picture is common and harmless.
HARMLESS_TRAILER = 64


def corrupt(detail: str) -> NoReturn:
    """Raise the error for bytes that contradict their format."""
    raise OimgError(ErrorCode.CORRUPT, detail)


def truncated(detail: str) -> NoReturn:
    """Raise the error for a file that ends too early."""
    raise OimgError(ErrorCode.TRUNCATED, detail)


def unsupported(detail: str) -> NoReturn:
    """Raise the error for a valid variant that no decoder here reads."""
    raise OimgError(ErrorCode.UNSUPPORTED, detail)


def too_large(detail: str) -> NoReturn:
    """Raise the error for a file that asks for more than is sane."""
    raise OimgError(ErrorCode.TOO_LARGE, detail)


def opened(untrusted: bytes) -> BinaryIO:
    """The bytes as a stream; `BytesIO` shares them, nothing is copied."""
    return io.BytesIO(untrusted)


def length_of(stream: BinaryIO) -> int:
    """Length of the whole stream in bytes."""
    return stream.seek(0, io.SEEK_END)


def read_exact(stream: BinaryIO, count: int, detail: str) -> bytes:
    """Exactly `count` bytes from the current position."""
    data = stream.read(count)
    if len(data) < count:
        truncated(detail)
    return data


def holds_data(stream: BinaryIO, start: int, stop: int) -> bool:
    """Whether more than a harmless number of non-zero bytes lie between two offsets."""
    stream.seek(start)
    found = 0
    while start < stop and found <= HARMLESS_TRAILER:
        piece = stream.read(min(PIECE, stop - start))
        if not piece:
            break
        found += len(piece) - piece.count(0)
        start += len(piece)
    return found > HARMLESS_TRAILER
