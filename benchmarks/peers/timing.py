"""Seconds and memory of whole batches, OIMG and peers in turns, at settings that keep the same floor."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.peers.curves import FLOOR_SHARE, Point, floor_of
from benchmarks.peers.measure import OIMG, Bench, Encoded, run_oimg
from benchmarks.peers.ruler import Ruler
from benchmarks.peers.running import Spent, convert
from benchmarks.peers.tools import HERE, Tool
from PIL import Image

TARGET: Final = 80.0
CAMERA_JOB: Final = "JPEG photos of cameras to JPEG"
_CAMERA_QUALITIES: Final = (60.0, 75.0, 80.0, 85.0, 90.0, 95.0)
_USUAL: Final = 80.0
_TRIES: Final = 6


@dataclass(frozen=True, slots=True)
class Timed:
    """One tool's part in a batch; lists have an entry for every repeat.

    `worst` is the lowest score of the results, `share` the part of them that reaches the target; both are None for
    packing without loss.
    """

    job: str
    tool: str
    quality: float | None
    pictures: int
    megapixels: float
    wall: tuple[float, ...]
    cpu: tuple[float, ...]
    peak: tuple[int, ...]
    bytes: int
    worst: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Entrant:
    """A tool at a quality; without a tool it is OIMG with these options."""

    tool: Tool | None
    quality: float | None
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the tables show it."""
        return OIMG if self.tool is None else self.tool.name


def camera_entrants(bench: Bench, photos: list[Path]) -> list[Entrant]:
    """JPEG tools at the lowest quality that keeps the floor, and sharp once more at what people usually take."""
    entrants = [Entrant(None, None, ("-f", "jpeg", "--target", f"{TARGET:g}"))]
    rulers = {path: Ruler(path) for path in photos}
    for tool, _ in bench.tools:
        if tool.format != "jpeg" or tool.lossless or tool.name.endswith("4:4:4"):
            continue
        ladders: dict[Path, list[Point]] = {path: [] for path in photos}
        for quality in _CAMERA_QUALITIES[1::2] if bench.quick else _CAMERA_QUALITIES:
            outputs, _ = convert(tool, photos, quality, bench.scratch / "ladder", bench.places)
            for path, output in zip(photos, outputs, strict=True):
                score = rulers[path].score(output)
                if score is not None:
                    ladders[path].append(Point(quality, output.stat().st_size, score))
            bench.say(f"camera: {tool.name} {quality:g}")
        entrants += _at_floor(bench, tool, list(ladders.values()), rulers)
        if tool.name == "sharp, mozjpeg":
            entrants.append(Entrant(tool, _USUAL))
    return entrants


def _at_floor(bench: Bench, tool: Tool, ladders: Sequence[Sequence[Point]], rulers: dict[Path, Ruler]) -> list[Entrant]:
    """The tool at the lowest quality that keeps the floor, tried: where a picture falls below, the next ones."""
    floor = floor_of(ladders, TARGET)
    if floor is None:
        return []
    for quality in range(round(floor.quality), round(floor.quality) + _TRIES):
        outputs, _ = convert(tool, list(rulers), quality, bench.scratch / "ladder", bench.places)
        scores = [ruler.score(output) or 0.0 for ruler, output in zip(rulers.values(), outputs, strict=True)]
        if sum(score >= TARGET for score in scores) >= FLOOR_SHARE * len(scores):
            return [Entrant(tool, float(quality))]
    return []


def floor_entrants(bench: Bench, rows: Sequence[Encoded], kind: str, name: str) -> list[Entrant]:
    """Tools of a format at the lowest quality that keeps the floor of a class, as their curves say."""
    entrants = [Entrant(None, None, ("-f", name, "--target", f"{TARGET:g}"))]
    rulers = {picture.path: Ruler(picture.path) for picture in bench.of_kind(kind)}
    for tool, _ in bench.tools:
        if tool.format != name or tool.lossless:
            continue
        ladders: dict[str, list[Point]] = {}
        for row in rows:
            if (row.tool, row.format, row.kind) == (tool.name, name, kind) and row.score is not None:
                ladders.setdefault(row.picture, []).append(Point(row.quality, row.bytes, row.score))
        entrants += _at_floor(bench, tool, list(ladders.values()), rulers)
    return entrants


def lossless_entrants(bench: Bench) -> list[Entrant]:
    """PNG packers."""
    packers = [Entrant(tool, tool.qualities[0]) for tool, _ in bench.tools if tool.lossless]
    return [Entrant(None, None, ("-f", "png", "--lossless")), *packers]


def run_batch(bench: Bench, job: str, entrants: list[Entrant], sources: list[Path], repeats: int) -> list[Timed]:
    """Run all tools one after the other, and all that again: A B C A B C."""
    spent: list[list[Spent]] = [[] for _ in entrants]
    made: list[list[Path]] = [[] for _ in entrants]
    for turn in range(repeats):
        for index, entrant in enumerate(entrants):
            made[index], used = _run(bench, entrant, sources, bench.scratch / "timed" / str(index))
            spent[index].append(used)
            bench.say(f"{job}, {turn + 1} of {repeats}: {entrant.name}: {used.wall:.1f} s")
    megapixels = sum(_pixels(path) for path in sources) / 1e6
    rulers = [Ruler(path) for path in sources] if "lossless" not in job else []
    rows = []
    for entrant, uses, outputs in zip(entrants, spent, made, strict=True):
        scores = [ruler.score(output) or 0.0 for ruler, output in zip(rulers, outputs, strict=False)]
        rows.append(
            Timed(
                job, entrant.name, entrant.quality, len(sources), megapixels,
                tuple(use.wall for use in uses), tuple(use.cpu for use in uses), tuple(use.peak for use in uses),
                sum(path.stat().st_size for path in outputs if path.is_file()),
                min(scores, default=None),
                sum(score >= TARGET for score in scores) / len(scores) if scores else None,
            )
        )  # fmt: skip
    shutil.rmtree(bench.scratch / "timed", ignore_errors=True)
    return rows


def _run(bench: Bench, entrant: Entrant, sources: list[Path], folder: Path) -> tuple[list[Path], Spent]:
    if entrant.tool is not None:
        return convert(entrant.tool, sources, entrant.quality or 0.0, folder, bench.places)
    told, used = run_oimg(list(entrant.options), sources, folder, bench)
    outputs = {Path(fact["source"]): Path(fact["output"] or fact["source"]) for fact in told}
    return [outputs[source.absolute()] for source in sources], used


def _pixels(path: Path) -> int:
    with Image.open(path) as opened:
        return opened.width * opened.height


def budgets(camera: Path, *, quick: bool) -> list[tuple[str, str]]:
    """Run the benchmarks of batch and memory beside this one; gives commands and what they printed."""
    memory = ("2", "jpeg") if quick else ("12",)
    runs = (
        ("batch.py", (str(camera), "--format", "jpeg"), "CAMERA --format jpeg"),
        ("memory.py", memory, " ".join(memory)),
    )
    told = []
    for script, arguments, shown in runs:
        done = subprocess.run(
            [sys.executable, str(HERE.parent / script), *arguments], capture_output=True, text=True, check=False
        )
        told.append((f"python benchmarks/{script} {shown}", (done.stdout or done.stderr).strip()))
    return told


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and most."""
    return statistics.median(values), min(values), max(values)
