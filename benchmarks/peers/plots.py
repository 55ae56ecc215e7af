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
from benchmarks.peers.curves import Point, bytes_at, geometric_mean
from benchmarks.peers.measure import OIMG, OWN, Aimed, Encoded
from benchmarks.peers.pictures import CLASSES
from benchmarks.peers.tables import FORMAT_NAMES

_OWN: Final = "#0b6e4f"
_SHADES: Final = ("#8cc5a8", _OWN, "#063a2a")
_GRAY: Final = "#888888"
_MOST: Final = 60  # percent; longer bars are cut, and their number is written into them
_GRID: Final = np.arange(60.0, 95.1, 2.5)


def draw(
    folder: Path, ratios: Sequence[Ratio], rows: Sequence[Encoded], aims: Sequence[Aimed], pixels: dict[str, int]
) -> list[tuple[str, str]]:
    """Write all plots; gives file names and what they show."""
    mpl.use("svg")
    mpl.rcParams.update(
        {
            "svg.hashsalt": "oimg",
            "svg.fonttype": "none",
            "font.size": 9,
            "savefig.facecolor": "white",  # opaque: legible on dark pages as well
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
    """Bits a pixel over score, geometric means of a class; a line ends where the first picture cannot follow."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - after the settings

    figure = Figure(figsize=(10, 3.9), layout="constrained")
    axes = figure.subplots(1, len(CLASSES))
    ladders = ladders_of(rows)
    tools = list(dict.fromkeys(tool for format_name, _, tool in ladders if format_name == name))
    for axis, kind in zip(axes, CLASSES, strict=True):
        for index, tool in enumerate(tools):
            line = _mean_bits(ladders.get((name, kind, tool), {}), pixels)
            style = "--" if tool == OWN else "-"
            axis.plot(_GRID, line, style, lw=1.3, color=_GRAY if tool == OWN else f"C{index}", label=tool)
        axis.plot(*_own_points(aims, name, kind, pixels), "o", ms=6, color=_OWN, mec="white", label=OIMG)
        axis.set(title=kind, xlabel="score", yscale="log")
        axis.grid(alpha=0.3, lw=0.6)
    axes[0].set_ylabel("bits a pixel")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncol=5, frameon=False)
    return figure


def _mean_bits(pictures: dict[str, list[Point]], pixels: dict[str, int]) -> list[float]:
    """Bits a pixel at the scores of the grid, NaN where a picture does not reach one: always the same pictures."""
    line = []
    for score in _GRID:
        found = [(bytes_at(points, float(score)), pixels[picture]) for picture, points in pictures.items()]
        bits = [8 * size / area for size, area in found if size is not None]
        line.append(geometric_mean(bits) if bits and len(bits) == len(pictures) else math.nan)
    return line


def _own_points(aims: Sequence[Aimed], name: str, kind: str, pixels: dict[str, int]) -> tuple[list[float], list[float]]:
    """Mean score and bits a pixel of OIMG's files for each target that all pictures met."""
    scores, bits = [], []
    for target in sorted({aim.target for aim in aims}):
        group = [aim for aim in aims if (aim.format, aim.kind, aim.target) == (name, kind, target)]
        met = [aim.score for aim in group if aim.bytes and aim.score is not None]
        if met and len(met) == len(group):
            scores.append(statistics.mean(met))
            bits.append(geometric_mean([8 * aim.bytes / pixels[aim.picture] for aim in group]))
    return scores, bits


def _bars(ratios: Sequence[Ratio]) -> Any:
    from matplotlib.figure import Figure  # noqa: PLC0415 - after the settings

    best = best_peers(ratios)
    names = [name for name in FORMAT_NAMES if any(key[0] == name for key in best)]
    targets = sorted({target for _, _, target in best})
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    axes = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    width = 0.8 / max(1, len(targets))
    for axis, name in zip(axes, names, strict=True):
        for step, target in enumerate(targets):
            found = [best.get((name, kind, target)) for kind in CLASSES]
            heights = [100 * (each.ratio - 1) if each else math.nan for each in found]
            places = [index + step * width for index in range(len(CLASSES))]
            axis.bar(places, heights, width, label=f"target {target:g}", color=_SHADES[step % 3])
            for place, height in zip(places, heights, strict=True):
                if height > _MOST:
                    axis.text(place, _MOST, f"{height:+.0f}", ha="center", va="top", rotation=90, fontsize=8)
        axis.axhline(0, color="black", lw=0.8)
        axis.grid(axis="y", alpha=0.3, lw=0.6)
        axis.set_xticks([index + 0.4 - width / 2 for index in range(len(CLASSES))], CLASSES, rotation=35, ha="right")
        axis.set_title(FORMAT_NAMES[name])
    axes[0].set_ylim(-_MOST, _MOST)
    axes[0].set_ylabel("% more bytes than the best peer")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncol=3, frameon=False)
    return figure
