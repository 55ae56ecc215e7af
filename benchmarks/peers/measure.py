"""The measurements: curves of every peer, what OIMG makes of targets, and packing without loss."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import product, repeat
from pathlib import Path
from typing import Any, Final

from benchmarks.peers.curves import Point, quality_at
from benchmarks.peers.pictures import Picture, digest
from benchmarks.peers.ruler import Ruler, Rulers, plain_score
from benchmarks.peers.running import Spent, convert, measured
from benchmarks.peers.store import Key, Store
from benchmarks.peers.tools import Places, Tool, oimg_command

from oimg.work.cache.program import fingerprint

LOSSY: Final = ("jpeg", "webp", "avif", "jxl", "png")
TARGETS: Final = (70.0, 80.0, 90.0)
CHECKED: Final = 80.0  # the target at which scores of unseen pictures are held against float64
OIMG: Final = "OIMG"
OWN: Final = "OIMG at one quality"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture at one quality of a peer; `score` is None where nothing readable came out.

    `refined` ones were made where the others said that the score of a file of OIMG's is.
    """

    tool: str
    format: str
    kind: str
    picture: str
    quality: float
    bytes: int
    score: float | None
    refined: bool = False


@dataclass(frozen=True, slots=True)
class Aimed:
    """What OIMG made of a picture for a target; `told` is the score that it reports, `score` what we measured.

    `plain` is the score by the float64 evaluation of the tests, where that was asked.
    """

    format: str
    kind: str
    picture: str
    target: float
    outcome: str
    code: str | None
    bytes: int
    told: float | None
    score: float | None
    quality: float | None
    plain: float | None = None

    @property
    def place(self) -> float:
        """The score at which a peer is held against the file: its own; the target, where it is without any loss."""
        return self.target if self.score is None or self.score >= 100 else self.score


@dataclass(frozen=True, slots=True)
class Packed:
    """A PNG file packed without loss; `score` is below 100 where pixels changed all the same."""

    tool: str
    kind: str
    picture: str
    before: int
    bytes: int
    score: float | None
    cpu: float


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run works with."""

    tools: tuple[tuple[Tool, str], ...]
    pictures: tuple[Picture, ...]
    scratch: Path
    places: Places
    say: Callable[[str], None]
    store: Store
    quick: bool = False

    def of_kind(self, kind: str) -> list[Picture]:
        """The pictures of a class."""
        return [picture for picture in self.pictures if picture.kind == kind]


def source_of(picture: Picture, kind: str) -> Path:
    """What a format is made from: JPEG has no transparency, so it gets the picture on white."""
    return picture.flat if kind == "jpeg" else picture.path


def curves(bench: Bench, aims: Sequence[Aimed]) -> list[Encoded]:
    """Run every lossy peer at the steps of its scale, and once more where it should score as OIMG's files do.

    A quick run leaves that second step out.
    """
    rulers = Rulers()
    ladder = _encoded(bench, [(tool, quality, bench.pictures) for tool, quality in _steps(bench)], rulers)
    nearer = [] if bench.quick else _encoded(bench, _nearer(bench, ladder, aims), rulers)
    return [*ladder, *(replace(row, refined=True) for row in nearer)]


def _steps(bench: Bench) -> list[tuple[Tool, float]]:
    lossy = [tool for tool, _ in bench.tools if not tool.lossless]
    return [(tool, quality) for tool in lossy for quality in (tool.qualities[1::2] if bench.quick else tool.qualities)]


def _nearer(
    bench: Bench, ladder: Sequence[Encoded], aims: Sequence[Aimed]
) -> list[tuple[Tool, float, Sequence[Picture]]]:
    """The whole qualities next to the scores of OIMG's files, by what the ladder says, each with its pictures."""
    points: dict[tuple[str, str, str], list[Point]] = {}
    for row in ladder:
        if row.score is not None:
            found = points.setdefault((row.tool, row.format, row.picture), [])
            found.append(Point(row.quality, row.bytes, row.score))
    pictures = {picture.name: picture for picture in bench.pictures}
    wanted: dict[tuple[Tool, float], dict[str, Picture]] = {}
    for (tool, _), aim in product(bench.tools, aims):
        known = points.get((tool.name, tool.format, aim.picture), [])
        if tool.lossless or tool.format != aim.format or aim.score is None:
            continue
        quality = quality_at(known, aim.place)
        if quality is not None and round(quality) not in {point.quality for point in known}:
            wanted.setdefault((tool, float(round(quality))), {})[aim.picture] = pictures[aim.picture]
    return [(tool, quality, list(group.values())) for (tool, quality), group in wanted.items()]


def _encoded(bench: Bench, runs: Sequence[tuple[Tool, float, Sequence[Picture]]], rulers: Rulers) -> list[Encoded]:
    """Run tools at qualities on pictures."""
    rows = []
    for tool, quality, group in runs:
        results = encode(bench, tool, quality, [source_of(picture, tool.format) for picture in group], rulers)
        rows += [
            Encoded(tool.name, tool.format, picture.kind, picture.name, quality, size, score)
            for picture, (size, score) in zip(group, results, strict=True)
        ]
    return rows


def encode(
    bench: Bench, tool: Tool, quality: float, sources: Sequence[Path], rulers: Rulers
) -> list[tuple[int, float | None]]:
    """Give bytes and score of each source at a quality: those that the store does not know are made and measured."""
    version = dict(bench.tools)[tool] + (fingerprint().hex() if tool.name == OWN else "")
    keys = [Key(digest(source), tool.name, version, tool.shown, quality) for source in sources]
    new = [(key, source) for key, source in zip(keys, sources, strict=True) if bench.store.find(key) is None]
    if new:
        folder = bench.scratch / "encoded"
        outputs, spent = convert(tool, [source for _, source in new], quality, folder, bench.places)
        with ThreadPoolExecutor(bench.places.parallel) as pool:
            scores = pool.map(lambda pair: rulers.score(pair[0][1], pair[1]), zip(new, outputs, strict=True))
            for (key, _), output, score in zip(new, outputs, scores, strict=True):
                if score is not None:
                    bench.store.keep(key, _size(output), score)
        shutil.rmtree(folder)
        bench.say(f"{tool.name}, {tool.format} {quality:g}: {len(new)} of {len(keys)}, {spent.cpu:.1f} s")
    return [bench.store.find(key) or (0, None) for key in keys]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def aimed(bench: Bench, formats: Iterable[str], targets: Iterable[float]) -> list[Aimed]:
    """Run OIMG as its user does, for each target and format."""
    rows: list[Aimed] = []
    for name, target in product(formats, targets):
        sources = {source_of(picture, name).stem: picture for picture in bench.pictures}
        paths = [source_of(picture, name) for picture in bench.pictures]
        folder = bench.scratch / "aimed"
        told, spent = run_oimg(["-f", name, "--target", f"{target:g}"], paths, folder, bench)
        pairs = [(sources[Path(fact["source"]).stem], fact) for fact in told]
        with ThreadPoolExecutor(bench.places.parallel) as pool:
            rows += pool.map(_aim, repeat(name), repeat(target), pairs)
        bench.say(f"OIMG, {name}, target {target:g}: {spent.cpu:.1f} s")
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def _aim(name: str, target: float, pair: tuple[Picture, dict[str, Any]]) -> Aimed:
    """Measure what OIMG made of a picture."""
    picture, fact = pair
    output, source = Path(fact["output"]) if fact["output"] else None, source_of(picture, name)
    score = Ruler(source).score(output) if output else None
    check = output and picture.unseen and target == CHECKED
    return Aimed(
        name, picture.kind, picture.name, target, fact["outcome"], fact["code"], _size(output) if output else 0,
        fact["score"], score, fact["quality"], plain_score(source, output) if output and check else None,
    )  # fmt: skip


def run_oimg(options: list[str], paths: list[Path], folder: Path, bench: Bench) -> tuple[list[dict[str, Any]], Spent]:
    """Start OIMG once for all files; gives what it tells about each, and what it took."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    printed = bench.scratch / "told.jsonl"
    command = oimg_command(*options, "-j", str(bench.places.parallel), "-o", str(folder), *map(str, paths))
    spent = measured([command], 1, printed)
    lines = [json.loads(line) for line in printed.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["event"] == "file"], spent


def packing(bench: Bench, files: list[Picture]) -> list[Packed]:
    """Run every lossless PNG packer over PNG files as they are, each by itself, and see whether pixels stayed."""
    rows: list[Packed] = []
    rulers = {picture.name: picture.path for picture in files}
    by_stem = {picture.path.stem: picture for picture in files}
    sources = [picture.path for picture in files]
    folder = bench.scratch / "packed"
    told, spent = run_oimg(["-f", "png", "--lossless"], sources, folder, bench)
    found = {by_stem[Path(fact["source"]).stem].name: Path(fact["output"] or fact["source"]) for fact in told}
    results = [(OIMG, found, spent)]
    for tool, _ in bench.tools:
        if tool.lossless:
            outputs, spent = convert(tool, sources, tool.qualities[0], bench.scratch / f"by-{tool.name}", bench.places)
            found = {picture.name: output for picture, output in zip(files, outputs, strict=True)}
            results.append((tool.name, found, spent))
            bench.say(f"lossless: {tool.name}: {spent.cpu:.1f} s")
    for picture in files:
        ruler = Ruler(rulers[picture.name])
        for name, outputs_by_name, spent in results:
            path = outputs_by_name.get(picture.name)
            size = _size(path) if path else 0
            score = ruler.score(path) if path and size else None
            rows.append(Packed(name, picture.kind, picture.name, _size(picture.path), size, score, spent.cpu))
    return rows
