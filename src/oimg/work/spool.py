"""One window per kind and screen: later starts leave their paths in a folder for the first one, and exit.

The first start holds the lock of the folder as long as its window accepts requests. Every later start writes a request
there and waits until it is taken, or until it gets the lock itself because the holder has gone; a request that nobody
takes is withdrawn. So no request is lost between two windows, and none is opened twice. The folder is private to the
user, and there are no sockets (docs/adr/0018-one-window-without-a-socket.md). All this happens before Qt is loaded, so
this module imports little.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from oimg.work.file_lock import try_lock

_PATIENCE: Final = 10.0  # seconds that a start waits for a window that does not answer
_PAUSE: Final = 0.01
_OLD: Final = 60.0  # seconds; a start that still lived would have withdrawn its request by then
_MOST: Final = 256 << 20  # bytes; a hundred thousand paths have a tenth of that
_LOCK: Final = "lock"
_REQUEST: Final = ".request"
_UNSEEN: Final = frozenset({"offscreen", "minimal"})


class Request(NamedTuple):
    """What a start asks for: absolute paths, and the activation token that lets the window come to the front.

    (Not a dataclass: those import `inspect`, which would delay a start that only hands over.)
    """

    paths: tuple[Path, ...]
    token: str = ""


class Spool:
    """The folder in which starts of one kind meet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    @property
    def held(self) -> bool:
        """Whether requests of other starts come to this process."""
        return self._lock is not None

    def claim(self) -> bool:
        """Become the process that takes requests, if there is none; returns whether this is it now. Raises OSError."""
        if self._lock is None:
            descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            if try_lock(descriptor):
                self._lock = descriptor
            else:
                os.close(descriptor)
        return self.held

    def close(self) -> None:
        """Take no more requests; a start that waits becomes the next holder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def hand_over(self, request: Request, patience: float = _PATIENCE) -> bool:
        """Hand a request to the existing window; returns whether it was taken.

        If not, this start opens a window itself; if it has got the lock (`held`), it takes requests from now on.
        """
        try:
            if self.claim():
                return False
            letter = self._leave(request)
        except OSError:  # a full disk, a folder that is gone: then there are two windows
            return False
        until = time.monotonic() + patience
        while os.path.lexists(letter):
            if self._claimed() or time.monotonic() > until:
                return self._was_taken(letter)
            time.sleep(_PAUSE)
        return True

    def take(self) -> list[Request]:
        """Take the requests that have come in, in the order of their starts."""
        try:
            paths = sorted(self.folder.iterdir())
        except OSError:
            return []
        found = [_taken(path) for path in paths if path.suffix == _REQUEST]
        for path in paths:
            if path.name != _LOCK and _is_old(path):  # of a start that was killed
                _remove(path)
        return [each for each in found if each is not None]

    def _claimed(self) -> bool:
        with suppress(OSError):
            return self.claim()
        return False

    def _was_taken(self, letter: Path) -> bool:
        """Withdraw a request; returns whether it had been taken before."""
        try:
            letter.unlink()
        except FileNotFoundError:
            self.close()
            return True
        except OSError:
            return False
        return False

    def _leave(self, request: Request) -> Path:
        """Write a request, completely or not at all. Raises OSError."""
        new = self.folder / f"{time.time_ns():020}-{os.getpid()}.new"
        # A path can hold every byte but NUL.
        data = b"".join(os.fsencode(field) + b"\0" for field in (request.token, *map(os.fspath, request.paths)))
        try:
            new.touch(0o600, exist_ok=False)
            new.write_bytes(data)
            return new.rename(new.with_suffix(_REQUEST))
        except OSError:
            _remove(new)
            raise


def opened(kind: str) -> Spool | None:
    """The folder in which starts of a kind meet on this screen; None if no trustworthy folder can be had."""
    screen = _screen()
    if screen is None:
        return None
    try:
        return Spool(_private(_private(_private(_runtime()) / screen) / kind))
    except OSError:
        return None


def _screen() -> str | None:
    """An identifier of the screen, and of the root folder that paths begin at; None if nothing is shown."""
    if _UNSEEN & {each.partition(":")[0] for each in os.environ.get("QT_QPA_PLATFORM", "").split(";")}:
        return None
    names = ("WAYLAND_DISPLAY", "DISPLAY", "SESSIONNAME")
    display = next(filter(None, map(os.environ.get, names)), "screen").removesuffix(".0")  # :0.0 is :0
    root = os.stat("/")  # noqa: PTH116 - a container has another one, where paths mean other files
    text = f"{display}-{root.st_dev:x}-{root.st_ino:x}"
    return "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else f"%{ord(each):x}" for each in text)


def _runtime() -> Path:
    """Our part of a system folder that is deleted with the session."""
    if sys.platform == "win32":
        return Path(os.environ.get("TEMP", ""), "oimg")
    user = os.geteuid()
    session = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    with suppress(OSError):  # with sudo, it can be that of another user
        if session.is_absolute() and session.stat().st_uid == user:
            return session / "oimg"
    return Path(os.environ.get("TMPDIR") or "/tmp", f"oimg-{user}")  # noqa: S108 - `_private` checks the owner


def _private(folder: Path) -> Path:
    """Create a folder that only the user can read. Raises OSError if there is another kind of folder already."""
    with suppress(FileExistsError):
        folder.mkdir(0o700)
    if sys.platform != "win32":
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
            raise PermissionError(folder)
    return folder


def _taken(path: Path) -> Request | None:
    """Take a request, so that it cannot be withdrawn; None if it was withdrawn before, is old or malformed."""
    if _is_old(path):
        return None
    ours = path.with_suffix(".taken")
    try:
        path.rename(ours)
        with ours.open("rb") as stream:
            untrusted = stream.read(_MOST)
    except OSError:
        return None
    finally:
        _remove(ours)
    token, *paths = untrusted.split(b"\0")
    if not paths or paths.pop():  # the last path ends with a NUL as well
        return None
    return Request(tuple(Path(os.fsdecode(each)) for each in paths if each), os.fsdecode(token))


def _is_old(path: Path) -> bool:
    with suppress(OSError):
        return time.time() - path.lstat().st_mtime > _OLD
    return False


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
