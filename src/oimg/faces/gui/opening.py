"""Loads the session while the window is already on the screen: codecs take longer to load than a window."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oimg.faces.gui.bridge import Bridge

if TYPE_CHECKING:
    from oimg.work.session import Session

log = logging.getLogger(__name__)


class Opening(QObject):
    """Opens the program's session on a thread, which also repairs what a killed run left."""

    opened = Signal(object)
    """The `Session`."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session: Session | None = None
        self._thread = threading.Thread(target=self._open, name="oimg-open")
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._take)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, *, abandon: bool = False) -> None:
        """End the session; with `abandon`, without waiting for its threads."""
        self._thread.join()
        self._bridge.close()
        if self.session is None:
            return
        if abandon:
            self.session.abandon()
        else:
            self.session.close()

    def _open(self) -> None:
        try:
            from oimg.work.session import Session  # noqa: PLC0415 - this is what takes its time

            self.session = Session().__enter__()
            self._bridge.put(self.session)
        except Exception as error:
            log.exception("the session could not be opened")
            self._bridge.put(f"{type(error).__name__}: {error}")

    def _take(self, values: list[Session | str]) -> None:
        for value in values:
            if isinstance(value, str):
                self.failed.emit(value)
            else:
                self.opened.emit(value)
