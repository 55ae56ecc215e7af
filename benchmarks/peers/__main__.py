"""Run OIMG beside other tools and write docs/benchmarks.md.

Usage: python -m benchmarks.peers [--quick] [--phase bytes|times] [--keep DIR] [--pictures DIR] [--corpus DIR]
           [--out DIR] [--results FILE] [--node-modules DIR] [--python FILE]
       python -m benchmarks.peers --render RESULTS.json [--out DIR]
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.peers import document, measure, pictures, timing
from benchmarks.peers.measure import Bench
from benchmarks.peers.pictures import Picture, digest
from benchmarks.peers.results import Facts, Results, Run, loaded
from benchmarks.peers.searching import searched
from benchmarks.peers.store import Store
from benchmarks.peers.timing import Timed
from benchmarks.peers.tools import Places, Tool, cores, usable

_ROOT: Final = Path(__file__).parents[2]
_BEGAN: Final = time.monotonic()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few and small pictures, two repeats")
    parser.add_argument("--phase", choices=("bytes", "times"), help="only these; times need the results of bytes")
    parser.add_argument("--keep", type=Path, help="a folder for encodings, which later runs need not make again")
    parser.add_argument("--corpus", type=Path, default=_ROOT.parent / "shared" / "corpus")
    parser.add_argument("--pictures", type=Path, help="unpacked packages with the pictures of unseen.tsv")
    parser.add_argument("--out", type=Path, default=_ROOT / "docs")
    parser.add_argument("--results", type=Path, default=Path(tempfile.gettempdir(), "oimg-peers.json"))
    parser.add_argument("--node-modules", type=Path, help="the folder node_modules that holds sharp")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="with slimg and optimize-images")
    parser.add_argument("--repeats", type=int, default=0, help="of each timed batch (default: 3; quick: 2)")
    parser.add_argument("--only", default="", help="measure these formats alone, separated by commas")
    parser.add_argument("--render", type=Path, help="write the page from results of an earlier run")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    if given.render:
        results = loaded(given.render)
    else:
        with tempfile.TemporaryDirectory(prefix="oimg-peers-") as scratch:
            results = _measured(given, Path(scratch))
        _say(f"raw results: {given.results}")
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
    if given.pictures:
        shown += pictures.unseen(given.pictures, scratch / "pictures", quick=given.quick)
    files = pictures.lossless_files(corpus, scratch / "files", shown, quick=given.quick)
    bench = Bench(tools, tuple(shown), scratch, places, _say, Store(given.keep), given.quick)
    formats = tuple(name for name in measure.LOSSY if not only or name in only)
    results = loaded(given.results) if given.phase == "times" else _bytes(bench, files, formats, missing, given)
    results.save(given.results)
    if given.phase != "bytes":
        results = _times(bench, files, formats, results, given)
        results.save(given.results)
    return results


def _bytes(
    bench: Bench, files: list[Picture], formats: tuple[str, ...], missing: list[Tool], given: argparse.Namespace
) -> Results:
    """All that no other load on the machine can change."""
    targets = (80.0,) if given.quick else measure.TARGETS
    _say("counting encodings")
    counted = [picture for picture in bench.pictures if picture.unseen] or bench.pictures
    counts = searched(counted, [name for name in formats if name != "png"], targets, bench.places.parallel)
    aims = measure.aimed(bench, formats, targets)
    encoded = measure.curves(bench, aims)
    packed = measure.packing(bench, files) if "png" in formats else []
    facts = Facts(
        quick=given.quick,
        runs=(_run("bytes", given),),
        peers=tuple((tool.name, tool.format, version, tool.shown) for tool, version in bench.tools),
        missing=tuple(sorted({f"{tool.name} ({tool.format})" for tool in missing})),
        inputs=_inputs([*bench.pictures, *(file for file in files if file.origin_sha256)]),
        pixels={picture.name: picture.pixels for picture in bench.pictures},
        unseen=tuple(picture.name for picture in bench.pictures if picture.unseen),
    )
    return Results(facts, tuple(encoded), tuple(aims), tuple(packed), tuple(counts))


def _times(
    bench: Bench, files: list[Picture], formats: tuple[str, ...], results: Results, given: argparse.Namespace
) -> Results:
    """Seconds and memory, for which the machine should have nothing else to do."""
    camera = pictures.camera_batch(
        given.corpus if given.corpus.is_dir() else None, bench.scratch / "camera", quick=given.quick
    )
    _say(f"{len(camera)} photos of cameras")
    repeats = given.repeats or (2 if given.quick else 3)
    rows: list[Timed] = []
    if "jpeg" in formats:
        rows += timing.run_batch(bench, timing.CAMERA_JOB, timing.camera_entrants(bench, camera), camera, repeats)
    photos = bench.of_kind("photo")[: timing.PHOTOS]
    for name in formats:
        if name in {"webp", "avif", "jxl"}:
            entrants = timing.floor_entrants(bench, results.encoded, photos, name)
            rows += timing.run_batch(
                bench, f"PNG photos to {name.upper()}", entrants, [picture.path for picture in photos], repeats
            )
    if "png" in formats:
        sources = [file.path for file in files if file.kind == "screenshot"]
        rows += timing.run_batch(bench, timing.PACKING_JOB, timing.lossless_entrants(bench), sources, repeats)
    facts = dataclasses.replace(
        results.facts,
        runs=(*(run for run in results.facts.runs if run.phase != "times"), _run("times", given)),
        camera=tuple((path.name, path.stat().st_size, digest(path)) for path in camera),
        budgets=tuple(timing.budgets(camera[0].parent, quick=given.quick)),
    )
    return dataclasses.replace(results, facts=facts, timed=tuple(rows))


def _inputs(shown: list[Picture]) -> tuple[tuple[str, str, str, str, str], ...]:
    return tuple((each.name, each.kind, each.origin, each.origin_sha256, each.sha256) for each in shown)


def _run(phase: str, given: argparse.Namespace) -> Run:
    seconds = round(time.monotonic() - _BEGAN)
    return Run(phase, time.strftime("%Y-%m-%d"), seconds, _machine(), os.getloadavg()[1], _command(given), _oimg())


def _machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores()} cores of {model}, {memory:.0f} GiB, Python {platform.python_version()}"


def _command(given: argparse.Namespace) -> str:
    options = (" --quick" if given.quick else "") + (f" --only {given.only}" if given.only else "")
    return f"python -m benchmarks.peers{options}"


def _oimg() -> str:
    told = subprocess.run([sys.executable, "-m", "oimg", "--version"], capture_output=True, text=True, check=True)
    git = shutil.which("git")
    if git is None:
        return told.stdout.strip()
    commit = subprocess.run(
        [git, "-C", str(_ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return f"{told.stdout.strip()} ({commit.stdout.strip()})" if commit.stdout else told.stdout.strip()


if __name__ == "__main__":
    main()
