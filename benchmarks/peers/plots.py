"""The plots of docs/benchmarks.md, as small SVG files."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from benchmarks.peers.compare import Ratio, best_peers, ladders_of
from benchmarks.peers.curves import bytes_at
from benchmarks.peers.measure import OIMG, Aimed, Encoded
from benchmarks.peers.pictures import CLASSES
from benchmarks.peers.tables import FORMAT_NAMES

_OWN: Final = "#0b6e4f"
_GRID: Final = np.arange(40.0, 95.0, 2.5)


def draw(
    folder: Path, ratios: Sequence[Ratio], rows: Sequence[Encoded], aims: Sequence[Aimed], pixels: dict[str, int]
) -> list[tuple[str, str]]:
    """Write all plots; gives file names and what they show."""
    mpl.use("svg")
    mpl.rcParams.update(
        {
            "svg.hashsalt": "oimg",
            "svg.fonttype": "none",
            "font.size": 8,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name in dict.fromkeys(row.format for row in rows):
        title = FORMAT_NAMES[name]
        _save(_curves(rows, aims, name, pixels), folder / f"curves-{name}.svg")
        made.append((f"curves-{name}.svg", f"{title}: bits a pixel over score, by class"))
    _save(_bars(ratios), folder / "equal-score.svg")
    made.insert(0, ("equal-score.svg", "OIMG's bytes over the best peer's at equal score"))
    return made


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None})


def _curves(rows: Sequence[Encoded], aims: Sequence[Aimed], name: str, pixels: dict[str, int]) -> Any:
    """Median bits a pixel over the pictures that reach a score, where that is at least half of them."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - after the settings

    figure = Figure(figsize=(9, 2.6), layout="constrained")
    axes = figure.subplots(1, len(CLASSES))
    ladders = ladders_of(rows)
    for axis, kind in zip(axes, CLASSES, strict=True):
        for (format_name, class_name, tool), pictures in ladders.items():
            if (format_name, class_name) != (name, kind):
                continue
            line = []
            for score in _GRID:
                found = [
                    (bytes_at(points, score), pixels[picture])
                    for picture, points in pictures.items()
                    if min(point.score for point in points) <= score
                ]
                bits = [8 * size / area for size, area in found if size is not None]
                line.append(statistics.median(bits) if 2 * len(bits) >= len(pictures) else math.nan)
            axis.plot(_GRID, line, lw=1, label=tool)
        axis.plot(*_own_points(aims, name, kind, pixels), "o", ms=4, color=_OWN, label=OIMG)
        axis.set(title=kind, xlabel="score", yscale="log")
    axes[0].set_ylabel("bits a pixel")
    axes[0].legend(fontsize=5)
    return figure


def _own_points(aims: Sequence[Aimed], name: str, kind: str, pixels: dict[str, int]) -> tuple[list[float], list[float]]:
    """Median score and bits a pixel of OIMG's files for each target."""
    scores, bits = [], []
    for target in sorted({aim.target for aim in aims}):
        met = [
            aim
            for aim in aims
            if (aim.format, aim.kind, aim.target) == (name, kind, target) and aim.bytes and aim.score is not None
        ]
        if met:
            scores.append(statistics.median(aim.score for aim in met if aim.score is not None))
            bits.append(statistics.median(8 * aim.bytes / pixels[aim.picture] for aim in met))
    return scores, bits


def _bars(ratios: Sequence[Ratio]) -> Any:
    from matplotlib.figure import Figure  # noqa: PLC0415 - after the settings

    figure = Figure(figsize=(9, 2.8), layout="constrained")
    axis = figure.subplots()
    best = best_peers(ratios)
    targets = sorted({target for _, _, target in best})
    groups = [(name, kind) for name in FORMAT_NAMES for kind in CLASSES]
    width = 0.8 / max(1, len(targets))
    for step, target in enumerate(targets):
        places = [index + step * width for index in range(len(groups))]
        found = [best.get((name, kind, target)) for name, kind in groups]
        heights = [100 * (each.ratio - 1) if each else 0.0 for each in found]
        axis.bar(places, heights, width, label=f"target {target:g}", color=("#8cc5a8", _OWN, "#063a2a")[step % 3])
    axis.axhline(0, color="black", lw=0.8)
    axis.set_xticks([index + 0.4 for index in range(len(groups))])
    labels = [f"{FORMAT_NAMES[name].removesuffix(' in few colours')}\n{kind}" for name, kind in groups]
    axis.set_xticklabels(labels, fontsize=5)
    axis.set_ylabel("% of bytes, below 0 is a gain")
    axis.legend(fontsize=6)
    return figure
