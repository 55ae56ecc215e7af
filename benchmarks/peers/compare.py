"""What the measurements say: OIMG's bytes over those of each peer, at equal score and at an equal floor."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.curves import Floor, Point, bytes_at, floor_of, geometric_mean
from benchmarks.peers.measure import OWN, Aimed, Encoded


@dataclass(frozen=True, slots=True)
class Ratio:
    """OIMG's bytes over a peer's at the score of each of OIMG's files: geometric mean of `pictures`.

    `beyond` counts pictures where the peer has no quality that scores as high; they are in no mean.
    """

    format: str
    kind: str
    target: float
    tool: str
    ratio: float
    pictures: int
    beyond: int
    worst_picture: str
    worst_ratio: float


@dataclass(frozen=True, slots=True)
class FloorRow:
    """Bytes of a set with its worst score: OIMG for a target, and a peer at its lowest quality that keeps the floor."""

    format: str
    kind: str
    target: float
    tool: str
    floor: Floor | None
    oimg_bytes: int
    oimg_worst: float
    pictures: int

    @property
    def ratio(self) -> float | None:
        """OIMG's bytes over the peer's."""
        return self.oimg_bytes / self.floor.bytes if self.floor else None


def ladders_of(rows: Sequence[Encoded]) -> dict[tuple[str, str, str], dict[str, list[Point]]]:
    """Points by (format, class, tool) and picture."""
    found: dict[tuple[str, str, str], dict[str, list[Point]]] = {}
    for row in rows:
        if row.score is not None and row.bytes:
            pictures = found.setdefault((row.format, row.kind, row.tool), {})
            pictures.setdefault(row.picture, []).append(Point(row.quality, row.bytes, row.score))
    return found


def _met(aims: Sequence[Aimed], name: str, kind: str, target: float) -> list[Aimed]:
    return [
        aim
        for aim in aims
        if (aim.format, aim.kind, aim.target) == (name, kind, target) and aim.score is not None and aim.bytes
    ]


def at_equal_score(rows: Sequence[Encoded], aims: Sequence[Aimed]) -> list[Ratio]:
    """Hold each of OIMG's files against every peer's curve of the same picture."""
    found = []
    targets = sorted({aim.target for aim in aims})
    for (name, kind, tool), pictures in ladders_of(rows).items():
        for target in targets:
            ratios, beyond = {}, 0
            for aim in _met(aims, name, kind, target):
                size = bytes_at(pictures.get(aim.picture, []), aim.place)
                if size is None:
                    beyond += 1
                else:
                    ratios[aim.picture] = aim.bytes / size
            if ratios or beyond:
                worst = max(ratios, key=lambda picture: ratios[picture], default="")
                mean = geometric_mean(list(ratios.values()))
                found.append(
                    Ratio(name, kind, target, tool, mean, len(ratios), beyond, worst, ratios.get(worst, float("nan")))
                )
    return found


def at_equal_floor(rows: Sequence[Encoded], aims: Sequence[Aimed]) -> list[FloorRow]:
    """Hold the bytes of a class against every peer at one quality; pictures that OIMG cannot bring there are out."""
    found = []
    targets = sorted({aim.target for aim in aims})
    for (name, kind, tool), pictures in ladders_of(rows).items():
        for target in targets:
            met = [aim for aim in _met(aims, name, kind, target) if aim.picture in pictures]
            if met:
                floor = floor_of([pictures[aim.picture] for aim in met], target)
                worst = min(aim.score or 0.0 for aim in met)
                total = sum(aim.bytes for aim in met)
                found.append(FloorRow(name, kind, target, tool, floor, total, worst, len(met)))
    return found


def best_peers(ratios: Sequence[Ratio]) -> dict[tuple[str, str, float], Ratio]:
    """The peer that needs the fewest bytes, by format, class and target; one that most pictures can be read of."""
    best: dict[tuple[str, str, float], Ratio] = {}
    for ratio in ratios:
        key = (ratio.format, ratio.kind, ratio.target)
        fair = ratio.tool != OWN and ratio.pictures > ratio.beyond
        if fair and (key not in best or ratio.ratio > best[key].ratio):
            best[key] = ratio
    return best


def tightest_floors(floors: Sequence[FloorRow]) -> dict[tuple[str, str, float], float]:
    """OIMG's bytes over the fewest of any tool at one quality, its own encoders included: by format, class, target."""
    tightest: dict[tuple[str, str, float], float] = {}
    for row in floors:
        if row.ratio is not None:
            key = (row.format, row.kind, row.target)
            tightest[key] = max(row.ratio, tightest.get(key, 0.0))
    return tightest


@dataclass(frozen=True, slots=True)
class Hit:
    """How OIMG met a target: how many pictures came out, how near, and how far its own score was from ours."""

    format: str
    kind: str
    target: float
    pictures: int
    made: int
    lossy: int
    within: int
    below: int
    overshoot: float
    told_wrong: float


def hits(aims: Sequence[Aimed], slack: float = 1.5) -> list[Hit]:
    """Count results that meet their target, by format, class and target; `within` counts lossy ones up to slack.

    Lossy are those with a quality, which was searched for; a palette packed without loss, taken because it is smaller
    still, scores as it does.
    """
    found = []
    for name, kind, target in sorted({(aim.format, aim.kind, aim.target) for aim in aims}):
        group = [aim for aim in aims if (aim.format, aim.kind, aim.target) == (name, kind, target)]
        met = _met(group, name, kind, target)
        lossy = [aim.score for aim in met if aim.score is not None and aim.score < 100 and aim.quality is not None]
        wrong = [abs(aim.told - aim.score) for aim in group if aim.told is not None and aim.score is not None]
        found.append(
            Hit(
                name, kind, target, len(group), len(met), len(lossy),
                sum(target <= score <= target + slack for score in lossy),
                sum(score < target - 0.005 for score in lossy),
                statistics.median([score - target for score in lossy]) if lossy else 0.0,
                max(wrong, default=0.0),
            )
        )  # fmt: skip
    return found


def curve_error(rows: Sequence[Encoded]) -> tuple[float, float, int]:
    """How wrong the bytes of refined points would have been without them: median, 90th percentile, number."""
    coarse = ladders_of([row for row in rows if not row.refined])
    errors = []
    for row in rows:
        if row.refined and row.score is not None and row.bytes:
            points = coarse.get((row.format, row.kind, row.tool), {}).get(row.picture, [])
            read = bytes_at(points, row.score)
            if read is not None:
                errors.append(read / row.bytes - 1)
    if not errors:
        return 0.0, 0.0, 0
    sizes = sorted(map(abs, errors))
    return statistics.median(errors), sizes[int(0.9 * (len(sizes) - 1))], len(errors)
