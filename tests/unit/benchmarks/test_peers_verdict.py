"""What the page of the peer benchmark says of results whose gains and losses are known."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.peers.compare import at_equal_floor, at_equal_score
from benchmarks.peers.measure import OIMG, Aimed, Encoded
from benchmarks.peers.results import Facts, Results, Run, loaded
from benchmarks.peers.searching import Searched
from benchmarks.peers.timing import CAMERA_JOB, Timed
from benchmarks.peers.verdict import verdict

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")


def exponential(score: float) -> float:
    """Bytes of an encoder that doubles them every ten points."""
    return 1000 * 2 ** (score / 10)


def timed(tool: str, wall: float, size: int, worst: float) -> Timed:
    share = 1.0 if worst >= 80 else 0.5
    quality = None if tool == OIMG else 85.0
    return Timed(CAMERA_JOB, tool, quality, 2, 24.0, (wall,), (wall,), (2**20,), 2**20, size, worst, share)


def results(factor: float, *, told: float = 80.5, wall: float = 1.0, encodes: int = 2) -> Results:
    """Files of OIMG's at 80.5 with so many times the bytes of the only peer, whose pictures are all alike."""
    encoded = [
        Encoded("peer", "jpeg", "photo", name, quality, round(exponential(quality)), quality)
        for name in ("a", "b")
        for quality in (20.0, 50.0, 79.0, 80.0, 81.0, 95.0)
    ]
    size = round(factor * exponential(80.5))
    aims = [Aimed("jpeg", "photo", name, 80.0, "optimized", None, size, told, 80.5, 80.0, 80.5) for name in ("a", "b")]
    run = Run("bytes", "2026-01-01", 60, "a machine", 0.1, "python -m benchmarks.peers", "oimg 1")
    told_of_batch = (
        ("python benchmarks/batch.py CAMERA", "wall 2.0 s\nratio 1.050\nCPU 4 s: ratio 1.300"),
        ("python benchmarks/memory.py batch 8 24", "8 x 24 MP: 9 s\npeak 900 MiB, 80 before the batch; limit 600 MiB"),
    )
    facts = Facts(
        quick=False, runs=(run,), peers=(), missing=(), inputs=(), pixels={"a": 9000, "b": 9000}, unseen=("b",),
        camera=(("c.jpg", 5, "0" * 64),), budgets=told_of_batch,
    )  # fmt: skip
    times = (timed(OIMG, wall, 900, 80.2), timed("sharp, mozjpeg", 1.5, 1000, 80.1))
    searches = (Searched("jpeg", "photo", "b", 80.0, encodes),)
    return Results(facts, tuple(encoded), tuple(aims), (), searches, times)


def held(given: Results) -> dict[str, tuple[str, bool]]:
    """By the first words of each claim: what was measured, and whether it holds."""
    ratios, floors = (compare(given.encoded, given.aimed) for compare in (at_equal_score, at_equal_floor))
    lines = [line.strip("| ").split(" | ") for line in verdict(given, ratios, floors).splitlines()[2:]]
    return {claim: (measured, {"yes": True, "**no**": False}[holds]) for claim, measured, holds in lines}


def holds(given: Results, start: str) -> set[bool]:
    return {answer for claim, (_, answer) in held(given).items() if claim.startswith(start)}


def test_gains_hold_and_losses_do_not() -> None:
    assert holds(results(0.8), "Bytes at equal score") == {True}
    assert holds(results(1.0), "Bytes at equal score") == {True}  # as many
    assert holds(results(1.1), "Bytes at equal score") == {False}
    # At the floor the peer takes quality 80: 2 ** 0.05 times fewer bytes than at OIMG's score.
    assert holds(results(0.85 / 2**0.05 - 0.01), "Bytes at an equal floor") == {True}
    assert holds(results(0.85 / 2**0.05 + 0.01), "Bytes at an equal floor") == {False}


def test_every_claim_is_told_with_its_number() -> None:
    told = held(results(0.8))
    assert told["Bytes at equal score ≤ the best peer's, all pictures"][0].endswith("ratios 0.80")
    assert told["Reported score within 0.1 of an independent float64 evaluation, unseen pictures"][1]
    (batch,) = (value for claim, value in told.items() if claim.startswith("JPEG batch"))
    assert batch == ("0.67 of the time, 0.90 of the bytes; lowest scores 80.2, 80.1", True)
    (overhead,) = (value for claim, value in told.items() if claim.startswith("Batch"))
    assert overhead == ("1.050", True)
    (memory,) = (value for claim, value in told.items() if claim.startswith("Memory"))
    assert memory == ("900 of 600 MiB, ratio 1.50", False)


def test_claims_fail_one_by_one() -> None:
    assert holds(results(0.8, told=80.7), "Reported score") == {False}
    assert holds(results(0.8, wall=2.0), "JPEG batch") == {False}
    assert holds(results(0.8, encodes=6), "Encodings") == {False}
    low = [replace(aim, score=79.0) for aim in results(0.8).aimed]
    assert holds(replace(results(0.8), aimed=tuple(low)), "Lossy files") == {False}


def test_results_survive_the_file(tmp_path: Path) -> None:
    given = results(0.8)
    given.save(tmp_path / "results.json")
    assert loaded(tmp_path / "results.json") == given


def test_the_page_lists_losses(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.peers import document

    page = document.write(results(1.25, wall=3.0), tmp_path).read_text(encoding="utf-8")
    losses = page.partition("## Losses")[2].partition("\n## ")[0]
    assert "| JPEG, photo | bytes at equal score | peer | 1.25 at 80 |" in losses
    assert f"| {CAMERA_JOB} | wall time | sharp, mozjpeg at 85 | 2.00 |" in losses
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"equal-score.svg", "curves-jpeg.svg"}
    assert "(plots/equal-score.svg)" in page
    assert "(plots/curves-jpeg.svg)" in page
    gains = document.write(results(0.5), tmp_path).read_text(encoding="utf-8")
    assert "bytes at equal score" not in gains.partition("## Losses")[2].partition("\n## ")[0]
