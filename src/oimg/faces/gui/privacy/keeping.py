"""The guards and what is stored, asked of the session on a thread; erasing, which asks once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from oimg.faces import messages
from oimg.faces.gui.background import Answer, Background
from oimg.faces.gui.privacy.stored_words import question, title
from oimg.faces.messages import _
from oimg.words import netguard
from oimg.words.answers import GuardLayer, StoredKind
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.task import CancelToken

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Session

T = TypeVar("T")
_GUARDS: Final = "guards"
_STORED: Final = "stored"


class Keeping(QObject):
    """Holds the session for the pages. What they ask before it is there is told as soon as it is."""

    guards_tried = Signal(object)
    """The layers of the guard, as they were just now."""
    stored_told = Signal(object)
    """A tuple of `Stored`."""
    erased = Signal(object, object)  # an int of Qt has 32 bits, too few for bytes
    """The `StoredKind`, and the bytes that were freed."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._background = Background("privacy", parent=self)
        self._background.arrived.connect(self._take)

    def use(self, session: Session) -> None:
        """From now on there is a session."""
        self._session = session
        self.ask_stored()

    def close(self) -> None:
        """Ask for nothing more."""
        self._background.close()

    def try_guards(self) -> None:
        """Try every guard, now; this needs no session, and so is as quick before there is one."""
        self._background.ask(_GUARDS, _guards)

    def ask_stored(self) -> None:
        """Look at what is stored."""
        if self._session is not None:
            session = self._session
            self._background.ask(_STORED, lambda _: _tried(session.stored))

    def erase(self, kind: StoredKind, parent: QWidget) -> None:
        """Ask once, then erase."""
        if self._session is None:
            return
        box = QMessageBox(QMessageBox.Icon.Question, "OIMG", question(kind)[0], parent=parent)
        box.setInformativeText(question(kind)[1])
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        erase = box.addButton(_("Erase"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(_("Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.buttonClicked.connect(lambda button: self.erase_now(kind) if button is erase else None)
        box.open()

    def erase_now(self, kind: StoredKind) -> None:
        """Erase without a question."""
        session = self._session
        if session is not None:
            self._background.ask(kind, lambda _: _tried(lambda: session.erase(kind)))

    def _take(self, answer: Answer) -> None:
        if answer.error is not None:
            text = _("{what}: that did not work ({reason}).")
            what = title(answer.key) if isinstance(answer.key, StoredKind) else _("What is stored on this computer")
            self.failed.emit(text.format(what=what, reason=messages.printable(answer.error.detail)))
        elif answer.key == _GUARDS:
            self.guards_tried.emit(answer.value)
        elif answer.key == _STORED:
            self.stored_told.emit(answer.value)
        elif isinstance(answer.key, StoredKind):
            self.erased.emit(answer.key, answer.value)
            self.ask_stored()


def _guards(_: CancelToken) -> tuple[GuardLayer, ...]:
    return tuple(GuardLayer(name, armed, detail) for name, armed, detail in netguard.state())


def _tried(work: Callable[[], T]) -> T:
    """Do something with the disk, whose errors are told in words."""
    try:
        return work()
    except OSError as error:
        raise OimgError(ErrorCode.WRITE, error.strerror or str(error)) from error
