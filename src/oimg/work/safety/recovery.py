"""After a run that was killed: temp files go; what was begun is ended or taken back, as the bytes there tell."""

from __future__ import annotations

import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from oimg.words.undo import Recovery
from oimg.work.files import temp
from oimg.work.files.commit import link_new
from oimg.work.files.exchange import exchange
from oimg.work.safety import journal as journals
from oimg.work.safety.folders import Folders
from oimg.work.safety.journal import Journal, Replacement, State, Story
from oimg.work.safety.vault import digest_of_file

Decision: TypeAlias = Callable[[Replacement], State]


def recover(folders: Folders) -> Recovery:
    """Put right what dead processes left. Never raises: what cannot be put right now is tried at the next start."""
    result = Recovery()
    for path in journals.files(folders, open_only=True):
        with suppress(OSError):
            with folders.locked():
                journal = Journal.reopened(folders, path)
            if journal is not None:
                try:
                    result += _put_right(journals.read(path), journal)
                finally:
                    journal.close()
    return result


def _put_right(story: Story, journal: Journal) -> Recovery:
    total = Recovery()
    for item in story.replacements.values():
        if item.state is State.BEGUN:
            total += _decide(item, journal, _replacement)
        elif item.state is State.UNDOING:
            total += _decide(item, journal, _undoing)
    ours = {path: {item.digest, item.old.digest} for item in story.replacements.values() for path in item.temps}
    return total + Recovery(temps_removed=sum(_removed(path, ours.get(path)) for path in story.temps))


def _decide(item: Replacement, journal: Journal, decide: Decision) -> Recovery:
    """Find out how far one file is, and write it down; what cannot be looked at stays as it is in the journal."""
    if not all(name.parent.is_dir() for name in item.names):  # a disk that is not here today
        return Recovery(unclear=item.names)
    try:
        state = decide(item)
        journal.mark(item.number, state, sync=True)
    except OSError:
        return Recovery(unclear=item.names)
    ended = state is (State.DONE if item.state is State.BEGUN else State.UNDONE)
    return Recovery(finished=int(ended), rolled_back=int(not ended))


def _replacement(item: Replacement) -> State:
    """End a replacement where a name has the result already; take it back otherwise. Raises OSError."""
    if item.output is not None:
        return _new_name(item, item.output)
    for aside, name in zip(item.temps, item.names, strict=True):
        foreign = _digest(aside) not in (None, item.digest, item.old.digest)
        if foreign and _digest(name) == item.digest:  # written by another program just before the exchange: his it is
            exchange(aside, name)
    return State.DONE if _same_for_all(item, item.digest, item.old.digest) else State.DROPPED


def _new_name(item: Replacement, output: Path) -> State:
    """The same where the result has a name of its own, and the original only has to go."""
    name, aside = item.names[0], item.temps[0]
    if _digest(output) != item.digest:
        return State.DROPPED
    there, moved = _digest(name), _digest(aside)
    if there == item.old.digest:
        name.unlink()
        return State.DONE
    if there is None and moved in (None, item.digest, item.old.digest):
        return State.DONE
    if there is None:  # another program wrote to the original just before it was moved aside
        link_new(aside, name)
    output.unlink()
    return State.DROPPED


def _undoing(item: Replacement) -> State:
    """End an undo where the original is back under a name; else the result still stands. Raises OSError."""
    if not _same_for_all(item, item.old.digest, item.digest):
        return State.DONE
    if item.output is not None and _digest(item.output) == item.digest:
        item.output.unlink()
    return State.UNDONE


def _same_for_all(item: Replacement, wanted: str, other: str) -> bool:
    """Give all names the file that some of them have already; False where none has it."""
    have = {name: _digest(name) for name in item.names}
    first = next((name for name, digest in have.items() if digest == wanted), None)
    if first is None:
        return False
    for (name, digest), aside in zip(have.items(), item.temps, strict=False):
        if digest == other:
            aside.unlink(missing_ok=True)
            aside.hardlink_to(first)
            aside.replace(name)
    return True


def _digest(path: Path) -> str | None:
    """The digest of the file under a name; None where there is nothing, empty for no regular file. Raises OSError."""
    try:
        return digest_of_file(path) if stat.S_ISREG(path.lstat().st_mode) else ""
    except FileNotFoundError:
        return None


def _removed(path: Path, known: set[str] | None) -> bool:
    """Remove a temp file; one that may hold more than our own bytes only when it does not (`known` digests)."""
    try:
        if not temp.is_temp(path) or (known is not None and _digest(path) not in known):
            return False
        path.unlink()
    except OSError:
        return False
    return True
