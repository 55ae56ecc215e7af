"""Replaces an original with its verified result, so that the name holds one or the other at every moment.

    temp file, synced -> original kept, synced -> journal records what is about to happen, synced
    -> names swapped, the old file checked -> journal records that it is done -> temp names deleted

If the program is killed before the swap, the next start deletes the temp file; after it, it only completes the entry in
the journal.
"""  # fmt: skip

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from oimg.words.errors import ErrorCode, OimgError
from oimg.words.recipe import Originals
from oimg.words.report import Identity, KeptCode, SourceFile
from oimg.words.task import Destination
from oimg.work.files import attributes, temp
from oimg.work.files.attributes import Attributes
from oimg.work.files.commit import TRIES, Written, link_new
from oimg.work.files.exchange import check, exchange, take_place
from oimg.work.files.identity import identity_of
from oimg.work.safety import trash
from oimg.work.safety.folders import Folders
from oimg.work.safety.journal import Journal
from oimg.work.safety.journal_reader import Original, Replacement, State
from oimg.work.safety.vault import Vault, digest_at, digest_of

_NONE: Final = -1  # stands for the inode of a file that does not exist


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to one file. `names` are all its names; `before` are its bytes, `after` those of the result.

    `output(n)` is the n-th name to try for a result with another suffix; None if the result takes over `names`.
    """

    number: int
    names: tuple[Path, ...]
    identity: Identity
    before: bytes
    after: bytes
    output: Callable[[int], Path] | None
    skip_taken: bool
    keep_dates: bool


def refusal(source: SourceFile, destination: Destination, *, same_format: bool) -> tuple[KeptCode, str] | None:
    """Why a file must not be replaced, checked before any work. Raises OimgError (CHANGED, WRITE) if it cannot be.

    With `same_format`, the result is sure to take over the name that the file has.
    """
    names = destination.names
    if source.links > len(names):
        return KeptCode.LINKED, f"{len(names)} of {source.links} names"
    others = (*names[1:], *destination.links)
    if others and not same_format:  # the other name would stay behind, the link would lead nowhere
        return KeptCode.LINKED, str(others[0])
    if not os.path.lexists(names[0]):
        raise OimgError(ErrorCode.CHANGED, "it is gone")
    if not os.access(names[0], os.W_OK):
        return KeptCode.PROTECTED, ""
    for folder in {name.parent for name in names}:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OimgError(ErrorCode.WRITE, f"{folder}: not writable")
    return None


class InPlace:
    """Replaces the originals of one batch."""

    def __init__(self, folders: Folders, journal: Journal, originals: Originals) -> None:
        self._folders = folders
        self._journal = journal
        self._originals = originals
        self._vault = Vault(folders.backups)

    def replace(self, change: Change) -> Written:
        """Replace an original by its result.

        Raises OimgError (CHANGED, BACKUP, WRITE, NO_SPACE), and FileExistsError if the result's own name is taken and
        the rule is to skip. Then the original is untouched, and nothing is left behind.
        """
        first = change.names[0]
        temps: list[Path] = []
        fresh = _NONE
        try:
            check(first, change.identity)
            like = attributes.of(first)
            written = temp.write(change.after, first.parent, like, dates=change.keep_dates, announce=self._announce)
            temps.append(written.path)
            fresh = written.path.lstat().st_ino
            temps += [temp.new_name(name.parent, self._announce) for name in change.names[1:]]
            old = self._keep(change, like)
            item = Replacement(
                *(change.number, change.names, None, tuple(temps), old),
                *(digest_of(change.after), len(change.after)),
            )
            with self._out_of_trash(change, old):
                return Written(self._take_place(change, item), written.carried)
        except FileExistsError:
            raise
        except OSError as error:
            raise temp.as_ours(error, first) from error
        finally:
            remove_ours(temps, fresh, change.identity)

    def _announce(self, path: Path) -> None:
        try:
            self._journal.announce(path)
        except OSError as error:
            raise _no_backup(error) from error

    def _keep(self, change: Change, like: Attributes) -> Original:
        """Copy the original to where undo finds it. Raises OimgError(BACKUP)."""
        digest, size = digest_of(change.before), len(change.before)
        old = Original(digest, size, like.mtime_ns, like.atime_ns, like.mode)
        try:
            if self._originals is Originals.TRASH:
                bin_, tell = trash.Trash.of_user(), self._journal.announce_trash
                return replace(old, trash=bin_.put(change.before, change.names[0], like, self._announce, tell))
            with self._folders.locked():
                self._journal.keep(digest)  # from now on no upkeep deletes it
            if not self._vault.has(digest, size):
                self._vault.store(change.before, digest, self._announce)
        except OSError as error:
            raise _no_backup(error) from error
        return old

    @contextmanager
    def _out_of_trash(self, change: Change, old: Original) -> Iterator[None]:
        """On failure, take the copy back out of the trash if the original is still in its place."""
        try:
            yield
        except BaseException:
            with suppress(OSError):
                is_there = identity_of(change.names[0]) == change.identity
                if is_there and old.trash is not None and not trash.forget(old.trash):
                    self._journal.leave_open()
            raise

    def _take_place(self, change: Change, item: Replacement) -> Path:
        """Swap the names, recorded in the journal before and after; returns the name of the result."""
        result = item.names[0]
        if change.output is None:
            with self._recorded(item):
                take_all(item.temps, item.names, change.identity)
        else:
            result = self._under_new_name(change, item, change.output)
        # If this cannot be written, the next start finds out from the bytes of the files.
        with suppress(OSError):
            self._journal.mark(item.number, State.DONE)
        return result

    def _under_new_name(self, change: Change, item: Replacement, output: Callable[[int], Path]) -> Path:
        for number in range(1, TRIES):
            target = output(number)
            if not os.path.lexists(target):
                with suppress(FileExistsError), self._recorded(replace(item, output=target)):
                    if not link_new(item.temps[0], target):
                        raise FileExistsError(target)  # it was created in between
                    remove_old(item.names[0], item.temps[0], target, change.identity)
                    return target
            if change.skip_taken:
                raise FileExistsError(target)
        raise OimgError(ErrorCode.WRITE, "no free name")

    @contextmanager
    def _recorded(self, item: Replacement) -> Iterator[None]:
        """Record in the journal what is about to happen and, if it failed, that nothing did."""
        try:
            self._journal.begin(item)
        except OSError as error:
            self._dropped(item)
            raise _no_backup(error) from error
        try:
            yield
        except BaseException:
            if not stands(item.results, item.digest):
                self._dropped(item)
            raise

    def _dropped(self, item: Replacement) -> None:
        with suppress(OSError):  # the next start finds out by itself
            self._journal.mark(item.number, State.DROPPED)


def _no_backup(error: OSError) -> OimgError:
    return OimgError(ErrorCode.BACKUP, error.strerror or str(error))


def stands(names: Iterable[Path], digest: str) -> bool:
    """Whether one of these names has the bytes with this digest; True as well if that cannot be determined."""
    for name in names:
        try:
            if digest_at(name) == digest:
                return True
        except OSError:
            return True
    return False


def take_all(temps: tuple[Path, ...], names: tuple[Path, ...], identity: Identity) -> None:
    """Give the first temp file all of an old file's names, or none of them. Raises OimgError(CHANGED), OSError."""
    exchanged: list[tuple[Path, Path]] = []
    try:
        for new, name in zip(temps, names, strict=True):
            temp.release(new)  # after the swap it holds the old file
            if name is not names[0]:
                os.link(names[0], new, follow_symlinks=False)
            if take_place(new, name, identity):
                exchanged.append((new, name))
    except BaseException:
        for new, name in reversed(exchanged):
            with suppress(OSError):
                exchange(new, name)
        raise
    for folder in {name.parent for name in names}:
        temp.sync_folder(folder)


def remove_old(name: Path, aside: Path, result: Path, identity: Identity) -> None:
    """Move the old file to the temp name `aside`, now that its result has a name of its own.

    Raises OimgError(CHANGED) if it is no longer that file, and OSError; then the result is deleted again.
    """
    temp.release(aside)
    try:
        name.replace(aside)  # which exists: `rename` would refuse that on Windows
    except BaseException as error:
        result.unlink()
        if isinstance(error, FileNotFoundError):
            raise OimgError(ErrorCode.CHANGED, "it is gone") from error
        raise
    try:
        if identity_of(aside) != identity:
            raise OimgError(ErrorCode.CHANGED)
    except BaseException:
        if link_new(aside, name):
            aside.unlink(missing_ok=True)
        result.unlink()
        raise
    temp.sync_folder(name.parent)


def remove_ours(temps: Iterable[Path], fresh: int, old: Identity | None) -> None:
    """Delete temp files that hold the new file (by inode) or the old one; what another program wrote stays."""
    for each in temps:
        with suppress(OSError):
            found = identity_of(each)
            if found[1] == fresh or found == old:
                each.unlink()
        temp.release(each)
