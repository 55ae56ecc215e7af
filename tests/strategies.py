"""Hypothesis strategies for the words: recipes, headers, outcomes, file names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from oimg.words.errors import ErrorCode
from oimg.words.images import ColorModel, Feature, Format, Header
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import (
    ColorPolicy,
    Conflict,
    Fitting,
    Gravity,
    Mode,
    Output,
    Place,
    Recipe,
    Resize,
    Target,
)
from oimg.words.report import Failed, Kept, KeptCode, Notice, Optimized, Record, SourceFile, Stopped

_BOXES = (Fitting.FIT, Fitting.FILL, Fitting.EXACT)
_EDGES = (Fitting.LONG_EDGE, Fitting.SHORT_EDGE, Fitting.SCALE, Fitting.MEGAPIXELS)
# What a file name may be made of on Linux, the awkward parts included.
NAME_CHARACTERS = st.characters(codec="utf-8", exclude_characters="/\0")

colors = st.from_regex(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", fullmatch=True)
suffixes = st.text(st.characters(codec="utf-8", exclude_characters="/\\\0"), max_size=12)


def resizes() -> st.SearchStrategy[Resize]:
    common: dict[str, Any] = {"enlarge": st.booleans(), "gravity": st.sampled_from(Gravity), "linear": st.booleans()}
    side, amount = st.integers(1, 1_000_000), st.floats(0.001, 1_000_000)
    return st.one_of(
        st.builds(Resize, **common),
        st.builds(Resize, fitting=st.sampled_from(_BOXES), width=side, height=side, **common),
        st.builds(Resize, fitting=st.sampled_from(_EDGES), amount=amount, **common),
    )


def outputs() -> st.SearchStrategy[Output]:
    common: dict[str, Any] = {"conflict": st.sampled_from(Conflict), "keep_dates": st.booleans(), "suffix": suffixes}
    path = st.text(NAME_CHARACTERS, min_size=1, max_size=20)
    return st.one_of(
        st.builds(Output, **common),
        st.builds(Output, place=st.sampled_from((Place.FOLDER, Place.FILE)), path=path, **common),
    )


def recipes() -> st.SearchStrategy[Recipe]:
    return st.builds(
        Recipe,
        format=st.sampled_from(Target),
        mode=st.sampled_from(Mode),
        target=st.floats(10, 100),
        quality=st.integers(1, 100),
        max_bytes=st.integers(1, 1 << 40),
        effort=st.integers(0, 10),
        resize=resizes(),
        metadata=st.sampled_from(MetadataPolicy),
        keep=st.frozensets(st.sampled_from(MetadataGroup)),
        color=st.sampled_from(ColorPolicy),
        background=colors,
        min_savings=st.floats(0, 100),
        min_saved_bytes=st.integers(0, 1 << 40),
        output=outputs(),
    )


def headers() -> st.SearchStrategy[Header]:
    return st.builds(
        Header,
        format=st.sampled_from(Format),
        width=st.integers(1, 30_000),
        height=st.integers(1, 30_000),
        frames=st.integers(1, 50),
        has_alpha=st.booleans(),
        bit_depth=st.sampled_from((1, 8, 10, 16)),
        color=st.sampled_from(ColorModel),
        orientation=st.integers(1, 8),
        has_icc=st.booleans(),
        lossy=st.booleans(),
        features=st.frozensets(st.sampled_from(Feature)),
    )


names = st.text(NAME_CHARACTERS, min_size=1, max_size=20).filter(lambda name: name not in {".", ".."})
paths = st.builds(lambda name: Path("/pictures") / name, names)


def source_files() -> st.SearchStrategy[SourceFile]:
    return st.builds(
        lambda path, size, header: SourceFile(path, path.parent, size, (1, 2, size, 3), header),
        paths,
        st.integers(1, 1 << 40),
        headers(),
    )


def records() -> st.SearchStrategy[Record]:
    source, score = source_files(), st.none() | st.floats(-100, 100)
    warnings = st.lists(st.sampled_from(Notice), max_size=3).map(tuple)
    outcomes = st.one_of(
        st.builds(
            Optimized,
            path=paths,
            source=source,
            output=paths,
            format=st.sampled_from(Format),
            output_bytes=st.integers(1, 1 << 40),
            width=st.integers(1, 30_000),
            height=st.integers(1, 30_000),
            frames=st.integers(1, 50),
            score=score,
            quality=st.none() | st.floats(1, 100),
            warnings=warnings,
            removed=st.lists(st.sampled_from(MetadataGroup), max_size=3).map(tuple),
        ),
        st.builds(
            Kept,
            path=paths,
            source=st.none() | source,
            code=st.sampled_from(KeptCode),
            detail=st.text(max_size=20),
            output=st.none() | paths,
            score=score,
            warnings=warnings,
        ),
        st.builds(
            Failed,
            path=paths,
            code=st.sampled_from(ErrorCode),
            detail=st.text(max_size=20),
            source=st.none() | source,
        ),
        st.builds(Stopped, path=paths, source=st.none() | source),
    )
    return st.builds(Record, outcomes, st.floats(0, 1e6))


def damaged(blocks: dict[str, bytes], *, bytes_of: st.SearchStrategy[int]) -> st.SearchStrategy[dict[str, bytes]]:
    """The blocks, each with stretches overwritten, taken out or written twice, or cut off at the end."""
    change = st.tuples(
        st.sampled_from(("fill", "drop", "double", "cut")),
        st.floats(0, 1, exclude_max=True),
        st.integers(1, 12),
        bytes_of,
    )

    def apply(changes: dict[str, list[tuple[str, float, int, int]]]) -> dict[str, bytes]:
        return {name: _damage(block, changes[name]) for name, block in blocks.items()}

    return st.fixed_dictionaries({name: st.lists(change, max_size=6) for name in blocks}).map(apply)


def _damage(block: bytes, changes: list[tuple[str, float, int, int]]) -> bytes:
    for kind, share, length, value in changes:
        at = int(share * len(block))
        middle = {
            "fill": bytes((value,)) * length,
            "drop": b"",
            "double": 2 * block[at : at + length],
            "cut": b"",
        }[kind]
        block = block[:at] + middle + (b"" if kind == "cut" and at > 8 else block[at + length :])
    return block
