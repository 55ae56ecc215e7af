"""Native calls that never let go of the GIL or may not come back, in a child process that each worker thread keeps.

The child speaks over its pipes: a request is a line of JSON {"call", "options", "bytes"} and the payload,
an answer is a line {"ok", "error", "bytes"} and the payload. It ends by itself when its parent goes.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any, Final

from oimg.words.errors import Cancelled, ErrorCode, OimgError

SECONDS: Final = 300.0  # one call; far above what a 100-megapixel PNG takes


class Child:
    """One process, driven by one thread at a time."""

    def __init__(self) -> None:
        import subprocess  # noqa: PLC0415 - not where all pictures were done before

        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no terminal for it
        )

    @property
    def alive(self) -> bool:
        """Whether the process can take a call."""
        return self._process.poll() is None

    def call(self, name: str, options: dict[str, Any], payload: bytes, seconds: float = SECONDS) -> bytes:
        """Run one call and give its result.

        Raises OimgError with the child's own words, or CODEC_CRASHED when the child died or took too long.
        """
        guard = threading.Timer(seconds, self._process.kill)
        guard.daemon = True
        guard.start()
        try:
            head, answer = self._exchange(name, options, payload)
        except (OSError, ValueError, LookupError, TypeError) as error:  # the last two: an answer of another shape
            self.close()
            raise OimgError(ErrorCode.CODEC_CRASHED, f"{name}: {self._process.returncode}") from error
        finally:
            guard.cancel()
        if not head.get("ok"):
            raise OimgError(ErrorCode.ENCODE, f"{name}: {head.get('error')}")
        return answer

    def _exchange(self, name: str, options: dict[str, Any], payload: bytes) -> tuple[dict[str, Any], bytes]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise ValueError("no pipes")
        request = {"call": name, "options": options, "bytes": len(payload)}
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.write(payload)
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise ValueError("the child is gone")
        head: dict[str, Any] = json.loads(line)
        answer = stdout.read(head["bytes"])
        if len(answer) != head["bytes"]:
            raise ValueError("the child is gone")
        return head, answer

    def close(self) -> None:
        """End the process and take back its pipes."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # unsent bytes of a dead child
                    continue
        self._process.wait()


class _Children:
    """The children of all worker threads, so that they can be ended together."""

    def __init__(self) -> None:
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._all: set[Child] = set()
        self._closed = False

    def of_this_thread(self) -> Child:
        child: Child | None = getattr(self._mine, "child", None)
        if child is not None and child.alive:
            return child
        with self._lock:
            if self._closed:
                raise Cancelled
            if child is not None:
                self._all.discard(child)
                child.close()
            child = self._mine.child = Child()
            self._all.add(child)
        return child

    def close(self, *, for_good: bool) -> None:
        with self._lock:
            self._closed = for_good
            children, self._all = self._all, set()
            self._mine = threading.local()
        for child in children:
            child.close()


_children: Final = _Children()


def call(name: str, options: dict[str, Any], payload: bytes, seconds: float = SECONDS) -> bytes:
    """Make a native call in this thread's child process; raises OimgError."""
    return _children.of_this_thread().call(name, options, payload, seconds)


def close_all(*, for_good: bool = False) -> None:
    """End every child. With `for_good` no new one starts: later calls raise Cancelled."""
    _children.close(for_good=for_good)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        # In a bundle the program itself is the interpreter: always the one for terminals, whose pipes are certain.
        beside = Path(sys.executable)
        return [str(beside.with_name("oimg" + beside.suffix)), "--codec-child"]
    return [sys.executable, "-m", "oimg.engine.child"]
