"""Reads the header of a file without decoding a pixel, and the whole file only if it is still what was probed."""

from __future__ import annotations

import errno
import logging
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from oimg.engine.codecs import detect
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.file_types import SUFFIXES
from oimg.words.images import Limits
from oimg.words.report import Failed, Identity, Kept, KeptCode, SourceFile
from oimg.work.files.identity import identity_in
from oimg.work.files.scan import Found

log = logging.getLogger(__name__)
_HEAD: Final = 64


def probe(found: Found, limits: Limits) -> SourceFile | Kept | Failed:
    """Read a file's header. A file found in a folder that neither is a picture nor has such a suffix is Kept."""
    try:
        with open_regular(found.path) as stream:
            identity = identify(stream)
            links = os.fstat(stream.fileno()).st_nlink
            header = detect(stream.read(_HEAD)).probe(stream)
        if identity[2] > limits.max_file_bytes:
            raise OimgError(ErrorCode.TOO_LARGE, f"{identity[2]} bytes")
        return SourceFile(found.path, found.root, identity[2], identity, header, links)
    except OimgError as error:
        claims = found.named or found.path.suffix.lower() in SUFFIXES
        if error.code is ErrorCode.NOT_AN_IMAGE and not claims:
            return Kept(found.path, None, KeptCode.NOT_AN_IMAGE)
        return Failed(found.path, error.code, error.detail)
    except OSError as error:
        return Failed(found.path, ErrorCode.UNREADABLE, error.strerror or "")
    except Exception as error:  # one file never stops the others
        log.exception("unexpected failure on %s", found.path.name)
        return Failed(found.path, ErrorCode.INTERNAL, f"{type(error).__name__}: {error}")


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; a FIFO or a device is refused without blocking. Raises OimgError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OimgError(ErrorCode.NOT_REGULAR)
        descriptor = open_quietly(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise OimgError(ErrorCode.NOT_FOUND) from error
    except OSError as error:
        loop = error.errno == errno.ELOOP
        raise OimgError(ErrorCode.NOT_REGULAR if loop else ErrorCode.UNREADABLE, error.strerror or "") from error
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # it was replaced after the first check
        stream.close()
        raise OimgError(ErrorCode.NOT_REGULAR)
    if os.fstat(descriptor).st_size == 0:
        stream.close()
        raise OimgError(ErrorCode.EMPTY)
    return stream


def open_quietly(path: str | Path, flags: int) -> int:
    """Open a file without changing its access time, where that is allowed: for its owner (O_NOATIME, open(2))."""
    quietly = getattr(os, "O_NOATIME", 0)
    if quietly:
        try:
            return os.open(path, flags | quietly)
        except PermissionError:
            pass
    return os.open(path, flags)


def identify(stream: BinaryIO) -> Identity:
    """The state of an open file: device, inode, bytes, and modification time in nanoseconds."""
    return identity_in(os.fstat(stream.fileno()))


def read_source(source: SourceFile) -> bytes:
    """Read a probed file whole. Raises OimgError, with CHANGED if it is not the file that was probed, or grows."""
    try:
        with open_regular(source.path) as stream:
            if identify(stream) != source.identity:
                raise OimgError(ErrorCode.CHANGED)
            untrusted = stream.read(source.byte_size + 1)  # bounded: the file may keep growing
            if identify(stream) != source.identity or len(untrusted) != source.byte_size:
                raise OimgError(ErrorCode.CHANGED)
            return untrusted
    except OSError as error:
        raise OimgError(ErrorCode.UNREADABLE, error.strerror or "") from error


def check_unchanged(source: SourceFile) -> None:
    """Raise OimgError(CHANGED) unless a source (a link's target) is still what was probed."""
    try:
        facts = source.path.stat()
    except OSError as error:
        raise OimgError(ErrorCode.CHANGED, error.strerror or "") from error
    if identity_in(facts) != source.identity:
        raise OimgError(ErrorCode.CHANGED)
