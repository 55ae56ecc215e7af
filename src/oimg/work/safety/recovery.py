"""Repairs what a killed run left: deletes temp files; completes or reverts what was begun, as the bytes show."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oimg.words.undo import Recovery
from oimg.work.files import temp
from oimg.work.files.commit import link_new
from oimg.work.files.exchange import exchange
from oimg.work.safety import journal_reader, trash, upkeep
from oimg.work.safety.folders import Folders
from oimg.work.safety.journal import Journal
from oimg.work.safety.journal_reader import BatchHistory, Replacement, State
from oimg.work.safety.vault import Vault, digest_at, digest_of

_EMPTY: Final = digest_of(b"")


def recover(folders: Folders) -> Recovery:
    """Repair what dead processes left. Never raises: what cannot be repaired now is tried again at the next start."""
    result = Recovery()
    with suppress(OSError):
        for path in journal_reader.paths(folders, open_only=True):
            try:
                if (journal := _taken_up(folders, path)) is not None:
                    result += _one(folders, journal)
                    upkeep.sweep(folders)
            except TimeoutError:  # the other files would wait just as long
                break
            except OSError:
                continue
    return result


def _taken_up(folders: Folders, path: Path) -> Journal | None:
    with folders.locked():
        return None if journal_reader.read(path).foreign else Journal.reopened(folders, path)


def _one(folders: Folders, journal: Journal) -> Recovery:
    try:
        return _put_right(folders, journal_reader.read(journal.path), journal)
    finally:
        journal.close()


def _put_right(folders: Folders, history: BatchHistory, journal: Journal) -> Recovery:
    total = Recovery()
    for item in history.replacements.values():
        if item.state in (State.BEGUN, State.UNDOING):
            total += _decide(_Torn(item, Vault(folders.backups)), journal)
    history = journal_reader.read(journal.path)  # as it is now
    removed = _remove_temps(folders, history, journal) + _empty_trash(history, journal)
    replaced = sum(item.state is State.DONE for item in history.replacements.values())
    return total + Recovery(temps_removed=removed, replaced=replaced)


def _decide(torn: _Torn, journal: Journal) -> Recovery:
    """Find out the state of one file and record it; what cannot be examined keeps its state in the journal."""
    item = torn.item
    begun = item.state is State.BEGUN
    try:
        if not all(name.parent.is_dir() for name in item.names):  # its disk is not mounted now
            return Recovery(unclear=item.names)
        ended = torn.end()
        on_end, on_return = (State.DONE, State.DROPPED) if begun else (State.UNDONE, State.DONE)
        journal.mark(item.number, on_end if ended else on_return, sync=True)
    except OSError:
        return Recovery(unclear=item.names)
    return Recovery(finished=int(ended), rolled_back=int(not ended))


@dataclass(frozen=True, slots=True)
class _Torn:
    """A replacement or undo that was cut short: the file `comes` was to replace the file `goes` (both digests)."""

    item: Replacement
    vault: Vault

    @property
    def comes(self) -> str:
        """The digest of the new bytes: the result's, or the original's during an undo."""
        return self.item.digest if self.item.state is State.BEGUN else self.item.old.digest

    @property
    def goes(self) -> str:
        """The digest of the bytes to be replaced."""
        return self.item.old.digest if self.item.state is State.BEGUN else self.item.digest

    def end(self) -> bool:
        """Complete it if a name has the new bytes already, else revert it; returns which. Raises OSError."""
        item = self.item
        if item.state is State.BEGUN and not self._has_backup():
            self._take_back()
        self._remove_placeholder()
        if item.output is None:
            self._give_foreign_back()
            return self._same_for_all()
        names = (item.output, item.names[0])
        return self._other_name(*names) if item.state is State.BEGUN else self._other_name(*reversed(names))

    def _has_backup(self) -> bool:
        old = self.item.old
        return self.vault.has(old.digest, old.size) if old.trash is None else digest_at(old.trash) == old.digest

    def _take_back(self) -> None:
        """Give the original its name back if it is the only copy, because the backup was deleted meanwhile."""
        item = self.item
        for aside, name in zip(item.temps, item.names, strict=False):
            if digest_at(aside) == item.old.digest:
                if item.output is not None:
                    link_new(aside, name)
                elif digest_at(name) == item.digest and not exchange(aside, name):
                    aside.replace(name)
        is_back = digest_at(item.names[0]) == item.old.digest
        if item.output is not None and is_back and digest_at(item.output) == item.digest:
            item.output.unlink()

    def _remove_placeholder(self) -> None:
        """Delete the empty file that reserves a name where links and renameat2 are missing (`commit.link_new`)."""
        item = self.item
        names = item.names if item.state is State.UNDOING else filter(None, (item.output,))
        for name in names:
            if digest_at(name) == _EMPTY:
                name.unlink()

    def _give_foreign_back(self) -> None:
        """Swap back a file that another program wrote to just before the names were swapped."""
        for aside, name in zip(self.item.temps, self.item.names, strict=False):
            if digest_at(aside) not in (None, self.comes, self.goes) and digest_at(name) == self.comes:
                exchange(aside, name)

    def _same_for_all(self) -> bool:
        """Give all names the new file that some of them have already; False if none has it."""
        item = self.item
        have = {name: digest_at(name) for name in item.names}
        first = next((name for name, digest in have.items() if digest == self.comes), None)
        if first is None:
            return False
        # An undo may have had to create missing names; for a replacement, all of them existed.
        late = (self.goes, None) if item.state is State.UNDOING else (self.goes,)
        for (name, digest), aside in zip(have.items(), item.temps, strict=False):
            if digest in late:
                aside.unlink(missing_ok=True)
                aside.hardlink_to(first)
                aside.replace(name)
        return True

    def _other_name(self, new: Path, old: Path) -> bool:
        """The same if the new file has a name of its own, so that the old one only has to be removed."""
        aside = self.item.temps[0]
        if digest_at(new) != self.comes:
            return False
        there, moved = digest_at(old), digest_at(aside)
        if there == self.goes:
            old.unlink()
            return True
        if there is None and moved in (None, self.comes, self.goes):
            return True
        # Another program wrote to the old one just before it was moved aside.
        if there is None and link_new(aside, old):
            aside.unlink(missing_ok=True)
        new.unlink()
        return False


def _remove_temps(folders: Folders, history: BatchHistory, journal: Journal) -> int:
    """Delete temp files; one that may hold another program's bytes only if it does not."""
    ours = {path: {item.digest, item.old.digest} for item in history.replacements.values() for path in item.temps}
    removed = 0
    for path in filter(temp.is_temp, history.temps):
        try:
            digest = digest_at(path)
            if digest is not None and digest in ours.get(path, {digest}):
                path.unlink()
                removed += 1
        except OSError:
            journal.leave_open()
        # Its disk is not mounted now. (Empty folders of the backup are deleted, so their absence means nothing.)
        if not os.path.isdir(path.parent) and not path.is_relative_to(folders.root):  # noqa: PTH112 - it never raises
            journal.leave_open()
    return removed


def _empty_trash(history: BatchHistory, journal: Journal) -> int:
    """Delete copies in the trash whose originals are in their place: never replaced, or put back."""
    items = {item.old.trash: item for item in history.replacements.values()}
    removed = 0
    for path in history.trashed:
        item = items.get(path)
        with suppress(OSError):
            # If lines are missing, one of them may have recorded a replacement.
            unused = not history.damaged if item is None else _is_back(item)
            if unused:
                removed += os.path.lexists(path)
                if not trash.forget(path):
                    journal.leave_open()
    return removed


def _is_back(item: Replacement) -> bool:
    return item.state in (State.DROPPED, State.UNDONE) and digest_at(item.names[0]) == item.old.digest
