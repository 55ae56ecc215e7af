"""Content digest and header of files that have not been written to since they were read."""

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
from oimg.work.files.identity import identity_in
from oimg.work.files.probe import open_regular, probe, read_source
from oimg.work.files.scan import Found

# File systems keep time in steps of up to 2 s (FAT). A write within one step does not change the modification time, a
# problem that git's index has as well ("racily clean" entries).
_SETTLED_NS: Final = 3_000_000_000
# The status change time (st_ctime, POSIX) cannot be set back, unlike the modification time. On Windows st_ctime is the
# creation time, so files are read there.
_HAS_CHANGE_TIME: Final = os.name == "posix"
_PLAIN: Final = ("width", "height", "frames", "has_alpha", "bit_depth", "orientation", "has_icc", "lossy")


class FileCache:
    """Knows files by device, inode, bytes, modification time and status change time (ns)."""

    def __init__(self, sealed: SealedStore) -> None:
        self._sealed = sealed
        self._written: deque[tuple[int, Path, int, Limits | None]] = deque()

    def known(self, found: Found, limits: Limits) -> SourceFile | None:
        """What `probe` would return, without opening the file; None if that is not known."""
        facts = _stamp(found.path)
        state = _state(facts)
        told = self._sealed.get(b"header", state + fingerprint()) if state else None
        if facts is None or told is None or facts.st_size > limits.max_file_bytes:
            return None
        return SourceFile(found.path, found.root, facts.st_size, identity_in(facts), _header(told), facts.st_nlink)

    def probe(self, found: Found, limits: Limits) -> SourceFile | Kept | Failed:
        """Do the same as `probe.probe`, mostly without opening the file: headers of photos are spread over them."""
        if (known := self.known(found, limits)) is not None:
            return known
        before, now = _stamp(found.path), time.time_ns()
        result = probe(found, limits)
        if isinstance(result, SourceFile) and before is not None:
            is_that = result.identity == identity_in(before)
            if is_that and _is_settled(before, _stamp(found.path), now):
                self._sealed.put(b"header", _state(before) + fingerprint(), _as_dict(result.header))
        return result

    def content_of(self, source: SourceFile) -> bytes | None:
        """The digest of a source's content without reading it; None if it has to be read."""
        stamp = _stamp(source.path)
        return None if stamp is None or identity_in(stamp) != source.identity else self._known(stamp)

    def read(self, source: SourceFile) -> tuple[bytes, bytes]:
        """Read a probed file whole: its bytes and their digest. Raises what `probe.read_source` raises."""
        before, now = _stamp(source.path), time.time_ns()
        untrusted = read_source(source)
        content = self._sealed.digest(untrusted)
        if before is not None and identity_in(before) == source.identity:  # so this is the file that was read
            self._note(before, _stamp(source.path), now, content)
        return untrusted, content

    def holds(self, path: Path, content: bytes, byte_size: int) -> bool:
        """Whether there is a regular file with this content (a digest) under a name. Links do not count."""
        try:
            facts = path.lstat()
            if not stat.S_ISREG(facts.st_mode) or facts.st_size != byte_size:
                return False
            known = self._known(facts)
            return (self._read(path, byte_size) if known is None else known) == content
        except (OSError, OimgError):
            return False

    def note_written(self, path: Path, byte_size: int, limits: Limits | None = None) -> None:
        """Queue a file that was just written, to be examined once it has settled; with limits, its header as well."""
        self._written.append((time.time_ns(), path, byte_size, limits))
        self.settle()

    def settle(self) -> None:
        """Examine the queued files that were written long enough ago to have settled."""
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
        """Read a file of so many bytes and return its digest. Raises OimgError, OSError."""
        with open_regular(path) as stream:
            before, now = os.fstat(stream.fileno()), time.time_ns()
            content = self._sealed.digest(stream.read(byte_size + 1))
            self._note(before, os.fstat(stream.fileno()), now, content)
            return content

    def _note(self, before: os.stat_result, after: os.stat_result | None, now: int, content: bytes) -> None:
        """Store the digest of a file, unless it was written to just before `now` (ns), when reading began, or since."""
        if _is_settled(before, after, now):
            self._sealed.put(b"file", _state(before), {"content": content.hex()})


def _stamp(path: Path) -> os.stat_result | None:
    with suppress(OSError):
        return path.stat()
    return None


def _state(facts: os.stat_result | None) -> bytes:
    """The state of a regular file as bytes; empty if states cannot be told apart."""
    if facts is None or not _HAS_CHANGE_TIME or not facts.st_ino or not stat.S_ISREG(facts.st_mode):
        return b""
    return repr((facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)).encode()


def _is_settled(before: os.stat_result | None, after: os.stat_result | None, now: int) -> bool:
    """Whether every write since `now` (ns), when reading began, would have changed the file's state."""
    state = _state(before)
    if before is None or not state or state != _state(after):
        return False
    return max(before.st_mtime_ns, before.st_ctime_ns) + _SETTLED_NS < now


def _as_dict(header: Header) -> dict[str, Any]:
    plain = {name: getattr(header, name) for name in _PLAIN}
    return {**plain, "format": header.format, "color": header.color, "features": sorted(header.features)}


def _header(told: dict[str, Any]) -> Header:
    features = frozenset(map(Feature, told["features"]))
    plain = {name: told[name] for name in _PLAIN}
    return Header(format=Format(told["format"]), color=ColorModel(told["color"]), features=features, **plain)
