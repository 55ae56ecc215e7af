"""The disk fails at any call: the outcome has the right code, the original is in its place, the rest goes on."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from disk_faults import Disk
from fault_scenes import OLD, SCENES, WEBP, Facts, Scene, fresh_world
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.recipe import Originals
from oimg.words.undo import RefusalCode, Restored, UndoReport
from oimg.work.safety import upkeep
from replacements import World, change_of, original, picture, replaced

ONCE = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS),
    *(errno.EACCES, errno.EPERM, errno.EXDEV, errno.EINTR),
)
FOR_GOOD = (errno.ENOSPC, errno.EIO, errno.EROFS)
FULL = (errno.ENOSPC, errno.EDQUOT)
OTHER_OLD, OTHER_NEW = picture(99) + b"old", picture(99)
REPLACING = [scene for scene in SCENES if scene.name.startswith("replace")]
UNDOING = [scene for scene in SCENES if scene.name.startswith("undo")]
UNDO_ONCE = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EPERM, errno.EINTR)
REMOVING = ("unlink", "lstat", "stat")  # what is asked and done when a temp file goes


@pytest.fixture(autouse=True)
def quick_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", os.environ["XDG_DATA_HOME"])  # a world sets it
    monkeypatch.setattr(os, "fsync", lambda _: None)


def sources(world: World, scene: Scene) -> list[Path]:
    """Write the picture of a scene, and one more that nothing fails for."""
    first = original(world.pictures / "a.png", OLD)
    for name in scene.old_names[1:]:
        (world.pictures / name).parent.mkdir()
        os.link(first, world.pictures / name)
    return [original(world.pictures / "z.png", OTHER_OLD), *(world.pictures / name for name in scene.old_names)]


def replace_two(world: World, scene: Scene, disk: Disk) -> OimgError | None:
    """Replace z.png on a healthy disk, then the scene's picture on a failing one, in one batch; what went wrong."""
    batch = world.begin(sources(world, scene), Originals.TRASH if scene.in_trash else Originals.BACKUP)
    other, task = sorted(batch.tasks, key=lambda each: each.source.path.name, reverse=True)
    assert replaced(batch, change_of(other, OTHER_NEW)) is None
    change = change_of(task, scene.new, ".webp" if scene.new == WEBP else "")
    wrong: OimgError | None = None
    with disk.installed():
        wrong = replaced(batch, change)
    batch.close()
    return wrong


def facts_before(root: Path, scene: Scene) -> Facts:
    world = fresh_world(root)
    sources(world, scene)
    return world.facts()


def at_every_call(root: Path, errors: tuple[int, ...], proto: Disk, act: Callable[[World, Disk], object]) -> None:
    """Fail every call that `act` makes with every error; `act` checks what has come of it."""
    whole = replace(proto)
    act(fresh_world(root), whole)
    assert whole.calls >= 8
    for at in range(1, whole.calls + 1):
        for error in errors:
            disk = replace(proto, at=at, error=error)
            try:
                act(fresh_world(root), disk)
            except BaseException as failure:
                failure.add_note(f"{errno.errorcode[error]} at call {at}: {disk.struck} {disk.where}")
                raise


@pytest.mark.parametrize("scene", REPLACING, ids=lambda scene: scene.name)
@pytest.mark.parametrize(
    ("errors", "proto"),
    [(ONCE, Disk()), (FOR_GOOD, Disk(lasting=True)), ((errno.EIO,), Disk(looks=True))],
    ids=["once", "for-good", "while-looking"],
)
def test_a_replacement_fails_with_a_code_and_nothing_is_lost(
    tmp_path: Path, scene: Scene, errors: tuple[int, ...], proto: Disk
) -> None:
    before = facts_before(tmp_path / "w", scene)

    def act(world: World, disk: Disk) -> None:
        wrong = replace_two(world, scene, disk)
        check_right_after(world, scene, disk, wrong)
        world.keeper.recover()
        assert world.temps() == []
        stands = {name: data for name, data in world.contents().items() if name != "z.png"} != dict.fromkeys(
            scene.old_names, OLD
        )
        assert stands or wrong is not None
        assert len(world.trashed()) == (1 + stands) * scene.in_trash
        report = world.undo()
        assert [type(each) for each in report.results] == [Restored] * (1 + stands)
        check_all_back(world, before)

    at_every_call(tmp_path / "w", errors, proto, act)


def check_right_after(world: World, scene: Scene, disk: Disk, wrong: OimgError | None) -> None:
    found = {name: data for name, data in world.contents().items() if ".oimg-" not in name}
    assert found.pop("z.png") == OTHER_NEW
    if wrong is None:
        assert found == dict.fromkeys(scene.names, scene.new)
    else:
        assert wrong.code is code_for(disk), wrong.detail
        # Where taking back fails as well, the next start does it; the names hold the one or the other until then.
        assert found == dict.fromkeys(scene.old_names, OLD) or disk.lasting
        assert all(data in (OLD, scene.new) for data in found.values())
    if not disk.lasting and disk.struck not in REMOVING:
        assert world.temps() == []


def code_for(disk: Disk) -> ErrorCode:
    """Say which code goes with a failure, by where it happened: in the program's own folder, or among the pictures."""
    if "/pictures" not in disk.where:
        return ErrorCode.BACKUP
    return ErrorCode.NO_SPACE if disk.error in FULL else ErrorCode.WRITE


def check_all_back(world: World, before: Facts) -> None:
    upkeep.prune(world.folders, days=0, limit=0)  # what failed at the end of an undo is made good by the next one
    assert world.facts() == before
    assert world.temps() == []
    assert world.journals() == []
    assert world.backups() == set()
    assert world.trashed() == []


@pytest.mark.parametrize("scene", UNDOING, ids=lambda scene: scene.name)
@pytest.mark.parametrize(
    ("errors", "proto"),
    [(UNDO_ONCE, Disk()), (FOR_GOOD, Disk(lasting=True)), ((errno.EIO,), Disk(looks=True))],
    ids=["once", "for-good", "while-looking"],
)
def test_an_undo_that_fails_can_be_done_again(
    tmp_path: Path, scene: Scene, errors: tuple[int, ...], proto: Disk
) -> None:
    base = next(
        each for each in REPLACING if each.name == scene.name.replace("undo-missing", "undo").replace("undo", "replace")
    )
    fresh = fresh_world(tmp_path / "w")
    base.prepare(fresh)
    before = fresh.facts()

    def act(world: World, disk: Disk) -> None:
        undo = scene.prepare(world)
        report: object = None
        with disk.installed():
            try:
                report = undo()
            except OSError:
                assert disk.where.startswith(str(world.folders.root))  # the journal cannot be used at all
        check_undo(world, scene, disk, report)
        world.keeper.recover()
        assert world.temps() == []
        if world.contents() != dict.fromkeys(scene.old_names, OLD):
            files = (world.pictures / "a.png",) if scene.may_be_gone else ()
            report = world.undo(files)
            assert [type(each) for each in report.results] == [Restored]
        world.keeper.recover()
        if keeps_dates(report):
            check_all_back(world, before)
        else:
            assert world.contents() == {name: data for name, (data, *_) in before.items()}

    at_every_call(tmp_path / "w", errors, proto, act)


def keeps_dates(report: object) -> bool:
    """Whether an undo could put back dates and mode; it says so where it could not."""
    return not isinstance(report, UndoReport) or all(
        each.keeps_dates for each in report.results if isinstance(each, Restored)
    )


def check_undo(world: World, scene: Scene, disk: Disk, report: object) -> None:
    found = {name: data for name, data in world.contents().items() if ".oimg-" not in name}
    if isinstance(report, UndoReport):
        (result,) = report.results
        if isinstance(result, Restored):
            assert found == dict.fromkeys(scene.old_names, OLD)
        else:
            assert result.code in (RefusalCode.WRITE, RefusalCode.NO_SPACE)
            assert (result.code is RefusalCode.NO_SPACE) == (disk.error in FULL)
    if not (isinstance(report, UndoReport) and isinstance(report.results[0], Restored)) and not disk.lasting:
        assert found == ({} if scene.may_be_gone else dict.fromkeys(scene.names, scene.new))
    if not disk.lasting and disk.struck not in REMOVING:
        assert world.temps() == []
