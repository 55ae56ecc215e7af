"""`oimg undo`: list batches, put originals back, drop them; and what is said about undo elsewhere."""

from __future__ import annotations

import argparse
import json
import signal
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
    with Session() as session:
        tell_recovery(session.recovered)
        try:
            if given.list:
                return _list(session, as_json=given.json)
            if given.clear:
                return _clear(session, as_json=given.json)
            return _undo(session, given)
        except BrokenPipeError:  # whoever read our output has enough
            raise
        except OSError as error:
            stderr(f"oimg: {_('the backup cannot be used')}: {printable(str(error))}")
            return 1


class _StopAfterThis:
    """Ctrl-C and SIGTERM end an undo between two files, never within one."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        self.asked = True


def _undo(session: Session, given: argparse.Namespace) -> int:
    stop = _StopAfterThis()
    told: list[Undoing] = []

    def tell(result: Undoing) -> None:
        told.append(result)
        if given.json:
            print(json.dumps(undo_event(result, dry_run=given.dry_run)), flush=True)
        else:
            _print_result(result, dry_run=given.dry_run)
        if stop.asked:
            raise KeyboardInterrupt

    try:
        report = session.undo(given.batch, [Path(name) for name in given.file], tell, dry_run=given.dry_run)
    except UnknownBatchError as error:
        return _nothing(str(error), given)
    except KeyboardInterrupt:
        stderr(_("Stopped; originals that are back stay."))
        _sum_up(None, told, given)
        return INTERRUPTED
    _sum_up(report.batch, told, given)
    return report.exit_code


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
    """Say that there is nothing to take back; only an error where somebody named what does not exist."""
    if given.json:
        _sum_up(None, [], given)
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
    """Say what the kept originals take, where, and how to be rid of them."""
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


def _clear(session: Session, *, as_json: bool) -> int:
    freed = session.clear_backups()
    if as_json:
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
    """Say what the start put right after a run that was cut short."""
    if recovery:
        counts = (recovery.finished, recovery.rolled_back, recovery.temps_removed, len(recovery.unclear))
        told = ", ".join(f"{_(text)}: {count}" for count, text in zip(counts, _PUT_RIGHT, strict=True) if count)
        stderr(f"{_('The last run was cut short; this was put right')}: {told}.")
