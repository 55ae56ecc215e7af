"""`oimg undo`: list batches, put originals back, drop them; and what is said about undo elsewhere."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

from oimg.faces import messages
from oimg.faces.cli.screen import stderr
from oimg.faces.messages import _, ngettext, printable, size
from oimg.words.i18n import N_
from oimg.words.recipe import RecipeError
from oimg.words.report import Optimized, Report
from oimg.words.undo import NotRestored, PastBatch, Recovery, Restored, Undoing
from oimg.work.session import Session, UnknownBatchError

INTERRUPTED: Final = 130
_PUT_RIGHT: Final = (
    N_("replacements ended"),
    N_("replacements taken back"),
    N_("temp files removed"),
    N_("files that cannot be looked at now"),
)


def undo(given: argparse.Namespace) -> int:
    """Run the command; gives the exit code: 0 all back, 1 some not, 130 interrupted."""
    if given.dry_run and (given.list or given.clear):
        raise RecipeError("--dry-run", "is for taking back, not for --list and --clear")
    if given.dry_run and (given.all or len(given.batch or ()) > 1):  # what a batch finds is what the later ones left
        raise RecipeError("--dry-run", "tells of one batch at a time")
    _check_answer(given)
    with Session() as session:
        tell_recovery(session.recovered)
        try:
            if given.list:
                return _list(session, as_json=given.json)
            if given.clear:
                return _clear(session, given)
            return _undo(session, given)
        except BrokenPipeError:  # the reader of our output has closed the pipe
            raise
        except OSError as error:
            stderr(f"oimg: {_('the backup cannot be used')}: {printable(str(error))}")
            return 1


def _check_answer(given: argparse.Namespace) -> None:
    """Refuse what needs a confirmation if there is no terminal to ask on."""
    flag = "--clear" if given.clear else "--all" if given.all else ""
    if given.yes and not given.clear and not given.all:
        raise RecipeError("--yes", "is for --clear and --all")
    if flag and not given.yes and (given.json or not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty())):
        raise RecipeError(flag, "cannot be asked for here; --yes says that it is meant")


def _agrees(question: str, given: argparse.Namespace) -> bool:
    """Ask on the terminal, unless --yes was given; only a yes is one."""
    if given.yes:
        return True
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


class _StopAfterThis:
    """Ctrl-C and SIGTERM end an undo between two files, never within one."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        self.asked = True


def _undo(session: Session, given: argparse.Namespace) -> int:
    if (batches := _batches(session, given)) is None:
        stderr(_("Nothing was put back."))
        return 1
    stop = _StopAfterThis()
    told: list[Undoing] = []
    undone: list[str] = []
    code = 0

    def tell(result: Undoing) -> None:
        told.append(result)
        if given.json:
            print(json.dumps(undo_event(result, dry_run=given.dry_run)), flush=True)
        else:
            _print_result(result, dry_run=given.dry_run)
        if stop.asked:
            raise KeyboardInterrupt

    try:
        for batch in batches:
            try:
                report = session.undo(batch, [Path(name) for name in given.file], tell, dry_run=given.dry_run)
            except UnknownBatchError as error:
                code |= _nothing(str(error), given)
            else:
                undone.append(report.batch)
                code |= report.exit_code
    except KeyboardInterrupt:
        stderr(_("Stopped; originals that are back stay."))
        _sum_up(None, told, given)
        return INTERRUPTED
    if undone or given.json:
        _sum_up(undone[0] if len(undone) == 1 else None, told, given)
    return code


def _batches(session: Session, given: argparse.Namespace) -> list[str | None] | None:
    """Give the batches to take back, None for the last one; nothing at all where the answer is no."""
    if not given.all:
        return [*(given.batch or [None])]
    left = [batch.id for batch in session.past_batches() if batch.left and not batch.running]
    question = ngettext("Put back the originals of {} batch?", "Put back the originals of {} batches?", len(left))
    if left and not _agrees(question.format(len(left)), given):
        return None
    return [*left] or [None]


def _sum_up(batch: str | None, results: list[Undoing], given: argparse.Namespace) -> None:
    """Say how many originals are back; a dry run has no sum in JSON."""
    restored = sum(isinstance(each, Restored) for each in results)
    failed = len(results) - restored
    if given.json:
        total = {"batch": batch, "files": len(results), "restored": restored, "refused": failed}
        if not given.dry_run:
            print(json.dumps({"event": "summary", **total}))
        return
    if given.dry_run:
        back = ngettext("{} original would be put back", "{} originals would be put back", restored).format(restored)
        rest = ngettext("{} file would be left alone", "{} files would be left alone", failed).format(failed)
    else:
        back = ngettext("{} original is back", "{} originals are back", restored).format(restored)
        rest = ngettext("{} file was left alone", "{} files were left alone", failed).format(failed)
    print(f"{back}; {rest}" if failed else back)


def _nothing(name: str, given: argparse.Namespace) -> int:
    """Report that there is nothing to undo; an error only if a batch or file was named that is not known."""
    if given.file:
        stderr(f"oimg: {_('no remembered batch has replaced this file')}: {printable(name)}")
    elif given.batch:
        stderr(f"oimg: {_('nothing to undo in a batch of this name')}: {printable(name)}")
    else:
        stderr(f"oimg: {_('nothing to undo: no originals were replaced, or all are back')}")
    return 1 if name else 0


def undo_event(result: Undoing, *, dry_run: bool = False) -> dict[str, Any]:
    """Give what became (in a dry run: would become) of one original with every field of the contract."""
    kind = "plan" if dry_run else "undo"
    event = {"event": kind, "file": str(result.path), "replaced": str(result.replaced)}
    match result:
        case Restored():
            facts = {"bytes": result.restored_bytes, "dates_kept": result.keeps_dates}
            return {**event, "outcome": "restored", "code": None, "detail": None, **facts}
        case NotRestored():
            facts_of_none = {"bytes": None, "dates_kept": None}
            return {**event, "outcome": "refused", "code": result.code, "detail": result.detail, **facts_of_none}


def _print_result(result: Undoing, *, dry_run: bool) -> None:
    name = printable(str(result.path))
    match result:
        case Restored():
            dates = "" if result.keeps_dates else f"  ({_('dates or permissions could not be kept')})"
            print(f"{'?' if dry_run else '✓'} {name}  {size(result.restored_bytes)}{dates}")
        case NotRestored():
            print(f"✗ {name}  {messages.not_restored(result.code, result.detail)}")


def _list(session: Session, *, as_json: bool) -> int:
    batches = session.past_batches()
    for batch in batches:
        if as_json:
            print(json.dumps(_batch_event(batch)))
            continue
        _print_batch(batch)
    if not as_json:
        _print_backup(session, any_batches=bool(batches))
    return 0


def _print_batch(batch: PastBatch) -> None:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(batch.began))
    files = ngettext("{} file", "{} files", batch.files).format(batch.files)
    state = _("at work") if batch.running else _("undone") if not batch.left else ""
    if batch.left and batch.left < batch.files:
        state = _("{} left to undo").format(batch.left)
    where = _("originals in the trash") if batch.in_trash else ""
    notes = ", ".join(each for each in (state, where) if each)
    sizes = f"{size(batch.source_bytes)} → {size(batch.output_bytes)}"
    print(f"{batch.id}  {when}  {files}, {sizes}  {printable(str(batch.folder))}{f'  ({notes})' if notes else ''}")


def _print_backup(session: Session, *, any_batches: bool) -> None:
    """Print the size and place of the kept originals, and how to delete them."""
    if not any_batches:
        print(_("No batch is remembered: no originals were replaced, or all are back."))
        return
    folder, count = session.backup()
    if count:
        text = _("The kept originals take {} in {}; `oimg undo --clear` drops them for good.")
        print(text.format(size(count), printable(str(folder))))


def _batch_event(batch: PastBatch) -> dict[str, Any]:
    return {
        "event": "batch",
        "batch": batch.id,
        "began": batch.began,
        "files": batch.files,
        "left": batch.left,
        "source_bytes": batch.source_bytes,
        "output_bytes": batch.output_bytes,
        "folder": str(batch.folder),
        "in_trash": batch.in_trash,
        "running": batch.running,
    }


def _clear(session: Session, given: argparse.Namespace) -> int:
    question = _("Drop all kept originals ({}) for good? No batch can be undone then.").format(
        size(session.backup()[1])
    )
    if not _agrees(question, given):
        stderr(_("Nothing was dropped."))
        return 1
    freed = session.clear_backups()
    if given.json:
        print(json.dumps({"event": "clear", "freed_bytes": freed}))
    else:
        print(_("The kept originals are gone; {} freed.").format(size(freed)))
    return 0


def undo_hint(report: Report, *, in_trash: bool) -> str:
    """Say how an in-place batch can be taken back, and that this also brings metadata back."""
    if in_trash:
        hint = _("The originals are in the trash; `oimg undo --batch {}` brings them back.").format(report.batch)
    else:
        hint = _("The originals are kept; `oimg undo --batch {}` brings them back.").format(report.batch)
    removed = {each for record in report.records for each in _removed(record.outcome)}
    if not removed:
        return hint
    return f"{_('Metadata was taken out of the files')}: {', '.join(sorted(removed))}.\n{hint}"


def _removed(outcome: object) -> tuple[str, ...]:
    return tuple(outcome.removed) if isinstance(outcome, Optimized) else ()


def tell_recovery(recovery: Recovery) -> None:
    """Report what the start repaired after a run that was cut short."""
    if recovery:
        counts = (recovery.finished, recovery.rolled_back, recovery.temps_removed, len(recovery.unclear))
        told = ", ".join(f"{_(text)}: {count}" for count, text in zip(counts, _PUT_RIGHT, strict=True) if count)
        stderr(f"{_('The last run was cut short; this was put right')}: {told}.")
