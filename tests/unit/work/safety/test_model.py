"""Random sequences of what people and OIMG do to a folder, deaths included, against a model of who wrote what."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from disk_faults import Disk, Moment
from folder_model import ALL_NAMES, KNOWN, NAMES, VERSIONS, File, Item, Torn, result_of
from oimg.words.recipe import Originals
from oimg.words.undo import Restored, UndoReport
from oimg.work.safety import journal_reader, upkeep
from oimg.work.safety.keeper import UnknownBatchError
from replacements import World

name_of = st.sampled_from(NAMES)
any_name = st.sampled_from(ALL_NAMES)
version = st.sampled_from(VERSIONS)
mode = st.sampled_from((0o600, 0o644))
death = st.none() | st.tuples(st.integers(1, 70), st.sampled_from(Moment))
Death = tuple[int, Moment] | None


class Folder(RuleBasedStateMachine):
    """A folder that a person and OIMG work in. `batches` holds what can be taken back, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="oimg-model-"))
        self.fsync, os.fsync = os.fsync, lambda _: None  # type: ignore[assignment]
        self.world = World(self.root)
        (self.world.pictures / "below").mkdir()
        self.files: dict[str, File] = {}
        self.batches: list[list[Item]] = []
        self.torn: Torn | None = None
        self.clock = 1_500_000_000_000_000_000
        for name, data in zip(NAMES, VERSIONS, strict=True):
            self.write(name, data, 0o640, through=False)

    def teardown(self) -> None:
        os.fsync = self.fsync
        shutil.rmtree(self.root, ignore_errors=True)

    def path(self, name: str) -> Path:
        return self.world.pictures / name

    def touch(self, *names: str) -> None:
        """A person does something to names; what he does counts from here on."""
        if self.torn is not None:
            self.torn.touched.update(names)
            for name in names:  # what is there is what he sees; half of it may be OIMG's
                self.see(name)

    def see(self, name: str) -> None:
        """Take a name into the model as it is on the disk."""
        path = self.path(name)
        if not path.exists():
            self.files.pop(name, None)
            return
        facts = path.stat()
        twin = next(
            (f for n, f in self.files.items() if n != name and self.path(n).exists() and self.path(n).samefile(path)),
            None,
        )
        self.files[name] = twin or File(path.read_bytes(), 0, 0)
        seen = self.files[name]
        seen.data, seen.mtime, seen.mode = path.read_bytes(), facts.st_mtime_ns, facts.st_mode & 0o7777

    # What a person does

    @rule(name=name_of, data=version, bits=mode, through=st.booleans())
    def write(self, name: str, data: bytes, bits: int, through: bool) -> None:
        """Write a file: through the one that is there, with all its names, or a new one in its place."""
        self.touch(name)
        self.clock += 1_000_000_007
        path = self.path(name)
        if through and name in self.files:
            if self.torn is not None:
                self.touch(*(n for n, f in self.files.items() if f is self.files[name]))
            file = self.files[name]
            path.write_bytes(data)
        else:
            file = self.files[name] = File(data, 0, 0)
            path.with_suffix(".new").write_bytes(data)
            path.with_suffix(".new").replace(path)
        path.chmod(bits)
        os.utime(path, ns=(self.clock, self.clock))
        file.data, file.mtime, file.mode = data, self.clock, bits

    @rule(name=any_name)
    def delete(self, name: str) -> None:
        self.touch(name)
        if self.files.pop(name, None) is not None:
            self.path(name).unlink()

    @rule(name=any_name, other=name_of, keep=st.booleans())
    def rename_or_link(self, name: str, other: str, keep: bool) -> None:
        self.touch(name, other)
        if name not in self.files or other in self.files or Path(name).suffix != Path(other).suffix:
            return
        self.files[other] = self.files[name]
        if keep:
            os.link(self.path(name), self.path(other))
        else:
            self.path(name).rename(self.path(other))
            del self.files[name]

    # What OIMG does

    def died(self, kill: Death, act: Callable[[], object]) -> bool:
        """Do something, with the process dying over it at some call; tells whether it did."""
        if kill is None:
            act()
            return False
        disk = Disk(kill[0], moment=kill[1], pretend=True)
        with disk.installed():
            act()
        return disk.dead

    @rule(
        names=st.sets(name_of, min_size=1) | st.just(set(NAMES)),
        suffix=st.sampled_from(("", ".webp")),
        trash=st.booleans(),
        kill=death,
    )
    def optimize(self, names: set[str], suffix: str, trash: bool, kill: Death) -> None:
        self.restart()
        groups: dict[int, list[str]] = {}
        for name in sorted(self.files):
            groups.setdefault(id(self.files[name]), []).append(name)
        chosen = [group for group in groups.values() if names & set(group)]
        if suffix:  # a file of two names keeps its format; what ends in .webp is one already
            chosen = [group for group in chosen if len(group) == 1 and group[0] in NAMES]
        items = [self.item(group, suffix, trash=trash) for group in chosen]
        if not items:
            return
        originals = Originals.TRASH if trash else Originals.BACKUP
        results = {self.path(name): item.new for item in items for name in item.names}
        if self.died(kill, lambda: self.replaced(results, originals, suffix)):
            self.torn = Torn(items, was_undo=False)
            self.batches.append([])
            return
        for item in items:
            self.stand(item)
        self.batches.append(items)

    def replaced(self, results: dict[Path, bytes], originals: Originals, suffix: str) -> None:
        outcome = self.world.replace(results, originals, suffix)
        assert set(outcome.values()) == {None}, outcome

    def item(self, group: list[str], suffix: str, *, trash: bool) -> Item:
        file = self.files[group[0]]
        output, number = None, 1
        while suffix:
            output = f"{group[0][:-4]}{f' ({number})' if number > 1 else ''}{suffix}"
            if output not in self.files:
                break
            number += 1
        return Item(tuple(group), output, file.data, result_of(file.data, suffix), file.mtime, file.mode, trash)

    def stand(self, item: Item) -> None:
        """Let the result stand in the model."""
        file = File(item.new, item.mtime, item.mode)
        for name in item.names:
            del self.files[name]
        for name in item.results:
            self.files[name] = file

    def back(self, item: Item) -> None:
        """Let the original be back in the model."""
        file = File(item.old, item.mtime, item.mode)
        for name in item.results:
            self.files.pop(name, None)
        for name in item.names:
            self.files[name] = file

    def can_be_had_back(self, item: Item, *, missing_too: bool) -> bool:
        found = [self.files.get(name) for name in item.results]
        first = found[0]
        if missing_too and not any(found):
            return not any(name in self.files for name in item.names)
        if first is None or any(each is not first for each in found) or first.data != item.new:
            return False
        return item.output is None or item.names[0] not in self.files

    @rule(kill=death)
    def undo(self, kill: Death) -> None:
        self.restart()
        batch = next((each for each in reversed(self.batches) if each), None)
        self.take_back(batch, list(batch or ()), (), kill)

    @rule(name=any_name, kill=death)
    def undo_file(self, name: str, kill: Death) -> None:
        self.restart()
        for batch in reversed(self.batches):
            for item in reversed(batch):
                if name in item.all_names:
                    self.take_back(batch, [item], (self.path(name),), kill)
                    return
        self.take_back(None, [], (self.path(name),), None)

    def take_back(self, batch: list[Item] | None, items: list[Item], files: tuple[Path, ...], kill: Death) -> None:
        reports: list[UndoReport] = []

        def act() -> None:
            try:
                reports.append(self.world.undo(files))
            except UnknownBatchError:
                assert not items

        if self.died(kill, act):
            self.torn = Torn(list(items), was_undo=True)
            return
        results = reports[0].results if reports else ()
        assert [each.path for each in results] == [self.path(item.names[0]) for item in items]
        for item, result in zip(items, results, strict=True):
            assert isinstance(result, Restored) == self.can_be_had_back(item, missing_too=bool(files)), (item, result)
            if isinstance(result, Restored):
                self.back(item)
                assert batch is not None
                batch.remove(item)

    @rule()
    def restart(self) -> None:
        """The next start: what was torn is whole again, and what a person did since is untouched."""
        self.world.keeper.recover()
        torn, self.torn = self.torn, None
        if torn is None:
            return
        standing = {item for batch in self.standing() for item in batch}
        for item in torn.items:
            if item.all_names & torn.touched:  # only that what he wrote is there can be said
                for name in item.all_names - torn.touched:
                    self.see(name)
                    assert name not in self.files or self.files[name].data in (item.old, item.new, *VERSIONS)
            elif torn.was_undo and item not in standing:
                self.back(item)
            elif not torn.was_undo and item in standing:
                self.stand(item)
        self.batches = self.standing()

    def standing(self) -> list[list[Item]]:
        """Give what the journals say can be taken back, in the words of the model."""
        return [
            [
                Item(
                    tuple(str(name.relative_to(self.world.pictures)) for name in each.names),
                    None if each.output is None else str(each.output.relative_to(self.world.pictures)),
                    KNOWN[each.old.digest],
                    KNOWN[each.digest],
                    each.old.mtime_ns,
                    each.old.mode,
                    each.old.trash is not None,
                )
                for each in told.standing
            ]
            for told in journal_reader.read_all(self.world.folders)
        ]

    @rule(all_of_it=st.sampled_from((True, False, False)), chance=st.integers(0, 3))
    def forget(self, all_of_it: bool, chance: int) -> None:
        """Clear the backup, or prune it to a size that nothing fits in: then the last batch stays.

        Batches go from the oldest on, as long as there is a backup left to drop.
        """
        if chance:  # seldom
            return
        self.restart()
        if all_of_it:
            self.world.keeper.clear()
            self.batches = []
            return
        upkeep.prune(self.world.folders, days=0, limit=1)
        self.batches = [batch for batch in self.batches if batch]
        while len(self.batches) > 1 and any(not item.trash for batch in self.batches for item in batch):
            self.batches.pop(0)

    # What is always so

    @invariant()
    def everything_is_as_the_model_has_it(self) -> None:
        if self.torn is not None:
            for name in self.torn.touched:
                file = self.files.get(name)
                assert (self.path(name).read_bytes() if self.path(name).exists() else None) == (file and file.data)
            return
        assert self.world.facts() == {
            name: (file.data, file.mtime, file.mode | 0o100000, sum(each is file for each in self.files.values()))
            for name, file in self.files.items()
        }

    @invariant()
    def what_can_be_had_back_is_kept(self) -> None:
        if self.torn is not None:
            return
        self.batches = [batch for batch in self.batches if batch]
        assert [batch for batch in self.standing() if batch] == self.batches
        assert self.world.temps() == []
        assert self.world.journals() == [".log"] * len(self.batches)
        wanted = {hashlib.sha256(i.old).hexdigest() for batch in self.batches for i in batch if not i.trash}
        assert self.world.backups() >= wanted
        assert len(self.world.trashed()) >= sum(item.trash for batch in self.batches for item in batch)


TestFolder = Folder.TestCase
TestFolder.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),  # making an example smaller takes minutes
    suppress_health_check=list(HealthCheck),
)
