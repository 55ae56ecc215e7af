"""Encodings that were measured before: peers do not change while OIMG does."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

_FILE: Final = "encodings.jsonl"


@dataclass(frozen=True, slots=True)
class Key:
    """What decides on the bytes that a tool writes: SHA-256 of its input, the tool as it tells itself, its quality."""

    source: str
    tool: str
    version: str
    command: str
    quality: float


class Store:
    """Bytes and scores by key, one JSON array a line, only ever appended; without a folder nothing outlives the run.

    A line that is not whole, of a run that was cut short, is left out.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / _FILE
        self._known: dict[Key, tuple[int, float]] = {}
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch()
            for line in self._path.read_text(encoding="utf-8").splitlines():
                try:
                    *key, size, score = json.loads(line)
                    self._known[Key(*key)] = size, score
                except (ValueError, TypeError):
                    continue

    def find(self, key: Key) -> tuple[int, float] | None:
        """Bytes and score, if they are known."""
        return self._known.get(key)

    def keep(self, key: Key, size: int, score: float) -> None:
        """Remember bytes and score, at once."""
        self._known[key] = size, score
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps([*astuple(key), size, score]) + "\n")
