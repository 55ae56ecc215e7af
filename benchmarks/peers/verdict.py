"""The claims that the benchmark is there to prove or to refute, each with what was measured."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from benchmarks.peers.compare import FloorRow, Ratio, at_equal_floor, at_equal_score, best_peers, hits, tightest_floors
from benchmarks.peers.curves import geometric_mean
from benchmarks.peers.measure import OIMG, Aimed, Encoded
from benchmarks.peers.results import Results
from benchmarks.peers.tables import EVEN, bold_unless, table
from benchmarks.peers.timing import CAMERA_JOB, spread

_GOAL_AT_FLOOR: Final = 0.85
_GOAL_HITS: Final = 0.95
_GOAL_ENCODES: Final = 2.3
_GOAL_OVERHEAD: Final = 1.10
_GOAL_TOLD: Final = 0.1


def verdict(results: Results, ratios: Sequence[Ratio], floors: Sequence[FloorRow]) -> str:
    """A table: what is claimed, what was measured, whether it holds."""
    unseen = results.facts.unseen
    rows = [
        _bytes("all pictures", ratios),
        *([_bytes("unseen pictures", _ratios_of(results, unseen))] if unseen else []),
        _floor("all pictures", floors),
        *([_floor("unseen pictures", _floors_of(results, unseen))] if unseen else []),
        *_camera(results),
        *_budgets(results),
        *_hits("all pictures", results.aimed),
        *_hits("unseen pictures", [aim for aim in results.aimed if aim.picture in unseen]),
        *_encodes(results),
        *_told(results.aimed),
    ]
    return table(["claim", "measured", "holds"], rows, texts=3)


def _ratios_of(results: Results, names: Collection[str]) -> list[Ratio]:
    rows, aims = _only(results, names)
    return at_equal_score(rows, aims)


def _floors_of(results: Results, names: Collection[str]) -> list[FloorRow]:
    rows, aims = _only(results, names)
    return at_equal_floor(rows, aims)


def _only(results: Results, names: Collection[str]) -> tuple[list[Encoded], list[Aimed]]:
    return (
        [row for row in results.encoded if row.picture in names],
        [aim for aim in results.aimed if aim.picture in names],
    )


def _bytes(whose: str, ratios: Sequence[Ratio]) -> list[str]:
    best = best_peers(ratios).values()
    even = sum(each.ratio < EVEN for each in best)
    mean = geometric_mean([each.ratio for each in best])
    measured = f"{even} of {len(best)} cells of format, class and target; geometric mean of their ratios {mean:.2f}"
    return [f"Bytes at equal score ≤ the best peer's, {whose}", measured, bold_unless(holds=even == len(best))]


def _floor(whose: str, floors: Sequence[FloorRow]) -> list[str]:
    tightest = list(tightest_floors(floors).values())
    ahead = sum(ratio <= _GOAL_AT_FLOOR for ratio in tightest)
    measured = f"{ahead} of {len(tightest)} cells; geometric mean of their ratios {geometric_mean(tightest):.2f}"
    claim = f"Bytes at an equal floor ≤ 0.85 of the best fixed quality of any tool, {whose}"
    return [claim, measured, bold_unless(holds=ahead == len(tightest))]


def _camera(results: Results) -> list[list[str]]:
    rows = [row for row in results.timed if row.job == CAMERA_JOB]
    own = next((row for row in rows if row.tool == OIMG), None)
    found = []
    for row in rows if own else ():
        if row.tool == "sharp, mozjpeg" and own:
            wall, size = spread(own.wall)[0] / spread(row.wall)[0], own.bytes / row.bytes
            keeps = "at the same floor" if row.share == own.share else f"which keeps the floor in {row.share:.0%}"
            claim = (
                f"JPEG batch at score 80: faster and smaller than sharp's mozjpeg at quality {row.quality:g}, {keeps}"
            )
            measured = (
                f"{wall:.2f} of the time, {size:.2f} of the bytes; lowest scores {own.worst:.1f}, {row.worst:.1f}"
            )
            found.append([claim, measured, bold_unless(holds=wall < 1 and size < 1)])
    return found


def _budgets(results: Results) -> list[list[str]]:
    """By what `benchmarks/batch.py` and `benchmarks/memory.py` printed."""
    rows = []
    for _, told in results.facts.budgets:
        printed = re.search(r"^(?:share .*, )?ratio (\d+\.\d+)$", told, re.MULTILINE)
        if printed:
            ratio = float(printed[1])
            claim = "Batch: wall ≤ 1.10 of (native codec and metric time ÷ cores)"
            rows.append([claim, f"{ratio:.3f}", bold_unless(holds=ratio <= _GOAL_OVERHEAD)])
        printed = re.search(r"^peak (\d+) MiB, .* limit (\d+) MiB$", told, re.MULTILINE)
        if printed:
            peak, limit = int(printed[1]), int(printed[2])
            measured = f"{peak} of {limit} MiB, ratio {peak / limit:.2f}"
            rows.append(
                ["Memory of a batch of large photos stays under the limit", measured, bold_unless(holds=peak <= limit)]
            )
    return rows


def _hits(whose: str, aims: Sequence[Aimed]) -> list[list[str]]:
    counted = [hit for hit in hits(aims) if hit.format != "png"]
    lossy = sum(hit.lossy for hit in counted)
    if not lossy:
        return []
    within, below = sum(hit.within for hit in counted), sum(hit.below for hit in counted)
    measured = f"{within} of {lossy} ({within / lossy:.1%}); below the target: {below}"
    claim = f"Lossy files score from the target to 1.5 above it in ≥ 95 %, {whose}"
    return [[claim, measured, bold_unless(holds=within >= _GOAL_HITS * lossy)]]


def _encodes(results: Results) -> list[list[str]]:
    counts = [row.encodes for row in results.searched]
    if not counts:
        return []
    mean = sum(counts) / len(counts)
    whose = "unseen pictures" if results.facts.unseen else "all pictures"
    measured = f"{mean:.2f} in the mean of {len(counts)} searches, {max(counts)} at the most"
    claim = f"Encodings that a search takes: ≤ 2.3 on average, ≤ 5 ever, {whose}"
    return [[claim, measured, bold_unless(holds=mean <= _GOAL_ENCODES and max(counts) <= 5)]]


def _told(aims: Sequence[Aimed]) -> list[list[str]]:
    wrong = [abs(aim.told - aim.plain) for aim in aims if aim.told is not None and aim.plain is not None]
    if not wrong:
        return []
    claim = "Reported score within 0.1 of an independent float64 evaluation, unseen pictures"
    return [[claim, f"{max(wrong):.4f} at the most, {len(wrong)} files", bold_unless(holds=max(wrong) <= _GOAL_TOLD)]]
