"""Looks for pictures in the background: they arrive in chunks, and the user can stop the search."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QImage

from oimg.faces.gui import cycles
from oimg.faces.gui.bridge import Bridge
from oimg.faces.messages import _
from oimg.words.errors import ErrorCode
from oimg.words.report import Failed, Kept, KeptCode, SourceFile
from oimg.words.task import CancelToken

if TYPE_CHECKING:
    from oimg.work.session import Session

log = logging.getLogger(__name__)
Found: TypeAlias = SourceFile | Kept | Failed
_END = object()


@dataclass(frozen=True, slots=True)
class _Job:
    paths: tuple[Path, ...]
    skip: tuple[Path, ...] = ()
    image: QImage | None = None


class Importing(QObject):
    """Handles one request after the other. Until there is a session, requests wait."""

    found = Signal(list)
    """Files, in the order they were found, without those in folders that are not pictures."""
    progressed = Signal(int)
    """How many files of this import have been probed so far."""
    finished = Signal(int)
    """The search has ended; so many files were not pictures."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._jobs: deque[_Job] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._token = CancelToken()
        self._looked = self._left_out = 0
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._take)

    @property
    def running(self) -> bool:
        """Whether a search is under way."""
        return self._thread is not None

    def use(self, session: Session) -> None:
        """Use this session from now on."""
        self._session = session
        self._begin()

    def add(self, paths: list[Path], skip: tuple[Path, ...] = ()) -> None:
        """Look for pictures: files, and everything in folders except those to skip."""
        self._put(_Job(tuple(paths), skip))

    def add_image(self, image: QImage) -> None:
        """Save a pasted picture in the user's pictures folder, and import it from there."""
        self._put(_Job((), (), image))

    def cancel(self) -> None:
        """Stop looking; what was found stays."""
        with self._lock:
            self._jobs.clear()
        self._token.cancel()

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self.cancel()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._bridge.close()

    def _put(self, job: _Job) -> None:
        with self._lock:
            self._jobs.append(job)
        self._begin()

    def _begin(self) -> None:
        if self._session is None or self._thread is not None or not self._jobs:
            return
        self._token = CancelToken()
        self._looked = self._left_out = 0
        self._thread = threading.Thread(target=self._run, args=(self._session, self._token), name="oimg-import")
        self._thread.start()
        self.progressed.emit(0)

    def _run(self, session: Session, token: CancelToken) -> None:
        try:
            while not token.cancelled:
                with self._lock:
                    if not self._jobs:
                        break
                    job = self._jobs.popleft()
                for each in _found_by(session, job, token):
                    self._bridge.put(each)
        except Exception:  # the window goes on with what was found
            log.exception("unexpected failure while looking for pictures")
        finally:
            self._bridge.put(_END)

    def _take(self, values: list[object]) -> None:
        files = [each for each in values if isinstance(each, SourceFile | Kept | Failed)]
        pictures = [each for each in files if not _is_no_picture(each)]
        self._looked += len(files)
        self._left_out += len(files) - len(pictures)
        if pictures:
            self.found.emit(pictures)
            cycles.set_apart()
        if files:
            self.progressed.emit(self._looked)
        if values[-1] is _END:
            self._end()

    def _end(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.finished.emit(self._left_out)
        self._begin()  # what came while the last one was ending


def _found_by(session: Session, job: _Job, token: CancelToken) -> Iterator[Found]:
    from oimg.work.session import Selection  # noqa: PLC0415 - the window is there before the session is loaded

    paths = list(job.paths)
    if job.image is not None:
        written = _write(job.image)
        if isinstance(written, Failed):
            yield written
            return
        paths.append(written)
    with closing(session.find(paths, Selection(skip=job.skip), token)) as found:
        yield from found


def _is_no_picture(found: Found) -> bool:
    return isinstance(found, Kept) and found.code in (KeptCode.NOT_AN_IMAGE, KeptCode.FOLDER_LINK)


def _write(image: QImage) -> Path | Failed:
    """Write a pasted picture as a PNG under a name that is free."""
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation) or str(Path.home())
    stem = _("Pasted picture {date}").format(date=f"{datetime.now().astimezone():%Y-%m-%d %H.%M.%S}")
    path = Path(home) / f"{stem}.png"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
                break
            except FileExistsError:
                number += 1
                path = path.with_name(f"{stem} ({number}).png")
    except OSError as error:
        return Failed(path, ErrorCode.WRITE, error.strerror or "")
    if image.save(str(path), "PNG"):  # type: ignore[call-overload]
        return path
    path.unlink(missing_ok=True)
    return Failed(path, ErrorCode.WRITE)
