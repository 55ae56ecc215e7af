"""Bringing originals back, on a thread; what is back and what could not be, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from oimg.faces.gui.background import Answer, Background, Call
from oimg.faces.gui.bridge import Bridge
from oimg.faces.gui.wording import not_restored
from oimg.faces.messages import _, ngettext, number, printable
from oimg.words import undo as words
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.task import CancelToken
from oimg.words.undo import NotRestored, Restored

if TYPE_CHECKING:
    from oimg.work.session import Session

_KEY: Final = "undo"


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of it. `unknown` are files that no remembered batch has replaced."""

    results: tuple[words.Undoing, ...] = ()
    unknown: tuple[Path, ...] = ()

    @property
    def restored(self) -> tuple[Restored, ...]:
        """Originals that are back."""
        return tuple(each for each in self.results if isinstance(each, Restored))

    @property
    def refused(self) -> tuple[NotRestored, ...]:
        """Originals that could not be put back."""
        return tuple(each for each in self.results if isinstance(each, NotRestored))

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is back."""
        return bool(self.results) and not self.refused and not self.unknown


class Undoing(QObject):
    """Takes back one batch, or single files, at a time."""

    moved = Signal(int)
    """So many files were looked at so far."""
    ended = Signal(object)
    """An `Undone`."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.active = False
        self._session: Session | None = None
        self._looked = 0
        self._background = Background("undo", parent=self)
        self._background.arrived.connect(self._take)
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._count)

    def use(self, session: Session) -> None:
        """From now on something can be taken back."""
        self._session = session

    def batch(self, *ids: str) -> None:
        """Bring the originals of a batch back, or those of several: the newest one first."""
        if self._session is not None:
            self._ask(_of_batches(self._session, ids, self._bridge))

    def files(self, paths: Sequence[Path]) -> None:
        """Bring the originals of single files back."""
        if self._session is not None and paths:
            self._ask(_of_files(self._session, tuple(paths), self._bridge))

    def close(self) -> None:
        """End after the file that is under way; what is back stays."""
        self._background.close()
        self._bridge.close()

    def _ask(self, call: Call) -> None:
        if self.active:
            return
        self.active = True
        self._looked = 0
        self._background.ask(_KEY, call)

    def _count(self, values: list[None]) -> None:
        self._looked += len(values)
        if self.active:
            self.moved.emit(self._looked)

    def _take(self, answer: Answer) -> None:
        self.active = False
        if answer.error is not None:
            text = _("The kept originals cannot be used: {reason}")
            self.failed.emit(text.format(reason=printable(answer.error.detail)))
        else:
            self.ended.emit(answer.value)


def _of_batches(session: Session, ids: Sequence[str], bridge: Bridge) -> Call:
    def call(token: CancelToken) -> Undone:
        from oimg.work.session import UnknownBatchError  # noqa: PLC0415 - it is loaded long since

        results: list[words.Undoing] = []
        for id_ in ids:
            try:
                results += session.undo(id_, (), _watched(token, bridge)).results
            except UnknownBatchError:
                continue
            except OSError as error:
                raise OimgError(ErrorCode.BACKUP, error.strerror or str(error)) from error
        return Undone(tuple(results))

    return call


def _of_files(session: Session, paths: tuple[Path, ...], bridge: Bridge) -> Call:
    def call(token: CancelToken) -> Undone:
        from oimg.work.session import UnknownBatchError  # noqa: PLC0415

        left, unknown = list(paths), list[Path]()
        while left:
            try:
                return Undone(session.undo(None, left, _watched(token, bridge)).results, tuple(unknown))
            except UnknownBatchError as error:  # it names the first one, before anything was done
                lost = next((each for each in left if str(each) == str(error)), left[0])
                left.remove(lost)
                unknown.append(lost)
            except OSError as error:
                raise OimgError(ErrorCode.BACKUP, error.strerror or str(error)) from error
        return Undone((), tuple(unknown))

    return call


def _watched(token: CancelToken, bridge: Bridge) -> Callable[[words.Undoing], None]:
    """Count files, and end between two of them when nobody waits any more."""

    def watch(_result: words.Undoing) -> None:
        bridge.put(None)
        token.check()

    return watch


def undone_text(undone: Undone) -> str:
    """Say what is back, and what is not and why; the reasons of many files are put together."""
    lines = []
    match undone.restored:
        case (Restored(path=path),):
            lines.append(_("{name} is back as it was.").format(name=printable(path.name)))
        case () if not undone.refused and not undone.unknown:
            lines.append(_("There is nothing to bring back."))
        case ():
            pass
        case many:
            text = ngettext("{count} original is back.", "{count} originals are back.", len(many))
            lines.append(text.format(count=number(len(many))))
    lines += _left_alone(undone.refused)
    if undone.unknown:
        text = ngettext(
            "{count} file was left alone: its original is not kept any more.",
            "{count} files were left alone: their originals are not kept any more.",
            len(undone.unknown),
        )
        lines.append(text.format(count=number(len(undone.unknown))))
    return "\n".join(lines)


def _left_alone(refused: Sequence[NotRestored]) -> list[str]:
    if len(refused) == 1:
        (one,) = refused
        text = _("{name} was left alone. {reason}.")
        return [text.format(name=printable(one.path.name), reason=not_restored(one.code, one.detail))]
    lines = []
    for code, count in Counter(each.code for each in refused).most_common():
        text = ngettext("{count} file was left alone. {reason}.", "{count} files were left alone. {reason}.", count)
        lines.append(text.format(count=number(count), reason=not_restored(code)))
    return lines
