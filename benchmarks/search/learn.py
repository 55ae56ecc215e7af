"""Learn the priors of the search, src/oimg/engine/search/priors.json, from the pictures of `training.py`.

Usage: python benchmarks/search/learn.py FOLDER CURVES.npz [CODING…]   (FOLDER holds the unpacked packages that
training.tsv names; curves are measured once, which takes some twenty CPU minutes, and kept in CURVES.npz; those of
the codings that are named, such as avif, are measured anew)

For every coding it prints the share of the variance of scores that the factors explain, and how many encodings the
search would need on the training pictures themselves when the prior is learned from the other source files (five
folds, curves interpolated). For pictures never seen, run evaluate.py.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import curves
import numpy as np
import numpy.typing as npt
from training import LIST, Picture, pictures

from oimg.engine.codecs import ENCODERS
from oimg.engine.search import SLACK, Judge, for_score, trial
from oimg.engine.search import prior as prior_module
from oimg.engine.search.appearance import STATISTICS, statistics
from oimg.engine.search.belief import Belief
from oimg.engine.search.prior import Prior, distance
from oimg.words.images import Format

FACTORS: Final = 7
FOLDS: Final = 5
# How far what the factors leave of a curve goes together, in steps of the grid; standard deviations of distance and
# density between neighbouring qualities. Chosen by the cross-validation below.
REACH: Final = 3.0
JITTER: Final = (0.015, 0.006)
EVERY: Final = 10  # other efforts are measured on every tenth picture
_ROUNDS: Final = 300
Floats = npt.NDArray[np.float64]
Key = tuple[str, str, int]


def measure_all(training: list[Picture], codings: Collection[str]) -> dict[Key, curves.Curve]:
    found: dict[Key, curves.Curve] = {}
    for index, picture in enumerate(training):
        image = curves.still(picture.pixels)
        judge = Judge(image)
        for coding in codings:
            grid = curves.QUALITIES[coding]
            found[picture.name, coding, curves.USUAL_EFFORT] = curves.measure(image, judge, coding, grid)
            for effort in curves.EFFORTS.get(coding, ()) if index % EVERY == 4 else ():
                found[picture.name, coding, effort] = curves.measure(image, judge, coding, grid[2::3], effort)
        print(f"{index + 1} of {len(training)}", file=sys.stderr)
    return found


def factor_analysis(data: Floats, count: int) -> tuple[Floats, Floats, Floats]:
    """Mean (n,), loadings (n, count) and variances of the rest (n,) of rows of numbers, by maximum likelihood.

    Expectation maximization after Rubin and Thayer, "EM algorithms for ML factor analysis" (1982).
    """
    mean = data.mean(axis=0)
    scale = data.std(axis=0) + 1e-9
    known = (data - mean) / scale
    covariance = known.T @ known / len(known)
    values, vectors = np.linalg.eigh(covariance)
    loadings = vectors[:, -count:] * np.sqrt(np.maximum(values[-count:], 1e-6))
    rest = np.maximum(1 - (loadings**2).sum(axis=1), 0.01)
    for _ in range(_ROUNDS):
        weighted = loadings / rest[:, np.newaxis]
        spread = np.linalg.inv(np.eye(count) + loadings.T @ weighted)
        gain = spread @ weighted.T
        cross = covariance @ gain.T
        loadings = cross @ np.linalg.inv(spread + gain @ cross)
        rest = np.maximum(np.diag(covariance) - (loadings * cross).sum(axis=1), 2e-3)
    return mean, loadings * scale[:, np.newaxis], rest * scale**2


def learned(coding: str, seen: list[Floats], measured: list[curves.Curve]) -> dict[str, Any]:
    """The prior of a coding as the data file holds it; rows of statistics go with curves."""
    rows = np.array(
        [
            np.concatenate([known, distance(each.scores), each.densities])
            for known, each in zip(seen, measured, strict=True)
        ]
    )
    mean, loadings, rest = factor_analysis(rows, FACTORS)
    bounds = np.cumsum([len(STATISTICS), len(curves.QUALITIES[coding])])
    parts = [slice(0, bounds[0]), slice(bounds[0], bounds[1]), slice(bounds[1], None)]
    groups = {
        name: {
            "mean": _rounded(mean[part]),
            "loadings": _rounded(loadings[part]),
            "rest": _rounded(np.sqrt(rest[part])),
        }
        for name, part in zip(("statistics", "distance", "density"), parts, strict=True)
    }
    return {
        "qualities": list(curves.QUALITIES[coding]),
        **groups,
        "reach": REACH,
        "jitter": list(JITTER),
        "efforts": {},
    }


def _rounded(values: Floats) -> Any:
    return np.round(values, 4).tolist()


def moved(coding: str, measured: dict[Key, curves.Curve]) -> dict[str, Any]:
    """How distance and density of other efforts differ in the mean, at every quality of the grid."""
    found = {}
    grid = curves.QUALITIES[coding]
    for effort in curves.EFFORTS.get(coding, ()):
        pairs = [
            (each, measured[name, coding, curves.USUAL_EFFORT])
            for (name, of, at), each in measured.items()
            if of == coding and at == effort
        ]
        if not pairs:
            continue
        few = grid[2::3]
        far = np.mean([distance(a.scores) - distance(b.scores[2::3]) for a, b in pairs], axis=0)
        dense = np.mean([a.densities - b.densities[2::3] for a, b in pairs], axis=0)
        found[effort] = {
            name: _rounded(np.interp(grid, few, each)) for name, each in (("distance", far), ("density", dense))
        }
    return _for_all_efforts(found)


def _for_all_efforts(found: dict[int, Any]) -> dict[str, Any]:
    """An effort that was not measured has the encoder setting of the one before."""
    result = {}
    for effort in range(11):
        known = [each for each in (*found, curves.USUAL_EFFORT) if each <= effort]
        nearest = max(known, default=min(found, default=curves.USUAL_EFFORT))
        if nearest in found:
            result[str(effort)] = found[nearest]
    return result


class Replay:
    """An encoder that gives back a measured curve, interpolated: a file is its own quality, of the right length."""

    def __init__(self, curve: curves.Curve, coding: str, known: Floats) -> None:
        self.curve, self.coding, self.known = curve, coding, known

    def score(self, quality: Any) -> float:
        """What was measured, or between what was."""
        return float(np.interp(quality, self.curve.qualities, self.curve.scores))

    def trial(self) -> trial.Trial:
        """A trial whose files hold their quality."""
        format_ = Format(self.coding.partition("-")[0])
        pixels = 10_000

        def encode(options: Any) -> bytes:
            density = np.interp(options.quality, self.curve.qualities, self.curve.densities)
            return str(options.quality).encode().ljust(round(pixels * np.exp(density)))

        return trial.Trial(
            format_,
            curves.options(self.coding, 0),
            ENCODERS[format_].capabilities.qualities,
            encode,
            float,  # type: ignore[arg-type]
            self,  # type: ignore[arg-type]
            lambda: None,
            pixels=pixels,
            statistics=self.known,
        )


def cross_validated(coding: str, training: list[Picture], known: list[Floats], measured: list[curves.Curve]) -> None:
    """Print encodings and hits where the prior comes from other source files than the picture."""
    fold = [int(hashlib.sha256(each.group.encode()).hexdigest(), 16) % FOLDS for each in training]
    counts: dict[float, list[tuple[int, bool, float]]] = {target: [] for target in (60.0, 70.0, 80.0, 85.0, 90.0)}
    for this in range(FOLDS):
        rest = [index for index, each in enumerate(fold) if each != this]
        data = learned(coding, [known[i] for i in rest], [measured[i] for i in rest])
        prior = as_prior(data)
        for index in (i for i, each in enumerate(fold) if each == this):
            replay = Replay(measured[index], coding, known[index])
            for target, results in counts.items():
                low, high, _ = replay.trial().qualities
                if not replay.score(low) <= target <= replay.score(high):
                    continue
                belief = Belief(prior, replay.trial().qualities, known[index])
                found = for_score(replay.trial(), target, belief=belief)
                score = found.best.score if found.best else None
                over = (score or 0.0) - target
                results.append((found.encodes, 0 <= over <= SLACK, over))
    for target, results in counts.items():
        encodes, hits, over = (np.array(column, float) for column in zip(*results, strict=True))
        facts = f"{encodes.mean():.2f} encodes, p95 {np.percentile(encodes, 95):.0f}, most {encodes.max():.0f}"
        rates = f"hit {hits.mean():.1%}, over {over.mean():.2f}, at first {np.mean(encodes == 1):.0%}"
        print(f"  {coding:8} target {target:g}: {len(results):3} pictures, {facts}, {rates}")


def as_prior(data: dict[str, Any]) -> Prior:
    groups = [prior_module.group(data[name]) for name in ("statistics", "distance", "density")]
    return Prior(np.array(data["qualities"], float), *groups, float(data["reach"]), tuple(data["jitter"]))


def load(path: Path) -> dict[Key, curves.Curve]:
    found: dict[Key, curves.Curve] = {}
    with np.load(path) as stored:
        for key in stored.files:
            name, coding, effort = key.split("|")
            found[name, coding, int(effort)] = curves.Curve(*stored[key])
    return found


def save(path: Path, measured: dict[Key, curves.Curve]) -> None:
    arrays = {
        f"{name}|{coding}|{effort}": np.array([each.qualities, each.scores, each.densities])
        for (name, coding, effort), each in measured.items()
    }
    np.savez_compressed(path, **arrays)


def main() -> None:
    folder, kept, again = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    training = pictures(folder)
    measured = load(kept) if kept.exists() else {}
    if codings_to_measure := again if measured else list(curves.QUALITIES):
        measured |= measure_all(training, codings_to_measure)
        save(kept, measured)
    known = [statistics(each.pixels) for each in training]
    codings = {}
    for coding in curves.QUALITIES:
        usual = [measured[each.name, coding, curves.USUAL_EFFORT] for each in training]
        cross_validated(coding, training, known, usual)
        codings[coding] = {**learned(coding, known, usual), "efforts": moved(coding, measured)}
    about = {
        "script": "benchmarks/search/learn.py",
        "pictures": f"{len(training)}, listed with package, version, licence and hash in benchmarks/search/{LIST.name}",
        "list_sha256": hashlib.sha256(LIST.read_bytes()).hexdigest(),
        "encoders": {name: version(name) for name in ("Pillow", "pyjpegli", "pillow-avif-plugin", "pillow-jxl-plugin")},
    }
    target = Path(prior_module.__file__).with_name("priors.json")
    text = json.dumps({"about": about, "codings": codings}, separators=(",", ":"))
    target.write_text(text.replace('},"', '},\n"') + "\n")
    print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
