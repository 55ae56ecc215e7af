"""Learn how many bytes the formats of `auto` take beside one another, and what is lost by trying only the likely ones.

Usage: python benchmarks/search/auto.py CORPUS TABLE        (the tables in engine/forecast.py)
       python benchmarks/search/auto.py CORPUS TABLE check  (auto beside every format, for real)

The first measures every picture of the folders below, at most 1200 pixels wide and high, photos that were coded with
loss before at most 1000, in every format at three targets, and adds a line of JSON to TABLE for each (what is there is
not measured again). Then it fits a normal distribution to the logarithms of bytes a pixel of each kind of
picture, by expectation and maximization, for a JPEG cannot hold every picture; and tells what `auto` makes of each
picture by a table that was learned without it: bytes beside the smallest of all formats, and the share of their CPU
time. `check` makes pictures anew, reads nothing from TABLE, and tells the same of what `transform` really did.
"""

from __future__ import annotations

import oimg.faces.cli.main  # noqa: F401 - first: sets for this process what it sets for the program  # isort: skip

import json
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from oimg.engine import child, forecast
from oimg.engine.codecs import CODECS
from oimg.engine.codecs.png import assemble
from oimg.engine.content import Kind, kind_of
from oimg.engine.forecast import FORMATS, TARGETS, Usual
from oimg.engine.steps import color, geometry
from oimg.engine.transform import Made, Request, inspect_header, transform
from oimg.words.errors import OimgError
from oimg.words.images import ColorModel, DecodedImage, Format, Limits
from oimg.words.recipe import Recipe, Target

FOLDERS: Final = (
    "graphics/screenshots",
    "graphics/lineart-charts",
    "graphics/icons-alpha",
    "graphics/webassets",
    "graphics/pixelart",
    "graphics/scans",
    "photos/lossless",
    "photos/camera",
    "photos/gps",
    "photos/webp-avif",
)
LONGEST: Final = 1200
LONGEST_LOSSY: Final = 1000
ROUNDS: Final = 200
NOISE: Final = 0.02  # what a search leaves to chance, as a share of the bytes
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One picture at one target: bytes by format (0 where it refused), and CPU seconds."""

    name: str
    kind: str
    target: float
    pixels: int
    made: dict[str, int]
    seconds: dict[str, float]

    @property
    def smallest(self) -> int:
        """The fewest bytes of all."""
        return min(size for size in self.made.values() if size)

    @property
    def logs(self) -> Floats:
        """Logarithms of bytes a pixel, in the order of FORMATS; not a number where there is none."""
        sizes = (self.made.get(each.value) for each in FORMATS)
        return np.array([math.log(size / self.pixels) if size else math.nan for size in sizes])


def pictures(corpus: Path) -> Iterator[tuple[str, DecodedImage]]:
    """Upright sRGB pictures of 8 bits, made smaller where the docstring says so."""
    for path in sorted(each for folder in FOLDERS for each in (corpus / folder).iterdir() if each.is_file()):
        try:
            untrusted = path.read_bytes()
            header = inspect_header(untrusted)
            if header.frames > 1 or header.bit_depth > 8 or header.color is ColorModel.CMYK:
                continue
            image, _ = color.to_srgb(geometry.orient(CODECS[header.format].decode(untrusted, Limits())))
        except OimgError:
            continue
        scale = min(1.0, (LONGEST_LOSSY if header.lossy else LONGEST) / max(image.size))
        size = (max(1, round(image.size[0] * scale)), max(1, round(image.size[1] * scale)))
        yield f"{path.parent.name}/{path.name}", geometry.scale_to(image, size)


def row(name: str, image: DecodedImage, target: float) -> Row:
    """Make every format that `auto` would try."""
    untrusted = assemble(image.pixels)
    header = inspect_header(untrusted)
    made, seconds = {}, {}
    for each in FORMATS:
        if each is Format.JPEG and header.has_alpha:
            continue
        began = time.process_time()
        result = transform(Request(untrusted, header, Recipe(format=Target(each.value), target=target)))
        seconds[each.value] = time.process_time() - began
        made[each.value] = len(result.data) if isinstance(result, Made) else 0
    return Row(name, kind_of(image).value, target, image.size[0] * image.size[1], made, seconds)


def measure(corpus: Path, table: Path) -> list[Row]:
    """Give all rows, measuring those that are missing."""
    lines = table.read_text().splitlines() if table.exists() else []
    rows = [Row(**json.loads(line)) for line in lines]
    there = {(each.name, each.target) for each in rows}
    for name, image in pictures(corpus):
        for target in TARGETS:
            if (name, target) not in there:
                rows.append(row(name, image, target))
                with table.open("a") as stream:
                    stream.write(json.dumps(asdict(rows[-1])) + "\n")
    return rows


def learn(rows: list[Row]) -> Usual:
    """Fit means by target and one covariance (A. P. Dempster, N. M. Laird, D. B. Rubin, 1977)."""
    values = np.array([each.logs for each in rows])
    targets = np.array([each.target for each in rows])
    never = np.isnan(values).all(axis=0)  # a format that no picture has: any number will do
    everything = np.nanmean(np.where(never, 0.0, values), axis=0)
    means = dict.fromkeys(TARGETS, everything)
    covariance = np.eye(len(FORMATS))
    for _ in range(ROUNDS):
        filled, spread = np.zeros_like(values), np.zeros_like(covariance)
        for index, value in enumerate(values):
            gone = np.isnan(value)
            rest = value - means[targets[index]]
            slope = covariance[np.ix_(gone, ~gone)] @ np.linalg.inv(covariance[np.ix_(~gone, ~gone)])
            rest[gone] = slope @ rest[~gone]
            filled[index] = rest
            spread += np.outer(rest, rest)
            spread[np.ix_(gone, gone)] += covariance[np.ix_(gone, gone)] - slope @ covariance[np.ix_(~gone, gone)]
        for target in TARGETS:
            if (targets == target).any():
                means[target] = means[target] + filled[targets == target].mean(axis=0)
        covariance = spread / len(values) + NOISE**2 * np.eye(len(FORMATS))
    return Usual(np.array([means[target] for target in TARGETS]), covariance)


def tried(one: Row, usual: dict[Kind, Usual]) -> list[str]:
    """The formats that `auto` makes of a picture, in their order."""
    most = {Format(each): math.inf for each in one.made}
    known: dict[Format, int] = {}
    order = []
    while (each := forecast.next_format(Kind(one.kind), one.target, one.pixels, known, most, usual)) is not None:
        del most[each]
        order.append(each.value)
        if size := one.made[each.value]:
            known[each] = size
            most = {left: min(bound, size) for left, bound in most.items()}
    return order


def tell(rows: list[Row]) -> None:
    """Print what trying only the likely formats costs and saves, each picture by a table learned without it."""
    kept, every, spent, all_time, excess = 0, 0, 0.0, 0.0, []
    counts: dict[str, list[int]] = {}
    for kind in Kind:
        ours = [each for each in rows if each.kind == kind]
        for name in sorted({each.name for each in ours}):
            usual = {kind: learn([each for each in ours if each.name != name])}
            for one in (each for each in ours if each.name == name):
                order = tried(one, usual)
                best = min(size for each in order if (size := one.made[each]))
                kept, every = kept + best, every + one.smallest
                spent, all_time = spent + sum(map(one.seconds.__getitem__, order)), all_time + sum(one.seconds.values())
                excess.append((best / one.smallest - 1, one.name, one.target))
                counts.setdefault(kind, []).append(len(order))
    print(f"{len(excess)} searches: {kept / every - 1:+.2%} bytes, {spent / all_time:.1%} of the time")
    print(f"formats tried: {', '.join(f'{kind} {np.mean(each):.2f}' for kind, each in counts.items())}")
    for share, name, target in sorted(excess)[-4:]:
        print(f"  {share:+.1%} {name} at {target:.0f}")


def print_table(rows: list[Row]) -> None:
    """Print the tables as they stand in engine/forecast.py."""
    for kind in Kind:
        usual = learn([each for each in rows if each.kind == kind])
        print(f"    Kind.{kind.name}: _usual(")
        for values in (*usual.means, *usual.covariance):
            print(f"        ({', '.join(f'{value:.3f}' for value in values)}),")
        print("    ),")


def check(corpus: Path) -> None:
    """Let `transform` choose, beside every format, at target 80."""
    sums = {"auto": [0.0, 0.0], "every": [0.0, 0.0]}
    worst = []
    for name, image in pictures(corpus):
        one = row(name, image, 80.0)
        untrusted = assemble(image.pixels)
        began = time.process_time()
        result = transform(Request(untrusted, inspect_header(untrusted), Recipe(format=Target.AUTO, target=80.0)))
        seconds = time.process_time() - began
        size = len(result.data) if isinstance(result, Made) else len(untrusted)
        for key, (more, longer) in {
            "auto": (size, seconds),
            "every": (one.smallest, sum(one.seconds.values())),
        }.items():
            sums[key] = [sums[key][0] + more, sums[key][1] + longer]
        worst.append((size / one.smallest - 1, name))
    (size, seconds), (least, longest) = sums["auto"], sums["every"]
    print(f"{len(worst)} pictures: {size / least - 1:+.2%} bytes, {seconds / longest:.1%} of the time of this process")
    for share, name in sorted(worst)[-3:]:
        print(f"  {share:+.1%} {name}")


def main() -> None:
    """Measure and learn, or check."""
    if sys.argv[3:] == ["check"]:
        check(Path(sys.argv[1]))
    else:
        rows = measure(Path(sys.argv[1]), Path(sys.argv[2]))
        print_table(rows)
        tell(rows)
    child.close_all()


if __name__ == "__main__":
    main()
