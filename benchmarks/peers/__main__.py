"""Run OIMG beside other tools and write docs/benchmarks.md.

Usage: python -m benchmarks.peers [--quick] [--corpus DIR] [--out DIR] [--node-modules DIR] [--python FILE]
       python -m benchmarks.peers --render RESULTS.json [--out DIR]
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.peers import document, measure, pictures, timing
from benchmarks.peers.document import Facts, Results
from benchmarks.peers.measure import Aimed, Bench, Encoded, Packed
from benchmarks.peers.pictures import Picture
from benchmarks.peers.ruler import cross_check
from benchmarks.peers.running import convert
from benchmarks.peers.timing import Timed
from benchmarks.peers.tools import Places, cores, usable

_ROOT: Final = Path(__file__).parents[2]
_BEGAN: Final = time.monotonic()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few and small pictures, two repeats")
    parser.add_argument("--corpus", type=Path, default=_ROOT.parent / "shared" / "corpus")
    parser.add_argument("--out", type=Path, default=_ROOT / "docs")
    parser.add_argument("--results", type=Path, help="where the raw results go (default: a file beside the scratch)")
    parser.add_argument("--node-modules", type=Path, help="the folder node_modules that holds sharp")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="with slimg and optimize-images")
    parser.add_argument("--repeats", type=int, default=0, help="of each timed batch (default: 5; quick: 2)")
    parser.add_argument("--only", default="", help="measure these formats alone, separated by commas")
    parser.add_argument("--render", type=Path, help="write the page from results of an earlier run")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    if given.render:
        results = _loaded(given.render)
    else:
        with tempfile.TemporaryDirectory(prefix="oimg-peers-") as scratch:
            results = _measured(given, Path(scratch))
        kept = given.results or Path(tempfile.gettempdir()) / "oimg-peers.json"
        kept.write_text(json.dumps(dataclasses.asdict(results)), encoding="utf-8")
        _say(f"raw results: {kept}")
    print(document.write(results, given.out))


def _say(text: str) -> None:
    print(f"{time.monotonic() - _BEGAN:7.0f} s  {text}", file=sys.stderr, flush=True)


def _measured(given: argparse.Namespace, scratch: Path) -> Results:
    corpus = given.corpus if given.corpus.is_dir() else None
    places = Places(given.node_modules and given.node_modules.absolute(), given.python.absolute(), cores())
    found, missing = usable(places, quick=given.quick)
    only = set(given.only.split(",")) - {""}
    tools = tuple((tool, version) for tool, version in found if not only or tool.format in only)
    _say(f"{len(tools)} peers; not found: {', '.join(tool.name for tool in missing) or 'none'}")
    shown = pictures.prepare(corpus, scratch / "pictures", quick=given.quick)
    files = pictures.lossless_files(corpus, scratch / "files", shown, quick=given.quick)
    camera = pictures.camera_batch(corpus, scratch / "camera", quick=given.quick)
    _say(f"{len(shown)} pictures, {len(files)} PNG files, {len(camera)} camera photos")
    bench = Bench(tools, tuple(shown), scratch, places, _say, given.quick)
    formats = tuple(name for name in measure.LOSSY if not only or name in only)
    aims = measure.aimed(bench, formats, (80.0,) if given.quick else measure.TARGETS)
    encoded = measure.curves(bench, aims)
    packed = measure.packing(bench, files) if "png" in formats else []
    timed = _timed(bench, encoded, files, camera, formats, given)
    facts = Facts(
        time.strftime("%Y-%m-%d"), _machine(), _command(given), given.quick, _oimg(),
        _checked(bench), tuple((tool.name, tool.format, version, tool.shown) for tool, version in tools),
        tuple(sorted({f"{tool.name} ({tool.format})" for tool in missing})),
        _inputs([*shown, *(file for file in files if file.origin_sha256)]),
        tuple((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in camera),
        {picture.name: picture.pixels for picture in shown},
        tuple(timing.budgets(camera[0].parent, quick=given.quick)),
    )  # fmt: skip
    return Results(facts, tuple(encoded), tuple(aims), tuple(packed), tuple(timed))


def _timed(
    bench: Bench, encoded: list[Encoded], files: list[Picture], camera: list[Path],
    formats: tuple[str, ...], given: argparse.Namespace,
) -> list[Timed]:  # fmt: skip
    repeats = given.repeats or (2 if given.quick else 5)
    rows: list[Timed] = []
    if "jpeg" in formats:
        rows += timing.run_batch(bench, timing.CAMERA_JOB, timing.camera_entrants(bench, camera), camera, repeats)
    for name in formats:
        if name in {"webp", "avif", "jxl"}:
            entrants = timing.floor_entrants(bench, encoded, "photo", name)
            sources = [picture.path for picture in bench.of_kind("photo")]
            rows += timing.run_batch(bench, f"PNG photos to {name.upper()}", entrants, sources, repeats)
    if "png" in formats:
        sources = [file.path for file in files if file.kind == "screenshot"]
        entrants = timing.lossless_entrants(bench)
        rows += timing.run_batch(bench, "PNG screenshots, lossless", entrants, sources, min(repeats, 3))
    return rows


def _checked(bench: Bench) -> tuple[int, float]:
    """Hold the score against float64 arithmetic on a picture of every class in every format."""
    pairs = []
    for tool, _ in {tool.format: (tool, version) for tool, version in bench.tools if not tool.lossless}.values():
        sources = [measure.source_of(bench.of_kind(kind)[0], tool.format) for kind in pictures.CLASSES]
        folder = bench.scratch / f"check-{tool.format}"
        outputs, _spent = convert(tool, sources, tool.qualities[len(tool.qualities) // 2], folder, bench.places)
        pairs += [pair for pair in zip(sources, outputs, strict=True) if pair[1].is_file()]
    check = cross_check(pairs)
    return check.pairs, check.largest


def _inputs(shown: list[Picture]) -> tuple[tuple[str, str, str, str, str], ...]:
    return tuple((each.name, each.kind, each.origin, each.origin_sha256, each.sha256) for each in shown)


def _machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[1]
    return (
        f"{cores()} cores of {model}, {memory:.0f} GiB, Python {platform.python_version()}, load {load:.1f} at the end"
    )


def _command(given: argparse.Namespace) -> str:
    quick, only = " --quick" if given.quick else "", f" --only {given.only}" if given.only else ""
    return f"python -m benchmarks.peers{quick}{only}"


def _oimg() -> str:
    told = subprocess.run([sys.executable, "-m", "oimg", "--version"], capture_output=True, text=True, check=True)
    git = shutil.which("git")
    if git is None:
        return told.stdout.strip()
    commit = subprocess.run(
        [git, "-C", str(_ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return f"{told.stdout.strip()} ({commit.stdout.strip()})" if commit.stdout else told.stdout.strip()


def _loaded(path: Path) -> Results:
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    facts = {key: _frozen(value) if isinstance(value, list) else value for key, value in raw["facts"].items()}
    return Results(
        Facts(**facts),
        tuple(Encoded(**row) for row in raw["encoded"]),
        tuple(Aimed(**row) for row in raw["aimed"]),
        tuple(Packed(**row) for row in raw["packed"]),
        tuple(Timed(**{key: _frozen(value) for key, value in row.items()}) for row in raw["timed"]),
    )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


if __name__ == "__main__":
    main()
