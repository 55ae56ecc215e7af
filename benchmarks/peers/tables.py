"""The tables of docs/benchmarks.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from benchmarks.peers.compare import FloorRow, Hit, Ratio
from benchmarks.peers.curves import geometric_mean
from benchmarks.peers.measure import OIMG, Packed
from benchmarks.peers.pictures import CLASSES
from benchmarks.peers.timing import Timed, spread

Row = TypeVar("Row", Ratio, FloorRow)

FORMAT_NAMES: Final = {"jpeg": "JPEG", "webp": "WebP", "avif": "AVIF", "jxl": "JPEG XL", "png": "PNG in few colours"}
# Ratios that round to 1.00 are neither gain nor loss.
EVEN: Final = 1.005
NONE: Final = "-"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    """A Markdown table; columns after the first `texts` ones are numbers and go to the right."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * texts + "---:|" * (len(head) - texts)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def ratio_text(ratio: float | None) -> str:
    """Two decimals, in bold where it is a loss."""
    if ratio is None or math.isnan(ratio):
        return NONE
    return f"**{ratio:.2f}**" if ratio >= EVEN else f"{ratio:.2f}"


def bold_unless(*, holds: bool) -> str:
    """Whether a claim holds."""
    return "yes" if holds else "**no**"


def overview(cells: Mapping[tuple[str, str, float], float], targets: Sequence[float]) -> str:
    """Formats down, classes across: a ratio to the best peer for each target."""
    rows = [
        [title, *(" / ".join(ratio_text(cells.get((name, kind, target))) for target in targets) for kind in CLASSES)]
        for name, title in FORMAT_NAMES.items()
        if any(key[0] == name for key in cells)
    ]
    marks = " / ".join(f"{target:g}" for target in targets)
    return table(["format", *(f"{kind} {marks}" for kind in CLASSES)], rows)


def equal_score(ratios: Sequence[Ratio], name: str) -> str:
    """One table a format: peers down, classes across, a ratio for each target."""
    return _by_class(ratios, name, _score_cell)


def _score_cell(ratio: Ratio) -> str:
    partly = f" ({ratio.pictures} of {ratio.pictures + ratio.beyond})" if ratio.beyond else ""
    return ratio_text(ratio.ratio if ratio.pictures else None) + partly


def equal_floor(rows: Sequence[FloorRow], name: str) -> str:
    """One table a format: ratios of bytes, and the quality that the peer needs."""
    return _by_class(rows, name, _floor_cell)


def _floor_cell(row: FloorRow) -> str:
    return f"{ratio_text(row.ratio)} (q {row.floor.quality:g})" if row.floor else "never"


def _by_class(rows: Sequence[Row], name: str, cell: Callable[[Row], str]) -> str:
    chosen = {(row.tool, row.kind, row.target): row for row in rows if row.format == name}
    targets = sorted({target for _, _, target in chosen})
    lines: list[list[str]] = []
    for tool in dict.fromkeys(tool for tool, _, _ in chosen):
        cells: list[str] = []
        for kind in CLASSES:
            found = [chosen.get((tool, kind, target)) for target in targets]
            cells.append(" / ".join(NONE if each is None else cell(each) for each in found))
        lines.append([tool, *cells])
    marks: str = " / ".join(f"{target:g}" for target in targets)
    return table(["peer", *(f"{kind} {marks}" for kind in CLASSES)], lines)


def hit_table(hits: Sequence[Hit]) -> str:
    """How OIMG met its targets."""
    rows = [
        [
            f"{FORMAT_NAMES[hit.format]}, {hit.kind}", f"{hit.target:g}", f"{hit.made} of {hit.pictures}",
            str(hit.lossy), str(hit.within), str(hit.below), f"{hit.overshoot:+.2f}", f"{hit.told_wrong:.3f}",
        ]
        for hit in hits
    ]  # fmt: skip
    head = ["format, class", "target", "made", "searched", "within +1.5", "below", "median over", "told less measured"]
    return table(head, rows)


def packed_table(rows: Sequence[Packed]) -> str:
    """Bytes left of PNG files packed without loss, by class, and processor seconds for all."""
    lines = []
    for tool in dict.fromkeys(row.tool for row in rows):
        mine = [row for row in rows if row.tool == tool]
        cells = [_left(mine, rows, kind) for kind in CLASSES]
        changed = sum(row.score is None or row.score < 100 for row in mine)
        lines.append([tool, *cells, str(changed), f"{mine[0].cpu:.1f}"])
    return table(["packer", *CLASSES, "changed or missing", "CPU s"], lines)


def _left(mine: Sequence[Packed], rows: Sequence[Packed], kind: str) -> str:
    """OIMG: its share of the source's bytes; a peer: OIMG's bytes over the peer's, as everywhere."""
    own = {row.picture: row.bytes for row in rows if row.tool == OIMG and row.kind == kind}
    group = [row for row in mine if row.kind == kind and row.bytes and row.score == 100]
    if not group:
        return NONE
    if group[0].tool == OIMG:
        return f"{geometric_mean([row.bytes / row.before for row in group]):.3f} of the source"
    return ratio_text(geometric_mean([own[row.picture] / row.bytes for row in group if own.get(row.picture)]))


def timing_table(rows: Sequence[Timed]) -> str:
    """A batch: medians with ranges, and OIMG's wall time over each."""
    own = next(row for row in rows if row.tool == OIMG)
    lines = []
    for row in rows:
        wall, cpu, peak = spread(row.wall), spread(row.cpu), spread(row.peak)
        lines.append(
            [
                entrant(row),
                f"{wall[0] / row.pictures:.2f} ({wall[1] / row.pictures:.2f} to {wall[2] / row.pictures:.2f})",
                f"{cpu[0] / row.pictures:.2f}",
                NONE if row is own else ratio_text(spread(own.wall)[0] / wall[0]),
                f"{peak[0] / 2**20:.0f}",
                f"{row.start / 2**20:.0f}" if row.start else NONE,  # over before it was looked at
                f"{row.bytes / 1e6:.2f}",
                NONE if row.worst is None else f"{row.worst:.1f}",
                NONE if row.share is None else f"{row.share:.0%}",
            ]
        )
    head = ["tool", "wall s a picture", "CPU s a picture", "OIMG's wall ÷ its", "peak MiB", "idle MiB", "MB"]
    return table([*head, "worst", "at the floor"], lines)


def entrant(row: Timed) -> str:
    """A tool with the quality that it ran at, if it has one."""
    return row.tool if row.quality is None or row.share is None else f"{row.tool} at {row.quality:g}"
