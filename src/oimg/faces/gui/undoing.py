"""Undo, on a thread: originals return, results beside them are deleted; what failed, in words."""

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
from oimg.words.report import Kept, Optimized, Report
from oimg.words.task import CancelToken
from oimg.words.undo import NotRestored, Removed, Restored

if TYPE_CHECKING:
    from oimg.work.session import Session

_KEY: Final = "undo"


@dataclass(frozen=True, slots=True)
class Undone:
    """The outcome of an undo. `unknown` are files that no remembered batch has replaced."""

    results: tuple[words.Undoing | words.Removing, ...] = ()
    unknown: tuple[Path, ...] = ()

    @property
    def restored(self) -> tuple[Restored, ...]:
        """Originals that are back."""
        return tuple(each for each in self.results if isinstance(each, Restored))

    @property
    def removed(self) -> tuple[Removed, ...]:
        """Results that were deleted; their originals had not been replaced."""
        return tuple(each for each in self.results if isinstance(each, Removed))

    @property
    def refused(self) -> tuple[NotRestored, ...]:
        """Originals that could not be put back."""
        return tuple(each for each in self.results if isinstance(each, NotRestored))

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is back."""
        return bool(self.results) and not self.refused and not self.unknown


class Undoing(QObject):
    """Undoes batches or single files, one request at a time."""

    moved = Signal(int)
    """How many files have been handled so far."""
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
        """Use this session from now on."""
        self._session = session

    def batch(self, id_: str) -> None:
        """Bring the originals of a batch back."""
        if self._session is not None:
            self._ask(_of_batch(self._session, id_, self._bridge))

    def reports(self, reports: Sequence[Report]) -> None:
        """Undo runs, newest first: originals return, results that were written beside them are deleted."""
        if self._session is not None:
            self._ask(_of_reports(self._session, tuple(reports), self._bridge))

    def files(self, replaced: Sequence[Path], written: Sequence[Optimized | Kept] = ()) -> None:
        """Undo single files: originals return, results that were written beside them are deleted."""
        if self._session is not None and (replaced or written):
            self._ask(_of_files(self._session, tuple(replaced), tuple(written), self._bridge))

    def close(self) -> None:
        """Stop after the present file; what was undone stays."""
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


def _of_batch(session: Session, id_: str, bridge: Bridge) -> Call:
    def call(token: CancelToken) -> Undone:
        from oimg.work.session import UnknownBatchError  # noqa: PLC0415 - it is loaded long since

        try:
            return Undone(session.undo(id_, (), _watched(token, bridge)).results)
        except UnknownBatchError:
            return Undone()
        except OSError as error:
            raise OimgError(ErrorCode.BACKUP, error.strerror or str(error)) from error

    return call


def _of_reports(session: Session, reports: Sequence[Report], bridge: Bridge) -> Call:
    def call(token: CancelToken) -> Undone:
        results: list[words.Undoing | words.Removing] = []
        for report in reports:
            if report.undoable:
                results += _of_batch(session, report.batch, bridge)(token).results
            else:
                results += session.remove_results(written_by(report), _watched(token, bridge))
        return Undone(tuple(results))

    return call


def written_by(report: Report) -> tuple[Optimized | Kept, ...]:
    """Give the outcomes for which a run wrote a file beside the original, or into another folder."""
    outcomes = (record.outcome for record in report.records)
    return tuple(each for each in outcomes if isinstance(each, Optimized | Kept) and each.written is not None)


def _of_files(
    session: Session, replaced: tuple[Path, ...], written: tuple[Optimized | Kept, ...], bridge: Bridge
) -> Call:
    def call(token: CancelToken) -> Undone:
        from oimg.work.session import UnknownBatchError  # noqa: PLC0415

        watch = _watched(token, bridge)
        removed = session.remove_results(written, watch)
        left, unknown = list(replaced), list[Path]()
        while left:
            try:
                return Undone((*session.undo(None, left, watch).results, *removed), tuple(unknown))
            except UnknownBatchError as error:  # it names the first one, before anything was done
                lost = next((each for each in left if str(each) == str(error)), left[0])
                left.remove(lost)
                unknown.append(lost)
            except OSError as error:
                raise OimgError(ErrorCode.BACKUP, error.strerror or str(error)) from error
        return Undone(removed, tuple(unknown))

    return call


def _watched(token: CancelToken, bridge: Bridge) -> Callable[[object], None]:
    """Count files, and end between two of them when nobody waits any more."""

    def watch(_result: object) -> None:
        bridge.put(None)
        token.check()

    return watch


def undone_text(undone: Undone) -> str:
    """Say what is back, and what is not and why; the reasons of many files are put together."""
    lines = []
    match undone.restored:
        case (Restored(path=path),):
            lines.append(_("{name} is back as it was.").format(name=printable(path.name)))
        case () if not undone.results and not undone.unknown:
            lines.append(_("There is nothing to bring back."))
        case ():
            pass
        case many:
            text = ngettext("{count} original is back.", "{count} originals are back.", len(many))
            lines.append(text.format(count=number(len(many))))
    match undone.removed:
        case ():
            pass
        case (Removed(output=output),):
            lines.append(_("{name} was removed; the original was never touched.").format(name=printable(output.name)))
        case gone:
            text = ngettext(
                "{count} result was removed; its original was never touched.",
                "{count} results were removed; the originals were never touched.",
                len(gone),
            )
            lines.append(text.format(count=number(len(gone))))
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
