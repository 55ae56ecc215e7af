"""The entries in the menus of file managers, looked at and changed on a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from oimg.faces import menus, messages
from oimg.faces.gui.background import Answer, Background
from oimg.faces.messages import LANGUAGE, _
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.menus import EntryStatus, IntegrationError
from oimg.words.task import CancelToken

if TYPE_CHECKING:  # the window is there before the session is loaded
    from oimg.work.session import Session

_LOOK: Final = "status"


class Integrating(QObject):
    """Holds the session for the preferences."""

    told = Signal(object)
    """A tuple of `EntryStatus`, as it is now."""
    changed = Signal()
    """They were installed or removed just now."""
    impossible = Signal(str)
    """Why there can be no entries."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._asked = False
        self._background = Background("entries", parent=self)
        self._background.arrived.connect(self._take)

    def use(self, session: Session) -> None:
        """From now on there is a session."""
        self._session = session
        if self._asked:
            self.look()

    def close(self) -> None:
        """Ask for nothing more."""
        self._background.close()

    def look(self) -> None:
        """Look how the entries stand; before there is a session, as soon as it is there."""
        self._asked = True
        self._do(_LOOK)

    def install(self) -> None:
        """Install entries in all file managers, and repair existing ones."""
        self._do("install")

    def remove(self) -> None:
        """Take away what was put there."""
        self._do("remove")

    def _do(self, name: str) -> None:
        if self._session is None:
            return
        made = self._session.menus(menus.titles(), menus.ICON, LANGUAGE)
        work: Callable[[], tuple[EntryStatus, ...]] = getattr(made, name)
        self._background.ask(name, lambda token: _tried(work, token))

    def _take(self, answer: Answer) -> None:
        if answer.error is not None:
            text = _("The entries could not be changed: {reason}.")
            self.failed.emit(text.format(reason=messages.printable(answer.error.detail)))
        elif isinstance(answer.value, IntegrationError):
            self.impossible.emit(menus.impossible(answer.value))
        else:
            self.told.emit(answer.value)
            if answer.key != _LOOK:
                self.changed.emit()


def _tried(
    work: Callable[[], tuple[EntryStatus, ...]], _token: CancelToken
) -> tuple[EntryStatus, ...] | IntegrationError:
    """Do something with files, and turn its errors into sentences."""
    try:
        return work()
    except IntegrationError as error:
        return error
    except OSError as error:
        raise OimgError(ErrorCode.WRITE, error.strerror or str(error)) from error
