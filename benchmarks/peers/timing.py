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
from benchmarks.peers.measure import OIMG, Bench, Encoded, encode, run_oimg
from benchmarks.peers.pictures import Picture
from benchmarks.peers.ruler import Ruler, Rulers
from benchmarks.peers.running import Spent, convert
from benchmarks.peers.tools import HERE, Tool
from PIL import Image

TARGET: Final = 80.0
CAMERA_JOB: Final = "JPEG photos of cameras to JPEG"
PACKING_JOB: Final = "PNG screenshots, lossless"
PHOTOS: Final = 6  # of the class, in the batches of other formats
_CAMERA_QUALITIES: Final = (75.0, 82.0, 88.0, 95.0)
_USUAL: Final = 80.0
_TRIES: Final = 6


@dataclass(frozen=True, slots=True)
class Timed:
    """One tool's part in a batch; lists have an entry for every repeat.

    `start` is the most memory with a picture of 64 x 64 pixels, bytes like `peak`: what the program takes before it
    has work. `worst` is the lowest score of the results, `share` the part of them that reaches the target; both are
    None for packing without loss.
    """

    job: str
    tool: str
    quality: float | None
    pictures: int
    megapixels: float
    wall: tuple[float, ...]
    cpu: tuple[float, ...]
    peak: tuple[int, ...]
    start: int
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
    rulers = Rulers()
    for tool, _ in bench.tools:
        if tool.format != "jpeg" or tool.lossless or tool.name.endswith("4:4:4"):
            continue
        ladders: list[list[Point]] = [[] for _ in photos]
        for quality in _CAMERA_QUALITIES[1::2] if bench.quick else _CAMERA_QUALITIES:
            made = encode(bench, tool, quality, photos, rulers)
            for ladder, (size, score) in zip(ladders, made, strict=True):
                if score is not None:
                    ladder.append(Point(quality, size, score))
        entrants += _at_floor(bench, tool, ladders, photos, rulers)
        if tool.name == "sharp, mozjpeg":
            entrants.append(Entrant(tool, _USUAL))
    return entrants


def _at_floor(
    bench: Bench, tool: Tool, ladders: Sequence[Sequence[Point]], sources: list[Path], rulers: Rulers
) -> list[Entrant]:
    """The tool at the lowest quality that keeps the floor, tried: where a picture falls below, the next ones."""
    floor = floor_of(ladders, TARGET)
    if floor is None:
        return []
    for quality in range(round(floor.quality), round(floor.quality) + _TRIES):
        scores = [score or 0.0 for _, score in encode(bench, tool, float(quality), sources, rulers)]
        if sum(score >= TARGET for score in scores) >= FLOOR_SHARE * len(scores):
            return [Entrant(tool, float(quality))]
    return []


def floor_entrants(bench: Bench, rows: Sequence[Encoded], pictures: Sequence[Picture], name: str) -> list[Entrant]:
    """Tools of a format at the lowest quality that keeps the floor of these pictures, as their curves say.

    Settings for the last percents are left out: seconds are those of what people type.
    """
    entrants = [Entrant(None, None, ("-f", name, "--target", f"{TARGET:g}"))]
    rulers = Rulers()
    for tool, _ in bench.tools:
        if tool.format != name or tool.lossless or tool.strongest:
            continue
        ladders: dict[str, list[Point]] = {picture.name: [] for picture in pictures}
        for row in rows:
            if (row.tool, row.format) == (tool.name, name) and row.picture in ladders and row.score is not None:
                ladders[row.picture].append(Point(row.quality, row.bytes, row.score))
        sources = [picture.path for picture in pictures]
        entrants += _at_floor(bench, tool, list(ladders.values()), sources, rulers)
    return entrants


def lossless_entrants(bench: Bench) -> list[Entrant]:
    """PNG packers."""
    packers = [Entrant(tool, tool.qualities[0]) for tool, _ in bench.tools if tool.lossless and not tool.strongest]
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
    tiny = _tiny(sources[0], bench.scratch)
    starts = [_run(bench, entrant, [tiny], bench.scratch / "timed" / "tiny")[1].peak for entrant in entrants]
    megapixels = sum(_pixels(path) for path in sources) / 1e6
    rulers = [Ruler(path) for path in sources] if "lossless" not in job else []
    rows = []
    for entrant, uses, outputs, start in zip(entrants, spent, made, starts, strict=True):
        scores = [ruler.score(output) or 0.0 for ruler, output in zip(rulers, outputs, strict=False)]
        rows.append(
            Timed(
                job, entrant.name, entrant.quality, len(sources), megapixels,
                tuple(use.wall for use in uses), tuple(use.cpu for use in uses), tuple(use.peak for use in uses),
                start,
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


def _tiny(source: Path, folder: Path) -> Path:
    """The upper left of a picture, as a file of the same format."""
    path = folder / f"tiny{source.suffix}"
    with Image.open(source) as opened:
        opened.crop((0, 0, 64, 64)).save(path)
    return path


def _pixels(path: Path) -> int:
    with Image.open(path) as opened:
        return opened.width * opened.height


def budgets(camera: Path, *, quick: bool) -> list[tuple[str, str]]:
    """Run the benchmarks of batch and memory beside this one; gives commands and what they printed."""
    memory, batch = (("2", "jpeg"), ("batch", "2", "2")) if quick else (("12",), ("batch", "8", "24"))
    runs = (
        ("batch.py", (str(camera), "--format", "jpeg"), "CAMERA --format jpeg"),
        ("memory.py", batch, " ".join(batch)),
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
