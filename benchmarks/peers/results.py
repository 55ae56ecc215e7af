"""What a run gives: written as JSON, one phase after the other, and read to write the page."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.measure import Aimed, Encoded, Packed
from benchmarks.peers.searching import Searched
from benchmarks.peers.timing import Timed


@dataclass(frozen=True, slots=True)
class Run:
    """When, where and with what a phase was measured; `load` is that of the machine at its end."""

    phase: str
    date: str
    seconds: int
    machine: str
    load: float
    command: str
    oimg: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What results are of: runs, peers, and inputs with their hashes; `unseen` names pictures."""

    quick: bool
    runs: tuple[Run, ...]
    peers: tuple[tuple[str, str, str, str], ...]
    missing: tuple[str, ...]
    inputs: tuple[tuple[str, str, str, str, str], ...]
    pixels: dict[str, int]
    unseen: tuple[str, ...] = ()
    camera: tuple[tuple[str, int, str], ...] = ()
    budgets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured."""

    facts: Facts
    encoded: tuple[Encoded, ...]
    aimed: tuple[Aimed, ...]
    packed: tuple[Packed, ...]
    searched: tuple[Searched, ...]
    timed: tuple[Timed, ...] = ()

    def save(self, path: Path) -> None:
        """Write everything into a file."""
        path.write_text(json.dumps(dataclasses.asdict(self)), encoding="utf-8")


def loaded(path: Path) -> Results:
    """Results as `save` wrote them."""
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    facts = {key: _frozen(value) for key, value in raw["facts"].items()}
    facts["runs"] = tuple(Run(**run) for run in raw["facts"]["runs"])
    return Results(
        Facts(**facts),
        tuple(Encoded(**row) for row in raw["encoded"]),
        tuple(Aimed(**row) for row in raw["aimed"]),
        tuple(Packed(**row) for row in raw["packed"]),
        tuple(Searched(**row) for row in raw["searched"]),
        tuple(Timed(**{key: _frozen(value) for key, value in row.items()}) for row in raw["timed"]),
    )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
