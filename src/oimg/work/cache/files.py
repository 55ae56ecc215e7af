"""Files that nothing was written to since they were read: their content as a digest, and their header."""

from __future__ import annotations

import os
import stat
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from oimg.words.errors import OimgError
from oimg.words.images import ColorModel, Feature, Format, Header, Limits
from oimg.words.report import Failed, Kept, SourceFile
from oimg.work.cache.program import fingerprint
from oimg.work.cache.sealed import SealedStore
from oimg.work.files.probe import identity_in, open_regular, probe, read_source
from oimg.work.files.scan import Found

# The clock of a disk may stand still for so long (2 s on FAT): what is written within does not change the time of the
# last change, as git's index knows too (its "racily clean" entries).
_SETTLED_NS: Final = 3_000_000_000
# The time of the last change of state (POSIX, struct stat) cannot be set back, the one of the content can. Windows
# has the time of birth there, so files are read.
_HAS_CHANGE_TIME: Final = os.name == "posix"
_PLAIN: Final = ("width", "height", "frames", "has_alpha", "bit_depth", "orientation", "has_icc", "lossy")


class FileCache:
    """Knows files by device, inode, bytes, and the times of the last change of content and of state (ns)."""

    def __init__(self, sealed: SealedStore) -> None:
        self._sealed = sealed
        self._written: deque[tuple[int, Path, int, Limits | None]] = deque()

    def known(self, found: Found, limits: Limits) -> SourceFile | None:
        """Tell of a file what `probe` would without opening it; None where that is not known."""
        facts = _stamp(found.path)
        state = _state(facts)
        told = self._sealed.get(b"header", state + fingerprint()) if state else None
        if facts is None or told is None or facts.st_size > limits.max_file_bytes:
            return None
        return SourceFile(found.path, found.root, facts.st_size, identity_in(facts), _header(told), facts.st_nlink)

    def probe(self, found: Found, limits: Limits) -> SourceFile | Kept | Failed:
        """Do the same as `probe.probe`, mostly without opening the file: headers of photos are spread all over them."""
        if (known := self.known(found, limits)) is not None:
            return known
        before, now = _stamp(found.path), time.time_ns()
        result = probe(found, limits)
        if isinstance(result, SourceFile) and before is not None:
            is_that = result.identity == identity_in(before)
            if is_that and _is_settled(before, _stamp(found.path), now):
                self._sealed.put(b"header", _state(before) + fingerprint(), _told(result.header))
        return result

    def content_of(self, source: SourceFile) -> bytes | None:
        """Give the digest of a source's content without reading it; None where that takes reading."""
        stamp = _stamp(source.path)
        return None if stamp is None or identity_in(stamp) != source.identity else self._known(stamp)

    def read(self, source: SourceFile) -> tuple[bytes, bytes]:
        """Read a probed file whole: its bytes and their digest. Raises what `probe.read_source` raises."""
        before, now = _stamp(source.path), time.time_ns()
        untrusted = read_source(source)
        content = self._sealed.digest(untrusted)
        if before is not None and identity_in(before) == source.identity:  # so it was this file that was read
            self._note(before, _stamp(source.path), now, content)
        return untrusted, content

    def holds(self, path: Path, content: bytes, byte_size: int) -> bool:
        """Whether what stands under a name is a regular file with this content (a digest). No link counts."""
        try:
            facts = path.lstat()
            if not stat.S_ISREG(facts.st_mode) or facts.st_size != byte_size:
                return False
            known = self._known(facts)
            return (self._read(path, byte_size) if known is None else known) == content
        except (OSError, OimgError):
            return False

    def note_written(self, path: Path, byte_size: int, limits: Limits | None = None) -> None:
        """Take note of a file that was just written, to look at it when that counts; with limits, at its header too."""
        self._written.append((time.time_ns(), path, byte_size, limits))
        self.settle()

    def settle(self) -> None:
        """Look at the files that were written so long ago that what is seen of them counts."""
        with suppress(IndexError):  # several threads take from the same end
            while self._written[0][0] + _SETTLED_NS < time.time_ns():
                _, path, byte_size, limits = self._written.popleft()
                self.holds(path, b"", byte_size)
                if limits is not None:
                    self.probe(Found(path, path.parent, named=True), limits)

    def _known(self, facts: os.stat_result) -> bytes | None:
        state = _state(facts)
        told = self._sealed.get(b"file", state) if state else None
        return None if told is None else bytes.fromhex(told["content"])

    def _read(self, path: Path, byte_size: int) -> bytes:
        """Give the digest of a file that has so many bytes. Raises OimgError, OSError."""
        with open_regular(path) as stream:
            before, now = os.fstat(stream.fileno()), time.time_ns()
            content = self._sealed.digest(stream.read(byte_size + 1))
            self._note(before, os.fstat(stream.fileno()), now, content)
            return content

    def _note(self, before: os.stat_result, after: os.stat_result | None, now: int, content: bytes) -> None:
        """Note the digest of a file for the next time, if nothing was written to it lately (`now`, ns) or meanwhile."""
        if _is_settled(before, after, now):
            self._sealed.put(b"file", _state(before), {"content": content.hex()})


def _stamp(path: Path) -> os.stat_result | None:
    with suppress(OSError):
        return path.stat()
    return None


def _state(facts: os.stat_result | None) -> bytes:
    """Tell the state of a regular file; empty where one cannot be told from another."""
    if facts is None or not _HAS_CHANGE_TIME or not facts.st_ino or not stat.S_ISREG(facts.st_mode):
        return b""
    return repr((facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)).encode()


def _is_settled(before: os.stat_result | None, after: os.stat_result | None, now: int) -> bool:
    """Whether a file that was read from `now` on cannot have been written to since without another state."""
    state = _state(before)
    if before is None or not state or state != _state(after):
        return False
    return max(before.st_mtime_ns, before.st_ctime_ns) + _SETTLED_NS < now


def _told(header: Header) -> dict[str, Any]:
    plain = {name: getattr(header, name) for name in _PLAIN}
    return {**plain, "format": header.format, "color": header.color, "features": sorted(header.features)}


def _header(told: dict[str, Any]) -> Header:
    features = frozenset(map(Feature, told["features"]))
    plain = {name: told[name] for name in _PLAIN}
    return Header(format=Format(told["format"]), color=ColorModel(told["color"]), features=features, **plain)
