"""A bounded cache that threads share: what two of them ask for at the same time is made only once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from oimg.words.errors import Cancelled, OimgError
from oimg.words.task import CancelToken

T = TypeVar("T")
# Seconds after which a thread that waits for another checks whether it was cancelled.
_TURN: Final = 0.05


@dataclass(slots=True, eq=False)
class _Making:
    """A value that a thread is making at the moment, and that others may wait for."""

    done: threading.Event = field(default_factory=threading.Event)
    value: Any = None
    error: OimgError | None = None


class SharedCache:
    """Values by key, with the bytes they take: a least-recently-used cache of at most `memory` bytes.

    A held value is never dropped, even if it is larger than that. `on_room` is called with the number of bytes after
    values were dropped.
    """

    def __init__(self, memory: int, on_room: Callable[[int], None] = lambda _: None) -> None:
        self._memory = memory
        self._used = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._held: Hashable = None
        self._under_way: dict[Hashable, _Making] = {}
        self._lock = threading.Lock()
        self._on_room = on_room

    @property
    def used(self) -> int:
        """Bytes of all values."""
        return self._used

    def hold(self, key: Hashable) -> None:
        """Do not drop the value of this key until another key is held."""
        with self._lock:
            self._held = key

    def known(self, key: Hashable) -> Any:
        """The value of a key, or None."""
        with self._lock:
            return self._known(key)

    def get(self, key: Hashable, make: Callable[[], T], weigh: Callable[[T], int], token: CancelToken) -> T:
        """The value of a key, from the cache, from a thread that is making it, or made now.

        Raises what `make` raises, and Cancelled. If the thread that makes it is cancelled, one that waits takes over.
        """
        while True:
            with self._lock:
                if (found := self._known(key)) is not None:
                    return cast("T", found)
                making = self._under_way.get(key)
                if making is None:
                    making = self._under_way[key] = _Making()
                    break
            while not making.done.wait(_TURN):
                token.check()
            if making.error is not None:
                raise making.error
            if making.value is not None:
                return cast("T", making.value)
        return self._made(key, making, make, weigh)

    def _made(self, key: Hashable, making: _Making, make: Callable[[], T], weigh: Callable[[T], int]) -> T:
        freed = 0
        try:
            made = make()
            making.value = made
            freed = self._put(key, made, weigh(made))
        except Cancelled:
            raise
        except OimgError as error:
            making.error = error
            raise
        finally:
            with self._lock:
                del self._under_way[key]
            making.done.set()
        if freed:
            self._on_room(freed)
        return made

    def _known(self, key: Hashable) -> Any:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def _put(self, key: Hashable, made: object, weight: int) -> int:
        """Store a value; returns the bytes of the values that were dropped for it."""
        freed = 0
        with self._lock:
            self._kept[key] = made, weight
            self._used += weight
            for each in list(self._kept):
                if self._used <= self._memory:
                    break
                if each != self._held:
                    freed += (gone := self._kept.pop(each)[1])
                    self._used -= gone
        return freed
