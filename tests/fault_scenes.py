"""What is done while a fault strikes: one replacement or one undo of every kind, and what must be true afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from oimg.words.recipe import Originals
from oimg.words.undo import Restored
from oimg.work.safety.keeper import UnknownBatchError
from replacements import World, original, picture, same_file

OLD: Final = picture(10) + b"old"
NEW: Final = picture(10)
WEBP: Final = picture(10, "WEBP")
Facts = dict[str, tuple[bytes, int, int, int]]


@dataclass(frozen=True)
class Scene:
    """`prepare` gives what is done under faults; the result then has `names`, the original `old_names`."""

    name: str
    prepare: Callable[[World], Callable[[], object]]
    names: tuple[str, ...]
    old_names: tuple[str, ...] = ("a.png",)
    new: bytes = NEW
    in_trash: bool = False
    may_be_gone: bool = False


def _single(world: World) -> Path:
    return original(world.pictures / "a.png", OLD)


def _linked(world: World) -> list[Path]:
    first = _single(world)
    second = world.pictures / "below" / "b.png"
    second.parent.mkdir()
    os.link(first, second)
    return [first, second]


def _replacing(world: World, *, originals: Originals = Originals.BACKUP, suffix: str = "") -> Callable[[], object]:
    path = _single(world)
    return partial(world.replace, {path: WEBP if suffix else NEW}, originals, suffix)


def _replacing_links(world: World) -> Callable[[], object]:
    return partial(world.replace, dict.fromkeys(_linked(world), NEW))


def _undoing(prepare: Callable[[World], Callable[[], object]], world: World) -> Callable[[], object]:
    prepare(world)()
    return world.undo


def _undoing_missing(prepare: Callable[[World], Callable[[], object]], world: World) -> Callable[[], object]:
    prepare(world)()
    for path in (world.pictures / "a.png", world.pictures / "below" / "b.png"):
        path.unlink(missing_ok=True)
    return partial(world.undo, (world.pictures / "a.png",))


_TO_WEBP = partial(_replacing, suffix=".webp")
_TO_TRASH = partial(_replacing, originals=Originals.TRASH)
_TO_WEBP_AND_TRASH = partial(_replacing, originals=Originals.TRASH, suffix=".webp")
_BOTH: Final = ("a.png", "below/b.png")
SCENES: Final = (
    Scene("replace", _replacing, ("a.png",)),
    Scene("replace-webp", _TO_WEBP, ("a.webp",), new=WEBP),
    Scene("replace-links", _replacing_links, _BOTH, _BOTH),
    Scene("replace-trash", _TO_TRASH, ("a.png",), in_trash=True),
    Scene("replace-webp-trash", _TO_WEBP_AND_TRASH, ("a.webp",), new=WEBP, in_trash=True),
    Scene("undo", partial(_undoing, _replacing), ("a.png",)),
    Scene("undo-webp", partial(_undoing, _TO_WEBP), ("a.webp",), new=WEBP),
    Scene("undo-links", partial(_undoing, _replacing_links), _BOTH, _BOTH),
    Scene("undo-trash", partial(_undoing, _TO_TRASH), ("a.png",), in_trash=True),
    Scene("undo-missing", partial(_undoing_missing, _replacing), ("a.png",), may_be_gone=True),
    Scene("undo-missing-links", partial(_undoing_missing, _replacing_links), _BOTH, _BOTH, may_be_gone=True),
)
BY_NAME: Final = {scene.name: scene for scene in SCENES}


def fresh_world(root: Path) -> World:
    """Give an empty world, in the place of what was there."""
    shutil.rmtree(root, ignore_errors=True)
    return World(root)


def check_torn(world: World, scene: Scene, *, placeholders: bool = False) -> None:
    """Before anything is put right: every file that is no temp file is whole, and one of them is the picture."""
    found = {name: data for name, data in world.contents().items() if ".oimg-" not in name}
    for name, data in found.items():
        allowed = {OLD if name in scene.old_names else None, scene.new if name in scene.names else None}
        allowed |= {b""} if placeholders else set()
        assert data in allowed, f"{name} holds what is neither the original nor the result"
    if not scene.may_be_gone:
        assert set(found) >= set(scene.names) or set(found) >= set(scene.old_names), f"a name is gone: {sorted(found)}"


def check_put_right(world: World, scene: Scene) -> bool:
    """After the next start: no leftovers, old or new as a whole, the journal true; tells whether the result stands."""
    found = world.contents()
    assert world.temps() == []
    is_old, is_new = found == dict.fromkeys(scene.old_names, OLD), found == dict.fromkeys(scene.names, scene.new)
    assert is_old or is_new or (scene.may_be_gone and not found), f"half done: {sorted(found)}"
    if len(scene.names) > 1 and found:
        assert same_file(*(world.pictures / name for name in scene.names))
    remembered = not is_old
    assert world.journals() == ([".log"] if remembered else [])
    assert len(world.trashed()) == int(remembered and scene.in_trash)
    if remembered and not scene.in_trash:
        assert len(world.backups()) == 1
    return remembered


def check_undone(world: World, scene: Scene, before: Facts) -> None:
    """Undo brings the original back bit for bit with dates and mode, or has nothing to do; nothing else is left."""
    files = (world.pictures / scene.old_names[0],) if scene.may_be_gone and not world.contents() else ()
    try:
        report = world.undo(files)
    except UnknownBatchError:
        pass
    else:
        assert [type(each) for each in report.results] == [Restored]
    assert world.facts() == before
    assert world.temps() == []
    assert world.journals() == []
    assert world.backups() == set()
    assert world.trashed() == []
