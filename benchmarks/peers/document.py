"""docs/benchmarks.md, written whole from the results of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers import tables
from benchmarks.peers.compare import (
    FloorRow,
    Ratio,
    at_equal_floor,
    at_equal_score,
    best_peers,
    curve_error,
    hits,
    tightest_floors,
)
from benchmarks.peers.measure import CHECKED, OIMG, OWN, Packed
from benchmarks.peers.pictures import CLASSES
from benchmarks.peers.plots import draw
from benchmarks.peers.results import Facts, Results
from benchmarks.peers.timing import spread
from benchmarks.peers.verdict import verdict


def write(results: Results, folder: Path) -> Path:
    """Write the page and its plots into a folder; gives the page."""
    ratios = at_equal_score(results.encoded, results.aimed)
    floors = at_equal_floor(results.encoded, results.aimed)
    plots = draw(folder / "plots", ratios, results.encoded, results.aimed, results.facts.pixels)
    parts = [
        _opening(results.facts),
        "## Does it hold?\n\n" + verdict(results, ratios, floors),
        "## Bytes, in short\n\n" + _overview(ratios, floors),
        "## Losses\n\n" + _losses(results, ratios, floors),
        "## Bytes at equal score\n\n" + _score_section(ratios, plots),
        "## Bytes at an equal floor\n\n" + _floor_section(floors),
        "## How targets are met\n\n" + tables.hit_table(hits(results.aimed)),
        "## PNG without loss\n\n" + _packed_section(results.packed),
        *(["## Seconds and memory\n\n" + _timing_section(results)] if results.timed else []),
        _method(results),
        "## What was run\n\n" + _peers(results.facts),
        "## Pictures\n\n" + _inputs(results.facts),
    ]
    page = folder / "benchmarks.md"
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return page


def _opening(facts: Facts) -> str:
    warning = "\n\n**A quick run on few, small pictures: it shows that the benchmark works, and no more.**"
    runs = "; ".join(
        f"{run.phase} on {run.date}, {run.seconds / 60:.0f} minutes, load {run.load:.1f} at the end, {run.oimg}"
        for run in facts.runs
    )
    return (
        "# Benchmarks: OIMG beside other tools\n\n"
        f"Written by `{facts.runs[-1].command}` ([how to run it](../benchmarks/peers/README.md)) on "
        f"{facts.runs[-1].machine}: {runs}. Of peers, encodings may be from an earlier run on the same pictures with "
        f"the same version. {len(facts.pixels)} pictures, {len(facts.unseen)} of them unseen: by these nobody chose "
        "anything in OIMG. Ratios are OIMG's number over the other's: below 1 is a gain, **bold is a loss**. "
        "[What is compared with what](#method)." + (warning if facts.quick else "")
    )


def _overview(ratios: Sequence[Ratio], floors: Sequence[FloorRow]) -> str:
    best = {key: ratio.ratio for key, ratio in best_peers(ratios).items()}
    targets = sorted({target for _, _, target in best})
    return (
        "OIMG's bytes over those of the peer that needs the fewest, at the score of OIMG's files; by target:\n\n"
        + tables.overview(best, targets)
        + "\n\n![OIMG's bytes over the best peer's at equal score](plots/equal-score.svg)\n\n"
        "OIMG's bytes over those of the best tool at one fixed quality, OIMG's own encoders among them, where the "
        "lowest score of each reaches the target:\n\n" + tables.overview(tightest_floors(floors), targets)
    )


def _losses(results: Results, ratios: Sequence[Ratio], floors: Sequence[FloorRow]) -> str:
    """To any peer, not only to the best one: ratios of at least 1.005."""
    scores = [each for each in ratios if each.ratio >= tables.EVEN and each.tool != OWN]
    kept = [each for each in floors if (each.ratio or 0) >= tables.EVEN and each.tool != OWN]
    lines = [
        [
            f"{tables.FORMAT_NAMES[name]}, {kind}",
            what,
            tool,
            " / ".join(f"{ratio:.2f} at {at:g}" for at, ratio in pairs),
        ]
        for what, group in (("bytes at equal score", scores), ("bytes at an equal floor", kept))
        for (name, kind, tool), pairs in _grouped(group).items()
    ]
    for row in (each for each in results.timed if each.tool not in (OIMG, OWN)):
        own = next(each for each in results.timed if each.job == row.job and each.tool == OIMG)
        pairs = (("wall time", own.wall, row.wall), ("peak memory", own.peak, row.peak))
        lines += [
            [row.job, what, tables.entrant(row), f"{spread(mine)[0] / spread(its)[0]:.2f}"]
            for what, mine, its in pairs
            if spread(mine)[0] / spread(its)[0] >= tables.EVEN
        ]
    return tables.table(["where", "what", "to", "ratio"], lines, texts=4) if lines else "None."


def _grouped(rows: Sequence[Ratio] | Sequence[FloorRow]) -> dict[tuple[str, str, str], list[tuple[float, float]]]:
    found: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for row in rows:
        found.setdefault((row.format, row.kind, row.tool), []).append((row.target, row.ratio or 0.0))
    return found


def _method(results: Results) -> str:
    median, high, count = curve_error(results.encoded)
    second = (
        f"Without the second step, bytes would be wrong by {median:+.1%} in the median and by up to {high:.1%} in nine "
        f"of ten cases ({count} points); what is left of that is smaller by far."
        if count
        else "This run left the second step out, so that bytes may be wrong by several percent."
    )
    return f"""## Method

- Scores are SSIMULACRA2 of the written file, decoded by Pillow, against the PNG that all tools were given; computed by
  `oimg.engine.metrics`. The independent evaluation in float64 is `tests/ssimulacra2_float64.py`; it was run on OIMG's
  files of unseen pictures at target {CHECKED:g}, and compared with what OIMG reports.
- **Equal score**: OIMG runs as its user runs it, `oimg optimize -f FORMAT --target T --metadata strip --no-cache`. Each
  peer runs at all steps of
  its own scale, and then at the whole quality that these say is next to the score that OIMG's file really has. The
  bytes for that score are read off its curve of that very picture: monotone cubic interpolation of log bytes over
  score, through the points that no other one beats. {second}
  A file of OIMG's without any loss is held against the peer at the target. Ratios are geometric means over pictures;
  "7 of 9" means that the peer reaches that score in 7 pictures only, and the others are left out.
  Where even the lowest step of a peer scores higher than OIMG's file, that step counts.
- **Equal floor**: one fixed quality for all pictures of a class, the lowest whole one at which 95 % of them score the
  target (of fewer than 20, all), against OIMG's files for that target. Pictures that OIMG cannot bring to the
  target in a format are left out for all.
- **PNG in few colours**: OIMG writes a palette only where the file scores 85 or more, on purpose, whatever the target;
  its file is held against peers at the score that it has. Where no palette reaches 85 its PNG is without any loss, and
  that is held against the peer's palette at the target: a loss by design.
- **Settings**: peers run as they come; where their usual setting is not their best one, "strongest" is one more row.
- **Encodings of a search** are counted inside of OIMG, at all targets, in all lossy formats: everything that is tried
  at a quality for one file, in both kinds of chroma; files that are lossless only need none and are not counted.
- **Time and memory**: whole processes, in turns, over several repeats; medians, and the range from the least to the
  most. As many pictures at once as there are cores. Memory is the sum of the resident sizes of all processes; "idle"
  is the same with one picture of 64 x 64 pixels: what the program takes before it has anything to do.
- JPEG has no transparency: for it, pictures with transparency were laid on white before anybody saw them.
  jpegoptim and optimize-images read JPEG: theirs is of quality 100, 4:4:4, from the same pixels."""


def _score_section(ratios: Sequence[Ratio], plots: Sequence[tuple[str, str]]) -> str:
    parts = ["Curves are geometric means of a class; a line ends where the first picture cannot be brought higher."]
    for name, title in tables.FORMAT_NAMES.items():
        if any(ratio.format == name for ratio in ratios):
            parts.append(f"### {title}\n\n" + tables.equal_score(ratios, name))
            parts += [f"![{text}](plots/{file})" for file, text in plots if file == f"curves-{name}.svg"]
    return "\n\n".join(parts)


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
    photos = [[name, "camera", f"{size / 1e6:.1f} MB", "", f"`{digest[:16]}`"] for name, size, digest in facts.camera]
    note = (
        "The first 16 digits of SHA-256, of the file it comes from and of the PNG made from it; `1:2` means scaled "
        f"down by 2. {len(facts.inputs)} files in {len(CLASSES)} classes, those for packing without loss among them."
    )
    return note + "\n\n" + tables.table(["name", "class", "origin", "origin's hash", "hash"], [*rows, *photos], texts=5)
