"""A bounded store that several threads share: what two ask for at the same time is made once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from oimg.words.errors import Cancelled, OimgError
from oimg.words.task import CancelToken

T = TypeVar("T")
# How often somebody who waits for another thread asks whether to stop, in seconds.
_TURN: Final = 0.05


@dataclass(slots=True, eq=False)
class _Making:
    """Something that a thread is making just now, for all who want it."""

    done: threading.Event = field(default_factory=threading.Event)
    value: Any = None
    error: OimgError | None = None


class SharedCache:
    """Values by what they are of, with the bytes they take; those that were not asked for the longest give way.

    One that is held never gives way, were it larger than all that may be kept. `on_room` is called after bytes were
    given up.
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
        """Bytes of all that is kept."""
        return self._used

    def hold(self, key: Hashable) -> None:
        """Keep what has this key until another one is held."""
        with self._lock:
            self._held = key

    def known(self, key: Hashable) -> Any:
        """Give what is there, or None."""
        with self._lock:
            return self._known(key)

    def get(self, key: Hashable, make: Callable[[], T], weigh: Callable[[T], int], token: CancelToken) -> T:
        """Give what is there or is being made; else make it. Raises what `make` raises, and Cancelled.

        Whoever gives up making leaves it to those who still wait.
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
        """Keep it; gives the bytes of what had to go."""
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
