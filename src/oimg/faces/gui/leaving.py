"""Closing the window: asks once while work is under way, and saves what the next start needs."""

from __future__ import annotations

import logging
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QSplitter, QWidget

from oimg.faces.gui.running import Running
from oimg.faces.messages import _
from oimg.work.settings import WindowState, save_window

log = logging.getLogger(__name__)
# How long running native calls may take to end by themselves before the program exits without them.
_GRACE: Final = 1500


class Leaving(QObject):
    """Decides whether the window may close now. `close_now` is emitted as soon as a decision lets it."""

    close_now = Signal()

    def __init__(self, window: QWidget, running: Running) -> None:
        super().__init__(window)
        self._window = window
        self._running = running
        self._leaving = False
        self._box: QMessageBox | None = None
        self.left_at_work = False
        """Whether native calls are still running although the window is closed."""
        self.remembers = True
        """Whether what was chosen is kept for the next start."""
        self._patience = QTimer(self, singleShot=True, interval=_GRACE)
        self._patience.timeout.connect(self._give_up_waiting)
        running.ended.connect(self._ended)

    @property
    def under_way(self) -> bool:
        """Whether the window is going to close."""
        return self._leaving

    def may_close(self) -> bool:
        """Whether the window can close now; if not, the user is asked, or the work is being stopped."""
        if not self._running.active or self.left_at_work:
            return True
        if not self._leaving:
            self._ask()
        return False

    def leave(self) -> None:
        """Close without a question: stop what is under way first."""
        self._leaving = True
        if self._running.active:
            self._running.cancel()
            self._patience.start()
        else:
            self.close_now.emit()

    def _ask(self) -> None:
        if self._box is not None:
            self._box.raise_()
            return
        box = QMessageBox(QMessageBox.Icon.Question, "OIMG", _("Stop the work and quit?"), parent=self._window)
        box.setInformativeText(_("Finished files stay. Files that are not finished stay as they are."))
        stop = box.addButton(_("Stop and quit"), QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton(_("Go on working"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.buttonClicked.connect(lambda button: self.leave() if button is stop else None)
        box.finished.connect(self._answered)
        self._box = box
        box.open()

    def _answered(self) -> None:
        if self._box is not None:
            self._box.deleteLater()
            self._box = None

    def _ended(self) -> None:
        if self._box is not None:
            self._box.reject()  # there is nothing left to ask about
        if self._leaving:
            self._patience.stop()
            self.close_now.emit()

    def _give_up_waiting(self) -> None:
        """Close although native calls are still running: the program ends without them."""
        self.left_at_work = self._running.active
        self.close_now.emit()


def restore(window: QWidget, splitter: QSplitter, state: WindowState) -> bool:
    """Restore window and panes; returns whether the widths of the panes were known."""
    window.restoreGeometry(_bytes(state.geometry))
    return splitter.restoreState(_bytes(state.splitter))


def places(window: QWidget, splitter: QSplitter) -> dict[str, str]:
    """The geometry of window and panes, as a `WindowState`."""
    return {"geometry": _text(window.saveGeometry()), "splitter": _text(splitter.saveState())}


def remember(state: WindowState) -> None:
    """Save the state for the next start; an error of the disk does not keep the window open."""
    try:
        save_window(state)
    except OSError:
        log.warning("the window's state could not be saved", exc_info=True)


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "ignore"))
