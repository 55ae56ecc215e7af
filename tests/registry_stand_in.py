"""A registry that stands in for that of Windows."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class StandIn:
    """A registry in memory: keys with their values; those above a key are there by themselves."""

    held: dict[str, dict[str, str]] = field(default_factory=dict)
    for_all: dict[str, dict[str, str]] = field(default_factory=dict)

    def values(self, key: str) -> Mapping[str, str] | None:
        return self.held.get(key)

    def keys(self, key: str) -> Sequence[str]:
        return sorted(ntpath.basename(each) for each in self.held if ntpath.dirname(each) == key)

    def values_for_all(self, key: str) -> Mapping[str, str] | None:
        return self.for_all.get(key)

    def write(self, key: str, values: Mapping[str, str]) -> None:
        above = ntpath.dirname(key)
        if above and above not in self.held:
            self.write(above, {})
        self.held[key] = dict(values)

    def delete(self, key: str) -> None:
        if self.keys(key):
            raise PermissionError(5, "the key has keys below it")  # as RegDeleteKey does
        del self.held[key]
