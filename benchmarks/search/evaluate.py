"""Evaluate the search on pictures that nothing was learned from: encodings, hits, overshoot, and bytes in size mode.

Usage: python benchmarks/search/evaluate.py CORPUS [--codings C ...] [--effort N] [--against OLD_SEARCH.py]
[--cache FILE] [--size] [--fresh]

CORPUS is the folder of real pictures: photos/lossless as they are, photos/camera at half their size, and
screenshots, charts and icons, each cut to the middle 768 by 768 pixels. For every target the real encoder is searched;
a target counts as reachable where it lies between the scores of the lowest and the highest quality. Printed are: how
many pictures could reach the target; encodings (mean, 95th percentile, most); the share of scores from target to
target + 1.5 (hit), and the share of these and of files where one step of quality less fails (nearest); the share of
hits among the targets that some quality hits at all (of hittable: after a miss every quality around the target is
tried, outside the search); the mean score above the target; how many reachable targets no file was found for (unmet).

--against names an older engine/search.py, whose for_score runs beside on the same encodings. --size searches for
byte ceilings instead: those that the encoder needs at qualities in the middle of its scale, plus 1 %. --fresh takes
other pictures, which were not looked at while the search was made.
"""

from __future__ import annotations

import argparse
import importlib.util
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import curves
import numpy as np
from PIL import Image

from oimg.engine.codecs import CODECS, ENCODERS, detect
from oimg.engine.search import SLACK, Judge, Trial, for_bytes, for_score, shown
from oimg.engine.search.appearance import statistics
from oimg.engine.steps.color import fit_to
from oimg.words.images import DecodedImage, EncodeOptions, Format, Frame, Limits, Metadata

TARGETS: Final = (70.0, 80.0, 85.0, 90.0)
CLASSES: Final = {
    "photo": ("photos/lossless", 1),
    "camera": ("photos/camera", 2),
    "screen": ("graphics/screenshots", 1),
    "chart": ("graphics/lineart-charts", 1),
    "icon": ("graphics/icons-alpha", 1),
}
# Pictures that no constant of the search was chosen by.
FRESH: Final = {
    "gps": ("photos/gps", 2),
    "web": ("photos/webp-avif", 1),
    "heic": ("photos/heic", 2),
    "asset": ("graphics/webassets", 1),
}
_SIDE: Final = 768
# So many steps of quality beyond the crossing of a target are looked at for a hit.
_AROUND: Final = 4


def pictures(corpus: Path, classes: dict[str, tuple[str, int]] = CLASSES) -> Iterator[tuple[str, str, DecodedImage]]:
    """Give class, name and picture: 8 bits, at most a megapixel, without profile and metadata."""
    for kind, (folder, shrink) in classes.items():
        for path in sorted(each for each in (corpus / folder).iterdir() if each.is_file()):
            untrusted = path.read_bytes()
            codec = detect(untrusted[:64])
            image = CODECS[codec.format].decode(untrusted, Limits())
            pixels = shown(image, image.pixels)
            if shrink > 1:
                size = (pixels.shape[1] // shrink, pixels.shape[0] // shrink)
                pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
            top, left = (max(0, (side - _SIDE) // 2) for side in pixels.shape[:2])
            pixels = np.ascontiguousarray(pixels[top : top + _SIDE, left : left + _SIDE])
            yield kind, path.name, replace(image, frames=(Frame(pixels),), icc=b"", metadata=Metadata(), orientation=1)


@dataclass
class Recorded:
    """An encoder that really encodes, once a quality; its files are stand-ins that hold quality and length.

    `known` is bytes and score by quality, `tried` what the search under way has asked for.
    """

    image: DecodedImage
    coding: str
    effort: int
    known: dict[float, tuple[int, float]] = field(default_factory=dict)
    tried: list[float] = field(default_factory=list)

    @property
    def format(self) -> Format:
        """The format without the chroma."""
        return Format(self.coding.partition("-")[0])

    def at(self, quality: float) -> tuple[int, float]:
        """Bytes and score at a quality."""
        if quality not in self.known:
            codec = ENCODERS[self.format]
            data = codec.encode(self.image, curves.options(self.coding, quality, self.effort))
            judge = self.__dict__.setdefault("judge", Judge(self.image))
            self.known[quality] = len(data), judge.score(codec.decode(data, Limits()))
        return self.known[quality]

    def encode(self, options: EncodeOptions) -> bytes:
        """A stand-in of the right length."""
        self.tried.append(float(options.quality or 0))
        return str(options.quality).encode().ljust(self.at(float(options.quality or 0))[0])

    def score(self, quality: Any) -> float:
        """The score of a stand-in, decoded to its quality."""
        return self.at(quality)[1]

    def trial(self, kind: Any = Trial, **more: Any) -> Any:
        """Begin a search; `kind` is the class that its module takes."""
        format_ = self.format
        span = ENCODERS[format_].capabilities.qualities
        options = curves.options(self.coding, 0, self.effort)
        self.tried.clear()
        return kind(format_, options, span, self.encode, float, self, lambda: None, **more)


def facts(image: DecodedImage) -> dict[str, Any]:
    width, height = image.size
    return {"pixels": width * height, "statistics": statistics(shown(image, image.pixels))}


@dataclass(frozen=True, slots=True)
class Result:
    """What one search came to: `over` is the score above the target; the rest as the columns are called."""

    encodes: int
    over: float | None
    nearest: bool
    hittable: bool

    @property
    def hit(self) -> bool:
        """Whether the score lies in the window."""
        return self.over is not None and self.over <= SLACK


def row(results: list[Result]) -> str:
    met = np.array([each.over for each in results if each.over is not None])
    encodes = np.array([each.encodes for each in results])
    numbers = f"{encodes.mean():5.2f} {np.percentile(encodes, 95):4.0f} {encodes.max():4}"
    hits, nearest = (np.mean([getattr(each, name) for each in results]) for name in ("hit", "nearest"))
    hittable = [each.hit for each in results if each.hittable]
    of_hittable = np.mean(hittable) if hittable else 0.0
    over = met.mean() if met.size else 0.0
    unmet = len(results) - met.size
    return f"{len(results):5} {numbers}  {hits:6.1%}  {nearest:6.1%}      {of_hittable:6.1%}  {over:5.2f} {unmet:4}"


def scores(recorded: dict[tuple[str, str, str], Recorded], codings: list[str], older: Any, keep: Any) -> None:
    head = "    n encodes p95 most    hit  nearest of hittable   over unmet"
    classes: dict[str, tuple[list[Result], list[Result]]] = {}
    print(f"coding   class   target {head}" + (f" |{head} (older search)" if older else ""))
    for coding in codings:
        for target in TARGETS:
            rows: dict[str, tuple[list[Result], list[Result]]] = {}
            for (of, kind, _), each in recorded.items():
                low, high, _ = ENCODERS[each.format].capabilities.qualities
                if of != coding or not each.at(low)[1] <= target <= each.at(high)[1]:
                    continue
                new, old = rows.setdefault(kind, ([], []))
                new.append(_result(for_score(each.trial(**facts(each.image)), target), target, each))
                if older and coding != "jpeg-444":
                    old.append(_result(older.for_score(each.trial(older.Trial), target), target, each))
            every = [[each for pair in rows.values() for each in pair[which]] for which in (0, 1)]
            for kind, (new, old) in [*rows.items(), ("all", every)]:
                print(f"{coding:8} {kind:7} {target:6g} {row(new)}" + (f" |{row(old)}" if old else ""), flush=True)
            for kind, pair in rows.items():
                for which in (0, 1):
                    classes.setdefault(kind, ([], []))[which].extend(pair[which])
            keep()
    every = tuple([each for pair in classes.values() for each in pair[which]] for which in (0, 1))
    for kind, (new, old) in [*classes.items(), ("all", every)]:
        print(f"all      {kind:7}    all {row(new)}" + (f" |{row(old)}" if old else ""), flush=True)


def _result(found: Any, target: float, each: Recorded) -> Result:
    if found.best is None:
        return Result(found.encodes, None, False, _hittable(each, target))
    low, _, step = ENCODERS[each.format].capabilities.qualities
    over, below = found.best.score - target, found.best.options.quality - step
    hit = over <= SLACK
    nearest = hit or (below >= low and each.at(below)[1] < target)
    return Result(found.encodes, over, nearest, hit or _hittable(each, target))


def _hittable(each: Recorded, target: float) -> bool:
    """Whether some quality's score lies in the window: where curves cross it, from what is known, and a bit around."""
    low, high, step = ENCODERS[each.format].capabilities.qualities
    crossed = [quality for quality, (_, score) in each.known.items() if score < target]
    passed = [quality for quality, (_, score) in each.known.items() if score >= target]
    ends = (max(crossed, default=low), min(passed, default=high))
    first, last = max(low, min(ends) - _AROUND * step), min(high, max(ends) + _AROUND * step)
    steps = range(round((first - low) / step), round((last - low) / step) + 1)
    return any(target <= each.at(low + step * count)[1] <= target + SLACK for count in steps)


def sizes(recorded: dict[tuple[str, str, str], Recorded], codings: list[str]) -> None:
    print("coding   class       n encodes p95 most   within 3 %  unmet")
    for coding in codings:
        for kind in CLASSES:
            counts, shares = [], []
            for (of, its, _), each in recorded.items():
                if of != coding or its != kind:
                    continue
                for quality in (55.0, 72.0, 86.0):
                    ceiling = round(each.at(quality)[0] * 1.01)
                    found = for_bytes(each.trial(**facts(each.image)), ceiling, lambda data: data, floor=20)
                    counts.append(found.encodes)
                    shares.append(len(found.best.data) / ceiling if found.best else 0.0)
            if counts:
                within, unmet = np.mean(np.array(shares) >= 0.97), sum(share == 0 for share in shares)
                numbers = f"{np.mean(counts):5.2f} {np.percentile(counts, 95):4.0f} {max(counts):4}"
                print(f"{coding:8} {kind:7} {len(counts):5} {numbers}       {within:6.1%}   {unmet:4}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--codings", nargs="*", default=list(curves.QUALITIES))
    parser.add_argument("--effort", type=int, default=curves.USUAL_EFFORT)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--size", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    given = parser.parse_args()
    older = _module(given.against) if given.against else None
    kept = pickle.loads(given.cache.read_bytes()) if given.cache and given.cache.exists() else {}  # noqa: S301

    def keep() -> None:
        if given.cache:
            given.cache.write_bytes(pickle.dumps(kept))

    recorded = {}
    for kind, name, image in pictures(given.corpus, FRESH if given.fresh else CLASSES):
        for coding in given.codings:
            fitted = fit_to(image, ENCODERS[Format(coding.partition("-")[0])].capabilities, (255, 255, 255)).image
            known = kept.setdefault((coding, given.effort, name), {})
            recorded[coding, kind, name] = Recorded(fitted, coding, given.effort, known)
    if given.size:
        sizes(recorded, given.codings)
    else:
        scores(recorded, given.codings, older, keep)
    keep()


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("older_search", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
