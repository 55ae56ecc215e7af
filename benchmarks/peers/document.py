"""docs/benchmarks.md, written whole from the results of one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.peers import tables
from benchmarks.peers.compare import FloorRow, Ratio, at_equal_floor, at_equal_score, curve_error, hits
from benchmarks.peers.curves import geometric_mean
from benchmarks.peers.measure import OIMG, OWN, Aimed, Encoded, Packed
from benchmarks.peers.pictures import CLASSES
from benchmarks.peers.plots import best_peers, draw
from benchmarks.peers.timing import CAMERA_JOB, Timed, spread

_GOAL_AT_FLOOR: Final = 0.85


@dataclass(frozen=True, slots=True)
class Facts:
    """What a run was: when, where, with what."""

    date: str
    machine: str
    command: str
    quick: bool
    oimg: str
    checked: tuple[int, float]
    peers: tuple[tuple[str, str, str, str], ...]
    missing: tuple[str, ...]
    inputs: tuple[tuple[str, str, str, str, str], ...]
    camera: tuple[tuple[str, str], ...]
    pixels: dict[str, int]
    budgets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured."""

    facts: Facts
    encoded: tuple[Encoded, ...]
    aimed: tuple[Aimed, ...]
    packed: tuple[Packed, ...]
    timed: tuple[Timed, ...]


def write(results: Results, folder: Path) -> Path:
    """Write the page and its plots into a folder; gives the page."""
    ratios = at_equal_score(results.encoded, results.aimed)
    floors = at_equal_floor(results.encoded, results.aimed)
    plots = draw(folder / "plots", ratios, results.encoded, results.aimed, results.facts.pixels)
    parts = [
        _opening(results),
        "## In short\n\n" + "\n".join(_summary(results, ratios, floors)),
        "## Losses\n\n" + _losses(results, ratios, floors),
        _method(results),
        "## Bytes at equal score\n\n" + _score_section(ratios, plots),
        "## Bytes at an equal floor\n\n" + _floor_section(floors),
        "## How targets are met\n\n" + tables.hit_table(hits(results.aimed)),
        "## PNG without loss\n\n" + _packed_section(results.packed),
        "## Seconds and memory\n\n" + _timing_section(results),
        "## What was run\n\n" + _peers(results.facts),
        "## Pictures\n\n" + _inputs(results.facts),
    ]
    page = folder / "benchmarks.md"
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return page


def _opening(results: Results) -> str:
    facts = results.facts
    warning = "\n\n**A quick run on few, small pictures: it shows that the benchmark works, and no more.**"
    return (
        "# Benchmarks: OIMG beside other tools\n\n"
        f"Written by `{facts.command}` ([how to run it](../benchmarks/peers/README.md)) on {facts.date}; "
        f"{facts.machine}; {facts.oimg}. Ratios are OIMG's number over the peer's: below 1 is a gain, "
        "**bold is a loss**." + (warning if facts.quick else "")
    )


def _summary(results: Results, ratios: Sequence[Ratio], floors: Sequence[FloorRow]) -> list[str]:
    best = best_peers(ratios)
    even = sum(ratio.ratio < tables.EVEN for ratio in best.values())
    lines = [f"- Bytes at equal score, against the best peer of each cell: fewer or as many in {even} of {len(best)}."]
    tightest: dict[tuple[str, str, float], float] = {}
    for row in floors:
        if row.ratio is not None:
            key = (row.format, row.kind, row.target)
            tightest[key] = max(row.ratio, tightest.get(key, 0.0))
    if tightest:
        ahead = sum(ratio <= _GOAL_AT_FLOOR for ratio in tightest.values())
        lines.append(
            f"- Bytes at an equal floor, against the best fixed quality of any tool: at least 15 % fewer in {ahead} of "
            f"{len(tightest)} cells; geometric mean of the ratios {geometric_mean(list(tightest.values())):.2f}."
        )
    camera = [row for row in results.timed if row.job == CAMERA_JOB]
    own = next((row for row in camera if row.tool == OIMG), None)
    if own is None:
        return lines
    lines += [
        f"- {CAMERA_JOB}, floor 80: OIMG takes {spread(own.wall)[0] / spread(each.wall)[0]:.2f} of the time and "
        f"{own.bytes / each.bytes:.2f} of the bytes of sharp's mozjpeg at quality {each.quality:g} "
        f"(lowest scores {own.worst:.1f} and {each.worst:.1f})."
        for each in camera
        if each.tool == "sharp, mozjpeg"
    ]
    return lines


def _losses(results: Results, ratios: Sequence[Ratio], floors: Sequence[FloorRow]) -> str:
    lines = [
        [
            f"{tables.FORMAT_NAMES[each.format]}, {each.kind}, {each.target:g}", "bytes at equal score", each.tool,
            f"{each.ratio:.2f}", f"{each.worst_picture}: {each.worst_ratio:.2f}",
        ]
        for each in ratios
        if each.ratio >= tables.EVEN and each.tool != OWN
    ]  # fmt: skip
    lines += [
        [f"{tables.FORMAT_NAMES[each.format]}, {each.kind}, {each.target:g}", "bytes at an equal floor", each.tool,
         f"{each.ratio:.2f}", f"quality {each.floor.quality:g}"]
        for each in floors
        if each.floor and each.ratio is not None and each.ratio >= tables.EVEN and each.tool != OWN
    ]  # fmt: skip
    for row in (each for each in results.timed if each.tool not in (OIMG, OWN)):
        own = next(each for each in results.timed if each.job == row.job and each.tool == OIMG)
        times, memory = (spread(own.wall)[0] / spread(row.wall)[0], spread(own.peak)[0] / spread(row.peak)[0])
        label = tables.entrant(row)
        lines += [
            [row.job, what, label, f"{ratio:.2f}", ""]
            for what, ratio in (("wall time", times), ("peak memory", memory))
            if ratio >= tables.EVEN
        ]
    return tables.table(["where", "what", "to", "ratio", "most"], lines, texts=3) if lines else "None."


def _method(results: Results) -> str:
    median, high, count = curve_error(results.encoded)
    pairs, largest = results.facts.checked
    return f"""## Method

- Scores are SSIMULACRA2 of the written file, decoded by Pillow, against the PNG that all tools were given; computed by
  `oimg.engine.metrics`, which on {pairs} pairs of this run differs from the plain float64 evaluation in
  `tests/ssimulacra2_float64.py` by {largest:.4f} at the most.
- **Equal score**: OIMG runs as its user runs it, `oimg optimize -f FORMAT --target T`. Each peer runs at all steps of
  its own scale, and then at the whole quality that these say is next to the score that OIMG's file really has. The
  bytes for that score are read off its curve of that very picture: monotone cubic interpolation of log bytes over
  score, through the points that no other one beats. Without the second step, bytes would be wrong by {median:+.1%} in
  the median and by up to {high:.1%} in nine of ten cases ({count} points); what is left of that is smaller by far.
  A file of OIMG's without any loss is held against the peer at the target. Ratios are geometric means over pictures;
  "7 of 9" means that the peer reaches that score in 7 pictures only, and the others are left out.
  Where even the lowest step of a peer scores higher than OIMG's file, that step counts.
- **Equal floor**: one fixed quality for all pictures of a class, the lowest whole one at which 95 % of them score the
  target (of fewer than 20, all), against OIMG's files for that target. Pictures that OIMG cannot bring to the
  target in a format are left out for all.
- **Time and memory**: whole processes, in turns, over several repeats; medians, and the range from the least to the
  most. As many pictures at once as there are cores. Memory is the sum of the resident sizes of all processes.
- JPEG has no transparency: for it, pictures with transparency were laid on white before anybody saw them.
  jpegoptim and optimize-images read JPEG: theirs is of quality 100, 4:4:4, from the same pixels."""


def _score_section(ratios: Sequence[Ratio], plots: Sequence[tuple[str, str]]) -> str:
    parts = []
    for name, title in tables.FORMAT_NAMES.items():
        if any(ratio.format == name for ratio in ratios):
            parts.append(f"### {title}\n\n" + tables.equal_score(ratios, name))
            parts += [f"![{text}](plots/{file})" for file, text in plots if file == f"curves-{name}.svg"]
    overview = [f"![{text}](plots/{file})" for file, text in plots if file == "equal-score.svg"]
    return "\n\n".join([*overview, *parts])


def _floor_section(floors: Sequence[FloorRow]) -> str:
    parts = [
        f"### {title}, floor\n\n" + tables.equal_floor(floors, name)
        for name, title in tables.FORMAT_NAMES.items()
        if any(row.format == name for row in floors)
    ]
    return "\n\n".join(parts)


def _packed_section(rows: Sequence[Packed]) -> str:
    return "OIMG's bytes over the packer's, geometric mean by class.\n\n" + tables.packed_table(rows)


def _timing_section(results: Results) -> str:
    parts = []
    for job in dict.fromkeys(row.job for row in results.timed):
        rows = [row for row in results.timed if row.job == job]
        about = f"{rows[0].pictures} pictures, {rows[0].megapixels:.1f} megapixels, {len(rows[0].wall)} repeats."
        parts.append(f"### {job}\n\n{about}\n\n" + tables.timing_table(rows))
    for command, told in results.facts.budgets:
        parts.append(f"`{command}`\n\n```\n{told}\n```")
    return "\n\n".join(parts)


def _peers(facts: Facts) -> str:
    rows = [
        [name, tables.FORMAT_NAMES.get(kind, kind).split(" in ")[0], version, f"`{shown}`"]
        for name, kind, version, shown in facts.peers
    ]
    missing = "Not found, and so not run: " + (", ".join(facts.missing) or "none") + "."
    return tables.table(["peer", "format", "version", "command"], rows, texts=4) + "\n\n" + missing


def _inputs(facts: Facts) -> str:
    rows = [
        [name, kind, origin, f"`{before[:16]}`" if before else "", f"`{digest[:16]}`"]
        for name, kind, origin, before, digest in facts.inputs
    ]
    photos = [[name, "camera", "", "", f"`{digest[:16]}`"] for name, digest in facts.camera]
    note = (
        "The first 16 digits of SHA-256, of the file in the corpus and of the PNG made from it; `1:2` means scaled "
        f"down by 2. {len(facts.inputs)} pictures in {len(CLASSES)} classes."
    )
    return note + "\n\n" + tables.table(["name", "class", "origin", "origin's hash", "hash"], [*rows, *photos], texts=5)
