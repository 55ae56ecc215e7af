"""A lazy attribute: computed on first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - a decorator
    """Like `functools.cached_property`, but without its lock.

    In Python 3.11 that lock is shared by all instances of a class, so workers would wait for one another's pictures.
    An instance with such attributes may be used by one thread only.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember the attribute's name, under which the instance stores the value and then finds it first."""
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | Self:
        """Compute and store the value."""
        if instance is None:
            return self
        made = vars(instance)[self._name] = self._make(instance)
        return made
