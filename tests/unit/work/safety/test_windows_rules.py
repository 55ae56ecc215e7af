"""Originals are as safe under the rules of Windows: nothing open is renamed, nothing there is overwritten by chance."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fault_scenes import SCENES, Scene, check_put_right, check_undone, fresh_world
from oimg.words.recipe import Conflict
from oimg.words.undo import Recovery
from oimg.work.files import attributes
from oimg.work.files.commit import write_new
from oimg.work.safety.undo import _common
from replacements import World, original, picture
from windows_rules import is_open, windows_rules

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="NOT TESTED: nothing tells what is open")
SAME_ON_WINDOWS = [scene for scene in SCENES if not scene.in_trash]  # whose trash is not the one that we know


def test_the_rules_hold(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for each in (one, other):
        each.write_bytes(b"x")
    assert not is_open(one)
    with windows_rules():
        with pytest.raises(FileExistsError):
            one.rename(other)
        with one.open("rb"), pytest.raises(PermissionError):
            one.replace(other)
        with other.open("rb"), pytest.raises(PermissionError):
            one.replace(other)
        one.chmod(0o440)
        with pytest.raises(PermissionError):
            one.unlink()
    one.unlink()


@pytest.mark.parametrize("scene", SAME_ON_WINDOWS, ids=lambda scene: scene.name)
def test_an_original_gives_way_and_comes_back(tmp_path: Path, scene: Scene) -> None:
    base = next(each for each in SCENES if scene.name.startswith(("replace", "undo")) and each.name == _base(scene))
    world = fresh_world(tmp_path / "world")
    base.prepare(world)
    before = world.facts()
    world = fresh_world(tmp_path / "world")
    with windows_rules():
        act = scene.prepare(world)
        act()
        assert check_put_right(world, scene) is scene.name.startswith("replace")
        assert world.keeper.recover() == Recovery(), "the next start finds something to do"
        check_undone(world, scene, before)


def _base(scene: Scene) -> str:
    return scene.name.replace("undo-missing", "replace").replace("undo", "replace")


def test_disks_without_links_take_a_result_of_another_format(tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    path = original(world.pictures / "a.png", picture(1) + b"old")
    with windows_rules(links=False):
        assert world.replace({path: picture(1, "WEBP")}, suffix=".webp") == {path: None}
        assert [name for name in world.contents() if ".oimg-" not in name] == ["a.webp"]
        world.undo()
    assert world.contents() == {"a.png": picture(1) + b"old"}
    assert world.temps() == []


@pytest.mark.parametrize("links", [True, False])
def test_a_copy_of_a_protected_file_leaves_no_temp_file(tmp_path: Path, *, links: bool) -> None:
    source = original(tmp_path / "a.png", b"x", mode=0o440)
    target = tmp_path / "b.png"
    with windows_rules(links=links):
        like = attributes.of(source)
        written = write_new(b"y", lambda _: target, Conflict.RENAME, source=source, like=like)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]
    assert (written.carried.dates, target.stat().st_mtime_ns) == (True, source.stat().st_mtime_ns)


def test_batches_over_several_drives_have_no_folder_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _common({"/a/b", "/a/c"}) == Path("/a")
    assert _common(set()) == Path()

    def refuse(_: object) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(os.path, "commonpath", refuse)
    assert _common({"C:\\a", "D:\\b"}) == Path()
