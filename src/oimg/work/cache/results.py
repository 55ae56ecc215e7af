"""What became of pictures before, by their content and the recipe.

    state of a file                   -> digest of its content      `FileCache`, until the file is written to
    digest, recipe, program           -> the result, or why there is none
    digest, recipe without its level  -> a result of ours, which is not to be worked on again
    digest, names                     -> written under this name as the result of a file with that name

All keys are made with a secret, and an entry about a picture can only be read by someone who has the picture as well
(docs/adr/0016-remembered-results.md).
"""  # fmt: skip

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from oimg.engine.codecs import detect
from oimg.engine.request import Made, Refusal
from oimg.engine.targets import moves_pixels, target_formats
from oimg.words.errors import OimgError
from oimg.words.images import Format, Header, Limits
from oimg.words.privacy import MetadataGroup
from oimg.words.recipe import Mode, Output, Recipe, to_dict
from oimg.words.report import KeptCode, Notice, SourceFile
from oimg.work.cache.files import FileCache
from oimg.work.cache.program import fingerprint
from oimg.work.cache.sealed import DIGEST, SealedStore
from oimg.work.cache.store import Store
from oimg.work.removable_metadata import has_removable_metadata

_HEAD: Final = 64  # bytes that codecs are recognised by


@dataclass(frozen=True, slots=True)
class PastResult:
    """A result that was verified and written: the digest of its content, and what was reported about it.

    The fields are those of `Made`, which holds a file in memory where this has only a digest. A base class for both
    would be longer than the fields that it saves.
    """

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
class PastRefusal:
    """Why there was nothing to write. With `stays`, an unchanged copy holds metadata that the recipe would remove."""

    refusal: Refusal
    stays: bool


PastOutcome = PastResult | PastRefusal


class ResultCache:
    """The cache of results, shared by the threads of a batch. Nothing here raises. `files` knows unchanged files."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._sealed = SealedStore(store, secret)
        self.files = FileCache(self._sealed)

    def recall(self, content: bytes, recipe: Recipe, limits: Limits) -> PastOutcome | None:
        """What became of a picture (its digest) with this recipe; None if that is not known."""
        about = content + _digest_of_recipe(recipe, limits)
        if (told := self._sealed.get(b"result", about)) is not None:
            return _past(told)
        told = self._sealed.get(b"ours", content + _digest_of_recipe(_without_level(recipe), limits))
        if told is None or told["level"] > _level(recipe):
            return None
        return PastRefusal(Refusal(KeptCode(told["code"]), told["detail"]), told["stays"])

    def keep_refusal(self, content: bytes, recipe: Recipe, limits: Limits, kept: PastRefusal) -> None:
        """Remember why there was nothing to write."""
        refusal = kept.refusal
        told = {"code": refusal.code, "detail": refusal.detail, "score": refusal.score, "notices": refusal.notices}
        self._sealed.put(b"result", content + _digest_of_recipe(recipe, limits), {**told, "stays": kept.stays})

    def keep_result(self, content: bytes, recipe: Recipe, limits: Limits, made: Made) -> bytes:
        """Remember a result that was written, and that it is ours; returns its digest."""
        result = self._sealed.digest(made.data)
        told = {
            "content": result.hex(),
            "byte_size": len(made.data),
            **{name: getattr(made, name) for name in ("format", "width", "height", "frames", "score", "quality")},
            "notices": made.notices,
            "removed": made.removed,
        }
        self._sealed.put(b"result", content + _digest_of_recipe(recipe, limits), told)
        if (header := _final(made, recipe)) is not None:
            code, detail = _verdict(made, recipe)
            stays = has_removable_metadata(made.data, header, recipe)
            ours = {"level": _level(recipe), "code": code, "detail": detail, "stays": stays}
            self._sealed.put(b"ours", result + _digest_of_recipe(_without_level(recipe), limits), ours)
        return result

    def keep_name(self, result: bytes, output: Path, source: Path) -> None:
        """Remember the name under which a result (a digest) was written, and that of its source."""
        self._sealed.put(b"name", result + _names(output, source), {})

    def is_result_of(self, result: SourceFile, source: SourceFile) -> bool:
        """Whether a file, by name and content, is what OIMG wrote as the result of a file with the source's name."""
        try:
            content = self.files.content_of(result) or self.files.read(result)[1]
        except OimgError:
            return False
        return self._sealed.get(b"name", content + _names(result.path, source.path)) is not None

    def close(self) -> None:
        """Write what is not written yet."""
        self.files.settle()
        self._sealed.close()


def _names(output: Path, source: Path) -> bytes:
    return b"\0".join(os.fsencode(path.name) for path in (output, source))


def _past(told: dict[str, Any]) -> PastOutcome:
    notices = tuple(map(Notice, told["notices"]))
    if "content" not in told:
        refusal = Refusal(KeptCode(told["code"]), told["detail"], told["score"], notices)
        return PastRefusal(refusal, told["stays"])
    plain = {name: told[name] for name in ("byte_size", "width", "height", "frames", "score", "quality")}
    removed = tuple(map(MetadataGroup, told["removed"]))
    content = bytes.fromhex(told["content"])
    return PastResult(content=content, format=Format(told["format"]), notices=notices, removed=removed, **plain)


@lru_cache(maxsize=64)
def _digest_of_recipe(recipe: Recipe, limits: Limits) -> bytes:
    """Everything that a result depends on except the picture: the recipe without its output, limits, program."""
    asked = to_dict(replace(recipe, output=Output()))
    facts = json.dumps([asked, repr(limits)], sort_keys=True).encode()
    return hashlib.blake2b(facts + fingerprint(), digest_size=DIGEST).digest()


@lru_cache(maxsize=64)
def _without_level(recipe: Recipe) -> Recipe:
    default = Recipe()
    most = 1 if recipe.mode is Mode.SIZE else default.max_bytes
    return replace(recipe, target=default.target, quality=default.quality, max_bytes=most)


def _level(recipe: Recipe) -> float:
    """How much of the picture is preserved; a result of one level is not processed again at this or a higher level."""
    levels = {Mode.VISUAL: recipe.target, Mode.QUALITY: recipe.quality, Mode.SIZE: recipe.max_bytes}
    return levels.get(recipe.mode, 0)


def _final(made: Made, recipe: Recipe) -> Header | None:
    """The header of a result in which its recipe would change nothing more: no size, colours or format; else None."""
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
