"""Values of an instance that are made on first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - a decorator
    """Like `functools.cached_property`, which in Python 3.11 has one lock for all instances of a class.

    Workers would wait there for one another's pictures. Nothing is locked here: an instance is for one thread.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the name that the value gets in the instance, where it is found before this."""
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | Self:
        """Make the value."""
        if instance is None:
            return self
        made = vars(instance)[self._name] = self._make(instance)
        return made
