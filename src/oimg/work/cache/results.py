"""What came of pictures before, by their content and the recipe; and which files still have the content they had.

    (device, inode, bytes, times) -> digest of the content         only while nothing was written to the file
    digest, recipe, program       -> the result, or why there is none
    digest, recipe but its level  -> a result of ours: not to be worked on again

All keys are made with a secret, and what is told about a picture can only be read by who has the picture as well
(docs/adr/0016-remembered-results.md).
"""  # fmt: skip

from __future__ import annotations

import hashlib
import hmac
import json
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from oimg.engine.codecs import detect
from oimg.engine.eligibility import moves_pixels, target_formats
from oimg.engine.request import Made, Refusal
from oimg.words.errors import OimgError
from oimg.words.images import Format, Header, Limits
from oimg.words.privacy import MetadataGroup
from oimg.words.recipe import Mode, Output, Recipe, to_dict
from oimg.words.report import KeptCode, Notice, SourceFile
from oimg.work.cache.program import fingerprint
from oimg.work.cache.store import Store
from oimg.work.files.probe import identity_in, open_regular, read_source
from oimg.work.unchanged import tells_more

_DIGEST: Final = 32  # bytes
_KEY: Final = 16
_TAG: Final = 8
_HEAD: Final = 64  # what codecs are recognised by
# The clock of a disk may stand still for so long (2 s on FAT): what is written within does not change the time of the
# last change, as git's index knows too (its "racily clean" entries).
_SETTLED_NS: Final = 3_000_000_000
# The time of the last change of state (POSIX, struct stat) cannot be set back, the one of the content can. Windows
# has the time of birth there, so files are read.
_HAS_CHANGE_TIME: Final = os.name == "posix"


@dataclass(frozen=True, slots=True)
class Result:
    """A result that was proven and written: its content as a digest, and what was told of it (see `Made`)."""

    content: bytes
    byte_size: int
    format: Format
    width: int
    height: int
    frames: int
    score: float | None
    quality: float | None
    notices: tuple[Notice, ...]
    removed: tuple[MetadataGroup, ...]


@dataclass(frozen=True, slots=True)
class KeptBefore:
    """Why there was nothing to write. With `stays`, a copy holds metadata that the recipe would have taken out."""

    refusal: Refusal
    stays: bool


Past = Result | KeptBefore


class ResultCache:
    """Remembers for the threads of a batch. Nothing here raises but what reading the source raises."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._secret = secret

    def content_of(self, source: SourceFile) -> bytes | None:
        """Give the digest of a source's content without reading it; None where that takes reading."""
        stamp = _stamp(source.path)
        return None if stamp is None or identity_in(stamp) != source.identity else self._known(stamp)

    def read(self, source: SourceFile) -> tuple[bytes, bytes]:
        """Read a probed file whole: its bytes and their digest. Raises what `probe.read_source` raises."""
        before, now = _stamp(source.path), time.time_ns()
        untrusted = read_source(source)
        content = self._digest(untrusted)
        if before is not None and identity_in(before) == source.identity:  # so it was this file that was read
            self._note(before, _stamp(source.path), now, content)
        return untrusted, content

    def holds(self, path: Path, content: bytes, byte_size: int) -> bool:
        """Whether what stands under a name is a regular file with this content. No link counts."""
        try:
            facts = path.lstat()
            if not stat.S_ISREG(facts.st_mode) or facts.st_size != byte_size:
                return False
            known = self._known(facts)
            return (self._read(path, byte_size) if known is None else known) == content
        except (OSError, OimgError):
            return False

    def recall(self, content: bytes, recipe: Recipe, limits: Limits) -> Past | None:
        """Tell what came of a picture with this recipe; None where that is not known."""
        about = content + _digest_of_recipe(recipe, limits)
        if (told := self._get(b"result", about)) is not None:
            return _past(told)
        told = self._get(b"ours", content + _digest_of_recipe(_without_level(recipe), limits))
        if told is None or told["level"] > _level(recipe):
            return None
        return KeptBefore(Refusal(KeptCode(told["code"]), told["detail"]), told["stays"])

    def keep_refusal(self, content: bytes, recipe: Recipe, limits: Limits, kept: KeptBefore) -> None:
        """Remember why there was nothing to write."""
        refusal = kept.refusal
        told = {"code": refusal.code, "detail": refusal.detail, "score": refusal.score, "notices": refusal.notices}
        self._put(b"result", content + _digest_of_recipe(recipe, limits), {**told, "stays": kept.stays})

    def keep_result(self, content: bytes, recipe: Recipe, limits: Limits, made: Made) -> None:
        """Remember a result that was written, and that it is ours."""
        result = self._digest(made.data)
        told = {
            "content": result.hex(),
            "byte_size": len(made.data),
            **{name: getattr(made, name) for name in ("format", "width", "height", "frames", "score", "quality")},
            "notices": made.notices,
            "removed": made.removed,
        }
        self._put(b"result", content + _digest_of_recipe(recipe, limits), told)
        if (header := _final(made, recipe)) is not None:
            code, detail = _verdict(made, recipe)
            stays = tells_more(made.data, header, recipe)
            ours = {"level": _level(recipe), "code": code, "detail": detail, "stays": stays}
            self._put(b"ours", result + _digest_of_recipe(_without_level(recipe), limits), ours)

    def close(self) -> None:
        """Write what is not written yet."""
        self._store.close()

    def _known(self, facts: os.stat_result) -> bytes | None:
        key = self._file_key(facts)
        known = self._store.get(key) if key else None
        return known if known is not None and len(known) == _DIGEST else None

    def _read(self, path: Path, byte_size: int) -> bytes:
        """Give the digest of a file that has so many bytes. Raises OimgError, OSError."""
        with open_regular(path) as stream:
            before, now = os.fstat(stream.fileno()), time.time_ns()
            content = self._digest(stream.read(byte_size + 1))
            self._note(before, os.fstat(stream.fileno()), now, content)
            return content

    def _note(self, before: os.stat_result, after: os.stat_result | None, now: int, content: bytes) -> None:
        """Note the digest of a file for the next time, if nothing was written to it lately (`now`, ns) or meanwhile."""
        settled = max(before.st_mtime_ns, before.st_ctime_ns) + _SETTLED_NS < now
        if settled and after is not None and (key := self._file_key(before)) and key == self._file_key(after):
            self._store.put(key, content)

    def _file_key(self, facts: os.stat_result) -> bytes:
        """The key of a file in one state; empty where a state cannot be told from another."""
        if not _HAS_CHANGE_TIME or not facts.st_ino:
            return b""
        told = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
        return self._key(b"file", repr(told).encode())

    def _digest(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, digest_size=_DIGEST, key=self._secret, person=b"content").digest()

    def _key(self, kind: bytes, about: bytes) -> bytes:
        return hashlib.blake2b(about, digest_size=_KEY, key=self._secret, person=kind).digest()

    def _pad(self, kind: bytes, about: bytes, length: int) -> bytes:
        return hashlib.shake_256(self._secret + kind + about).digest(length)

    def _tag(self, about: bytes, text: bytes) -> bytes:
        return hashlib.blake2b(about + text, digest_size=_TAG, key=self._secret, person=b"tag").digest()

    def _put(self, kind: bytes, about: bytes, told: dict[str, Any]) -> None:
        text = json.dumps(told, separators=(",", ":")).encode()
        sealed = _xor(text, self._pad(kind, about, len(text)))
        self._store.put(self._key(kind, about), self._tag(about, text) + sealed)

    def _get(self, kind: bytes, about: bytes) -> dict[str, Any] | None:
        """Open a sealed value; what is not exactly as it was put, is not there."""
        value = self._store.get(self._key(kind, about))
        if value is None:
            return None
        sealed = value[_TAG:]
        text = _xor(sealed, self._pad(kind, about, len(sealed)))
        if not hmac.compare_digest(self._tag(about, text), value[:_TAG]):
            return None
        told: dict[str, Any] = json.loads(text)  # our own, as the tag proves
        return told


def _past(told: dict[str, Any]) -> Past:
    notices = tuple(map(Notice, told["notices"]))
    if "content" not in told:
        refusal = Refusal(KeptCode(told["code"]), told["detail"], told["score"], notices)
        return KeptBefore(refusal, told["stays"])
    plain = {name: told[name] for name in ("byte_size", "width", "height", "frames", "score", "quality")}
    removed = tuple(map(MetadataGroup, told["removed"]))
    content = bytes.fromhex(told["content"])
    return Result(content=content, format=Format(told["format"]), notices=notices, removed=removed, **plain)


@lru_cache(maxsize=64)
def _digest_of_recipe(recipe: Recipe, limits: Limits) -> bytes:
    """Everything a result depends on but the picture: what the recipe asks of it, the limits, the program."""
    asked = to_dict(replace(recipe, output=Output()))
    facts = json.dumps([asked, repr(limits)], sort_keys=True).encode()
    return hashlib.blake2b(facts + fingerprint(), digest_size=_DIGEST).digest()


@lru_cache(maxsize=64)
def _without_level(recipe: Recipe) -> Recipe:
    default = Recipe()
    most = 1 if recipe.mode is Mode.SIZE else default.max_bytes
    return replace(recipe, target=default.target, quality=default.quality, max_bytes=most)


def _level(recipe: Recipe) -> float:
    """How little is given up; a result of one level is not worth another pass at this one or a higher one."""
    levels = {Mode.VISUAL: recipe.target, Mode.QUALITY: recipe.quality, Mode.SIZE: recipe.max_bytes}
    return levels.get(recipe.mode, 0)


def _final(made: Made, recipe: Recipe) -> Header | None:
    """Give the header of a result of which its recipe would ask nothing new: no other size, colours or format."""
    try:
        header = detect(made.data[:_HEAD]).probe(BytesIO(made.data))
    except OimgError:
        return None
    same = made.format in target_formats(header, recipe)
    return header if same and not moves_pixels(header, recipe) else None


def _verdict(made: Made, recipe: Recipe) -> tuple[KeptCode, str]:
    """Why a result of ours stays as it is."""
    if recipe.mode is Mode.SIZE:
        return KeptCode.WITHIN_SIZE, ""
    if recipe.mode is Mode.LOSSLESS or made.score == 100:
        return KeptCode.NOT_SMALLER, f"{len(made.data)} bytes"
    return KeptCode.ALREADY_OPTIMIZED, ""


def _stamp(path: Path) -> os.stat_result | None:
    with suppress(OSError):
        return path.stat()
    return None


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")
