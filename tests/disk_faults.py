"""A disk that fails, or a process that dies, at the n-th thing that is done to the disk.

`Disk` wraps what the product calls (functions of `os`, files opened for writing, renameat2) while it is installed; the
product has no hooks for it. Calls that only look are counted apart: death before or after a look is the same as
death after the last change.
"""

from __future__ import annotations

import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, Self

from oimg.work.files import exchange

CHANGES: Final = (
    *("open", "write", "fsync", "link", "rename", "replace", "unlink", "rmdir", "mkdir"),
    *("chmod", "fchmod", "fchown", "utime", "setxattr", "removexattr"),
)
LOOKS: Final = ("stat", "lstat", "fstat", "scandir", "listxattr", "getxattr", "access")
_CARRIERS: Final = (os.supports_fd, os.supports_follow_symlinks, os.supports_dir_fd)


class Dead(BaseException):
    """The process is as good as killed: nothing that it does from here on reaches the disk."""


class Moment(Enum):
    """When to strike. HALF lets a write come to the disk by half, and is BEFORE for all else."""

    BEFORE = "before"
    HALF = "half"
    AFTER = "after"


@dataclass
class Disk:
    """What is to go wrong, and afterwards what was done: `calls` counts, `struck` is the call that was hit.

    With `error`, call number `at` fails with it, and with `lasting` so does every later one of its kind; without,
    the process dies there: really (SIGKILL), or with `pretend` by raising Dead and doing nothing any more.
    """

    at: int = 0
    error: int = 0
    moment: Moment = Moment.BEFORE
    lasting: bool = False
    pretend: bool = False
    looks: bool = False
    exchanges: bool = True
    links: bool = True
    calls: int = field(default=0, init=False)
    struck: str = field(default="", init=False)
    where: str = field(default="", init=False)
    trace: list[tuple[str, str]] = field(default_factory=list, init=False)
    dead: bool = field(default=False, init=False)
    _paths: dict[int, str] = field(default_factory=dict, init=False)
    _open: set[int] = field(default_factory=set, init=False)

    @contextmanager
    def installed(self) -> Iterator[Disk]:
        """Stand between the product and the disk; afterwards, everything that was left open is closed."""
        real = {name: getattr(os, name) for name in (*CHANGES, *LOOKS, "close", "fdopen") if hasattr(os, name)}
        real_swap, real_file = exchange._renameat2, io.open
        try:
            for name, function in real.items():
                self._wrap(name, function)
            exchange._renameat2 = self._wrapped_swap(real_swap)
            io.open = self._wrapped_file(real_file)  # type: ignore[assignment]
            with suppress(Dead):
                yield self
        finally:
            for name, function in real.items():
                setattr(os, name, function)
            exchange._renameat2, io.open = real_swap, real_file
            for descriptor in self._open:
                with suppress(OSError):
                    os.close(descriptor)

    def _wrap(self, name: str, function: Callable[..., Any]) -> None:
        special = {"close": self._close, "fdopen": self._fdopen, "open": self._opened}
        if name in special:
            chosen = special[name](function)
        elif name in LOOKS:
            chosen = self._look(name, function)
        elif name == "write":
            chosen = self._written(function)
        else:
            chosen = self._changing(name, function)
        for carrier in _CARRIERS:
            if function in carrier:
                carrier.add(chosen)
        setattr(os, name, chosen)

    def _look(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*given: Any, **named: Any) -> Any:
            if self.looks:
                self._strike(name, given, Moment.BEFORE)
            return function(*given, **named)

        return wrapper

    def _changing(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*given: Any, **named: Any) -> Any:
            if name == "link" and not self.links:
                raise OSError(errno.EPERM, os.strerror(errno.EPERM))
            due = self._strike(name, given, Moment.BEFORE)
            # What the machine's cache holds outlives the process; a test need not wait for the disk.
            try:
                return None if name == "fsync" else function(*given, **named)
            finally:
                self._after(due)

        return wrapper

    def _written(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(descriptor: int, data: Any) -> Any:
            if descriptor <= 2:  # the output of the test
                return function(descriptor, data)
            due = self._strike(
                "write", (descriptor,), Moment.BEFORE, lambda: function(descriptor, data[: len(data) // 2])
            )
            result = function(descriptor, data)
            self._after(due)
            return result

        return wrapper

    def _opened(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(path: Any, flags: int, *given: Any, **named: Any) -> Any:
            due = False
            if flags & os.O_CREAT or self.looks:
                due = self._strike("open", (path,), Moment.BEFORE)
            try:
                descriptor = function(path, flags, *given, **named)
                self._open.add(descriptor)
                self._paths[descriptor] = os.fspath(path)
            finally:
                self._after(due)
            return int(descriptor)

        return wrapper

    def _close(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(descriptor: int) -> None:
            self._open.discard(descriptor)
            self._paths.pop(descriptor, None)
            function(descriptor)

        return wrapper

    def _fdopen(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(descriptor: int, mode: str = "r", *given: Any, **named: Any) -> Any:
            stream = function(descriptor, mode, *given, **named)
            self._open.discard(descriptor)
            return _Stream(self, stream) if "w" in mode else stream

        return wrapper

    def _wrapped_file(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(path: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
            if isinstance(path, int):  # of fdopen
                return function(path, mode, *given, **named)
            changes = not mode.startswith("r")
            due = (
                self._strike("create" if changes else "read", (path,), Moment.BEFORE)
                if changes or self.looks
                else False
            )
            stream = function(path, mode, *given, **named)
            self._paths[stream.fileno()] = os.fspath(path)
            self._after(due)
            return _Stream(self, stream) if changes else stream

        return wrapper

    def _wrapped_swap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(one: Path, other: Path, flags: int) -> bool:
            if not self.exchanges:
                return False
            due = self._strike("renameat2", (other,), Moment.BEFORE)
            try:
                return bool(function(one, other, flags))
            finally:
                self._after(due)

        return wrapper

    def _strike(
        self, name: str, given: tuple[Any, ...], moment: Moment, half: Callable[[], Any] = lambda: None
    ) -> bool:
        """Count a call, and fail it or die if it is the one; True where that is to be after it."""
        if self.dead:
            raise Dead
        self.calls += 1
        first = given[0] if given else ""
        where = self._path(first) if isinstance(first, int) else os.fspath(first)
        self.trace.append((name, str(where)))
        again = self.lasting and self.struck == name and self.calls > self.at
        if self.calls != self.at and not again:
            return False
        self.struck, self.where = name, self.where or str(where)
        if self.moment is Moment.AFTER and not self.error:
            return True
        if self.moment is Moment.HALF:
            half()
        if self.error:
            raise OSError(self.error, os.strerror(self.error), str(where))
        self._die()
        return moment is Moment.AFTER

    def _path(self, descriptor: int) -> str:
        """Give the path of an open file, also of one that was opened before."""
        if descriptor not in self._paths:
            with suppress(OSError):
                self._paths[descriptor] = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        return self._paths.get(descriptor, "")

    def _after(self, due: bool) -> None:
        if due:
            self._die()

    def _die(self) -> None:
        if not self.pretend:
            os.kill(os.getpid(), signal.SIGKILL)
        self.dead = True
        raise Dead


class _Stream:
    """A file opened for writing, whose writes count."""

    def __init__(self, disk: Disk, stream: Any) -> None:
        self._disk = disk
        self._stream = stream

    def write(self, data: Any) -> int:
        def half() -> None:
            self._stream.write(data[: len(data) // 2])
            self._stream.flush()

        due = self._disk._strike("write", (self._stream.fileno(),), Moment.BEFORE, half)
        written = int(self._stream.write(data))
        self._stream.flush()
        self._disk._after(due)
        return written

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return int(self._stream.fileno())

    def close(self) -> None:
        self._disk._paths.pop(self._stream.fileno(), None)
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
