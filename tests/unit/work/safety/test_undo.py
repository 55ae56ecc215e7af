"""Undo: the original is back bit for bit, or nothing was touched and there is a reason."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from oimg.words.errors import ErrorCode
from oimg.words.recipe import Originals
from oimg.words.undo import NotRestored, RefusalCode, Restored
from oimg.work.safety import undo, upkeep
from oimg.work.safety.keeper import UnknownBatchError
from oimg.work.safety.vault import Vault, digest_of
from replacements import World, original, picture

V0, V1, V2 = picture(1) + b"a long original", picture(1) + b"shorter", picture(1)


@pytest.fixture
def path(world: World) -> Path:
    return original(world.pictures / "a.png", V0)


def refused(world: World, *files: Path) -> RefusalCode:
    """Undo what cannot be undone; it must not have touched anything."""
    before = world.facts()
    (result,) = world.undo(files).results
    assert isinstance(result, NotRestored), result
    assert world.facts() == before
    assert world.temps() == []
    return result.code


def test_a_result_that_was_changed_stays(world: World, path: Path) -> None:
    world.replace({path: V1})
    path.write_bytes(V1 + b"edited")
    assert refused(world) is RefusalCode.CHANGED
    path.write_bytes(b"x" * len(V1))  # as long as before
    assert refused(world) is RefusalCode.CHANGED


def test_a_result_that_is_gone_comes_back_only_by_name(world: World, path: Path) -> None:
    before = world.facts()
    world.replace({path: V1})
    path.unlink()
    assert refused(world) is RefusalCode.MISSING
    (result,) = world.undo([path]).results
    assert isinstance(result, Restored)
    assert world.facts() == before


@pytest.mark.parametrize("by_name", [False, True])
def test_a_name_that_was_taken_stays_with_its_new_owner(world: World, path: Path, by_name: bool) -> None:
    world.replace({path: picture(1, "WEBP")}, suffix=".webp")
    assert list(world.contents()) == ["a.webp"]
    path.write_bytes(b"somebody's")
    assert refused(world, *[path] * by_name) is RefusalCode.TAKEN


def test_a_format_is_changed_back(world: World, path: Path) -> None:
    before = world.facts()
    world.replace({path: picture(1, "WEBP")}, suffix=".webp")
    (result,) = world.undo([world.pictures / "a.webp"]).results  # by the name of the result
    assert result == Restored(path, world.pictures / "a.webp", len(V0))
    assert world.facts() == before


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda kept: kept.unlink(), RefusalCode.NO_BACKUP),
        (lambda kept: kept.write_bytes(V0[:-1]), RefusalCode.BAD_BACKUP),
        (lambda kept: kept.write_bytes(V0[:-1] + b"?"), RefusalCode.BAD_BACKUP),
    ],
)
@pytest.mark.parametrize("originals", Originals)
def test_without_a_whole_backup_the_result_stays(
    world: World, path: Path, harm: object, code: RefusalCode, originals: Originals
) -> None:
    world.replace({path: V1}, originals)
    kept = Vault(world.folders.backups).path(digest_of(V0))
    if originals is Originals.TRASH:
        (kept,) = world.trash.glob("files/*")
    assert callable(harm)
    harm(kept)
    assert refused(world) is code


def test_a_rotten_backup_does_not_stand_in_for_a_new_one(world: World, path: Path) -> None:
    twin = original(world.pictures / "b.png", V0)
    world.replace({path: V1})
    Vault(world.folders.backups).path(digest_of(V0)).write_bytes(V0[:-1] + b"?")
    world.replace({twin: V1})
    (result,) = world.undo([twin]).results
    assert isinstance(result, Restored)
    assert twin.read_bytes() == V0


def test_hard_links_come_back_as_one_file(world: World, path: Path) -> None:
    other = world.pictures / "b.png"
    os.link(path, other)
    before = world.facts()
    world.replace({path: V1, other: V1})
    assert (path.stat().st_nlink, path.samefile(other)) == (2, True)
    world.undo()
    assert world.facts() == before
    assert path.samefile(other)


def test_names_that_were_parted_are_left_alone(world: World, path: Path) -> None:
    other = world.pictures / "b.png"
    os.link(path, other)
    world.replace({path: V1, other: V1})
    other.unlink()
    other.write_bytes(V1)
    assert refused(world) is RefusalCode.CHANGED


def test_two_batches_over_one_file_are_taken_back_in_turn(world: World, path: Path) -> None:
    before = world.facts()
    world.replace({path: V1})
    (first,) = world.keeper.past()
    world.replace({path: V2})
    assert [(each.files, each.left) for each in world.keeper.past()] == [(1, 1), (1, 1)]
    (result,) = world.undo(batch=first.id).results
    assert isinstance(result, NotRestored)
    assert result.code is RefusalCode.CHANGED
    world.undo()
    assert path.read_bytes() == V1
    world.undo()
    assert world.facts() == before
    with pytest.raises(UnknownBatchError):
        world.undo()


def test_one_file_of_many(world: World, path: Path) -> None:
    other = original(world.pictures / "b.png", V0 + b"b")
    before = world.facts()
    world.replace({path: V1, other: V2})
    world.undo([other])
    assert world.contents() == {"a.png": V1, "b.png": V0 + b"b"}
    (batch,) = world.keeper.past()
    assert (batch.files, batch.left) == (2, 1)
    with pytest.raises(UnknownBatchError):
        world.undo([other])
    world.undo()
    assert world.facts() == before


def test_what_fails_does_not_keep_the_others_back(world: World, path: Path) -> None:
    other = original(world.pictures / "b.png", V0 + b"b")
    world.replace({path: V1, other: V2})
    path.write_bytes(b"edited")
    report = world.undo()
    assert {type(each) for each in report.results} == {Restored, NotRestored}
    assert report.exit_code == 1
    assert world.contents() == {"a.png": b"edited", "b.png": V0 + b"b"}


def test_a_batch_at_work_is_left_alone(world: World, path: Path) -> None:
    other = original(world.pictures / "b.png", V0)
    batch = world.begin([path, other])
    from replacements import change_of, replaced

    assert replaced(batch, change_of(batch.tasks[0], V1)) is None
    assert refused(world) is RefusalCode.IN_USE
    failed = world.begin([other])
    assert [each.code for _, each in failed.refused] == [ErrorCode.IN_USE]
    failed.close()
    assert [each.running for each in world.keeper.past()] == [True]
    batch.close()
    assert isinstance(world.undo().results[0], Restored)


def test_a_journal_that_cannot_be_read_keeps_every_original(
    world: World, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.replace({path: V1})
    real = Path.read_bytes

    def failing(self: Path) -> bytes:
        if self.suffix == ".log":
            raise OSError(5, "Input/output error")
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", failing)
    upkeep.prune(world.folders, days=1, limit=1)
    upkeep.sweep(world.folders)
    with pytest.raises(OSError, match="Input/output"):
        world.undo()
    monkeypatch.undo()
    assert world.backups() == {digest_of(V0)}
    assert isinstance(world.undo().results[0], Restored)


def test_the_trash_is_one_that_every_desktop_reads(world: World) -> None:
    """By the FreeDesktop.org trash specification 1.0: a copy, and an information file of the same name."""
    path = original(world.pictures / "ä b%\n#?.png", V0)
    before = world.facts()
    world.replace({path: V1}, Originals.TRASH)
    (name,) = world.trashed()
    copy = world.trash / "files" / name
    assert (copy.read_bytes(), copy.suffix, copy.stat().st_mode & 0o777) == (V0, ".png", 0o640)
    head, where, date = (world.trash / "info" / f"{name}.trashinfo").read_text("ascii").splitlines()
    assert head == "[Trash Info]"
    encoded = where.removeprefix("Path=").encode()
    assert re.fullmatch(rb"(?:[A-Za-z0-9/._~-]|%[0-9A-F]{2})+", encoded)  # RFC 2396, section 2.1 and 2.3
    decoded = re.sub(rb"%(..)", lambda each: bytes.fromhex(each[1].decode()), encoded)
    assert decoded == os.fsencode(path)
    assert len(date.removeprefix("DeletionDate=")) == len("2026-01-01T00:00:00")
    world.undo()
    assert world.facts() == before
    assert world.trashed() == []


def test_equal_names_get_along_in_the_trash(world: World) -> None:
    paths = [original(world.pictures / folder / "a.png", V0 + folder.encode()) for folder in ("x", "y", "z")]
    before = world.facts()
    world.replace(dict.fromkeys(paths, V1), Originals.TRASH)
    assert len(world.trashed()) == 3
    world.undo()
    assert world.facts() == before


def test_names_as_long_as_can_be_go_into_the_trash(world: World) -> None:
    paths = [original(world.pictures / ("é" * 125 + ".png"), V0), original(world.pictures / ("x." + "y" * 250), V0)]
    assert set(world.replace(dict.fromkeys(paths, V1), Originals.TRASH).values()) == {None}
    assert world.undo().exit_code == 0
    assert {path.read_bytes() for path in paths} == {V0}


def aged(world: World, *, days: float) -> None:
    """Let the newest batch have been begun some days ago, by its own first line."""
    import json
    import zlib

    path = max(world.folders.journal.glob("*.log"), key=lambda each: each.stat().st_mtime_ns)
    head, rest = path.read_bytes().split(b"\n", 1)
    record = json.loads(head[9:])
    text = json.dumps(record | {"at": record["at"] - days * 86_400}).encode()
    path.write_bytes(b"%08x %s\n" % (zlib.crc32(text), text) + rest)


def test_old_batches_go_by_age(world: World, path: Path) -> None:
    world.replace({path: V1})
    aged(world, days=31)
    other = original(world.pictures / "b.png", V0 + b"b")
    world.replace({other: V1})  # its end drops the other
    assert world.backups() == {digest_of(V0 + b"b")}
    with pytest.raises(UnknownBatchError):
        world.undo([path])


def test_the_oldest_go_first_where_there_is_too_much_and_the_newest_stays(world: World) -> None:
    paths = [original(world.pictures / f"{number}.png", V0 + b"%d" % number) for number in range(4)]
    for each in paths:
        world.replace({each: V1})
    upkeep.prune(world.folders, days=0, limit=2 * len(V0 + b"0"))
    assert world.backups() == {digest_of(V0 + b"2"), digest_of(V0 + b"3")}
    upkeep.prune(world.folders, days=0, limit=1)
    assert world.backups() == {digest_of(V0 + b"3")}


def test_a_shared_original_stays_while_any_batch_needs_it(world: World, path: Path) -> None:
    twin = original(world.pictures / "b.png", V0)
    world.replace({path: V1})
    world.replace({twin: V1})
    assert len(world.backups()) == 1
    world.undo()
    assert world.backups() == {digest_of(V0)}
    world.undo()
    assert world.backups() == set()


def test_batches_at_work_survive_everything(world: World, path: Path) -> None:
    from replacements import change_of, replaced

    batch = world.begin([path])
    assert replaced(batch, change_of(batch.tasks[0], V1)) is None
    upkeep.prune(world.folders, days=1, limit=1)
    assert world.keeper.clear() == 0
    assert world.backups() == {digest_of(V0)}
    batch.close()
    assert world.keeper.clear() == len(V0)
    assert (world.backups(), world.journals()) == (set(), [])


def test_past_of_nothing(world: World) -> None:
    assert undo.past(world.folders) == ()
    assert world.keeper.clear() == 0
